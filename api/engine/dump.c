#include "engine/dump.h"
#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VARIABLES_MAX = 512, URL_BYTES_MAX = 4096, PIPE_BYTES = 64 * 1024 };

static bool is_named(const char *variable, const char *name) {
    const size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

static bool is_replaced(const char *variable, const PQconninfoOption *options) {
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->envvar != NULL && option->val != NULL && is_named(variable, option->envvar)) {
            return true;
        }
    }
    return is_named(variable, "PGDATABASE") || is_named(variable, "PGOPTIONS");
}

static const char *value_of(const PQconninfoOption *option, const char *database) {
    return database != NULL && strcmp(option->keyword, "dbname") == 0 ? database : option->val;
}

/* Our environment, overridden by the connection string. Row-level security is told that the program
 * itself reads, so that an owner who is subject to it dumps every row. */
static char **make_environment(struct arena *arena, const PQconninfoOption *options,
                               const char *database) {
    char **variables = ARENA_ARRAY(arena, char *, VARIABLES_MAX);
    size_t count = 0;
    for (char **variable = environ; *variable != NULL && count < VARIABLES_MAX / 2; variable++) {
        if (!is_replaced(*variable, options)) {
            variables[count++] = *variable;
        }
    }
    for (const PQconninfoOption *option = options;
         option->keyword != NULL && count < VARIABLES_MAX - 2; option++) {
        const char *value = value_of(option, database);
        if (option->envvar != NULL && value != NULL && strcmp(option->keyword, "options") != 0) {
            variables[count++] = arena_printf(arena, "%s=%s", option->envvar, value);
        }
    }
    variables[count++] = arena_strdup(arena, "PGOPTIONS=-c app.is_system=on");
    return variables;
}

static void options_auto(PQconninfoOption **options) {
    PQconninfoFree(*options);
}

/* Where a program reads and writes; -1: as this one does. */
struct ends {
    int in;
    int out;
};

static enum err start(struct arena *arena, char *const *environment, const char *const *arguments,
                      struct ends ends, pid_t *pid) {
    char **words = ARENA_ARRAY(arena, char *, VARIABLES_MAX);
    posix_spawn_file_actions_t actions;
    for (size_t i = 0; i < VARIABLES_MAX - 1 && arguments[i] != NULL; i++) {
        words[i] = arena_strdup(arena, arguments[i]);
    }
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return ERR_UNAVAILABLE;
    }
    int failed = ends.in < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, ends.in, 0);
    failed += ends.out < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, ends.out, 1);
    failed += failed != 0 || posix_spawnp(pid, words[0], &actions, NULL, words, environment) != 0;
    (void)posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? ERR_NONE : ERR_UNAVAILABLE;
}

static enum err finish(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) {
        return ERR_UNAVAILABLE;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_NONE : ERR_UPSTREAM;
}

static enum err read_environment(struct arena *arena, const char *url, const char *database,
                                 char ***environment) {
    __attribute__((cleanup(options_auto))) PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (options == NULL) {
        return ERR_INVALID;
    }
    *environment = make_environment(arena, options, database);
    return ERR_NONE;
}

enum err dump_run(struct arena *arena, const char *url, const char *database,
                  const char *const *arguments) {
    char **environment = NULL;
    pid_t pid = 0;
    TRY(read_environment(arena, url, database, &environment));
    TRY(start(arena, environment, arguments, (struct ends){-1, -1}, &pid));
    return finish(pid);
}

static void close_end(int *fd) {
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

static void close_pipe(int ends[2]) {
    close_end(&ends[0]);
    close_end(&ends[1]);
}

static enum err take_all(int fd, dump_sink sink, void *state) {
    char bytes[PIPE_BYTES];
    enum err err = ERR_NONE;
    ssize_t length = 1;
    while (err == ERR_NONE && length > 0) {
        do {
            length = read(fd, bytes, sizeof bytes);
        } while (length < 0 && errno == EINTR);
        err = length < 0 ? ERR_UNAVAILABLE : length > 0 ? sink(state, bytes, (size_t)length) : err;
    }
    return err;
}

/* Two programs joined by a pipe, the output of the second into `out` (-1: as this program's). */
static enum err start_pair(struct arena *arena, const char *url, const char *const *first,
                           const char *const *second, int out, pid_t pids[2]) {
    char **environment = NULL;
    int joint[2] = {-1, -1};
    TRY(read_environment(arena, url, NULL, &environment));
    if (pipe2(joint, O_CLOEXEC) != 0) {
        return ERR_UNAVAILABLE;
    }
    enum err err = start(arena, environment, first, (struct ends){-1, joint[1]}, &pids[0]);
    close_end(&joint[1]);
    if (err == ERR_NONE) {
        err = start(arena, environment, second, (struct ends){joint[0], out}, &pids[1]);
    }
    close_pipe(joint);
    return err;
}

static enum err finish_all(const pid_t pids[2], enum err err) {
    for (size_t i = 0; i < 2; i++) {
        const enum err ended = pids[i] > 0 ? finish(pids[i]) : ERR_NONE;
        err = err == ERR_NONE ? ended : err;
    }
    return err;
}

enum err dump_write(struct arena *arena, const char *url, const char *const *producer,
                    const char *const *filter, dump_sink sink, void *state) {
    int output[2] = {-1, -1};
    pid_t pids[2] = {0, 0};
    char **environment = NULL;
    TRY(read_environment(arena, url, NULL, &environment));
    if (pipe2(output, O_CLOEXEC) != 0) {
        return ERR_UNAVAILABLE;
    }
    enum err err = filter == NULL
                       ? start(arena, environment, producer, (struct ends){-1, output[1]}, &pids[0])
                       : start_pair(arena, url, producer, filter, output[1], pids);
    close_end(&output[1]);
    err = err == ERR_NONE ? take_all(output[0], sink, state) : err;
    close_pipe(output); /* who still writes ends */
    return finish_all(pids, err);
}

enum err dump_read(struct arena *arena, const char *url, const char *const *source,
                   const char *const *consumer) {
    pid_t pids[2] = {0, 0};
    const enum err err = start_pair(arena, url, source, consumer, -1, pids);
    return finish_all(pids, err);
}

static void write_quoted(struct buf *url, const char *value) {
    buf_putc(url, '\'');
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\') {
            buf_putc(url, '\\');
        }
        buf_putc(url, *c);
    }
    buf_putc(url, '\'');
}

const char *dump_url_of(struct arena *arena, const char *url, const char *database) {
    __attribute__((cleanup(options_auto))) PQconninfoOption *options = PQconninfoParse(url, NULL);
    struct buf text;
    if (options == NULL) {
        return NULL;
    }
    buf_init(&text, arena, URL_BYTES_MAX);
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        const char *value = value_of(option, database);
        if (value != NULL) {
            buf_printf(&text, "%s=", option->keyword);
            write_quoted(&text, value);
            buf_putc(&text, ' ');
        }
    }
    return text.overflowed ? NULL : buf_text(&text);
}

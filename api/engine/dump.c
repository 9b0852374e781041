#include "engine/dump.h"
#include "base/buf.h"
#include <libpq-fe.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VARIABLES_MAX = 512, URL_BYTES_MAX = 4096 };

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

enum err dump_run(struct arena *arena, const char *url, const char *database,
                  const char *const *arguments) {
    __attribute__((cleanup(options_auto))) PQconninfoOption *options = PQconninfoParse(url, NULL);
    char **words = ARENA_ARRAY(arena, char *, VARIABLES_MAX);
    pid_t pid = 0;
    int status = 0;
    if (options == NULL) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < VARIABLES_MAX - 1 && arguments[i] != NULL; i++) {
        words[i] = arena_strdup(arena, arguments[i]);
    }
    if (posix_spawnp(&pid, words[0], NULL, NULL, words,
                     make_environment(arena, options, database)) != 0 ||
        waitpid(pid, &status, 0) != pid) {
        return ERR_UNAVAILABLE;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_NONE : ERR_UPSTREAM;
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

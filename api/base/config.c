#include "base/config.h"
#include "base/buf.h"
#include "base/text.h"
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_FILE_BYTES_MAX = 64 * 1024 };

static const char FILE_IS_MISSING[] = "no such file";

/* A file without its last line ends; NULL, and why, where it cannot be read or is empty. */
static char *read_lines(struct arena *arena, const char *path, const char **reason) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        *reason = errno == ENOENT ? FILE_IS_MISSING : strerror(errno);
        return NULL;
    }
    char *text = arena_alloc(arena, SECRET_FILE_BYTES_MAX + 1);
    size_t length = fread(text, 1, SECRET_FILE_BYTES_MAX, file);
    const int failure = ferror(file) != 0 ? errno : 0; /* a folder can be opened but not read */
    (void)fclose(file);
    for (text[length] = '\0'; length > 0 && strchr("\r\n", text[length - 1]) != NULL;) {
        text[--length] = '\0';
    }
    *reason = failure != 0 ? strerror(failure) : *text == '\0' ? "the file is empty" : NULL;
    return *reason == NULL ? text : NULL;
}

const char *config_read_file(struct arena *arena, const char *path, const char **reason) {
    char *text = read_lines(arena, path, reason);
    if (text != NULL) {
        text[strcspn(text, "\r\n")] = '\0';
        *reason = *text == '\0' ? "the first line is empty" : NULL;
    }
    return *reason == NULL ? text : NULL;
}

enum secret { NO_SECRET, SECRET_LINE, SECRET_LINES };

static const char *read_secret(struct arena *arena, const char *path, enum secret secret,
                               const char **reason) {
    return secret == SECRET_LINES ? read_lines(arena, path, reason)
                                  : config_read_file(arena, path, reason);
}

static const char *read_text(struct arena *arena, struct field_errors *errors, const char *name,
                             const char *fallback, enum secret secret) {
    const char *text = getenv(name);
    const char *path = secret != NO_SECRET ? getenv(arena_printf(arena, "%s_FILE", name)) : NULL;
    if (path != NULL && *path != '\0') {
        const char *reason = NULL;
        if (text != NULL && *text != '\0') {
            field_errors_add(errors, name, "conflict",
                             "%s and %s_FILE are both set: take one of them out", name, name);
            return "";
        }
        const char *content = read_secret(arena, path, secret, &reason);
        if (content == NULL) {
            field_errors_add(errors, name, "invalid_format", "%s_FILE: %s: %s", name, path, reason);
            return "";
        }
        return content;
    }
    return arena_strdup(arena, text != NULL && *text != '\0' ? text : fallback);
}

static int64_t read_integer(struct field_errors *errors, const char *name, const char *text) {
    int64_t number = 0;
    if (!text_parse_integer(text, 0, 1000000, &number)) {
        field_errors_add(errors, name, "invalid_format", "%s: a whole number is expected, not «%s»",
                         name, text);
    }
    return number;
}

static bool read_switch(struct field_errors *errors, const char *name, const char *text) {
    const bool on = strcmp(text, "on") == 0 || strcmp(text, "1") == 0;
    if (!on && strcmp(text, "off") != 0 && strcmp(text, "0") != 0) {
        field_errors_add(errors, name, "invalid_format", "%s: on or off is expected, not «%s»",
                         name, text);
    }
    return on;
}

bool config_is_loopback(const char *bind) {
    const bool is_127 =
        text_starts_with(bind, "127.") && strspn(bind, "0123456789.") == strlen(bind);
    return is_127 || strcmp(bind, "::1") == 0 || strcmp(bind, "localhost") == 0;
}

/* A folder of the running program: build/www next to build/guichet, or where `cmake --install` puts
 * it, /usr/share/guichet/www for /usr/bin/guichet. */
static const char *of_program(struct arena *arena, const char *name) {
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return name;
    }
    path[length] = '\0';
    const char *folder = dirname(path);
    const char *beside = arena_printf(arena, "%s/%s", folder, name);
    return access(beside, F_OK) == 0 ? beside
                                     : arena_printf(arena, "%s/../share/guichet/%s", folder, name);
}

/* "" where there is no such file; one that cannot be read is a mistake of the setting it stands for. */
static const char *from_data_dir(struct arena *arena, struct field_errors *errors,
                                 const struct config *config, const char *setting, const char *name,
                                 enum secret secret) {
    const char *path = arena_printf(arena, "%s/%s", config->data_dir, name);
    const char *reason = NULL;
    const char *content = read_secret(arena, path, secret, &reason);
    if (content == NULL && reason != FILE_IS_MISSING) {
        field_errors_add(errors, setting, "invalid_format", "%s: %s: %s", setting, path, reason);
    }
    return content == NULL ? "" : content;
}

/* "host:+N" is a port N above the one that serves, so that instances of one machine need no setting each. What is
 * written otherwise stays as it is, for config_check to judge. */
static const char *above_port(struct arena *arena, const char *place, int64_t port) {
    const char *colon = strrchr(place, ':');
    int64_t more = 0;
    if (port == 0 || colon == NULL || colon[1] != '+' ||
        !text_parse_integer(colon + 2, 1, 65535, &more)) {
        return place;
    }
    return arena_printf(arena, "%.*s:%lld", (int)(colon - place), place, (long long)(port + more));
}

static void fill_derived(struct arena *arena, struct field_errors *errors, struct config *config) {
    if (*config->public_url == '\0') {
        config->public_url = arena_printf(arena, "http://127.0.0.1:%d", (int)config->port);
    }
    config->management_bind = above_port(arena, config->management_bind, config->port);
    if (*config->issuer == '\0') {
        config->issuer = config->public_url;
    }
    if (*config->smtp_ca_file == '\0') {
        config->smtp_ca_file = config->ca_file;
    }
    if (*config->www_dir == '\0') {
        config->www_dir = of_program(arena, "www");
    }
    if (*config->products_dir == '\0') {
        config->products_dir = of_program(arena, "products");
    }
    if (*config->database_url == '\0') {
        config->database_url = from_data_dir(arena, errors, config, "GUICHET_DATABASE_URL",
                                             "database-url", SECRET_LINE);
        config->database_owner_url = from_data_dir(
            arena, errors, config, "GUICHET_DATABASE_OWNER_URL", "database-owner-url", SECRET_LINE);
    }
    if (*config->database_owner_url == '\0') {
        config->database_owner_url = config->database_url;
    }
    if (*config->database_read_url == '\0') {
        config->database_read_url = config->database_url;
    }
    if (*config->database_listen_url == '\0') {
        config->database_listen_url = config->database_url;
    }
    if (*config->master_key == '\0') {
        config->master_key =
            from_data_dir(arena, errors, config, "GUICHET_MASTER_KEY", "master.key", SECRET_LINES);
    }
}

#define CONFIG_READ_TEXT(name, text) (text)
#define CONFIG_READ_LINES(name, text) (text)
/* How the file of a secret is read. */
#define CONFIG_FILE_TEXT SECRET_LINE
#define CONFIG_FILE_LINES SECRET_LINES
#define CONFIG_FILE_INTEGER SECRET_LINE
#define CONFIG_FILE_SWITCH SECRET_LINE
#define CONFIG_READ_INTEGER(name, text) read_integer(errors, (name), (text))
#define CONFIG_READ_SWITCH(name, text) read_switch(errors, (name), (text))

enum err config_load(struct arena *arena, struct field_errors *errors, struct config *out) {
#define SETTING(member, environment, type, unit, fallback, secret, help)                           \
    out->member =                                                                                  \
        CONFIG_READ_##type(environment, read_text(arena, errors, environment, fallback,            \
                                                  (secret) ? CONFIG_FILE_##type : NO_SECRET));
#include "base/config.def"
#undef SETTING
    config_check_names(arena, errors);
    config_check_secrets(errors, out);
    fill_derived(arena, errors, out);
    config_check(errors, out);
    return field_errors_verdict(errors);
}

void config_print_docs(FILE *out) {
    (void)fprintf(out, "| setting | default | meaning |\n|---|---|---|\n");
#define SETTING(member, environment, type, unit, fallback, secret, help)                           \
    (void)fprintf(out, "| `%s`%s | %s%s%s | %s%s%s |\n", environment,                              \
                  (secret) ? " (or `_FILE`)" : "", *(fallback) != '\0' ? "`" : "", fallback,       \
                  *(fallback) != '\0' ? "`" : "", help, *(unit) != '\0' ? ", in " : "", unit);
#include "base/config.def"
#undef SETTING
}

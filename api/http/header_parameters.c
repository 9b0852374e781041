#include "http/header_parameters.h"
#include "base/utf8.h"
#include "http/uri.h"
#include <string.h>
#include <strings.h>

static const char BLANKS[] = " \t";

static const char *skip_blanks(const char *at) {
    return at + strspn(at, BLANKS);
}

/* Behind the quote that opens; `*at` then stands behind the one that closes. NULL where none closes. */
static const char *read_quoted(struct arena *arena, const char **at) {
    char *out = arena_alloc(arena, strlen(*at) + 1);
    size_t used = 0;
    const char *c = *at;
    while (*c != '\0' && *c != '"') {
        if (c[0] == '\\' && (c[1] == '"' || c[1] == '\\')) {
            out[used++] = c[1];
            c += 2;
        } else if (strncmp(c, "%22", 3) == 0) {
            out[used++] = '"';
            c += 3;
        } else {
            out[used++] = *c++;
        }
    }
    *at = c + 1;
    return *c == '"' ? out : NULL;
}

/* A value without quotes: wider than a token, since libraries write boundaries with '/', '=' and '?' so. */
static const char *read_word(struct arena *arena, const char **at) {
    const size_t length = strcspn(*at, "; \t\"\\");
    const char *start = *at;
    *at += length;
    return length == 0 ? NULL : arena_strndup(arena, start, length);
}

static bool read_parameter(struct arena *arena, const char **at, struct header_parameters *out) {
    const size_t length = strcspn(*at, "=; \t\"");
    if (length == 0 || (*at)[length] != '=' || out->count == HEADER_PARAMETERS_MAX) {
        return false;
    }
    struct pair pair = {.name = arena_strndup(arena, *at, length)};
    *at += length + 1;
    if (**at == '"') {
        ++*at;
        pair.value = read_quoted(arena, at);
    } else {
        pair.value = read_word(arena, at);
    }
    if (pair.value == NULL || header_parameters_find(out, pair.name) != NULL) {
        return false;
    }
    out->pairs[out->count++] = pair;
    return true;
}

bool header_parameters_read(struct arena *arena, const char *value, struct header_parameters *out) {
    out->count = 0;
    if (!utf8_is_valid(value, strlen(value)) || utf8_has_control(value) ||
        strpbrk(value, "\r\n") != NULL) {
        return false;
    }
    const char *at = skip_blanks(value + strcspn(value, "; \t"));
    while (*at == ';') {
        at = skip_blanks(at + 1);
        if (*at != ';' && *at != '\0' && !read_parameter(arena, &at, out)) {
            return false;
        }
        at = skip_blanks(at);
    }
    return *at == '\0';
}

const char *header_parameters_find(const struct header_parameters *parameters, const char *name) {
    for (size_t i = 0; i < parameters->count; i++) {
        if (strcasecmp(parameters->pairs[i].name, name) == 0) {
            return parameters->pairs[i].value;
        }
    }
    return NULL;
}

bool header_is(const char *value, const char *type) {
    const size_t length = strlen(type);
    return strncasecmp(value, type, length) == 0 && strchr("; \t", value[length]) != NULL;
}

bool header_charset_is_utf8(const struct header_parameters *parameters) {
    const char *charset = header_parameters_find(parameters, "charset");
    return charset == NULL || strcasecmp(charset, "utf-8") == 0;
}

const char *header_extended_text(struct arena *arena, const char *value) {
    static const char CHARSET[] = "UTF-8'";
    if (strncasecmp(value, CHARSET, strlen(CHARSET)) != 0) {
        return NULL;
    }
    const char *text = strchr(value + strlen(CHARSET), '\''); /* behind the language */
    return text == NULL ? NULL : uri_decode_value(arena, text + 1, strlen(text + 1));
}

#include "http/uri.h"
#include "base/utf8.h"
#include <string.h>

enum place { IN_PATH, IN_QUERY, IN_VALUE };

/* Beside letters and digits: pchar of RFC 3986 but '%'; a query may hold '/' and '?' too; attr-char of RFC 8187. */
static const char *const ALLOWED[] = {
    [IN_PATH] = "-._~!$&'()*+,;=:@",
    [IN_QUERY] = "-._~!$&'()*+,;=:@/?",
    [IN_VALUE] = "!#$&+-.^_`|~",
};

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_allowed(char c, enum place place) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        return true;
    }
    return c != '\0' && strchr(ALLOWED[place], c) != NULL;
}

/* Decodes the escape at `text`, of which `left` bytes are left; -1 where it is malformed or not
 * allowed. */
static int read_escape(const char *text, size_t left, enum place place) {
    if (left < 3 || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0) {
        return -1;
    }
    const int c = hex_digit(text[1]) * 16 + hex_digit(text[2]);
    switch (place) {
    case IN_PATH:
        return c >= 0x20 && c != '/' ? c : -1;
    case IN_QUERY:
        return c != 0 ? c : -1;
    case IN_VALUE:
        break;
    }
    return c >= 0x20 ? c : -1;
}

/* The decoded text; NULL where it breaks a rule. */
static const char *decode(struct arena *arena, const char *text, size_t length, enum place place) {
    char *out = arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            c = read_escape(text + i, length - i, place);
            i += 2;
        } else if (c == '+' && place == IN_QUERY) {
            c = ' ';
        } else if (!is_allowed((char)c, place)) {
            c = -1;
        }
        if (c < 0) {
            return NULL;
        }
        out[used++] = (char)c;
    }
    return utf8_is_valid(out, used) && !utf8_has_control(out) ? out : NULL;
}

enum err uri_split_path(struct arena *arena, const char *path,
                        const char *segments[URI_SEGMENTS_MAX], size_t *count) {
    *count = 0;
    if (*path != '/') {
        return ERR_BAD_REQUEST;
    }
    bool too_many = false;
    for (const char *at = path; *at == '/';) {
        const size_t length = strcspn(at + 1, "/");
        const char *segment = decode(arena, at + 1, length, IN_PATH);
        if (segment == NULL) {
            return ERR_BAD_REQUEST;
        }
        if (*count == URI_SEGMENTS_MAX) {
            too_many = true;
        } else {
            segments[(*count)++] = segment;
        }
        at += 1 + length;
    }
    return too_many ? ERR_NOT_FOUND : ERR_NONE;
}

enum err uri_split_pairs(struct arena *arena, const char *text, size_t length,
                         struct pair pairs[EXCHANGE_QUERY_MAX], size_t *count) {
    *count = 0;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '&', length - at);
        const size_t step = end == NULL ? length - at : (size_t)(end - (text + at));
        const char *equals = memchr(text + at, '=', step);
        const size_t name = equals == NULL ? step : (size_t)(equals - (text + at));
        const size_t value_at = equals == NULL ? step : name + 1;
        if (*count == EXCHANGE_QUERY_MAX) {
            return ERR_BAD_REQUEST;
        }
        struct pair *pair = &pairs[(*count)++];
        pair->name = decode(arena, text + at, name, IN_QUERY);
        pair->value = decode(arena, text + at + value_at, step - value_at, IN_QUERY);
        if (pair->name == NULL || pair->value == NULL) {
            return ERR_BAD_REQUEST;
        }
        at += step + 1;
    }
    return ERR_NONE;
}

const char *uri_decode_value(struct arena *arena, const char *text, size_t length) {
    return decode(arena, text, length, IN_VALUE);
}

#include "mail/mail_inert.h"
#include "base/buf.h"
#include "base/utf8.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* UTF-8 of U+2060, U+2068 and U+2069. */
static const char WORD_JOINER[] = "\xe2\x81\xa0";
static const char ISOLATE[] = "\xe2\x81\xa8";
static const char END_OF_ISOLATE[] = "\xe2\x81\xa9";

/* The blocks of the scripts that are written from right to left. */
static bool is_right_to_left(uint32_t code) {
    return (code >= 0x0590 && code <= 0x08ff) || (code >= 0xfb1d && code <= 0xfdff) ||
           (code >= 0xfe70 && code <= 0xfeff) || (code >= 0x10800 && code <= 0x10fff) ||
           (code >= 0x1e800 && code <= 0x1efff);
}

/* A dot in any of the forms that host names know (UTS 46). */
static bool is_dot(uint32_t code) {
    return code == '.' || code == 0x3002 || code == 0xff0e || code == 0xff61;
}

static bool is_blank(unsigned char c) {
    return c == '\0' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(uint32_t code) {
    return code >= '0' && code <= '9';
}

/* True where an address could go on behind this character: "a.example", "https:", "mailto:"; not 10:30, 2.5 or the
 * end of a sentence. */
static bool may_go_on(uint32_t before, uint32_t code, unsigned char after) {
    const bool joins = is_dot(code) || code == ':' || code == 0xff1a;
    return joins && !is_blank(after) && !(is_digit(before) && is_digit(after));
}

const char *mail_inert(struct arena *arena, const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    size_t left = strlen(text);
    uint32_t before = 0;
    bool needs_isolation = false;
    struct buf out;
    /* At most a word joiner of three bytes behind each byte. */
    buf_init(&out, arena, 4 * left + 1);
    while (left > 0) {
        const size_t sequence = utf8_sequence(c, left);
        const size_t length = sequence > 0 ? sequence : 1;
        const uint32_t code = sequence > 0 ? utf8_code_point(c, length) : 0;
        if (!utf8_is_direction(code)) {
            buf_append(&out, (const char *)c, length);
            if (may_go_on(before, code, c[length])) {
                buf_puts(&out, WORD_JOINER);
            }
            needs_isolation = needs_isolation || is_right_to_left(code);
            before = code;
        }
        c += length;
        left -= length;
    }
    return needs_isolation ? arena_printf(arena, "%s%s%s", ISOLATE, buf_text(&out), END_OF_ISOLATE)
                           : buf_text(&out);
}

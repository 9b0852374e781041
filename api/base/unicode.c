#include "base/unicode.h"
#include "base/buf.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>

/* Copies the result of libunistring; NULL where there is none. */
static const char *normalise(struct arena *arena, uninorm_t form, const char *text) {
    size_t length = 0;
    uint8_t *result = u8_normalize(form, (const uint8_t *)text, strlen(text), NULL, &length);
    if (result == NULL) {
        return NULL;
    }
    const char *copy = arena_strndup(arena, (const char *)result, length);
    free(result);
    return copy;
}

const char *unicode_compose(struct arena *arena, const char *text) {
    const char *composed =
        utf8_is_valid(text, strlen(text)) ? normalise(arena, UNINORM_NFC, text) : NULL;
    return composed == NULL ? text : composed;
}

/* Writes one character of a normalised text; `blank` is a blank that waits for something to stand before. `dashes`: each
 * becomes "-". */
static void append_plain(struct buf *buf, const char *c, size_t length, bool dashes, bool *blank) {
    const ucs4_t code = utf8_code_point((const unsigned char *)c, length);
    if (uc_is_property_default_ignorable_code_point(code)) {
        return;
    }
    if (uc_is_property_white_space(code)) {
        *blank = buf->length > 0;
        return;
    }
    if (*blank) {
        buf_putc(buf, ' ');
        *blank = false;
    }
    const int digit = uc_decimal_value(code);
    if (digit >= 0) {
        buf_putc(buf, (char)('0' + digit));
    } else if (dashes && uc_is_property_dash(code)) {
        buf_putc(buf, '-');
    } else {
        buf_append(buf, c, length);
    }
}

static const char *plain_of(struct arena *arena, const char *text, bool dashes) {
    const char *normal =
        utf8_is_valid(text, strlen(text)) ? normalise(arena, UNINORM_NFKC, text) : NULL;
    if (normal == NULL) {
        return text;
    }
    struct buf buf;
    bool blank = false;
    buf_init(&buf, arena, strlen(normal) + 1);
    for (const char *c = normal; *c != '\0';) {
        const size_t length = utf8_sequence((const unsigned char *)c, strlen(c));
        append_plain(&buf, c, length, dashes, &blank);
        c += length;
    }
    /* What was taken away may have stood between a letter and its accent. */
    return unicode_compose(arena, buf_text(&buf));
}

const char *unicode_plain(struct arena *arena, const char *text) {
    return plain_of(arena, text, false);
}

const char *unicode_plain_number(struct arena *arena, const char *text) {
    return plain_of(arena, text, true);
}

const char *unicode_visible(struct arena *arena, const char *text) {
    enum { ZERO_WIDTH_NON_JOINER = 0x200c, ZERO_WIDTH_JOINER = 0x200d };
    if (!utf8_is_valid(text, strlen(text))) {
        return text;
    }
    struct buf buf;
    buf_init(&buf, arena, strlen(text) + 1);
    for (const char *c = text; *c != '\0';) {
        const size_t length = utf8_sequence((const unsigned char *)c, strlen(c));
        const ucs4_t code = utf8_code_point((const unsigned char *)c, length);
        if (code == ZERO_WIDTH_NON_JOINER || code == ZERO_WIDTH_JOINER ||
            !uc_is_property_default_ignorable_code_point(code)) {
            buf_append(&buf, c, length);
        }
        c += length;
    }
    return unicode_compose(arena, buf_text(&buf));
}

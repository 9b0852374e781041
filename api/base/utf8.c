#include "base/utf8.h"
#include <string.h>

/* RFC 3629, section 4. */
size_t utf8_sequence(const unsigned char *c, size_t left) {
    if (c[0] < 0x80) {
        return 1;
    }
    const size_t length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4 || left < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    const bool surrogate = c[0] == 0xed && c[1] > 0x9f;
    const bool beyond = c[0] == 0xf4 && c[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

bool utf8_is_valid(const char *text, size_t length) {
    const unsigned char *c = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        const size_t step = utf8_sequence(c + i, length - i);
        if (step == 0) {
            return false;
        }
        i += step;
    }
    return true;
}

size_t utf8_length(const char *text) {
    size_t count = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        count += (*c & 0xc0) != 0x80;
    }
    return count;
}

bool utf8_has_control(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c < 0x20 && *c != '\t' && *c != '\n' && *c != '\r') || *c == 0x7f) {
            return true;
        }
        if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) { /* C1 controls */
            return true;
        }
    }
    return false;
}

uint32_t utf8_code_point(const unsigned char *c, size_t length) {
    static const unsigned char FIRST_BITS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = c[0] & FIRST_BITS[length];
    for (size_t i = 1; i < length; i++) {
        code = code << 6 | (c[i] & 0x3fU);
    }
    return code;
}

bool utf8_is_direction(uint32_t code) {
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { UUID_BYTES = 16 };

bool text_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *out) {
    const bool negative = *text == '-' && minimum < 0;
    const char *digits = negative ? text + 1 : text;
    if (*digits == '\0' || (digits[0] == '0' && digits[1] != '\0')) {
        return false;
    }
    int64_t number = 0;
    for (const char *c = digits; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *c - '0', &number)) {
            return false;
        }
    }
    number = negative ? -number : number;
    if (number < minimum || number > maximum) {
        return false;
    }
    *out = number;
    return true;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool text_is_uuid(const char *text) {
    for (size_t i = 0; i < UUID_TEXT_BYTES - 1; i++) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
    }
    return text[UUID_TEXT_BYTES - 1] == '\0';
}

bool text_read_uuid(const char *text, char out[UUID_TEXT_BYTES]) {
    const bool has_hyphens = text_is_uuid(text);
    const char *from = text;
    for (size_t i = 0; i < UUID_TEXT_BYTES - 1; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            out[i] = '-';
            from += has_hyphens ? 1 : 0;
        } else if (is_hex(*from)) {
            out[i] = (char)(*from >= 'A' && *from <= 'F' ? *from - 'A' + 'a' : *from);
            from++;
        } else {
            return false;
        }
    }
    out[UUID_TEXT_BYTES - 1] = '\0';
    return *from == '\0';
}

size_t text_write_integer(char out[TEXT_INTEGER_BYTES], int64_t number) {
    char reversed[TEXT_INTEGER_BYTES];
    size_t count = 0;
    size_t length = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        out[length++] = '-';
    }
    while (count > 0) {
        out[length++] = reversed[--count];
    }
    out[length] = '\0';
    return length;
}

const char *text_of_integer(struct arena *arena, int64_t number) {
    char digits[TEXT_INTEGER_BYTES];
    return arena_strndup(arena, digits, text_write_integer(digits, number));
}

/* The next 16 random bytes, read from the kernel for 16 identifiers at a time. */
static const unsigned char *next_random(void) {
    static _Thread_local unsigned char ahead[16 * UUID_BYTES];
    static _Thread_local size_t left;
    if (left == 0) {
        if (getrandom(ahead, sizeof ahead, 0) != (ssize_t)sizeof ahead) {
            abort(); /* nothing here is safe without randomness */
        }
        left = sizeof ahead;
    }
    left -= UUID_BYTES;
    return ahead + left;
}

static const char HEX_DIGITS[] = "0123456789abcdef";

void text_new_hex(char *out, size_t count) {
    const unsigned char *bytes = next_random();
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = HEX_DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = HEX_DIGITS[bytes[i] & 0x0f];
    }
    out[2 * count] = '\0';
}

void text_new_uuid(char out[UUID_TEXT_BYTES]) {
    unsigned char bytes[UUID_BYTES];
    memcpy(bytes, next_random(), sizeof bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    char *at = out;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = HEX_DIGITS[bytes[i] >> 4];
        *at++ = HEX_DIGITS[bytes[i] & 0x0f];
    }
    *at = '\0';
}

bool text_is_digits(const char *text, size_t exactly) {
    return strlen(text) == exactly && strspn(text, "0123456789") == exactly;
}

char *text_lower(struct arena *arena, const char *text) {
    char *lower = arena_strdup(arena, text);
    for (char *c = lower; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (char)(*c - 'A' + 'a');
        }
    }
    return lower;
}

char *text_hex(struct arena *arena, const unsigned char *bytes, size_t length) {
    static const char digits[] = "0123456789abcdef";
    char *hex = arena_alloc(arena, length * 2 + 1);
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    return hex;
}

bool text_starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *end) {
    const size_t length = strlen(text);
    const size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

const char *text_percent_encode(struct arena *arena, const char *text) {
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1);
    char *at = encoded;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
            strchr("-._~", *c) != NULL) {
            *at++ = (char)*c;
        } else {
            *at++ = '%';
            *at++ = digits[*c >> 4];
            *at++ = digits[*c & 15];
        }
    }
    return encoded;
}

bool text_is_one_of(const char *const *list, const char *text) {
    while (*list != NULL && strcmp(*list, text) != 0) {
        list++;
    }
    return *list != NULL;
}

#ifndef GUICHET_BASE_TEXT_H
#define GUICHET_BASE_TEXT_H
/* Small strict parsers of text. Thread-safe. */
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UUID_TEXT_BYTES = 37,   /* 36 characters and the NUL */
    TEXT_INTEGER_BYTES = 21 /* the longest int64_t and the NUL */
};

/* A whole decimal number between `minimum` and `maximum`, without sign or leading zero (but "0"; a
 * leading '-' where `minimum` is negative); false for anything else. */
bool text_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *out);
/* Writes a number in decimal; the length, without the NUL. */
size_t text_write_integer(char out[TEXT_INTEGER_BYTES], int64_t number);
/* The same, in the arena. */
const char *text_of_integer(struct arena *arena, int64_t number);
/* 8-4-4-4-12 lower- or upper-case hexadecimal digits (RFC 9562). */
bool text_is_uuid(const char *text);
/* Reads a UUID with its hyphens or without (32 digits, as nginx writes $request_id) into its usual form, in lower
 * case. False for anything else. */
bool text_read_uuid(const char *text, char out[UUID_TEXT_BYTES]);
/* Writes `count` random bytes, at most 16, as lower-case hexadecimal digits and the NUL. */
void text_new_hex(char *out, size_t count);
/* Writes a random version 4 UUID (RFC 9562) from the kernel's generator. */
void text_new_uuid(char out[UUID_TEXT_BYTES]);
bool text_is_digits(const char *text, size_t exactly);
/* ASCII lower case, in the arena. */
char *text_lower(struct arena *arena, const char *text);
/* Lower-case hexadecimal digits, in the arena. */
char *text_hex(struct arena *arena, const unsigned char *bytes, size_t length);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *end);
/* True where `text` is in a list that NULL ends. */
bool text_is_one_of(const char *const *list, const char *text);
/* Every byte but the unreserved ones of RFC 3986 (letters, digits, -._~) as %XX, in the arena. */
const char *text_percent_encode(struct arena *arena, const char *text);

#endif

#ifndef GUICHET_BASE_UTF8_H
#define GUICHET_BASE_UTF8_H
/* UTF-8 (RFC 3629). Thread-safe. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True where the text is well-formed UTF-8 (RFC 3629). */
bool utf8_is_valid(const char *text, size_t length);
/* Number of code points of a valid UTF-8 text. */
size_t utf8_length(const char *text);

/* Length in bytes of the well-formed sequence at `c`, at most `left`; 0 where there is none. */
size_t utf8_sequence(const unsigned char *c, size_t left);
/* The code point of a well-formed sequence of `length` bytes, 1 to 4. */
uint32_t utf8_code_point(const unsigned char *c, size_t length);
/* Bidi_Control of Unicode: marks, embeddings, overrides, isolates, which show a text in another order. */
bool utf8_is_direction(uint32_t code);
/* True where the text holds a control character other than tab, CR and LF: C0, DEL or C1. */
bool utf8_has_control(const char *text);

#endif

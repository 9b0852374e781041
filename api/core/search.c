#include "core/search.h"
#include "base/utf8.h"
#include <stddef.h>
#include <string.h>

enum { RUN_LEAST = 3, CHARACTERS_MAX = 255 };

/* Punctuation and blanks beyond ASCII that people type between words. */
static bool is_wide_separator(const char *c, size_t length) {
    static const char *const WIDE[] = {"\u00a0", "\u2019", "\u2013", "\u2014", "\u202f"};
    for (size_t i = 0; i < sizeof WIDE / sizeof WIDE[0]; i++) {
        if (strlen(WIDE[i]) == length && memcmp(c, WIDE[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_ascii_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The most letters or digits in a row, of any script. */
static size_t longest_run(const char *words) {
    size_t run = 0;
    size_t longest = 0;
    for (const char *c = words; *c != '\0';) {
        const size_t sequence = utf8_sequence((const unsigned char *)c, strlen(c));
        const size_t length = sequence == 0 ? 1 : sequence;
        const bool counts =
            length == 1 ? is_ascii_letter_or_digit(*c) : !is_wide_separator(c, length);
        run = counts ? run + 1 : 0;
        longest = run > longest ? run : longest;
        c += length;
    }
    return longest;
}

static bool is_number(const char *words) {
    if (*words == '\0' || strchr("DdHh", *words) == NULL) {
        return false;
    }
    const size_t digits = strspn(words + 1, "0123456789");
    return digits > 0 && words[1 + digits] == '\0';
}

static bool check(struct field_errors *errors, const char *pointer, const char *words,
                  bool is_enough) {
    if (utf8_length(words) > CHARACTERS_MAX) {
        field_errors_add(errors, pointer, "too_long", "Cherchez par 255 caractères au plus.");
        return false;
    }
    if (!is_enough) {
        field_errors_add(errors, pointer, "too_short",
                         "Écrivez au moins trois lettres ou chiffres qui se suivent.");
    }
    return is_enough;
}

bool search_check_words(struct field_errors *errors, const char *pointer, const char *words) {
    return words == NULL || check(errors, pointer, words, longest_run(words) >= RUN_LEAST);
}

bool search_check_request_words(struct field_errors *errors, const char *pointer,
                                const char *words) {
    return words == NULL ||
           check(errors, pointer, words, longest_run(words) >= RUN_LEAST || is_number(words));
}

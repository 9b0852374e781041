#include "core/search.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/email.h"
#include "core/phone.h"
#include "core/siret.h"
#include <stddef.h>
#include <string.h>

enum { RUN_LEAST = 3, CHARACTERS_MAX = 255 };

/* Punctuation beyond ASCII that people type between words. */
static bool is_wide_separator(const char *c, size_t length) {
    static const char *const WIDE[] = {"\u2019", "\u2013", "\u2014"};
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

/* "D6" of "D6", "d 6" or "H-12", the number of a request or habilitation; NULL: the text is none. */
static const char *find_file_number(struct arena *arena, const char *plain) {
    if (*plain == '\0' || strchr("DdHh", *plain) == NULL) {
        return NULL;
    }
    const char *number = plain + 1 + strspn(plain + 1, " -");
    return *number != '\0' && number[strspn(number, "0123456789")] == '\0'
               ? arena_printf(arena, "%c%s", *plain, number)
               : NULL;
}

/* The key of a number or an address that is the whole text; NULL for other words. */
static const char *find_key(struct arena *arena, const char *plain) {
    struct phone phone;
    const char *number = siret_find_number(arena, plain);
    if (strchr(plain, '@') != NULL) {
        return email_find_key(arena, plain);
    }
    if (number != NULL && (siren_is_valid(number) || siret_is_valid(number))) {
        return number;
    }
    return phone_parse(arena, plain, &phone) && *phone.key == '+' ? phone.key : NULL;
}

/* The words with their domains in Unicode, as addresses are kept to be shown. */
static const char *show_domains(struct arena *arena, const char *plain) {
    struct buf words;
    buf_init(&words, arena, 4 * strlen(plain) + 1);
    for (const char *c = plain; *c != '\0'; c += strspn(c, " ")) {
        const char *word = arena_strndup(arena, c, strcspn(c, " "));
        const char *at = strchr(word, '@');
        const char *domain = at == NULL ? word : at + 1;
        buf_puts(&words, words.length == 0 ? "" : " ");
        buf_append(&words, word, (size_t)(domain - word));
        buf_puts(&words, email_show_domain(arena, domain));
        c += strlen(word);
    }
    return buf_text(&words);
}

/* `numbers`: the number of a request alone is enough. */
static const char *read(struct field_errors *errors, const char *pointer, const char *words,
                        bool numbers) {
    if (words == NULL) {
        return NULL;
    }
    if (utf8_length(words) > CHARACTERS_MAX) {
        field_errors_add(errors, pointer, "too_long", "Cherchez par 255 caractères au plus.");
        return NULL;
    }
    const char *plain = unicode_plain(errors->arena, words);
    const char *key = numbers ? find_file_number(errors->arena, plain) : NULL;
    key = key != NULL ? key : find_key(errors->arena, plain);
    if (key == NULL && longest_run(plain) < RUN_LEAST) {
        field_errors_add(errors, pointer, "too_short",
                         "Écrivez au moins trois lettres ou chiffres qui se suivent.");
        return NULL;
    }
    if (key != NULL) {
        return key;
    }
    return strstr(plain, "xn--") == NULL ? plain : show_domains(errors->arena, plain);
}

const char *search_read_words(struct field_errors *errors, const char *pointer, const char *words) {
    return read(errors, pointer, words, false);
}

const char *search_read_request_words(struct field_errors *errors, const char *pointer,
                                      const char *words) {
    return read(errors, pointer, words, true);
}

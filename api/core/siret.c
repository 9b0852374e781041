#include "core/siret.h"
#include "base/text.h"
#include "base/unicode.h"
#include <string.h>
#include <strings.h>

static const char LA_POSTE_SIREN[] = "356000000";
static const char LA_POSTE_HEAD_OFFICE[] = "35600000000048";

enum { SIREN_DIGITS = SIREN_TEXT_BYTES - 1, SIRET_DIGITS = SIRET_TEXT_BYTES - 1 };

char siren_check_digit(const char *digits, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = digits[count - 1 - i] - '0';
        if (i % 2 == 0) {
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }
        sum += digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static bool passes_luhn(const char *digits, size_t count) {
    return digits[count - 1] == siren_check_digit(digits, count - 1);
}

static bool is_zero(const char *digits) {
    return strspn(digits, "0") == strlen(digits);
}

static int digit_sum(const char *digits) {
    int sum = 0;
    for (const char *c = digits; *c != '\0'; c++) {
        sum += *c - '0';
    }
    return sum;
}

bool siren_is_valid(const char *siren) {
    return text_is_digits(siren, SIREN_DIGITS) && !is_zero(siren) &&
           passes_luhn(siren, SIREN_DIGITS);
}

bool siret_is_valid(const char *siret) {
    if (!text_is_digits(siret, SIRET_DIGITS) || is_zero(siret)) {
        return false;
    }
    if (text_starts_with(siret, LA_POSTE_SIREN)) {
        return digit_sum(siret) % 5 == 0 || strcmp(siret, LA_POSTE_HEAD_OFFICE) == 0;
    }
    return passes_luhn(siret, SIRET_DIGITS);
}

static bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Behind a label that names the number ("SIRET :", "N° SIREN", "SIRET n°"); the text itself without one. */
static const char *skip_label(const char *plain) {
    const size_t label = strcspn(plain, "0123456789");
    const char *word = strcasestr(plain, "sire");
    const bool names =
        word != NULL && word < plain + label && word[4] != '\0' && strchr("tTnN", word[4]) != NULL;
    return names ? plain + label : plain;
}

/* Copies the first digits; counts them all. False where there is anything but digits and separators. */
static bool collect_digits(const char *text, char out[SIRET_TEXT_BYTES], size_t *count) {
    *count = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c >= '0' && *c <= '9') {
            if (*count < SIRET_DIGITS) {
                out[*count] = *c;
            }
            (*count)++;
        } else if (strchr(" .-", *c) == NULL) {
            return false;
        }
    }
    out[*count < SIRET_DIGITS ? *count : SIRET_DIGITS] = '\0';
    return true;
}

/* The SIREN of a French VAT number (article 286 ter of the tax code): FR, a key of two letters or digits, the SIREN. The
 * SIREN is checked by itself, so the key says nothing more. False for anything else. */
static bool read_vat(const char *plain, char siren[SIRET_TEXT_BYTES]) {
    size_t count = 0;
    if (strncasecmp(plain, "FR", 2) != 0) {
        return false;
    }
    const char *key = plain + 2 + strspn(plain + 2, " ");
    return is_letter_or_digit(key[0]) && is_letter_or_digit(key[1]) &&
           collect_digits(key + 2, siren, &count) && count == SIREN_DIGITS && siren_is_valid(siren);
}

const char *siret_find_number(struct arena *arena, const char *text) {
    const char *plain = unicode_plain_number(arena, text);
    char digits[SIRET_TEXT_BYTES];
    size_t count = 0;
    if (read_vat(plain, digits)) {
        return arena_strdup(arena, digits);
    }
    return collect_digits(skip_label(plain), digits, &count) && count >= SIREN_DIGITS &&
                   count <= SIRET_DIGITS
               ? arena_strdup(arena, digits)
               : NULL;
}

enum err siret_parse(struct field_errors *errors, const char *pointer, const char *text,
                     char out[SIRET_TEXT_BYTES]) {
    const char *plain = unicode_plain_number(errors->arena, text);
    size_t count = 0;
    if (read_vat(plain, out)) {
        field_errors_add(errors, pointer, "invalid_format",
                         "C’est un numéro de TVA : il donne le SIREN %s, mais pas l’établissement. "
                         "Indiquez le SIRET (14 chiffres).",
                         out);
    } else if (!collect_digits(skip_label(plain), out, &count)) {
        field_errors_add(errors, pointer, "invalid_format",
                         "Un SIRET ne contient que des chiffres : retirez les lettres et les "
                         "signes.");
    } else if (count == 0) {
        field_errors_add(errors, pointer, "required",
                         "Indiquez le SIRET de votre établissement (14 chiffres).");
    } else if (count < SIRET_DIGITS) {
        field_errors_add(errors, pointer, "invalid_format",
                         "Un SIRET a 14 chiffres ; celui-ci en a %zu. Un SIREN (9 chiffres) ne "
                         "suffit pas.",
                         count);
    } else if (count > SIRET_DIGITS) {
        field_errors_add(errors, pointer, "invalid_format",
                         "Un SIRET a 14 chiffres ; celui-ci en a %zu.", count);
    } else if (is_zero(out)) {
        field_errors_add(errors, pointer, "invalid_format",
                         "Ce numéro ne désigne aucun établissement.");
    } else if (!siret_is_valid(out)) {
        field_errors_add(errors, pointer, "invalid_format",
                         "Ce SIRET contient une erreur de frappe : sa clé de contrôle ne "
                         "correspond pas. Vérifiez-le chiffre par chiffre.");
    } else {
        return ERR_NONE;
    }
    out[0] = '\0';
    return ERR_INVALID;
}

const char *siret_read_optional(struct field_errors *errors, const char *pointer,
                                const char *text) {
    char siret[SIRET_TEXT_BYTES];
    return text == NULL || siret_parse(errors, pointer, text, siret) != ERR_NONE
               ? NULL
               : arena_strdup(errors->arena, siret);
}

#include "core/siret.h"
#include "base/text.h"
#include <string.h>

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

/* Length in bytes of a blank that people paste with a number; 0 where there is none. */
static size_t blank_length(const char *c) {
    if (*c == ' ' || *c == '\t') {
        return 1;
    }
    if (strncmp(c, "\xc2\xa0", 2) == 0) { /* U+00A0 */
        return 2;
    }
    if (strncmp(c, "\xe2\x80\xaf", 3) == 0 || strncmp(c, "\xe2\x80\x89", 3) == 0) {
        return 3; /* U+202F, U+2009 */
    }
    return 0;
}

/* Copies the first digits; counts them all. False where there is anything but digits and blanks. */
static bool collect_digits(const char *text, char out[SIRET_TEXT_BYTES], size_t *count) {
    *count = 0;
    for (const char *c = text; *c != '\0';) {
        const size_t blank = blank_length(c);
        if (blank == 0 && (*c < '0' || *c > '9')) {
            return false;
        }
        if (blank == 0) {
            if (*count < SIRET_DIGITS) {
                out[*count] = *c;
            }
            (*count)++;
        }
        c += blank == 0 ? 1 : blank;
    }
    out[*count < SIRET_DIGITS ? *count : SIRET_DIGITS] = '\0';
    return true;
}

enum err siret_parse(struct field_errors *errors, const char *pointer, const char *text,
                     char out[SIRET_TEXT_BYTES]) {
    size_t count = 0;
    if (!collect_digits(text, out, &count)) {
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

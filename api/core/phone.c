#include "core/phone.h"
#include "base/text.h"
#include "base/unicode.h"
#include <stddef.h>
#include <string.h>

enum {
    TYPED_BYTES_MAX = 160,
    CHARACTERS_MAX = 40,
    DIGITS_MIN = 7,
    DIGITS_MAX = 15, /* E.164 */
    FRENCH_DIGITS = 10,
    AREA_DIGITS = 3
};

/* Departments that a country code of their own reaches from abroad: national prefix behind the 0, country. */
static const char *const OVERSEAS[][2] = {
    {"262", "262"}, {"263", "262"}, {"692", "262"}, {"693", "262"}, {"590", "590"}, {"690", "590"},
    {"691", "590"}, {"594", "594"}, {"694", "594"}, {"596", "596"}, {"696", "596"}, {"697", "596"},
};

/* The country of a French national number, whose 0 stands before `rest`. */
static const char *country_of(const char *rest) {
    for (size_t i = 0; i < sizeof OVERSEAS / sizeof *OVERSEAS; i++) {
        if (strncmp(rest, OVERSEAS[i][0], AREA_DIGITS) == 0) {
            return OVERSEAS[i][1];
        }
    }
    return "33";
}

/* Behind a label that names the number ("Tél. :", "Portable", "tel:"); the text itself without one. */
static const char *skip_label(const char *plain) {
    static const char *const WORDS[] = {"tel", "tél", "tÉl", "phone", "port", "mob", "fixe"};
    const size_t length = strcspn(plain, "+(0123456789");
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        const char *word = strcasestr(plain, WORDS[i]);
        if (word != NULL && word < plain + length) {
            return plain + length;
        }
    }
    return plain;
}

/* Copies the digits; "(0)" behind others is left out. False where there is anything else but separators. */
static bool collect_digits(const char *text, char out[DIGITS_MAX + 3], bool *has_trunk) {
    size_t count = 0;
    *has_trunk = false;
    for (const char *c = text; *c != '\0'; c++) {
        const bool is_digit = *c >= '0' && *c <= '9';
        if (count > 0 && strncmp(c, "(0)", 3) == 0) {
            *has_trunk = true;
            c += 2;
            continue;
        }
        if (is_digit ? count == DIGITS_MAX + 2 /* 00 and the digits */
                     : strchr(" .-/()", *c) == NULL) {
            return false;
        }
        if (is_digit) {
            out[count++] = *c;
        }
    }
    out[count] = '\0';
    return true;
}

static bool has_fitting_length(const char *digits) {
    const size_t count = strlen(digits);
    return count >= DIGITS_MIN && count <= DIGITS_MAX;
}

bool phone_parse(struct arena *arena, const char *text, struct phone *out) {
    char digits[DIGITS_MAX + 3];
    bool has_trunk = false;
    const char *plain = strnlen(text, TYPED_BYTES_MAX + 1) > TYPED_BYTES_MAX
                            ? ""
                            : skip_label(unicode_plain_number(arena, text));
    if (strlen(plain) > CHARACTERS_MAX) {
        return false;
    }
    const bool has_plus = *plain == '+';
    if (!collect_digits(has_plus ? plain + 1 : plain, digits, &has_trunk)) {
        return false;
    }
    const bool has_zeros = !has_plus && text_starts_with(digits, "00");
    const char *number = has_zeros ? digits + 2 : digits;
    if (!has_fitting_length(number) || (has_trunk && !has_plus && !has_zeros)) {
        return false;
    }
    const bool is_french =
        !has_plus && !has_zeros && *digits == '0' && strlen(digits) == FRENCH_DIGITS;
    if (!is_french && (has_plus || has_zeros) && text_starts_with(number, "330") &&
        strlen(number) == FRENCH_DIGITS + 2) {
        number = arena_printf(arena, "33%s", number + 3); /* "+33 01 …" */
    }
    out->shown = plain;
    out->key = is_french ? arena_printf(arena, "+%s%s", country_of(digits + 1), digits + 1)
                         : arena_printf(arena, "%s%s", has_plus || has_zeros ? "+" : "", number);
    return true;
}

#include "gateway/parameter.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/siret.h"
#include <string.h>

enum { FIRST_FISCAL_YEAR = 2006 };

static const struct {
    const char *name;
    unsigned int kind;
} KINDS[] = {
    {"siren", PARAMETER_SIREN},     {"siret", PARAMETER_SIRET},
    {"rna", PARAMETER_RNA},         {"eori", PARAMETER_EORI},
    {"month", PARAMETER_MONTH},     {"year", PARAMETER_YEAR},
    {"integer", PARAMETER_INTEGER}, {"fiscal_year", PARAMETER_FISCAL_YEAR},
    {"enum", PARAMETER_ENUM},       {"text", PARAMETER_TEXT},
};
enum { KINDS_COUNT = sizeof KINDS / sizeof KINDS[0] };

static unsigned int kind_named(const char *name, size_t length) {
    for (size_t i = 0; i < KINDS_COUNT; i++) {
        if (strlen(KINDS[i].name) == length && strncmp(KINDS[i].name, name, length) == 0) {
            return KINDS[i].kind;
        }
    }
    return 0;
}

/* "siren_or_rna" is both; 0 where a part is unknown. */
static unsigned int kinds_of_type(const char *type) {
    unsigned int kinds = 0;
    for (const char *at = type;;) {
        const char *joint = strstr(at, "_or_");
        const unsigned int kind = kind_named(at, joint == NULL ? strlen(at) : (size_t)(joint - at));
        if (kind == 0) {
            return 0;
        }
        kinds |= kind;
        if (joint == NULL) {
            return kinds;
        }
        at = joint + 4;
    }
}

static enum parameter_characters characters_named(const char *name) {
    if (name != NULL && strcmp(name, "name") == 0) {
        return CHARACTERS_NAME;
    }
    return name != NULL && strcmp(name, "digits") == 0 ? CHARACTERS_DIGITS
                                                       : CHARACTERS_ALPHANUMERIC;
}

void parameter_read(struct arena *arena, const struct value *document, struct field_errors *errors,
                    const char *pointer, struct parameter *out) {
    const char *type = value_get_text(document, "type");
    const struct value *values = value_get(document, "values");
    const bool is_text = type != NULL && strcmp(type, "text") == 0;
    *out = (struct parameter){
        .name = value_get_text(document, "name"),
        .kinds = type == NULL ? 0 : kinds_of_type(type),
        .required = value_get_boolean(document, "required", true),
        .error_code = value_get_text(document, "error_code"),
        .least = value_get_integer(document, is_text ? "min_length" : "min", 0),
        .most = value_get_integer(document, is_text ? "max_length" : "max", INT64_MAX),
        .characters = characters_named(value_get_text(document, "characters")),
        .values = ARENA_ARRAY(arena, const char *, value_count(values)),
    };
    for (size_t i = 0; i < value_count(values); i++) {
        if (value_is(value_item(values, i), VALUE_STRING)) {
            out->values[out->values_count++] = value_text_of(value_item(values, i));
        }
    }
    if (out->name == NULL || out->kinds == 0 || out->error_code == NULL) {
        field_errors_add(errors, pointer, "invalid_format",
                         "a parameter needs a name, a known type and an error code");
        out->name = "";
        out->error_code = "00400";
    }
}

/* All zeros belongs to nobody; the sandbox answers it with 404. */
static bool is_siren(const char *value) {
    return siren_is_valid(value) || strcmp(value, "000000000") == 0;
}

static bool is_rna(const char *value) {
    return value[0] == 'W' && text_is_digits(value + 1, 9);
}

/* Two letters, then 1 to 15 letters or digits (Regulation (EU) 952/2013, DELTA annex). */
static bool is_eori(const char *value) {
    const size_t length = strlen(value);
    const size_t letters = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return length >= 3 && length <= 17 && letters >= 2 &&
           strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

static bool is_month(const char *value) {
    return text_is_digits(value, 2) && strcmp(value, "01") >= 0 && strcmp(value, "12") <= 0;
}

static bool is_fiscal_year(const char *value, int this_year) {
    int64_t year = 0;
    return text_is_digits(value, 4) &&
           text_parse_integer(value, FIRST_FISCAL_YEAR, this_year - 1, &year);
}

static bool is_listed(const struct parameter *parameter, const char *value) {
    for (size_t i = 0; i < parameter->values_count; i++) {
        if (strcmp(parameter->values[i], value) == 0) {
            return true;
        }
    }
    return false;
}

/* Letters of names in French civil registers: Latin, with their accents (U+00C0 to U+024F, U+1E00 to
 * U+1EFF), and the apostrophe U+2019. */
static bool is_name_character(const unsigned char *c, size_t length) {
    if (length == 1) {
        return (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == ' ' || *c == '-' ||
               *c == '\'';
    }
    if (length == 2) {
        const unsigned int point = (unsigned int)((c[0] & 0x1f) << 6 | (c[1] & 0x3f));
        return point >= 0xc0 && point <= 0x24f && point != 0xd7 && point != 0xf7;
    }
    if (length != 3) {
        return false;
    }
    const unsigned int point =
        (unsigned int)((c[0] & 0x0f) << 12 | (c[1] & 0x3f) << 6 | (c[2] & 0x3f));
    return point == 0x2019 || (point >= 0x1e00 && point <= 0x1eff);
}

static bool is_text(const struct parameter *parameter, const char *value) {
    int64_t count = 0;
    const size_t bytes = strlen(value);
    for (size_t at = 0; at < bytes; count++) {
        const unsigned char *c = (const unsigned char *)value + at;
        const size_t length = utf8_sequence(c, bytes - at);
        const bool digit = *c >= '0' && *c <= '9';
        const bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        const bool fits = parameter->characters == CHARACTERS_DIGITS ? digit
                          : parameter->characters == CHARACTERS_ALPHANUMERIC
                              ? digit || letter
                              : is_name_character(c, length);
        if (length == 0 || !fits) {
            return false;
        }
        at += length;
    }
    return count >= parameter->least && count <= parameter->most;
}

static bool is_of_kind(const struct parameter *parameter, unsigned int kind, const char *value,
                       int this_year) {
    int64_t number = 0;
    switch ((enum parameter_kind)kind) {
    case PARAMETER_SIREN:
        return is_siren(value);
    case PARAMETER_SIRET:
        return siret_is_valid(value);
    case PARAMETER_RNA:
        return is_rna(value);
    case PARAMETER_EORI:
        return is_eori(value);
    case PARAMETER_MONTH:
        return is_month(value);
    case PARAMETER_YEAR:
        return text_is_digits(value, 4);
    case PARAMETER_FISCAL_YEAR:
        return is_fiscal_year(value, this_year);
    case PARAMETER_INTEGER:
        return text_parse_integer(value, parameter->least, parameter->most, &number);
    case PARAMETER_ENUM:
        return is_listed(parameter, value);
    case PARAMETER_TEXT:
        return is_text(parameter, value);
    }
    return false;
}

unsigned int parameter_kind_of(const struct parameter *parameter, const char *value,
                               int this_year) {
    for (unsigned int kind = 1; kind <= PARAMETER_TEXT; kind <<= 1) {
        if ((parameter->kinds & kind) != 0 && is_of_kind(parameter, kind, value, this_year)) {
            return kind;
        }
    }
    return 0;
}

const char *parameter_key(const struct parameter *parameter, unsigned int kind) {
    for (size_t i = 0; i < KINDS_COUNT && kind <= PARAMETER_EORI; i++) {
        if (KINDS[i].kind == kind) {
            return KINDS[i].name;
        }
    }
    return parameter->name;
}

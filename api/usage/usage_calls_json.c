/* Parses batches of calls of an external gateway. */
#include "base/clock.h"
#include "base/ip.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/reader.h"
#include "core/siret.h"
#include "usage/usage_json.h"
#include <string.h>

enum { CALLS_MAX = 1000, PARAMS_MAX = 20 };
#define FUTURE_MS (INT64_C(5) * 60 * 1000)
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define DURATION_MS_MAX (24.0 * 3600 * 1000)

static void check_time(struct reader *reader, int64_t days, int64_t now_ms) {
    const char *text = reader_required_line(reader, "at", READER_SHORT_MAX);
    int64_t at_ms = 0;
    if (text == NULL) {
        return;
    }
    if (!clock_parse_rfc3339(text, &at_ms)) {
        reader_error(reader, "at", "invalid_format", "Une date et une heure sont attendues.");
    } else if (at_ms < now_ms - (days - 1) * DAY_MS || at_ms > now_ms + FUTURE_MS) {
        reader_error(reader, "at", "out_of_range",
                     "Cet appel est trop ancien ou vient du futur : il ne peut être enregistré.");
    }
}

static void check_number(struct reader *reader, const char *name, bool required) {
    const struct value *value = value_get(reader->object, name);
    if (!required && (value == NULL || value_is(value, VALUE_NULL))) {
        return;
    }
    if (value == NULL) {
        reader_error(reader, name, "required", "Cette durée est obligatoire.");
        return;
    }
    const double number = value_is(value, VALUE_INTEGER)  ? (double)value_integer_of(value)
                          : value_is(value, VALUE_NUMBER) ? value_number_of(value)
                                                          : -1;
    if (!value_is(value, VALUE_INTEGER) && !value_is(value, VALUE_NUMBER)) {
        reader_error(reader, name, "wrong_type", "Une durée est un nombre de millisecondes.");
    } else if (!(number >= 0 && number <= DURATION_MS_MAX)) {
        reader_error(reader, name, "out_of_range", "Cette durée est hors des bornes.");
    }
}

static void check_status(struct reader *reader) {
    const struct value *value = value_get(reader->object, "status");
    if (value == NULL) {
        reader_error(reader, "status", "required", "Le code de réponse est obligatoire.");
    } else if (!value_is(value, VALUE_INTEGER)) {
        reader_error(reader, "status", "wrong_type", "Le code de réponse est un nombre.");
    } else if (value_integer_of(value) < 100 || value_integer_of(value) > 599) {
        reader_error(reader, "status", "out_of_range", "Un code de réponse va de 100 à 599.");
    }
}

static void check_params(struct reader *reader) {
    const struct value *params = value_get(reader->object, "params");
    if (params == NULL) {
        return;
    }
    if (!value_is(params, VALUE_OBJECT)) {
        reader_error(reader, "params", "wrong_type", "Un objet de textes est attendu.");
        return;
    }
    if (value_count_members(params) > PARAMS_MAX) {
        reader_error(reader, "params", "too_many", "Vingt paramètres sont possibles.");
    }
    struct reader within = *reader;
    within.prefix = reader_pointer(reader, "params");
    VALUE_EACH (member, params) {
        const bool is_text = value_is(member.value, VALUE_STRING);
        if (!is_text || utf8_length(value_text_of(member.value)) > READER_SHORT_MAX) {
            reader_error(&within, member.name, is_text ? "too_long" : "wrong_type",
                         "Un texte d’au plus 255 caractères est attendu.");
        }
    }
}

static void check_forms(struct reader *reader) {
    const char *token_id = reader_required_line(reader, "token_id", READER_SHORT_MAX);
    const char *recipient = reader_optional_line(reader, "recipient", READER_SHORT_MAX);
    const char *code = reader_optional_line(reader, "error_code", READER_SHORT_MAX);
    const char *address = reader_optional_line(reader, "ip", READER_SHORT_MAX);
    struct ip ip;
    if (token_id != NULL && !text_is_uuid(token_id)) {
        reader_error(reader, "token_id", "invalid_format", "L’identifiant d’un jeton est un UUID.");
    }
    if (recipient != NULL && !siret_is_valid(recipient)) {
        reader_error(reader, "recipient", "invalid_format", "Un numéro de SIRET est attendu.");
    }
    if (code != NULL && !text_is_digits(code, USAGE_ERROR_CODE_DIGITS)) {
        reader_error(reader, "error_code", "invalid_format", "Un code a cinq chiffres.");
    }
    if (address != NULL && !ip_parse(address, &ip)) {
        reader_error(reader, "ip", "invalid_format", "Une adresse IP est attendue.");
    }
}

static void check_call(struct arena *arena, struct field_errors *errors, const struct value *call,
                       const char *prefix, int64_t days, int64_t now_ms) {
    static const char *const KNOWN[] = {
        "token_id",  "request_id", "at",         "endpoint",    "params",      "context", "object",
        "recipient", "status",     "error_code", "duration_ms", "provider_ms", "ip",      NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, call, prefix, KNOWN);
    check_forms(&reader);
    (void)reader_required_line(&reader, "request_id", USAGE_REQUEST_ID_CHARACTERS_MAX);
    (void)reader_required_line(&reader, "endpoint", READER_SHORT_MAX);
    (void)reader_optional_line(&reader, "context", READER_SHORT_MAX);
    (void)reader_optional_line(&reader, "object", READER_SHORT_MAX);
    check_time(&reader, days, now_ms);
    check_params(&reader);
    check_status(&reader);
    check_number(&reader, "duration_ms", true);
    check_number(&reader, "provider_ms", false);
}

enum err usage_json_calls(struct arena *arena, struct field_errors *errors,
                          const struct value *body, int64_t days, int64_t now_ms,
                          const struct value **calls) {
    static const char *const KNOWN[] = {"calls", NULL};
    const struct value *list = value_get(body, "calls");
    struct reader reader;
    *calls = list;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    if (!value_is(list, VALUE_ARRAY)) {
        reader_error(&reader, "calls", list == NULL ? "required" : "wrong_type",
                     "Une liste d’appels est attendue.");
    } else if (value_count(list) == 0 || value_count(list) > CALLS_MAX) {
        reader_error(&reader, "calls", value_count(list) == 0 ? "required" : "too_many",
                     "Un dépôt compte de 1 à 1 000 appels.");
    }
    if (errors->count > 0) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < value_count(list); i++) {
        const char *prefix = arena_printf(arena, "/calls/%zu", i);
        if (value_is(value_item(list, i), VALUE_OBJECT)) {
            check_call(arena, errors, value_item(list, i), prefix, days, now_ms);
        } else {
            field_errors_add(errors, prefix, "wrong_type", "Un objet est attendu.");
        }
    }
    return field_errors_verdict(errors);
}

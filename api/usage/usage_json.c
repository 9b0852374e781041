#include "usage/usage_json.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/reader.h"
#include <string.h>

enum { ALERTS_MAX = 20, WINDOW_MINUTES_MAX = 43200 };
#define MINUTE_MS (INT64_C(60) * 1000)
#define DAY_MS (INT64_C(24) * 60 * MINUTE_MS)

static int64_t read_time(struct field_errors *errors, const char *name, const char *text) {
    int64_t at_ms = 0;
    if (text != NULL && (!clock_parse_rfc3339(text, &at_ms) || at_ms <= 0)) {
        field_errors_add(errors, name, "invalid_format",
                         "Donnez une date et une heure, par exemple 2026-01-31T08:00:00Z.");
        return 0;
    }
    return at_ms;
}

static int64_t window_ms(const char *window) {
    if (window == NULL || strcmp(window, "30h") == 0) {
        return INT64_C(30) * 60 * MINUTE_MS;
    }
    if (strcmp(window, "10m") == 0) {
        return 10 * MINUTE_MS;
    }
    return strcmp(window, "8d") == 0 ? 8 * DAY_MS : 0;
}

static void read_free_range(struct field_errors *errors, const char *from, const char *to,
                            struct usage_range *out) {
    if (from == NULL || to == NULL) {
        field_errors_add(errors, from == NULL ? "from" : "to", "required",
                         "Les paramètres from et to vont ensemble.");
        return;
    }
    out->from_ms = read_time(errors, "from", from);
    out->to_ms = read_time(errors, "to", to);
    if (errors->count == 0 && out->to_ms <= out->from_ms) {
        field_errors_add(errors, "to", "out_of_range", "La fin doit venir après le début.");
    } else if (errors->count == 0 && out->to_ms - out->from_ms > 366 * DAY_MS) {
        field_errors_add(errors, "from", "out_of_range", "La période ne peut dépasser un an.");
    }
}

enum err usage_json_range(struct field_errors *errors, const char *window, const char *from,
                          const char *to, int64_t now_ms, struct usage_range *out) {
    const bool is_free = from != NULL || to != NULL;
    *out = (struct usage_range){.from_ms = now_ms - window_ms(window), .to_ms = now_ms};
    if (window_ms(window) == 0) {
        field_errors_add(errors, "window", "unknown_value", "Choisissez 10m, 30h ou 8d.");
    } else if (is_free && window != NULL) {
        field_errors_add(errors, "window", "not_allowed",
                         "Donnez soit window, soit from et to, mais pas les deux.");
    } else if (is_free) {
        read_free_range(errors, from, to, out);
    }
    out->bucket_s = usage_bucket_s(out->to_ms - out->from_ms);
    return field_errors_verdict(errors);
}

static void read_status(struct field_errors *errors, const char *text,
                        struct usage_call_filter *out) {
    int64_t status = 0;
    if (text == NULL) {
        return;
    }
    if (strlen(text) == 3 && *text >= '1' && *text <= '5' && strcmp(text + 1, "xx") == 0) {
        out->status_least = (int64_t)100 * (*text - '0');
        out->status_most = out->status_least + 99;
    } else if (text_parse_integer(text, 100, 599, &status)) {
        out->status_least = out->status_most = status;
    } else {
        field_errors_add(errors, "status", "invalid_format",
                         "Donnez un code de réponse comme 404, ou une classe comme 4xx.");
    }
}

static const char *read_error_code(struct field_errors *errors, const char *text) {
    if (text != NULL && !text_is_digits(text, USAGE_ERROR_CODE_DIGITS)) {
        field_errors_add(errors, "error_code", "invalid_format", "Un code a cinq chiffres.");
    }
    return text;
}

static const char *read_filter_text(struct field_errors *errors, const char *name, const char *text,
                                    size_t most) {
    if (text != NULL && utf8_length(text) > most) {
        field_errors_add(errors, name, "too_long", "Ce texte est trop long.");
    }
    return text;
}

enum err usage_json_filter(struct field_errors *errors, const struct usage_filter_texts *texts,
                           struct usage_call_filter *out) {
    *out = (struct usage_call_filter){
        .error_code = read_error_code(errors, texts->error_code),
        .endpoint = read_filter_text(errors, "endpoint", texts->endpoint, READER_SHORT_MAX),
        .request_id = read_filter_text(errors, "request_id", texts->request_id,
                                       USAGE_REQUEST_ID_CHARACTERS_MAX),
        .from_ms = read_time(errors, "from", texts->from),
        .to_ms = read_time(errors, "to", texts->to),
    };
    read_status(errors, texts->status, out);
    if (out->from_ms > 0 && out->to_ms > 0 && out->to_ms <= out->from_ms) {
        field_errors_add(errors, "to", "out_of_range", "La fin doit venir après le début.");
    }
    return field_errors_verdict(errors);
}

static bool read_number(const struct value *value, double *out) {
    if (value_is(value, VALUE_INTEGER)) {
        *out = (double)value_integer_of(value);
        return true;
    }
    if (value_is(value, VALUE_NUMBER)) {
        *out = value_number_of(value);
        return true;
    }
    return false;
}

static void check_alert(struct arena *arena, struct field_errors *errors, const struct value *alert,
                        const char *prefix) {
    static const char *const KNOWN[] = {"kind", "threshold", "window_minutes", NULL};
    static const char *const KINDS[] = {"error_rate", "consumption", "silence", NULL};
    struct reader reader;
    double threshold = 0;
    reader_start(&reader, arena, errors, alert, prefix, KNOWN);
    const char *kind = reader_required_choice(&reader, "kind", KINDS);
    const struct value *given = value_get(alert, "threshold");
    const bool is_silence = kind != NULL && strcmp(kind, "silence") == 0;
    if (given == NULL) {
        reader_error(&reader, "threshold", "required", "Donnez un seuil, ou null pour un silence.");
    } else if (is_silence && !value_is(given, VALUE_NULL)) {
        reader_error(&reader, "threshold", "not_allowed",
                     "Une alerte sur le silence n’a pas de seuil : donnez null.");
    } else if (kind != NULL && !is_silence && !read_number(given, &threshold)) {
        reader_error(&reader, "threshold", "wrong_type", "Le seuil est un pourcentage.");
    } else if (threshold < 0 || threshold > 100) {
        reader_error(&reader, "threshold", "out_of_range", "Le seuil va de 0 à 100 %.");
    }
    const int64_t minutes = value_get_integer(alert, "window_minutes", 0);
    if (value_get(alert, "window_minutes") == NULL) {
        reader_error(&reader, "window_minutes", "required", "Donnez une durée en minutes.");
    } else if (!value_is(value_get(alert, "window_minutes"), VALUE_INTEGER)) {
        reader_error(&reader, "window_minutes", "wrong_type", "La durée est un nombre entier.");
    } else if (minutes < 1 || minutes > WINDOW_MINUTES_MAX) {
        reader_error(&reader, "window_minutes", "out_of_range",
                     "La durée va d’une minute à 30 jours (43 200 minutes).");
    }
}

/* The only member of the body, an array of at most `most` objects; NULL after a field error. */
static const struct value *read_list(struct arena *arena, struct field_errors *errors,
                                     const struct value *body, const char *name, size_t most) {
    const char *const known[] = {name, NULL};
    const struct value *list = value_get(body, name);
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", known);
    if (list == NULL) {
        reader_error(&reader, name, "required", "Cette liste est obligatoire.");
    } else if (!value_is(list, VALUE_ARRAY)) {
        reader_error(&reader, name, "wrong_type", "Une liste est attendue.");
    } else if (value_count(list) > most) {
        reader_error(&reader, name, "too_many", "Cette liste est trop longue.");
    } else {
        for (size_t i = 0; i < value_count(list); i++) {
            if (!value_is(value_item(list, i), VALUE_OBJECT)) {
                field_errors_add(errors, arena_printf(arena, "/%s/%zu", name, i), "wrong_type",
                                 "Un objet est attendu.");
            }
        }
    }
    return errors->count == 0 ? list : NULL;
}

enum err usage_json_alerts(struct arena *arena, struct field_errors *errors,
                           const struct value *body, const struct value **alerts) {
    *alerts = read_list(arena, errors, body, "alerts", ALERTS_MAX);
    for (size_t i = 0; i < value_count(*alerts); i++) {
        check_alert(arena, errors, value_item((*alerts), i), arena_printf(arena, "/alerts/%zu", i));
    }
    return field_errors_verdict(errors);
}

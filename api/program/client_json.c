#include "program/client_json.h"
#include "base/clock.h"
#include "core/reader.h"
#include "core/scope.h"
#include "core/siret.h"

static void read_siret(struct reader *reader, struct client_creation *creation) {
    char siret[SIRET_TEXT_BYTES];
    const char *typed = reader_optional_line(reader, "siret", READER_SHORT_MAX);
    if (typed != NULL && siret_parse(reader->errors, "/siret", typed, siret) == ERR_NONE) {
        creation->siret = arena_strdup(reader->arena, siret);
    }
}

enum { OVERLAP_DAYS_MAX = 30, SECRET_YEARS_MAX = 10 };

/* The end of a secret, in the form in which it was understood; NULL where none is asked for, or it is wrong. */
static const char *read_end(struct reader *reader, const char *name) {
    const int64_t years_ms = INT64_C(366) * 24 * 3600 * 1000 * SECRET_YEARS_MAX;
    const struct value *given = value_get(reader->object, name);
    int64_t at_ms = 0;
    if (given == NULL || value_is(given, VALUE_NULL)) {
        return NULL;
    }
    if (!value_is(given, VALUE_STRING)) {
        reader_error(reader, name, "wrong_type", "Indiquez une date et une heure.");
    } else if (!clock_parse_rfc3339(value_text_of(given), &at_ms)) {
        reader_error(reader, name, "invalid_format",
                     "Indiquez une date et une heure, par exemple 2027-01-31T18:00:00Z.");
    } else if (at_ms <= clock_now_ms() || at_ms > clock_now_ms() + years_ms) {
        reader_error(reader, name, "out_of_range", "Indiquez une date à venir, d’ici dix ans.");
    } else {
        return clock_format_rfc3339(reader->arena, at_ms);
    }
    return NULL;
}

static struct reader start(struct context *context, const struct value *body,
                           const char *const *known) {
    struct reader reader;
    reader_start(&reader, context->arena, context->errors, body, "", known);
    return reader;
}

enum err client_json_read_patch(struct context *context, const struct value *body,
                                struct client_patch *patch) {
    static const char *const KNOWN[] = {"name", "scopes", NULL};
    struct reader reader = start(context, body, KNOWN);
    *patch = (struct client_patch){0};
    if (reader_has(&reader, "name")) {
        patch->name = reader_required_line(&reader, "name", READER_SHORT_MAX);
    }
    if (reader_has(&reader, "scopes")) {
        patch->scopes = reader_required_choices(&reader, "scopes", SCOPES);
    }
    return field_errors_verdict(context->errors);
}

enum err client_json_read_secret(struct context *context, const struct value *body,
                                 const char **expires_at) {
    static const char *const KNOWN[] = {"expires_at", NULL};
    struct reader reader = start(context, body, KNOWN);
    *expires_at = read_end(&reader, "expires_at");
    return field_errors_verdict(context->errors);
}

enum err client_json_read_rotation(struct context *context, const struct value *body,
                                   struct client_rotation_order *order) {
    static const char *const KNOWN[] = {"overlap_days", "expires_at", NULL};
    struct reader reader = start(context, body, KNOWN);
    const struct value *days = value_get(body, "overlap_days");
    *order = (struct client_rotation_order){.expires_at = read_end(&reader, "expires_at")};
    if (days == NULL || value_is(days, VALUE_NULL)) {
        reader_error(&reader, "overlap_days", "required", "Indiquez un nombre de jours.");
    } else if (!value_is(days, VALUE_INTEGER)) {
        reader_error(&reader, "overlap_days", "wrong_type", "Indiquez un nombre de jours.");
    } else if (value_integer_of(days) < 0 || value_integer_of(days) > OVERLAP_DAYS_MAX) {
        reader_error(&reader, "overlap_days", "out_of_range", "Indiquez de 0 à 30 jours.");
    } else {
        order->overlap_days = value_integer_of(days);
    }
    return field_errors_verdict(context->errors);
}

enum err client_json_read_person(struct context *context, const struct value *body,
                                 const char **email) {
    static const char *const KNOWN[] = {"email", NULL};
    struct reader reader = start(context, body, KNOWN);
    *email = reader_required_line(&reader, "email", READER_SHORT_MAX);
    return field_errors_verdict(context->errors);
}

enum err client_json_read_takeover(struct context *context, const struct value *body,
                                   bool *keep_secrets) {
    static const char *const KNOWN[] = {"keep_secrets", NULL};
    struct reader reader = start(context, body, KNOWN);
    const struct value *given = value_get(body, "keep_secrets");
    if (given == NULL || value_is(given, VALUE_NULL)) {
        reader_error(&reader, "keep_secrets", "required",
                     "Dites si les secrets du programme restent valables.");
    }
    *keep_secrets = reader_optional_boolean(&reader, "keep_secrets", false);
    return field_errors_verdict(context->errors);
}

enum err client_json_read(struct context *context, const struct value *body,
                          struct client_creation *creation) {
    static const char *const KNOWN[] = {"name", "siret", "product", "scopes", "secret_expires_at",
                                        NULL};
    struct reader reader;
    *creation = (struct client_creation){0};
    reader_start(&reader, context->arena, context->errors, body, "", KNOWN);
    creation->name = reader_required_line(&reader, "name", READER_SHORT_MAX);
    read_siret(&reader, creation);
    creation->product = reader_optional_line(&reader, "product", 64);
    creation->scopes = reader_required_choices(&reader, "scopes", SCOPES);
    creation->expires_at = read_end(&reader, "secret_expires_at");
    const bool has_siret = value_is(value_get(body, "siret"), VALUE_STRING);
    const bool has_product = creation->product != NULL;
    if (!has_siret && !has_product) {
        reader_error(&reader, "siret", "required",
                     "Indiquez un SIRET ou un produit : ce que le programme pourra voir.");
    } else if (has_siret && has_product) {
        reader_error(&reader, "product", "not_allowed",
                     "Indiquez un SIRET ou un produit, pas les deux.");
    }
    return field_errors_verdict(context->errors);
}

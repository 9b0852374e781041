#include "program/webhook_json.h"
#include "core/reader.h"
#include "core/siret.h"

enum { URL_MAX = 2048, PRODUCT_MAX = 64 };

enum err webhook_json_read(struct context *context, const struct value *body,
                           struct webhook_creation *creation) {
    static const char *const KNOWN[] = {"product", "siret", "url", "events", NULL};
    char siret[SIRET_TEXT_BYTES];
    struct reader reader;
    *creation = (struct webhook_creation){0};
    reader_start(&reader, context->arena, context->errors, body, "", KNOWN);
    creation->product = reader_required_line(&reader, "product", PRODUCT_MAX);
    creation->url = reader_required_line(&reader, "url", URL_MAX);
    creation->events = reader_required_choices(&reader, "events", WEBHOOK_EVENTS);
    const char *typed = reader_optional_line(&reader, "siret", READER_SHORT_MAX);
    if (typed != NULL && siret_parse(context->errors, "/siret", typed, siret) == ERR_NONE) {
        creation->siret = arena_strdup(context->arena, siret);
    }
    return field_errors_verdict(context->errors);
}

enum err webhook_json_read_patch(struct context *context, const struct value *body,
                                 struct webhook_patch *patch) {
    static const char *const KNOWN[] = {"url", "events", "enabled", NULL};
    struct reader reader;
    *patch = (struct webhook_patch){0};
    reader_start(&reader, context->arena, context->errors, body, "", KNOWN);
    if (reader_has(&reader, "url")) {
        patch->url = reader_required_line(&reader, "url", URL_MAX);
    }
    if (reader_has(&reader, "events")) {
        patch->events = reader_required_choices(&reader, "events", WEBHOOK_EVENTS);
    }
    if (value_is(value_get(body, "enabled"), VALUE_NULL)) {
        reader_error(&reader, "enabled", "wrong_type", "Vrai ou faux est attendu.");
    }
    patch->has_enabled = reader_has(&reader, "enabled");
    patch->enabled = reader_optional_boolean(&reader, "enabled", false);
    return field_errors_verdict(context->errors);
}

#include "request/request_json.h"
#include "base/text.h"
#include "core/reader.h"
#include <string.h>

enum { ID_CHARACTERS_MAX = 64 };

enum err request_json_start(struct arena *arena, struct field_errors *errors,
                            const struct value *body, struct request_start *out) {
    static const char *const KNOWN[] = {"product", "use_case", "siret", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = (struct request_start){
        .product = reader_required_line(&reader, "product", ID_CHARACTERS_MAX),
        .use_case = reader_required_line(&reader, "use_case", ID_CHARACTERS_MAX),
        .siret = reader_required_line(&reader, "siret", ID_CHARACTERS_MAX)};
    return field_errors_verdict(errors);
}

static enum request_event event_of(const char *outcome) {
    static const enum request_event EVENTS[] = {EVENT_APPROVE, EVENT_REFUSE, EVENT_REQUEST_CHANGES,
                                                EVENT_REVOKE};
    for (size_t i = 0; outcome != NULL && i < sizeof EVENTS / sizeof *EVENTS; i++) {
        if (strcmp(outcome, request_event_name(EVENTS[i])) == 0) {
            return EVENTS[i];
        }
    }
    return EVENT_COUNT;
}

enum err request_json_decision(struct arena *arena, struct field_errors *errors,
                               const struct value *body, struct request_act *out) {
    static const char *const KNOWN[] = {"outcome", "reason", "message", "granted_scopes", NULL};
    static const char *const OUTCOMES[] = {"approve", "refuse", "request_changes", "revoke", NULL};
    const struct value *scopes = value_get(body, "granted_scopes");
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = (struct request_act){
        .event = event_of(reader_required_choice(&reader, "outcome", OUTCOMES)),
        .reason = reader_optional_text(&reader, "reason", READER_LONG_MAX),
        .message = reader_optional_text(&reader, "message", READER_LONG_MAX),
        .granted_scopes = scopes == NULL || value_is(scopes, VALUE_NULL) ? NULL : scopes};
    return field_errors_verdict(errors);
}

enum err request_json_cancellation(struct arena *arena, struct field_errors *errors,
                                   const struct value *body, struct request_act *out) {
    static const char *const KNOWN[] = {"reason", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = (struct request_act){.event = EVENT_CANCEL_REOPENING,
                                .reason = reader_optional_text(&reader, "reason", READER_LONG_MAX)};
    return field_errors_verdict(errors);
}

enum err request_json_body(struct arena *arena, struct field_errors *errors,
                           const struct value *body, const char **out) {
    static const char *const KNOWN[] = {"body", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = reader_required_text(&reader, "body", READER_LONG_MAX);
    return field_errors_verdict(errors);
}

enum err request_json_email(struct arena *arena, struct field_errors *errors,
                            const struct value *body, const char **out) {
    static const char *const KNOWN[] = {"email", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = reader_required_line(&reader, "email", READER_SHORT_MAX);
    return field_errors_verdict(errors);
}

enum err request_json_id(struct arena *arena, struct field_errors *errors, const struct value *body,
                         const char *name, bool nullable, const char **out) {
    const char *const known[] = {name, NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", known);
    *out = NULL;
    if (nullable && value_is(value_get(body, name), VALUE_NULL)) {
        return field_errors_verdict(errors);
    }
    *out = reader_required_line(&reader, name, ID_CHARACTERS_MAX);
    if (*out != NULL && !text_is_uuid(*out)) {
        reader_error(&reader, name, "invalid_format", "Un identifiant (UUID) est attendu ici.");
    }
    return field_errors_verdict(errors);
}

#include "request/request_json.h"
#include "base/text.h"
#include "core/reader.h"
#include "core/search.h"
#include "core/siret.h"
#include "request/request_workflow.h"
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

enum err request_json_reason(struct arena *arena, struct field_errors *errors,
                             const struct value *body, const char **out) {
    static const char *const KNOWN[] = {"reason", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = reader_optional_text(&reader, "reason", READER_LONG_MAX);
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

/* "draft,submitted" as an array of PostgreSQL; NULL where none were given, or after a mistake. */
static const char *read_states(struct arena *arena, struct field_errors *errors, const char *text) {
    const char *list = "";
    for (const char *at = text; at != NULL; at++) {
        const size_t length = strcspn(at, ",");
        const char *name = arena_strndup(arena, at, length);
        if (request_state_parse(name) == STATE_NONE) {
            field_errors_add(errors, "state", "unknown_value",
                             "Un état inconnu est demandé. Exemple : state=draft,submitted.");
            return NULL;
        }
        list = arena_printf(arena, "%s%s%s", list, *list == '\0' ? "" : ",", name);
        at += length;
        if (*at == '\0') {
            return arena_printf(arena, "{%s}", list);
        }
    }
    return NULL;
}

/* One of `choices`, which blanks separate; `first` where none was given, or after a mistake. */
static const char *read_choice(struct field_errors *errors, const char *name, const char *text,
                               const char *first, const char *choices) {
    const char *found = text == NULL || *text == '\0' ? NULL : strstr(choices, text);
    if (text == NULL) {
        return first;
    }
    const size_t length = strlen(text);
    if (found == NULL || (found != choices && found[-1] != ' ') ||
        (found[length] != ' ' && found[length] != '\0')) {
        field_errors_add(errors, name, "unknown_value", "Cette valeur n’est pas proposée.");
        return first;
    }
    return text;
}

static const char *read_assignee(struct field_errors *errors, const char *text,
                                 const char *account_id) {
    if (text == NULL || strcmp(text, "none") == 0 || text_is_uuid(text)) {
        return text;
    }
    if (strcmp(text, "me") == 0) {
        return account_id;
    }
    field_errors_add(errors, "assignee", "invalid_format",
                     "Donnez « me », « none » ou l’identifiant d’un compte.");
    return NULL;
}

enum err request_json_filter(struct arena *arena, struct field_errors *errors,
                             const char *account_id, const struct request_filter_texts *texts,
                             struct request_filter *out) {
    const char *sort = read_choice(errors, "sort", texts->sort, "updated", "updated age");
    *out = (struct request_filter){
        .states = read_states(arena, errors, texts->state),
        .product = texts->product,
        .use_case = texts->use_case,
        .siret = siret_read_optional(errors, "siret", texts->siret),
        .words = search_read_request_words(errors, "q", texts->words),
        .assignee = read_assignee(errors, texts->assignee, account_id),
        .relation = read_choice(errors, "relation", texts->relation, NULL,
                                "applicant member contact staff second_instructor"),
        .by_age = strcmp(sort, "age") == 0};
    return field_errors_verdict(errors);
}

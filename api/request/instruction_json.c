#include "request/instruction_json.h"
#include "base/text.h"
#include "core/reader.h"
#include "core/search.h"
#include "core/siret.h"
#include "request/request_workflow.h"
#include <string.h>

static const char *const OUTCOMES[] = {"approve", "refuse", "request_changes", "revoke", NULL};

enum err instruction_json_template(struct arena *arena, struct field_errors *errors,
                                   const struct value *body, bool partial,
                                   struct decision_template *out) {
    static const char *const KNOWN[] = {"outcome", "name", "body", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *out = (struct decision_template){0};
    if (!partial || reader_has(&reader, "outcome")) {
        out->outcome = reader_required_choice(&reader, "outcome", OUTCOMES);
    }
    if (!partial || reader_has(&reader, "name")) {
        out->name = reader_required_line(&reader, "name", READER_SHORT_MAX);
    }
    if (!partial || reader_has(&reader, "body")) {
        out->body = reader_required_text(&reader, "body", READER_LONG_MAX);
    }
    return field_errors_verdict(errors);
}

static bool came_before(const struct value *list, size_t place) {
    for (size_t i = 0; i < place; i++) {
        const struct value *item = value_item(list, i);
        if (value_is(item, VALUE_STRING) &&
            strcmp(value_text_of(item), value_text_of(value_item(list, place))) == 0) {
            return true;
        }
    }
    return false;
}

static void check_states(struct field_errors *errors, struct arena *arena,
                         const struct value *list) {
    if (list == NULL) {
        return;
    }
    if (!value_is(list, VALUE_ARRAY)) {
        field_errors_add(errors, "/query/state", "wrong_type", "Donnez une liste d’états.");
    }
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_item(list, i);
        if (!value_is(item, VALUE_STRING) ||
            request_state_parse(value_text_of(item)) == STATE_NONE) {
            field_errors_add(errors, arena_printf(arena, "/query/state/%zu", i), "unknown_value",
                             "Cet état n’existe pas.");
        } else if (came_before(list, i)) {
            field_errors_add(errors, arena_printf(arena, "/query/state/%zu", i), "duplicate",
                             "Cet état est déjà dans la liste.");
        }
    }
}

static bool is_assignee(const char *text) {
    return strcmp(text, "me") == 0 || strcmp(text, "none") == 0 || text_is_uuid(text);
}

enum err instruction_json_filter(struct arena *arena, struct field_errors *errors,
                                 const struct value *body, const char **name,
                                 const struct value **query) {
    static const char *const KNOWN[] = {"name", "query", NULL};
    static const char *const KEYS[] = {"state", "product",  "use_case", "siret",
                                       "q",     "assignee", "sort",     NULL};
    static const char *const SORTS[] = {"updated", "age", NULL};
    struct reader reader;
    struct reader inner;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *name = reader_required_line(&reader, "name", READER_SHORT_MAX);
    *query = value_get(body, "query");
    if (!value_is(*query, VALUE_OBJECT)) {
        reader_error(&reader, "query", *query == NULL ? "required" : "wrong_type",
                     "Donnez les critères du filtre.");
        return ERR_INVALID;
    }
    reader_start(&inner, arena, errors, *query, "/query", KEYS);
    check_states(errors, arena, value_get(*query, "state"));
    (void)reader_optional_line(&inner, "product", 64);
    (void)reader_optional_line(&inner, "use_case", 64);
    (void)search_read_request_words(errors, "/query/q",
                                    reader_optional_line(&inner, "q", READER_SHORT_MAX));
    (void)siret_read_optional(errors, "/query/siret", reader_optional_line(&inner, "siret", 64));
    const char *assignee = reader_optional_line(&inner, "assignee", 64);
    if (assignee != NULL && !is_assignee(assignee)) {
        reader_error(&inner, "assignee", "invalid_format",
                     "Donnez « me », « none » ou l’identifiant d’un compte.");
    }
    if (reader_has(&inner, "sort")) {
        (void)reader_required_choice(&inner, "sort", SORTS);
    }
    return field_errors_verdict(errors);
}

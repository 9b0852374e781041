#include "organisation/organisation_json.h"
#include "base/json.h"
#include "core/email.h"
#include "core/reader.h"
#include <string.h>

enum err organisation_json_read_verdict(struct arena *arena, struct field_errors *errors,
                                        const struct value *body, struct membership_verdict *out) {
    static const char *const KNOWN[] = {"outcome", "reason", "trust_domain", NULL};
    static const char *const OUTCOMES[] = {"accept", "accept_as_external", "refuse", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    const char *outcome = reader_required_choice(&reader, "outcome", OUTCOMES);
    out->reason = reader_optional_text(&reader, "reason", READER_LONG_MAX);
    out->trust_domain = reader_optional_boolean(&reader, "trust_domain", false);
    for (size_t i = 0; outcome != NULL && OUTCOMES[i] != NULL; i++) {
        if (strcmp(outcome, OUTCOMES[i]) == 0) {
            out->outcome = (enum resolution)i;
        }
    }
    if (outcome != NULL && out->outcome == RESOLUTION_REFUSE && errors->count == 0 &&
        (out->reason == NULL || out->reason[strspn(out->reason, " \t\r\n")] == '\0')) {
        reader_error(&reader, "reason", "required",
                     "Expliquez votre refus : la personne recevra ces mots.");
    }
    if (outcome != NULL && out->outcome != RESOLUTION_ACCEPT && out->trust_domain) {
        reader_error(&reader, "trust_domain", "not_allowed",
                     "Un domaine ne devient de confiance qu’en acceptant la personne.");
    }
    return field_errors_verdict(errors);
}

enum err organisation_json_read_report(struct arena *arena, struct field_errors *errors,
                                       const struct value *body, const char **comment) {
    static const char *const KNOWN[] = {"comment", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *comment = reader_optional_text(&reader, "comment", READER_LONG_MAX);
    return field_errors_verdict(errors);
}

enum err organisation_json_read_ending(struct arena *arena, struct field_errors *errors,
                                       const struct value *body, const char **reason) {
    static const char *const KNOWN[] = {"reason", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *reason = reader_required_text(&reader, "reason", READER_LONG_MAX);
    return field_errors_verdict(errors);
}

enum err organisation_json_read_domain(struct arena *arena, struct field_errors *errors,
                                       const struct value *body, const char **domain) {
    static const char *const KNOWN[] = {"domain", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *domain = reader_required_line(&reader, "domain", READER_SHORT_MAX);
    return field_errors_verdict(errors);
}

/* Whether the texts under this member are domains, in a list too. */
static bool holds_domains(const char *name) {
    return strcmp(name, "domain") == 0 || strcmp(name, "trusted_domains") == 0;
}

static struct value *show_domains(struct arena *arena, const struct value *value, bool is_domain) {
    if (value_is(value, VALUE_STRING) && is_domain) {
        return value_text(arena, email_show_domain(arena, value_text_of(value)));
    }
    if (value_is(value, VALUE_ARRAY)) {
        struct value *list = value_array(arena);
        for (size_t i = 0; i < value_count(value); i++) {
            value_push(list, show_domains(arena, value_item(value, i), is_domain));
        }
        return list;
    }
    if (value_is(value, VALUE_OBJECT)) {
        struct value *object = value_object(arena);
        VALUE_EACH (member, value) {
            value_set(object, member.name,
                      show_domains(arena, member.value, holds_domains(member.name)));
        }
        return object;
    }
    return value_copy(arena, value);
}

enum err organisation_json_show_domains(struct arena *arena, const char *document,
                                        const char **out) {
    struct value *tree = NULL;
    TRY(json_parse(arena, document, strlen(document), &tree, NULL));
    *out = json_text(arena, show_domains(arena, tree, false));
    return ERR_NONE;
}

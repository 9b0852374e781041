#include "organisation/organisation_json.h"
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

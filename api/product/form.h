#ifndef GUICHET_PRODUCT_FORM_H
#define GUICHET_PRODUCT_FORM_H
/* The one engine behind every form: it knows the types and rules of product.h, and no field by its
 * name but the members that every request has. Texts are kept as typed. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/field_errors.h"
#include "base/value.h"
#include "product/product.h"

/* Whose form it is. */
struct form_subject {
    const struct product *product;
    const struct use_case *use_case;
    bool is_administration;        /* of the asking organisation */
    struct texts attachment_kinds; /* kinds of the files attached; for completeness */
};

/* The members of a new request: the use case's defaults, its scopes and the open-data ones. */
struct value *form_new_fields(struct arena *arena, const struct form_subject *subject);

/* `current` after a merge patch (RFC 7396; an empty string empties like null): formats, lengths,
 * known members and scopes, the scope rules of the use case, read-only blocks. Partial data are
 * welcome. Open-data scopes left out are added. All errors at once; ERR_INVALID then. */
MUST_CHECK enum err form_apply_patch(struct arena *arena, struct field_errors *errors,
                                     const struct form_subject *subject,
                                     const struct value *current, const struct value *patch,
                                     struct value **out);

/* Adds an error for everything that a submission still lacks. */
void form_check_complete(struct arena *arena, struct field_errors *errors,
                         const struct form_subject *subject, const struct value *fields);

/* Whether the answers ask for this member: what was typed stays when they no longer do. */
bool form_asks_for(const struct form_subject *subject, const struct value *fields,
                   const char *pointer);

/* Writes the keys of a contact beside what was typed, which loses what is not seen: `email_key` (core/email.h) and
 * `phone_key` (core/phone.h). Whoever writes contacts calls it; documents do not show the keys. */
void form_set_keys(struct arena *arena, struct value *contact);

/* How the members differ: an array of {pointer, former, new}, lists as a whole. Another spelling of the same address or
 * number is no difference; where they differ, their keys are listed too, for who looks for a person. */
struct value *form_list_changes(struct arena *arena, const struct value *former,
                                const struct value *current);

/* The same list without the keys, as documents show it. */
struct value *form_show_changes(struct arena *arena, const struct value *changes);

#endif

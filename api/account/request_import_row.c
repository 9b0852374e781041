#include "account/request_import_row.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "core/reader.h"
#include "product/form_format.h"
#include <string.h>

enum { REASON_CHARACTERS_MAX = 10000 };

static const char NO_REASON[] = "Révoquée dans l’ancien système, qui n’en transmet pas le motif.";

/* What a row says of what was granted. */
struct grant {
    const struct value *data;
    const char *form_uid;
    const char *date_name; /* for messages */
    const char *date;
    const struct value *habilitation; /* NULL: the row itself */
};

static void refuse(struct context *context, const char *name, const char *code,
                   const char *message) {
    field_errors_add(context->errors, name, code, "%s", message);
}

static bool has_text(const struct value *object, const char *name) {
    const char *text = value_get_text(object, name);
    return text != NULL && !format_is_blank(text);
}

/* 9001, "9001", "D9001". NULL: none. */
static const char *read_number(struct arena *arena, const struct value *value, char prefix) {
    const char *text = value_text_of(value);
    int64_t number = value_integer_of(value);
    if (text != NULL && !text_parse_integer(text + (*text == prefix), 1, INT64_MAX, &number)) {
        return NULL;
    }
    return number > 0 ? text_of_integer(arena, number) : NULL;
}

static bool read_moment(struct context *context, const char *name, const char *text, int64_t *ms) {
    if (text != NULL && clock_parse_rfc3339(text, ms) && *ms <= clock_now_ms()) {
        return true;
    }
    refuse(context, name, text == NULL ? "required" : "invalid_format",
           "Une date passée est attendue ici, avec son heure : 2024-01-15T10:30:00+01:00.");
    return false;
}

static struct nullable_int read_optional_moment(struct context *context, const char *name,
                                                const char *text) {
    int64_t ms = 0;
    return text != NULL && read_moment(context, name, text, &ms) ? nullable_int(ms) : NULL_INT;
}

/* --- What was granted -------------------------------------------------------------------------- */

/* The last one of a list, by `created_at`, among those whose `name` is this one (NULL: all). */
static const struct value *find_last(const struct value *list, const char *name) {
    const struct value *last = NULL;
    int64_t last_ms = -1;
    for (size_t i = 0; i < value_count(list); i++) {
        int64_t ms = 0;
        const struct value *item = value_item(list, i);
        const char *at = value_get_text(item, "created_at");
        const char *own = value_get_text(item, "name");
        if (name != NULL && (own == NULL || strcmp(own, name) != 0)) {
            continue;
        }
        if (at == NULL || !clock_parse_rfc3339(at, &ms)) {
            ms = 0;
        }
        last = ms > last_ms ? item : last;
        last_ms = ms > last_ms ? ms : last_ms;
    }
    return last;
}

static bool is_revoked(const char *state, const struct value *habilitation) {
    const char *own = value_get_text(habilitation, "state");
    return strcmp(state, "revoked") == 0 || value_get_boolean(habilitation, "revoked", false) ||
           (own != NULL && strcmp(own, "revoked") == 0);
}

/* Whether anything is said in it: an object without a value is as none. */
static bool has_data(const struct value *data) {
    bool found = false;
    VALUE_EACH (member, data) {
        const char *text = value_text_of(member.value);
        const bool is_empty =
            value_is(member.value, VALUE_NULL) || (text != NULL && format_is_blank(text)) ||
            (value_is(member.value, VALUE_ARRAY) && value_count(member.value) == 0);
        found = found || !is_empty;
    }
    return found;
}

/* False where nothing of a request in this state is taken over. */
static bool find_grant(const struct value *document, const char *state, struct grant *out) {
    const struct value *last = find_last(value_get(document, "habilitations"), NULL);
    const bool stands = strcmp(state, "validated") == 0 || strcmp(state, "revoked") == 0;
    if (strcmp(state, "archived") == 0 || (last == NULL && !stands)) {
        return false;
    }
    *out =
        (struct grant){.data = value_get(last == NULL ? document : last, "data"),
                       .form_uid = value_get_text(last, "form_uid"),
                       .habilitation = last,
                       .date_name = last == NULL ? "last_validated_at" : "habilitations/created_at",
                       .date = last == NULL ? value_get_text(document, "last_validated_at")
                                            : value_get_text(last, "created_at")};
    if (out->form_uid == NULL) {
        out->form_uid = value_get_text(document, "form_uid");
    }
    if (!has_data(out->data) && stands) {
        out->data = value_get(document, "data"); /* nothing was changed since */
    }
    return true;
}

static void read_revocation(struct context *context, const struct value *document,
                            struct field_errors *notes, struct request_import_row *row) {
    const struct value *event = find_last(value_get(document, "events"), "revoke");
    const char *reason = value_get_text(value_get(event, "entity"), "reason");
    if (!row->is_revoked) {
        return;
    }
    row->reason = reason == NULL || format_is_blank(reason) ? NO_REASON : reason;
    row->revoked_ms =
        read_optional_moment(context, "events/created_at", value_get_text(event, "created_at"));
    if (strlen(row->reason) > REASON_CHARACTERS_MAX) {
        refuse(context, "events/entity/reason", "too_long", "Ce motif est trop long.");
    }
    if (event == NULL) {
        row->revoked_ms = nullable_int(row->approved_ms);
        field_errors_add(notes, "events", "left_out",
                         "La révocation n’est pas dans les événements : elle est datée de "
                         "l’acceptation.");
    }
}

/* --- The row ----------------------------------------------------------------------------------- */

static void read_definition(struct context *context, const struct former_form *form,
                            const struct value *document) {
    const bool has_id = has_text(document, "definition_id");
    const char *definition = value_get_text(document, has_id ? "definition_id" : "type");
    if (definition == NULL || !former_form_is_of(form, definition)) {
        field_errors_add(context->errors, has_id ? "definition_id" : "type", "unknown_value",
                         "Cette demande ne concerne pas %s : donnez son produit (--product), ou "
                         "complétez datapass.json (definitions).",
                         form->product->name);
    }
}

static void read_applicant(struct context *context, const struct value *document,
                           struct request_import_row *row) {
    struct reader reader = {.arena = context->arena,
                            .errors = context->errors,
                            .object = value_get(document, "applicant"),
                            .prefix = "applicant"};
    const char *email = value_get_text(reader.object, "email");
    row->given_name = reader_optional_line(&reader, "given_name", READER_SHORT_MAX);
    row->family_name = reader_optional_line(&reader, "family_name", READER_SHORT_MAX);
    /* Every mistake is in context->errors. */
    (void)!email_parse(context->errors, "applicant/email", email == NULL ? "" : email, &row->email);
}

static void read_organisation(struct context *context, const struct value *document,
                              struct request_import_row *row) {
    const char *siret = value_get_text(value_get(document, "organisation"), "siret");
    (void)!siret_parse(context->errors, "organisation/siret", siret == NULL ? "" : siret,
                       row->siret);
}

static void read_dates(struct context *context, struct field_errors *notes,
                       const struct value *document, const struct grant *grant,
                       struct request_import_row *row) {
    if (!read_moment(context, grant->date_name, grant->date, &row->approved_ms)) {
        return;
    }
    const struct nullable_int created =
        read_optional_moment(context, "created_at", value_get_text(document, "created_at"));
    row->submitted_ms = read_optional_moment(context, "last_submitted_at",
                                             value_get_text(document, "last_submitted_at"));
    /* A submission behind the approval is that of a reopening. */
    if (nullable_int_or(row->submitted_ms, 0) > row->approved_ms) {
        row->submitted_ms = NULL_INT;
        field_errors_add(notes, "last_submitted_at", "left_out",
                         "Ce dépôt suit l’acceptation, c’est celui d’une réouverture : celui de "
                         "l’habilitation reste sans date.");
    }
    row->created_ms = nullable_int_or(created, row->approved_ms);
    if (row->created_ms > row->approved_ms) {
        refuse(context, grant->date_name, "invalid_format",
               "L’acceptation est datée d’avant la création de la demande (created_at).");
    }
}

static void read_form(struct context *context, struct field_errors *notes,
                      const struct former_form *form, const struct grant *grant,
                      struct request_import_row *row) {
    row->use_case =
        grant->form_uid == NULL ? NULL : former_form_find_use_case(form, grant->form_uid);
    if (row->use_case == NULL) {
        field_errors_add(context->errors, "form_uid", "unknown_value",
                         "Aucun cas d’usage ne correspond à « %s » : complétez datapass.json "
                         "(use_cases).",
                         grant->form_uid == NULL ? "" : grant->form_uid);
        return;
    }
    if (!has_data(grant->data)) {
        refuse(context, "data", "required", "Les données de l’habilitation manquent.");
        return;
    }
    (void)!former_form_convert(context->arena, context->errors, notes, form, row->use_case,
                               grant->data, &row->form);
}

static void note_rest(struct field_errors *notes, const struct value *document,
                      const struct grant *grant) {
    if (grant->habilitation == NULL) {
        field_errors_add(notes, "habilitations", "note",
                         "Aucune habilitation dans le fichier : les données et les dates sont "
                         "celles de la demande.");
    }

    if (value_get_boolean(document, "reopening", false)) {
        field_errors_add(notes, "reopening", "left_out",
                         "La réouverture en cours n’est pas reprise : rouvrez la demande ici.");
    }
    if (value_count(value_get(document, "habilitations")) > 1) {
        field_errors_add(notes, "habilitations", "left_out",
                         "Seule la dernière habilitation est reprise.");
    }
}

static const char *read_state(struct context *context, const struct value *document) {
    static const char *const STATES[] = {"draft",   "submitted", "changes_requested", "validated",
                                         "refused", "archived",  "revoked",           NULL};
    const char *state = value_get_text(document, "state");
    if (state != NULL && text_is_one_of(STATES, state)) {
        return state;
    }
    refuse(context, "state", state == NULL ? "required" : "unknown_value",
           "L’état d’une demande (GET /api/v1/demandes) est attendu ici : draft, submitted, "
           "changes_requested, validated, refused, archived ou revoked.");
    return ""; /* refused */
}

enum err request_import_row_read(struct context *context, struct field_errors *notes,
                                 const struct former_form *form, const struct value *document,
                                 struct request_import_row *out) {
    struct grant grant;
    *out = (struct request_import_row){0};
    if (!value_is(document, VALUE_OBJECT)) {
        refuse(context, "", "wrong_type", "Un objet est attendu ici : une demande.");
        return ERR_INVALID;
    }
    out->number = request_import_row_number(context->arena, document);
    if (out->number == NULL) {
        refuse(context, "id", "invalid_format", "Le numéro de la demande est attendu ici.");
    }
    read_definition(context, form, document);
    const char *state = read_state(context, document);
    TRY(field_errors_verdict(context->errors));
    out->is_taken = find_grant(document, state, &grant);
    if (!out->is_taken) {
        field_errors_add(
            notes, "state", "not_taken",
            "Une demande dans l’état « %s », %s habilitation, n’est pas reprise.", state,
            value_count(value_get(document, "habilitations")) > 0 ? "même avec une" : "sans");
        return ERR_NONE;
    }
    out->is_revoked = is_revoked(state, grant.habilitation);
    out->habilitation_number = request_import_row_habilitation(context->arena, document);
    read_applicant(context, document, out);
    read_organisation(context, document, out);
    read_dates(context, notes, document, &grant, out);
    read_revocation(context, document, notes, out);
    read_form(context, notes, form, &grant, out);
    note_rest(notes, document, &grant);
    return field_errors_verdict(context->errors);
}

static void set_moment(struct arena *arena, struct value *object, const char *name,
                       struct nullable_int ms) {
    value_set(object, name, ms.has_value ? value_integer(arena, ms.value) : value_null(arena));
}

const char *request_import_row_text(struct arena *arena, const struct request_import_row *row,
                                    const struct value *files) {
    struct value *content = value_object(arena);
    value_set_text(arena, content, "habilitation_number", row->habilitation_number);
    value_set_text(arena, content, "use_case", row->use_case->id);
    value_set_text(arena, content, "siret", row->siret);
    value_set_text(arena, content, "applicant", row->email.key);
    value_set_text(arena, content, "reason", row->reason);
    value_set(content, "fields", row->form.fields);
    value_set(content, "files", files);
    set_moment(arena, content, "created_ms", nullable_int(row->created_ms));
    set_moment(arena, content, "submitted_ms", row->submitted_ms);
    set_moment(arena, content, "approved_ms", nullable_int(row->approved_ms));
    set_moment(arena, content, "revoked_ms", row->revoked_ms);
    return json_text(arena, value_sorted(arena, content));
}

const char *request_import_row_number(struct arena *arena, const struct value *document) {
    return read_number(arena, value_get(document, "id"), 'D');
}

const char *request_import_row_habilitation(struct arena *arena, const struct value *document) {
    const struct value *last = find_last(value_get(document, "habilitations"), NULL);
    return read_number(arena, value_get(last, "id"), 'H');
}

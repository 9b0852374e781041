/* What may be saved: each member of a patch against the field that declares it. */
#include "base/buf.h"
#include "base/utf8.h"
#include "core/email.h"
#include "core/phone.h"
#include "product/form.h"
#include "product/form_format.h"
#include "product/form_scopes.h"
#include <string.h>

struct check {
    struct arena *arena;
    struct field_errors *errors;
    const struct product *product;
};

/* Members of the request document that only the server writes. */
static const char *const SERVER_OWNED[] = {
    "view",         "id",         "number",          "product",     "use_case",
    "state",        "reopened",   "version",         "siret",       "organisation",
    "applicant",    "assignee",   "attachments",     "permissions", "terms_version",
    "form_version", "created_at", "updated_at",      "token_id",    "unread_messages",
    "submitted_at", "decided_at", "habilitation_id", "reminded_at", "expected_decision_at",
    "former",
};

static void fault(const struct check *check, const char *pointer, const char *code,
                  const char *message) {
    field_errors_add(check->errors, pointer, code, "%s", message);
}

/* A member's name as a token of a JSON pointer (RFC 6901). */
static const char *escape_token(struct arena *arena, const char *name) {
    struct buf buf;
    buf_init(&buf, arena, 4096);
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            buf_puts(&buf, *c == '~' ? "~0" : "~1");
        } else {
            buf_putc(&buf, *c);
        }
    }
    return buf_text(&buf);
}

static bool is_emptied(const struct value *value) {
    return value_is(value, VALUE_NULL) ||
           (value_is(value, VALUE_STRING) && *value_text_of(value) == '\0');
}

static void check_length(const struct check *check, const struct form_field *field,
                         const char *pointer, const char *text) {
    if (utf8_length(text) > field->max_length) {
        field_errors_add(check->errors, pointer, "too_long",
                         "Ce texte est trop long : %zu caractères au plus.", field->max_length);
    }
    if (field->type != FIELD_LONG_TEXT && format_has_break(text)) {
        fault(check, pointer, "control_character",
              "Ce texte tient sur une ligne : retirez les sauts de ligne et les tabulations.");
    }
}

static void check_text(const struct check *check, const struct form_field *field,
                       const char *pointer, const char *text) {
    const size_t before = check->errors->count;
    check_length(check, field, pointer, text);
    if (check->errors->count > before) {
        return;
    }
    if (field->type == FIELD_URL && !format_is_web_address(text)) {
        fault(check, pointer, "invalid_format",
              "Donnez une adresse complète, par exemple https://www.legifrance.gouv.fr/.");
    }
    struct email email;
    if (field->type == FIELD_EMAIL &&
        email_parse(check->errors, pointer, text, &email) != ERR_NONE) {
        return; /* the error is there already */
    }
    struct phone phone;
    if (field->type == FIELD_PHONE && !phone_parse(check->arena, text, &phone)) {
        fault(check, pointer, "invalid_format",
              "Donnez un numéro de 7 à 15 chiffres, par exemple 01 99 00 12 34.");
    }
    if (field->type == FIELD_DATE && !format_is_date(text)) {
        fault(check, pointer, "invalid_format",
              "Donnez une date du calendrier, par exemple 2027-03-01.");
    }
    if (field->type == FIELD_ENUM && !texts_have(&field->values, text)) {
        fault(check, pointer, "unknown_value", "Choisissez l’une des réponses proposées.");
    }
}

static void check_integer(const struct check *check, const struct form_field *field,
                          const char *pointer, const struct value *value) {
    if (!value_is(value, VALUE_INTEGER)) {
        fault(check, pointer, "wrong_type", "Donnez un nombre entier, sans virgule ni unité.");
    } else if (value_integer_of(value) < field->least || value_integer_of(value) > field->most) {
        field_errors_add(check->errors, pointer, "out_of_range", "Donnez un nombre de %lld à %lld.",
                         (long long)field->least, (long long)field->most);
    }
}

static void check_text_list(const struct check *check, const struct form_field *field,
                            const char *pointer, const struct value *value) {
    if (!value_is(value, VALUE_ARRAY)) {
        fault(check, pointer, "wrong_type", "Donnez une liste de textes.");
        return;
    }
    if (value_count(value) > field->max_items) {
        field_errors_add(check->errors, pointer, "too_many", "Donnez %zu éléments au plus.",
                         field->max_items);
        return;
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const struct value *item = value_item(value, i);
        const char *at = arena_printf(check->arena, "%s/%zu", pointer, i);
        if (!value_is(item, VALUE_STRING)) {
            fault(check, at, "wrong_type", "Un texte est attendu ici.");
        } else if (*value_text_of(item) == '\0') {
            fault(check, at, "too_short", "Complétez ou retirez cet élément vide.");
        } else {
            check_length(check, field, at, value_text_of(item));
        }
        for (size_t j = 0; j < i; j++) {
            if (value_equal(item, value_item(value, j))) {
                fault(check, at, "duplicate", "Cet élément figure déjà dans la liste.");
                break;
            }
        }
    }
}

static void check_justifications(const struct check *check, const struct form_field *field,
                                 const char *pointer, const struct value *value) {
    if (!value_is(value, VALUE_OBJECT)) {
        fault(check, pointer, "wrong_type", "Donnez une justification par donnée.");
        return;
    }
    VALUE_EACH (member, value) {
        const char *at =
            arena_printf(check->arena, "%s/%s", pointer, escape_token(check->arena, member.name));
        if (product_find_scope(check->product, member.name) == NULL) {
            fault(check, at, "unknown_value", "Cette donnée n’existe pas.");
        } else if (is_emptied(member.value)) {
            continue;
        } else if (!value_is(member.value, VALUE_STRING)) {
            fault(check, at, "wrong_type", "Un texte est attendu ici.");
        } else if (utf8_length(value_text_of(member.value)) > field->max_length) {
            field_errors_add(check->errors, at, "too_long",
                             "Ce texte est trop long : %zu caractères au plus.", field->max_length);
        }
    }
}

static void check_value(const struct check *check, const struct form_field *field,
                        const char *pointer, const struct value *value);

static void check_contact(const struct check *check, const char *pointer,
                          const struct value *value) {
    if (!value_is(value, VALUE_OBJECT)) {
        fault(check, pointer, "wrong_type", "Donnez les coordonnées membre par membre.");
        return;
    }
    VALUE_EACH (member, value) {
        const char *token =
            arena_printf(check->arena, "/%s", escape_token(check->arena, member.name));
        const struct form_field *known = NULL;
        for (size_t j = 0; j < check->product->contact_fields_count; j++) {
            if (strcmp(check->product->contact_fields[j].pointer, token) == 0) {
                known = &check->product->contact_fields[j];
            }
        }
        const char *at = arena_printf(check->arena, "%s%s", pointer, token);
        if (known == NULL) {
            fault(check, at, "unknown_member", "Ce membre n’existe pas.");
        } else {
            check_value(check, known, at, member.value);
        }
    }
}

static void check_value(const struct check *check, const struct form_field *field,
                        const char *pointer, const struct value *value) {
    if (is_emptied(value)) {
        return;
    }
    switch (field->type) {
    case FIELD_SHORT_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_URL:
    case FIELD_DATE:
    case FIELD_ENUM:
    case FIELD_EMAIL:
    case FIELD_PHONE:
        if (!value_is(value, VALUE_STRING)) {
            fault(check, pointer, "wrong_type", "Un texte est attendu ici.");
        } else {
            check_text(check, field, pointer, value_text_of(value));
        }
        break;
    case FIELD_INTEGER:
        check_integer(check, field, pointer, value);
        break;
    case FIELD_BOOLEAN:
        if (!value_is(value, VALUE_BOOLEAN)) {
            fault(check, pointer, "wrong_type", "Répondez par vrai ou faux.");
        }
        break;
    case FIELD_TEXT_LIST:
        check_text_list(check, field, pointer, value);
        break;
    case FIELD_SCOPES:
        form_scopes_check_list(check->arena, check->errors, check->product, pointer, value);
        break;
    case FIELD_SCOPE_JUSTIFICATIONS:
        check_justifications(check, field, pointer, value);
        break;
    case FIELD_CONTACT:
        check_contact(check, pointer, value);
        break;
    }
}

static const struct form_field *find_field(const struct product *product, const char *pointer) {
    for (size_t i = 0; i < product->blocks_count; i++) {
        for (size_t j = 0; j < product->blocks[i].fields_count; j++) {
            if (strcmp(product->blocks[i].fields[j].pointer, pointer) == 0) {
                return &product->blocks[i].fields[j];
            }
        }
    }
    return NULL;
}

/* True where fields lie below: "/legal_basis" for "/legal_basis/text". */
static bool is_group(const struct product *product, const char *pointer) {
    const size_t length = strlen(pointer);
    for (size_t i = 0; i < product->blocks_count; i++) {
        for (size_t j = 0; j < product->blocks[i].fields_count; j++) {
            const char *known = product->blocks[i].fields[j].pointer;
            if (strncmp(known, pointer, length) == 0 && known[length] == '/') {
                return true;
            }
        }
    }
    return false;
}

static bool is_server_owned(const char *pointer) {
    for (size_t i = 0; i < sizeof SERVER_OWNED / sizeof *SERVER_OWNED; i++) {
        if (strcmp(pointer + 1, SERVER_OWNED[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_members(const struct check *check, const char *parent,
                          const struct value *patch) {
    VALUE_EACH (member, patch) {
        const char *pointer =
            arena_printf(check->arena, "%s/%s", parent, escape_token(check->arena, member.name));
        const struct form_field *field = find_field(check->product, pointer);
        if (field != NULL) {
            check_value(check, field, pointer, member.value);
        } else if (!is_group(check->product, pointer)) {
            const bool owned = is_server_owned(pointer);
            fault(check, pointer, owned ? "server_owned" : "unknown_member",
                  owned ? "Ce membre n’est écrit que par le serveur." : "Ce membre n’existe pas.");
        } else if (value_is(member.value, VALUE_OBJECT)) {
            check_members(check, pointer, member.value);
        } else if (!is_emptied(member.value)) {
            fault(check, pointer, "wrong_type", "Donnez un objet.");
        }
    }
}

/* A copy in which empty strings are null, as RFC 7396 takes them away. */
static struct value *empty_to_null(struct arena *arena, const struct value *patch) {
    if (is_emptied(patch)) {
        return value_null(arena);
    }
    if (!value_is(patch, VALUE_OBJECT)) {
        return value_copy(arena, patch);
    }
    struct value *out = value_object(arena);
    VALUE_EACH (member, patch) {
        value_set(out, member.name, empty_to_null(arena, member.value));
    }
    return out;
}

/* Without objects that hold nothing: a contact emptied member by member is no contact. */
static struct value *prune(struct arena *arena, const struct value *object) {
    struct value *out = value_object(arena);
    VALUE_EACH (member, object) {
        const bool is_object = value_is(member.value, VALUE_OBJECT);
        const struct value *value = is_object ? prune(arena, member.value) : member.value;
        if (!is_object || value_count_members(value) > 0) {
            value_set(out, member.name, value);
        }
    }
    return out;
}

/* A block that the use case fills in stays as it is. */
static void check_read_only(const struct check *check, const struct use_case *use_case,
                            const struct value *former, const struct value *merged) {
    for (size_t i = 0; i < use_case->read_only_blocks.count; i++) {
        const struct form_block *block =
            product_find_block(check->product, use_case->read_only_blocks.items[i]);
        for (size_t j = 0; block != NULL && j < block->fields_count; j++) {
            const char *pointer = block->fields[j].pointer;
            const struct value *before = value_at(former, pointer);
            const struct value *after = value_at(merged, pointer);
            const bool same = block->fields[j].type == FIELD_SCOPES
                                  ? form_scopes_are_same(before, after)
                                  : before == after || (before != NULL && after != NULL &&
                                                        value_equal(before, after));
            if (!same) {
                fault(check, pointer, "not_allowed",
                      "Ce cas d’usage fixe ce texte : il ne se modifie pas.");
            }
        }
    }
}

static void set_keys(struct arena *arena, struct value *fields) {
    struct value *contacts = value_object(arena);
    VALUE_EACH (member, value_get(fields, "contacts")) {
        struct value *contact = value_copy(arena, member.value);
        form_set_keys(arena, contact);
        value_set(contacts, member.name, contact);
    }
    if (value_count_members(contacts) > 0) {
        value_set(fields, "contacts", contacts);
    }
}

enum err form_apply_patch(struct arena *arena, struct field_errors *errors,
                          const struct form_subject *subject, const struct value *current,
                          const struct value *patch, struct value **out) {
    const struct check check = {arena, errors, subject->product};
    const size_t before = errors->count;
    if (!value_is(patch, VALUE_OBJECT)) {
        fault(&check, "", "wrong_type", "Un objet est attendu.");
        return ERR_INVALID;
    }
    check_members(&check, "", patch);
    if (errors->count > before) {
        return ERR_INVALID;
    }
    *out = prune(arena, value_merge_patch(arena, current, empty_to_null(arena, patch)));
    if (value_get(patch, "scopes") != NULL) {
        form_scopes_add_open_data(arena, subject->product, *out);
        form_scopes_check_rules(arena, errors, subject, *out);
    }
    if (errors->count == before) {
        check_read_only(&check, subject->use_case, current, *out);
    }
    set_keys(arena, *out);
    return errors->count == before ? ERR_NONE : ERR_INVALID;
}

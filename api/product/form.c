#include "product/form.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/email.h"
#include "core/phone.h"
#include "product/form_format.h"
#include "product/form_scopes.h"
#include <string.h>

#define KEY "_key" /* what ends the name of a key beside what was typed */

struct value *form_new_fields(struct arena *arena, const struct form_subject *subject) {
    const struct texts *preselected = &subject->use_case->preselected_scopes;
    struct value *fields = value_copy(arena, subject->use_case->defaults);
    struct value *scopes = value_array(arena);
    for (size_t i = 0; i < preselected->count; i++) {
        value_push(scopes, value_text(arena, preselected->items[i]));
    }
    value_set(fields, "scopes", scopes);
    form_scopes_add_open_data(arena, subject->product, fields);
    return fields;
}

static bool rule_holds(const struct form_rule *rule, const struct form_subject *subject,
                       const struct value *fields, const struct value *scope) {
    const struct value *value = rule->field == NULL ? NULL : value_at(scope, rule->field);
    switch (rule->kind) {
    case RULE_NEVER:
        return false;
    case RULE_EQUALS:
        return value_is(value, VALUE_STRING) && strcmp(value_text_of(value), rule->text) == 0;
    case RULE_GREATER_THAN:
        return value_is(value, VALUE_INTEGER) && value_integer_of(value) > rule->number;
    case RULE_NOT_ADMINISTRATION:
        return !subject->is_administration;
    case RULE_ANY_SENSITIVE:
        return form_scopes_have_sensitive(subject->product, value_get(fields, "scopes"));
    }
    return false;
}

static bool is_missing(const struct form_field *field, const struct value *value) {
    if (value == NULL || value_is(value, VALUE_NULL)) {
        return true;
    }
    switch (value_kind_of(value)) {
    case VALUE_STRING:
        return format_is_blank(value_text_of(value));
    case VALUE_ARRAY:
        return value_count(value) == 0;
    case VALUE_OBJECT:
        return value_count_members(value) == 0;
    case VALUE_BOOLEAN:
        return field->must_be_true && !value_boolean_of(value);
    case VALUE_NULL:
    case VALUE_INTEGER:
    case VALUE_NUMBER:
        return false;
    }
    return false;
}

static void check_contact(struct arena *arena, struct field_errors *errors,
                          const struct form_subject *subject, const struct value *fields,
                          const char *pointer) {
    const struct value *contact = value_at(fields, pointer);
    for (size_t i = 0; i < subject->product->contact_fields_count; i++) {
        const struct form_field *field = &subject->product->contact_fields[i];
        const bool is_required =
            field->required || rule_holds(&field->required_when, subject, fields, contact);
        if (is_required && is_missing(field, value_at(contact, field->pointer))) {
            field_errors_add(errors, arena_printf(arena, "%s%s", pointer, field->pointer),
                             "required", "%s", field->missing_message);
        }
    }
}

static void check_justifications(struct arena *arena, struct field_errors *errors,
                                 const struct form_subject *subject, const struct value *fields,
                                 const struct form_field *field) {
    const struct value *scopes = value_get(fields, "scopes");
    const struct value *given = value_at(fields, field->pointer);
    for (size_t i = 0; i < value_count(scopes); i++) {
        const struct product_scope *scope =
            product_find_scope(subject->product, value_text_of(value_item(scopes, i)));
        const char *text = scope == NULL ? NULL : value_get_text(given, scope->id);
        if (scope != NULL && scope->is_sensitive && (text == NULL || format_is_blank(text))) {
            field_errors_add(errors, arena_printf(arena, "%s/%s", field->pointer, scope->id),
                             "required", "Justifiez la donnée sensible « %s ».", scope->label);
        }
    }
}

static void check_field(struct arena *arena, struct field_errors *errors,
                        const struct form_subject *subject, const struct value *fields,
                        const struct form_field *field) {
    const bool is_required =
        field->required || rule_holds(&field->required_when, subject, fields, fields);
    if (!is_required) {
        return;
    }
    if (field->type == FIELD_CONTACT) {
        check_contact(arena, errors, subject, fields, field->pointer);
    } else if (field->type == FIELD_SCOPE_JUSTIFICATIONS) {
        check_justifications(arena, errors, subject, fields, field);
    } else if (is_missing(field, value_at(fields, field->pointer))) {
        field_errors_add(errors, field->pointer, "required", "%s", field->missing_message);
    }
}

void form_check_complete(struct arena *arena, struct field_errors *errors,
                         const struct form_subject *subject, const struct value *fields) {
    for (size_t i = 0; i < subject->product->blocks_count; i++) {
        const struct form_block *block = &subject->product->blocks[i];
        if (block->has_condition && !rule_holds(&block->shown_when, subject, fields, fields)) {
            continue;
        }
        for (size_t j = 0; j < block->fields_count; j++) {
            check_field(arena, errors, subject, fields, &block->fields[j]);
        }
        for (size_t j = 0; j < block->attachments_count; j++) {
            const struct form_attachment *wanted = &block->attachments[j];
            if (wanted->required && !texts_have(&subject->attachment_kinds, wanted->kind)) {
                field_errors_add(errors, "/attachments", "required",
                                 "Joignez le document demandé : « %s ».", wanted->label);
            }
        }
    }
}

bool form_asks_for(const struct form_subject *subject, const struct value *fields,
                   const char *pointer) {
    for (size_t i = 0; i < subject->product->blocks_count; i++) {
        const struct form_block *block = &subject->product->blocks[i];
        for (size_t j = 0; j < block->fields_count; j++) {
            const struct form_field *field = &block->fields[j];
            if (strcmp(field->pointer, pointer) == 0) {
                return field->required ||
                       rule_holds(&field->required_when, subject, fields, fields);
            }
        }
    }
    return false;
}

static void list_changes(struct arena *arena, struct value *out, const char *pointer,
                         const struct value *former, const struct value *current);

static bool is_key(const char *pointer) {
    return text_starts_with(pointer, "/contacts/") && text_ends_with(pointer, KEY);
}

static bool are_equal(const struct value *a, const struct value *b) {
    return a == b || (a != NULL && b != NULL && value_equal(a, b));
}

/* True where a member is the same on both sides: as it was typed, or by the key beside it. */
static bool is_same(struct arena *arena, const struct value *former, const struct value *current,
                    const char *name) {
    const char *key = arena_printf(arena, "%s" KEY, name);
    const struct value *former_key = value_get(former, key);
    return are_equal(value_get(former, name), value_get(current, name)) ||
           (former_key != NULL && are_equal(former_key, value_get(current, key)));
}

static void list_member(struct arena *arena, struct value *out, const char *pointer,
                        const char *name, const struct value *former, const struct value *current) {
    const char *at = arena_printf(arena, "%s/%s", pointer, name);
    const char *typed = is_key(at) ? arena_strndup(arena, name, strlen(name) - strlen(KEY)) : name;
    if (!is_same(arena, former, current, typed)) {
        list_changes(arena, out, at, value_get(former, name), value_get(current, name));
    }
}

/* First what was there before, then what is new. */
static void list_members(struct arena *arena, struct value *out, const char *pointer,
                         const struct value *former, const struct value *current) {
    VALUE_EACH (member, former) {
        list_member(arena, out, pointer, member.name, former, current);
    }
    VALUE_EACH (member, current) {
        if (value_get(former, member.name) == NULL) {
            list_member(arena, out, pointer, member.name, former, current);
        }
    }
}

static void list_changes(struct arena *arena, struct value *out, const char *pointer,
                         const struct value *former, const struct value *current) {
    if (value_is(former, VALUE_OBJECT) || value_is(current, VALUE_OBJECT)) {
        list_members(arena, out, pointer, former, current);
        return;
    }
    if (are_equal(former, current)) {
        return;
    }
    struct value *change = value_object(arena);
    value_set_text(arena, change, "pointer", pointer);
    value_set(change, "former", former == NULL ? value_null(arena) : value_copy(arena, former));
    value_set(change, "new", current == NULL ? value_null(arena) : value_copy(arena, current));
    value_push(out, change);
}

struct value *form_list_changes(struct arena *arena, const struct value *former,
                                const struct value *current) {
    struct value *out = value_array(arena);
    list_changes(arena, out, "", former, current);
    return out;
}

struct value *form_show_changes(struct arena *arena, const struct value *changes) {
    struct value *out = value_array(arena);
    for (size_t i = 0; i < value_count(changes); i++) {
        const char *pointer = value_get_text(value_item(changes, i), "pointer");
        if (!is_key(pointer)) {
            value_push(out, value_copy(arena, value_item(changes, i)));
        }
    }
    return out;
}

static void set_key(struct arena *arena, struct value *contact, const char *name, const char *shown,
                    const char *key) {
    const char *beside = arena_printf(arena, "%s" KEY, name);
    if (key == NULL) {
        value_remove(contact, beside);
        return;
    }
    value_set_text(arena, contact, name, shown);
    value_set_text(arena, contact, beside, key);
}

void form_set_keys(struct arena *arena, struct value *contact) {
    const char *typed_email = value_get_text(contact, "email");
    const char *typed_phone = value_get_text(contact, "phone");
    struct field_errors ignored;
    struct email email = {0};
    struct phone phone = {0};
    field_errors_init(&ignored, arena);
    if (typed_email != NULL && email_parse(&ignored, "", typed_email, &email) == ERR_NONE) {
        const char *plain = unicode_plain(arena, typed_email);
        email.address = strcasestr(plain, "xn--") == NULL ? plain : email.address;
    }
    if (typed_phone != NULL && !phone_parse(arena, typed_phone, &phone)) {
        phone = (struct phone){0};
    }
    set_key(arena, contact, "email", email.address, email.key);
    set_key(arena, contact, "phone", phone.shown, phone.key);
}

#include "product/form_scopes.h"

enum { SCOPES_MAX = 200 };

void form_scopes_check_list(struct arena *arena, struct field_errors *errors,
                            const struct product *product, const char *pointer,
                            const struct value *list) {
    if (!value_is(list, VALUE_ARRAY)) {
        field_errors_add(errors, pointer, "wrong_type", "Donnez une liste de données.");
        return;
    }
    if (value_count(list) > SCOPES_MAX) {
        field_errors_add(errors, pointer, "too_many", "Cette liste est trop longue.");
        return;
    }
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_item(list, i);
        const char *at = arena_printf(arena, "%s/%zu", pointer, i);
        if (!value_is(item, VALUE_STRING)) {
            field_errors_add(errors, at, "wrong_type", "Le nom d’une donnée est attendu ici.");
            continue;
        }
        if (product_find_scope(product, value_text_of(item)) == NULL) {
            field_errors_add(errors, at, "unknown_value",
                             "Cette donnée n’existe pas : choisissez-la dans la liste.");
        }
        for (size_t j = 0; j < i; j++) {
            if (value_equal(item, value_item(list, j))) {
                field_errors_add(errors, at, "duplicate", "Cette donnée est déjà demandée.");
                break;
            }
        }
    }
}

static const char *label_of(const struct product *product, const char *id) {
    const struct product_scope *scope = product_find_scope(product, id);
    return scope == NULL ? id : scope->label;
}

void form_scopes_check_rules(struct arena *arena, struct field_errors *errors,
                             const struct form_subject *subject, const struct value *fields) {
    const struct use_case *use_case = subject->use_case;
    const struct value *list = value_get(fields, "scopes");
    for (size_t i = 0; i < value_count(list); i++) {
        const char *id = value_text_of(value_item(list, i));
        const bool is_added = texts_have(&use_case->locked_scopes, id) &&
                              !texts_have(&use_case->preselected_scopes, id);
        if (is_added || texts_have(&use_case->hidden_scopes, id)) {
            field_errors_add(errors, arena_printf(arena, "/scopes/%zu", i), "not_allowed",
                             "La donnée « %s » ne peut pas être demandée pour ce cas d’usage.",
                             label_of(subject->product, id));
        }
    }
    for (size_t i = 0; i < use_case->locked_scopes.count; i++) {
        const char *id = use_case->locked_scopes.items[i];
        if (texts_have(&use_case->preselected_scopes, id) && !value_has_text(list, id)) {
            field_errors_add(errors, "/scopes", "not_allowed",
                             "La donnée « %s » fait partie de ce cas d’usage : elle ne peut pas "
                             "être retirée.",
                             label_of(subject->product, id));
        }
    }
}

void form_scopes_add_open_data(struct arena *arena, const struct product *product,
                               struct value *fields) {
    const struct value *asked = value_get(fields, "scopes");
    struct value *list =
        value_is(asked, VALUE_ARRAY) ? value_copy(arena, asked) : value_array(arena);
    for (size_t i = 0; i < product->scopes_count; i++) {
        const struct product_scope *scope = &product->scopes[i];
        if (scope->is_open_data && !value_has_text(list, scope->id)) {
            value_push(list, value_text(arena, scope->id));
        }
    }
    value_set(fields, "scopes", list);
}

bool form_scopes_are_same(const struct value *a, const struct value *b) {
    if (value_count(a) != value_count(b)) {
        return false;
    }
    for (size_t i = 0; i < value_count(a); i++) {
        if (!value_has_text(b, value_text_of(value_item(a, i)))) {
            return false;
        }
    }
    return true;
}

bool form_scopes_have_sensitive(const struct product *product, const struct value *list) {
    for (size_t i = 0; i < value_count(list); i++) {
        const struct product_scope *scope =
            product_find_scope(product, value_text_of(value_item(list, i)));
        if (scope != NULL && scope->is_sensitive) {
            return true;
        }
    }
    return false;
}

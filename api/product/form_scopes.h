#ifndef GUICHET_PRODUCT_FORM_SCOPES_H
#define GUICHET_PRODUCT_FORM_SCOPES_H
/* Scopes in a form and in a decision. Thread-safe. */
#include "product/form.h"

/* A list of known scopes, each once; errors at `pointer` or `pointer`/N. */
void form_scopes_check_list(struct arena *arena, struct field_errors *errors,
                            const struct product *product, const char *pointer,
                            const struct value *list);
/* The rules of the use case on /scopes: locked ones stay as preselected, hidden ones cannot be
 * asked. */
void form_scopes_check_rules(struct arena *arena, struct field_errors *errors,
                             const struct form_subject *subject, const struct value *fields);
/* Adds the open-data scopes of the product that `fields` leaves out. */
void form_scopes_add_open_data(struct arena *arena, const struct product *product,
                               struct value *fields);
/* The same set, whatever the order. NULL is the empty one. */
bool form_scopes_are_same(const struct value *a, const struct value *b);
bool form_scopes_have_sensitive(const struct product *product, const struct value *list);

#endif

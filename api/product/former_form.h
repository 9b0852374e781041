#ifndef GUICHET_PRODUCT_FORMER_FORM_H
#define GUICHET_PRODUCT_FORMER_FORM_H
/* How the form of a former system becomes that of a product: products/<id>/datapass.json says which field there is
 * which here (former.schema.json). Pure functions but former_form_load. Thread-safe. */
#include "base/field_errors.h"
#include "product/product.h"

struct former_form {
    const struct product *product;
    const char *system; /* its name, as people read it */
    const struct value *document;
};

/* ERR_NOT_FOUND: the product has no such file. ERR_INVALID: what is wrong with it is in `errors`. */
MUST_CHECK enum err former_form_load(struct arena *arena, const char *products_dir,
                                     const struct product *product, struct field_errors *errors,
                                     struct former_form *out);

/* Whether a row with this definition is about the product. */
bool former_form_is_of(const struct former_form *form, const char *definition);
/* NULL where no use case here is this form there. */
const struct use_case *former_form_find_use_case(const struct former_form *form,
                                                 const char *form_uid);
/* The kind here of a document there ("legal_basis"); NULL: none. */
const char *former_form_find_document(const struct former_form *form, const char *name);

struct former_fields {
    struct value *fields; /* of the request */
    struct value *scopes; /* of them, open data included */
    struct value
        *left_out; /* [{pointer, former, new: null}]: values that do not fit the form here */
};

/* What the form held there, as the form here holds it. Numbers, dates, links and phone numbers that are not what the
 * form here takes, and fields and scopes that the file leaves out, are left out: said in `notes`, by their name there.
 * Anything else that does not fit is an error, by its name there; ERR_INVALID then. The scope rules of the use case do
 * not count: what was granted was granted. */
MUST_CHECK enum err former_form_convert(struct arena *arena, struct field_errors *errors,
                                        struct field_errors *notes, const struct former_form *form,
                                        const struct use_case *use_case, const struct value *data,
                                        struct former_fields *out);

#endif

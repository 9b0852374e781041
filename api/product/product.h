#ifndef GUICHET_PRODUCT_PRODUCT_H
#define GUICHET_PRODUCT_PRODUCT_H
/* What can be asked for: api/products/<id>/product.json and endpoints.json, read once at start and
 * never changed afterwards, so shared by all threads. A product is data: nothing here or elsewhere
 * in the program knows one by its name. */
#include "base/arena.h"
#include "base/err.h"
#include "base/field_errors.h"
#include "base/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts {
    const char **items;
    size_t count;
};

struct product_scope {
    const char *id;
    const char *label;
    bool is_open_data; /* always granted */
    bool is_sensitive; /* asks for a justification */
};

struct use_case {
    const char *id;
    const char *name;
    bool startable_by_applicant;
    struct texts preselected_scopes; /* without the open-data ones, which always come along */
    struct texts locked_scopes;      /* stay as preselected: neither added nor removed */
    struct texts hidden_scopes;      /* cannot be asked */
    struct texts read_only_blocks;
    const struct value *defaults; /* members of a new request */
};

#define FIELD_TYPES(FIELD_TYPE)                                                                    \
    FIELD_TYPE(SHORT_TEXT, "short_text")                                                           \
    FIELD_TYPE(LONG_TEXT, "long_text")                                                             \
    FIELD_TYPE(URL, "url")                                                                         \
    FIELD_TYPE(INTEGER, "integer")                                                                 \
    FIELD_TYPE(DATE, "date")                                                                       \
    FIELD_TYPE(BOOLEAN, "boolean")                                                                 \
    FIELD_TYPE(ENUM, "enum")                                                                       \
    FIELD_TYPE(EMAIL, "email")                                                                     \
    FIELD_TYPE(PHONE, "phone")                                                                     \
    FIELD_TYPE(SCOPES, "scopes")                                                                   \
    FIELD_TYPE(SCOPE_JUSTIFICATIONS, "scope_justifications")                                       \
    FIELD_TYPE(CONTACT, "contact")                                                                 \
    FIELD_TYPE(TEXT_LIST, "text_list")

enum field_type {
#define FIELD_TYPE(name, text) FIELD_##name,
    FIELD_TYPES(FIELD_TYPE)
#undef FIELD_TYPE
};

enum rule_kind {
    RULE_NEVER,
    RULE_EQUALS,             /* `field` holds `text` */
    RULE_GREATER_THAN,       /* `field` holds more than `number` */
    RULE_NOT_ADMINISTRATION, /* the organisation is none */
    RULE_ANY_SENSITIVE,      /* a sensitive scope is asked for */
};

struct form_rule {
    enum rule_kind kind;
    const char *field; /* pointer into the request, or into the contact for a member of one */
    const char *text;
    int64_t number;
};

struct form_field {
    const char *pointer; /* JSON pointer into the request (into the contact, for a member of one) */
    const char *label;
    enum field_type type;
    bool required;
    struct form_rule required_when;
    bool must_be_true;
    int64_t least;
    int64_t most;
    size_t max_length; /* characters */
    size_t max_items;
    struct texts values; /* FIELD_ENUM */
    const char *missing_message;
};

struct form_attachment {
    const char *kind;
    const char *label;
    bool required;
};

struct form_block {
    const char *id;
    const char *title;
    bool has_condition;
    struct form_rule shown_when;
    const struct form_field *fields;
    size_t fields_count;
    const struct form_attachment *attachments;
    size_t attachments_count;
};

struct product {
    const char *id;
    const char *name;
    const char *description;
    const char *form_version;
    const char *terms_version;
    int64_t token_lifetime_months;
    bool four_eyes; /* a second instructor confirms an approval that grants a sensitive scope */
    const struct product_scope *scopes;
    size_t scopes_count;
    const struct use_case *use_cases;
    size_t use_cases_count;
    const struct form_block *blocks;
    size_t blocks_count;
    const struct form_field *contact_fields;
    size_t contact_fields_count;
    const struct value *document;  /* product.json as it stands, with `version` */
    const struct value *endpoints; /* endpoints.json: `providers`, `endpoints` … */
    int64_t version;               /* changes with the file: its ETag */
};

struct products {
    const struct product *items; /* sorted by id */
    size_t count;
};

/* Reads every folder of `directory` that holds a product.json. All mistakes go to `errors`
 * (pointer: file and JSON pointer), never only the first; ERR_INVALID then. */
MUST_CHECK enum err products_load(struct arena *arena, const char *directory,
                                  struct field_errors *errors, struct products *out);
/* One product out of its documents, as products_load does it; `file` names it in the errors. */
void product_read(struct arena *arena, const char *file, const struct value *document,
                  struct field_errors *errors, struct product *out);

/* NULL where there is none. */
const struct product *products_find(const struct products *products, const char *id);
const struct use_case *product_find_use_case(const struct product *product, const char *id);
const struct product_scope *product_find_scope(const struct product *product, const char *id);
/* True where a second instructor has to confirm an approval of these scopes (array of ids). */
bool product_needs_second(const struct product *product, const struct value *scopes);
const struct form_block *product_find_block(const struct product *product, const char *id);
bool texts_have(const struct texts *texts, const char *text);

#endif

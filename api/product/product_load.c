/* Reads product.json into the structs of product.h. Every mistake is recorded and reading goes on,
 * so that anyone who writes a product sees all of them at once. */
#include "base/file.h"
#include "base/json.h"
#include "product/product.h"
#include "security/hash.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCT_BYTES_MAX = 4 << 20, TEXT_LENGTH_DEFAULT = 255, VERSION_MAX = 0x3fffffff };

struct reader {
    struct arena *arena;
    struct field_errors *errors;
    const char *file;
    struct product *product;
};

static void mistake(const struct reader *reader, const char *pointer, const char *code,
                    const char *message) {
    field_errors_add(reader->errors, arena_printf(reader->arena, "%s#%s", reader->file, pointer),
                     code, "%s", message);
}

static const char *read_text(const struct reader *reader, const struct value *object,
                             const char *pointer, const char *name) {
    const char *text = value_get_text(object, name);
    if (text == NULL || *text == '\0') {
        mistake(reader, arena_printf(reader->arena, "%s/%s", pointer, name), "required",
                "a text is missing here");
        return "";
    }
    return text;
}

static struct texts read_texts(const struct reader *reader, const struct value *object,
                               const char *pointer, const char *name) {
    const struct value *array = value_get(object, name);
    struct texts texts = {ARENA_ARRAY(reader->arena, const char *, value_count(array)), 0};
    if (!value_is(array, VALUE_ARRAY)) {
        mistake(reader, arena_printf(reader->arena, "%s/%s", pointer, name), "wrong_type",
                "a list is missing here");
    }
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = value_item(array, i);
        if (value_is(item, VALUE_STRING)) {
            texts.items[texts.count++] = value_text_of(item);
        } else {
            mistake(reader, arena_printf(reader->arena, "%s/%s/%zu", pointer, name, i),
                    "wrong_type", "a text is expected");
        }
    }
    return texts;
}

static void read_scopes(const struct reader *reader, const struct value *document) {
    const struct value *array = value_get(document, "scopes");
    struct product_scope *scopes =
        ARENA_ARRAY(reader->arena, struct product_scope, value_count(array));
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = value_item(array, i);
        const char *pointer = arena_printf(reader->arena, "/scopes/%zu", i);
        scopes[i] =
            (struct product_scope){.id = read_text(reader, item, pointer, "id"),
                                   .label = read_text(reader, item, pointer, "label"),
                                   .is_open_data = value_get_boolean(item, "open_data", false),
                                   .is_sensitive = value_get_boolean(item, "sensitive", false)};
        reader->product->scopes = scopes;
        if (product_find_scope(reader->product, scopes[i].id) != NULL) {
            mistake(reader, pointer, "duplicate", "this scope is already declared");
        }
        reader->product->scopes_count = i + 1;
    }
    if (reader->product->scopes_count == 0) {
        mistake(reader, "/scopes", "required", "a product declares at least one scope");
    }
}

static bool has_sensitive_scope(const struct product *product) {
    for (size_t i = 0; i < product->scopes_count; i++) {
        if (product->scopes[i].is_sensitive) {
            return true;
        }
    }
    return false;
}

/* Off where the product does not say so. */
static void read_four_eyes(const struct reader *reader, const struct value *document) {
    const struct value *four_eyes = value_get(document, "four_eyes");
    if (four_eyes != NULL && !value_is(four_eyes, VALUE_BOOLEAN)) {
        mistake(reader, "/four_eyes", "wrong_type", "true or false is expected");
        return;
    }
    reader->product->four_eyes = value_get_boolean(document, "four_eyes", false);
    if (reader->product->four_eyes && !has_sensitive_scope(reader->product)) {
        mistake(
            reader, "/four_eyes", "not_allowed",
            "no scope is `sensitive`: a second instructor would never be asked; mark one, or take "
            "`four_eyes` away");
    }
}

static void check_known_scopes(const struct reader *reader, const struct texts *scopes,
                               const char *pointer, const char *name) {
    for (size_t i = 0; i < scopes->count; i++) {
        if (product_find_scope(reader->product, scopes->items[i]) == NULL) {
            mistake(reader, arena_printf(reader->arena, "%s/%s/%zu", pointer, name, i),
                    "unknown_value", "no scope of the product has this name");
        }
    }
}

static void read_use_case(const struct reader *reader, const struct value *item, size_t place,
                          struct use_case *out) {
    const char *pointer = arena_printf(reader->arena, "/use_cases/%zu", place);
    *out = (struct use_case){
        .id = read_text(reader, item, pointer, "id"),
        .name = read_text(reader, item, pointer, "name"),
        .startable_by_applicant = value_get_boolean(item, "startable_by_applicant", false),
        .preselected_scopes = read_texts(reader, item, pointer, "preselected_scopes"),
        .locked_scopes = read_texts(reader, item, pointer, "locked_scopes"),
        .hidden_scopes = read_texts(reader, item, pointer, "hidden_scopes"),
        .read_only_blocks = read_texts(reader, item, pointer, "read_only_blocks"),
        .defaults = value_get(item, "defaults")};
    if (!value_is(out->defaults, VALUE_OBJECT)) {
        mistake(reader, arena_printf(reader->arena, "%s/defaults", pointer), "wrong_type",
                "an object is missing here");
        out->defaults = value_object(reader->arena);
    }
    check_known_scopes(reader, &out->preselected_scopes, pointer, "preselected_scopes");
    check_known_scopes(reader, &out->locked_scopes, pointer, "locked_scopes");
    check_known_scopes(reader, &out->hidden_scopes, pointer, "hidden_scopes");
    for (size_t i = 0; i < out->preselected_scopes.count; i++) {
        if (texts_have(&out->hidden_scopes, out->preselected_scopes.items[i])) {
            mistake(reader, arena_printf(reader->arena, "%s/preselected_scopes/%zu", pointer, i),
                    "not_allowed", "a hidden scope cannot be preselected");
        }
    }
    for (size_t i = 0; i < out->read_only_blocks.count; i++) {
        if (product_find_block(reader->product, out->read_only_blocks.items[i]) == NULL) {
            mistake(reader, arena_printf(reader->arena, "%s/read_only_blocks/%zu", pointer, i),
                    "unknown_value", "no block of the form has this name");
        }
    }
}

static void read_use_cases(const struct reader *reader, const struct value *document) {
    const struct value *array = value_get(document, "use_cases");
    struct use_case *use_cases = ARENA_ARRAY(reader->arena, struct use_case, value_count(array));
    reader->product->use_cases = use_cases;
    for (size_t i = 0; i < value_count(array); i++) {
        read_use_case(reader, value_item(array, i), i, &use_cases[i]);
        if (product_find_use_case(reader->product, use_cases[i].id) != NULL) {
            mistake(reader, arena_printf(reader->arena, "/use_cases/%zu", i), "duplicate",
                    "this use case is already declared");
        }
        reader->product->use_cases_count = i + 1;
    }
    if (reader->product->use_cases_count == 0) {
        mistake(reader, "/use_cases", "required", "a product declares at least one use case");
    }
}

/* "legal_basis.text" becomes "/legal_basis/text". */
static const char *pointer_of(struct arena *arena, const char *dotted) {
    char *pointer = arena_printf(arena, "/%s", dotted);
    for (char *c = pointer; *c != '\0'; c++) {
        if (*c == '.') {
            *c = '/';
        }
    }
    return pointer;
}

static struct form_rule read_rule(const struct reader *reader, const struct value *rule,
                                  const char *pointer) {
    const char *field = value_get_text(rule, "field");
    struct form_rule out = {.kind = RULE_NEVER};
    if (rule == NULL) {
        return out;
    }
    if (value_get_text(rule, "organisation") != NULL) {
        out.kind = RULE_NOT_ADMINISTRATION;
    } else if (value_get_text(rule, "any_scope") != NULL) {
        out.kind = RULE_ANY_SENSITIVE;
    } else if (field != NULL && value_get_text(rule, "equals") != NULL) {
        out = (struct form_rule){.kind = RULE_EQUALS, .text = value_get_text(rule, "equals")};
    } else if (field != NULL && value_is(value_get(rule, "greater_than"), VALUE_INTEGER)) {
        out = (struct form_rule){.kind = RULE_GREATER_THAN,
                                 .number = value_get_integer(rule, "greater_than", 0)};
    } else {
        mistake(reader, pointer, "unknown_value", "this condition is none that the form knows");
    }
    out.field = field == NULL ? NULL : pointer_of(reader->arena, field);
    return out;
}

static enum field_type read_type(const struct reader *reader, const struct value *item,
                                 const char *pointer) {
    const char *text = read_text(reader, item, pointer, "type");
#define FIELD_TYPE(name, known)                                                                    \
    if (strcmp(text, known) == 0) {                                                                \
        return FIELD_##name;                                                                       \
    }
    FIELD_TYPES(FIELD_TYPE)
#undef FIELD_TYPE
    mistake(reader, arena_printf(reader->arena, "%s/type", pointer), "unknown_value",
            "this type is none that the form knows");
    return FIELD_SHORT_TEXT;
}

static struct texts read_values(const struct reader *reader, const struct value *item,
                                const char *pointer) {
    const struct value *array = value_get(item, "values");
    struct texts texts = {ARENA_ARRAY(reader->arena, const char *, value_count(array)), 0};
    for (size_t i = 0; i < value_count(array); i++) {
        texts.items[texts.count++] =
            read_text(reader, value_item(array, i),
                      arena_printf(reader->arena, "%s/values/%zu", pointer, i), "value");
    }
    return texts;
}

static struct form_field read_field(const struct reader *reader, const struct value *item,
                                    const char *pointer) {
    const struct value *rule = value_get(item, "required_when");
    struct form_field field = {
        .pointer = pointer_of(reader->arena, read_text(reader, item, pointer, "name")),
        .label = read_text(reader, item, pointer, "label"),
        .type = read_type(reader, item, pointer),
        .required = value_get_boolean(item, "required", false),
        .required_when =
            read_rule(reader, rule, arena_printf(reader->arena, "%s/required_when", pointer)),
        .must_be_true = value_get_boolean(item, "must_be_true", false),
        .least = value_get_integer(item, "min", 0),
        .most = value_get_integer(item, "max", INT32_MAX),
        .max_length = (size_t)value_get_integer(item, "max_length", TEXT_LENGTH_DEFAULT),
        .max_items = (size_t)value_get_integer(item, "max_items", TEXT_LENGTH_DEFAULT),
        .values = read_values(reader, item, pointer),
        .missing_message = value_get_text(item, "missing_message")};
    if ((field.required || rule != NULL) && field.missing_message == NULL) {
        mistake(reader, arena_printf(reader->arena, "%s/missing_message", pointer), "required",
                "what may be required says so to people");
        field.missing_message = "";
    }
    if (field.type == FIELD_ENUM && field.values.count == 0) {
        mistake(reader, arena_printf(reader->arena, "%s/values", pointer), "required",
                "a closed list is missing here");
    }
    return field;
}

static const struct form_field *read_fields(const struct reader *reader, const struct value *array,
                                            const char *pointer, size_t *count) {
    *count = value_count(array);
    struct form_field *fields = ARENA_ARRAY(reader->arena, struct form_field, *count);
    for (size_t i = 0; i < *count; i++) {
        fields[i] = read_field(reader, value_item(array, i),
                               arena_printf(reader->arena, "%s/%zu", pointer, i));
    }
    return fields;
}

static const struct form_attachment *read_attachments(const struct reader *reader,
                                                      const struct value *array,
                                                      const char *pointer, size_t *count) {
    *count = value_count(array);
    struct form_attachment *attachments =
        ARENA_ARRAY(reader->arena, struct form_attachment, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct value *item = value_item(array, i);
        const char *at = arena_printf(reader->arena, "%s/attachments/%zu", pointer, i);
        attachments[i] =
            (struct form_attachment){.kind = read_text(reader, item, at, "kind"),
                                     .label = read_text(reader, item, at, "label"),
                                     .required = value_get_boolean(item, "required", false)};
    }
    return attachments;
}

static void read_form(const struct reader *reader, const struct value *form) {
    const struct value *array = value_get(form, "blocks");
    struct form_block *blocks = ARENA_ARRAY(reader->arena, struct form_block, value_count(array));
    reader->product->blocks = blocks;
    reader->product->contact_fields =
        read_fields(reader, value_get(form, "contact_fields"), "/form/contact_fields",
                    &reader->product->contact_fields_count);
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = value_item(array, i);
        const char *pointer = arena_printf(reader->arena, "/form/blocks/%zu", i);
        struct form_block *block = &blocks[i];
        block->id = read_text(reader, item, pointer, "id");
        block->title = read_text(reader, item, pointer, "title");
        block->has_condition = value_get(item, "shown_when") != NULL;
        block->shown_when = read_rule(reader, value_get(item, "shown_when"),
                                      arena_printf(reader->arena, "%s/shown_when", pointer));
        block->fields =
            read_fields(reader, value_get(item, "fields"),
                        arena_printf(reader->arena, "%s/fields", pointer), &block->fields_count);
        block->attachments = read_attachments(reader, value_get(item, "attachments"), pointer,
                                              &block->attachments_count);
        reader->product->blocks_count = i + 1;
    }
    if (reader->product->blocks_count == 0) {
        mistake(reader, "/form/blocks", "required", "a form has at least one block");
    }
}

void product_read(struct arena *arena, const char *file, const struct value *document,
                  struct field_errors *errors, struct product *out) {
    const struct reader reader = {arena, errors, file, out};
    *out = (struct product){.id = read_text(&reader, document, "", "id"),
                            .name = read_text(&reader, document, "", "name"),
                            .description = read_text(&reader, document, "", "description"),
                            .form_version = read_text(&reader, document, "", "form_version"),
                            .terms_version = read_text(&reader, document, "", "terms_version"),
                            .token_lifetime_months =
                                value_get_integer(document, "token_lifetime_months", 0),
                            .document = document};
    if (out->token_lifetime_months < 1) {
        mistake(&reader, "/token_lifetime_months", "out_of_range", "a number from 1 is expected");
    }
    read_scopes(&reader, document);
    read_four_eyes(&reader, document);
    read_form(&reader, value_get(document, "form"));
    read_use_cases(&reader, document);
}

static const struct value *read_json(struct arena *arena, const char *path,
                                     struct field_errors *errors, int64_t *version) {
    char *content = NULL;
    size_t length = 0;
    struct value *value = NULL;
    const char *reason = "cannot be read";
    if (file_read(arena, path, PRODUCT_BYTES_MAX, &content, &length) != ERR_NONE ||
        json_parse(arena, content, length, &value, &reason) != ERR_NONE) {
        field_errors_add(errors, path, "invalid_format", "%s", reason);
        return NULL;
    }
    *version = (int64_t)(hash_content(content, length) & VERSION_MAX) + 1;
    return value;
}

static void load_folder(struct arena *arena, const char *folder, const char *id,
                        struct field_errors *errors, struct product *out) {
    const char *file = arena_printf(arena, "%s/%s/product.json", folder, id);
    int64_t ignored = 0;
    const struct value *document = read_json(arena, file, errors, &out->version);
    const int64_t version = out->version;
    if (document == NULL) {
        return;
    }
    product_read(arena, file, document, errors, out);
    if (strcmp(out->id, id) != 0) {
        field_errors_add(errors, file, "not_allowed", "the product is not named after its folder");
    }
    struct value *answer = value_copy(arena, document);
    value_set(answer, "version", value_integer(arena, version));
    out->version = version;
    out->document = answer;
    out->endpoints =
        read_json(arena, arena_printf(arena, "%s/%s/endpoints.json", folder, id), errors, &ignored);
    if (out->endpoints != NULL && !value_is(value_get(out->endpoints, "endpoints"), VALUE_ARRAY)) {
        field_errors_add(errors, file, "required", "endpoints.json has no list `endpoints`");
    }
}

static int compare_products(const void *a, const void *b) {
    return strcmp(((const struct product *)a)->id, ((const struct product *)b)->id);
}

static bool is_product_folder(struct arena *arena, const char *directory, const char *name) {
    char *content = NULL;
    size_t length = 0;
    return name[0] != '.' &&
           file_read(arena, arena_printf(arena, "%s/%s/product.json", directory, name),
                     PRODUCT_BYTES_MAX, &content, &length) != ERR_NOT_FOUND;
}

enum err products_load(struct arena *arena, const char *directory, struct field_errors *errors,
                       struct products *out) {
    enum { PRODUCTS_MAX = 64 };
    struct product *items = ARENA_ARRAY(arena, struct product, PRODUCTS_MAX);
    DIR *folder = opendir(directory);
    *out = (struct products){items, 0};
    if (folder == NULL) {
        field_errors_add(errors, directory, "not_found", "this folder cannot be read");
        return ERR_INVALID;
    }
    for (const struct dirent *entry; out->count < PRODUCTS_MAX && (entry = readdir(folder));) {
        if (is_product_folder(arena, directory, entry->d_name)) {
            load_folder(arena, directory, arena_strdup(arena, entry->d_name), errors,
                        &items[out->count++]);
        }
    }
    (void)closedir(folder);
    if (out->count == 0) {
        field_errors_add(errors, directory, "required", "no product is described here");
    }
    if (errors->count == 0) {
        qsort(items, out->count, sizeof *items, compare_products);
    }
    return field_errors_verdict(errors);
}

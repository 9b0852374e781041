#include "product/former_form.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "product/form.h"
#include "product/form_format.h"
#include "product/form_scopes.h"
#include <string.h>

enum { FORMER_FORM_BYTES_MAX = 1024 * 1024, LEFT_OUT_BYTES_MAX = 1000 };

/* One row that is converted. */
struct conversion {
    struct arena *arena;
    struct field_errors *errors;
    struct field_errors *notes;
    const struct former_form *form;
    const struct form_subject *subject;
    const struct value *data;
    struct former_fields *out;
};

/* --- The file ---------------------------------------------------------------------------------- */

/* The field of the form, of a contact too ("/contacts/technical/email"); NULL: none. */
static const struct form_field *find_field(const struct product *product, const char *pointer) {
    for (size_t i = 0; i < product->blocks_count; i++) {
        for (size_t j = 0; j < product->blocks[i].fields_count; j++) {
            const struct form_field *field = &product->blocks[i].fields[j];
            if (strcmp(field->pointer, pointer) == 0) {
                return field;
            }
            if (field->type != FIELD_CONTACT || !text_starts_with(pointer, field->pointer)) {
                continue;
            }
            for (size_t k = 0; k < product->contact_fields_count; k++) {
                if (strcmp(product->contact_fields[k].pointer, pointer + strlen(field->pointer)) ==
                    0) {
                    return &product->contact_fields[k];
                }
            }
        }
    }
    return NULL;
}

static void mistake(struct field_errors *errors, const char *file, const char *member,
                    const char *name) {
    field_errors_add(errors, arena_printf(errors->arena, "%s#/%s/%s", file, member, name),
                     "unknown_value", "names what this product does not have");
}

/* What the file names here has to be there. */
static void check(struct field_errors *errors, const char *file, const struct former_form *form) {
    const struct product *product = form->product;
    VALUE_EACH (member, value_get(form->document, "fields")) {
        const char *pointer = value_text_of(member.value);
        if (pointer != NULL && find_field(product, pointer) == NULL) {
            mistake(errors, file, "fields", member.name);
        }
    }
    VALUE_EACH (member, value_get(form->document, "use_cases")) {
        const char *id = value_text_of(member.value);
        if (id == NULL || product_find_use_case(product, id) == NULL) {
            mistake(errors, file, "use_cases", member.name);
        }
    }
    VALUE_EACH (member, value_get(form->document, "scopes")) {
        const char *id = value_text_of(member.value);
        if (id != NULL && product_find_scope(product, id) == NULL) {
            mistake(errors, file, "scopes", member.name);
        }
    }
    if (form->system == NULL) {
        field_errors_add(errors, arena_printf(errors->arena, "%s#/system", file), "required",
                         "a text is missing here");
    }
}

enum err former_form_load(struct arena *arena, const char *products_dir,
                          const struct product *product, struct field_errors *errors,
                          struct former_form *out) {
    const char *file = arena_printf(arena, "%s/%s/datapass.json", products_dir, product->id);
    char *content = NULL;
    size_t length = 0;
    struct value *document = NULL;
    *out = (struct former_form){.product = product};
    TRY(file_read(arena, file, FORMER_FORM_BYTES_MAX, &content, &length));
    if (json_parse(arena, content, length, &document, NULL) != ERR_NONE) {
        field_errors_add(errors, file, "invalid_format", "%s",
                         json_explain(arena, content, length));
        return ERR_INVALID;
    }
    out->document = document;
    out->system = value_get_text(document, "system");
    check(errors, file, out);
    return field_errors_verdict(errors);
}

bool former_form_is_of(const struct former_form *form, const char *definition) {
    return value_has_text(value_get(form->document, "definitions"), definition);
}

const struct use_case *former_form_find_use_case(const struct former_form *form,
                                                 const char *form_uid) {
    const char *id = value_get_text(value_get(form->document, "use_cases"), form_uid);
    return id == NULL ? NULL : product_find_use_case(form->product, id);
}

const char *former_form_find_document(const struct former_form *form, const char *name) {
    return value_get_text(value_get(form->document, "documents"), name);
}

/* --- Values ------------------------------------------------------------------------------------ */

static bool is_empty(const struct value *value) {
    const char *text = value_text_of(value);
    return value == NULL || value_is(value, VALUE_NULL) ||
           (text != NULL && format_is_blank(text)) ||
           (value_is(value, VALUE_ARRAY) && value_count(value) == 0);
}

/* Without the blanks at its ends, and on one line where the field is. */
static const char *tidy(struct arena *arena, const struct form_field *field, const char *text) {
    static const char BLANKS[] = " \t\r\n";
    text += strspn(text, BLANKS);
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL) {
        length--;
    }
    char *out = arena_strndup(arena, text, length);
    for (char *c = out; field->type != FIELD_LONG_TEXT && *c != '\0'; c++) {
        *c = (char)(strchr("\t\r\n", *c) == NULL ? *c : ' ');
    }
    return out;
}

/* "1 200" and "36" are numbers; others stay texts, which no number of the form takes. */
static struct value *as_integer(struct arena *arena, const char *text) {
    char digits[TEXT_INTEGER_BYTES];
    size_t length = 0;
    int64_t number = 0;
    for (const char *c = text; *c != '\0' && length < sizeof digits - 1; c++) {
        if (*c != ' ') {
            digits[length++] = *c;
        }
    }
    digits[length] = '\0';
    return text_parse_integer(digits, 0, INT64_MAX, &number) ? value_integer(arena, number)
                                                             : value_text(arena, text);
}

/* 31/12/2026, as people type it, is 2026-12-31. */
static struct value *as_date(struct arena *arena, const char *text) {
    const bool is_so = strlen(text) == 10 && text[2] == '/' && text[5] == '/';
    return value_text(arena, is_so ? arena_printf(arena, "%.4s-%.2s-%.2s", text + 6, text + 3, text)
                                   : text);
}

static struct value *as_link(struct arena *arena, const char *text) {
    const char *whole = arena_printf(arena, "https://%s", text);
    return value_text(arena,
                      !format_is_web_address(text) && format_is_web_address(whole) ? whole : text);
}

static const struct value *convert_text(const struct conversion *run,
                                        const struct form_field *field, const char *given) {
    struct arena *arena = run->arena;
    const char *text = tidy(arena, field, given);
    switch (field->type) {
    case FIELD_INTEGER:
        return as_integer(arena, text);
    case FIELD_DATE:
        return as_date(arena, text);
    case FIELD_URL:
        return as_link(arena, text);
    case FIELD_ENUM: {
        const char *here = value_get_text(value_get(run->form->document, "values"), text);
        return value_text(arena, here == NULL ? text : here);
    }
    case FIELD_BOOLEAN: {
        static const char *const YES[] = {"1", "on", "true", NULL};
        return value_boolean(arena, text_is_one_of(YES, text));
    }
    case FIELD_SHORT_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_SCOPES:
    case FIELD_SCOPE_JUSTIFICATIONS:
    case FIELD_CONTACT:
    case FIELD_TEXT_LIST:
        break;
    }
    return value_text(arena, text);
}

/* A list may be kept as text, JSON within JSON. */
static const struct value *as_list(struct arena *arena, const struct value *given) {
    const char *text = value_text_of(given);
    struct value *list = NULL;
    return text != NULL && json_parse(arena, text, strlen(text), &list, NULL) == ERR_NONE ? list
                                                                                          : given;
}

/* Scopes by their names here; one that the file maps to null is gone. */
static const struct value *convert_scopes(const struct conversion *run, const char *name,
                                          const struct value *given) {
    const struct value *list = as_list(run->arena, given);
    const struct value *renamed = value_get(run->form->document, "scopes");
    struct value *out = value_array(run->arena);
    if (!value_is(list, VALUE_ARRAY)) {
        return list;
    }
    for (size_t i = 0; i < value_count(list); i++) {
        const char *former = value_text_of(value_item(list, i));
        const struct value *here = former == NULL ? NULL : value_get(renamed, former);
        const char *id = here == NULL ? former : value_text_of(here);
        if (former != NULL && here != NULL && id == NULL) {
            field_errors_add(run->notes, name, "left_out",
                             "« %s » n’existe plus : cette donnée n’est pas reprise.", former);
        } else if (id != NULL && product_find_scope(run->form->product, id) == NULL) {
            field_errors_add(
                run->errors, name, "unknown_value",
                "Ce produit n’a pas de donnée « %s » : dites dans datapass.json (scopes) "
                "laquelle la remplace, ou null.",
                id);
        } else if (id == NULL || !value_has_text(out, id)) {
            value_push(out, id == NULL ? value_item(list, i) : value_text(run->arena, id));
        }
    }
    return out;
}

static const struct value *convert_value(const struct conversion *run, const char *name,
                                         const struct form_field *field,
                                         const struct value *given) {
    const char *text = value_text_of(given);
    if (field->type == FIELD_SCOPES) {
        return convert_scopes(run, name, given);
    }
    if (field->type == FIELD_TEXT_LIST) {
        return as_list(run->arena, given);
    }
    if (value_is(given, VALUE_INTEGER) && field->type != FIELD_INTEGER) {
        text = text_of_integer(run->arena, value_integer_of(given));
    }
    return text == NULL ? given : convert_text(run, field, text);
}

/* --- The form ---------------------------------------------------------------------------------- */

/* {"contacts": {"technical": {"email": value}}} for "/contacts/technical/email". */
static const struct value *nest(struct arena *arena, const char *pointer,
                                const struct value *value) {
    const char *name = pointer + 1;
    const size_t length = strcspn(name, "/");
    struct value *object = value_object(arena);
    value_set(object, arena_strndup(arena, name, length),
              name[length] == '\0' ? value : nest(arena, name + length, value));
    return object;
}

/* What a form may go without, and people typed as they liked: what does not fit is not worth the whole row. It is kept in
 * the history, so it is not long. */
static bool may_be_left_out(const struct form_field *field, const struct value *given) {
    const enum field_type type = field->type;
    const char *text = value_text_of(given);
    return (type == FIELD_INTEGER || type == FIELD_DATE || type == FIELD_URL ||
            type == FIELD_PHONE) &&
           (value_is(given, VALUE_INTEGER) || (text != NULL && strlen(text) <= LEFT_OUT_BYTES_MAX));
}

static void leave_out(const struct conversion *run, const char *name, const char *pointer,
                      const struct value *given, const char *message) {
    struct value *change = value_object(run->arena);
    value_set_text(run->arena, change, "pointer", pointer);
    value_set(change, "former", given);
    value_set(change, "new", value_null(run->arena));
    value_push(run->out->left_out, change);
    field_errors_add(run->notes, name, "left_out", "%s Cette valeur n’est pas reprise.", message);
}

/* Puts one value into the fields; what is wrong with it is told by its name there. */
static void take(const struct conversion *run, const char *name, const char *pointer,
                 const struct value *given) {
    const struct form_field *field = find_field(run->form->product, pointer);
    struct field_errors wrong;
    if (field == NULL) {
        return; /* no form is loaded that names one */
    }
    field_errors_init(&wrong, run->arena);
    struct value *fields = NULL;
    const struct value *patch = nest(run->arena, pointer, convert_value(run, name, field, given));
    if (form_apply_patch(run->arena, &wrong, run->subject, run->out->fields, patch, &fields) ==
        ERR_NONE) {
        run->out->fields = fields;
    } else if (may_be_left_out(field, given)) {
        leave_out(run, name, pointer, given, wrong.first->message);
    } else {
        for (const struct field_error *e = wrong.first; e != NULL; e = e->next) {
            field_errors_add(run->errors,
                             arena_printf(run->arena, "%s%s", name,
                                          text_starts_with(e->pointer, pointer)
                                              ? e->pointer + strlen(pointer)
                                              : ""),
                             e->code, "%s", e->message);
        }
    }
}

static void take_members(const struct conversion *run) {
    const struct value *known = value_get(run->form->document, "fields");
    VALUE_EACH (member, run->data) {
        const char *name = arena_printf(run->arena, "data/%s", member.name);
        const struct value *place = value_get(known, member.name);
        const char *pointer = value_text_of(place);
        if (is_empty(member.value)) {
            continue;
        }
        if (pointer != NULL) {
            take(run, name, pointer, member.value);
        } else if (place == NULL) {
            field_errors_add(run->notes, name, "left_out",
                             "Ce champ n’est pas dans datapass.json : il n’est pas repris.");
        }
    }
}

/* What the former system took for granted where nothing was said, of contacts that are there. */
static void take_defaults(const struct conversion *run) {
    const struct value *known = value_get(run->form->document, "fields");
    VALUE_EACH (member, value_get(run->form->document, "defaults")) {
        const char *pointer = value_get_text(known, member.name);
        const char *last = pointer == NULL ? NULL : strrchr(pointer, '/');
        if (last == NULL || !is_empty(value_get(run->data, member.name)) ||
            value_at(run->out->fields,
                     arena_strndup(run->arena, pointer, (size_t)(last - pointer))) == NULL) {
            continue;
        }
        take(run, member.name, pointer, member.value);
    }
}

enum err former_form_convert(struct arena *arena, struct field_errors *errors,
                             struct field_errors *notes, const struct former_form *form,
                             const struct use_case *use_case, const struct value *data,
                             struct former_fields *out) {
    const struct use_case without_rules = {.id = use_case->id, .name = use_case->name};
    const struct form_subject subject = {.product = form->product, .use_case = &without_rules};
    const struct conversion run = {arena, errors, notes, form, &subject, data, out};
    const size_t before = errors->count;
    *out = (struct former_fields){.fields = value_object(arena), .left_out = value_array(arena)};
    take_members(&run);
    take_defaults(&run);
    if (value_get_text(out->fields, "title") == NULL) {
        value_set_text(arena, out->fields, "title", use_case->name);
        field_errors_add(
            notes, "data/intitule", "note",
            "Sans intitulé dans le fichier, la demande prend celui de son cas d’usage.");
    }
    form_scopes_add_open_data(arena, form->product, out->fields);
    out->scopes = value_copy(arena, value_get(out->fields, "scopes"));
    return errors->count == before ? ERR_NONE : ERR_INVALID;
}

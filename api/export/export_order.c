#include "export/export_order.h"
#include "base/text.h"
#include "core/reader.h"
#include "request/request_json.h"
#include "usage/usage_json.h"
#include <string.h>

static const struct {
    const char *name;
    const char *csv_file; /* NULL: JSON alone */
    const char *json_file;
    const char *const *filters;
} KINDS[] = {
    [EXPORT_REQUESTS] = {"requests", "demandes.csv", "demandes.json",
                         (const char *const[]){"state", "product", "use_case", "siret", "q",
                                               "assignee", "relation", NULL}},
    [EXPORT_CALLS] = {"calls", "appels.csv", "appels.json",
                      (const char *const[]){"status", "error_code", "endpoint", "request_id",
                                            "from", "to", NULL}},
    [EXPORT_ACCOUNT] = {"account", NULL, "guichet-mes-donnees.json", (const char *const[]){NULL}},
};

enum { FILTER_CHARACTERS_MAX = 255 };

static void read_kind(struct reader *reader, struct export_order *out) {
    static const char *const NAMES[] = {"requests", "calls", "account", NULL};
    static const char *const FORMATS[] = {"csv", "json", NULL};
    const char *name = reader_required_choice(reader, "kind", NAMES);
    const char *format =
        reader_has(reader, "format") ? reader_required_choice(reader, "format", FORMATS) : NULL;
    for (size_t i = 0; name != NULL && NAMES[i] != NULL; i++) {
        out->kind = strcmp(name, NAMES[i]) == 0 ? (enum export_kind)i : out->kind;
    }
    const bool has_csv = KINDS[out->kind].csv_file != NULL;
    out->as_json = format == NULL ? !has_csv : strcmp(format, "json") == 0;
    if (format != NULL && !out->as_json && !has_csv) {
        reader_error(reader, "format", "not_allowed", "Cet export n’existe qu’en JSON.");
    }
}

static void read_token(struct reader *reader, struct export_order *out) {
    const bool is_needed = out->kind == EXPORT_CALLS;
    out->token_id =
        is_needed ? reader_required_line(reader, "token_id", FILTER_CHARACTERS_MAX) : NULL;
    if (out->token_id != NULL && !text_is_uuid(out->token_id)) {
        reader_error(reader, "token_id", "invalid_format", "Un identifiant UUID est attendu.");
    } else if (!is_needed && reader_has(reader, "token_id")) {
        reader_error(reader, "token_id", "not_allowed",
                     "Seul l’export d’appels porte sur un jeton.");
    }
}

/* Filters that are there and no texts are wrong; an empty one is none. */
static void check_filters(struct reader *reader, const struct export_order *order,
                          struct reader *inner) {
    const struct value *filters = order->filters;
    if (filters != NULL && !value_is(filters, VALUE_OBJECT)) {
        reader_error(reader, "filters", "wrong_type", "Donnez les critères dans un objet.");
        return;
    }
    reader_start(inner, reader->arena, reader->errors, filters, "/filters",
                 KINDS[order->kind].filters);
    for (const char *const *name = KINDS[order->kind].filters; filters != NULL && *name != NULL;
         name++) {
        (void)reader_optional_line(inner, *name, FILTER_CHARACTERS_MAX);
    }
}

/* An empty text filters nothing. */
static const char *filter(const struct export_order *order, const char *name) {
    const char *text = value_get_text(order->filters, name);
    return text == NULL || *text == '\0' ? NULL : text;
}

static enum err read_requests(struct arena *arena, struct field_errors *errors,
                              const char *account_id, struct export_order *order) {
    return request_json_filter(
        arena, errors, account_id,
        &(struct request_filter_texts){.state = filter(order, "state"),
                                       .product = filter(order, "product"),
                                       .use_case = filter(order, "use_case"),
                                       .siret = filter(order, "siret"),
                                       .words = filter(order, "q"),
                                       .assignee = filter(order, "assignee"),
                                       .relation = filter(order, "relation")},
        &order->requests);
}

static enum err read_calls(struct field_errors *errors, struct export_order *order) {
    return usage_json_filter(errors,
                             &(struct usage_filter_texts){
                                 .status = filter(order, "status"),
                                 .error_code = filter(order, "error_code"),
                                 .endpoint = filter(order, "endpoint"),
                                 .request_id = filter(order, "request_id"),
                                 .from = filter(order, "from"),
                                 .to = filter(order, "to"),
                             },
                             &order->calls);
}

/* The filters as their lists read them, whose errors name the filter alone. */
static void read_filters(struct arena *arena, struct field_errors *errors, const char *account_id,
                         struct export_order *order) {
    struct field_errors inner;
    field_errors_init(&inner, arena);
    enum err err = ERR_NONE;
    switch (order->kind) {
    case EXPORT_REQUESTS:
        err = read_requests(arena, &inner, account_id, order);
        break;
    case EXPORT_CALLS:
        err = read_calls(&inner, order);
        break;
    case EXPORT_ACCOUNT:
        break;
    }
    for (const struct field_error *error = inner.first; err != ERR_NONE && error != NULL;
         error = error->next) {
        field_errors_add(errors, arena_printf(arena, "/filters/%s", error->pointer), error->code,
                         "%s", error->message);
    }
}

enum err export_order_read(struct arena *arena, struct field_errors *errors, const char *account_id,
                           const struct value *body, struct export_order *out) {
    static const char *const KNOWN[] = {"kind", "format", "token_id", "filters", NULL};
    struct reader reader;
    struct reader inner;
    *out = (struct export_order){.filters = value_get(body, "filters")};
    reader_start(&reader, arena, errors, body, "", KNOWN);
    read_kind(&reader, out);
    read_token(&reader, out);
    TRY(field_errors_verdict(errors));
    check_filters(&reader, out, &inner);
    TRY(field_errors_verdict(errors));
    read_filters(arena, errors, account_id, out);
    return field_errors_verdict(errors);
}

const char *export_order_kind(const struct export_order *order) {
    return KINDS[order->kind].name;
}

const char *export_order_format(const struct export_order *order) {
    return order->as_json ? "json" : "csv";
}

const char *export_order_file_name(const struct export_order *order) {
    return order->as_json ? KINDS[order->kind].json_file : KINDS[order->kind].csv_file;
}

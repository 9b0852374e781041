#include "http/request_reader.h"
#include "base/json.h"
#include "http/header_parameters.h"
#include "http/multipart.h"
#include "http/uri.h"
#include <string.h>
#include <strings.h>

static enum err refuse(struct exchange *exchange, enum err err, const char *detail) {
    exchange->detail = detail;
    return err;
}

/* RFC 9110, section 5.6.2. */
static bool is_token(const char *text) {
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (const char *c = text; *c != '\0'; c++) {
        const bool alphanumeric =
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (!alphanumeric && strchr(others, *c) == NULL) {
            return false;
        }
    }
    return *text != '\0';
}

/* RFC 9110, section 5.5: no control character but tab. */
static bool is_field_value(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c < 0x20 && *c != '\t') || *c == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Headers that may come once: a second one is a mistake or an attack. */
static bool must_be_single(const char *name) {
    static const char *const SINGLE[] = {
        "Host",           "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization",
        "Cookie",         "If-Match",       "Idempotency-Key",   "X-CSRF-Token", "Origin",
        "Sec-Fetch-Site", "X-Request-ID",   "If-None-Match",
    };
    for (size_t i = 0; i < sizeof SINGLE / sizeof SINGLE[0]; i++) {
        if (strcasecmp(SINGLE[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_header(const struct raw_request *raw, const char *name) {
    size_t count = 0;
    for (size_t i = 0; i < raw->headers_count; i++) {
        count += strcasecmp(raw->headers[i].name, name) == 0;
    }
    return count;
}

static bool is_digits(const char *text) {
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static enum err check_headers(struct exchange *exchange, const struct raw_request *raw) {
    for (size_t i = 0; i < raw->headers_count; i++) {
        const struct pair *header = &raw->headers[i];
        if (!is_token(header->name) || !is_field_value(header->value)) {
            return refuse(exchange, ERR_BAD_REQUEST, "Un en-tête est mal écrit.");
        }
        if (must_be_single(header->name) && count_header(raw, header->name) > 1) {
            return refuse(exchange, ERR_BAD_REQUEST,
                          "Un en-tête qui ne peut venir qu’une fois est répété.");
        }
    }
    return ERR_NONE;
}

/* RFC 9112, section 6: exactly one header says where the body ends. */
static enum err check_framing(struct exchange *exchange, const struct raw_request *raw) {
    const char *length = request_header(exchange, "Content-Length");
    const char *coding = request_header(exchange, "Transfer-Encoding");
    if (length != NULL && coding != NULL) {
        return refuse(exchange, ERR_BAD_REQUEST,
                      "Content-Length et Transfer-Encoding ne vont pas ensemble.");
    }
    if (length != NULL && !is_digits(length)) {
        return refuse(exchange, ERR_BAD_REQUEST, "Content-Length n’est pas un nombre.");
    }
    if (coding != NULL && strcasecmp(coding, "chunked") != 0) {
        return refuse(exchange, ERR_BAD_REQUEST, "Ce Transfer-Encoding n’est pas accepté.");
    }
    if (strcmp(raw->version, "HTTP/1.1") == 0 && request_header(exchange, "Host") == NULL) {
        return refuse(exchange, ERR_BAD_REQUEST, "L’en-tête Host manque.");
    }
    return ERR_NONE;
}

/* Without the blanks behind values, which are none of them (RFC 9110, section 5.5). */
static const struct pair *trim_headers(struct arena *arena, const struct raw_request *raw) {
    struct pair *headers = ARENA_ARRAY(arena, struct pair, raw->headers_count);
    for (size_t i = 0; i < raw->headers_count; i++) {
        const char *value = raw->headers[i].value;
        size_t length = strlen(value);
        while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) {
            length--;
        }
        headers[i] =
            (struct pair){raw->headers[i].name,
                          value[length] == '\0' ? value : arena_strndup(arena, value, length)};
    }
    return headers;
}

enum err request_read_head(struct exchange *exchange, const struct raw_request *raw) {
    struct request *request = &exchange->request;
    const char *question = strchr(raw->target, '?');
    const size_t length = question == NULL ? strlen(raw->target) : (size_t)(question - raw->target);
    request->path = arena_strndup(exchange->arena, raw->target, length);
    request->query = question == NULL ? NULL : question + 1;
    request->body = "";
    request->headers = trim_headers(exchange->arena, raw);
    request->headers_count = raw->headers_count;
    if (raw->header_block_bytes > REQUEST_HEADER_BLOCK_BYTES_MAX) {
        return refuse(exchange, ERR_HEADERS_TOO_LARGE, "Les en-têtes dépassent 32 ko.");
    }
    exchange->response.close = true;
    TRY(check_headers(exchange, raw));
    TRY(check_framing(exchange, raw));
    exchange->response.close = false;
    return ERR_NONE;
}

/* True where `name` is one of the blank-separated words. */
static bool is_declared(const char *words, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = words; *at != '\0';) {
        const size_t step = strcspn(at, " ");
        if (length > 0 && step == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += step;
        at += strspn(at, " ");
    }
    return false;
}

static void check_query_key(struct exchange *exchange, const struct route *route, size_t index) {
    const struct pair *pairs = exchange->request.query_parameters;
    const char *name = pairs[index].name;
    if (!is_declared(route->query, name)) {
        exchange_error(exchange, name, "unknown_member", "Ce paramètre n’est pas connu ici.");
        return;
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            exchange_error(exchange, name, "duplicate", "Ce paramètre ne peut venir qu’une fois.");
            return;
        }
    }
}

enum err request_read_query(struct exchange *exchange, const struct route *route) {
    struct request *request = &exchange->request;
    if (request->query == NULL) {
        return ERR_NONE;
    }
    if (uri_split_pairs(exchange->arena, request->query, strlen(request->query),
                        request->query_parameters, &request->query_parameters_count) != ERR_NONE) {
        return refuse(exchange, ERR_BAD_REQUEST,
                      "Les paramètres de l’adresse sont mal écrits ou trop nombreux.");
    }
    if (strcmp(route->query, "*") == 0) {
        return ERR_NONE;
    }
    for (size_t i = 0; i < request->query_parameters_count; i++) {
        check_query_key(exchange, route, i);
    }
    return field_errors_verdict(&exchange->errors);
}

/* True where the header is this media type, in UTF-8; other parameters say nothing about the text. */
static bool is_type(struct exchange *exchange, const char *header, const char *type) {
    struct header_parameters parameters;
    return header_is(header, type) &&
           header_parameters_read(exchange->arena, header, &parameters) &&
           header_charset_is_utf8(&parameters);
}

static bool is_multipart(const char *type) {
    return header_is(type, "multipart/form-data");
}

static bool type_is_accepted(struct exchange *exchange, const struct route *route,
                             const char *type) {
    switch (route->body) {
    case BODY_JSON:
    case BODY_OPTIONAL:
    case BODY_ACT:
        return is_type(exchange, type, "application/json");
    case BODY_PATCH:
        return is_type(exchange, type, "application/json") ||
               is_type(exchange, type, "application/merge-patch+json");
    case BODY_FORM:
        return is_type(exchange, type, "application/x-www-form-urlencoded");
    case BODY_ANY_FORM:
        return is_type(exchange, type, "application/x-www-form-urlencoded") || is_multipart(type);
    case BODY_MULTIPART:
        return is_multipart(type);
    case BODY_NONE:
    case BODY_UNSET:
        break;
    }
    return false;
}

static enum err read_json(struct exchange *exchange, const struct route *route) {
    const struct request *request = &exchange->request;
    struct value *json = NULL;
    TRY(json_parse_body(exchange->arena, request->body, request->body_bytes, &json,
                        &exchange->detail));
    if (!value_is(json, VALUE_OBJECT)) {
        return refuse(exchange, ERR_BAD_REQUEST, "Le corps doit être un objet JSON.");
    }
    if (route->body == BODY_ACT && value_count_members(json) > 0) {
        VALUE_EACH (member, json) {
            exchange_error(exchange, arena_printf(exchange->arena, "/%s", member.name),
                           "unknown_member", "Cette action ne prend aucune donnée.");
        }
        return ERR_INVALID;
    }
    exchange->request.json = json;
    return ERR_NONE;
}

static enum err refuse_form(struct exchange *exchange) {
    return refuse(exchange, ERR_BAD_REQUEST, "Le formulaire est mal écrit.");
}

/* A parameter without a value counts as omitted (RFC 6749, section 3.2). */
static enum err add_fields(struct exchange *exchange, const struct pair *pairs, size_t count) {
    struct request *request = &exchange->request;
    for (size_t i = 0; i < count; i++) {
        if (*pairs[i].value == '\0') {
            continue;
        }
        if (request_query(exchange, pairs[i].name) != NULL) {
            return refuse(exchange, ERR_BAD_REQUEST, "Un paramètre vient deux fois.");
        }
        if (request->query_parameters_count == EXCHANGE_QUERY_MAX) {
            return refuse_form(exchange);
        }
        request->query_parameters[request->query_parameters_count++] = pairs[i];
    }
    return ERR_NONE;
}

static enum err read_form(struct exchange *exchange) {
    const struct request *request = &exchange->request;
    struct pair pairs[EXCHANGE_QUERY_MAX];
    size_t count = 0;
    if (uri_split_pairs(exchange->arena, request->body, request->body_bytes, pairs, &count) !=
        ERR_NONE) {
        return refuse_form(exchange);
    }
    return add_fields(exchange, pairs, count);
}

static enum err read_plain_parts(struct exchange *exchange) {
    struct multipart multipart;
    struct pair pairs[MULTIPART_PARTS_MAX];
    TRY(request_multipart(exchange, &multipart));
    for (size_t i = 0; i < multipart.count; i++) {
        const char *name = multipart.parts[i].name;
        const char *value = multipart_find_text(exchange->arena, &multipart, name);
        if (value == NULL) {
            return refuse_form(exchange);
        }
        pairs[i] = (struct pair){.name = name, .value = value};
    }
    return add_fields(exchange, pairs, multipart.count);
}

/* What comes with a GET or DELETE has no meaning (RFC 9110, sections 9.3.1 and 9.3.5); some clients send "{}". */
static bool is_left_alone(const struct route *route, const struct raw_request *raw) {
    return (route->method == METHOD_GET || route->method == METHOD_DELETE) &&
           route->body == BODY_NONE && raw->body_bytes <= REQUEST_UNWANTED_BYTES_MAX;
}

enum err request_read_type(struct exchange *exchange, const struct route *route,
                           const struct raw_request *raw) {
    if (is_left_alone(route, raw)) {
        return ERR_NONE;
    }
    if (raw->body_bytes > route->body_bytes_max) {
        return route->body == BODY_NONE
                   ? refuse(exchange, ERR_BAD_REQUEST, "Cette adresse ne prend pas de corps.")
                   : refuse(exchange, ERR_TOO_LARGE,
                            arena_printf(exchange->arena, "Le corps dépasse %zu octets.",
                                         route->body_bytes_max));
    }
    if (raw->body == NULL) {
        return ERR_UNAVAILABLE;
    }
    exchange->request.body = raw->body;
    exchange->request.body_bytes = raw->body_bytes;
    exchange->request.spool = raw->spool;
    if (raw->body_bytes == 0) {
        const bool optional =
            route->body == BODY_NONE || route->body == BODY_ACT || route->body == BODY_OPTIONAL;
        return optional ? ERR_NONE : refuse(exchange, ERR_BAD_REQUEST, "Un corps est attendu ici.");
    }
    const char *type = request_header(exchange, "Content-Type");
    if (type == NULL || !type_is_accepted(exchange, route, type)) {
        return refuse(exchange, ERR_UNSUPPORTED_TYPE,
                      type == NULL ? "L’en-tête Content-Type manque."
                                   : "Ce Content-Type n’est pas accepté ici.");
    }
    return ERR_NONE;
}

enum err request_read_body(struct exchange *exchange, const struct route *route) {
    if (exchange->request.body_bytes == 0 || route->body == BODY_MULTIPART) {
        return ERR_NONE;
    }
    if (route->body == BODY_ANY_FORM && is_multipart(request_header(exchange, "Content-Type"))) {
        return read_plain_parts(exchange);
    }
    return route->body == BODY_FORM || route->body == BODY_ANY_FORM ? read_form(exchange)
                                                                    : read_json(exchange, route);
}

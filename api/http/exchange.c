#include "http/exchange.h"
#include "base/json.h"
#include "http/accept.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { LIMIT_DEFAULT = 20, LIMIT_MOST = 100 };

const char *request_header(const struct exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->request.headers_count; i++) {
        if (strcasecmp(exchange->request.headers[i].name, name) == 0) {
            return exchange->request.headers[i].value;
        }
    }
    return NULL;
}

static const char *find_pair(const struct pair *pairs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].value;
        }
    }
    return NULL;
}

const char *request_path_parameter(const struct exchange *exchange, const char *name) {
    const char *value =
        find_pair(exchange->request.path_parameters, exchange->request.path_parameters_count, name);
    return value == NULL ? "" : value;
}

enum err request_path_uuid(const struct exchange *exchange, const char *name, const char **id) {
    *id = request_path_parameter(exchange, name);
    return text_is_uuid(*id) ? ERR_NONE : ERR_NOT_FOUND;
}

const char *request_query(const struct exchange *exchange, const char *name) {
    return find_pair(exchange->request.query_parameters, exchange->request.query_parameters_count,
                     name);
}

bool request_wants_csv(const struct exchange *exchange) {
    const char *accept = request_header(exchange, "Accept");
    return accept_quality(accept, "text/csv") > accept_quality(accept, "application/json");
}

bool request_limit(struct exchange *exchange, int64_t *limit) {
    const char *text = request_query(exchange, "limit");
    *limit = LIMIT_DEFAULT;
    if (text != NULL && !text_parse_integer(text, 1, LIMIT_MOST, limit)) {
        exchange_error(exchange, "limit", "out_of_range",
                       "Indiquez un nombre de 1 à 100 pour « limit ».");
        return false;
    }
    return true;
}

bool request_page_time(struct exchange *exchange, struct page *page) {
    int64_t limit = 0;
    const bool limited = request_limit(exchange, &limit);
    return page_read_time(&exchange->errors, exchange->arena, limit,
                          request_query(exchange, "cursor"), page) &&
           limited;
}

bool request_page_number(struct exchange *exchange, struct page *page) {
    int64_t limit = 0;
    const bool limited = request_limit(exchange, &limit);
    return page_read_number(&exchange->errors, limit, request_query(exchange, "cursor"), page) &&
           limited;
}

/* What proxies that compress append to a tag: Apache, Jetty. */
static bool is_suffix(const char *text) {
    static const char *const SUFFIXES[] = {"", "-gzip", "--gzip", "-br"};
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
        if (strcmp(text, SUFFIXES[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The version that an entity-tag names, -1 where it is no tag of this program. "3-gzip" counts as "3": proxies that
 * compress an answer change its tag. */
static int64_t version_of_tag(struct arena *arena, const char *tag) {
    const size_t digits = strspn(tag, "0123456789");
    int64_t version = -1;
    const bool is_own =
        is_suffix(tag + digits) &&
        text_parse_integer(arena_strndup(arena, tag, digits), 0, INT64_MAX, &version);
    return is_own ? version : -1;
}

/* Reads the entity-tag at `*at` (RFC 9110, 8.8.3; W/"3" counts as "3") and moves `*at` past it and its comma. False: it
 * is none. */
static bool read_tag(struct arena *arena, const char **at, int64_t *version) {
    *at += strncmp(*at, "W/", 2) == 0 ? 2 : 0;
    if (**at != '"') {
        return false;
    }
    const size_t length = strcspn(*at + 1, "\"");
    const char *behind = *at + 1 + length;
    if (*behind != '"') {
        return false;
    }
    *version = version_of_tag(arena, arena_strndup(arena, *at + 1, length));
    behind += 1 + strspn(behind + 1, " \t");
    *at = behind + (*behind == ',');
    *at += strspn(*at, " \t");
    return *behind == ',' || *behind == '\0';
}

/* Reads the highest version of a list; tags of other servers match nothing (RFC 9110, 13.1.1). Versions only grow, so a
 * client that has seen several can only match with the highest one. */
static bool read_versions(struct arena *arena, const char *list, int64_t *out) {
    int64_t highest = -1;
    for (const char *at = list; *at != '\0';) {
        int64_t version = -1;
        if (!read_tag(arena, &at, &version)) {
            return false;
        }
        highest = version > highest ? version : highest;
    }
    if (highest >= 0) {
        *out = highest;
    }
    return highest >= 0;
}

enum err request_if_match(struct exchange *exchange, int64_t *version) {
    const char *text = request_header(exchange, "If-Match");
    if (text == NULL) {
        exchange->detail = "Renvoyez l’ETag lu dans l’en-tête If-Match.";
        return ERR_PRECONDITION_REQUIRED;
    }
    if (strcmp(text, "*") == 0) {
        *version = -1;
        return ERR_NONE;
    }
    if (!read_versions(exchange->arena, text, version)) {
        exchange->detail = "L’en-tête If-Match doit reprendre l’ETag tel qu’il a été lu.";
        return ERR_BAD_REQUEST;
    }
    return ERR_NONE;
}

enum err request_if_read(struct exchange *exchange, int64_t *version) {
    TRY(request_if_match(exchange, version));
    if (*version < 0) {
        exchange->detail = "Cet acte porte sur ce qui a été lu : renvoyez l’ETag lu dans l’en-tête "
                           "If-Match, « * » ne suffit pas.";
        return ERR_PRECONDITION_REQUIRED;
    }
    return ERR_NONE;
}

static enum err fill(struct exchange *exchange, int status, const char *content_type,
                     const char *body, size_t length) {
    exchange->response.status = status;
    exchange->response.content_type = content_type;
    exchange->response.body = body;
    exchange->response.body_bytes = length;
    return ERR_NONE;
}

enum err response_json(struct exchange *exchange, int status, const char *json) {
    return fill(exchange, status, "application/json", json, strlen(json));
}

enum err response_value(struct exchange *exchange, int status, const struct value *value) {
    return response_json(exchange, status, json_text(exchange->arena, value));
}

enum err response_empty(struct exchange *exchange, int status) {
    return fill(exchange, status, NULL, "", 0);
}

/* RFC 6266 and RFC 8187: an ASCII name for old programs, the true one beside it. */
static const char *disposition(struct arena *arena, const char *file_name) {
    struct buf plain;
    struct buf coded;
    buf_init(&plain, arena, 1024);
    buf_init(&coded, arena, 3072);
    for (const unsigned char *c = (const unsigned char *)file_name; *c != '\0'; c++) {
        const bool safe = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                          (*c >= '0' && *c <= '9') || strchr("-._", *c) != NULL;
        if (safe) {
            buf_putc(&plain, (char)*c);
            buf_putc(&coded, (char)*c);
        } else {
            buf_puts(&plain, (*c & 0xc0) == 0x80 ? "" : "_");
            buf_printf(&coded, "%%%02X", *c);
        }
    }
    return arena_printf(arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s", buf_text(&plain),
                        buf_text(&coded));
}

static void add_file_headers(struct exchange *exchange, const char *file_name) {
    response_header(exchange, "Content-Disposition", disposition(exchange->arena, file_name));
    response_header(exchange, "Content-Security-Policy", "default-src 'none'; sandbox");
}

enum err response_file(struct exchange *exchange, const char *content_type, const char *file_name,
                       const void *bytes, size_t length) {
    add_file_headers(exchange, file_name);
    return fill(exchange, 200, content_type, bytes, length);
}

enum err response_stream_start(struct exchange *exchange, const char *content_type,
                               response_stream stream, void *state, void (*end)(void *state)) {
    exchange->response.status = 200;
    exchange->response.content_type = content_type;
    exchange->response.stream = stream;
    exchange->response.stream_state = state;
    exchange->response.stream_end = end;
    return ERR_NONE;
}

enum err response_file_stream(struct exchange *exchange, const char *content_type,
                              const char *file_name, int64_t length, response_stream stream,
                              void *state) {
    add_file_headers(exchange, file_name);
    exchange->response.stream_bytes = length;
    return response_stream_start(exchange, content_type, stream, state, NULL);
}

void response_header(struct exchange *exchange, const char *name, const char *value) {
    struct response *response = &exchange->response;
    for (size_t i = 0; i < response->headers_count; i++) {
        if (strcasecmp(response->headers[i].name, name) == 0 &&
            strcasecmp(name, "Set-Cookie") != 0) {
            response->headers[i].value = value;
            return;
        }
    }
    if (response->headers_count < EXCHANGE_HEADERS_MAX) {
        response->headers[response->headers_count++] = (struct pair){.name = name, .value = value};
    }
}

bool request_has_etag(const struct exchange *exchange, const char *etag) {
    const char *list = request_header(exchange, "If-None-Match");
    if (list == NULL) {
        return false;
    }
    return strcmp(list, "*") == 0 || strstr(list, etag) != NULL;
}

void response_etag(struct exchange *exchange, int64_t version) {
    response_header(exchange, "ETag", arena_printf(exchange->arena, "\"%" PRId64 "\"", version));
}

enum err response_answer(struct exchange *exchange) {
    const struct act_answer *answer = &exchange->context.answer;
    if (answer->version != 0) {
        response_etag(exchange, answer->version);
    }
    if (answer->location != NULL) {
        response_header(exchange, "Location", answer->location);
    }
    return answer->json == NULL ? response_empty(exchange, answer->status)
                                : response_json(exchange, answer->status, answer->json);
}

enum err response_secret(struct exchange *exchange) {
    if (!exchange->context.answer.is_secret) {
        return err_internal("a secret would be kept for an Idempotency-Key");
    }
    response_header(exchange, "Cache-Control", "no-store");
    return response_answer(exchange);
}

void exchange_error(struct exchange *exchange, const char *pointer, const char *code,
                    const char *message) {
    field_errors_add(&exchange->errors, pointer, code, "%s", message);
}

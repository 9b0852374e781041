#include "gateway/answer.h"
#include "base/json.h"
#include "gateway/provider/provider.h"
#include <inttypes.h>
#include <string.h>

void answer_header(struct gateway_response *response, const char *name, const char *value) {
    if (response->headers_count < GATEWAY_HEADERS_MAX) {
        response->headers[response->headers_count++] = (struct gateway_pair){name, value};
    }
}

void answer_json(struct arena *arena, struct gateway_response *response, int status,
                 const struct value *value) {
    response->status = status;
    response->content_type = "application/json";
    response->body = json_text(arena, value);
    response->body_bytes = strlen(response->body);
    if (status == 401) {
        answer_header(response, "WWW-Authenticate", "Bearer realm=\"guichet\"");
    }
}

static struct value *error_value(struct arena *arena, const struct gateway_error *error,
                                 const char *code, const char *source, const char *name,
                                 struct value *meta) {
    struct value *item = value_object(arena);
    value_set_text(arena, item, "code", code);
    value_set_text(arena, item, "title", error->title);
    value_set_text(arena, item, "detail", error->detail);
    if (source != NULL) {
        struct value *where = value_object(arena);
        value_set_text(arena, where, source, name);
        value_set(item, "source", where);
    }
    if (meta != NULL) {
        value_set(item, "meta", meta);
    }
    return item;
}

static const struct value *wrap(struct arena *arena, struct value *errors) {
    struct value *document = value_object(arena);
    value_set(document, "errors", errors);
    return document;
}

void answer_add(struct call *call, const struct gateway_error *error, const char *code,
                const char *source, const char *name, struct value *meta) {
    struct arena *arena = call->arena;
    if (call->errors == NULL) {
        call->errors = value_array(arena);
        call->error_code = code;
    }
    value_push(call->errors, error_value(arena, error, code, source, name, meta));
}

bool answer_errors(struct call *call, int status) {
    answer_json(call->arena, call->response, status, wrap(call->arena, call->errors));
    return false;
}

bool answer_error_at(struct call *call, enum gateway_error_id id, const char *source,
                     const char *name) {
    const struct gateway_error *error = gateway_error_get(id);
    answer_add(call, error, error->code, source, name, NULL);
    return answer_errors(call, error->status);
}

bool answer_error(struct call *call, enum gateway_error_id id) {
    return answer_error_at(call, id, NULL, NULL);
}

bool answer_provider_error(struct call *call, enum gateway_error_id id, int64_t retry_in_s) {
    struct arena *arena = call->arena;
    const struct gateway_error *error = gateway_error_get(id);
    const struct provider *provider = call->endpoint->provider;
    struct value *meta = value_object(arena);
    value_set_text(arena, meta, "provider", provider->name);
    if (retry_in_s > 0) {
        value_set(meta, "retry_in", value_integer(arena, retry_in_s));
        if (error->status == 503) {
            answer_header(call->response, "Retry-After",
                          arena_printf(arena, "%" PRId64, retry_in_s));
        }
    }
    answer_add(call, error, arena_printf(arena, "%s%s", provider->code, error->code + 2), NULL,
               NULL, meta);
    return answer_errors(call, error->status);
}

void answer_refuse(struct arena *arena, enum gateway_error_id id,
                   struct gateway_response *response) {
    const struct gateway_error *error = gateway_error_get(id);
    struct value *errors = value_array(arena);
    value_push(errors, error_value(arena, error, error->code, NULL, NULL, NULL));
    answer_json(arena, response, error->status, wrap(arena, errors));
}

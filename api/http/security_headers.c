#include "http/security_headers.h"
#include <string.h>
#include <strings.h>

static const struct pair ALWAYS[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    /* Responses other than our pages run nothing, load nothing and are framed by nobody. */
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
};

/* These headers restrict pages. JSON is no page, and each header costs a call of the gateway 1 %. */
static const struct pair FOR_PAGES[] = {
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
};

static void add_unless_set(struct exchange *exchange, const char *name, const char *value) {
    for (size_t i = 0; i < exchange->response.headers_count; i++) {
        if (strcasecmp(exchange->response.headers[i].name, name) == 0) {
            return;
        }
    }
    response_header(exchange, name, value);
}

static bool is_json(const char *type) {
    return type != NULL &&
           (strcmp(type, "application/json") == 0 || strcmp(type, "application/problem+json") == 0);
}

void security_headers_add(struct exchange *exchange) {
    const bool may_be_page = !is_json(exchange->response.content_type);
    for (size_t i = 0; may_be_page && i < sizeof FOR_PAGES / sizeof FOR_PAGES[0]; i++) {
        add_unless_set(exchange, FOR_PAGES[i].name, FOR_PAGES[i].value);
    }
    for (size_t i = 0; i < sizeof ALWAYS / sizeof ALWAYS[0]; i++) {
        add_unless_set(exchange, ALWAYS[i].name, ALWAYS[i].value);
    }
    if (text_starts_with(exchange->services->config->public_url, "https://")) {
        add_unless_set(exchange, "Strict-Transport-Security", "max-age=63072000");
    }
}

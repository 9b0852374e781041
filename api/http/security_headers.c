#include "http/security_headers.h"
#include <strings.h>

static const struct pair ALWAYS[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    /* What is no page of ours runs nothing, loads nothing and is framed by nobody. */
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
};

static void add_unless_set(struct exchange *exchange, const char *name, const char *value) {
    for (size_t i = 0; i < exchange->response.headers_count; i++) {
        if (strcasecmp(exchange->response.headers[i].name, name) == 0) {
            return;
        }
    }
    response_header(exchange, name, value);
}

void security_headers_add(struct exchange *exchange) {
    for (size_t i = 0; i < sizeof ALWAYS / sizeof ALWAYS[0]; i++) {
        add_unless_set(exchange, ALWAYS[i].name, ALWAYS[i].value);
    }
    if (text_starts_with(exchange->services->config->public_url, "https://")) {
        add_unless_set(exchange, "Strict-Transport-Security", "max-age=63072000");
    }
}

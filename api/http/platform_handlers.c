/* What operators and integrators read about the program itself. */
#include "base/clock.h"
#include "http/http_state.h"
#include "http/openapi_text.h"
#include "http/routes.h"
#include "http/static_files.h"
#include <string.h>

enum { CONTACT_DAYS = 180 };

static const int64_t DAY_MS = INT64_C(86400) * 1000;

/* What a front end needs to know of this instance; no secret, and the same for everybody. */
enum err handle_get_settings(struct exchange *exchange) {
    const struct config *config = exchange->services->config;
    struct value *settings = value_object(exchange->arena);
    value_set_text(exchange->arena, settings, "support_email", config->support_email);
    value_set_text(exchange->arena, settings, "public_url", config->public_url);
    value_set(settings, "oidc_login", value_boolean(exchange->arena, *config->oidc_issuer != '\0'));
    return response_value(exchange, 200, settings);
}

/* RFC 9116. The date moves with the day, so that it is never past. */
enum err handle_get_security_contact(struct exchange *exchange) {
    const struct config *config = exchange->services->config;
    const int64_t today = clock_now_ms() / DAY_MS;
    const char *contact = *config->security_contact != '\0'
                              ? config->security_contact
                              : arena_printf(exchange->arena, "mailto:%s", config->support_email);
    const char *text = arena_printf(
        exchange->arena,
        "Contact: %s\nExpires: %s\nCanonical: %s/.well-known/security.txt\n"
        "Preferred-Languages: fr, en\n",
        contact, clock_format_rfc3339(exchange->arena, (today + CONTACT_DAYS) * DAY_MS),
        config->public_url);
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain; charset=utf-8";
    exchange->response.body = text;
    exchange->response.body_bytes = strlen(text);
    return ERR_NONE;
}

/* The contract, as it was when the program was built. */
enum err handle_get_contract(struct exchange *exchange) {
    response_header(exchange, "ETag", OPENAPI_ETAG);
    response_header(exchange, "Cache-Control", "no-cache");
    if (request_has_etag(exchange, OPENAPI_ETAG)) {
        return response_empty(exchange, 304);
    }
    exchange->response.status = 200;
    exchange->response.content_type = "application/yaml";
    exchange->response.body = (const char *)OPENAPI_TEXT;
    exchange->response.is_lasting = true;
    exchange->response.body_bytes = OPENAPI_BYTES;
    return ERR_NONE;
}

enum err handle_get_docs(struct exchange *exchange) {
    return static_files_answer_docs(exchange->http->static_files, exchange);
}

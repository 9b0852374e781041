#include "program/oauth.h"
#include "base/json.h"
#include "http/uri.h"
#include "program/client.h"
#include "security/base64url.h"
#include <string.h>
#include <strings.h>

enum { CREDENTIAL_BYTES_MAX = 1024 };

static enum err kind_of(int status) {
    switch (status) {
    case 401:
        return ERR_BAD_CREDENTIALS;
    case 403:
        return ERR_FORBIDDEN;
    default:
        return ERR_BAD_REQUEST;
    }
}

enum err oauth_refuse(struct exchange *exchange, int status, const char *error,
                      const char *description) {
    struct arena *arena = exchange->arena;
    struct value *answer = value_object(arena);
    value_set_text(arena, answer, "error", error);
    value_set_text(arena, answer, "error_description", description);
    value_set_text(arena, answer, "type", arena_printf(arena, "/problems/%s", error));
    value_set_text(arena, answer, "title", err_title(kind_of(status)));
    value_set(answer, "status", value_integer(arena, status));
    value_set_text(arena, answer, "detail", description);
    value_set_text(arena, answer, "instance", exchange->request.path);
    value_set_text(arena, answer, "request_id", exchange->request_id);
    response_header(exchange, "Cache-Control", "no-store");
    if (status == 401) {
        response_header(exchange, "WWW-Authenticate", "Basic realm=\"guichet\"");
    }
    return response_value(exchange, status, answer);
}

struct credentials {
    const char *id;
    const char *secret;
};

/* RFC 6749, 2.3.1: both parts are form-encoded inside Basic. */
static const char *decode_part(struct exchange *exchange, const char *part, size_t length) {
    struct pair pairs[EXCHANGE_QUERY_MAX];
    size_t count = 0;
    const char *text = arena_printf(exchange->arena, "v=%.*s", (int)length, part);
    if (uri_split_pairs(exchange->arena, text, strlen(text), pairs, &count) != ERR_NONE ||
        count != 1) {
        return "";
    }
    return pairs[0].value;
}

static bool read_basic(struct exchange *exchange, const char *header, struct credentials *out) {
    unsigned char *bytes = NULL;
    size_t length = 0;
    const char *encoded = header + 6 + strspn(header + 6, " ");
    if (strlen(encoded) > CREDENTIAL_BYTES_MAX ||
        base64_decode(exchange->arena, encoded, strlen(encoded), &bytes, &length) != ERR_NONE) {
        return false;
    }
    const char *colon = memchr(bytes, ':', length);
    if (colon == NULL || strlen((const char *)bytes) != length) {
        return false;
    }
    out->id = decode_part(exchange, (const char *)bytes, (size_t)(colon - (const char *)bytes));
    out->secret = decode_part(exchange, colon + 1, strlen(colon + 1));
    return true;
}

bool oauth_authenticate(struct exchange *exchange, const char **secret_id, enum err *err) {
    const char *header = request_header(exchange, "Authorization");
    const char *in_body = request_query(exchange, "client_secret");
    struct credentials given = {.id = request_query(exchange, "client_id"), .secret = in_body};
    *err = ERR_NONE;
    if (exchange->actor.kind == ACTOR_CLIENT) {
        return true; /* its access token */
    }
    if (header != NULL && in_body != NULL) {
        *err = oauth_refuse(exchange, 400, "invalid_request",
                            "Le programme s’identifie deux fois : par l’en-tête et dans le corps.");
        return false;
    }
    if (header != NULL &&
        (strncasecmp(header, "Basic ", 6) != 0 || !read_basic(exchange, header, &given))) {
        given = (struct credentials){0};
    }
    enum err known = ERR_BAD_CREDENTIALS;
    if (given.id != NULL && given.secret != NULL) {
        known = client_authenticate(exchange->services, exchange->arena, given.id, given.secret,
                                    &exchange->actor, secret_id);
    }
    if (known == ERR_PROGRAM_STOPPED) {
        *err = oauth_refuse(exchange, 401, "invalid_client",
                            "Ce programme est arrêté : plus aucune personne responsable ne peut "
                            "agir. Un collègue peut le reprendre, sur la page des programmes.");
    } else if (known == ERR_BAD_CREDENTIALS) {
        *err = oauth_refuse(exchange, 401, "invalid_client",
                            "L’identifiant ou le secret du programme n’est pas bon.");
    } else {
        *err = known;
    }
    return known == ERR_NONE;
}

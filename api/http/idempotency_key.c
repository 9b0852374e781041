#include "http/idempotency_key.h"
#include "core/idempotency.h"
#include "security/token_hash.h"
#include <string.h>

enum { KEY_BYTES_MAX = 255 };

static bool is_key(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < 0x21 || *c > 0x7e) {
            return false;
        }
    }
    return *text != '\0' && strlen(text) <= KEY_BYTES_MAX;
}

static const char *actor_of(const struct exchange *exchange) {
    const struct actor *actor = &exchange->actor;
    switch (actor->kind) {
    case ACTOR_ACCOUNT:
        return actor->account_id;
    case ACTOR_CLIENT:
        return actor->client_id;
    case ACTOR_ANONYMOUS:
    case ACTOR_SYSTEM:
        break;
    }
    return arena_printf(exchange->arena, "address:%s", exchange->request.hop);
}

enum err idempotency_key_read(struct exchange *exchange, const struct route *route) {
    const char *text = request_header(exchange, "Idempotency-Key");
    if (!route->idempotent_key || text == NULL) {
        return ERR_NONE;
    }
    if (!is_key(text)) {
        exchange_error(exchange, "Idempotency-Key", "invalid_format",
                       "La clé d’idempotence a de 1 à 255 caractères ASCII visibles.");
        return ERR_INVALID;
    }
    struct idempotency_key *key = ARENA_NEW(exchange->arena, struct idempotency_key);
    /* The path is kept once the act is done, so that its parameters are names that we gave: it fits an index. In one
     * spelling: an id in other letters is the same object (route_find). */
    *key = (struct idempotency_key){.actor_id = actor_of(exchange),
                                    .path = text_lower(exchange->arena, exchange->request.path),
                                    .key = text};
    token_hash_data(exchange->request.body, exchange->request.body_bytes, key->body_hash);
    exchange->context.idempotency = key;
    return ERR_NONE;
}

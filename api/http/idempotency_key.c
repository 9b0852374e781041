#include "http/idempotency_key.h"
#include "core/idempotency.h"
#include "security/token_hash.h"
#include <string.h>
#include <strings.h>

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
    return arena_printf(exchange->arena, "address:%s", exchange->request.address);
}

enum err idempotency_key_begin(struct exchange *exchange, const struct route *route) {
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
    *key = (struct idempotency_key){
        .actor_id = actor_of(exchange), .path = exchange->request.path, .key = text};
    token_hash_data(exchange->request.body, exchange->request.body_bytes, key->body_hash);
    exchange->context.idempotency = key;
    struct tx once = tx_once(exchange->services->pool, exchange->arena, IDENTITY_SYSTEM, TX_WRITE);
    return idempotency_take(&exchange->context, &once);
}

void idempotency_key_end(struct exchange *exchange, enum err err) {
    const struct context *context = &exchange->context;
    if (context->idempotency == NULL || err != ERR_NONE || context->answer.status != 0 ||
        exchange->response.stream != NULL) {
        return;
    }
    struct act_answer answer = {.status = exchange->response.status,
                                .json = exchange->response.body};
    for (size_t i = 0; i < exchange->response.headers_count; i++) {
        const struct pair *header = &exchange->response.headers[i];
        if (strcasecmp(header->name, "ETag") == 0) {
            const char *digits =
                arena_strndup(exchange->arena, header->value + 1, strlen(header->value) - 2);
            (void)text_parse_integer(digits, 1, INT64_MAX, &answer.version);
        } else if (strcasecmp(header->name, "Location") == 0) {
            answer.location = header->value;
        }
    }
    const enum err ignored = idempotency_finish(&exchange->context, &answer);
    (void)ignored; /* the key says that the act happened, without its answer */
}

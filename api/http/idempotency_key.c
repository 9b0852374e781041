#include "http/idempotency_key.h"
#include "base/json.h"
#include "core/idempotency.h"
#include "security/seal.h"
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

static const char LOST_ANSWER[] =
    "L’action de cette clé a bien eu lieu, mais sa réponse est perdue : "
    "relisez l’objet.";

/* Answers may show a secret once (API clients, webhooks): they are sealed as secrets are. */
static const char *seal_context(struct arena *arena, const struct idempotency_key *key) {
    return arena_printf(arena, "idempotency_key/%s%s/%s", key->actor_id, key->path, key->key);
}

static enum err open_body(struct exchange *exchange, const struct idempotency_key *key,
                          const char *sealed, const char **body, size_t *length) {
    unsigned char *bytes = NULL;
    *body = "";
    *length = 0;
    if (sealed == NULL) {
        return ERR_NONE;
    }
    if (seal_open(exchange->arena, exchange->services->master_key,
                  seal_context(exchange->arena, key), sealed, &bytes, length) != ERR_NONE) {
        exchange->detail = LOST_ANSWER; /* the master key was changed since */
        return ERR_CONFLICT;
    }
    *body = (const char *)bytes;
    return ERR_NONE;
}

static enum err answer_again(struct exchange *exchange, const struct idempotency_key *key,
                             const struct idempotency_answer *answer) {
    struct value *headers = NULL;
    struct response *response = &exchange->response;
    TRY(open_body(exchange, key, answer->body, &response->body, &response->body_bytes));
    response->status = answer->status;
    response->content_type = answer->content_type;
    TRY(json_parse(exchange->arena, answer->headers, strlen(answer->headers), &headers, NULL));
    for (size_t i = 0; i < value_count(headers); i++) {
        const struct value *header = headers->array.items[i];
        response_header(exchange, value_get_text(header, "name"), value_get_text(header, "value"));
    }
    return ERR_NONE;
}

static enum err judge(struct exchange *exchange, const struct idempotency_key *key,
                      enum idempotency_verdict verdict, const struct idempotency_answer *answer,
                      bool *replayed) {
    switch (verdict) {
    case IDEMPOTENCY_CLAIMED:
        return ERR_NONE;
    case IDEMPOTENCY_ANSWERED:
        *replayed = true;
        return answer_again(exchange, key, answer);
    case IDEMPOTENCY_OTHER_BODY:
        return ERR_IDEMPOTENCY_MISMATCH;
    case IDEMPOTENCY_RUNNING:
        exchange->detail =
            "La première requête avec cette clé est en cours, ou a été interrompue : "
            "relisez l’objet avant de recommencer avec une autre clé.";
        return ERR_CONFLICT;
    case IDEMPOTENCY_DONE:
        exchange->detail = LOST_ANSWER;
        return ERR_CONFLICT;
    }
    return ERR_INTERNAL;
}

enum err idempotency_key_begin(struct exchange *exchange, const struct route *route,
                               bool *replayed) {
    const char *text = request_header(exchange, "Idempotency-Key");
    *replayed = false;
    if (!route->idempotent_key || text == NULL) {
        return ERR_NONE;
    }
    if (!is_key(text)) {
        exchange_error(exchange, "Idempotency-Key", "invalid_format",
                       "La clé d’idempotence a de 1 à 255 caractères ASCII visibles.");
        return ERR_INVALID;
    }
    struct idempotency_key *key = ARENA_NEW(exchange->arena, struct idempotency_key);
    *key = (struct idempotency_key){actor_of(exchange), exchange->request.path, text};
    unsigned char hash[TOKEN_HASH_BYTES];
    token_hash_data(exchange->request.body, exchange->request.body_bytes, hash);
    enum idempotency_verdict verdict = IDEMPOTENCY_RUNNING;
    struct idempotency_answer answer = {0};
    TRY(idempotency_claim(exchange->services->pool, exchange->arena, key, hash, &verdict, &answer));
    if (verdict == IDEMPOTENCY_CLAIMED) {
        exchange->context.idempotency = key;
    }
    return judge(exchange, key, verdict, &answer, replayed);
}

/* Those that belong to the answer itself; cookies are not given twice. */
static const char *kept_headers(struct exchange *exchange) {
    struct value *list = value_array(exchange->arena);
    for (size_t i = 0; i < exchange->response.headers_count; i++) {
        const struct pair *header = &exchange->response.headers[i];
        if (strcasecmp(header->name, "ETag") == 0 || strcasecmp(header->name, "Location") == 0) {
            struct value *item = value_object(exchange->arena);
            value_set_text(exchange->arena, item, "name", header->name);
            value_set_text(exchange->arena, item, "value", header->value);
            value_push(exchange->arena, list, item);
        }
    }
    return json_text(exchange->arena, list);
}

void idempotency_key_end(struct exchange *exchange, enum err err) {
    const struct idempotency_key *key = exchange->context.idempotency;
    if (key == NULL) {
        return;
    }
    /* Where this fails the key stays as it is: the next request with it is told so, none is run
     * twice. */
    enum err kept = ERR_NONE;
    if (err != ERR_NONE || exchange->response.stream != NULL) {
        kept = idempotency_release(exchange->services->pool, exchange->arena, key);
    } else {
        const struct idempotency_answer answer = {
            .status = exchange->response.status,
            .content_type = exchange->response.content_type,
            .body = seal_close(exchange->arena, exchange->services->master_key,
                               seal_context(exchange->arena, key), exchange->response.body,
                               exchange->response.body_bytes),
            .headers = kept_headers(exchange),
        };
        kept = idempotency_finish(exchange->services->pool, exchange->arena, key, &answer);
    }
    (void)kept;
}

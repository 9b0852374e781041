#include "core/idempotency.h"
#include "base/json.h"
#include "base/text.h"
#include "core/context.h"
#include "security/seal.h"
#include "sql/core.h"
#include <inttypes.h>
#include <string.h>

static const char *seal_context(struct arena *arena, const struct idempotency_key *key) {
    return arena_printf(arena, "idempotency_key/%s%s/%s", key->actor_id, key->path, key->key);
}

const char *idempotency_seal(const struct context *context, const struct idempotency_key *key,
                             const char *json) {
    return json == NULL ? NULL
                        : seal_close(context->arena, context->services->master_key,
                                     seal_context(context->arena, key), json, strlen(json));
}

static void add_header(struct arena *arena, struct value *list, const char *name,
                       const char *value) {
    struct value *item = value_object(arena);
    value_set_text(arena, item, "name", name);
    value_set_text(arena, item, "value", value);
    value_push(list, item);
}

const char *idempotency_headers(struct arena *arena, const struct act_answer *answer) {
    struct value *list = value_array(arena);
    if (answer->version != 0) {
        add_header(arena, list, "ETag", arena_printf(arena, "\"%" PRId64 "\"", answer->version));
    }
    if (answer->location != NULL) {
        add_header(arena, list, "Location", answer->location);
    }
    return json_text(arena, list);
}

/* The number of an ETag that idempotency_headers wrote; 0 for anything else. */
static int64_t version_of(struct arena *arena, const char *etag) {
    const size_t length = etag == NULL ? 0 : strlen(etag);
    int64_t version = 0;
    return length > 2 && text_parse_integer(arena_strndup(arena, etag + 1, length - 2), 1,
                                            INT64_MAX, &version)
               ? version
               : 0;
}

static enum err refuse_lost(struct context *context) {
    return context_fail(
        context, ERR_CONFLICT,
        "L’action de cette clé a bien eu lieu, mais sa réponse est perdue : relisez "
        "l’objet.");
}

/* Who repeats a request may have lost the right meanwhile, and nobody records a second look. */
static enum err refuse_secret(struct context *context) {
    return context_fail(
        context, ERR_CONFLICT,
        "L’action de cette clé a bien eu lieu ; le secret qu’elle a donné n’est pas montré deux "
        "fois. S’il est perdu, créez-en un autre.");
}

static enum err open_answer(struct context *context, const struct idempotency_row *row) {
    struct arena *arena = context->arena;
    struct act_answer *answer = &context->answer;
    struct value *headers = NULL;
    if (!row->status.has_value) {
        return refuse_lost(context);
    }
    if (row->body.or_null == NULL && row->content_type.or_null != NULL) {
        return refuse_secret(context);
    }
    *answer = (struct act_answer){.status = (int)row->status.value};
    if (row->body.or_null != NULL) {
        unsigned char *bytes = NULL;
        size_t length = 0;
        if (seal_open(arena, context->services->master_key,
                      seal_context(arena, context->idempotency), row->body.or_null, &bytes,
                      &length) != ERR_NONE) {
            return refuse_lost(context); /* the master key was changed meanwhile */
        }
        answer->json = (const char *)bytes;
    }
    const char *list = row->headers.or_null == NULL ? "[]" : row->headers.or_null;
    TRY(json_parse(arena, list, strlen(list), &headers, NULL));
    for (size_t i = 0; i < value_count(headers); i++) {
        const char *name = value_get_text(value_item(headers, i), "name");
        const char *text = value_get_text(value_item(headers, i), "value");
        if (name != NULL && strcmp(name, "ETag") == 0) {
            answer->version = version_of(arena, text);
        } else if (name != NULL && strcmp(name, "Location") == 0) {
            answer->location = text;
        }
    }
    context->is_replayed = true;
    return ERR_CONFLICT; /* ends the act; the caller sends the answer */
}

enum err idempotency_take(struct context *context, struct tx *tx) {
    const struct idempotency_key *key = context->idempotency;
    struct idempotency_row row;
    TRY(sql_idempotency_take(tx, &row, .actor = key->actor_id, .path = key->path, .key = key->key,
                             .body_hash = bytes_of(key->body_hash, sizeof key->body_hash)));
    if (row.is_same_body.has_value) {
        return row.is_same_body.value ? open_answer(context, &row) : ERR_IDEMPOTENCY_MISMATCH;
    }
    return row.is_free
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT,
                              "La première requête avec cette clé est en cours : recommencez avec "
                              "la même clé dans quelques instants.");
}

enum err idempotency_delete_old(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_idempotency_delete_old(&once);
}

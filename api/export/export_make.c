/* The job that makes an export. Cut short, it runs again from the beginning. */
#include "base/json.h"
#include "core/act.h"
#include "core/role.h"
#include "export/export.h"
#include "export/export_seal.h"
#include "export/export_source.h"
#include "security/seal.h"
#include "sql/export.h"
#include <string.h>

enum { PIECE_BYTES = 64 * 1024, ATTEMPTS_MAX = 5 };

struct making {
    struct context context; /* as the person whom it is for */
    struct actor actor;
    const char *id;
    struct export_claim claim;
    struct export_order order;
    struct export_source source;
    const char *roles;
    struct buf waiting; /* not written yet */
    int64_t place;      /* of the next piece */
    int64_t rows;
    int64_t bytes;
    bool is_cancelled; /* deleted, or another attempt has begun */
};

static enum err read_order(struct making *making) {
    struct arena *arena = making->context.arena;
    struct value *filters = NULL;
    struct value *body = value_object(arena);
    TRY(json_parse(arena, making->claim.filters, strlen(making->claim.filters), &filters, NULL));
    value_set_text(arena, body, "kind", making->claim.kind);
    value_set_text(arena, body, "format", making->claim.format);
    value_set(body, "filters", filters);
    if (making->claim.token_id.or_null != NULL) {
        value_set_text(arena, body, "token_id", making->claim.token_id.or_null);
    }
    return export_order_read(arena, making->context.errors, making->claim.account_id, body,
                             &making->order);
}

/* The person as they are now. ERR_FORBIDDEN: the account may not act any more. */
static enum err become_person(struct making *making) {
    struct arena *arena = making->context.arena;
    struct export_actor row;
    bool found = false;
    struct tx once = tx_once(making->context.services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_export_find_actor(&once, &found, &row, .account = making->claim.account_id));
    if (!found) {
        return ERR_FORBIDDEN;
    }
    making->roles = row.roles.or_null == NULL ? "" : row.roles.or_null;
    making->actor = (struct actor){
        .kind = ACTOR_ACCOUNT, .account_id = making->claim.account_id, .email = row.email};
    making->actor.roles = role_parse_grants(arena, row.roles.or_null, &making->actor.roles_count);
    making->context.actor = &making->actor;
    return ERR_NONE;
}

static enum err write_piece(struct making *making, size_t length) {
    const struct services *services = making->context.services;
    size_t written = 0;
    ARENA_AUTO(arena);
    struct tx once = tx_once(services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_export_chunk_add(&once, &written, .export = making->id,
                             .attempt = making->claim.attempt, .place = making->place,
                             .sealed =
                                 seal_close(&arena, services->master_key,
                                            export_seal_context(&arena, making->id, making->place),
                                            making->waiting.bytes, length),
                             .rows = making->rows, .bytes = making->bytes));
    making->is_cancelled = written == 0;
    making->place++;
    memmove(making->waiting.bytes, making->waiting.bytes + length, making->waiting.length - length);
    making->waiting.length -= length;
    return ERR_NONE;
}

/* Whole pieces; all that waits where the file is over. */
static enum err write_pieces(struct making *making, bool is_over) {
    while (!making->is_cancelled &&
           (making->waiting.length >= PIECE_BYTES || (is_over && making->waiting.length > 0))) {
        const size_t left = making->waiting.length;
        TRY(write_piece(making, left < PIECE_BYTES ? left : PIECE_BYTES));
    }
    return ERR_NONE;
}

/* ERR_TOO_LARGE beyond GUICHET_EXPORT_MB. */
static enum err write_parts(struct making *making) {
    const int64_t most = making->context.services->config->export_mb << 20;
    for (bool is_over = false; !is_over && !making->is_cancelled;) {
        int64_t rows = 0;
        const size_t before = making->waiting.length;
        ARENA_AUTO(arena);
        TRY(export_source_next(&making->source, &arena, &making->waiting, &rows, &is_over));
        making->rows += rows;
        making->bytes += (int64_t)(making->waiting.length - before);
        if (atomic_load(making->context.is_stopping)) {
            return ERR_UNAVAILABLE; /* another worker begins again */
        }
        if (making->bytes > most || making->waiting.overflowed) {
            return ERR_TOO_LARGE;
        }
        TRY(write_pieces(making, is_over));
    }
    return ERR_NONE;
}

static enum err write_file(struct making *making) {
    TRY(become_person(making));
    TRY(read_order(making));
    TRY(export_source_check(&making->context, &making->order));
    export_source_start(&making->context, &making->order, &making->source);
    return write_parts(making);
}

static struct value *mail_data(struct arena *arena, const struct making *making) {
    struct value *data = value_object(arena);
    value_set_text(arena, data, "id", making->id);
    value_set(data, "hours", value_integer(arena, making->context.services->config->export_hours));
    value_set_text(arena, data, making->claim.kind, "oui");
    return data;
}

/* `problem` NULL: it is ready. Tells the person by mail. */
static enum err finish(struct context *context, const struct making *making, const char *problem) {
    struct export_end end;
    bool found = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_export_finish(&act.tx, &found, &end, .export = making->id,
                          .attempt = making->claim.attempt, .problem = problem,
                          .rights = making->roles, .rows = making->rows, .bytes = making->bytes,
                          .hours = context->services->config->export_hours));
    if (found) {
        act_mail(&act, problem == NULL ? "export_ready" : "export_failed", end.email,
                 making->claim.account_id, mail_data(context->arena, making));
    }
    return act_commit(&act, &(struct act_outcome){0});
}

static enum err make(struct context *context, struct making *making) {
    buf_init(&making->waiting, NULL, SIZE_MAX / 2);
    const enum err err = write_file(making);
    buf_clear(&making->waiting);
    if (err == ERR_NONE) {
        return making->is_cancelled ? ERR_NONE : finish(context, making, NULL);
    }
    if (err == ERR_TOO_LARGE) {
        return finish(context, making, "too_large");
    }
    if (err == ERR_FORBIDDEN || err == ERR_NOT_FOUND || err == ERR_INVALID) {
        return finish(context, making, "forbidden");
    }
    /* The job runs again, but not for ever: nobody waits for a file that never comes. */
    return making->claim.attempt < ATTEMPTS_MAX ? err : finish(context, making, "internal");
}

enum err export_make(struct context *context, const struct value *payload) {
    struct making making = {.context = *context, .id = value_get_text(payload, "export")};
    bool found = false;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_LONG);
    TRY(sql_export_claim(&once, &found, &making.claim, .export = making.id));
    return found ? make(context, &making) : ERR_NONE;
}

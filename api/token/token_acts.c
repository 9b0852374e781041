#include "token/token_acts.h"
#include "base/clock.h"
#include "base/json.h"
#include "core/audit_event.h"
#include "core/webhook_event.h"
#include "product/product.h"
#include "token/token.h"
#include "token/token_notice.h"
#include <inttypes.h>
#include <string.h>

enum { OVERLAP_DAYS_MAX = 30 };

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

static enum err record_token(struct context *context, struct tx *tx, const struct token_row *row,
                             const char *action, const struct value *detail) {
    TRY(idempotency_mark(tx, context->idempotency));
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "token",
                                                 .subject_id = row->id,
                                                 .product = row->product,
                                                 .siret = row->siret,
                                                 .detail = detail});
}

enum err token_set_addresses(struct context *context, const char *id, int64_t if_match,
                             const struct value *addresses, const char **json, int64_t *version) {
    struct identity identity;
    struct token_row row;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, id, TOKEN_ACT_SET_ADDRESSES, &row));
    if (if_match >= 0 && if_match != row.version) {
        return ERR_STALE;
    }
    if (addresses == NULL) {
        return token_read_in(context, &tx, id, json, version);
    }
    TRY(sql_token_set_addresses(&tx, .token = id,
                                .addresses = json_text(context->arena, addresses)));
    TRY(webhook_event_add(&tx, "token.addresses_changed", row.request_id));
    TRY(token_read_in(context, &tx, id, json, version));
    struct value *detail = value_object(context->arena);
    value_set(context->arena, detail, "count",
              value_integer(context->arena, (int64_t)value_count(addresses)));
    TRY(record_token(context, &tx, &row, "token.set_addresses", detail));
    return tx_commit(&tx);
}

static enum err note_reveal(struct context *context, struct tx *tx, const struct token_row *row,
                            const char *how) {
    const struct actor *actor = context->actor;
    return sql_token_reveal_add(tx, .token = row->id, .how = how, .account = actor->account_id,
                                .client = actor->client_id, .share = NULL,
                                .address = actor->address);
}

enum err token_reveal(struct context *context, const char *id, const char **string) {
    struct identity identity;
    struct token_row row;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, id, TOKEN_ACT_REVEAL, &row));
    TRY(token_string_open(context->arena, context->services, row.id, row.sealed_jwt, string));
    TRY(note_reveal(context, &tx, &row, "reveal"));
    TRY(webhook_event_add(&tx, "token.revealed", row.request_id));
    TRY(record_token(context, &tx, &row, "token.reveal", NULL));
    return tx_commit(&tx);
}

static enum err sign_next(struct context *context, struct tx *tx, const struct token_row *row,
                          struct token_string *next) {
    return token_string_sign_next(
        tx, context->services,
        &(struct token_signable){.id = row->id,
                                 .subject_id = row->subject_id,
                                 .product = row->product,
                                 .siret = row->siret,
                                 .scopes = row->scopes,
                                 .next_issued_at_s = row->next_issued_at_s,
                                 .expires_at_s = row->expires_at_s},
        next);
}

enum err token_rotate(struct context *context, const char *id, int64_t overlap_days,
                      const char **string, const char **former_good_until) {
    struct identity identity;
    struct token_row row;
    struct token_string next;
    if (overlap_days < 0 || overlap_days > OVERLAP_DAYS_MAX) {
        field_errors_add(context->errors, "/overlap_days", "out_of_range",
                         "Indiquez un nombre de jours de 0 à %d.", OVERLAP_DAYS_MAX);
        return ERR_INVALID;
    }
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, id, TOKEN_ACT_ROTATE, &row));
    TRY(sign_next(context, &tx, &row, &next));
    TRY(token_string_open(context->arena, context->services, row.id, next.sealed, string));
    TRY(sql_token_rotate(&tx, former_good_until, .token = id, .kid = next.kid,
                         .issued_at_s = next.issued_at_s, .sealed_jwt = next.sealed,
                         .overlap_days = overlap_days));
    TRY(note_reveal(context, &tx, &row, "rotation"));
    TRY(webhook_event_add(&tx, "token.rotated", row.request_id));
    struct value *detail = value_object(context->arena);
    value_set(context->arena, detail, "overlap_days", value_integer(context->arena, overlap_days));
    TRY(record_token(context, &tx, &row, "token.rotate", detail));
    return tx_commit(&tx);
}

static enum err revoke_in(struct context *context, struct tx *tx, const struct token_row *row,
                          const char *reason, const char *at) {
    bool dead = false;
    TRY(sql_token_revoke(tx, &dead, .token = row->id, .account = context->actor->account_id,
                         .reason = reason, .at = at));
    if (dead) {
        TRY(token_tell_revocation(tx, row->id, row->request_id));
    }
    return ERR_NONE;
}

static enum err refuse_plan(struct context *context) {
    return context_fail(context, ERR_FORBIDDEN,
                        "L’instruction a prévu cette révocation : elle seule peut la reporter ou "
                        "l’annuler. Écrivez-lui par la messagerie de la demande.");
}

enum err token_revoke(struct context *context, const char *id, const char *reason, int64_t at_ms,
                      const char **json, int64_t *version) {
    struct identity identity;
    struct token_row row;
    const char *at = at_ms == 0 ? NULL : clock_format_rfc3339(context->arena, at_ms);
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, id, TOKEN_ACT_REVOKE, &row));
    if (row.plan_is_of_staff && at_ms > nullable_int_or(row.revoked_at_ms, 0)) {
        return refuse_plan(context);
    }
    TRY(revoke_in(context, &tx, &row, reason, at));
    TRY(token_read_in(context, &tx, id, json, version));
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "at", at);
    TRY(record_token(context, &tx, &row, "token.revoke", detail));
    return tx_commit(&tx);
}

enum err token_withdraw_revocation(struct context *context, const char *id) {
    struct identity identity;
    struct token_row row;
    size_t withdrawn = 0;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(token_lock_for(context, &tx, id, TOKEN_ACT_REVOKE, &row));
    if (row.plan_is_of_staff) {
        return refuse_plan(context);
    }
    TRY(sql_token_withdraw_revocation(&tx, &withdrawn, .token = id));
    if (withdrawn == 0) {
        return context_fail(context, ERR_CONFLICT, "Aucune révocation n’est prévue.");
    }
    TRY(record_token(context, &tx, &row, "token.withdraw_revocation", NULL));
    return tx_commit(&tx);
}

enum err token_lock_prolongable(struct context *context, struct tx *tx, const char *id,
                                struct token_row *row) {
    TRY(token_lock_for(context, tx, id, TOKEN_ACT_PROLONG, row));
    if (!row->prolongation_open) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce jeton est encore valable plus de 90 jours : il est trop tôt pour "
                            "le prolonger.");
    }
    if (row->prolongation_over) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce jeton a expiré depuis plus de 90 jours : rouvrez la demande.");
    }
    return ERR_NONE;
}

enum err token_prolong(struct context *context, struct tx *tx, const struct token_row *row,
                       const char **expires_at) {
    const struct product *product = products_find(context->services->products, row->product);
    if (product == NULL) {
        return context_fail(context, ERR_CONFLICT, "Ce produit n’est plus proposé.");
    }
    TRY(sql_token_prolong(tx, expires_at, .token = row->id,
                          .months = product->token_lifetime_months));
    TRY(webhook_event_add(tx, "token.prolonged", row->request_id));
    TRY(token_tell_prolongation(tx, row->id));
    TRY(record_token(context, tx, row, "token.prolong", NULL));
    return tx_commit(tx);
}

/* The claims of a string whose signature is ours; the row has the last word. */
static enum err read_string(const struct services *services, struct arena *arena,
                            const char *string, struct jwt_claims *claims) {
    const struct jwt_keyset *keyset = jwt_keyring_acquire(token_service_keyring(services->tokens));
    const enum err err = jwt_verify(arena, keyset, services->config->public_url, string, claims);
    jwt_keyset_release(keyset);
    return err;
}

enum err token_introspect(const struct services *services, struct arena *arena, const char *string,
                          const char **json) {
    struct jwt_claims claims;
    *json = NULL;
    const enum err err = read_string(services, arena, string, &claims);
    if (err == ERR_UNAUTHENTICATED) {
        return ERR_NONE;
    }
    TRY(err);
    bool found = false;
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    return sql_token_introspect(&once, &found, json, .token = claims.jti,
                                .issued_at_s = claims.iat_s, .issuer = claims.iss);
}

enum err token_revoke_string(struct context *context, const char *string) {
    struct jwt_claims claims;
    struct identity identity;
    struct token_row row;
    const char *good = NULL;
    TRY(token_introspect(context->services, context->arena, string, &good));
    if (good == NULL) {
        return ERR_NONE;
    }
    TRY(read_string(context->services, context->arena, string, &claims));
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    const enum err found = token_lock_for(context, &tx, claims.jti, TOKEN_ACT_REVOKE, &row);
    if (found == ERR_NOT_FOUND) {
        return ERR_FORBIDDEN;
    }
    TRY(found);
    TRY(revoke_in(context, &tx, &row, "Révoqué par un programme (RFC 7009).", NULL));
    TRY(record_token(context, &tx, &row, "token.revoke", NULL));
    return tx_commit(&tx);
}

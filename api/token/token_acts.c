#include "token/token_acts.h"
#include "base/clock.h"
#include "base/ip.h"
#include "base/json.h"
#include "core/act.h"
#include "core/job.h"
#include "product/product.h"
#include "token/token.h"
#include "token/token_notice.h"
#include <inttypes.h>
#include <string.h>

enum { OVERLAP_DAYS_MAX = 30 };

static struct audit_event audit_of(const struct token_row *row, const char *action,
                                   const struct value *detail) {
    return (struct audit_event){.action = action,
                                .subject_type = "token",
                                .subject_id = row->id,
                                .product = row->product,
                                .siret = row->siret,
                                .detail = detail};
}

/* The token as the account sees it now. */
static enum err read_answer(struct act *act, const char *id, struct act_answer *answer) {
    answer->status = 200;
    return token_read_in(act->context, &act->tx, id, &answer->json, &answer->version);
}

enum err token_set_addresses(struct context *context, const char *id, int64_t if_match,
                             const struct value *addresses) {
    struct token_row row;
    struct act_answer answer = {0};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_SET_ADDRESSES, &row));
    if (if_match >= 0 && if_match != row.version) {
        return ERR_STALE;
    }
    if (addresses == NULL) {
        return read_answer(&act, id, &context->answer);
    }
    TRY(sql_token_set_addresses(&act.tx, .token = id,
                                .addresses = json_text(context->arena, addresses)));
    TRY(read_answer(&act, id, &answer));
    struct value *detail = value_object(context->arena);
    value_set(detail, "count", value_integer(context->arena, (int64_t)value_count(addresses)));
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(&row, "token.set_addresses", detail),
                                            .event = "token.addresses_changed",
                                            .event_request_id = row.request_id,
                                            .answer = answer});
}

/* A string that leaves for a network where its reader was never seen: the person hears of it, who may not be the
 * one who read it. */
static enum err tell_of_new_network(struct act *act, const struct token_row *row) {
    struct arena *arena = act->context->arena;
    const struct actor *actor = act->context->actor;
    struct ip ip;
    bool is_near = false;
    if (actor->address == NULL || !ip_parse(actor->address, &ip)) {
        return ERR_NONE;
    }
    TRY(sql_token_reveal_is_near(&act->tx, &is_near, .account = actor->account_id,
                                 .client = actor->client_id,
                                 .network = ip_network_text(arena, &ip)));
    if (!is_near) {
        struct value *data = value_object(arena);
        value_set_text(arena, data, "id", row->id);
        value_set_text(arena, data, "address", actor->address);
        value_set_text(arena, data, "by_program", actor->client_id);
        act_mail(act, "token_revealed", actor->email, actor->account_id, data);
    }
    return ERR_NONE;
}

static enum err note_reveal(struct act *act, const struct token_row *row, const char *how) {
    const struct actor *actor = act->context->actor;
    TRY(tell_of_new_network(act, row));
    return sql_token_reveal_add(&act->tx, .token = row->id, .how = how,
                                .account = actor->account_id, .client = actor->client_id,
                                .share = NULL, .address = actor->address);
}

enum err token_reveal(struct context *context, const char *id) {
    struct token_row row;
    const char *string = NULL;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_REVEAL, &row));
    TRY(token_string_open(context->arena, context->services, row.id, row.sealed_jwt, &string));
    TRY(note_reveal(&act, &row, "reveal"));
    struct value *answer = value_object(context->arena);
    value_set_text(context->arena, answer, "token", string);
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(&row, "token.reveal", NULL),
                                            .event = "token.revealed",
                                            .event_request_id = row.request_id,
                                            .answer = {.status = 200,
                                                       .json = json_text(context->arena, answer),
                                                       .is_secret = true}});
}

static enum err sign_next(struct act *act, const struct token_row *row, struct token_string *next) {
    return token_string_sign_next(&act->tx, act->context->services,
                                  &(struct token_signable){.id = row->id,
                                                           .subject_id = row->subject_id,
                                                           .product = row->product,
                                                           .siret = row->siret,
                                                           .scopes = row->scopes,
                                                           .next_number = row->next_number,
                                                           .expires_at_s = row->expires_at_s},
                                  next);
}

/* The answer that was kept for the Idempotency-Key, for who still has the right, and as one more look. */
static enum err repeat_rotation(struct context *context, const char *id) {
    const struct act_answer kept = context->answer;
    struct token_row row;
    context->is_replayed = false;
    context->idempotency = NULL;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_ROTATE, &row));
    TRY(note_reveal(&act, &row, "rotation"));
    return act_commit(&act,
                      &(struct act_outcome){
                          .audit = audit_of(&row, "token.reveal", NULL),
                          .answer = {.status = kept.status, .json = kept.json, .is_secret = true}});
}

enum err token_rotate(struct context *context, const char *id, int64_t overlap_days) {
    struct token_row row;
    struct token_string next;
    const char *string = NULL;
    const char *former_good_until = NULL;
    if (overlap_days < 0 || overlap_days > OVERLAP_DAYS_MAX) {
        field_errors_add(context->errors, "/overlap_days", "out_of_range",
                         "Indiquez un nombre de jours de 0 à %d.", OVERLAP_DAYS_MAX);
        return ERR_INVALID;
    }
    ACT_AUTO(act);
    context->keeps_secret = true; /* a program cannot reveal what it did not receive */
    const enum err begun = act_begin(&act, context);
    if (context->is_replayed) {
        act_end(&act);
        return repeat_rotation(context, id);
    }
    TRY(begun);
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_ROTATE, &row));
    TRY(sign_next(&act, &row, &next));
    TRY(token_string_open(context->arena, context->services, row.id, next.sealed, &string));
    TRY(sql_token_rotate(&act.tx, &former_good_until, .token = id, .kid = next.kid,
                         .number = next.number, .sealed_jwt = next.sealed,
                         .overlap_days = overlap_days, .ends_former = true));
    TRY(note_reveal(&act, &row, "rotation"));
    struct value *detail = value_object(context->arena);
    value_set(detail, "overlap_days", value_integer(context->arena, overlap_days));
    struct value *answer = value_object(context->arena);
    value_set_text(context->arena, answer, "token", string);
    value_set_text(context->arena, answer, "former_good_until", former_good_until);
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(&row, "token.rotate", detail),
                                            .event = "token.rotated",
                                            .event_request_id = row.request_id,
                                            .answer = {.status = 200,
                                                       .json = json_text(context->arena, answer),
                                                       .is_secret = true}});
}

/* Rounded up, so that the time has come by then. */
static int64_t seconds_until(int64_t at_ms) {
    const int64_t left_ms = at_ms - clock_now_ms();
    return left_ms < 0 ? 0 : left_ms / 1000 + 1;
}

/* A planned revocation is told by a job of its own, one per token. The recurring job tells of those whose plan
 * changed, or was too close for a worker to hear of the job in time. */
static enum err revoke_in(struct act *act, const struct token_row *row, const char *reason,
                          int64_t at_ms) {
    const char *at = at_ms == 0 ? NULL : clock_format_rfc3339(act->context->arena, at_ms);
    bool dead = false;
    TRY(sql_token_revoke(&act->tx, &dead, .token = row->id,
                         .account = act->context->actor->account_id, .reason = reason, .at = at));
    return dead ? token_tell_revocation(act, row->id, row->request_id)
                : job_add(&act->tx, "planned_revocation", row->id, NULL, seconds_until(at_ms));
}

static enum err refuse_plan(struct context *context) {
    return context_fail(context, ERR_FORBIDDEN,
                        "L’instruction a prévu cette révocation : elle seule peut la reporter ou "
                        "l’annuler. Écrivez-lui par la messagerie de la demande.");
}

enum err token_revoke(struct context *context, const char *id, const char *reason, int64_t at_ms) {
    struct token_row row;
    struct act_answer answer = {0};
    const char *at = at_ms == 0 ? NULL : clock_format_rfc3339(context->arena, at_ms);
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_REVOKE, &row));
    if (row.plan_is_of_staff && at_ms > nullable_int_or(row.revoked_at_ms, 0)) {
        return refuse_plan(context);
    }
    TRY(revoke_in(&act, &row, reason, at_ms));
    TRY(read_answer(&act, id, &answer));
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "at", at);
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(&row, "token.revoke", detail),
                                                  .answer = answer});
}

enum err token_withdraw_revocation(struct context *context, const char *id) {
    struct token_row row;
    size_t withdrawn = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_for(context, &act.tx, id, TOKEN_ACT_REVOKE, &row));
    if (row.plan_is_of_staff) {
        return refuse_plan(context);
    }
    TRY(sql_token_withdraw_revocation(&act.tx, &withdrawn, .token = id));
    if (withdrawn == 0) {
        return context_fail(context, ERR_CONFLICT, "Aucune révocation n’est prévue.");
    }
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(&row, "token.withdraw_revocation", NULL),
                                    .answer = {.status = 204}});
}

enum err token_lock_prolongable(struct act *act, const char *id, struct token_row *row) {
    TRY(token_lock_for(act->context, &act->tx, id, TOKEN_ACT_PROLONG, row));
    if (!row->prolongation_open) {
        return context_fail(act->context, ERR_CONFLICT,
                            "Ce jeton est encore valable plus de 90 jours : il est trop tôt pour "
                            "le prolonger.");
    }
    if (row->prolongation_over) {
        return context_fail(act->context, ERR_CONFLICT,
                            "Ce jeton a expiré depuis plus de 90 jours : rouvrez la demande.");
    }
    return ERR_NONE;
}

enum err token_prolong(struct act *act, const struct token_row *row, const char **expires_at) {
    const struct product *product = products_find(act->context->services->products, row->product);
    if (product == NULL) {
        return context_fail(act->context, ERR_CONFLICT, "Ce produit n’est plus proposé.");
    }
    const struct audit_event audit = audit_of(row, "token.prolong", NULL);
    TRY(sql_token_prolong(&act->tx, expires_at, .token = row->id,
                          .months = product->token_lifetime_months));
    act_event(act, "token.prolonged", row->request_id);
    act_audit(act, &audit);
    return token_tell_prolongation(act, row->id);
}

/* A string whose signature is good; the row has the last word. */
struct string_claims {
    const char *jti;
    const char *iss; /* NULL: a string of a former system without one */
    const char *aud; /* NULL: as above */
    int64_t number;
    int64_t iat_s;      /* -1: as above */
    const char *system; /* NULL: signed by us */
};

static enum err read_string(const struct services *services, struct arena *arena,
                            const char *string, struct string_claims *out) {
    const struct jwt_keyset *keyset = jwt_keyring_acquire(token_service_keyring(services->tokens));
    struct jwt_claims own;
    struct jwt_former_claims former;
    enum err err = jwt_verify(arena, keyset, token_service_issuers(services->tokens), string, &own);
    if (err == ERR_NONE) {
        *out = (struct string_claims){.jti = own.jti,
                                      .iss = own.iss,
                                      .aud = own.aud,
                                      .number = own.string_number,
                                      .iat_s = own.iat_s};
    } else if (err == ERR_UNAUTHENTICATED) {
        err = jwt_verify_former(arena, keyset, string, &former);
        if (err == ERR_NONE) {
            *out = (struct string_claims){.jti = former.jti,
                                          .iss = former.iss,
                                          .aud = former.aud,
                                          .iat_s = former.iat_s,
                                          .system = arena_strdup(arena, former.system)};
        }
    }
    jwt_keyset_release(keyset);
    return err;
}

static enum err find_document(struct tx *tx, const struct string_claims *claims,
                              const struct token_bound *bound, const char **json) {
    bool found = false;
    if (claims->system == NULL) {
        return sql_token_introspect(tx, &found, json, .token = claims->jti,
                                    .number = claims->number, .iat_s = claims->iat_s,
                                    .issuer = claims->iss, .product = bound->product,
                                    .siret = bound->siret);
    }
    return sql_token_introspect_former(
        tx, &found, json, .token = claims->jti, .system = claims->system, .issuer = claims->iss,
        .audience = claims->aud, .product = bound->product, .siret = bound->siret,
        .iat_s = claims->iat_s < 0 ? NULL_INT : nullable_int(claims->iat_s));
}

enum err token_introspect(const struct services *services, struct arena *arena, const char *string,
                          const struct token_bound *bound, const char **json) {
    struct string_claims claims;
    *json = NULL;
    const enum err err = read_string(services, arena, string, &claims);
    if (err == ERR_UNAUTHENTICATED) {
        return ERR_NONE;
    }
    TRY(err);
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    return find_document(&once, &claims, bound, json);
}

enum err token_revoke_string(struct context *context, const char *string) {
    struct string_claims claims;
    struct token_row row;
    const char *good = NULL;
    TRY(token_introspect(context->services, context->arena, string, &(struct token_bound){0},
                         &good));
    if (good == NULL) {
        return ERR_NONE;
    }
    TRY(read_string(context->services, context->arena, string, &claims));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    const enum err found = token_lock_for(context, &act.tx, claims.jti, TOKEN_ACT_REVOKE, &row);
    if (found == ERR_NOT_FOUND) {
        return ERR_FORBIDDEN;
    }
    TRY(found);
    TRY(revoke_in(&act, &row, "Révoqué par un programme (RFC 7009).", 0));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(&row, "token.revoke", NULL),
                                                  .answer = {.status = 200}});
}

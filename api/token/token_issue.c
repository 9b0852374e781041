#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "sql/token.h"
#include "token/token.h"
#include "token/token_notice.h"

static enum err insert(struct tx *tx, const struct token_grant *grant,
                       const struct token_string *string) {
    return sql_token_insert(tx, .id = string->id, .request = grant->request_id,
                            .habilitation = grant->habilitation_id, .product = grant->product,
                            .siret = grant->siret, .scopes = json_text(tx->arena, grant->scopes),
                            .kid = string->kid, .number = string->number,
                            .sealed_jwt = string->sealed, .expires_at_s = string->expires_at_s);
}

static enum err reissue(struct tx *tx, const struct token_grant *grant,
                        const struct token_string *string) {
    return sql_token_reissue(tx, .id = string->id, .habilitation = grant->habilitation_id,
                             .scopes = json_text(tx->arena, grant->scopes), .kid = string->kid,
                             .number = string->number, .sealed_jwt = string->sealed,
                             .expires_at_s = string->expires_at_s);
}

enum err token_adopt(struct tx *tx, const struct services *services,
                     const struct token_grant *grant, const char *id, int64_t expires_at_s) {
    struct token_plan plan;
    TRY(sql_token_plan(tx, &plan, .request = grant->request_id, .months = grant->lifetime_months,
                       .habilitation = grant->habilitation_id));
    if (plan.exists) {
        return ERR_CONFLICT;
    }
    struct token_string string = {.id = id == NULL ? plan.id : text_lower(tx->arena, id),
                                  .subject_id = grant->habilitation_id,
                                  .product = grant->product,
                                  .siret = grant->siret,
                                  .scopes = grant->scopes,
                                  .number = plan.number,
                                  .expires_at_s = id == NULL ? plan.expires_at_s : expires_at_s};
    TRY(token_string_sign(tx, services, &string));
    return insert(tx, grant, &string);
}

enum err token_issue(struct act *act, const struct token_grant *grant) {
    struct tx *tx = &act->tx;
    struct token_plan plan;
    TRY(sql_token_plan(tx, &plan, .request = grant->request_id, .months = grant->lifetime_months,
                       .habilitation = grant->habilitation_id));
    if (plan.lives) {
        TRY(sql_token_renew(tx, .id = plan.id, .habilitation = grant->habilitation_id,
                            .scopes = json_text(tx->arena, grant->scopes),
                            .expires_at_s = plan.expires_at_s));
        return token_tell_issue(act, plan.id, grant->request_id, true);
    }
    struct token_string string = {.id = plan.id,
                                  .subject_id = plan.subject_id,
                                  .product = grant->product,
                                  .siret = grant->siret,
                                  .scopes = grant->scopes,
                                  .number = plan.number,
                                  .expires_at_s = plan.expires_at_s};
    TRY(token_string_sign(tx, act->context->services, &string));
    TRY(plan.exists ? reissue(tx, grant, &string) : insert(tx, grant, &string));
    return token_tell_issue(act, plan.id, grant->request_id, false);
}

enum err token_revoke_of_request(struct act *act, const char *request_id, const char *reason) {
    size_t revoked = 0;
    TRY(sql_token_revoke_of_request(&act->tx, &revoked, .request = request_id,
                                    .account = act->context->actor->account_id, .reason = reason));
    if (revoked > 0) {
        act_event(act, "token.revoked", request_id);
    }
    return ERR_NONE;
}

bool token_read_end(struct field_errors *errors, const char *text, int64_t lifetime_months,
                    int64_t *end_s) {
    const int64_t month_ms = INT64_C(31) * 24 * 3600 * 1000;
    const int64_t now_ms = clock_now_ms();
    int64_t end_ms = 0;
    if (!clock_parse_rfc3339(text, &end_ms) || end_ms <= now_ms ||
        end_ms > now_ms + lifetime_months * month_ms) {
        field_errors_add(
            errors, "expires_at", "invalid_format",
            "La fin du jeton est une date à venir, dans les %lld mois que dure un jeton "
            "de ce produit, par exemple 2027-06-30T00:00:00Z.",
            (long long)lifetime_months);
        return false;
    }
    *end_s = end_ms / 1000;
    return true;
}

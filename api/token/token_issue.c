#include "core/webhook_event.h"
#include "token/token.h"
#include "token/token_notice.h"
#include "token/token_store.h"

enum err token_issue(struct tx *tx, const struct services *services,
                     const struct token_grant *grant, const char **token_id) {
    struct token_plan plan;
    TRY(token_plan(tx, grant->request_id, grant->lifetime_months, grant->habilitation_id, &plan));
    *token_id = plan.id;
    if (plan.lives) {
        TRY(token_renew(tx, plan.id, grant->habilitation_id, grant->scopes, plan.expires_at_s));
        return token_tell_issue(tx, plan.id, grant->request_id, true);
    }
    struct token_string string = {.id = plan.id,
                                  .subject_id = plan.subject_id,
                                  .product = grant->product,
                                  .siret = grant->siret,
                                  .scopes = grant->scopes,
                                  .issued_at_s = plan.issued_at_s,
                                  .expires_at_s = plan.expires_at_s};
    TRY(token_string_sign(tx, services, &string));
    const struct token_signed signed_token = {.id = plan.id,
                                              .habilitation_id = grant->habilitation_id,
                                              .scopes = grant->scopes,
                                              .kid = string.kid,
                                              .sealed_jwt = string.sealed,
                                              .issued_at_s = plan.issued_at_s,
                                              .expires_at_s = plan.expires_at_s};
    TRY(plan.exists
            ? token_reissue(tx, &signed_token)
            : token_insert(tx, &signed_token, grant->request_id, grant->product, grant->siret));
    return token_tell_issue(tx, plan.id, grant->request_id, false);
}

enum err token_revoke_of_request(struct tx *tx, const char *request_id, const char *account_id,
                                 const char *reason) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_TOKEN_REVOKE_OF_REQUEST, &rows, P_TEXT(request_id), P_TEXT(account_id),
                 P_TEXT(reason)));
    return rows->count == 0 ? ERR_NONE : webhook_event_add(tx, "token.revoked", request_id);
}

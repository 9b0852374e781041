#include "token/token_acts.h"
#include <string.h>

/* The words of token_rights and of the contract (TokenAct). */
static const char *act_name(enum token_act act) {
    switch (act) {
    case TOKEN_ACT_REVEAL:
        return "reveal";
    case TOKEN_ACT_PROLONG:
        return "prolong";
    case TOKEN_ACT_ROTATE:
        return "rotate";
    case TOKEN_ACT_REVOKE:
        return "revoke";
    case TOKEN_ACT_SET_ADDRESSES:
        return "set_addresses";
    case TOKEN_ACT_SHARE:
        return "share";
    case TOKEN_ACT_READ_USAGE:
        return "read_usage";
    case TOKEN_ACT_READ_CALLS:
        return "read_calls";
    case TOKEN_ACT_SET_ALERTS:
        return "set_alerts";
    }
    return "";
}

static bool has_right(const char *rights, enum token_act act) {
    const char *name = act_name(act);
    const size_t length = strlen(name);
    for (const char *at = rights; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (step == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += step;
    }
    return false;
}

static enum err refuse(struct context *context, enum token_act act) {
    const char *detail = "Seuls le demandeur et le contact technique peuvent le faire.";
    if (act == TOKEN_ACT_PROLONG) {
        detail = "Seul le demandeur peut prolonger ce jeton.";
    } else if (act == TOKEN_ACT_READ_USAGE || act == TOKEN_ACT_SET_ALERTS) {
        detail = "Seuls le demandeur et les contacts technique et métier peuvent le faire.";
    } else if (act == TOKEN_ACT_REVOKE) {
        detail = "Seuls le demandeur, le contact technique et les instructeurs peuvent le faire.";
    }
    return context_fail(context, ERR_FORBIDDEN, detail);
}

/* What its state does not allow, regardless of the actor. */
static enum err check_state(struct context *context, const char *state, enum token_act act) {
    if (act == TOKEN_ACT_READ_USAGE || act == TOKEN_ACT_READ_CALLS) {
        return ERR_NONE;
    }
    if (strcmp(state, "revoked") == 0) {
        return context_fail(context, ERR_CONFLICT, "Ce jeton est révoqué.");
    }
    if (strcmp(state, "expired") == 0 && act != TOKEN_ACT_PROLONG && act != TOKEN_ACT_REVOKE) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce jeton a expiré : prolongez-le ou rouvrez la demande.");
    }
    return ERR_NONE;
}

enum err token_check_act(struct context *context, const char *rights, const char *state,
                         enum token_act act) {
    return has_right(rights, act) ? check_state(context, state, act) : refuse(context, act);
}

enum err token_check_right(struct context *context, const char *id, enum token_act act) {
    const struct identity identity = context_identity(context);
    struct token_access access;
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    TRY(sql_token_find(&once, &access, .token = id, .account = context->actor->account_id));
    return token_check_act(context, access.rights, access.state, act);
}

enum err token_lock_for(struct context *context, struct tx *tx, const char *id, enum token_act act,
                        struct token_row *row) {
    TRY(sql_token_lock(tx, .token = id));
    TRY(sql_token_find_locked(tx, row, .token = id, .account = context->actor->account_id));
    return token_check_act(context, row->rights, row->state, act);
}

enum err token_list(struct context *context, const struct token_filter *filter,
                    const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_token_list(&once, json, .account = context->actor->account_id,
                          .state = filter->state, .product = filter->product,
                          .siret = filter->siret, .request = filter->request_id, PAGE_TIME(page));
}

enum err token_read_in(struct context *context, struct tx *tx, const char *id, const char **json,
                       int64_t *version) {
    struct token_document row;
    TRY(sql_token_document(tx, &row, .token = id, .account = context->actor->account_id));
    *json = row.document;
    *version = row.version;
    return ERR_NONE;
}

enum err token_read(struct context *context, const char *id, const char **json, int64_t *version) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return token_read_in(context, &once, id, json, version);
}

enum err token_list_reveals(struct context *context, const char *id, const struct page *page,
                            const char **json) {
    const struct identity identity = context_identity(context);
    TRY(token_check_right(context, id, TOKEN_ACT_READ_CALLS));
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_token_reveal_list(&once, json, .token = id, PAGE_NUMBER(page));
}

#include "core/attempt.h"
#include "security/token_hash.h"

static const struct rule {
    const char *name;
    int64_t window_s;
    int64_t limit;
    int64_t wait_s;
} RULES[] = {
    [ATTEMPT_LOGIN_FROM] = {"login_from", 900, 5, 60},
    [ATTEMPT_LOGIN] = {"login", 3600, 30, 300},
    [ATTEMPT_SECOND_FACTOR] = {"second_factor", 900, 5, 300},
    [ATTEMPT_PASSWORD] = {"password", 900, 5, 300},
    [ATTEMPT_MAIL] = {"mail", 3600, 5, 3600},
    [ATTEMPT_RESET_MAIL] = {"reset_mail", 3600, 5, 3600},
};

static void attempt_key(struct arena *arena, const struct rule *rule, const char *subject,
                        unsigned char key[TOKEN_HASH_BYTES]) {
    token_hash_bytes(arena_printf(arena, "attempt/%s/%s", rule->name, subject), key);
}

const char *attempt_login_from(const struct context *context, const char *email_key) {
    const char *address = context->actor->address;
    return arena_printf(context->arena, "%s %s", email_key, address == NULL ? "" : address);
}

static enum err read_taken(struct context *context, const struct rows *rows) {
    if (rows_boolean(rows, 0, "taken")) {
        return ERR_NONE;
    }
    context->retry_after_s = rows_integer(rows, 0, "wait_s", 1);
    return context_fail(context, ERR_RATE_LIMITED,
                        "Trop d’essais. Patientez un peu, puis recommencez.");
}

enum err attempt_take(struct context *context, enum attempt_kind kind, const char *subject) {
    const struct rule *rule = &RULES[kind];
    unsigned char key[TOKEN_HASH_BYTES];
    struct rows *rows = NULL;
    if (!context->services->config->rate_limits) {
        return ERR_NONE;
    }
    attempt_key(context->arena, rule, subject, key);
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                   &SQL_ATTEMPT_TAKE, &rows, P_BYTES(key, sizeof key), P_INTEGER(rule->window_s),
                   P_INTEGER(rule->limit), P_INTEGER(rule->wait_s)));
    return read_taken(context, rows);
}

enum err attempt_take_in(struct context *context, struct tx *tx, enum attempt_kind kind,
                         const char *subject) {
    const struct rule *rule = &RULES[kind];
    unsigned char key[TOKEN_HASH_BYTES];
    struct rows *rows = NULL;
    if (!context->services->config->rate_limits) {
        return ERR_NONE;
    }
    attempt_key(context->arena, rule, subject, key);
    TRY(tx_query(tx, &SQL_ATTEMPT_TAKE, &rows, P_BYTES(key, sizeof key), P_INTEGER(rule->window_s),
                 P_INTEGER(rule->limit), P_INTEGER(rule->wait_s)));
    return read_taken(context, rows);
}

enum err attempt_give_back(struct context *context, struct tx *tx, enum attempt_kind kind,
                           const char *subject) {
    const struct rule *rule = &RULES[kind];
    unsigned char key[TOKEN_HASH_BYTES];
    if (!context->services->config->rate_limits) {
        return ERR_NONE;
    }
    attempt_key(context->arena, rule, subject, key);
    return tx_query(tx, &SQL_ATTEMPT_GIVE_BACK, NULL, P_BYTES(key, sizeof key),
                    P_INTEGER(rule->limit));
}

enum err attempt_clear(struct context *context, struct tx *tx, enum attempt_kind kind,
                       const char *subject) {
    unsigned char key[TOKEN_HASH_BYTES];
    attempt_key(context->arena, &RULES[kind], subject, key);
    return tx_query(tx, &SQL_ATTEMPT_CLEAR, NULL, P_BYTES(key, sizeof key));
}

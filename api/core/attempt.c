#include "core/attempt.h"
#include "base/ip.h"
#include "security/token_hash.h"
#include "sql/core.h"

static const struct rule {
    const char *name;
    int64_t window_s;
    int64_t limit;
    int64_t wait_s;
} RULES[] = {
    [ATTEMPT_LOGIN_NETWORK] = {"login_network", 900, 100, 60},
    [ATTEMPT_LOGIN_FROM] = {"login_from", 900, 5, 60},
    [ATTEMPT_LOGIN] = {"login", 3600, 30, 300},
    [ATTEMPT_LOGIN_DEVICE] = {"login_device", 900, 5, 60},
    [ATTEMPT_SECOND_FACTOR] = {"second_factor", 900, 5, 300},
    [ATTEMPT_PASSWORD] = {"password", 900, 5, 300},
    [ATTEMPT_MAIL] = {"mail", 3600, 5, 3600},
    [ATTEMPT_RESET_MAIL] = {"reset_mail", 3600, 5, 3600},
};

static void attempt_key(struct arena *arena, const struct rule *rule, const char *subject,
                        unsigned char key[TOKEN_HASH_BYTES]) {
    token_hash_bytes(arena_printf(arena, "attempt/%s/%s", rule->name, subject), key);
}

const char *attempt_network(const struct context *context) {
    struct ip ip;
    const char *hop = context->actor->hop;
    return hop != NULL && ip_parse(hop, &ip) ? ip_network_text(context->arena, &ip) : "";
}

const char *attempt_login_from(const struct context *context, const char *email_key) {
    return arena_printf(context->arena, "%s %s", email_key, attempt_network(context));
}

enum err attempt_take_in(struct context *context, struct tx *tx, enum attempt_kind kind,
                         const char *subject) {
    const struct rule *rule = &RULES[kind];
    unsigned char key[TOKEN_HASH_BYTES];
    struct attempt_taken attempt;
    if (!context->services->config->rate_limits) {
        return ERR_NONE;
    }
    attempt_key(context->arena, rule, subject, key);
    TRY(sql_attempt_take(tx, &attempt, .key = bytes_of(key, sizeof key), .window_s = rule->window_s,
                         .limit = rule->limit, .wait_s = rule->wait_s));
    if (attempt.is_taken) {
        return ERR_NONE;
    }
    context->retry_after_s = attempt.wait_s;
    return context_fail(context, ERR_RATE_LIMITED,
                        "Trop d’essais. Patientez un peu, puis recommencez.");
}

enum err attempt_take(struct context *context, enum attempt_kind kind, const char *subject) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return attempt_take_in(context, &once, kind, subject);
}

enum err attempt_give_back(struct context *context, struct tx *tx, enum attempt_kind kind,
                           const char *subject) {
    const struct rule *rule = &RULES[kind];
    unsigned char key[TOKEN_HASH_BYTES];
    if (!context->services->config->rate_limits) {
        return ERR_NONE;
    }
    attempt_key(context->arena, rule, subject, key);
    return sql_attempt_give_back(tx, .key = bytes_of(key, sizeof key), .limit = rule->limit);
}

enum err attempt_clear(struct context *context, struct tx *tx, enum attempt_kind kind,
                       const char *subject) {
    unsigned char key[TOKEN_HASH_BYTES];
    attempt_key(context->arena, &RULES[kind], subject, key);
    return sql_attempt_clear(tx, .key = bytes_of(key, sizeof key));
}

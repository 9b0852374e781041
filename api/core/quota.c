#include "core/quota.h"
#include "security/token_hash.h"
#include "sql/core.h"

enum { HOUR_S = 3600, DAY_S = 86400, MONTH_S = 30 * DAY_S, TAKEOVERS_OF_REQUEST = 3 };

struct rule {
    const char *name;
    int64_t window_s;
    int64_t limit;
    const char *reason;
};

static struct rule rule_of(const struct context *context, enum quota_kind kind) {
    const struct config *config = context->services->config;
    struct arena *arena = context->arena;
    switch (kind) {
    case QUOTA_JOINS:
        return (struct rule){"joins", DAY_S, config->joins_per_day,
                             arena_printf(arena,
                                          "Vous pouvez rejoindre %lld organisations par jour.",
                                          (long long)config->joins_per_day)};
    case QUOTA_UPLOADS:
        return (struct rule){"uploads", HOUR_S, config->upload_mb_per_hour * 1024 * 1024,
                             arena_printf(arena,
                                          "Vous pouvez envoyer %lld Mo de fichiers par heure.",
                                          (long long)config->upload_mb_per_hour)};
    case QUOTA_TAKEOVERS:
        return (struct rule){
            "takeovers", DAY_S, config->takeovers_per_day,
            arena_printf(arena, "Vous pouvez demander à reprendre %lld demandes par jour.",
                         (long long)config->takeovers_per_day)};
    case QUOTA_TAKEOVERS_OF_REQUEST:
        return (struct rule){"takeovers_of_request", MONTH_S, TAKEOVERS_OF_REQUEST,
                             "La reprise d’une demande peut être demandée trois fois en trente "
                             "jours."};
    case QUOTA_MESSAGES:
        break;
    }
    return (struct rule){"messages", HOUR_S, config->messages_per_hour,
                         arena_printf(arena, "Une demande prend %lld de vos messages par heure.",
                                      (long long)config->messages_per_hour)};
}

static struct bytes quota_key(struct arena *arena, const struct rule *rule, const char *subject) {
    unsigned char *key = arena_alloc(arena, TOKEN_HASH_BYTES);
    token_hash_bytes(arena_printf(arena, "quota/%s/%s", rule->name, subject), key);
    return bytes_of(key, TOKEN_HASH_BYTES);
}

/* "dans 12 minutes", "dans 5 heures", "dans 3 jours": rounded up. */
static const char *wait_text(struct arena *arena, int64_t wait_s) {
    static const struct {
        const char *name;
        int64_t seconds;
    } UNITS[] = {{"minute", 60}, {"heure", HOUR_S}, {"jour", DAY_S}};
    const size_t unit = wait_s > (int64_t)2 * DAY_S ? 2 : wait_s > HOUR_S ? 1 : 0;
    const int64_t count = (wait_s + UNITS[unit].seconds - 1) / UNITS[unit].seconds;
    return arena_printf(arena, "dans %lld %s%s", (long long)count, UNITS[unit].name,
                        count > 1 ? "s" : "");
}

enum err quota_take_in(struct context *context, struct tx *tx, enum quota_kind kind,
                       const char *subject, int64_t amount) {
    const struct rule rule = rule_of(context, kind);
    struct quota_taken taken;
    TRY(sql_quota_take(tx, &taken, .key = quota_key(context->arena, &rule, subject),
                       .amount = amount, .limit = rule.limit, .window_s = rule.window_s));
    if (taken.is_taken) {
        return ERR_NONE;
    }
    context->retry_after_s = taken.wait_s;
    return context_fail(context, ERR_RATE_LIMITED,
                        arena_printf(context->arena, "%s Recommencez %s.", rule.reason,
                                     wait_text(context->arena, taken.wait_s)));
}

enum err quota_take(struct context *context, enum quota_kind kind, const char *subject,
                    int64_t amount) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return quota_take_in(context, &once, kind, subject, amount);
}

enum err quota_give_back(struct context *context, enum quota_kind kind, const char *subject,
                         int64_t amount) {
    const struct rule rule = rule_of(context, kind);
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_quota_give_back(&once, .key = quota_key(context->arena, &rule, subject),
                               .amount = amount);
}

enum err quota_delete_expired(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_quota_delete_expired(&once);
}

#include "account/device.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/value.h"
#include "security/random.h"
#include "security/seal.h"
#include "sql/account.h"
#include <string.h>

static const char SEAL_CONTEXT[] = "device";
enum { ACCOUNTS_MAX = 4 };

/* The entries of a cookie that this program sealed; NULL for anything else. */
static const struct value *open_cookie(struct context *context, const char *cookie) {
    unsigned char *text = NULL;
    size_t length = 0;
    struct value *entries = NULL;
    if (cookie == NULL ||
        seal_open(context->arena, context->services->master_key, SEAL_CONTEXT, cookie, &text,
                  &length) != ERR_NONE ||
        json_parse(context->arena, (const char *)text, length, &entries, NULL) != ERR_NONE) {
        return NULL;
    }
    return entries;
}

static bool is_of(const struct value *entry, const char *account_id) {
    const char *account = value_get_text(entry, "account");
    return account != NULL && strcmp(account, account_id) == 0;
}

static const struct value *find_entry(const struct value *entries, const char *account_id) {
    for (size_t i = 0; i < value_count(entries); i++) {
        if (is_of(value_item(entries, i), account_id)) {
            return value_item(entries, i);
        }
    }
    return NULL;
}

/* The number of the device, unless it is too old or the password changed since. */
static const char *number_of(const struct value *entry, const struct device_facts *facts) {
    const bool is_good = entry != NULL &&
                         value_get_integer(entry, "until_ms", 0) > clock_now_ms() &&
                         value_get_integer(entry, "password_us", -1) == facts->password_us;
    return is_good ? value_get_text(entry, "device") : NULL;
}

enum err device_find(struct context *context, struct tx *tx, const char *cookie,
                     const char *account_id, const char **device) {
    struct device_facts facts;
    const struct value *entry = find_entry(open_cookie(context, cookie), account_id);
    *device = NULL;
    if (entry == NULL) {
        return ERR_NONE;
    }
    TRY(sql_account_find_device_facts(tx, &facts, .account = account_id));
    *device = number_of(entry, &facts);
    return ERR_NONE;
}

static struct value *new_entry(struct arena *arena, const char *account_id, const char *device,
                               const struct device_facts *facts) {
    struct value *entry = value_object(arena);
    const int64_t until_ms = clock_now_ms() + (int64_t)DEVICE_LIVES_S * 1000;
    value_set_text(arena, entry, "account", account_id);
    value_set_text(arena, entry, "device", device != NULL ? device : random_token(arena));
    value_set(entry, "password_us", value_integer(arena, facts->password_us));
    value_set(entry, "until_ms", value_integer(arena, until_ms));
    return entry;
}

enum err device_renew(struct context *context, struct tx *tx, const char *cookie,
                      const char *account_id, bool passed, const char **renewed) {
    struct arena *arena = context->arena;
    struct device_facts facts;
    const struct value *known = open_cookie(context, cookie);
    struct value *entries = value_array(arena);
    *renewed = NULL;
    TRY(sql_account_find_device_facts(tx, &facts, .account = account_id));
    if (facts.is_enrolled && !passed) {
        return ERR_NONE;
    }
    const char *device = number_of(find_entry(known, account_id), &facts);
    value_push(entries, new_entry(arena, account_id, device, &facts));
    for (size_t i = 0; i < value_count(known) && value_count(entries) < ACCOUNTS_MAX; i++) {
        const struct value *entry = value_item(known, i);
        if (!is_of(entry, account_id) && value_get_integer(entry, "until_ms", 0) > clock_now_ms()) {
            value_push(entries, value_copy(arena, entry));
        }
    }
    const char *text = json_text(arena, entries);
    *renewed = seal_close(arena, context->services->master_key, SEAL_CONTEXT, text, strlen(text));
    return ERR_NONE;
}

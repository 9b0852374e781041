#include "token/token_json.h"
#include "base/clock.h"
#include "base/ip.h"
#include "core/reader.h"
#include <string.h>

enum { ADDRESSES_MAX = 100, SECRET_BYTES_MAX = 256, DAY_MS = 24 * 60 * 60 * 1000 };

static struct reader start(struct context *context, const struct value *body,
                           const char *const *known) {
    struct reader reader;
    reader_start(&reader, context->arena, context->errors, body, "", known);
    return reader;
}

static void refuse_address(struct context *context, size_t place, const char *code,
                           const char *message) {
    field_errors_add(context->errors, arena_printf(context->arena, "/allowed_ips/%zu", place), code,
                     "%s", message);
}

static void read_address(struct context *context, const struct value *list, size_t place,
                         struct value *addresses) {
    const struct value *item = value_item(list, place);
    struct ip_block block;
    if (!value_is(item, VALUE_STRING)) {
        refuse_address(context, place, "wrong_type", "Indiquez une adresse sous forme de texte.");
    } else if (!ip_block_parse(value_text_of(item), &block)) {
        refuse_address(context, place, "invalid_format",
                       "Indiquez une adresse IPv4 ou IPv6, ou un bloc dont les bits d’hôte sont à "
                       "zéro, par exemple 192.0.2.7 ou 192.0.2.0/24.");
    } else if (value_has_text(addresses, value_text_of(item))) {
        refuse_address(context, place, "duplicate", "Cette adresse est déjà dans la liste.");
    } else {
        value_push(addresses, value_text(context->arena, value_text_of(item)));
    }
}

enum err token_json_read_patch(struct context *context, const struct value *body,
                               const struct value **addresses, bool *has) {
    static const char *const KNOWN[] = {"allowed_ips", NULL};
    struct reader reader = start(context, body, KNOWN);
    const struct value *list = value_get(body, "allowed_ips");
    struct value *read = value_array(context->arena);
    *has = reader_has(&reader, "allowed_ips");
    *addresses = read;
    if (!*has || value_is(list, VALUE_NULL)) {
        return field_errors_verdict(context->errors);
    }
    if (!value_is(list, VALUE_ARRAY)) {
        reader_error(&reader, "allowed_ips", "wrong_type", "Indiquez une liste d’adresses.");
    } else if (value_count(list) > ADDRESSES_MAX) {
        reader_error(&reader, "allowed_ips", "too_many", "Indiquez 100 adresses au plus.");
    } else {
        for (size_t i = 0; i < value_count(list); i++) {
            read_address(context, list, i, read);
        }
    }
    return field_errors_verdict(context->errors);
}

enum err token_json_read_rotation(struct context *context, const struct value *body,
                                  int64_t *overlap_days) {
    static const char *const KNOWN[] = {"overlap_days", NULL};
    struct reader reader = start(context, body, KNOWN);
    const struct value *days = value_get(body, "overlap_days");
    *overlap_days = value_get_integer(body, "overlap_days", 0);
    if (days == NULL || value_is(days, VALUE_NULL)) {
        reader_error(&reader, "overlap_days", "required",
                     "Indiquez pendant combien de jours l’ancien jeton reste valable.");
    } else if (!value_is(days, VALUE_INTEGER)) {
        reader_error(&reader, "overlap_days", "wrong_type", "Indiquez un nombre entier de jours.");
    }
    return field_errors_verdict(context->errors);
}

static void read_date(struct reader *reader, int64_t *at_ms) {
    const struct value *at = value_get(reader->object, "at");
    *at_ms = 0;
    if (at == NULL || value_is(at, VALUE_NULL)) {
        return;
    }
    if (!value_is(at, VALUE_STRING)) {
        reader_error(reader, "at", "wrong_type", "Indiquez une date et une heure.");
    } else if (!clock_parse_rfc3339(value_text_of(at), at_ms)) {
        reader_error(reader, "at", "invalid_format",
                     "Indiquez une date et une heure, par exemple 2027-01-31T18:00:00Z.");
    } else if (*at_ms < clock_now_ms() - DAY_MS / 24 / 60) {
        reader_error(reader, "at", "out_of_range", "Indiquez une date à venir.");
    }
}

enum err token_json_read_revocation(struct context *context, const struct value *body,
                                    const char **reason, int64_t *at_ms) {
    static const char *const KNOWN[] = {"reason", "at", NULL};
    struct reader reader = start(context, body, KNOWN);
    *reason = reader_required_text(&reader, "reason", READER_LONG_MAX);
    read_date(&reader, at_ms);
    return field_errors_verdict(context->errors);
}

enum err token_json_read_share(struct context *context, const struct value *body,
                               const char **email) {
    static const char *const KNOWN[] = {"email", NULL};
    struct reader reader = start(context, body, KNOWN);
    *email = reader_required_line(&reader, "email", READER_SHORT_MAX);
    return field_errors_verdict(context->errors);
}

enum err token_json_read_redemption(struct context *context, const struct value *body,
                                    const char **secret) {
    static const char *const KNOWN[] = {"token", NULL};
    struct reader reader = start(context, body, KNOWN);
    *secret = reader_required_secret(&reader, "token", SECRET_BYTES_MAX);
    return field_errors_verdict(context->errors);
}

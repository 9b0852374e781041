#include "usage/usage.h"
#include "base/json.h"
#include "base/text.h"
#include "core/gateway_port.h"
#include "product/gateway_error.h"
#include "sql/token.h"
#include "sql/usage.h"
#include "token/token_acts.h"
#include <string.h>

enum { MINUTE_MS = 60 * 1000, EXPORT_LINES = 2000, HOURS_PER_RUN = 500 };
#define HOUR_MS (INT64_C(60) * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

int64_t usage_bucket_s(int64_t range_ms) {
    static const struct {
        int64_t range_ms;
        int64_t bucket_s;
    } STEPS[] = {
        {(int64_t)15 * MINUTE_MS, 10},
        {(int64_t)2 * HOUR_MS, 60},
        {(int64_t)4 * DAY_MS, 3600},
        {(int64_t)17 * DAY_MS, 14400},
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        if (range_ms <= STEPS[i].range_ms) {
            return STEPS[i].bucket_s;
        }
    }
    return DAY_MS / 1000;
}

/* {code: {title, advice}} of every error of the gateway. */
static const char *render_advice(struct arena *arena) {
    static const struct gateway_error ROWS[] = {
#define GATEWAY_ERROR(name, code, status, title, detail, advice)                                   \
    {code, status, title, detail, advice},
#include "product/gateway_error.def"
#undef GATEWAY_ERROR
    };
    struct value *all = value_object(arena);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct value *item = value_object(arena);
        value_set_text(arena, item, "title", ROWS[i].title);
        value_set_text(arena, item, "advice", ROWS[i].advice);
        if (value_get(all, ROWS[i].code) == NULL) {
            value_set(all, ROWS[i].code, item);
        }
    }
    return json_text(arena, all);
}

static enum err read_document(struct context *context, struct tx *tx, const char *token_id,
                              const struct usage_range *range, const char **json) {
    return sql_usage_document(tx, json, .token = token_id, .from_ms = range->from_ms,
                              .to_ms = range->to_ms, .bucket_s = range->bucket_s,
                              .advice = render_advice(context->arena));
}

enum err usage_read(struct context *context, const char *token_id, const struct usage_range *range,
                    const char **json) {
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return read_document(context, &once, token_id, range, json);
}

enum err usage_read_csv(struct context *context, const char *token_id,
                        const struct usage_range *range, const char **csv) {
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    TX_AUTO(tx);
    const char *json = NULL;
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(read_document(context, &tx, token_id, range, &json));
    TRY(sql_usage_export(&tx, csv, .document = json));
    return tx_commit(&tx);
}

/* "microseconds_number", as call_list.sql writes it. */
static enum err read_cursor(struct context *context, const char *cursor,
                            struct usage_call_place *place) {
    *place = (struct usage_call_place){0};
    if (cursor == NULL) {
        return ERR_NONE;
    }
    const char *joint = strchr(cursor, '_');
    const char *at =
        joint == NULL ? "" : arena_strndup(context->arena, cursor, (size_t)(joint - cursor));
    if (joint == NULL || !text_parse_integer(at, 1, INT64_MAX, &place->at_us) ||
        !text_parse_integer(joint + 1, 0, INT64_MAX, &place->number)) {
        field_errors_add(context->errors, "cursor", "invalid_format",
                         "Ce curseur n’est pas celui d’une page précédente.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

static struct nullable_int unless_zero(int64_t number) {
    return number == 0 ? NULL_INT : nullable_int(number);
}

/* The parameters that the list and the export share. */
#define CALL_FILTER(filter, place)                                                                 \
    .status_least = unless_zero((filter)->status_least),                                           \
    .status_most = unless_zero((filter)->status_most), .error_code = (filter)->error_code,         \
    .endpoint = (filter)->endpoint, .request_id = (filter)->request_id,                            \
    .from_ms = unless_zero((filter)->from_ms), .to_ms = unless_zero((filter)->to_ms),              \
    .after_us = unless_zero((place)->at_us),                                                       \
    .after_number = (place)->at_us == 0 ? NULL_INT : nullable_int((place)->number)

enum err usage_read_calls(struct context *context, const char *token_id,
                          const struct usage_call_filter *filter, const char *cursor, int64_t limit,
                          const char **json) {
    struct usage_call_place place;
    TRY(read_cursor(context, cursor, &place));
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_CALLS));
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_call_list(&once, json, .token = token_id, CALL_FILTER(filter, &place),
                         .limit = limit);
}

enum err usage_check_export(struct context *context, const char *token_id) {
    return token_check_right(context, token_id, TOKEN_ACT_READ_CALLS);
}

static const char CALL_COLUMNS[] = "request_id,at,endpoint,params,context,object,recipient,status,"
                                   "error_code,duration_ms,provider_ms,ip,sandbox\r\n";

enum err usage_export_next(const struct services *services, struct arena *arena,
                           struct usage_export *export, struct buf *out, int64_t *rows,
                           bool *is_over) {
    const bool is_first = !export->has_head;
    struct call_export_page page;
    struct tx once = tx_once(services->heavy_pool, arena, IDENTITY_SYSTEM, TX_READ);
    if (is_first) {
        buf_puts(out, export->as_json ? "{\"items\": [" : CALL_COLUMNS);
        export->has_head = true;
    }
    TRY(sql_call_export(&once, &page, .token = export->token_id,
                        CALL_FILTER(&export->filter, &export->place), .limit = EXPORT_LINES,
                        .as_json = export->as_json));
    if (page.lines.or_null != NULL) {
        /* No comma before the first call. */
        buf_puts(out, page.lines.or_null + (export->as_json && is_first ? 1 : 0));
    }
    export->place = (struct usage_call_place){.at_us = nullable_int_or(page.next_at_us, 0),
                                              .number = nullable_int_or(page.next_number, 0)};
    *rows = page.rows;
    *is_over = export->place.at_us == 0;
    buf_puts(out, export->as_json && *is_over ? "\n]}\n" : "");
    return ERR_NONE;
}

static enum err find_product(struct context *context, const char *token_id, const char **product) {
    const struct identity identity = context_identity(context);
    struct token_access access;
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    TRY(sql_token_find(&once, &access, .token = token_id, .account = context->actor->account_id));
    *product = access.product;
    return ERR_NONE;
}

enum err usage_read_limits(struct context *context, const char *token_id, struct value **out) {
    const struct gateway_port *port = context->services->gateway;
    const char *product = NULL;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    TRY(find_product(context, token_id, &product));
    return port->limits(port->gateway, context->arena, token_id, product, out);
}

enum err usage_read_endpoints(struct context *context, const char *token_id, const char **product,
                              struct value **paths) {
    const struct gateway_port *port = context->services->gateway;
    TRY(token_check_right(context, token_id, TOKEN_ACT_READ_USAGE));
    TRY(find_product(context, token_id, product));
    return port->opened(port->gateway, context->arena, token_id, *product, paths);
}

/* ERR_INVALID with a field error for each call that names no token of the product. */
static enum err check_tokens(struct context *context, struct tx *tx, const char *calls,
                             const char *product) {
    int64_t *places = NULL;
    size_t count = 0;
    TRY(sql_call_find_unknown_tokens(tx, &places, &count, .calls = calls, .product = product));
    for (size_t i = 0; i < count; i++) {
        field_errors_add(context->errors,
                         arena_printf(context->arena, "/calls/%lld/token_id", (long long)places[i]),
                         "not_found", "Aucun jeton de cette API n’a cet identifiant.");
    }
    return count > 0 ? ERR_INVALID : ERR_NONE;
}

enum err usage_post_calls(struct context *context, const struct value *calls, int64_t *accepted) {
    const char *product = context->actor->client_product;
    const char *json = json_text(context->arena, calls);
    if (product == NULL) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Ce programme n’est pas lié à une API : il ne peut déposer d’appels.");
    }
    if (!actor_has_role(context->actor, ROLE_MANAGER, product)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Un responsable du produit doit répondre d’un programme qui dépose des "
                            "appels.");
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(check_tokens(context, &tx, json, product));
    TRY(sql_call_make_partitions(&tx, .calls = json));
    TRY(sql_call_post(&tx, accepted, .calls = json));
    return tx_commit(&tx);
}

static enum err roll_up_hour(struct context *context, bool *rolled) {
    ARENA_AUTO(arena);
    struct tx once = tx_once(context->services->pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    return sql_call_roll_next(&once, rolled);
}

enum err usage_roll_up(struct context *context) {
    bool rolled = true;
    for (int i = 0; rolled && i < HOURS_PER_RUN; i++) {
        TRY(roll_up_hour(context, &rolled));
    }
    return ERR_NONE;
}

enum err usage_keep(struct context *context) {
    const struct services *services = context->services;
    struct tx once = tx_once(services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_call_delete_old_roll_ups(&once));
    TRY(sql_rate_window_delete_expired(&once));
    TRY(sql_call_delete_old_writers(&once));
    return sql_call_keep_partitions(&once, .days_kept = services->config->call_details_days);
}

#include "http/look.h"
#include "base/clock.h"
#include "core/access_log.h"
#include "http/route.h"
#include <string.h>

struct look_row {
    const char *path;
    const char *object_type;
    const char *parameter;
    const char *action;
    const char *csv_action;
    bool keeps_query;
};

static const struct look_row ROWS[] = {
#define LOOK(path_, object_type_, parameter_, action_, csv_action_, keeps_query_)                  \
    {path_, object_type_, parameter_, action_, csv_action_, keeps_query_},
#include "http/look.def"
#undef LOOK
};

static const struct look_row *find_row(const struct exchange *exchange) {
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (strcmp(ROWS[i].path, exchange->route->path) == 0) {
            return &ROWS[i];
        }
    }
    return NULL;
}

/* Staff, or a program of a product: who reads what belongs to others. Whether in this role is decided where it is
 * written. */
static bool is_watched(const struct exchange *exchange) {
    const struct actor *actor = &exchange->actor;
    return exchange->route != NULL && exchange->route->method == METHOD_GET &&
           (exchange->response.status == 200 || exchange->response.status == 304) &&
           (actor->kind == ACTOR_CLIENT ? actor->client_product != NULL
                                        : actor->kind == ACTOR_ACCOUNT && actor->roles_count > 0);
}

static void set_pairs(struct arena *arena, struct value *detail, const struct pair *pairs,
                      size_t count, const char *left_out) {
    for (size_t i = 0; i < count; i++) {
        const char *name = pairs[i].name;
        if (strcmp(name, left_out) != 0 && strcmp(name, "limit") != 0 &&
            strcmp(name, "cursor") != 0) {
            value_set_text(arena, detail, name, pairs[i].value);
        }
    }
}

/* Which file it was, and what was searched or exported. */
static const struct value *read_detail(const struct exchange *exchange,
                                       const struct look_row *row) {
    const struct request *request = &exchange->request;
    struct value *detail = value_object(exchange->arena);
    set_pairs(exchange->arena, detail, request->path_parameters, request->path_parameters_count,
              row->parameter);
    if (row->keeps_query) {
        set_pairs(exchange->arena, detail, request->query_parameters,
                  request->query_parameters_count, "");
    }
    return detail;
}

void look_record(const struct exchange *exchange) {
    const struct look_row *row = is_watched(exchange) ? find_row(exchange) : NULL;
    const struct actor *actor = &exchange->actor;
    const bool is_client = actor->kind == ACTOR_CLIENT;
    if (row == NULL) {
        return;
    }
    const char *action = request_wants_csv(exchange) ? row->csv_action : row->action;
    if (action == NULL) {
        return;
    }
    access_log_add(
        exchange->services->access_log,
        &(struct look){.at_ms = clock_now_ms(),
                       .is_client = is_client,
                       .actor_id = is_client ? actor->client_id : actor->account_id,
                       .action = action,
                       .object_type = row->object_type,
                       .object_id = *row->parameter == '\0'
                                        ? NULL
                                        : request_path_parameter(exchange, row->parameter),
                       .detail = read_detail(exchange, row),
                       .address = exchange->request.address});
}

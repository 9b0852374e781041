#include "http/replay.h"
#include "base/json.h"
#include "http/authn.h"
#include "http/on_behalf.h"
#include "http/route.h"
#include <string.h>

/* The route that reads this path; NULL: none does. `reading` is the request for it, without query and headers. */
static enum err find_reader(struct exchange *exchange, const char *path, struct request *reading,
                            const struct route **reader) {
    struct route_match match;
    *reading = exchange->request;
    reading->path = path;
    reading->query = NULL;
    reading->query_parameters_count = 0;
    reading->headers_count = 0;
    TRY(route_find(exchange->arena, "GET", reading, &match));
    *reader = match.route;
    return ERR_NONE;
}

/* The identifier of what was made; NULL: the answer has none. */
static const char *id_of(struct exchange *exchange) {
    const char *json = exchange->context.answer.json;
    struct value *answer = NULL;
    const bool is_read = json_parse(exchange->arena, json, strlen(json), &answer, NULL) == ERR_NONE;
    return is_read ? value_get_text(answer, "id") : NULL;
}

/* A path that names an object is read itself, or the next one above it; one that names none, below it. */
static enum err find_object(struct exchange *exchange, struct request *reading,
                            const struct route **reader) {
    struct arena *arena = exchange->arena;
    const char *path = exchange->request.path;
    const char *id = strchr(exchange->route->path, '{') == NULL ? id_of(exchange) : NULL;
    *reader = NULL;
    if (id != NULL) {
        TRY(find_reader(exchange, arena_printf(arena, "%s/%s", path, id), reading, reader));
    }
    while (*reader == NULL && *path != '\0') {
        TRY(find_reader(exchange, path, reading, reader));
        path = arena_strndup(arena, path, (size_t)(strrchr(path, '/') - path));
    }
    return *reader == NULL ? ERR_NOT_FOUND : ERR_NONE;
}

/* Runs the reader for who asks; everything that it changes in the exchange is as before. */
static enum err run_reader(struct exchange *exchange, const struct route *reader,
                           const struct request *reading) {
    const struct exchange before = *exchange;
    exchange->route = reader;
    exchange->request = *reading;
    exchange->context.idempotency = NULL;
    exchange->context.is_replayed = false;
    const bool is_open = exchange->actor.kind == ACTOR_CLIENT ||
                         authn_has_role(&exchange->actor, reader); /* on_behalf_run asks itself */
    const enum err err = is_open ? on_behalf_run(exchange, reader->handle) : ERR_FORBIDDEN;
    if (exchange->response.stream_end != NULL) {
        exchange->response.stream_end(exchange->response.stream_state);
    }
    *exchange = before;
    return err;
}

enum err replay_answer(struct exchange *exchange) {
    struct request reading;
    const struct route *reader = NULL;
    if (exchange->context.answer.json != NULL) {
        TRY(find_object(exchange, &reading, &reader));
        const enum err err = run_reader(exchange, reader, &reading);
        if (err == ERR_FORBIDDEN || err == ERR_NOT_FOUND) {
            exchange->detail = "L’action de cette clé a bien eu lieu ; sa réponse n’est plus "
                               "montrée, car vous ne pouvez plus lire ce dont elle parle.";
            return ERR_CONFLICT;
        }
        TRY(err);
    }
    return response_answer(exchange);
}

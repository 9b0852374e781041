#include "http/on_behalf.h"
#include "http/authn.h"

static bool is_refused(const struct exchange *exchange, enum err err) {
    return !exchange->context.is_replayed && (err == ERR_FORBIDDEN || err == ERR_NOT_FOUND);
}

enum err on_behalf_run(struct exchange *exchange, handler act) {
    struct actor *actor = &exchange->actor;
    if (actor->kind != ACTOR_CLIENT) {
        return act(exchange);
    }
    const struct response untouched = exchange->response;
    enum err refusal = ERR_NOT_FOUND;
    const char *detail = NULL;
    for (size_t i = 0; i < actor->persons_count; i++) {
        actor_take_person(actor, i);
        if (!authn_has_role(actor, exchange->route)) {
            continue;
        }
        exchange->response = untouched;
        exchange->detail = NULL;
        exchange->context.detail = NULL;
        field_errors_init(&exchange->errors, exchange->arena);
        const enum err err = act(exchange);
        if (!is_refused(exchange, err)) {
            return err;
        }
        if (refusal == ERR_NOT_FOUND) {
            refusal = err;
            detail = exchange->detail != NULL ? exchange->detail : exchange->context.detail;
        }
    }
    exchange->detail = detail;
    return refusal;
}

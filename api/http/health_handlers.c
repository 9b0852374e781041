#include "http/http_state.h"
#include "http/readiness.h"
#include "http/routes.h"

/* The process answers: nothing else is looked at. */
enum err handle_get_liveness(struct exchange *exchange) {
    return response_json(exchange, 200, "{\"status\":\"live\"}");
}

/* Requests may be sent here. */
enum err handle_get_readiness(struct exchange *exchange) {
    static const char *const SENTENCES[] = {
        [READINESS_DATABASE] = "La base de données ne répond pas.",
        [READINESS_SCHEMA] = "La base de données est d’une version antérieure à celle du "
                             "programme : lancez « guichet migrate ».",
        [READINESS_MASTER_KEY] = "La clé maîtresse n’est pas celle de la base de données : le "
                                 "journal de l’instance dit laquelle manque (master_key_wrong).",
        [READINESS_COMPLETE] = NULL};
    if (atomic_load(&exchange->http->stopping)) {
        exchange->detail = "L’instance s’arrête.";
        return ERR_UNAVAILABLE;
    }
    const enum readiness missing = readiness_find(exchange->services);
    exchange->detail = SENTENCES[missing];
    if (missing != READINESS_COMPLETE) {
        return ERR_UNAVAILABLE;
    }
    return response_json(exchange, 200,
                         "{\"status\":\"ready\",\"checks\":{\"database\":\"ok\",\"schema\":\"ok\","
                         "\"master_key\":\"ok\"}}");
}

#include "core/master_key.h"
#include "engine/migrate.h"
#include "http/http_state.h"
#include "http/routes.h"

/* The process answers: nothing else is looked at. */
enum err handle_get_liveness(struct exchange *exchange) {
    return response_json(exchange, 200, "{\"status\":\"live\"}");
}

/* Requests may be sent here. */
enum err handle_get_readiness(struct exchange *exchange) {
    if (atomic_load(&exchange->http->stopping)) {
        exchange->detail = "L’instance s’arrête.";
        return ERR_UNAVAILABLE;
    }
    const enum err err = migrate_check_ready(exchange->services->pool);
    if (err != ERR_NONE) {
        exchange->detail = err == ERR_CONFLICT
                               ? "La base de données est d’une version antérieure à celle du "
                                 "programme : lancez « guichet migrate »."
                               : "La base de données ne répond pas.";
        return ERR_UNAVAILABLE;
    }
    if (master_key_check(exchange->services) != ERR_NONE) {
        exchange->detail = "La clé maîtresse n’est pas celle de la base de données : le journal de "
                           "l’instance dit laquelle manque (master_key_wrong).";
        return ERR_UNAVAILABLE;
    }
    return response_json(exchange, 200,
                         "{\"status\":\"ready\",\"checks\":{\"database\":\"ok\",\"schema\":\"ok\","
                         "\"master_key\":\"ok\"}}");
}

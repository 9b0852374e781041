#include "app.h"
#include "http/handlers/handlers.h"

/* The process answers: nothing else is looked at. */
enum err health_live(struct exchange *exchange) {
    return response_json(exchange, 200, "{\"status\":\"live\"}");
}

/* Requests may be sent here. */
enum err health_ready(struct exchange *exchange) {
    if (atomic_load(&exchange->app->stopping)) {
        exchange->detail = "L'instance s'arrête.";
        return ERR_UNAVAILABLE;
    }
    return response_json(exchange, 200, "{\"status\":\"ready\",\"checks\":{}}");
}

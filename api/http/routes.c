#include "http/handlers/handlers.h"
#include "http/route.h"

const struct route ROUTES[] = {
#define X(method_, path_, access_, body_, bytes_, rate_, scope_, query_, idempotent_, handle_)     \
    {.method = METHOD_##method_,                                                                   \
     .path = path_,                                                                                \
     .access = ACCESS_##access_,                                                                   \
     .body = BODY_##body_,                                                                         \
     .body_bytes_max = bytes_,                                                                     \
     .rate = RATE_##rate_,                                                                         \
     .client_scope = scope_,                                                                       \
     .query = query_,                                                                              \
     .idempotent_key = idempotent_,                                                                \
     .handle = handle_},
#include "http/routes.def"
#undef X
};

const size_t ROUTES_COUNT = sizeof ROUTES / sizeof ROUTES[0];

#ifndef GUICHET_GATEWAY_GATEWAY_PARTS_H
#define GUICHET_GATEWAY_GATEWAY_PARTS_H
/* The gateway's internals, for its own files. */
#include "gateway/cache/answer_cache.h"
#include "gateway/catalogue.h"
#include "gateway/gateway.h"
#include "gateway/limit/bad_token_limiter.h"
#include "gateway/limit/limiter.h"
#include "gateway/record/call_log.h"
#include "gateway/record/call_metrics.h"
#include "gateway/token/change_listener.h"
#include "gateway/token/token_cache.h"
#include "gateway/token/verify.h"
#include <stdatomic.h>

struct gateway {
    const struct services *services;
    struct arena arena; /* of the catalogue */
    struct catalogue catalogue;
    struct bad_token_limiter *bad_token_limiter; /* NULL: not limited */
    struct verifier *verifier;
    struct token_cache *tokens;
    struct limiter *limiter;
    struct answer_cache *answers;
    struct call_log *log;
    struct call_metrics *call_metrics;
    struct change_listener *change_listener;
    atomic_uint_fast64_t calls;
    atomic_uint_fast64_t bad_tokens;
    atomic_uint_fast64_t limited;
    atomic_uint_fast64_t from_cache; /* answers from the cache */
};

/* One running call; used by one thread. */
struct call {
    struct gateway *gateway;
    struct arena *arena;
    const struct gateway_request *request;
    struct gateway_response *response;
    const struct catalogue_product *product;
    struct token_snapshot *row;      /* NULL until the token is known */
    const struct endpoint *endpoint; /* NULL: unknown, or privileges */
    bool is_privileges;
    const char *path_values[CALL_PARAMS_MAX]; /* before any check */
    struct call_params call_params;           /* once checked */
    const char *context;
    const char *object;
    const char *recipient;
    struct value *errors;   /* of the answer; NULL: none */
    const char *error_code; /* the first of them */
    int64_t provider_us;    /* -1: no provider was called */
    bool is_sandbox;        /* the built-in sandbox answered */
};

/* Registers the metrics of the gateway. */
void gateway_metrics_register(struct gateway *gateway);
/* Answers the call; always fills the response. */
void call_run(struct call *call);
/* Checks scopes and parameters; false, with the answer filled, where one fails. */
bool call_check_request(struct call *call);

#endif

#ifndef GUICHET_CORE_CONTEXT_H
#define GUICHET_CORE_CONTEXT_H
/* What a function of a subject works with: the parts of the running program, and the one request or
 * job that it serves. One thread uses a context. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/field_errors.h"
#include "core/actor.h"
#include "core/idempotency.h"
#include "engine/tx.h"
#include <stdatomic.h>
#include <stdint.h>

struct access_log;    /* core/access_log.h: who looked at what */
struct gateway_port;  /* core/gateway_port.h: what is asked of the gateway */
struct value;         /* base/value.h */
struct ports;         /* core/ports.h: mail, directory, scanner … */
struct products;      /* product/product.h */
struct seal_key;      /* security/seal.h: the master key */
struct token_service; /* token/token.h: signing keys and the sealing of strings */

/* Wired once in app.c, read by all threads, freed after the last of them. */
struct services {
    const struct config *config;
    struct pool *pool;
    /* A few connections for what takes long and comes in numbers (exports, searches of anybody), so that they
     * never make others wait; and those of a replica for statistics, or the same. */
    struct pool *heavy_pool;
    struct pool *read_pool;
    const struct ports *ports;
    const struct products *products;
    const struct seal_key *master_key;
    struct token_service *tokens;
    /* A mail as the worker would send it, for previews: subject and text in the arena. */
    enum err (*mail_render)(const struct services *services, struct arena *arena,
                            const char *template, const struct value *data, const char **subject,
                            const char **text);
    const struct gateway_port *gateway; /* NULL where none runs */
    struct access_log *access_log;      /* NULL where nobody reads: commands */
};

/* What an act answers over HTTP: rendered before its commit (core/act.h). */
struct act_answer {
    int status;           /* 0: none */
    const char *json;     /* NULL: no body */
    int64_t version;      /* its ETag; 0: none */
    const char *location; /* NULL: none */
    bool is_secret;       /* shown once: not kept for an Idempotency-Key */
};

struct context {
    const struct services *services;
    struct arena *arena;                       /* everything a domain function returns lives here */
    const struct actor *actor;                 /* never NULL */
    struct field_errors *errors;               /* filled before ERR_INVALID is returned */
    const atomic_bool *is_stopping;            /* for long jobs; NULL: nobody stops it */
    const struct idempotency_key *idempotency; /* NULL without Idempotency-Key; see core/act.h */
    struct act_answer answer;                  /* of the act that was committed, or kept */
    bool is_replayed;                          /* `answer` is the one kept for the key */
    bool keeps_secret;     /* the act checks and records anew before it shows a kept secret again */
    const char *detail;    /* French sentence behind a failure; NULL: the title says it all */
    struct value *members; /* object: what a program is told beside `detail`; NULL: nothing */
    int64_t retry_after_s; /* with ERR_RATE_LIMITED or ERR_UNAVAILABLE; 0: the default */
};

/* The identity that row-level security sees for this actor. */
static inline struct identity context_identity(const struct context *context) {
    return (struct identity){.account_id = context->actor->account_id,
                             .is_system = context->actor->kind == ACTOR_SYSTEM,
                             .client_siret = context->actor->client_siret,
                             .client_product = context->actor->client_product};
}

/* Sets the French sentence behind a failure and returns the failure: `return context_fail(context,
 * ERR_CONFLICT, "…");` */
static inline enum err context_fail(struct context *context, enum err err, const char *detail) {
    context->detail = detail;
    return err;
}

#endif

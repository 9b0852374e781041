#ifndef GUICHET_ENGINE_POOL_H
#define GUICHET_ENGINE_POOL_H
/* A few connections to PostgreSQL, shared by all threads. A connection is taken for one transaction
 * and never held across a call to another service. While the server does not answer, every call fails
 * at once with ERR_UNAVAILABLE and one thread at a time tries to connect again: no restart is needed.
 * Thread-safe. */
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool;

struct pool_options {
    const char *url; /* libpq connection string or URI; several hosts are allowed */
    size_t connections;
    bool as_owner; /* for migrations and copies: the log-in stays who it is, whoever it is */
    bool prepared; /* named prepared statements */
    bool staff_second_factor; /* told to each transaction: roles that decide need one */
};

struct pool_stats {
    size_t connections;
    size_t busy;
    uint64_t waits;    /* transactions that had to wait for a connection */
    uint64_t failures; /* connections lost or refused */
};

/* Connects when needed, so never fails for lack of a server. Copies the options. The caller frees. */
struct pool *pool_new(const struct pool_options *options);
/* Closes every connection. Requires: no transaction is open. */
void pool_free(struct pool *pool);
struct pool_stats pool_get_stats(struct pool *pool);
/* False where the server answers and the log-in is one that row-level security would not bind. */
bool pool_accepts_login(const struct pool *pool);
/* The option of the same name. */
bool pool_asks_second_factor(const struct pool *pool);

#endif

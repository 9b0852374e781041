#ifndef GUICHET_CORE_ACCESS_LOG_H
#define GUICHET_CORE_ACCESS_LOG_H
/* Who of the staff looked at what. A look is put into a buffer of bounded size, and one thread writes what is there
 * every half second in one statement, which decides what is kept (sql/queries/core/access_log_add.sql): reading waits
 * for nothing, and a crash loses the looks of half a second. While they cannot be written they wait; event
 * access_log_waits and the metric guichet_access_log_oldest_seconds say so. Looks beyond the bound are lost and
 * counted. Thread-safe. */
#include "core/context.h"

struct access_log;

struct look {
    int64_t at_ms; /* since 1970 */
    bool is_client;
    const char *actor_id;    /* the account, or the program where is_client */
    const char *action;      /* "request.read": subject.verb */
    const char *object_type; /* request, habilitation, token, account, organisation, list */
    const char *object_id;   /* NULL: a list */
    const struct value
        *detail; /* which file, or by which filters (core/typed.h); NULL: nothing to tell */
    const char *address;
};

struct access_log_counts {
    uint64_t lost;     /* since the start: no room, or refused by PostgreSQL */
    uint64_t waiting;  /* not written yet */
    int64_t oldest_ms; /* age of the oldest of those; 0 without */
};

/* Borrows `pool` and `master_key`, registers its metrics, starts the thread. NULL where that cannot be started. */
struct access_log *access_log_new(struct pool *pool, const struct seal_key *master_key);
/* Writes what is left, retrying for a few seconds, then ends the thread. NULL does nothing. */
void access_log_free(struct access_log *log);
/* Copies the look; never waits for the database. A `log` of NULL, as in commands, takes none. */
void access_log_add(struct access_log *log, const struct look *look);
struct access_log_counts access_log_get_counts(struct access_log *log);

/* The job of retention: deletes what is older than GUICHET_ACCESS_LOG_DAYS. */
MUST_CHECK enum err access_log_delete_old(struct context *context);

#endif

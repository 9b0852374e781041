#ifndef GUICHET_ENGINE_CONNECTION_H
#define GUICHET_ENGINE_CONNECTION_H
/* Internal to the engine: one libpq connection in pipeline mode. One thread uses a connection. */
#include "base/arena.h"
#include "base/err.h"
#include "engine/result.h"
#include "engine/tx.h"
#include <libpq-fe.h>

enum { CONNECTION_FAILURE_BYTES = 300 };
enum { ANSWER_MS = 6 * 1000, LONG_ANSWER_MS = 11 * 60 * 1000 };

struct connection {
    struct connection *next; /* free list of the pool */
    PGconn *pg;
    int64_t answer_ms; /* how long an answer is waited for, in this transaction */
    bool prepared_allowed;
    bool *is_prepared; /* by sql_state.id */
    size_t is_prepared_count;
};

/* One command of a pipeline. */
struct command {
    const struct sql *sql; /* NULL: `text` */
    const char *text;      /* BEGIN, COMMIT …: constant text */
    const struct param *params;
    size_t params_count;
    struct sql_result *result; /* NULL: none is read */
};

enum connection_kind {
    CONNECTION_OF_OWNER, /* the log-in as it is, for migrations and copies; no prepared statements */
    CONNECTION_PREPARED, /* of the application's role, with named prepared statements */
    CONNECTION_POOLED, /* the same behind a pooler in transaction mode: nothing is kept of a session */
};

/* Connects; NULL where the server cannot be reached within its connect_timeout, and, but for the owner, where
 * the log-in is a superuser, owns the tables or does not act as guichet_app: row-level security would not bind
 * it. That is an event, and `*is_refused` (may be NULL) says so. The caller closes. */
struct connection *connection_open(const char *url, enum connection_kind kind, bool *is_refused);
/* Why the last connection_open of this thread gave NULL, on one line and without secrets; overwritten by the
 * next. */
const char *connection_failure(void);
void connection_close(struct connection *connection);
/* PQconnectdbParams with the name of the database expanded, whose notices of the server are events with their
 * SQLSTATE: libpq would print their text, which may hold values, between the lines of the log. The caller
 * checks PQstatus, and PQfinish. */
PGconn *connection_connect(const char *const *names, const char *const *values);
/* The same by a connection string alone. */
PGconn *connection_connect_url(const char *url);
/* Runs one command without parameters outside of the pipeline, in blocking or non-blocking mode. False
 * where it failed or had no answer in time. */
MUST_CHECK bool connection_exec(PGconn *pg, const char *text, int64_t wait_ms);
bool connection_is_usable(const struct connection *connection);
/* Sends all commands, waits for all answers. The first failure is returned; the name of a violated
 * constraint goes to `*constraint` (in the arena). */
MUST_CHECK enum err connection_run(struct connection *connection, struct arena *arena,
                                   const struct command *commands, size_t count,
                                   const char **constraint);
/* COPY … FROM STDIN within the transaction's answer_ms, whatever the server does. Closes the connection
 * where its state is unknown afterwards. The SQLSTATE of a refusal goes to `sqlstate`, "" without. */
MUST_CHECK enum err connection_copy(struct connection *connection, const struct sql *sql,
                                    const char *text, size_t length, char sqlstate[SQLSTATE_BYTES]);

/* One statement as the next of the transaction, or as the only one (tx_once, bulk_tx). Used by statement.c. */
MUST_CHECK enum err tx_send(struct tx *tx, const struct command *command);
/* The same for bulk_tx, used by tx.c. */
MUST_CHECK enum err bulk_send(struct bulk *bulk, struct arena *arena,
                              const struct command *command);

/* The parameters of a command as libpq takes them: borrowed from the command, numbers written out. */
struct wire_params {
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    int formats[PARAMS_MAX];
    char numbers[PARAMS_MAX][24];
};
/* At most PARAMS_MAX. */
void wire_params_set(struct wire_params *wire, const struct command *command);

/* The pool's side, used by tx.c. */
MUST_CHECK enum err pool_take(struct pool *pool, struct connection **out);
void pool_give(struct pool *pool, struct connection *connection);

#endif

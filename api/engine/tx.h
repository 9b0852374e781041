#ifndef GUICHET_ENGINE_TX_H
#define GUICHET_ENGINE_TX_H
/* Transactions and statements. Parameters are always sent apart from the text; results are copied
 * into the arena, so they outlive the transaction. BEGIN, the identity for row-level security and
 * the first statement travel in one round trip (libpq pipeline mode).
 *
 * SQLSTATE becomes enum err once, here:
 *   23505, 23503, 23P01 → ERR_CONFLICT (tx_constraint tells which) · 23514, 23502, 22… → ERR_INVALID
 *   P0002 → ERR_NOT_FOUND · 42501 → ERR_FORBIDDEN
 *   08…, 57…, 53…, 40…, 55P03, 25006, no answer in time → ERR_UNAVAILABLE · the rest → ERR_INTERNAL
 * A COMMIT whose answer is lost gives ERR_UNAVAILABLE: it may have happened (see idempotency keys). */
#include "base/arena.h"
#include "base/err.h"
#include "engine/catalogue.h"
#include "engine/pool.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whom row-level security sees. */
struct identity {
    const char *account_id;     /* NULL: nobody, or the program itself */
    bool is_system;             /* the program itself: worker, gateway, log-in */
    const char *client_siret;   /* a program's token sees this organisation alone; NULL: any */
    const char *client_product; /* or this product alone; NULL: any */
};
#define IDENTITY_SYSTEM (&(const struct identity){.is_system = true})
#define IDENTITY_NOBODY (&(const struct identity){0})

/* TX_LONG writes too, for a job that nobody waits for: ten minutes a statement instead of 5 s. */
enum tx_mode { TX_WRITE, TX_READ, TX_LONG };

enum { SQLSTATE_BYTES = 6 };

struct tx {
    struct pool *pool;
    struct connection *connection;
    struct arena *arena;
    struct identity identity;
    enum tx_mode mode;
    bool is_once;      /* see tx_once */
    struct bulk *bulk; /* see bulk_tx; else NULL */
    bool is_closing;   /* see tx_commit_with_next */
    bool begun;
    bool failed;
    const char *constraint;
    char sqlstate[SQLSTATE_BYTES]; /* of the last COPY that was refused; "" without */
};

/* Takes a connection (waits at most 2 s: ERR_UNAVAILABLE). Pass the tx to tx_end in every case. */
MUST_CHECK enum err tx_begin(struct pool *pool, struct arena *arena,
                             const struct identity *identity, enum tx_mode mode, struct tx *tx);
MUST_CHECK enum err tx_commit(struct tx *tx);
/* The next statement is the last one: its COMMIT travels with it in the same round trip. No tx_commit
 * afterwards. */
void tx_commit_with_next(struct tx *tx);
/* For statements that need no other beside them: each that is run in it is a transaction of its own, BEGIN
 * to COMMIT in one round trip. Nothing to end, nothing to commit (ERR_INTERNAL). What the caller does
 * with a result, such as ERR_NOT_FOUND of `:one`, comes after the COMMIT. */
struct tx tx_once(struct pool *pool, struct arena *arena, const struct identity *identity,
                  enum tx_mode mode);
/* Rolls back what was not committed and gives the connection back. Idempotent. */
void tx_end(struct tx *tx);
static inline void tx_auto_(struct tx *tx) {
    tx_end(tx);
}
/* `TX_AUTO(tx);` then tx_begin: ended where the scope ends. */
#define TX_AUTO(name) __attribute__((cleanup(tx_auto_))) struct tx name = {0}

/* COPY … FROM STDIN; `text` is in COPY's text format. A statement came before it in the transaction. A
 * refusal is not logged: its SQLSTATE is in tx->sqlstate. */
MUST_CHECK enum err tx_copy(struct tx *tx, const struct sql *sql, const char *text, size_t length);

/* Name of the constraint that the last failed statement violated; NULL without. */
const char *tx_constraint(const struct tx *tx);

#endif

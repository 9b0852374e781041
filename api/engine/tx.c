#include "engine/tx.h"
#include "engine/connection.h"

/* Run as part of a pipeline, not by the functions of sql/engine.h. */
extern const struct sql SQL_TRANSACTION_SET_IDENTITY;
extern const struct sql SQL_TRANSACTION_SET_IDENTITY_LONG;

static const char BEGIN_WRITE[] = "BEGIN";
static const char BEGIN_READ[] = "BEGIN READ ONLY";
static const char COMMIT[] = "COMMIT";
enum { IDENTITY_PARAMS = 5 };

enum err tx_begin(struct pool *pool, struct arena *arena, const struct identity *identity,
                  enum tx_mode mode, struct tx *tx) {
    *tx = (struct tx){.pool = pool, .arena = arena, .identity = *identity, .mode = mode};
    TRY(pool_take(pool, &tx->connection));
    if (mode == TX_LONG) {
        tx->connection->answer_ms = LONG_ANSWER_MS;
    }
    return ERR_NONE;
}

struct tx tx_once(struct pool *pool, struct arena *arena, const struct identity *identity,
                  enum tx_mode mode) {
    return (struct tx){
        .pool = pool, .arena = arena, .identity = *identity, .mode = mode, .is_once = true};
}

static struct command begin_command(enum tx_mode mode) {
    return (struct command){.text = mode == TX_READ ? BEGIN_READ : BEGIN_WRITE};
}

static struct command identity_command(enum tx_mode mode,
                                       const struct param params[IDENTITY_PARAMS]) {
    return (struct command){.sql = mode == TX_LONG ? &SQL_TRANSACTION_SET_IDENTITY_LONG
                                                   : &SQL_TRANSACTION_SET_IDENTITY,
                            .params = params,
                            .params_count = IDENTITY_PARAMS};
}

static struct param text_or_empty(const char *text) {
    return param_text(text != NULL ? text : "");
}

static void identity_params(const struct tx *tx, struct param params[IDENTITY_PARAMS]) {
    const struct identity *identity = &tx->identity;
    params[0] = text_or_empty(identity->account_id);
    params[1] = param_text(identity->is_system ? "on" : "off");
    params[2] = text_or_empty(identity->client_siret);
    params[3] = text_or_empty(identity->client_product);
    params[4] = param_text(pool_asks_second_factor(tx->pool) ? "on" : "off");
}

/* BEGIN, identity, statement and COMMIT in one round trip. */
static enum err send_alone(struct tx *once, const struct command *command) {
    struct param identity[IDENTITY_PARAMS];
    identity_params(once, identity);
    const struct command commands[] = {
        begin_command(once->mode),
        identity_command(once->mode, identity),
        *command,
        {.text = COMMIT},
    };
    TX_AUTO(tx);
    TRY(tx_begin(once->pool, once->arena, &once->identity, once->mode, &tx));
    tx.begun = true;
    once->constraint = NULL;
    return connection_run(tx.connection, tx.arena, commands, 4, &once->constraint);
}

enum err tx_send(struct tx *tx, const struct command *command) {
    if (tx->bulk != NULL) {
        return bulk_send(tx->bulk, tx->arena, command);
    }
    if (tx->is_once) {
        return send_alone(tx, command);
    }
    struct param identity[IDENTITY_PARAMS];
    identity_params(tx, identity);
    const struct command commands[] = {
        begin_command(tx->mode),
        identity_command(tx->mode, identity),
        *command,
        {.text = COMMIT},
    };
    if (tx->failed || tx->connection == NULL || tx->connection->pg == NULL) {
        return ERR_UNAVAILABLE;
    }
    const size_t skip = tx->begun ? 2 : 0;
    const size_t count = tx->is_closing ? 4 : 3;
    tx->begun = true;
    tx->constraint = NULL;
    const enum err err =
        connection_run(tx->connection, tx->arena, commands + skip, count - skip, &tx->constraint);
    tx->failed = err != ERR_NONE;
    tx->begun = !tx->is_closing || tx->failed;
    return err;
}

void tx_commit_with_next(struct tx *tx) {
    tx->is_closing = true;
}

enum err tx_commit(struct tx *tx) {
    if (tx->failed || tx->connection == NULL) {
        return tx->is_once ? err_internal("a commit of a statement that stands alone")
                           : ERR_UNAVAILABLE;
    }
    if (!tx->begun) {
        return ERR_NONE;
    }
    const struct command commit = {.text = COMMIT};
    const enum err err = connection_run(tx->connection, tx->arena, &commit, 1, &tx->constraint);
    tx->begun = err != ERR_NONE;
    tx->failed = err != ERR_NONE;
    return err;
}

void tx_end(struct tx *tx) {
    if (tx->connection == NULL) {
        return;
    }
    if (tx->begun && tx->connection->pg != NULL &&
        PQtransactionStatus(tx->connection->pg) != PQTRANS_IDLE) {
        const char *constraint = NULL;
        const struct command rollback = {.text = "ROLLBACK"};
        const enum err ignored =
            connection_run(tx->connection, tx->arena, &rollback, 1, &constraint);
        (void)ignored; /* pool_give looks at the connection's state */
    }
    pool_give(tx->pool, tx->connection);
    tx->connection = NULL;
}

enum err tx_copy(struct tx *tx, const struct sql *sql, const char *text, size_t length) {
    if (tx->failed || !tx->begun || tx->connection == NULL || tx->connection->pg == NULL) {
        return ERR_UNAVAILABLE;
    }
    const enum err err = connection_copy(tx->connection, sql, text, length, tx->sqlstate);
    tx->failed = err != ERR_NONE;
    return err;
}

const char *tx_constraint(const struct tx *tx) {
    return tx->constraint;
}

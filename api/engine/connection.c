#include "engine/connection.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_STEP_BYTES = 64 * 1024 };

/* Fails where row-level security would not bind this connection: its log-in is a superuser or may pass by it,
 * owns the tables (what takes a role may leave it again), or does not act as the application's role. Before
 * the first migration there is nothing to guard. */
#define LOGIN_IS_BOUND                                                                             \
    "SELECT 1 / CASE WHEN EXISTS (SELECT FROM pg_class, pg_roles"                                  \
    " WHERE pg_class.oid = to_regclass('public.schema_migration') AND rolname = session_user"      \
    " AND (rolsuper OR rolbypassrls OR pg_has_role(session_user, relowner, 'MEMBER')"              \
    " OR current_user <> 'guichet_app')) THEN 0 ELSE 1 END"
static const char DIVISION_BY_ZERO[] = "22012";

/* Settings of a connection. The application's role has the same in roles.sql: behind a pooler in
 * transaction mode only the role's settings are certain, and the log-in has to be that role. Elsewhere it
 * may be a member, and takes it. */
static const char *const SESSION_SETUP[] = {
    "SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = 'guichet_app'"
    " AND pg_has_role(current_user, oid, 'MEMBER')",
    "SET statement_timeout = '5s'; SET lock_timeout = '2s';"
    /* Without JIT: plans over the days of the call log look expensive and are not, and compiling one
     * took 4 s. */
    " SET jit = off;"
    " SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC';"
    " SET datestyle = 'ISO'; SET client_min_messages = 'warning'; " LOGIN_IS_BOUND,
};
static const char *const POOLED_SETUP[] = {LOGIN_IS_BOUND};

static const struct {
    const char *const *texts;
    size_t count;
} SETUPS[] = {
    [CONNECTION_OF_OWNER] = {NULL, 0},
    [CONNECTION_PREPARED] = {SESSION_SETUP, sizeof SESSION_SETUP / sizeof *SESSION_SETUP},
    [CONNECTION_POOLED] = {POOLED_SETUP, 1},
};

/* Waits until the socket is ready and lets libpq move on; false at the deadline or on a lost link. */
static bool connection_wait(PGconn *pg, bool writing, int64_t deadline_ms) {
    const int64_t left_ms = deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0) {
        return false;
    }
    struct pollfd poll_fd = {.fd = PQsocket(pg),
                             .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    if (poll(&poll_fd, 1, (int)left_ms) <= 0) {
        return false;
    }
    return (poll_fd.revents & (POLLIN | POLLERR | POLLHUP)) == 0 || PQconsumeInput(pg) == 1;
}

static bool connection_flush(PGconn *pg, int64_t deadline_ms) {
    int pending;
    while ((pending = PQflush(pg)) == 1) {
        if (!connection_wait(pg, true, deadline_ms)) {
            return false;
        }
    }
    return pending == 0;
}

/* False when no answer came in time; else *result is the next result, or NULL at a command's end. */
static bool connection_next(PGconn *pg, int64_t deadline_ms, PGresult **result) {
    while (PQisBusy(pg) == 1) {
        if (!connection_wait(pg, false, deadline_ms)) {
            return false;
        }
    }
    *result = PQgetResult(pg);
    return true;
}

static void log_notice(void *state, const PGresult *notice) {
    (void)state;
    const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    log_warning(LOG_DATABASE_NOTICE, LOG_TEXT("sqlstate", sqlstate != NULL ? sqlstate : "none"));
}

/* A receiver can only be set on a connection that exists, and the server may send notices while it is being
 * made (another version of a collation, a setting of the role that is wrong). So one is begun, and made anew
 * by PQreset, which keeps the receiver and has libpq's own deadline for each host, unlike PQconnectPoll. */
PGconn *connection_connect(const char *const *names, const char *const *values) {
    PGconn *pg = PQconnectStartParams(names, values, 1);
    (void)PQsetNoticeReceiver(pg, log_notice, NULL);
    PQreset(pg);
    return pg;
}

PGconn *connection_connect_url(const char *url) {
    return connection_connect((const char *const[]){"dbname", NULL},
                              (const char *const[]){url, NULL});
}

/* The end of what was sent without the pipeline: the status of the last result, and its SQLSTATE. False
 * where no answer came in time. */
static bool results_read(PGconn *pg, int64_t deadline_ms, ExecStatusType *status,
                         char sqlstate[SQLSTATE_BYTES]) {
    PGresult *result = NULL;
    *status = PGRES_FATAL_ERROR;
    *sqlstate = '\0';
    while (true) {
        if (!connection_next(pg, deadline_ms, &result)) {
            return false;
        }
        if (result == NULL) {
            return true;
        }
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        *status = PQresultStatus(result);
        if (state != NULL) {
            (void)snprintf(sqlstate, SQLSTATE_BYTES, "%s", state);
        }
        PQclear(result);
        if (*status == PGRES_COPY_IN || PQstatus(pg) == CONNECTION_BAD) {
            return *status == PGRES_COPY_IN;
        }
    }
}

static bool exec_state(PGconn *pg, const char *text, int64_t wait_ms,
                       char sqlstate[SQLSTATE_BYTES]) {
    const int64_t deadline_ms = clock_monotonic_ms() + wait_ms;
    ExecStatusType status;
    *sqlstate = '\0';
    return PQsendQuery(pg, text) == 1 && connection_flush(pg, deadline_ms) &&
           results_read(pg, deadline_ms, &status, sqlstate) &&
           (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
}

bool connection_exec(PGconn *pg, const char *text, int64_t wait_ms) {
    char sqlstate[SQLSTATE_BYTES];
    return exec_state(pg, text, wait_ms, sqlstate);
}

static bool connection_prepare(PGconn *pg, enum connection_kind kind, bool *is_refused) {
    char sqlstate[SQLSTATE_BYTES] = "";
    bool is_set = true;
    for (size_t i = 0; is_set && i < SETUPS[kind].count; i++) {
        is_set = exec_state(pg, SETUPS[kind].texts[i], ANSWER_MS, sqlstate);
    }
    *is_refused = !is_set && strcmp(sqlstate, DIVISION_BY_ZERO) == 0;
    return is_set;
}

/* Why the last connection of this thread could not be opened. */
static _Thread_local char failure[CONNECTION_FAILURE_BYTES];

/* Host and port can be what they say, so that no piece of a password that was not encoded stands there. */
static bool is_plain(const PQconninfoOption *options) {
    for (const PQconninfoOption *one = options; one->keyword != NULL; one++) {
        const char *value = one->val == NULL ? "" : one->val;
        if ((strcmp(one->keyword, "port") == 0 && strspn(value, "0123456789,") != strlen(value)) ||
            (strcmp(one->keyword, "host") == 0 && strpbrk(value, "@?#% ") != NULL)) {
            return false;
        }
    }
    return true;
}

/* libpq quotes pieces of a connection string that it cannot read. */
static bool may_be_quoted(const char *url) {
    if (strstr(url, "://") == NULL && strchr(url, '=') == NULL) {
        return true; /* the name of a database */
    }
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    const bool good = options != NULL && is_plain(options);
    PQconninfoFree(options);
    return good;
}

/* What libpq says: host, role and reason, never a password. */
static void keep_failure(const char *url, PGconn *pg, bool is_refused) {
    (void)snprintf(failure, sizeof failure, "%s",
                   is_refused           ? "row-level security would not bind this log-in"
                   : may_be_quoted(url) ? PQerrorMessage(pg)
                                        : "the connection string cannot be read");
    for (char *c = failure; *c != '\0'; c++) {
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c;
    }
    for (size_t length = strlen(failure); length > 0 && failure[length - 1] == ' ';) {
        failure[--length] = '\0';
    }
}

const char *connection_failure(void) {
    return failure;
}

struct connection *connection_open(const char *url, enum connection_kind kind, bool *is_refused) {
    const char *const names[] = {"dbname",
                                 "connect_timeout",
                                 "keepalives_idle",
                                 "tcp_user_timeout",
                                 "application_name",
                                 "client_encoding",
                                 NULL};
    const char *const values[] = {url, "2", "10", "5000", "guichet", "UTF8", NULL};
    PGconn *pg = connection_connect(names, values);
    if (PQstatus(pg) != CONNECTION_OK) {
        keep_failure(url, pg, false);
        PQfinish(pg);
        return NULL;
    }
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        PQfinish(pg);
        return NULL;
    }
    connection->pg = pg;
    connection->prepared_allowed = kind == CONNECTION_PREPARED;
    bool refused = false;
    const bool is_set = connection_prepare(pg, kind, &refused);
    if (refused) {
        log_error(LOG_DATABASE_LOGIN_REFUSED, LOG_TEXT("login", PQuser(pg)));
    }
    if (is_refused != NULL) {
        *is_refused = refused;
    }
    if (!is_set || PQenterPipelineMode(pg) != 1 || PQsetnonblocking(pg, 1) != 0) {
        keep_failure(url, pg, refused);
        connection_close(connection);
        return NULL;
    }
    return connection;
}

void connection_close(struct connection *connection) {
    if (connection != NULL) {
        PQfinish(connection->pg);
        free(connection->is_prepared);
        free(connection);
    }
}

/* Numbers statements as they are first used. */
static size_t statement_id(const struct sql *sql) {
    static atomic_size_t last;
    size_t id = atomic_load(&sql->state->id);
    if (id == 0) {
        const size_t fresh = atomic_fetch_add(&last, 1) + 1;
        /* Where another thread was first, `id` becomes its number and the one drawn here stays unused. */
        id = atomic_compare_exchange_strong(&sql->state->id, &id, fresh) ? fresh : id;
    }
    return id;
}

/* Whether this connection has prepared the statement. */
static bool *prepared_mark(struct connection *connection, const struct sql *sql) {
    const size_t id = statement_id(sql);
    if (id >= connection->is_prepared_count) {
        const size_t count = id * 2;
        bool *larger = memory_realloc(connection->is_prepared, count * sizeof *larger);
        memset(larger + connection->is_prepared_count, 0,
               (count - connection->is_prepared_count) * sizeof *larger);
        connection->is_prepared = larger;
        connection->is_prepared_count = count;
    }
    return &connection->is_prepared[id];
}

bool connection_is_usable(const struct connection *connection) {
    return PQstatus(connection->pg) == CONNECTION_OK &&
           PQtransactionStatus(connection->pg) == PQTRANS_IDLE;
}

static enum err err_from_sqlstate(const char *state) {
    static const struct {
        const char *prefix;
        enum err err;
    } ROWS[] = {
        {"23505", ERR_CONFLICT},    {"23503", ERR_CONFLICT},    {"23P01", ERR_CONFLICT},
        {"23", ERR_INVALID},        {"22", ERR_INVALID},        {"P0002", ERR_NOT_FOUND},
        {"42501", ERR_FORBIDDEN},   {"08", ERR_UNAVAILABLE},    {"57", ERR_UNAVAILABLE},
        {"53", ERR_UNAVAILABLE},    {"40", ERR_UNAVAILABLE},    {"55P03", ERR_UNAVAILABLE},
        {"25006", ERR_UNAVAILABLE}, {"25P03", ERR_UNAVAILABLE}, {"58", ERR_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (strncmp(state, ROWS[i].prefix, strlen(ROWS[i].prefix)) == 0) {
            return ROWS[i].err;
        }
    }
    return err_internal("a statement failed");
}

void wire_params_set(struct wire_params *wire, const struct command *command) {
    for (size_t i = 0; i < command->params_count; i++) {
        const struct param *param = &command->params[i];
        wire->values[i] = param->kind == PARAM_NULL ? NULL : param->text;
        wire->lengths[i] = (int)param->length;
        wire->formats[i] = param->kind == PARAM_BYTES;
        if (param->kind == PARAM_INTEGER) {
            (void)snprintf(wire->numbers[i], sizeof wire->numbers[i], "%lld",
                           (long long)param->integer);
            wire->values[i] = wire->numbers[i];
        }
    }
}

static bool command_send(struct connection *connection, const struct command *command) {
    struct wire_params wire;
    if (command->params_count > PARAMS_MAX) {
        return false;
    }
    wire_params_set(&wire, command);
    const int count = (int)command->params_count;
    if (command->sql != NULL && connection->prepared_allowed) {
        const struct sql *sql = command->sql;
        return (*prepared_mark(connection, sql) ||
                PQsendPrepare(connection->pg, sql->name, sql->text, 0, NULL) == 1) &&
               PQsendQueryPrepared(connection->pg, sql->name, count, wire.values, wire.lengths,
                                   wire.formats, 0) == 1;
    }
    const char *text = command->sql != NULL ? command->sql->text : command->text;
    return PQsendQueryParams(connection->pg, text, count, NULL, wire.values, wire.lengths,
                             wire.formats, 0) == 1;
}

static enum err failure_from(struct arena *arena, const struct command *command,
                             const PGresult *result, const char **constraint) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *name = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const enum err err = state == NULL ? ERR_UNAVAILABLE : err_from_sqlstate(state);
    if (name != NULL) {
        *constraint = arena_strdup(arena, name);
    }
    if (err == ERR_INTERNAL || err == ERR_UNAVAILABLE || err == ERR_INVALID) {
        /* Never the message: it may hold values. */
        log_warning(LOG_QUERY_FAILED,
                    LOG_TEXT("query", command->sql != NULL ? command->sql->name : command->text),
                    LOG_TEXT("sqlstate", state != NULL ? state : "none"));
    }
    if (err == ERR_INTERNAL) {
        return err_internal(arena_printf(arena, "statement %s failed with SQLSTATE %s",
                                         command->sql != NULL ? command->sql->name : command->text,
                                         state));
    }
    return err;
}

/* Reads the answer of one command (a prepare and its execution count as two answers). */
static bool answer_read(struct connection *connection, struct arena *arena,
                        const struct command *command, int64_t deadline_ms, enum err *err,
                        const char **constraint) {
    PGresult *result = NULL;
    bool succeeded = true;
    while (true) {
        if (!connection_next(connection->pg, deadline_ms, &result)) {
            return false;
        }
        if (result == NULL) {
            break;
        }
        const ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            if (command->result != NULL && *err == ERR_NONE) {
                *err = result_read(arena, command->sql, result, command->result);
            }
        } else {
            succeeded = false;
            if (status != PGRES_PIPELINE_ABORTED && *err == ERR_NONE) {
                *err = failure_from(arena, command, result, constraint);
            }
        }
        PQclear(result);
        if (status == PGRES_FATAL_ERROR && PQstatus(connection->pg) == CONNECTION_BAD) {
            return false;
        }
    }
    if (!succeeded && *err == ERR_NONE) {
        *err = err_internal("a command before this one failed");
    }
    return true;
}

static bool answers_read(struct connection *connection, struct arena *arena,
                         const struct command *commands, size_t count, const bool *prepares,
                         enum err *err, const char **constraint) {
    const int64_t deadline_ms = clock_monotonic_ms() + connection->answer_ms;
    if (!connection_flush(connection->pg, deadline_ms)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (prepares[i]) {
            const struct command prepare = {.sql = commands[i].sql};
            if (!answer_read(connection, arena, &prepare, deadline_ms, err, constraint)) {
                return false;
            }
            *prepared_mark(connection, commands[i].sql) = *err == ERR_NONE;
        }
        if (!answer_read(connection, arena, &commands[i], deadline_ms, err, constraint)) {
            return false;
        }
    }
    PGresult *sync = NULL;
    if (!connection_next(connection->pg, deadline_ms, &sync)) {
        return false;
    }
    const bool synced = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return synced;
}

enum err connection_run(struct connection *connection, struct arena *arena,
                        const struct command *commands, size_t count, const char **constraint) {
    enum { COMMANDS_MAX = 4 };
    bool prepares[COMMANDS_MAX] = {false};
    enum err err = ERR_NONE;
    bool alive = count <= COMMANDS_MAX;
    for (size_t i = 0; alive && i < count; i++) {
        const struct sql *sql = commands[i].sql;
        prepares[i] =
            sql != NULL && connection->prepared_allowed && !*prepared_mark(connection, sql);
        alive = command_send(connection, &commands[i]);
    }
    alive = alive && PQpipelineSync(connection->pg) == 1 &&
            answers_read(connection, arena, commands, count, prepares, &err, constraint);
    if (!alive) {
        /* The state is unknown: never use this connection again. */
        PQfinish(connection->pg);
        connection->pg = NULL;
        return ERR_UNAVAILABLE;
    }
    return err;
}

/* Sends the text as fast as the server takes it. */
static bool copy_send(PGconn *pg, const char *text, size_t length, int64_t deadline_ms) {
    while (length > 0) {
        const size_t step = length < COPY_STEP_BYTES ? length : COPY_STEP_BYTES;
        const int put = PQputCopyData(pg, text, (int)step);
        if (put < 0 || (put == 0 && !connection_wait(pg, true, deadline_ms))) {
            return false;
        }
        text += put == 1 ? step : 0;
        length -= put == 1 ? step : 0;
        if (put == 1 && !connection_flush(pg, deadline_ms)) {
            return false;
        }
    }
    int ended;
    while ((ended = PQputCopyEnd(pg, NULL)) == 0) {
        if (!connection_wait(pg, true, deadline_ms)) {
            return false;
        }
    }
    return ended == 1 && connection_flush(pg, deadline_ms);
}

/* False where the connection cannot be used any more. */
static bool copy_run(PGconn *pg, const char *statement, const char *text, size_t length,
                     int64_t deadline_ms, enum err *err, char sqlstate[SQLSTATE_BYTES]) {
    ExecStatusType status;
    if (PQexitPipelineMode(pg) != 1 || PQsendQuery(pg, statement) != 1 ||
        !connection_flush(pg, deadline_ms) || !results_read(pg, deadline_ms, &status, sqlstate)) {
        return false;
    }
    if (status == PGRES_COPY_IN && (!copy_send(pg, text, length, deadline_ms) ||
                                    !results_read(pg, deadline_ms, &status, sqlstate))) {
        return false;
    }
    *err = status == PGRES_COMMAND_OK ? ERR_NONE
           : *sqlstate == '\0'        ? ERR_UNAVAILABLE
                                      : err_from_sqlstate(sqlstate);
    return PQenterPipelineMode(pg) == 1;
}

enum err connection_copy(struct connection *connection, const struct sql *sql, const char *text,
                         size_t length, char sqlstate[SQLSTATE_BYTES]) {
    enum err err = ERR_UNAVAILABLE;
    *sqlstate = '\0';
    const int64_t deadline_ms = clock_monotonic_ms() + connection->answer_ms;
    if (!copy_run(connection->pg, sql->text, text, length, deadline_ms, &err, sqlstate)) {
        PQfinish(connection->pg);
        connection->pg = NULL;
        return ERR_UNAVAILABLE;
    }
    return err;
}

#include "engine/copy.h"
#include "engine/connection.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_CHUNK_BYTES = 1024 * 1024, MESSAGE_BYTES = 512 };

struct bulk {
    PGconn *pg;
    char message[MESSAGE_BYTES];
};

static void result_auto(PGresult **result) {
    PQclear(*result);
}
#define RESULT_AUTO __attribute__((cleanup(result_auto))) PGresult *

static enum err fail(struct bulk *bulk) {
    (void)snprintf(bulk->message, sizeof bulk->message, "%s", PQerrorMessage(bulk->pg));
    bulk->message[strcspn(bulk->message, "\n")] = '\0';
    return PQstatus(bulk->pg) == CONNECTION_OK ? err_internal("a bulk load failed")
                                               : ERR_UNAVAILABLE;
}

enum err bulk_open(const char *url, struct bulk **out) {
    struct bulk *bulk = calloc(1, sizeof *bulk);
    if (bulk == NULL) {
        return err_internal("no memory");
    }
    bulk->pg = connection_connect_url(url);
    RESULT_AUTO set = PQexec(bulk->pg, "SET statement_timeout = 0; SET lock_timeout = '60s';"
                                       "SET client_min_messages = warning");
    if (PQresultStatus(set) != PGRES_COMMAND_OK) {
        bulk_close(bulk);
        return ERR_UNAVAILABLE;
    }
    *out = bulk;
    return ERR_NONE;
}

void bulk_close(struct bulk *bulk) {
    if (bulk != NULL) {
        PQfinish(bulk->pg);
        free(bulk);
    }
}

struct tx bulk_tx(struct bulk *bulk, struct arena *arena) {
    return (struct tx){.bulk = bulk, .arena = arena};
}

enum err bulk_send(struct bulk *bulk, struct arena *arena, const struct command *command) {
    struct wire_params wire;
    wire_params_set(&wire, command);
    RESULT_AUTO result = PQexecParams(bulk->pg, command->sql->text, (int)command->params_count,
                                      NULL, wire.values, wire.lengths, wire.formats, 0);
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
               ? result_read(arena, command->sql, result, command->result)
               : fail(bulk);
}

static bool send_all(PGconn *pg, const char *text, size_t length) {
    for (size_t done = 0; done < length;) {
        const size_t left = length - done;
        const size_t chunk = left < COPY_CHUNK_BYTES ? left : COPY_CHUNK_BYTES;
        if (PQputCopyData(pg, text + done, (int)chunk) != 1) {
            return false;
        }
        done += chunk;
    }
    return PQputCopyEnd(pg, NULL) == 1;
}

enum err bulk_copy(struct bulk *bulk, const struct sql *sql, const char *text, size_t length) {
    RESULT_AUTO started = PQexec(bulk->pg, sql->text);
    if (PQresultStatus(started) != PGRES_COPY_IN || !send_all(bulk->pg, text, length)) {
        return fail(bulk);
    }
    enum err e = ERR_NONE;
    for (PGresult *result = PQgetResult(bulk->pg); result != NULL; result = PQgetResult(bulk->pg)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            e = fail(bulk);
        }
        PQclear(result);
    }
    return e;
}

const char *bulk_message(const struct bulk *bulk) {
    return bulk->message;
}

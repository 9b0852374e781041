#include "database.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void url(char *out, size_t size, const char *user, const char *name) {
    const char *folder = getenv("GUICHET_TEST_SOCKET");
    if (folder == NULL) {
        (void)fprintf(stderr, "run by script/test store, or below script/with-database\n");
        exit(1);
    }
    (void)snprintf(out, size, "postgresql:///%s?host=%s&user=%s", name, folder, user);
}

static bool run(const char *connection, const char *sql, char *cell, size_t size) {
    PGconn *pg = PQconnectdb(connection);
    PGresult *result = PQexec(pg, sql);
    const ExecStatusType status = PQresultStatus(result);
    const bool succeeded = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!succeeded) {
        (void)fprintf(stderr, "# %s", PQerrorMessage(pg));
    }
    if (cell != NULL) {
        const bool found = succeeded && PQntuples(result) > 0;
        (void)snprintf(cell, size, "%s", found ? PQgetvalue(result, 0, 0) : "");
    }
    PQclear(result);
    PQfinish(pg);
    return succeeded;
}

void database_create(struct database *database, bool migrated) {
    char admin[512];
    char sql[256];
    char unique[UUID_TEXT_BYTES];
    text_new_uuid(unique);
    (void)snprintf(database->name, sizeof database->name, "s_%.8s%.4s", unique, unique + 9);
    url(admin, sizeof admin, "guichet_owner", "postgres");
    url(database->owner_url, sizeof database->owner_url, "guichet_owner", database->name);
    url(database->app_url, sizeof database->app_url, "guichet_app", database->name);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s%s", database->name,
                   migrated ? " TEMPLATE guichet_template" : "");
    if (!run(admin, sql, NULL, 0)) {
        exit(1);
    }
}

void database_drop(struct database *database) {
    char admin[512];
    char sql[256];
    url(admin, sizeof admin, "guichet_owner", "postgres");
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", database->name);
    (void)run(admin, sql, NULL, 0);
}

bool database_run(const struct database *database, const char *sql) {
    return run(database->owner_url, sql, NULL, 0);
}

const char *database_cell(const struct database *database, const char *sql) {
    static char cell[4096];
    (void)run(database->owner_url, sql, cell, sizeof cell);
    return cell;
}

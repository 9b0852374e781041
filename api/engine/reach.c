#include "engine/reach.h"
#include "engine/connection.h"
#include <string.h>

enum err reach_database(struct arena *arena, const char *url, const char **reason) {
    PGconn *pg = connection_connect((const char *const[]){"connect_timeout", "dbname", NULL},
                                    (const char *const[]){"5", url, NULL});
    const enum err err = PQstatus(pg) == CONNECTION_OK ? ERR_NONE : ERR_UNAVAILABLE;
    char *line = arena_strdup(arena, PQerrorMessage(pg));
    PQfinish(pg);
    for (size_t i = strlen(line); i > 0 && line[i - 1] == '\n'; i--) {
        line[i - 1] = '\0';
    }
    for (char *c = line; *c != '\0'; c++) {
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    }
    *reason = line;
    return err;
}

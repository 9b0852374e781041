#ifndef GUICHET_TESTS_STORE_DATABASE_H
#define GUICHET_TESTS_STORE_DATABASE_H
/* A fresh database for one test program, in the cluster that script/with-database started. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct database {
    char name[64];
    char owner_url[512]; /* guichet_owner: migrates; row-level security does not hold it */
    char app_url[512];   /* guichet_app: what the program uses */
};

/* An empty one, or a copy of the migrated template. Ends the test program where it cannot. */
void database_create(struct database *database, bool migrated);
void database_drop(struct database *database);
/* Runs SQL as the owner; true where all of it succeeded. */
bool database_run(const struct database *database, const char *sql);
/* First cell of the first row, as the owner; "" without rows. Static buffer. */
const char *database_cell(const struct database *database, const char *sql);

#endif

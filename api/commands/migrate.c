#include "engine/migrate.h"
#include "app.h"
#include "base/json.h"
#include "commands/commands.h"
#include "organisation/directory.h"
#include <stdio.h>

/* A sample, so that a new database has establishments before a whole directory is imported. */
static enum err load_directory(struct arena *arena, const struct config *config) {
    struct pool *pool = pool_new(&(struct pool_options){
        .url = config->database_owner_url, .connections = 1, .as_owner = true});
    const enum err err = directory_load_sample(pool, arena);
    pool_free(pool);
    return err;
}

/* Needs no more than the settings: the database may be empty. */
int command_migrate(const struct command_input *input) {
    (void)input;
    ARENA_AUTO(arena);
    json_init();
    struct config config;
    if (app_load_config(&arena, &config) != ERR_NONE) {
        return 1;
    }
    struct migrate_report report;
    if (migrate_run(config.database_owner_url, MIGRATE_TRIES, &report) != ERR_NONE) {
        (void)fprintf(stderr, "guichet migrate: %s\n", report.message);
        return 1;
    }
    if (load_directory(&arena, &config) != ERR_NONE) {
        (void)fputs("guichet migrate: the directory could not be filled\n", stderr);
        return 1;
    }
    (void)printf("%zu applied, version %d\n", report.applied, report.version);
    return 0;
}

#include "app.h"
#include "commands/commands.h"
#include "core/copy_cipher.h"
#include "core/master_key.h"
#include "engine/migrate.h"
#include "token/token_issuers.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Tokens live for 18 months: a service that changes its name goes on accepting what it gave out under the former
 * one. True where no living token would be refused, or where that cannot be told. */
static bool check_issuers(const struct app *app) {
    struct token_issuers issuers = {0};
    const enum err ready = migrate_check_ready(app->services.pool);
    if (ready != ERR_NONE || token_issuers_compare(&app->services, &issuers) != ERR_NONE) {
        (void)printf("The issuers of living tokens were not compared: the database %s.\n",
                     ready == ERR_CONFLICT ? "is not migrated yet" : "does not answer");
        return true;
    }
    for (size_t i = 0; i < issuers.refused_count; i++) {
        (void)fprintf(
            stderr,
            "GUICHET_FORMER_ISSUERS: the strings of %" PRId64 " living tokens name the issuer %s, "
            "which is neither GUICHET_ISSUER (%s) nor a former issuer: their calls would be "
            "refused. Add it to GUICHET_FORMER_ISSUERS\n",
            issuers.refused[i].tokens, issuers.refused[i].issuer, app->config.issuer);
    }
    if (issuers.sealed > 0) {
        (void)printf("The issuers of %" PRId64
                     " living tokens were not compared: the master key does not open "
                     "their strings.\n",
                     issuers.sealed);
    }
    return issuers.refused_count == 0;
}

/* False where the database was sealed with another key; true where that cannot be told. */
static bool check_master_key(const struct app *app) {
    if (migrate_check_ready(app->services.pool) != ERR_NONE ||
        master_key_check(&app->services) != ERR_CONFLICT) {
        return true;
    }
    (void)fprintf(stderr, "GUICHET_MASTER_KEY: another key sealed this database, or a part of it; "
                          "RUNBOOK.md, \"The master key is wrong\"\n");
    return false;
}

static bool check_copies(const struct app *app) {
    enum copy_cipher cipher = COPY_CLEAR;
    const char *reason = NULL;
    if (copy_cipher_choose(&app->config, &cipher, &reason) == ERR_NONE) {
        return true;
    }
    (void)fprintf(stderr, "%s\n", reason);
    return false;
}

/* One after the other whatever comes out, so that every mistake is told. */
static bool check_all(const struct app *app) {
    const bool outcomes[] = {check_copies(app), check_master_key(app), check_issuers(app)};
    bool is_good = true;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        is_good = is_good && outcomes[i];
    }
    return is_good;
}

int command_check_config(const struct command_input *input) {
    static struct app app;
    if (input->options[COMMAND_OPTION_PRINT_DOCS] != NULL) {
        config_print_docs(stdout);
        return 0;
    }
    const bool is_good = app_init(&app) == ERR_NONE && check_all(&app);
    if (is_good) {
        (void)puts("The settings are good.");
    }
    app_clear(&app);
    return is_good ? 0 : 1;
}

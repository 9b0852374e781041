#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "domain/token.h"
#include <stdio.h>

static enum err rotate(struct app *app) {
    static const struct actor PROGRAM = {.kind = ACTOR_SYSTEM};
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    struct context context = {
        .services = &app->services, .arena = &arena, .actor = &PROGRAM, .errors = &errors};
    TRY(token_keys_load(&app->services));
    const enum err err = token_keys_rotate(&context);
    if (err != ERR_NONE) {
        (void)fprintf(stderr, "guichet rotate-keys: %s\n",
                      context.detail != NULL ? context.detail : err_slug(err));
    }
    return err;
}

int command_rotate_keys(int count, char **arguments) {
    static struct app app;
    (void)arguments;
    if (count != 0) {
        return 2;
    }
    const enum err err = app_init(&app) == ERR_NONE ? rotate(&app) : ERR_INVALID;
    app_clear(&app);
    if (err == ERR_NONE) {
        log_info(LOG_KEYS_ROTATED);
    }
    return err == ERR_NONE ? 0 : 1;
}

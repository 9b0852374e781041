#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "token/token.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* `leaked`: the key that is to be revoked; NULL for a rotation. */
static enum err change_keys(struct app *app, const char *leaked) {
    static const struct actor PROGRAM = {.kind = ACTOR_SYSTEM};
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    struct context context = {
        .services = &app->services, .arena = &arena, .actor = &PROGRAM, .errors = &errors};
    int64_t renewed = 0;
    TRY(token_keys_load(&app->services));
    const enum err err = leaked == NULL ? token_keys_rotate(&context)
                                        : token_keys_revoke(&context, leaked, &renewed);
    if (err == ERR_NONE && leaked != NULL) {
        (void)printf("%" PRId64 " jetons ont reçu une nouvelle chaîne ; leurs titulaires sont "
                     "prévenus par mail.\n",
                     renewed);
    }
    if (err != ERR_NONE) {
        (void)fprintf(stderr, "guichet rotate-keys: %s\n",
                      context.detail != NULL ? context.detail : err_slug(err));
    }
    return err;
}

int command_rotate_keys(const struct command_input *input) {
    static struct app app;
    const enum err err = app_init(&app) == ERR_NONE
                             ? change_keys(&app, input->options[COMMAND_OPTION_REVOKE])
                             : ERR_INVALID;
    app_clear(&app);
    if (err == ERR_NONE) {
        log_info(LOG_KEYS_ROTATED);
    }
    return err == ERR_NONE ? 0 : 1;
}

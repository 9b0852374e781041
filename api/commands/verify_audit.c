#include "app.h"
#include "base/log.h"
#include "commands/commands.h"
#include "sql/core.h"
#include <inttypes.h>
#include <stdio.h>

static int verify(struct app *app) {
    ARENA_AUTO(arena);
    int64_t *ids = NULL;
    size_t count = 0;
    struct tx once = tx_once(app->services.pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    const enum err err = sql_audit_verify(&once, &ids, &count);
    if (err != ERR_NONE) {
        (void)fprintf(stderr, "guichet verify-audit: %s\n", err_slug(err));
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        log_error(LOG_AUDIT_BROKEN, LOG_NUMBER("row", ids[i]));
        (void)printf("row %" PRId64 " does not follow from the row before it and its own content\n",
                     ids[i]);
    }
    (void)printf("%s\n", count == 0 ? "the chain is whole" : "the chain is broken");
    return count == 0 ? 0 : 1;
}

int command_verify_audit(const struct command_input *input) {
    static struct app app;
    (void)input;
    const int code = app_init(&app) == ERR_NONE ? verify(&app) : 1;
    app_clear(&app);
    return code;
}

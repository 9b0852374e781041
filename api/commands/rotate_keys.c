#include "base/log.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "token/token.h"
#include <inttypes.h>
#include <stdio.h>

/* `leaked`: the key that is to be revoked; NULL for a rotation. */
static enum err change_keys(struct command_session *session, const char *leaked) {
    int64_t renewed = 0;
    TRY(token_keys_load(session->context.services));
    if (leaked == NULL) {
        return token_keys_rotate(&session->context);
    }
    TRY(token_keys_revoke(&session->context, leaked, &renewed));
    (void)printf("%" PRId64 " jetons ont reçu une nouvelle chaîne ; leurs titulaires sont "
                 "prévenus par mail.\n",
                 renewed);
    return ERR_NONE;
}

int command_rotate_keys(const struct command_input *input) {
    static struct command_session session;
    int code = 1;
    if (command_session_init(&session, COMMAND_SEALS) == ERR_NONE) {
        code = command_session_verdict(
            &session, "rotate-keys", change_keys(&session, input->options[COMMAND_OPTION_REVOKE]));
    }
    if (code == 0) {
        log_info(LOG_KEYS_ROTATED);
    }
    command_session_clear(&session);
    return code;
}

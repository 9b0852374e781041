#include "account/staff.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "core/email.h"
#include <string.h>

static enum err grant(struct command_session *session, const char *address, const char *role) {
    struct staff_change change = {0};
    struct email email;
    TRY(email_parse(&session->errors, "EMAIL", address, &email));
    change.email_key = email.key;
    if (!command_parse_role(&session->app.arena, role, &change.role, &change.product)) {
        field_errors_add(&session->errors, "ROLE", "unknown_value",
                         "reporter, instructor, manager, support ou admin");
        return ERR_INVALID;
    }
    const enum err granted = staff_grant(&session->context, &change);
    return granted == ERR_CONFLICT ? ERR_NONE : granted; /* they have it already */
}

int command_grant(const struct command_input *input) {
    static struct command_session session;
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        err = grant(&session, input->words[0], input->words[1]);
    }
    const int code = command_session_verdict(&session, "grant", err);
    command_session_clear(&session);
    return code;
}

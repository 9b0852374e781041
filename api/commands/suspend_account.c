#include "account/account_admin.h"
#include "base/clock.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "core/email.h"
#include "sql/organisation.h"

/* `*id`: the account of an address. ERR_INVALID where nobody has it. */
static enum err find_account(struct command_session *session, const char *address,
                             const char **id) {
    struct account_row account;
    struct email email;
    bool found = false;
    TRY(email_parse(&session->errors, "EMAIL", address, &email));
    struct tx once =
        tx_once(session->app.services.pool, &session->app.arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_find_by_email(&once, &found, &account, .email_key = email.key));
    if (!found) {
        field_errors_add(&session->errors, "EMAIL", "not_found",
                         "Aucun compte n’a cette adresse e-mail.");
        return ERR_INVALID;
    }
    *id = account.id;
    return ERR_NONE;
}

static enum err suspend(struct command_session *session, const struct command_input *input) {
    struct suspension suspension = {.reason = input->options[COMMAND_OPTION_REASON],
                                    .until = input->options[COMMAND_OPTION_UNTIL]};
    const char *id = NULL;
    int64_t at_ms = 0;
    if (suspension.until != NULL &&
        (!clock_parse_rfc3339(suspension.until, &at_ms) || at_ms <= clock_now_ms())) {
        field_errors_add(&session->errors, "--until", "invalid_format",
                         "Indiquez une date à venir, par exemple 2027-01-31T18:00:00Z.");
    }
    TRY(field_errors_verdict(&session->errors));
    TRY(find_account(session, input->words[0], &id));
    return account_admin_suspend(&session->context, id, &suspension);
}

int command_suspend_account(const struct command_input *input) {
    static struct command_session session;
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        err = suspend(&session, input);
    }
    const int code = command_session_verdict(&session, "suspend-account", err);
    command_session_clear(&session);
    return code;
}

static enum err reinstate(struct command_session *session, const char *address) {
    const char *id = NULL;
    TRY(find_account(session, address, &id));
    return account_admin_lift(&session->context, id, NULL);
}

int command_reinstate_account(const struct command_input *input) {
    static struct command_session session;
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        err = reinstate(&session, input->words[0]);
    }
    const int code = command_session_verdict(&session, "reinstate-account", err);
    command_session_clear(&session);
    return code;
}

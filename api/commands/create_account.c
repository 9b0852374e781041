#include "account/provision.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "security/password.h"
#include "security/password_policy.h"
#include <stdio.h>
#include <string.h>

/* The first line of standard input, without its end. */
static bool read_password(char *out, size_t size) {
    if (fgets(out, (int)size, stdin) == NULL) {
        return false;
    }
    out[strcspn(out, "\r\n")] = '\0';
    return *out != '\0';
}

static enum err read_input(struct command_session *session, const struct command_input *given,
                           const char *password, struct provision *input) {
    struct field_errors *errors = &session->errors;
    const char *role = given->options[COMMAND_OPTION_ROLE];
    const enum err parsed = email_parse(errors, "EMAIL", given->words[0], &input->email);
    const enum err numbered =
        siret_parse(errors, "--siret", given->options[COMMAND_OPTION_SIRET], input->siret);
    input->given_name = given->options[COMMAND_OPTION_GIVEN_NAME];
    input->family_name = given->options[COMMAND_OPTION_FAMILY_NAME];
    input->has_role = role != NULL;
    if (input->has_role &&
        !command_parse_role(&session->app.arena, role, &input->role, &input->product)) {
        field_errors_add(errors, "--role", "unknown_value",
                         "reporter, instructor, manager, support ou admin");
    }
    password_policy_check(errors, "--password-stdin", password,
                          parsed == ERR_NONE ? input->email.address : NULL, input->given_name,
                          input->family_name);
    TRY(numbered);
    TRY(field_errors_verdict(errors));
    return password_hash(&session->app.arena, password, &input->password_hash);
}

int command_create_account(const struct command_input *input) {
    static struct command_session session;
    char password[PASSWORD_BYTES_MAX + 2];
    struct provision account = {0};
    if (!read_password(password, sizeof password)) {
        (void)fputs("guichet create-account: no password on standard input\n", stderr);
        return 1;
    }
    enum err err = command_session_init(&session, COMMAND_SEALS);
    if (err == ERR_NONE) {
        err = read_input(&session, input, password, &account);
    }
    if (err == ERR_NONE) {
        err = provision_account(&session.context, &account);
    }
    const int code = command_session_verdict(&session, "create-account", err);
    command_session_clear(&session);
    return code;
}

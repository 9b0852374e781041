#include "account/provision.h"
#include "commands/commands.h"
#include "commands/session.h"
#include "security/password.h"
#include "security/password_policy.h"
#include <stdio.h>
#include <string.h>

struct arguments {
    const char *email;
    const char *siret;
    const char *given_name;
    const char *family_name;
    const char *role; /* NULL: none */
    bool password_stdin;
};

static bool parse_arguments(int count, char **words, struct arguments *out) {
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--siret", &out->siret},
                   {"--given-name", &out->given_name},
                   {"--family-name", &out->family_name},
                   {"--role", &out->role}};
    for (int i = 0; i < count; i++) {
        const char **value = NULL;
        for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
            value = strcmp(words[i], options[o].name) == 0 ? options[o].value : value;
        }
        if (strcmp(words[i], "--password-stdin") == 0) {
            out->password_stdin = true;
        } else if (value != NULL && i + 1 < count) {
            *value = words[++i];
        } else if (value == NULL && words[i][0] != '-' && out->email == NULL) {
            out->email = words[i];
        } else {
            return false;
        }
    }
    return out->email != NULL && out->siret != NULL && out->given_name != NULL &&
           out->family_name != NULL && out->password_stdin;
}

/* The first line of standard input, without its end. */
static bool read_password(char *out, size_t size) {
    if (fgets(out, (int)size, stdin) == NULL) {
        return false;
    }
    out[strcspn(out, "\r\n")] = '\0';
    return *out != '\0';
}

static enum err read_input(struct command_session *session, const struct arguments *arguments,
                           const char *password, struct provision *input) {
    struct field_errors *errors = &session->errors;
    const enum err parsed = email_parse(errors, "EMAIL", arguments->email, &input->email);
    const enum err numbered = siret_parse(errors, "--siret", arguments->siret, input->siret);
    input->given_name = arguments->given_name;
    input->family_name = arguments->family_name;
    input->has_role = arguments->role != NULL;
    if (input->has_role &&
        !command_parse_role(&session->app.arena, arguments->role, &input->role, &input->product)) {
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

int command_create_account(int count, char **words) {
    static struct command_session session;
    char password[PASSWORD_BYTES_MAX + 2];
    struct arguments arguments = {0};
    struct provision input = {0};
    if (!parse_arguments(count, words, &arguments)) {
        return 2;
    }
    if (!read_password(password, sizeof password)) {
        (void)fputs("guichet create-account: no password on standard input\n", stderr);
        return 1;
    }
    enum err err = command_session_init(&session);
    if (err == ERR_NONE) {
        err = read_input(&session, &arguments, password, &input);
    }
    if (err == ERR_NONE) {
        err = provision_account(&session.context, &input);
    }
    const int code = command_session_verdict(&session, "create-account", err);
    command_session_clear(&session);
    return code;
}

#include "commands/session.h"
#include <stdio.h>
#include <string.h>

enum err command_session_init(struct command_session *session, enum command_access access) {
    *session = (struct command_session){.actor = {.kind = ACTOR_SYSTEM}};
    TRY(app_init(&session->app));
    if (access == COMMAND_SEALS) {
        TRY(app_admit(&session->app));
    }
    field_errors_init(&session->errors, &session->app.arena);
    session->context = (struct context){.services = &session->app.services,
                                        .arena = &session->app.arena,
                                        .actor = &session->actor,
                                        .errors = &session->errors};
    return ERR_NONE;
}

void command_session_clear(struct command_session *session) {
    app_clear(&session->app);
}

int command_session_verdict(const struct command_session *session, const char *command,
                            enum err err) {
    if (err == ERR_NONE) {
        return 0;
    }
    for (const struct field_error *error = session->errors.first; error != NULL;
         error = error->next) {
        (void)fprintf(stderr, "guichet %s: %s: %s\n", command, error->pointer, error->message);
    }
    if (session->errors.count == 0) {
        const char *detail = session->context.detail;
        (void)fprintf(stderr, "guichet %s: %s\n", command,
                      detail != NULL ? detail : err_title(err));
    }
    return 1;
}

bool command_parse_role(struct arena *arena, const char *text, enum role *role,
                        const char **product) {
    const size_t length = strcspn(text, ":");
    *product = text[length] == ':' ? arena_strdup(arena, text + length + 1) : NULL;
    return role_parse(arena_strndup(arena, text, length), role);
}

#ifndef GUICHET_COMMANDS_SESSION_H
#define GUICHET_COMMANDS_SESSION_H
/* What a command needs that calls functions of a subject: the parts of the program, and a context in
 * which the program itself acts. One thread uses it. */
#include "app.h"
#include "core/role.h"

struct command_session {
    struct app app;
    struct actor actor;
    struct field_errors errors;
    struct context context;
};

/* A command that seals anything needs the master key of the database (core/master_key.h). */
enum command_access { COMMAND_READS, COMMAND_SEALS };

/* Fills the session from the settings; a mistake of theirs, or a master key that is not the one of the database, is
 * printed on standard error, then ERR_INVALID. Call command_session_clear in every case. */
MUST_CHECK enum err command_session_init(struct command_session *session,
                                         enum command_access access);
void command_session_clear(struct command_session *session);
/* Prints a failure on standard error and returns the exit code. */
int command_session_verdict(const struct command_session *session, const char *command,
                            enum err err);
/* "instructor:api-entreprise", "admin". False where the role is unknown; `*product` in the arena. */
bool command_parse_role(struct arena *arena, const char *text, enum role *role,
                        const char **product);

#endif

#ifndef GUICHET_COMMANDS_SEED_REQUESTS_H
#define GUICHET_COMMANDS_SEED_REQUESTS_H
/* Requests of the demonstration, one in each state that there is something to do with. */
#include "commands/session.h"

/* By the same functions as over HTTP, as the people named; nothing where the first of them has a
 * request already. */
MUST_CHECK enum err seed_requests(struct command_session *session);

#endif

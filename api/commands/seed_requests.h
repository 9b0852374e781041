#ifndef GUICHET_COMMANDS_SEED_REQUESTS_H
#define GUICHET_COMMANDS_SEED_REQUESTS_H
/* Requests of the demonstration, in each state that shows something to do. */
#include "commands/session.h"

/* Creates them by the same functions as over HTTP, as the people named; does nothing where the first
 * of them has a request already. */
MUST_CHECK enum err seed_requests(struct command_session *session);

#endif

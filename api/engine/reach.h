#ifndef GUICHET_ENGINE_REACH_H
#define GUICHET_ENGINE_REACH_H
/* Whether a connection string leads to a database, for those who ask why it does not. */
#include "base/arena.h"
#include "base/err.h"

/* Connects and closes, within 5 s unless the string says otherwise. ERR_UNAVAILABLE: `*reason`, in the arena, is what
 * libpq or the server says, on one line. */
MUST_CHECK enum err reach_database(struct arena *arena, const char *url, const char **reason);

#endif

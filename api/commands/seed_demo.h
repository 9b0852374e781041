#ifndef GUICHET_COMMANDS_SEED_DEMO_H
#define GUICHET_COMMANDS_SEED_DEMO_H
/* The people of the demonstration, whose password everybody knows. */
#include "app.h"

/* True, and it is said on standard error, where one of them has an account here that others than this machine
 * could use. A database that does not answer has none. */
bool seed_demo_is_exposed(struct app *app);

#endif

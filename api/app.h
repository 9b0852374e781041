#ifndef GUICHET_APP_H
#define GUICHET_APP_H
/* What one running program shares between its threads. Plain wiring: pointers that are set once by
 * app_init and read by everybody afterwards, so that handlers need not know how parts are built.
 * Thread-safe once initialised. */
#include "base/arena.h"
#include "base/config.h"
#include <stdatomic.h>

struct static_files;

struct app {
    struct arena arena; /* lives as long as the program */
    struct config config;
    struct static_files *static_files;
    atomic_bool stopping; /* a stop was asked for: readiness is 503, connections are closed */
};

/* Reads the settings and builds the parts. All mistakes are printed on standard error, then
 * ERR_INVALID. app_clear is safe after a failure. */
MUST_CHECK enum err app_init(struct app *app);
void app_clear(struct app *app);

#endif

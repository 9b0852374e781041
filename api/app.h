#ifndef GUICHET_APP_H
#define GUICHET_APP_H
/* The one place where the parts of the program are wired together. Everything lives as long as the
 * program; `services` is what the others see of it, read by all threads. */
#include "core/context.h"
#include "core/gateway_port.h"
#include "http/http_state.h"
#include "product/product.h"
#include "security/seal.h"

struct outbound; /* outbound/outbound.h */

struct app {
    struct arena arena;
    struct config config;
    struct products products;
    struct services services;
    struct seal_key master_key;
    struct outbound *outbound;
    struct gateway *gateway;
    struct gateway_port gateway_port;
    struct http_state http;
};

/* Reads the settings alone; mistakes are printed on standard error. */
MUST_CHECK enum err app_load_config(struct arena *arena, struct config *config);
/* Reads the settings and builds the parts. All mistakes are printed on standard error, then
 * ERR_INVALID. app_clear is needed in every case. */
MUST_CHECK enum err app_init(struct app *app);
/* Compares the master keys with the database; what is wrong is printed on standard error, then ERR_INVALID. A database
 * that is away or not migrated is no mistake: readiness compares again. */
MUST_CHECK enum err app_admit(const struct app *app);
/* Starts what runs beside the answers; for the program that serves. */
MUST_CHECK enum err app_start(struct app *app);
void app_clear(struct app *app);

#endif

#ifndef GUICHET_PROGRAM_CLIENT_ADMIN_H
#define GUICHET_PROGRAM_CLIENT_ADMIN_H
/* API clients as their creator keeps them. Secrets are shown once, when they are made; two may live
 * at a time, so that a program changes from one to the other without a pause. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"
#include "program/credential.h"

enum { CLIENTS_MAX = 50 };

struct client_creation {
    const char *name;
    const char *siret;          /* one of the two: act on the data of this organisation … */
    const char *product;        /* … or on the requests of this product, as one of its staff */
    const struct value *scopes; /* array of known names */
};

/* What scopes there are, in order; ends with NULL. */
extern const char *const CLIENT_SCOPES[];

/* ERR_FORBIDDEN where the caller belongs neither to the organisation nor to the staff. */
MUST_CHECK enum err client_create(struct context *context, const struct client_creation *creation,
                                  const char **json, int64_t *version, const char **secret);
MUST_CHECK enum err client_list(struct context *context, const struct page *page,
                                const char **json);
MUST_CHECK enum err client_read(struct context *context, const char *id, const char **json,
                                int64_t *version);
/* Its secrets and access tokens are dead at once. */
MUST_CHECK enum err client_delete(struct context *context, const char *id);

/* ERR_CONFLICT where two live already. */
MUST_CHECK enum err client_add_secret(struct context *context, const char *id,
                                      struct new_secret *secret);
/* ERR_CONFLICT for the last one. */
MUST_CHECK enum err client_delete_secret(struct context *context, const char *id,
                                         const char *secret_id);
/* The job: access tokens that are over. */
MUST_CHECK enum err client_delete_expired(struct context *context);

#endif

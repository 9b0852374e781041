#ifndef GUICHET_PROGRAM_CLIENT_ADMIN_H
#define GUICHET_PROGRAM_CLIENT_ADMIN_H
/* API clients, as the account that created them manages them (program/credential.h says what they share
 * with webhooks). Each act renders its answer (core/act.h). Thread-safe. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"
#include "program/credential.h"

enum { CLIENTS_MAX = 50 };

struct client_creation {
    const char *name;
    const char *siret;          /* acts on the data of this organisation, or NULL */
    const char *product;        /* acts on the requests of this product, as its staff, or NULL */
    const struct value *scopes; /* array of names of SCOPES (core/scope.h) */
};

/* Answers 201, the document and the first secret. ERR_FORBIDDEN where the actor is no member of the
 * organisation, or not of the product's staff; ERR_CONFLICT where the account has CLIENTS_MAX already. */
MUST_CHECK enum err client_create(struct context *context, const struct client_creation *creation);
/* A page of the actor's clients; JSON text in the arena. */
MUST_CHECK enum err client_list(struct context *context, const struct page *page,
                                const char **json);
/* ERR_NOT_FOUND where the actor has none with this id; so for the others. */
MUST_CHECK enum err client_read(struct context *context, const char *id, const char **json,
                                int64_t *version);
/* Answers 204. Its secrets and access tokens are invalid at once. */
MUST_CHECK enum err client_delete(struct context *context, const char *id);

/* Answers 201 and the secret. ERR_CONFLICT where it has two already. */
MUST_CHECK enum err client_add_secret(struct context *context, const char *id);
/* Answers 204. ERR_CONFLICT for its only secret. */
MUST_CHECK enum err client_delete_secret(struct context *context, const char *id,
                                         const char *secret_id);
/* The job "access_tokens": deletes those that expired. */
MUST_CHECK enum err client_delete_expired(struct context *context);

#endif

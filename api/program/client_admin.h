#ifndef GUICHET_PROGRAM_CLIENT_ADMIN_H
#define GUICHET_PROGRAM_CLIENT_ADMIN_H
/* API clients, as their responsible persons manage them (program/credential.h says what they share with
 * webhooks, program/client_person.h who they are), and what a program does to itself. Each act renders its
 * answer (core/act.h). Thread-safe. */
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
    const char *expires_at;     /* end of the first secret, RFC 3339, or NULL */
};

struct client_patch {
    const char *name;           /* NULL: unchanged */
    const struct value *scopes; /* NULL: unchanged */
};

/* The program makes its next secret. */
struct client_rotation_order {
    int64_t overlap_days;   /* 0 to 30: when the secret that it presents ends */
    const char *expires_at; /* end of the new one, RFC 3339, or NULL */
};

/* What program/credential.h needs to know of clients. */
extern const struct credential_kind CLIENT_KIND;

/* Answers 201, the document and the first secret. ERR_FORBIDDEN where the actor is no member of the
 * organisation, or not of the product's staff; ERR_CONFLICT where the account has CLIENTS_MAX already. */
MUST_CHECK enum err client_create(struct context *context, const struct client_creation *creation);
/* A page of the clients that the actor sees; `relation`: responsible, asked or colleague, NULL: any. JSON text
 * in the arena. */
MUST_CHECK enum err client_list(struct context *context, const char *relation,
                                const struct page *page, const char **json);
/* ERR_NOT_FOUND where the actor sees none with this id; so for the others, and ERR_FORBIDDEN where they are not
 * responsible for it. */
MUST_CHECK enum err client_read(struct context *context, const char *id, const char **json,
                                int64_t *version);
/* Renames it and narrows its scopes; answers 200 and the document. ERR_STALE where the version is not `if_match`
 * (-1: any); ERR_INVALID for a scope that it does not have. */
MUST_CHECK enum err client_update(struct context *context, const char *id, int64_t if_match,
                                  const struct client_patch *patch);
/* Answers 204. Its secrets and access tokens are invalid at once. */
MUST_CHECK enum err client_delete(struct context *context, const char *id);

/* Answers 201 and the secret, which ends at `expires_at` (RFC 3339, NULL: never). ERR_CONFLICT where two live
 * already. */
MUST_CHECK enum err client_add_secret(struct context *context, const char *id,
                                      const char *expires_at);
/* Answers 204. ERR_CONFLICT for its only secret. */
MUST_CHECK enum err client_delete_secret(struct context *context, const char *id,
                                         const char *secret_id);
/* The actor, a program that presented `secret_id`, makes its next secret: answers 201 and the secret. The one
 * that it presented ends after the overlap. ERR_CONFLICT where another lives that was used; one that never was
 * is taken for the lost answer of an earlier rotation, and replaced. */
MUST_CHECK enum err client_rotate_secret(struct context *context, const char *secret_id,
                                         const struct client_rotation_order *order);
/* The job "access_tokens": deletes those that expired. */
MUST_CHECK enum err client_delete_expired(struct context *context);

#endif

#ifndef GUICHET_PROGRAM_WEBHOOK_H
#define GUICHET_PROGRAM_WEBHOOK_H
/* Webhooks, as their owner manages them: the account that made one, or the program that did and its responsible
 * persons (README.md says why; program/credential.h what they share with clients). Of one organisation, by its
 * members; of a whole product, by its managers. Secrets are sealed in the table; where there are two, each signs.
 * Each act renders its answer (core/act.h). Thread-safe. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"
#include "program/credential.h"

enum { WEBHOOKS_MAX = 50 };

/* The events that a webhook can listen to; ends with NULL. */
extern const char *const WEBHOOK_EVENTS[];

struct webhook_creation {
    const char *product;
    const char *siret; /* NULL: the whole product */
    const char *url;
    const struct value *events; /* array of names of WEBHOOK_EVENTS */
};

struct webhook_patch {
    const char *url;            /* NULL: unchanged */
    const struct value *events; /* NULL: unchanged */
    bool has_enabled;
    bool enabled;
};

/* Answers 201, the document and the first secret. ERR_FORBIDDEN where the actor is neither an active member
 * nor a manager; ERR_INVALID, with a field error at /url, where the URL leads to an internal network;
 * ERR_CONFLICT where the account has WEBHOOKS_MAX already. */
MUST_CHECK enum err webhook_create(struct context *context,
                                   const struct webhook_creation *creation);
/* A page of the actor's webhooks; JSON text in the arena. */
MUST_CHECK enum err webhook_list(struct context *context, const struct page *page,
                                 const char **json);
/* ERR_NOT_FOUND where the actor has none with this id; so for the others. */
MUST_CHECK enum err webhook_read(struct context *context, const char *id, const char **json,
                                 int64_t *version);
/* Answers 200 and the document. ERR_STALE where the version is not `if_match` (-1: any). */
MUST_CHECK enum err webhook_update(struct context *context, const char *id, int64_t if_match,
                                   const struct webhook_patch *patch);
/* Answers 204. */
MUST_CHECK enum err webhook_delete(struct context *context, const char *id);
/* Answers 201 and the secret. ERR_CONFLICT where it has two already. */
MUST_CHECK enum err webhook_add_secret(struct context *context, const char *id);
/* Answers 204. ERR_CONFLICT for its only secret. */
MUST_CHECK enum err webhook_delete_secret(struct context *context, const char *id,
                                          const char *secret_id);
/* A page of the attempts of a webhook, JSON text in the arena; `event_id`: of this event alone, or NULL. */
MUST_CHECK enum err webhook_list_attempts(struct context *context, const char *id,
                                          const char *event_id, const struct page *page,
                                          const char **json);
/* Sends the event of an attempt again, at once; answers 202. ERR_CONFLICT where the webhook is off. */
MUST_CHECK enum err webhook_replay(struct context *context, const char *id, const char *attempt_id);

/* The context that a webhook's secret is sealed with (security/seal.h). In the arena. */
const char *webhook_secret_context(struct arena *arena, const char *secret_id);

#endif

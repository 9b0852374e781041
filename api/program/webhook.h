#ifndef GUICHET_PROGRAM_WEBHOOK_H
#define GUICHET_PROGRAM_WEBHOOK_H
/* Webhooks as their creator keeps them: of an organisation, for its members; of a whole product,
 * for its managers. Secrets are shown once and sealed in the table; two may live at a time, and
 * each signs, so that a program changes from one to the other without a pause. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"
#include "program/credential.h"

enum { WEBHOOKS_MAX = 50 };

/* What may be listened to; ends with NULL. */
extern const char *const WEBHOOK_EVENTS[];

struct webhook_creation {
    const char *product;
    const char *siret; /* NULL: the whole product */
    const char *url;
    const struct value *events; /* array of known names */
};

struct webhook_patch {
    const char *url;            /* NULL: unchanged */
    const struct value *events; /* NULL: unchanged */
    bool has_enabled;
    bool enabled;
};

/* ERR_FORBIDDEN where the caller is neither an active member nor a manager; a field error at /url
 * where it leads into our own network. */
MUST_CHECK enum err webhook_create(struct context *context, const struct webhook_creation *creation,
                                   const char **json, int64_t *version, const char **secret);
MUST_CHECK enum err webhook_list(struct context *context, const struct page *page,
                                 const char **json);
MUST_CHECK enum err webhook_read(struct context *context, const char *id, const char **json,
                                 int64_t *version);
/* `if_match`: -1 for any version; else ERR_STALE. */
MUST_CHECK enum err webhook_update(struct context *context, const char *id, int64_t if_match,
                                   const struct webhook_patch *patch, const char **json,
                                   int64_t *version);
MUST_CHECK enum err webhook_delete(struct context *context, const char *id);
/* ERR_CONFLICT where two live already. */
MUST_CHECK enum err webhook_add_secret(struct context *context, const char *id,
                                       struct new_secret *secret);
/* ERR_CONFLICT for the last one. */
MUST_CHECK enum err webhook_delete_secret(struct context *context, const char *id,
                                          const char *secret_id);
/* `event_id` may be NULL. */
MUST_CHECK enum err webhook_list_attempts(struct context *context, const char *id,
                                          const char *event_id, const struct page *page,
                                          const char **json);
/* The event of an attempt is sent again at once; ERR_CONFLICT where the webhook is off. */
MUST_CHECK enum err webhook_replay(struct context *context, const char *id, const char *attempt_id);

/* What a sealed secret is bound to. In the arena. */
const char *webhook_secret_context(struct arena *arena, const char *secret_id);

#endif

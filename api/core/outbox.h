#ifndef GUICHET_CORE_OUTBOX_H
#define GUICHET_CORE_OUTBOX_H
/* Mails to be sent: written with their cause, claimed and sent by the worker. */
#include "base/value.h"
#include "engine/tx.h"

/* `template` names worker/templates/<template>.txt and .html; `data` fills them. `account_id` is the
 * recipient's account where there is one, else NULL. */
MUST_CHECK enum err outbox_add(struct tx *tx, const char *template, const char *recipient,
                               const char *account_id, const struct value *data);

struct outbox_mail {
    const char *id;
    const char *template;
    const char *recipient;
    const char *data; /* JSON */
    int64_t attempts; /* this one included */
    bool is_old;      /* more than 24 h: given up at the next failure */
};

/* Takes up to `most` due mails for two minutes. Where there is none, `*wait_ms` says when the next one is
 * due (-1: none). */
MUST_CHECK enum err outbox_claim(struct pool *pool, struct arena *arena, size_t most,
                                 struct outbox_mail **mails, size_t *count, int64_t *wait_ms);
MUST_CHECK enum err outbox_mark_sent(struct pool *pool, struct arena *arena, const char *id);
MUST_CHECK enum err outbox_mark_failed(struct pool *pool, struct arena *arena, const char *id,
                                       const char *reason, bool given_up);

struct outbox_figures {
    int64_t pending;
    int64_t parked;
    int64_t oldest_s;    /* age of the oldest pending mail */
    int64_t jobs_late_s; /* how long the job that is due longest waits */
};

/* What waits for the worker. */
MUST_CHECK enum err outbox_read_figures(struct pool *pool, struct arena *arena,
                                        struct outbox_figures *figures);

#endif

#ifndef GUICHET_WORKER_WORKER_H
#define GUICHET_WORKER_WORKER_H
/* Threads of their own empty the outbox, run jobs and call webhooks. They are woken by notifications of
 * the database, by what is due later, and every 30 s; where notifications cannot be heard, they ask several
 * times a second. Any number of workers share the work: rows are claimed with FOR UPDATE SKIP LOCKED. While
 * the database is away they wait and try again. */
#include "base/value.h"
#include "core/context.h"

struct worker;

struct worker *worker_start(const struct services *services);
/* Ends the threads after the mail or job in hand; NULL does nothing. */
void worker_stop(struct worker *worker);
/* What the outbox would send: `mail_render` of struct services. */
MUST_CHECK enum err worker_render_mail(const struct services *services, struct arena *arena,
                                       const char *template, const struct value *data,
                                       const char **subject, const char **text);

#endif

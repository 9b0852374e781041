#ifndef GUICHET_WORKER_WORKER_H
#define GUICHET_WORKER_WORKER_H
/* Threads of their own empty the outbox, run jobs and call webhooks. Any number of workers share
 * the work: rows are claimed with FOR UPDATE SKIP LOCKED. While the database is away they wait and
 * try again. */
#include "base/value.h"
#include "core/context.h"

struct worker;

struct worker *worker_start(const struct services *services);
/* Ends the threads after the mail or job in hand; NULL does nothing. */
void worker_stop(struct worker *worker);
/* Sends the mails that are due now; how many were taken goes to `*taken`. */
MUST_CHECK enum err worker_send_mails(const struct services *services, size_t *taken);
/* What the outbox would send: `mail_render` of struct services. */
MUST_CHECK enum err worker_render_mail(const struct services *services, struct arena *arena,
                                       const char *template, const struct value *data,
                                       const char **subject, const char **text);
/* Runs one job that is due; `*found` is false where there is none. */
MUST_CHECK enum err worker_run_job(const struct services *services, bool *found);

#endif

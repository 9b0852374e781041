#ifndef GUICHET_WORKER_WORKER_H
#define GUICHET_WORKER_WORKER_H
/* Background work: threads that send the mails of the outbox, run jobs and call webhooks. They are woken by
 * notifications of the database, when something becomes due, and every 30 s; where notifications cannot arrive
 * they poll several times a second. Any number of workers, in one process or in several, share the work: rows
 * are claimed with FOR UPDATE SKIP LOCKED. While the database does not answer they wait and try again. */
#include "base/value.h"
#include "core/context.h"

struct worker;

/* Starts the threads. `services` is borrowed until worker_stop, which the caller calls. Never NULL: a program
 * without threads ends here. */
struct worker *worker_start(const struct services *services);
/* Ends the threads once the mail, job or webhook call in hand is finished, and frees the worker. NULL does
 * nothing. */
void worker_stop(struct worker *worker);
/* Renders a mail as the worker would send it: `mail_render` of struct services. `*subject` and `*text` are in
 * the arena. Failures are those of mail_template_render. Thread-safe. */
MUST_CHECK enum err worker_render_mail(const struct services *services, struct arena *arena,
                                       const char *template, const struct value *data,
                                       const char **subject, const char **text);

#endif

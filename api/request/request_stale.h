#ifndef GUICHET_REQUEST_REQUEST_STALE_H
#define GUICHET_REQUEST_REQUEST_STALE_H
/* Requests that nobody changes: a draft for 15 days, one that waits for changes for 6 months. Their
 * applicant is reminded once; 15 days later they are archived. */
#include "core/context.h"

/* The job: up to 100 requests a run, as the program itself (ACTOR_SYSTEM). Requests that changed meanwhile
 * are left to the next run; other failures end the run, and what was done stays done. */
MUST_CHECK enum err request_stale_remind_or_archive(struct context *context);

/* The job of retention: deletes requests that were refused or archived GUICHET_CLOSED_REQUEST_MONTHS ago and never
 * approved, with their files, messages and history. */
MUST_CHECK enum err request_delete_closed(struct context *context);

#endif

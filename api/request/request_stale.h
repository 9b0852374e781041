#ifndef GUICHET_REQUEST_REQUEST_STALE_H
#define GUICHET_REQUEST_REQUEST_STALE_H
/* Requests that nobody touches: a draft for 15 days, awaited changes for 6 months. Their applicant is
 * reminded once; 15 days later they are archived. */
#include "core/context.h"

/* The job; as the program itself (ACTOR_SYSTEM). */
MUST_CHECK enum err request_tend_stale(struct context *context);

#endif

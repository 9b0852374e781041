#ifndef GUICHET_ACCOUNT_ACCOUNT_RETENTION_H
#define GUICHET_ACCOUNT_ACCOUNT_RETENTION_H
/* What retention deletes of accounts (api/deploy/PRIVACY.md). Thread-safe; failures are those of an act. */
#include "core/context.h"

/* The job: registrations that were never activated, ended sessions, used links and attempts that no longer count. */
MUST_CHECK enum err account_delete_expired(struct context *context);
/* The job: who did not log in for GUICHET_INACTIVE_ACCOUNT_MONTHS is warned, and deleted thirty days later. */
MUST_CHECK enum err account_retain_inactive(struct context *context);

#endif

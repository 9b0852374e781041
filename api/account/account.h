#ifndef GUICHET_ACCOUNT_ACCOUNT_H
#define GUICHET_ACCOUNT_ACCOUNT_H
/* One's own account: reading, correcting, taking away and deleting one's data, changing password and
 * address, ending sessions. */
#include "core/context.h"
#include "core/email.h"
#include "core/notification.h"
#include "core/page.h"
#include "core/siret.h"

/* What changes; a member that did not come stays as it is. */
struct account_patch {
    const char *given_name;  /* NULL: stays */
    const char *family_name; /* NULL: stays */
    bool job_title_given;
    const char *job_title; /* NULL: emptied */
    bool phone_given;
    const char *phone; /* NULL: emptied */
    bool current_siret_given;
    char current_siret[SIRET_TEXT_BYTES]; /* "": none */
    const char *locale;                   /* "fr", "en" or NULL: stays */
    bool notifications_given[NOTIFICATIONS_COUNT];
    bool notifications[NOTIFICATIONS_COUNT];
};

MUST_CHECK enum err account_read(struct context *context, const char **document, int64_t *version);
/* `version` as it was read, -1 for any. ERR_STALE where it changed meanwhile; ERR_INVALID where one
 * may not act for current_siret. */
MUST_CHECK enum err account_change(struct context *context, const struct account_patch *patch,
                                   int64_t version, const char **document, int64_t *new_version);
/* `current` may be NULL for an account without password, after a recent log-in. The other sessions
 * end; the person is told. */
MUST_CHECK enum err account_change_password(struct context *context, const char *current,
                                            const char *password);
/* A link goes to the new address, a notice to the present one. Says nothing of whether the new one
 * belongs to somebody. */
MUST_CHECK enum err account_ask_email(struct context *context, const struct email *email);
/* Uses that link. Both addresses are told; memberships held by right of the former domain are
 * judged again. ERR_CONFLICT where the address was taken meanwhile. */
MUST_CHECK enum err account_confirm_email(struct context *context, const char *token);
/* Everything kept about the person, as JSON. */
MUST_CHECK enum err account_export(struct context *context, const char **document);
/* ERR_CONFLICT for the last administrator. */
MUST_CHECK enum err account_delete(struct context *context);
MUST_CHECK enum err account_list_sessions(struct context *context, const struct page *page,
                                          const char **document);
MUST_CHECK enum err account_end_sessions(struct context *context);
/* Throws away what was kept long enough: accounts never activated, ended sessions, used links,
 * forgotten attempts. */
MUST_CHECK enum err account_retain(struct context *context);

#endif

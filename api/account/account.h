#ifndef GUICHET_ACCOUNT_ACCOUNT_H
#define GUICHET_ACCOUNT_ACCOUNT_H
/* The actor's own account: reading and changing their data, export and deletion, password and address,
 * sessions. What is returned lives in the context's arena. Thread-safe; failures other than those named are
 * those of an act. */
#include "base/buf.h"
#include "base/text.h"
#include "core/context.h"
#include "core/email.h"
#include "core/notification.h"
#include "core/page.h"
#include "core/siret.h"

/* What changes; a member that was not given stays as it is. */
struct account_patch {
    const char *given_name;  /* NULL: not given */
    const char *family_name; /* NULL: not given */
    bool job_title_given;
    const char *job_title; /* NULL: emptied */
    bool phone_given;
    const char *phone; /* NULL: emptied */
    bool current_siret_given;
    char current_siret[SIRET_TEXT_BYTES]; /* "": none */
    const char *locale;                   /* "fr", "en"; NULL: not given */
    bool notifications_given[NOTIFICATIONS_COUNT];
    bool notifications[NOTIFICATIONS_COUNT];
};

/* The account of the contract, as JSON. */
MUST_CHECK enum err account_read(struct context *context, const char **document, int64_t *version);
/* Answers 200 with the changed account. `version`: as it was read, -1 for any. ERR_STALE where it changed
 * meanwhile; ERR_INVALID where the person may not act for current_siret. */
MUST_CHECK enum err account_update(struct context *context, const struct account_patch *patch,
                                   int64_t version);
/* Changes the password and answers 204; the other sessions end, and a mail tells the person. `current` may be
 * NULL for an account without a password, after a recent log-in (ERR_RECENT_LOGIN_REQUIRED). ERR_INVALID with
 * errors at /current_password and /password; ERR_RATE_LIMITED after too many wrong ones. The browser that asks, whose
 * `device_cookie` (NULL: none) ends with the former password, stays a known device by the cookie `*device`. */
MUST_CHECK enum err account_change_password(struct context *context, const char *current,
                                            const char *password, const char *device_cookie,
                                            const char **device);
/* Mails a link to the new address and a notice to the present one, and answers 202. The owner of an address that
 * somebody has is told that they have an account, and gets no link; nothing that the actor sees tells.
 * ERR_RATE_LIMITED after too many mails to it. */
MUST_CHECK enum err account_request_email_change(struct context *context,
                                                 const struct email *email);
/* Changes the address of the actor's account by that link's secret (`token`), and answers 204. Both addresses are
 * told, the other sessions end; memberships that the former domain justified are judged again. ERR_INVALID with an
 * error at /token; ERR_UNAUTHENTICATED where another account asked for the link; ERR_CONFLICT where somebody else took
 * the address meanwhile. */
MUST_CHECK enum err account_confirm_email(struct context *context, const char *token);
/* Everything that is kept about a person, part by part: first the data, then each file in pieces. */
struct account_export {
    const char *account_id;
    bool has_data;                 /* the data were given */
    bool is_in_file;               /* its content is being given */
    int64_t at_us;                 /* of the last file */
    char file_id[UUID_TEXT_BYTES]; /* "": none yet */
    int64_t offset;                /* of the next piece of its content */
};
/* Records that the actor takes out their data. */
MUST_CHECK enum err account_export_record(struct context *context);
/* Appends the next part to `out`, 64 kB of a file at most: together they are one JSON document. `*is_over` after the last. */
MUST_CHECK enum err account_export_next(const struct services *services, struct arena *arena,
                                        struct account_export *export, struct buf *out,
                                        bool *is_over);
/* Deletes the person's data and answers 204. ERR_CONFLICT for the last administrator; ERR_LIVE_REQUESTS where they are the
 * applicant of requests under way, unless they leave them to the organisation, whose members are told. */
MUST_CHECK enum err account_delete(struct context *context, bool leaves_requests);
/* The same, by the program, for an account that nobody uses (account_retention.h). */
MUST_CHECK enum err account_delete_inactive(struct context *context, const char *id);
/* A page of the person's living sessions, as JSON. */
MUST_CHECK enum err account_list_sessions(struct context *context, const struct page *page,
                                          const char **document);
/* A page of the looks of staff and programs of products at the person's account and requests, as JSON. */
MUST_CHECK enum err account_list_accesses(struct context *context, const struct page *page,
                                          const char **document);
/* Ends all of the person's sessions, this one included, and answers 204. */
MUST_CHECK enum err account_end_sessions(struct context *context);
#endif

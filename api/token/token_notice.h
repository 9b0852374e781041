#ifndef GUICHET_TOKEN_TOKEN_NOTICE_H
#define GUICHET_TOKEN_TOKEN_NOTICE_H
/* What people are told of a token without asking: that it is ready, about to expire, prolonged or
 * revoked. Mails and events belong to the act that causes them. */
#include "core/act.h"

/* What mails say of a token: members title, request_number, organisation_name, expires_on … */
MUST_CHECK enum err token_describe(struct tx *tx, const char *id, struct value **data);

/* The same mail to the applicant, or who is told in their place (`in_place` then; request_told.sql), and to these
 * contacts of the habilitation: names separated by blanks, NULL for all of them. */
MUST_CHECK enum err token_tell(struct act *act, const char *id, const char *template,
                               const char *contacts, const struct value *data);

/* At an approval: mail to applicant and technical contact, event to the webhooks. `again` where the
 * token had been there before. */
MUST_CHECK enum err token_tell_issue(struct act *act, const char *id, const char *request_id,
                                     bool again);
/* To applicant and technical contact. */
MUST_CHECK enum err token_tell_prolongation(struct act *act, const char *id);
/* To applicant and technical contact, with an event: the string was replaced because its key leaked. */
MUST_CHECK enum err token_tell_replacement(struct act *act, const char *id, const char *request_id);
/* To applicant and contacts, once the token is dead. */
MUST_CHECK enum err token_tell_revocation(struct act *act, const char *id, const char *request_id);

/* The jobs. Notices at 90, 60, 30, 15, 7 and 0 days before the expiry, each once for one expiry,
 * whatever restarts happen: of those that were missed the nearest alone is sent. */
MUST_CHECK enum err token_send_notices(struct context *context);
/* Tells of the revocations whose date has come; the gateway refuses the token by the date itself.
 */
MUST_CHECK enum err token_tell_revocations(struct context *context);

#endif

#ifndef GUICHET_REQUEST_REQUEST_MAIL_H
#define GUICHET_REQUEST_REQUEST_MAIL_H
/* The mails about a request: they leave with the act that causes them (act_mail). Nobody gets the same mail
 * twice. What is given back lives in the context's arena. One thread, that of the act. */
#include "core/act.h"
#include "request/request_view.h"

/* What every template may say of a request: its number, title, organisation, product, id. */
struct value *request_mail_data(struct context *context, const struct request_view *view);
/* None where the applicant is no longer entitled to act: they hear nothing of the file. */
void request_mail_applicant(struct act *act, const struct request_view *view, const char *template,
                            const struct value *data);
/* To the instructors of the product whom the request does not serve, unless they opted out; with a link to do so.
 * Failures are those of the statement. */
MUST_CHECK enum err request_mail_instructors(struct act *act, const struct request_view *view,
                                             const char *template);
/* To the contacts in `fields`, which are granted or were. With `revoked`, all four are told that it ended;
 * else the data controller and the officer get the notice that the RGPD asks for, the business and
 * the technical contact what concerns them. */
void request_mail_contacts(struct act *act, const struct request_view *view,
                           const struct value *fields, const struct value *scopes, bool revoked);
/* The labels of scopes, as a list. */
struct value *request_mail_labels(struct arena *arena, const struct product *product,
                                  const struct value *scopes);

#endif

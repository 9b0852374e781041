#ifndef GUICHET_REQUEST_REQUEST_MAIL_H
#define GUICHET_REQUEST_REQUEST_MAIL_H
/* The mails of a request: rows of the outbox in the transaction that causes them. Nobody gets the
 * same one twice. */
#include "core/act.h"
#include "request/request_view.h"

/* What every template of a request may say: number, title, organisation, product, id. */
struct value *request_mail_data(struct context *context, const struct request_view *file);
void request_mail_applicant(struct act *act, const struct request_view *file, const char *template,
                            const struct value *data);
/* Those of the product who did not opt out; with a one-click link to do so. */
MUST_CHECK enum err request_mail_instructors(struct act *act, const struct request_view *file);
/* To the contacts that `fields` name, which are what is granted or was: the data controller and the
 * officer get the notice that the RGPD asks for, the business and the technical contact what concerns
 * them. `revoked`: that it has ended, to all four. */
void request_mail_contacts(struct act *act, const struct request_view *file,
                           const struct value *fields, const struct value *scopes, bool revoked);
/* The labels of scopes, as a list. */
struct value *request_mail_labels(struct arena *arena, const struct product *product,
                                  const struct value *scopes);

#endif

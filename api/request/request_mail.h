#ifndef GUICHET_REQUEST_REQUEST_MAIL_H
#define GUICHET_REQUEST_REQUEST_MAIL_H
/* The mails about a request: they leave with the act that causes them (act_mail). Nobody gets the same mail
 * twice. What is given back lives in the context's arena. One thread, that of the act. */
#include "core/act.h"
#include "core/notification.h"
#include "request/request_view.h"
#include "sql/request.h"

/* What every template may say of a request: its number, title, organisation, product, id. */
struct value *request_mail_data(struct context *context, const struct request_view *view);
/* Who is told: see request_told.sql. */
enum request_audience {
    AUDIENCE_APPLICANT,    /* or, where they are gone, members of the organisation in their place */
    AUDIENCE_ORGANISATION, /* the applicant, and members beside them */
    AUDIENCE_INSTRUCTORS,
    AUDIENCE_ASSIGNEE, /* or all instructors */
};

/* One mail to an audience. Everything is borrowed. */
struct request_letter {
    const char *template;
    enum request_audience audience;
    bool is_optional; /* people may switch it off by `notification`; a link in it does so */
    enum notification notification;
    const char *except;              /* account that is told nothing; NULL: nobody */
    const struct value *contacts_in; /* form whose contacts are found as well; NULL: none */
};

/* The recipients of a letter, and the contacts that were asked for. */
struct request_told {
    struct request_recipient *items;
    size_t count;
};

/* Sends the letter, filled by `data`, to everybody in its audience; templates see `in_place` where somebody is told in the
 * place of an applicant who is gone. Failures are those of the statement. */
MUST_CHECK enum err request_mail(struct act *act, const struct request_view *view,
                                 const struct request_letter *letter, const struct value *data);
/* The two halves of request_mail, for an act that changes who is told: found before it, sent after it. */
MUST_CHECK enum err request_mail_find(struct tx *tx, const struct request_view *view,
                                      const struct request_letter *letter,
                                      struct request_told *told);
void request_mail_send(struct act *act, const struct request_letter *letter,
                       const struct value *data, const struct request_told *told);
/* A mail that cannot be switched off, to AUDIENCE_APPLICANT. */
MUST_CHECK enum err request_mail_applicant(struct act *act, const struct request_view *view,
                                           const char *template, const struct value *data);
/* To the instructors but for who acts, unless they opted out of new submissions. */
MUST_CHECK enum err request_mail_instructors(struct act *act, const struct request_view *view,
                                             const char *template);

/* What the contacts of a request are told. Borrowed. */
struct contact_letter {
    const struct request_view *view;
    const struct value *fields; /* whose contacts are granted, or were */
    const struct value *scopes; /* NULL: none */
    bool revoked;
};
/* To the contacts among `told`. With `revoked`, all of them are told that it ended; else the data controller and the
 * officer get the notice that the RGPD asks for, the business and the technical contact what concerns them. */
void request_mail_contacts(struct act *act, const struct contact_letter *letter,
                           const struct request_told *told);
/* The labels of scopes, as a list. */
struct value *request_mail_labels(struct arena *arena, const struct product *product,
                                  const struct value *scopes);

#endif

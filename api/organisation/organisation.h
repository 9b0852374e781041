#ifndef GUICHET_ORGANISATION_ORGANISATION_H
#define GUICHET_ORGANISATION_ORGANISATION_H
/* Organisations as their members and support see them, and support's decisions about their members. Results
 * are JSON text in the context's arena, by the schemas of openapi.yaml. */
#include "core/context.h"
#include "core/page.h"
#include "engine/statement.h"

/* Support and administrators see all organisations, a person those that they belong to; a client those of its
 * account, or the one that it is bound to. */
MUST_CHECK enum err organisation_list(struct context *context, const struct page *page,
                                      const char **document);
MUST_CHECK enum err organisation_read(struct context *context, const char *siret,
                                      const char **document, int64_t *version);

struct membership_filter {
    const char *state; /* NULL: any; likewise the others */
    struct nullable_bool reported;
    struct nullable_bool by_free_mail; /* true: the first of an organisation, by such an address */
    const char *siret;
    const char *words; /* of the name or the e-mail */
};
/* Support's queue, with the evidence beside each case. */
MUST_CHECK enum err organisation_list_cases(struct context *context,
                                            const struct membership_filter *filter,
                                            const struct page *page, const char **document);

enum resolution { RESOLUTION_ACCEPT, RESOLUTION_ACCEPT_AS_EXTERNAL, RESOLUTION_REFUSE };
struct membership_verdict {
    enum resolution outcome;
    const char *reason; /* required to refuse; else may be NULL */
    bool trust_domain;  /* only with RESOLUTION_ACCEPT */
    int64_t version;    /* of the membership, as it was read */
};
/* An act: support's verdict on a suspended, refused or reported membership, mailed to its person. Answers
 * schema Membership. ERR_FORBIDDEN: the actor's own; ERR_STALE: it, or the person's name or
 * address, changed since it was read; ERR_CONFLICT: nothing to decide. */
MUST_CHECK enum err organisation_resolve(struct context *context, const char *membership_id,
                                         const struct membership_verdict *verdict);
/* An act: support ends a membership that is active, external or suspended, and its person is told by mail. It is
 * refused from then on, so that they cannot join again by themselves. Answers schema Membership. ERR_FORBIDDEN: the
 * actor's own; ERR_CONFLICT: it has ended already. */
MUST_CHECK enum err organisation_end_membership(struct context *context, const char *membership_id,
                                                const char *reason);

MUST_CHECK enum err organisation_list_domains(struct context *context, const char *siret,
                                              const struct page *page, const char **document);
/* An act; answers schema TrustedDomain. ERR_CONFLICT where it is trusted already, ERR_INVALID for a free-mail
 * domain. */
MUST_CHECK enum err organisation_trust_domain(struct context *context, const char *siret,
                                              const char *domain);
/* An act. ERR_NOT_FOUND where it was not trusted. */
MUST_CHECK enum err organisation_distrust_domain(struct context *context, const char *siret,
                                                 const char *domain);

#endif

#ifndef GUICHET_ORGANISATION_ORGANISATION_H
#define GUICHET_ORGANISATION_ORGANISATION_H
/* Organisations as their members and support see them, and support's side of who belongs to them. */
#include "core/context.h"
#include "core/page.h"

/* Support and administrators see all, a person those that they belong to. */
MUST_CHECK enum err organisation_list(struct context *context, const struct page *page,
                                      const char **document);
MUST_CHECK enum err organisation_read(struct context *context, const char *siret,
                                      const char **document, int64_t *version);

struct membership_filter {
    const char *state;    /* NULL: any */
    const char *reported; /* "true", "false" or NULL */
    const char *siret;
    const char *words;
};
/* Support's queue, with the evidence beside each case. */
MUST_CHECK enum err organisation_list_cases(struct context *context,
                                            const struct membership_filter *filter,
                                            const struct page *page, const char **document);

enum resolution { RESOLUTION_ACCEPT, RESOLUTION_ACCEPT_AS_EXTERNAL, RESOLUTION_REFUSE };
struct membership_verdict {
    enum resolution outcome;
    const char *reason; /* NULL where none; required to refuse */
    bool trust_domain;  /* only with RESOLUTION_ACCEPT */
};
/* Support's verdict on a suspended, refused or reported membership. The person is told. */
MUST_CHECK enum err organisation_resolve(struct context *context, const char *membership_id,
                                         const struct membership_verdict *verdict,
                                         const char **document, int64_t *version);

MUST_CHECK enum err organisation_list_domains(struct context *context, const char *siret,
                                              const struct page *page, const char **document);
/* ERR_CONFLICT where it is trusted already, ERR_INVALID for a free-mail domain. */
MUST_CHECK enum err organisation_trust_domain(struct context *context, const char *siret,
                                              const char *domain, const char **document);
MUST_CHECK enum err organisation_distrust_domain(struct context *context, const char *siret,
                                                 const char *domain);

#endif

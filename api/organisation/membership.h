#ifndef GUICHET_ORGANISATION_MEMBERSHIP_H
#define GUICHET_ORGANISATION_MEMBERSHIP_H
/* Who acts for an organisation: the three cases by which a person is attached, leaving, and "I do
 * not know this person". Support's side is in membership_support.h. */
#include "core/context.h"
#include "sql/organisation.h"
#include <stdbool.h>

enum membership_case {
    MEMBERSHIP_FIRST,       /* nobody is attached: attached */
    MEMBERSHIP_SAME_DOMAIN, /* somebody of the same e-mail domain is: attached, the others told */
    MEMBERSHIP_TRUSTED_DOMAIN, /* support trusts this domain: the same */
    MEMBERSHIP_OTHER_DOMAIN,   /* only others are: suspended until support has judged */
};

/* What is known of an organisation when somebody knocks. */
struct membership_evidence {
    bool somebody;    /* an activated account is attached */
    bool same_domain; /* one of them by the newcomer's domain */
    bool trusted;     /* support trusts the newcomer's domain */
};

/* The rule itself. A free-mail domain proves nothing, trusted or not. */
enum membership_case membership_decide(const struct membership_evidence *evidence,
                                       const char *domain);
bool membership_case_attaches(enum membership_case found);

/* What the rule would say now, without any lock; `siret` may have no row. */
MUST_CHECK enum err membership_foresee(struct tx *tx, const char *siret, const char *domain,
                                       enum membership_case *out);

struct membership_result {
    const char *id;
    enum membership_case found;
    bool attached;
};

/* Applies the rule to an activated account, under a lock on the organisation, which must have its
 * row. Writes the membership and the mails; the audit entry is the caller's. */
MUST_CHECK enum err membership_attach(struct context *context, struct tx *tx,
                                      const struct account_row *account, const char *siret,
                                      struct membership_result *out);
/* The same rule again for whoever changed their e-mail domain: where it no longer attaches them, the
 * memberships they had by right of the former one are suspended and they are told. */
MUST_CHECK enum err membership_review(struct tx *tx, const struct account_row *account);

/* The caller joins; `*document` is their membership. ERR_CONFLICT: they have one already. */
MUST_CHECK enum err membership_join(struct context *context, const char *siret,
                                    const char **document, int64_t *version);
/* The caller leaves. ERR_NOT_FOUND: not theirs; ERR_CONFLICT: requests would be left alone. */
MUST_CHECK enum err membership_leave(struct context *context, const char *id);
/* The caller, an active member, does not know this one. `comment` may be NULL. */
MUST_CHECK enum err membership_report(struct context *context, const char *id, const char *comment);

/* The organisation's members as page of JSON; `state` may be NULL. */
struct page;
MUST_CHECK enum err membership_list_members(struct context *context, const char *siret,
                                            const char *state, const struct page *page,
                                            const char **document);

#endif

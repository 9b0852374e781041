#ifndef GUICHET_ORGANISATION_MEMBERSHIP_H
#define GUICHET_ORGANISATION_MEMBERSHIP_H
/* Who acts for an organisation: the three cases by which a person is attached, and what members do: join,
 * leave, report a member whom they do not know. Support's side is in organisation.h. Functions that take a
 * context act for its actor; results live in its arena. */
#include "core/act.h"
#include "core/page.h"
#include "sql/organisation.h"
#include <stdbool.h>

enum membership_case {
    MEMBERSHIP_FIRST,       /* nobody is attached yet: attached */
    MEMBERSHIP_SAME_DOMAIN, /* a member has the same e-mail domain: attached, the others are told */
    MEMBERSHIP_TRUSTED_DOMAIN, /* support trusts this domain: the same */
    MEMBERSHIP_OTHER_DOMAIN,   /* none of these: suspended until support decides */
    MEMBERSHIP_EXCLUDED, /* support kept this address out before: the same, whatever the others say */
};

/* The rule itself, pure. A free-mail domain proves nothing, trusted or not. */
enum membership_case membership_decide(const struct membership_evidence *evidence,
                                       const char *domain);
bool membership_case_attaches(enum membership_case found);
/* As the contract says it (ForeseenCase): a trusted domain counts as the same, an address that was kept out as
 * another domain. */
const char *membership_case_name(enum membership_case found);

/* What the rule would say now of a domain, without a lock; `siret` may have no row. For anybody: it does not tell
 * whether an address was kept out. */
MUST_CHECK enum err membership_foresee(struct tx *tx, const char *siret, const char *domain,
                                       enum membership_case *out);
/* The same for the holder of an address (its key, see core/email.h), kept out or not. */
MUST_CHECK enum err membership_foresee_for(struct context *context, struct tx *tx,
                                           const char *siret, const char *email_key,
                                           enum membership_case *out);

struct membership_result {
    const char *id;
    enum membership_case found;
    bool attached;
};

/* Applies the rule to an activated account and locks the organisation, so that of two newcomers one is the
 * first. Writes the membership and adds the mails to the act; the audit entry is the caller's.
 * ERR_NOT_FOUND: the organisation has no row. */
MUST_CHECK enum err membership_attach(struct act *act, const struct account_row *account,
                                      const char *siret, struct membership_result *out);
/* Applies the rule again after a change of e-mail domain: memberships that the former domain justified and the
 * new one does not are suspended, and the person is mailed. */
MUST_CHECK enum err membership_review(struct act *act, const struct account_row *account);

/* Before a membership, or with `siret` NULL all those of an account, are over: where support refused it or has still
 * to judge it, whoever comes back with an address of the account waits for support, for 24 months or until it
 * accepts. */
MUST_CHECK enum err membership_exclude(struct context *context, struct tx *tx,
                                       const char *account_id, const char *siret);
/* Support accepts an address (its key): it is kept out no longer. */
MUST_CHECK enum err membership_end_exclusion(struct context *context, struct tx *tx,
                                             const char *siret, const char *email_key);

/* Acts. Join answers schema Membership; ERR_CONFLICT where the actor has a membership already. */
MUST_CHECK enum err membership_join(struct context *context, const char *siret);
/* ERR_NOT_FOUND: not the actor's; ERR_CONFLICT: requests would lose their applicant, or support refused. */
MUST_CHECK enum err membership_leave(struct context *context, const char *id);
/* The actor, an active member, does not know this member; support is mailed. `comment` may be NULL. */
MUST_CHECK enum err membership_report(struct context *context, const char *id, const char *comment);

/* Schema MembershipPage. `state` NULL: any. */
MUST_CHECK enum err membership_list_members(struct context *context, const char *siret,
                                            const char *state, const struct page *page,
                                            const char **document);

#endif

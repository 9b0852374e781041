#include "organisation/membership.h"
#include "core/email.h"
#include "core/notification.h"
#include <string.h>

enum membership_case membership_decide(const struct membership_evidence *evidence,
                                       const char *domain) {
    if (!evidence->has_members) {
        return MEMBERSHIP_FIRST;
    }
    if (email_is_free_mail(domain)) {
        return MEMBERSHIP_OTHER_DOMAIN;
    }
    if (evidence->has_same_domain) {
        return MEMBERSHIP_SAME_DOMAIN;
    }
    return evidence->is_trusted ? MEMBERSHIP_TRUSTED_DOMAIN : MEMBERSHIP_OTHER_DOMAIN;
}

bool membership_case_attaches(enum membership_case found) {
    return found != MEMBERSHIP_OTHER_DOMAIN;
}

const char *membership_case_name(enum membership_case found) {
    switch (found) {
    case MEMBERSHIP_FIRST:
        return "first";
    case MEMBERSHIP_SAME_DOMAIN:
    case MEMBERSHIP_TRUSTED_DOMAIN:
        return "same_domain";
    case MEMBERSHIP_OTHER_DOMAIN:
        break;
    }
    return "other_domain";
}

static const char *ground_of(enum membership_case found) {
    switch (found) {
    case MEMBERSHIP_FIRST:
        return "first";
    case MEMBERSHIP_SAME_DOMAIN:
        return "same_domain";
    case MEMBERSHIP_TRUSTED_DOMAIN:
        return "trusted_domain";
    case MEMBERSHIP_OTHER_DOMAIN:
        break;
    }
    return NULL;
}

enum err membership_foresee(struct tx *tx, const char *siret, const char *domain,
                            enum membership_case *out) {
    struct membership_evidence evidence;
    TRY(sql_membership_evidence(tx, &evidence, .siret = siret, .newcomer = NULL, .domain = domain));
    *out = membership_decide(&evidence, domain);
    return ERR_NONE;
}

static const char *domain_of(const struct account_row *account) {
    return strrchr(account->email_key, '@') + 1;
}

/* Locks the organisation until the commit, so that of two newcomers one is the first. */
static enum err find_case(struct tx *tx, const struct account_row *account, const char *siret,
                          const char **organisation, enum membership_case *out) {
    struct membership_evidence evidence;
    TRY(sql_organisation_lock(tx, organisation, .siret = siret));
    TRY(sql_membership_evidence(tx, &evidence, .siret = siret, .newcomer = account->id,
                                .domain = domain_of(account)));
    *out = membership_decide(&evidence, domain_of(account));
    return ERR_NONE;
}

/* Mails the members who want to know of newcomers. */
static enum err tell_members(struct act *act, const struct account_row *newcomer, const char *siret,
                             const char *organisation) {
    struct arena *arena = act->context->arena;
    struct membership_recipient *recipients = NULL;
    size_t count = 0;
    TRY(sql_membership_list_active(&act->tx, &recipients, &count, .siret = siret,
                                   .newcomer = newcomer->id));
    for (size_t i = 0; i < count; i++) {
        const char *id = recipients[i].account_id;
        struct value *data = value_object(arena);
        value_set_text(arena, data, "given_name", recipients[i].given_name);
        value_set_text(arena, data, "newcomer_given_name", newcomer->given_name);
        value_set_text(arena, data, "newcomer_family_name", newcomer->family_name);
        value_set_text(arena, data, "newcomer_email", newcomer->email);
        value_set_text(arena, data, "organisation", organisation);
        value_set_text(arena, data, "siret", siret);
        value_set_text(arena, data, "unsubscribe_url",
                       notification_unsubscribe_url(act->context, id, NOTIFICATION_NEW_MEMBER));
        act_mail(act, "new_member", recipients[i].email, id, data);
    }
    return ERR_NONE;
}

static void tell_suspended(struct act *act, const struct account_row *account, const char *template,
                           const char *siret, const char *organisation) {
    struct arena *arena = act->context->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", account->given_name);
    value_set_text(arena, data, "organisation", organisation);
    value_set_text(arena, data, "siret", siret);
    act_mail(act, template, account->email, account->id, data);
}

static enum err save(struct tx *tx, const struct account_row *account, const char *siret,
                     enum membership_case found, const char **id) {
    const bool attached = membership_case_attaches(found);
    TRY(sql_membership_save(tx, id, .account = account->id, .siret = siret,
                            .state = attached ? "active" : "suspended",
                            .ground = ground_of(found)));
    return sql_account_review_current_siret(tx, .account = account->id);
}

enum err membership_attach(struct act *act, const struct account_row *account, const char *siret,
                           struct membership_result *out) {
    const char *organisation = NULL;
    TRY(find_case(&act->tx, account, siret, &organisation, &out->found));
    out->attached = membership_case_attaches(out->found);
    TRY(save(&act->tx, account, siret, out->found, &out->id));
    if (!out->attached) {
        tell_suspended(act, account, "membership_suspended", siret, organisation);
        return ERR_NONE;
    }
    return out->found == MEMBERSHIP_FIRST ? ERR_NONE
                                          : tell_members(act, account, siret, organisation);
}

enum err membership_review(struct act *act, const struct account_row *account) {
    const char **sirets = NULL;
    size_t count = 0;
    TRY(sql_membership_list_of_account(&act->tx, &sirets, &count, .account = account->id));
    for (size_t i = 0; i < count; i++) {
        const char *organisation = NULL;
        const char *id = NULL;
        enum membership_case found;
        TRY(find_case(&act->tx, account, sirets[i], &organisation, &found));
        TRY(save(&act->tx, account, sirets[i], found, &id));
        if (!membership_case_attaches(found)) {
            tell_suspended(act, account, "membership_suspended_email", sirets[i], organisation);
        }
    }
    return ERR_NONE;
}

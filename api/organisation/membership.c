#include "organisation/membership.h"
#include "base/json.h"
#include "core/derived_key.h"
#include "core/email.h"
#include "core/notification.h"
#include "security/token_hash.h"
#include <string.h>

enum membership_case membership_decide(const struct membership_evidence *evidence,
                                       const char *domain) {
    if (evidence->is_excluded) {
        return MEMBERSHIP_EXCLUDED;
    }
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
    return found != MEMBERSHIP_OTHER_DOMAIN && found != MEMBERSHIP_EXCLUDED;
}

const char *membership_case_name(enum membership_case found) {
    switch (found) {
    case MEMBERSHIP_FIRST:
        return "first";
    case MEMBERSHIP_SAME_DOMAIN:
    case MEMBERSHIP_TRUSTED_DOMAIN:
        return "same_domain";
    case MEMBERSHIP_OTHER_DOMAIN:
    case MEMBERSHIP_EXCLUDED:
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
    case MEMBERSHIP_EXCLUDED:
        break;
    }
    return NULL;
}

/* --- Addresses that are kept out ---------------------------------------------------------------- */

/* By every key of this purpose, as it may have been kept. */
static enum err find_keys(struct context *context, struct tx *tx, const struct derived_key **keys) {
    return derived_keys_find(tx, context->services->master_key, DERIVED_KEY_EXCLUSION, keys);
}

static void add_macs(struct arena *arena, const struct derived_key *key, const char *email_key,
                     struct value *macs) {
    for (; key != NULL; key = key->next) {
        value_push(macs, value_text(arena, token_hash_keyed(arena, &key->key, DERIVED_KEY_EXCLUSION,
                                                            email_key)));
    }
}

static enum err find_macs(struct context *context, struct tx *tx, const char *email_key,
                          const char **json) {
    struct value *macs = value_array(context->arena);
    const struct derived_key *keys = NULL;
    TRY(find_keys(context, tx, &keys));
    add_macs(context->arena, keys, email_key, macs);
    *json = json_text(context->arena, macs);
    return ERR_NONE;
}

enum err membership_exclude(struct context *context, struct tx *tx, const char *account_id,
                            const char *siret) {
    struct value *macs = value_array(context->arena);
    const struct derived_key *keys = NULL;
    const char **addresses = NULL;
    size_t count = 0;
    TRY(find_keys(context, tx, &keys));
    TRY(sql_account_list_email_keys(tx, &addresses, &count, .account = account_id));
    for (size_t i = 0; i < count; i++) {
        add_macs(context->arena, keys, addresses[i], macs);
    }
    return sql_membership_exclude(tx, .account = account_id, .siret = siret,
                                  .address_macs = json_text(context->arena, macs));
}

enum err membership_end_exclusion(struct context *context, struct tx *tx, const char *siret,
                                  const char *email_key) {
    const char *macs = NULL;
    TRY(find_macs(context, tx, email_key, &macs));
    return sql_membership_exclusion_end(tx, .siret = siret, .address_macs = macs);
}

/* --- The rule, applied -------------------------------------------------------------------------- */

enum err membership_foresee(struct tx *tx, const char *siret, const char *domain,
                            enum membership_case *out) {
    struct membership_evidence evidence;
    TRY(sql_membership_evidence(tx, &evidence, .siret = siret, .newcomer = NULL, .domain = domain,
                                .email_key = NULL, .address_macs = NULL));
    *out = membership_decide(&evidence, domain);
    return ERR_NONE;
}

/* `newcomer` NULL: has no account yet. */
static enum err find_case_of(struct context *context, struct tx *tx, const char *siret,
                             const char *newcomer, const char *email_key,
                             enum membership_case *out) {
    struct membership_evidence evidence;
    const char *domain = strrchr(email_key, '@') + 1;
    const char *macs = NULL;
    TRY(find_macs(context, tx, email_key, &macs));
    TRY(sql_membership_evidence(tx, &evidence, .siret = siret, .newcomer = newcomer,
                                .domain = domain, .email_key = email_key, .address_macs = macs));
    *out = membership_decide(&evidence, domain);
    return ERR_NONE;
}

enum err membership_foresee_for(struct context *context, struct tx *tx, const char *siret,
                                const char *email_key, enum membership_case *out) {
    return find_case_of(context, tx, siret, NULL, email_key, out);
}

/* Locks the organisation until the commit, so that of two newcomers one is the first. */
static enum err find_case(struct act *act, const struct account_row *account, const char *siret,
                          const char **organisation, enum membership_case *out) {
    TRY(sql_organisation_lock(&act->tx, organisation, .siret = siret));
    return find_case_of(act->context, &act->tx, siret, account->id, account->email_key, out);
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
                            .state = attached ? "active" : "suspended", .ground = ground_of(found),
                            .excluded_before = found == MEMBERSHIP_EXCLUDED));
    return sql_account_review_current_siret(tx, .account = account->id);
}

enum err membership_attach(struct act *act, const struct account_row *account, const char *siret,
                           struct membership_result *out) {
    const char *organisation = NULL;
    TRY(find_case(act, account, siret, &organisation, &out->found));
    out->attached = membership_case_attaches(out->found);
    TRY(save(&act->tx, account, siret, out->found, &out->id));
    if (!out->attached) {
        tell_suspended(act, account,
                       out->found == MEMBERSHIP_EXCLUDED ? "membership_excluded"
                                                         : "membership_suspended",
                       siret, organisation);
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
        TRY(find_case(act, account, sirets[i], &organisation, &found));
        TRY(save(&act->tx, account, sirets[i], found, &id));
        if (!membership_case_attaches(found)) {
            tell_suspended(act, account, "membership_suspended_email", sirets[i], organisation);
        }
    }
    return ERR_NONE;
}

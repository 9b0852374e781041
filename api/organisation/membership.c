#include "organisation/membership.h"
#include "core/email.h"
#include "core/notification.h"
#include "core/outbox.h"
#include <string.h>

enum membership_case membership_decide(const struct membership_evidence *evidence,
                                       const char *domain) {
    if (!evidence->somebody) {
        return MEMBERSHIP_FIRST;
    }
    if (email_is_free_mail(domain)) {
        return MEMBERSHIP_OTHER_DOMAIN;
    }
    if (evidence->same_domain) {
        return MEMBERSHIP_SAME_DOMAIN;
    }
    return evidence->trusted ? MEMBERSHIP_TRUSTED_DOMAIN : MEMBERSHIP_OTHER_DOMAIN;
}

bool membership_case_attaches(enum membership_case found) {
    return found != MEMBERSHIP_OTHER_DOMAIN;
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

static enum membership_case decide_rows(const struct rows *rows, const char *domain) {
    const struct membership_evidence evidence = {
        .somebody = rows_boolean(rows, 0, "somebody"),
        .same_domain = rows_boolean(rows, 0, "same_domain"),
        .trusted = rows_boolean(rows, 0, "trusted"),
    };
    return membership_decide(&evidence, domain);
}

enum err membership_foresee(struct tx *tx, const char *siret, const char *domain,
                            enum membership_case *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_EVIDENCE, &rows, P_TEXT(siret), P_NULL, P_TEXT(domain)));
    *out = decide_rows(rows, domain);
    return ERR_NONE;
}

static const char *domain_of(const struct account_row *account) {
    return strrchr(account->email_key, '@') + 1;
}

/* Holds the organisation until the commit, so that of two newcomers one is the first. */
static enum err find_case(struct tx *tx, const struct account_row *account, const char *siret,
                          const char **organisation, enum membership_case *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ORGANISATION_LOCK, &rows, P_TEXT(siret)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    const char *name = rows_text(rows, 0, "name");
    *organisation = name != NULL ? name : siret;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_EVIDENCE, &rows, P_TEXT(siret), P_TEXT(account->id),
                 P_TEXT(domain_of(account))));
    *out = decide_rows(rows, domain_of(account));
    return ERR_NONE;
}

static enum err tell_members(struct context *context, struct tx *tx,
                             const struct account_row *newcomer, const char *siret,
                             const char *organisation) {
    struct arena *arena = tx->arena;
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_LIST_ACTIVE, &rows, P_TEXT(siret), P_TEXT(newcomer->id)));
    for (size_t i = 0; i < rows->count; i++) {
        const char *id = rows_text(rows, i, "id");
        struct value *data = value_object(arena);
        value_set_text(arena, data, "given_name", rows_text(rows, i, "given_name"));
        value_set_text(arena, data, "newcomer_given_name", newcomer->given_name);
        value_set_text(arena, data, "newcomer_family_name", newcomer->family_name);
        value_set_text(arena, data, "newcomer_email", newcomer->email);
        value_set_text(arena, data, "organisation", organisation);
        value_set_text(arena, data, "siret", siret);
        value_set_text(arena, data, "unsubscribe_url",
                       notification_unsubscribe_url(context, id, NOTIFICATION_NEW_MEMBER));
        TRY(outbox_add(tx, "new_member", rows_text(rows, i, "email"), id, data));
    }
    return ERR_NONE;
}

static enum err tell_suspended(struct tx *tx, const struct account_row *account,
                               const char *template, const char *siret, const char *organisation) {
    struct value *data = value_object(tx->arena);
    value_set_text(tx->arena, data, "given_name", account->given_name);
    value_set_text(tx->arena, data, "organisation", organisation);
    value_set_text(tx->arena, data, "siret", siret);
    return outbox_add(tx, template, account->email, account->id, data);
}

static enum err save(struct tx *tx, const struct account_row *account, const char *siret,
                     enum membership_case found, const char **id) {
    struct rows *rows = NULL;
    const bool attached = membership_case_attaches(found);
    TRY(tx_query(tx, &SQL_MEMBERSHIP_SAVE, &rows, P_TEXT(account->id), P_TEXT(siret),
                 P_TEXT(attached ? "active" : "suspended"), P_TEXT(ground_of(found))));
    *id = rows_text(rows, 0, "id");
    return sql_account_review_current_siret(tx, .account = account->id);
}

enum err membership_attach(struct context *context, struct tx *tx,
                           const struct account_row *account, const char *siret,
                           struct membership_result *out) {
    const char *organisation = NULL;
    TRY(find_case(tx, account, siret, &organisation, &out->found));
    out->attached = membership_case_attaches(out->found);
    TRY(save(tx, account, siret, out->found, &out->id));
    if (!out->attached) {
        return tell_suspended(tx, account, "membership_suspended", siret, organisation);
    }
    return out->found == MEMBERSHIP_FIRST ? ERR_NONE
                                          : tell_members(context, tx, account, siret, organisation);
}

enum err membership_review(struct tx *tx, const struct account_row *account) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_LIST_OF_ACCOUNT, &rows, P_TEXT(account->id)));
    for (size_t i = 0; i < rows->count; i++) {
        const char *siret = rows_text(rows, i, "siret");
        const char *organisation = NULL;
        const char *id = NULL;
        enum membership_case found;
        TRY(find_case(tx, account, siret, &organisation, &found));
        TRY(save(tx, account, siret, found, &id));
        if (!membership_case_attaches(found)) {
            TRY(tell_suspended(tx, account, "membership_suspended_email", siret, organisation));
        }
    }
    return ERR_NONE;
}

#include "organisation/organisation.h"
#include "base/buf.h"
#include "core/audit_event.h"
#include "core/email.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "sql/organisation.h"
#include <string.h>

/* A program never goes beyond the organisations of its account, nor beyond the one it is bound to. */
static bool sees_all(const struct context *context) {
    return context->actor->kind == ACTOR_ACCOUNT &&
           actor_has_role(context->actor, ROLE_SUPPORT, NULL);
}

enum err organisation_list(struct context *context, const struct page *page,
                           const char **document) {
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_ORGANISATION_LIST, &rows, P_TEXT(context->actor->account_id),
                   P_BOOLEAN(sees_all(context)), P_PAGE_KEY(page),
                   P_TEXT(context->actor->client_siret)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err organisation_read(struct context *context, const char *siret, const char **document,
                           int64_t *version) {
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_ORGANISATION_DOCUMENT, &rows, P_TEXT(siret),
                   P_TEXT(context->actor->account_id), P_BOOLEAN(sees_all(context)),
                   P_TEXT(context->actor->client_siret)));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return *document == NULL ? ERR_NOT_FOUND : ERR_NONE;
}

enum err organisation_list_cases(struct context *context, const struct membership_filter *filter,
                                 const struct page *page, const char **document) {
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_MEMBERSHIP_LIST_CASES, &rows, P_TEXT(filter->state),
                   P_TEXT(filter->reported), P_TEXT(filter->siret), P_TEXT(filter->words),
                   P_PAGE_TIME(page), P_TEXT(email_free_mail_list(context->arena))));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

struct case_row {
    const char *id;
    const char *account_id;
    const char *siret;
    const char *state;
    const char *email;
    const char *domain;
    const char *given_name;
    const char *organisation;
    bool reported;
};

static enum err find_case(struct tx *tx, const char *id, struct case_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND, &rows, P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    const char *name = rows_text(rows, 0, "organisation_name");
    *out = (struct case_row){.id = rows_text(rows, 0, "id"),
                             .account_id = rows_text(rows, 0, "account_id"),
                             .siret = rows_text(rows, 0, "siret"),
                             .state = rows_text(rows, 0, "state"),
                             .email = rows_text(rows, 0, "email"),
                             .domain = rows_text(rows, 0, "domain"),
                             .given_name = rows_text(rows, 0, "given_name"),
                             .reported = rows_boolean(rows, 0, "reported")};
    out->organisation = name != NULL ? name : out->siret;
    return ERR_NONE;
}

static const char *outcome_name(enum resolution outcome) {
    switch (outcome) {
    case RESOLUTION_ACCEPT:
        return "accept";
    case RESOLUTION_ACCEPT_AS_EXTERNAL:
        return "accept_as_external";
    case RESOLUTION_REFUSE:
        return "refuse";
    }
    return "";
}

static const char *state_after(enum resolution outcome) {
    switch (outcome) {
    case RESOLUTION_ACCEPT:
        return "active";
    case RESOLUTION_ACCEPT_AS_EXTERNAL:
        return "external";
    case RESOLUTION_REFUSE:
        return "refused";
    }
    return "";
}

static enum err check_verdict(struct context *context, const struct membership_verdict *verdict,
                              const struct case_row *row) {
    if (strcmp(row->account_id, context->actor->account_id) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous ne pouvez pas juger votre propre rattachement.");
    }
    if (verdict->trust_domain && email_is_free_mail(row->domain)) {
        field_errors_add(context->errors, "/trust_domain", "not_allowed",
                         "« %s » est ouvert à tout le monde : il ne prouve rien.", row->domain);
        return ERR_INVALID;
    }
    const bool waits =
        row->reported || strcmp(row->state, "suspended") == 0 || strcmp(row->state, "refused") == 0;
    return waits ? ERR_NONE
                 : context_fail(context, ERR_CONFLICT, "Ce rattachement n’attend aucun verdict.");
}

static enum err tell_person(struct tx *tx, const struct case_row *row,
                            const struct membership_verdict *verdict) {
    static const char *const TEMPLATES[] = {
        [RESOLUTION_ACCEPT] = "membership_accepted",
        [RESOLUTION_ACCEPT_AS_EXTERNAL] = "membership_accepted_as_external",
        [RESOLUTION_REFUSE] = "membership_refused",
    };
    struct value *data = value_object(tx->arena);
    value_set_text(tx->arena, data, "given_name", row->given_name);
    value_set_text(tx->arena, data, "organisation", row->organisation);
    value_set_text(tx->arena, data, "siret", row->siret);
    value_set_text(tx->arena, data, "reason", verdict->reason);
    return outbox_add(tx, TEMPLATES[verdict->outcome], row->email, row->account_id, data);
}

/* Whoever was accepted acts for this organisation, whoever was refused for another or for none. */
static enum err write_verdict(struct context *context, struct tx *tx, const struct case_row *row,
                              const struct membership_verdict *verdict) {
    const bool accepted = verdict->outcome != RESOLUTION_REFUSE;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_RESOLVE, NULL, P_TEXT(row->id),
                 P_TEXT(state_after(verdict->outcome)), P_TEXT(accepted ? "support" : NULL),
                 P_TEXT(verdict->reason), P_TEXT(context->actor->account_id)));
    TRY(tx_query(tx, &SQL_MEMBERSHIP_KEEP_RESOLUTION, NULL, P_TEXT(row->siret), P_TEXT(row->domain),
                 P_TEXT(outcome_name(verdict->outcome)), P_TEXT(verdict->reason)));
    if (verdict->trust_domain) {
        TRY(tx_query(tx, &SQL_TRUSTED_DOMAIN_ADD, NULL, P_TEXT(row->siret), P_TEXT(row->domain),
                     P_TEXT(context->actor->account_id)));
    }
    return sql_account_review_current_siret(tx, .account = row->account_id);
}

enum err organisation_resolve(struct context *context, const char *membership_id,
                              const struct membership_verdict *verdict, const char **document,
                              int64_t *version) {
    struct case_row row;
    struct rows *rows = NULL;
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "outcome", outcome_name(verdict->outcome));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_case(&tx, membership_id, &row));
    TRY(check_verdict(context, verdict, &row));
    TRY(write_verdict(context, &tx, &row, verdict));
    TRY(tell_person(&tx, &row, verdict));
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_DOCUMENT, &rows, P_TEXT(row.id), P_BOOLEAN(true)));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    TRY(idempotency_mark(&tx, context->idempotency));
    value_set_text(context->arena, detail, "domain", verdict->trust_domain ? row.domain : NULL);
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "membership.resolve",
                                              .subject_type = "membership",
                                              .subject_id = row.id,
                                              .siret = row.siret,
                                              .detail = detail}));
    return tx_commit(&tx);
}

static enum err find_organisation(struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ORGANISATION_FIND, &rows, P_TEXT(siret)));
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err organisation_list_domains(struct context *context, const char *siret,
                                   const struct page *page, const char **document) {
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(find_organisation(&tx, siret));
    TRY(tx_query(&tx, &SQL_TRUSTED_DOMAIN_LIST, &rows, P_TEXT(siret), P_PAGE_KEY(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

static enum err record_domain(struct context *context, struct tx *tx, const char *action,
                              const char *siret, const char *domain) {
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "domain", domain);
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "organisation",
                                                 .subject_id = siret,
                                                 .siret = siret,
                                                 .detail = detail});
}

enum err organisation_trust_domain(struct context *context, const char *siret, const char *domain,
                                   const char **document) {
    struct rows *rows = NULL;
    const char *parsed = email_parse_domain(context->arena, domain);
    if (parsed == NULL) {
        field_errors_add(context->errors, "/domain", "invalid_format",
                         "Ce n’est pas un nom de domaine. Exemple : mairie-exemple.fr.");
        return ERR_INVALID;
    }
    if (email_is_free_mail(parsed)) {
        field_errors_add(context->errors, "/domain", "not_allowed",
                         "« %s » est ouvert à tout le monde : il ne prouve rien.", parsed);
        return ERR_INVALID;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_organisation(&tx, siret));
    TRY(tx_query(&tx, &SQL_TRUSTED_DOMAIN_ADD, &rows, P_TEXT(siret), P_TEXT(parsed),
                 P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        return context_fail(context, ERR_CONFLICT, "Ce domaine est déjà de confiance.");
    }
    *document = rows_text(rows, 0, "document");
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(record_domain(context, &tx, "organisation.trust_domain", siret, parsed));
    return tx_commit(&tx);
}

enum err organisation_distrust_domain(struct context *context, const char *siret,
                                      const char *domain) {
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_TRUSTED_DOMAIN_DELETE, &rows, P_TEXT(siret), P_TEXT(domain)));
    if (rows->affected == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(record_domain(context, &tx, "organisation.distrust_domain", siret, domain));
    return tx_commit(&tx);
}

#include "organisation/organisation.h"
#include "core/act.h"
#include "core/email.h"
#include "organisation/membership.h"
#include "organisation/organisation_json.h"
#include "sql/organisation.h"
#include <string.h>

/* A client never sees more than the organisations of its account, or the one that it is bound to. */
static bool sees_all(const struct context *context) {
    return context->actor->kind == ACTOR_ACCOUNT &&
           actor_has_role(context->actor, ROLE_SUPPORT, NULL);
}

static struct tx read_once(const struct context *context) {
    return tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
}

enum err organisation_list(struct context *context, const struct page *page,
                           const char **document) {
    struct tx once = read_once(context);
    return sql_organisation_list(&once, document, .account = context->actor->account_id,
                                 .sees_all = sees_all(context), PAGE_KEY(page),
                                 .client_siret = context->actor->client_siret);
}

enum err organisation_read(struct context *context, const char *siret, const char **document,
                           int64_t *version) {
    struct organisation_document organisation;
    struct tx once = read_once(context);
    TRY(sql_organisation_document(
        &once, &organisation, .siret = siret, .account = context->actor->account_id,
        .sees_all = sees_all(context), .client_siret = context->actor->client_siret));
    *document = organisation.document;
    *version = organisation.version;
    return ERR_NONE;
}

enum err organisation_list_cases(struct context *context, const struct membership_filter *filter,
                                 const struct page *page, const char **document) {
    struct tx once = read_once(context);
    const char *kept = NULL;
    TRY(sql_membership_list_cases(&once, &kept, .state = filter->state,
                                  .reported = filter->reported, .siret = filter->siret,
                                  .words = filter->words, PAGE_TIME(page),
                                  .free_mail_domains = email_free_mail_list(context->arena),
                                  .by_free_mail = filter->by_free_mail));
    return organisation_json_show_domains(context->arena, kept, document);
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

/* A domain that an organisation trusts lets in everybody who has an address of it: none that is open to everybody, and
 * support with such an address trusts it nowhere, or they would let themselves in. `pointer`: of the field. */
static enum err check_may_be_trusted(struct context *context, const char *pointer,
                                     const char *domain) {
    if (email_is_free_mail(domain)) {
        field_errors_add(context->errors, pointer, "not_allowed",
                         "« %s » est ouvert à tout le monde : il ne prouve rien.",
                         email_show_domain(context->arena, domain));
        return ERR_INVALID;
    }
    const char *own = email_parse_domain(context->arena, strrchr(context->actor->email, '@') + 1);
    if (own == NULL || strcmp(own, domain) != 0) {
        return ERR_NONE;
    }
    context->detail =
        arena_printf(context->arena,
                     "« %s » est le domaine de votre propre adresse : demandez à une personne du "
                     "support qui en a une autre, ou acceptez les rattachements un par un.",
                     email_show_domain(context->arena, domain));
    return ERR_FORBIDDEN;
}

static enum err check_verdict(struct context *context, const struct membership_verdict *verdict,
                              const struct membership_row *row) {
    if (strcmp(row->account_id, context->actor->account_id) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous ne pouvez pas juger votre propre rattachement.");
    }
    if (verdict->trust_domain) {
        TRY(check_may_be_trusted(context, "/trust_domain", row->domain));
    }
    if (verdict->version != row->version) {
        return context_fail(
            context, ERR_STALE,
            "Ce rattachement a changé depuis que vous l’avez lu : relisez-le avant de "
            "décider.");
    }
    const bool is_open = row->is_reported || strcmp(row->state, "suspended") == 0 ||
                         strcmp(row->state, "refused") == 0;
    return is_open ? ERR_NONE
                   : context_fail(context, ERR_CONFLICT, "Ce rattachement n’attend aucun verdict.");
}

static const char *template_of(enum resolution outcome) {
    switch (outcome) {
    case RESOLUTION_ACCEPT:
        return "membership_accepted";
    case RESOLUTION_ACCEPT_AS_EXTERNAL:
        return "membership_accepted_as_external";
    case RESOLUTION_REFUSE:
        return "membership_refused";
    }
    return "";
}

static void tell_person(struct act *act, const struct membership_row *row, const char *template,
                        const char *reason) {
    struct arena *arena = act->context->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "given_name", row->given_name);
    value_set_text(arena, data, "organisation", row->organisation_name);
    value_set_text(arena, data, "siret", row->siret);
    value_set_text(arena, data, "reason", reason);
    act_mail(act, template, row->email, row->account_id, data);
}

/* An accepted person acts for this organisation from now on, a refused one for another or for none. */
static enum err write_verdict(struct context *context, struct tx *tx,
                              const struct membership_row *row,
                              const struct membership_verdict *verdict) {
    const bool accepted = verdict->outcome != RESOLUTION_REFUSE;
    const char *account_id = context->actor->account_id;
    TRY(sql_membership_resolve(tx, .membership = row->id, .state = state_after(verdict->outcome),
                               .ground = accepted ? "support" : NULL, .reason = verdict->reason,
                               .account = account_id));
    TRY(sql_membership_keep_resolution(tx, .siret = row->siret, .domain = row->domain,
                                       .outcome = outcome_name(verdict->outcome),
                                       .reason = verdict->reason));
    if (accepted) {
        TRY(membership_end_exclusion(context, tx, row->siret, row->email_key));
    }
    if (verdict->trust_domain) {
        bool is_new = false;
        const char *document = NULL;
        TRY(sql_trusted_domain_add(tx, &is_new, &document, .siret = row->siret,
                                   .domain = row->domain, .account = account_id));
    }
    return sql_account_review_current_siret(tx, .account = row->account_id);
}

/* Commits what support decided on a membership; the answer is the membership as it is then. */
static enum err commit_judged(struct act *act, const struct membership_row *row, const char *action,
                              const struct value *detail) {
    struct membership_document membership;
    TRY(sql_membership_document(&act->tx, &membership, .membership = row->id, .with_reason = true));
    return act_commit(act, &(struct act_outcome){.audit = {.action = action,
                                                           .subject_type = "membership",
                                                           .subject_id = row->id,
                                                           .siret = row->siret,
                                                           .detail = detail},
                                                 .answer = {.status = 200,
                                                            .json = membership.document,
                                                            .version = membership.version}});
}

enum err organisation_resolve(struct context *context, const char *membership_id,
                              const struct membership_verdict *verdict) {
    struct membership_row row;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_membership_find(&act.tx, &row, .membership = membership_id));
    TRY(check_verdict(context, verdict, &row));
    TRY(write_verdict(context, &act.tx, &row, verdict));
    tell_person(&act, &row, template_of(verdict->outcome), verdict->reason);
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "outcome", outcome_name(verdict->outcome));
    value_set_text(context->arena, detail, "domain", verdict->trust_domain ? row.domain : NULL);
    return commit_judged(&act, &row, "membership.resolve", detail);
}

static enum err check_may_end(struct context *context, const struct membership_row *row) {
    if (strcmp(row->account_id, context->actor->account_id) == 0) {
        return context_fail(
            context, ERR_FORBIDDEN,
            "Votre propre rattachement : quittez l’organisation depuis votre compte.");
    }
    return strcmp(row->state, "refused") == 0
               ? context_fail(context, ERR_CONFLICT, "Ce rattachement a déjà pris fin.")
               : ERR_NONE;
}

enum err organisation_end_membership(struct context *context, const char *membership_id,
                                     const char *reason) {
    struct membership_row row;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_membership_find(&act.tx, &row, .membership = membership_id));
    TRY(check_may_end(context, &row));
    TRY(sql_membership_resolve(&act.tx, .membership = row.id, .state = "refused", .ground = NULL,
                               .reason = reason, .account = context->actor->account_id));
    TRY(sql_account_review_current_siret(&act.tx, .account = row.account_id));
    tell_person(&act, &row, "membership_ended", reason);
    struct value *detail = value_object(context->arena);
    value_set_text(context->arena, detail, "reason", reason);
    return commit_judged(&act, &row, "membership.end", detail);
}

/* ERR_NOT_FOUND where there is no such organisation. */
static enum err check_exists(struct tx *tx, const char *siret) {
    struct nullable_text name;
    return sql_organisation_find(tx, &name, .siret = siret);
}

enum err organisation_list_domains(struct context *context, const char *siret,
                                   const struct page *page, const char **document) {
    const char *kept = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(check_exists(&tx, siret));
    TRY(sql_trusted_domain_list(&tx, &kept, .siret = siret, PAGE_KEY(page)));
    TRY(tx_commit(&tx));
    return organisation_json_show_domains(context->arena, kept, document);
}

static struct audit_event audit_of(struct arena *arena, const char *action, const char *siret,
                                   const char *domain) {
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "domain", domain);
    return (struct audit_event){.action = action,
                                .subject_type = "organisation",
                                .subject_id = siret,
                                .siret = siret,
                                .detail = detail};
}

enum err organisation_trust_domain(struct context *context, const char *siret, const char *domain) {
    bool is_new = false;
    const char *document = NULL;
    const char *parsed = email_parse_domain(context->arena, domain);
    if (parsed == NULL) {
        field_errors_add(context->errors, "/domain", "invalid_format",
                         "Ce n’est pas un nom de domaine. Exemple : mairie-exemple.fr.");
        return ERR_INVALID;
    }
    TRY(check_may_be_trusted(context, "/domain", parsed));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(check_exists(&act.tx, siret));
    TRY(sql_trusted_domain_add(&act.tx, &is_new, &document, .siret = siret, .domain = parsed,
                               .account = context->actor->account_id));
    if (!is_new) {
        return context_fail(context, ERR_CONFLICT, "Ce domaine est déjà de confiance.");
    }
    TRY(organisation_json_show_domains(context->arena, document, &document));
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = audit_of(context->arena, "organisation.trust_domain", siret, parsed),
                  .answer = {.status = 201, .json = document}});
}

enum err organisation_distrust_domain(struct context *context, const char *siret,
                                      const char *domain) {
    size_t deleted = 0;
    const char *parsed = email_parse_domain(context->arena, domain);
    if (parsed == NULL) {
        return ERR_NOT_FOUND;
    }
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_trusted_domain_delete(&act.tx, &deleted, .siret = siret, .domain = parsed));
    if (deleted == 0) {
        return ERR_NOT_FOUND;
    }
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = audit_of(context->arena, "organisation.distrust_domain", siret, parsed),
                  .answer = {.status = 204}});
}

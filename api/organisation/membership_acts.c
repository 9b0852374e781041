/* What a person does about memberships: join, leave, report, list the members. */
#include "core/act.h"
#include "core/quota.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include <string.h>

static struct audit_event audit_of(const char *action, const char *id, const char *siret) {
    return (struct audit_event){
        .action = action, .subject_type = "membership", .subject_id = id, .siret = siret};
}

/* The actor's state in an organisation; "" where they do not belong to it. */
static enum err find_own_state(struct context *context, struct tx *tx, const char *siret,
                               const char **state) {
    bool found = false;
    TRY(sql_membership_find_own(tx, &found, state, .account = context->actor->account_id,
                                .siret = siret));
    *state = found ? *state : "";
    return ERR_NONE;
}

/* A person who left may come back by the same rules. */
static enum err check_may_join(struct context *context, struct tx *tx, const char *siret) {
    const char *state = NULL;
    TRY(find_own_state(context, tx, siret, &state));
    if (strcmp(state, "") == 0 || strcmp(state, "left") == 0) {
        return ERR_NONE;
    }
    return context_fail(context, ERR_CONFLICT,
                        strcmp(state, "refused") == 0
                            ? "Le support a refusé ce rattachement. Écrivez-lui pour en reparler."
                        : strcmp(state, "suspended") == 0
                            ? "Votre rattachement attend déjà la réponse du support."
                            : "Vous êtes déjà rattaché à cette organisation.");
}

enum err membership_join(struct context *context, const char *siret) {
    struct directory_answer answer = {0};
    struct account_row account;
    struct membership_result result;
    struct membership_document membership;
    TRY(directory_ask(context, siret, "siret", &answer));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(directory_keep(&act.tx, siret, &answer));
    TRY(sql_account_find(&act.tx, &account, .account = context->actor->account_id));
    TRY(check_may_join(context, &act.tx, siret));
    TRY(quota_take_in(context, &act.tx, QUOTA_JOINS, context->actor->account_id, 1));
    TRY(membership_attach(&act, &account, siret, &result));
    TRY(sql_membership_document(&act.tx, &membership, .membership = result.id,
                                .with_reason = true));
    const char *action = result.attached ? "membership.join" : "membership.suspend";
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(action, result.id, siret),
                                                  .answer = {.status = 201,
                                                             .json = membership.document,
                                                             .version = membership.version}});
}

static enum err check_no_requests(struct context *context, struct tx *tx, const char *siret) {
    bool has_requests = false;
    TRY(sql_membership_has_requests(tx, &has_requests, .account = context->actor->account_id,
                                    .siret = siret));
    return has_requests ? context_fail(context, ERR_CONFLICT,
                                       "Vous suivez encore des demandes pour cette organisation : "
                                       "transférez-les d’abord à un collègue.")
                        : ERR_NONE;
}

/* A refused membership stays: leaving must not undo support's verdict. */
enum err membership_leave(struct context *context, const char *id) {
    struct membership_row member;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_membership_find(&act.tx, &member, .membership = id));
    if (strcmp(member.account_id, context->actor->account_id) != 0) {
        return ERR_NOT_FOUND;
    }
    if (strcmp(member.state, "refused") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Le support a refusé ce rattachement : il n’y a rien à quitter.");
    }
    TRY(check_no_requests(context, &act.tx, member.siret));
    TRY(membership_exclude(context, &act.tx, member.account_id, member.siret));
    TRY(sql_membership_leave(&act.tx, .membership = id));
    TRY(sql_account_review_current_siret(&act.tx, .account = member.account_id));
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of("membership.leave", id, member.siret),
                                            .answer = {.status = 204}});
}

static bool belongs(const char *state) {
    return strcmp(state, "") != 0 && strcmp(state, "left") != 0 && strcmp(state, "pending") != 0;
}

static enum err check_may_report(struct context *context, struct tx *tx,
                                 const struct membership_row *member) {
    const char *state = NULL;
    TRY(find_own_state(context, tx, member->siret, &state));
    if (!belongs(state)) {
        return ERR_NOT_FOUND;
    }
    if (strcmp(state, "active") != 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Seuls les membres de l’organisation peuvent faire un signalement.");
    }
    const bool is_attached =
        strcmp(member->state, "active") == 0 || strcmp(member->state, "external") == 0;
    if (!is_attached || strcmp(member->account_id, context->actor->account_id) == 0) {
        return context_fail(context, ERR_CONFLICT,
                            is_attached ? "Vous ne pouvez pas vous signaler vous-même."
                                        : "Cette personne n’agit pas pour l’organisation.");
    }
    return ERR_NONE;
}

static void tell_support(struct act *act, const struct membership_row *member,
                         const char *comment) {
    const struct context *context = act->context;
    struct arena *arena = context->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "reporter_email", context->actor->email);
    value_set_text(arena, data, "member_given_name", member->given_name);
    value_set_text(arena, data, "member_family_name", member->family_name);
    value_set_text(arena, data, "member_email", member->email);
    value_set_text(arena, data, "organisation", member->organisation_name);
    value_set_text(arena, data, "siret", member->siret);
    value_set_text(arena, data, "comment", comment);
    act_mail(act, "member_reported", context->services->config->support_email, NULL, data);
}

enum err membership_report(struct context *context, const char *id, const char *comment) {
    struct membership_row member;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_membership_find(&act.tx, &member, .membership = id));
    TRY(check_may_report(context, &act.tx, &member));
    TRY(sql_membership_report(&act.tx, .membership = id, .account = context->actor->account_id,
                              .comment = comment));
    tell_support(&act, &member, comment);
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("membership.report", id, member.siret),
                                    .answer = {.status = 204}});
}

enum err membership_list_members(struct context *context, const char *siret, const char *state,
                                 const struct page *page, const char **document) {
    const struct actor *actor = context->actor;
    const bool is_support =
        actor->kind == ACTOR_ACCOUNT && actor_has_role(actor, ROLE_SUPPORT, NULL);
    const char *own_state = NULL;
    struct nullable_text name;
    if (actor->client_siret != NULL && strcmp(actor->client_siret, siret) != 0) {
        return ERR_NOT_FOUND; /* a client that is bound to another organisation */
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(find_own_state(context, &tx, siret, &own_state));
    if (!is_support && !belongs(own_state)) {
        return ERR_NOT_FOUND;
    }
    TRY(sql_organisation_find(&tx, &name, .siret = siret));
    if (!is_support && strcmp(own_state, "active") != 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Seuls les membres de l’organisation en voient la liste.");
    }
    TRY(sql_membership_list_members(&tx, document, .siret = siret, .state = state,
                                    .viewer = actor->account_id, .is_support = is_support,
                                    PAGE_TIME(page)));
    return tx_commit(&tx);
}

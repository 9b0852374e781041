/* What a person does about memberships: join, leave, report, look who is there. */
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "core/page.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include <string.h>

static enum err record(const struct context *context, struct tx *tx, const char *action,
                       const char *id, const char *siret) {
    return audit_event_add(
        context, tx,
        &(struct audit_event){
            .action = action, .subject_type = "membership", .subject_id = id, .siret = siret});
}

/* Whoever left may come back by the same rules. */
static enum err check_may_join(struct context *context, struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND_OWN, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(siret)));
    const char *state = rows->count == 0 ? "left" : rows_text(rows, 0, "state");
    if (strcmp(state, "left") == 0) {
        return ERR_NONE;
    }
    return context_fail(context, ERR_CONFLICT,
                        strcmp(state, "refused") == 0
                            ? "Le support a refusé ce rattachement. Écrivez-lui pour en reparler."
                        : strcmp(state, "suspended") == 0
                            ? "Votre rattachement attend déjà la réponse du support."
                            : "Vous êtes déjà rattaché à cette organisation.");
}

enum err membership_join(struct context *context, const char *siret, const char **document,
                         int64_t *version) {
    struct directory_answer answer = {0};
    struct account_row account;
    struct membership_result result;
    struct rows *rows = NULL;
    TRY(directory_ask(context, siret, "siret", &answer));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(directory_keep(&tx, siret, &answer));
    TRY(sql_account_find(&tx, &account, .account = context->actor->account_id));
    TRY(check_may_join(context, &tx, siret));
    TRY(membership_attach(context, &tx, &account, siret, &result));
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_DOCUMENT, &rows, P_TEXT(result.id), P_BOOLEAN(true)));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(record(context, &tx, result.attached ? "membership.join" : "membership.suspend", result.id,
               siret));
    return tx_commit(&tx);
}

struct member_row {
    const char *id;
    const char *account_id;
    const char *siret;
    const char *state;
    const char *given_name;
    const char *family_name;
    const char *email;
    const char *organisation;
};

static enum err find_member(struct tx *tx, const char *id, struct member_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND, &rows, P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *out = (struct member_row){.id = rows_text(rows, 0, "id"),
                               .account_id = rows_text(rows, 0, "account_id"),
                               .siret = rows_text(rows, 0, "siret"),
                               .state = rows_text(rows, 0, "state"),
                               .given_name = rows_text(rows, 0, "given_name"),
                               .family_name = rows_text(rows, 0, "family_name"),
                               .email = rows_text(rows, 0, "email"),
                               .organisation = rows_text(rows, 0, "organisation_name")};
    return ERR_NONE;
}

static enum err check_no_requests(struct context *context, struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_HAS_REQUESTS, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(siret)));
    return rows_boolean(rows, 0, "answer")
               ? context_fail(context, ERR_CONFLICT,
                              "Vous suivez encore des demandes pour cette organisation : "
                              "transférez-les d’abord à un collègue.")
               : ERR_NONE;
}

/* "refused" stays: leaving is no way around support's verdict. */
enum err membership_leave(struct context *context, const char *id) {
    struct member_row member;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_member(&tx, id, &member));
    if (strcmp(member.account_id, context->actor->account_id) != 0) {
        return ERR_NOT_FOUND;
    }
    if (strcmp(member.state, "refused") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Le support a refusé ce rattachement : il n’y a rien à quitter.");
    }
    TRY(check_no_requests(context, &tx, member.siret));
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_LEAVE, NULL, P_TEXT(id)));
    TRY(sql_account_review_current_siret(&tx, .account = member.account_id));
    TRY(record(context, &tx, "membership.leave", id, member.siret));
    return tx_commit(&tx);
}

/* The caller's state in an organisation; "" where they do not belong to it. */
static enum err find_own_state(struct context *context, struct tx *tx, const char *siret,
                               const char **state) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND_OWN, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(siret)));
    *state = rows->count == 0 ? "" : rows_text(rows, 0, "state");
    return ERR_NONE;
}

static bool belongs(const char *state) {
    return strcmp(state, "") != 0 && strcmp(state, "left") != 0 && strcmp(state, "pending") != 0;
}

static enum err check_may_report(struct context *context, struct tx *tx,
                                 const struct member_row *member) {
    const char *state = NULL;
    TRY(find_own_state(context, tx, member->siret, &state));
    if (!belongs(state)) {
        return ERR_NOT_FOUND;
    }
    if (strcmp(state, "active") != 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Seuls les membres de l’organisation peuvent faire un signalement.");
    }
    const bool is_there =
        strcmp(member->state, "active") == 0 || strcmp(member->state, "external") == 0;
    if (!is_there || strcmp(member->account_id, context->actor->account_id) == 0) {
        return context_fail(context, ERR_CONFLICT,
                            is_there ? "Vous ne pouvez pas vous signaler vous-même."
                                     : "Cette personne n’agit pas pour l’organisation.");
    }
    return ERR_NONE;
}

static enum err tell_support(struct context *context, struct tx *tx,
                             const struct member_row *member, const char *comment) {
    struct arena *arena = tx->arena;
    struct value *data = value_object(arena);
    value_set_text(arena, data, "reporter_email", context->actor->email);
    value_set_text(arena, data, "member_given_name", member->given_name);
    value_set_text(arena, data, "member_family_name", member->family_name);
    value_set_text(arena, data, "member_email", member->email);
    value_set_text(arena, data, "organisation",
                   member->organisation != NULL ? member->organisation : member->siret);
    value_set_text(arena, data, "siret", member->siret);
    value_set_text(arena, data, "comment", comment);
    return outbox_add(tx, "member_reported", context->services->config->support_email, NULL, data);
}

enum err membership_report(struct context *context, const char *id, const char *comment) {
    struct member_row member;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_member(&tx, id, &member));
    TRY(check_may_report(context, &tx, &member));
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_REPORT, NULL, P_TEXT(id), P_TEXT(context->actor->account_id),
                 P_TEXT(comment)));
    TRY(tell_support(context, &tx, &member, comment));
    TRY(idempotency_mark(&tx, context->idempotency));
    TRY(record(context, &tx, "membership.report", id, member.siret));
    return tx_commit(&tx);
}

enum err membership_list_members(struct context *context, const char *siret, const char *state,
                                 const struct page *page, const char **document) {
    const struct actor *actor = context->actor;
    const bool is_support =
        actor->kind == ACTOR_ACCOUNT && actor_has_role(actor, ROLE_SUPPORT, NULL);
    const char *own_state = NULL;
    struct rows *rows = NULL;
    if (actor->client_siret != NULL && strcmp(actor->client_siret, siret) != 0) {
        return ERR_NOT_FOUND; /* a program bound to another organisation */
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    TRY(find_own_state(context, &tx, siret, &own_state));
    if (!is_support && !belongs(own_state)) {
        return ERR_NOT_FOUND;
    }
    TRY(tx_query(&tx, &SQL_ORGANISATION_FIND, &rows, P_TEXT(siret)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (!is_support && strcmp(own_state, "active") != 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Seuls les membres de l’organisation en voient la liste.");
    }
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_LIST_MEMBERS, &rows, P_TEXT(siret), P_TEXT(state),
                 P_TEXT(context->actor->account_id), P_BOOLEAN(is_support), P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

#include "program/client_person.h"
#include "core/email.h"
#include "product/product.h"
#include "program/client_admin.h"
#include <string.h>

/* What every mail about a program says of it; the recipient's name comes with each. */
static struct value *describe(const struct context *context, const struct credential_row *row) {
    struct arena *arena = context->arena;
    const struct product *product =
        row->product.or_null == NULL
            ? NULL
            : products_find(context->services->products, row->product.or_null);
    struct value *data = value_object(arena);
    value_set_text(arena, data, "id", row->id);
    value_set_text(arena, data, "name", row->name);
    value_set_text(arena, data, "siret", row->siret.or_null);
    value_set_text(arena, data, "product", product == NULL ? row->product.or_null : product->name);
    value_set_text(arena, data, "by", context->actor->email);
    return data;
}

/* Mails everybody of the list; `except`: but this account, or NULL. */
static enum err tell(struct act *act, const struct credential_row *row, const char *template,
                     bool with_colleagues, const char *except) {
    struct client_recipient *recipients = NULL;
    size_t count = 0;
    struct value *data = describe(act->context, row);
    TRY(sql_client_list_recipients(&act->tx, &recipients, &count, .client = row->id,
                                   .with_colleagues = with_colleagues, .except = except));
    for (size_t i = 0; i < count; i++) {
        value_set_text(act->context->arena, data, "given_name", recipients[i].given_name);
        act_mail(act, template, recipients[i].email, recipients[i].account_id, data);
    }
    return ERR_NONE;
}

/* Locks a client that the actor sees, whatever they are to it. */
static enum err lock_seen(struct act *act, const char *id, struct credential_row *row) {
    return sql_client_lock(&act->tx, row, .client = id, .account = act->context->actor->account_id);
}

static enum err find_candidate(struct act *act, const struct credential_row *row, const char *text,
                               struct client_candidate *candidate) {
    struct context *context = act->context;
    struct email email;
    bool found = false;
    TRY(email_parse(context->errors, "/email", text, &email));
    TRY(sql_client_person_find(&act->tx, &found, candidate, .email_key = email.key,
                               .siret = row->siret.or_null, .product = row->product.or_null));
    if (!found) {
        field_errors_add(context->errors, "/email", "not_found",
                         row->siret.or_null != NULL
                             ? "Aucun membre actif de l’organisation n’a cette adresse."
                             : "Aucun agent de ce produit n’a cette adresse.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

static enum err check_persons(struct act *act, const char *id) {
    int64_t persons = 0;
    TRY(sql_client_person_count(&act->tx, &persons, .client = id));
    return persons < CLIENT_PERSONS_MAX
               ? ERR_NONE
               : context_fail(act->context, ERR_CONFLICT,
                              "Dix personnes répondent déjà de ce programme, ou sont invitées à le "
                              "faire.");
}

enum err client_person_ask(struct context *context, const char *id, const char *email) {
    struct credential_row row;
    struct client_candidate candidate;
    struct credential_document document;
    size_t asked = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, &CLIENT_KIND, id, &row));
    TRY(find_candidate(&act, &row, email, &candidate));
    TRY(check_persons(&act, id));
    TRY(sql_client_person_ask(&act.tx, &asked, .client = id, .account = candidate.account_id));
    if (asked == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Cette personne répond déjà de ce programme, ou y est invitée.");
    }
    TRY(sql_client_touch(&act.tx, .client = id));
    struct value *data = describe(context, &row);
    value_set_text(context->arena, data, "given_name", candidate.given_name);
    act_mail(&act, "program_person_asked", candidate.email, candidate.account_id, data);
    TRY(CLIENT_KIND.find_document(&act.tx, &document, id, context->actor->account_id));
    return credential_commit(&act, &CLIENT_KIND, "ask_person", &row,
                             &(struct act_answer){.status = 201,
                                                  .json = document.document,
                                                  .version = document.version});
}

enum err client_person_accept(struct context *context, const char *id) {
    const char *account = context->actor->account_id;
    struct credential_row row;
    size_t accepted = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(lock_seen(&act, id, &row));
    TRY(credential_check_count(context, &act.tx, &CLIENT_KIND));
    TRY(sql_client_person_accept(&act.tx, &accepted, .client = id, .account = account));
    if (accepted == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Vous n’êtes pas invité à répondre de ce programme.");
    }
    TRY(sql_client_touch(&act.tx, .client = id));
    TRY(tell(&act, &row, "program_person_joined", false, account));
    return credential_commit_changed(&act, &CLIENT_KIND, "accept_person", &row);
}

/* Whether the actor may take `account_id` off. */
static enum err check_removal(struct context *context, const struct credential_row *row,
                              const struct client_person_state *person, const char *account_id) {
    if (strcmp(account_id, context->actor->account_id) != 0) {
        if (!row->may_manage) {
            return context_fail(context, ERR_FORBIDDEN, CLIENT_KIND.not_responsible);
        }
        return person->counts ? context_fail(context, ERR_FORBIDDEN,
                                             "Une personne responsable se retire elle-même.")
                              : ERR_NONE;
    }
    if (person->is_accepted && person->others == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Vous êtes la dernière personne responsable de ce programme : "
                            "invitez-en une autre d’abord, ou supprimez-le.");
    }
    return ERR_NONE;
}

enum err client_person_remove(struct context *context, const char *id, const char *account_id) {
    struct credential_row row;
    struct client_person_state person;
    bool found = false;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(lock_seen(&act, id, &row));
    TRY(sql_client_person_read(&act.tx, &found, &person, .client = id, .account = account_id));
    if (!found) {
        return ERR_NOT_FOUND;
    }
    TRY(check_removal(context, &row, &person, account_id));
    TRY(sql_client_person_remove(&act.tx, .client = id, .account = account_id));
    TRY(sql_client_touch(&act.tx, .client = id));
    if (person.counts) {
        TRY(tell(&act, &row, "program_person_left", false, NULL));
    }
    return credential_commit(&act, &CLIENT_KIND, "remove_person", &row,
                             &(struct act_answer){.status = 204});
}

static enum err check_free(struct act *act, const char *id) {
    bool is_backed = false;
    TRY(sql_client_has_backer(&act->tx, &is_backed, .client = id));
    return is_backed ? context_fail(act->context, ERR_CONFLICT,
                                    "Quelqu’un répond encore de ce programme : demandez-lui de "
                                    "vous inviter.")
                     : ERR_NONE;
}

enum err client_person_take_over(struct context *context, const char *id, bool keep_secrets) {
    struct credential_row row;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(lock_seen(&act, id, &row));
    TRY(check_free(&act, id));
    TRY(credential_check_count(context, &act.tx, &CLIENT_KIND));
    /* Those who answered for it until now are told too: before they are taken off. */
    TRY(tell(&act, &row, "program_taken_over", true, NULL));
    TRY(sql_client_take_over(&act.tx, .client = id, .account = context->actor->account_id));
    if (!keep_secrets) {
        TRY(sql_client_delete_secrets(&act.tx, .client = id));
    }
    return credential_commit_changed(&act, &CLIENT_KIND, "take_over", &row);
}

static enum err tell_next(struct context *context, bool *found) {
    struct client_stopped stopped;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_client_claim_stopped(&act.tx, found, &stopped));
    if (!*found) {
        return ERR_NONE;
    }
    const struct credential_row row = {
        .id = stopped.id, .name = stopped.name, .siret = stopped.siret, .product = stopped.product};
    TRY(tell(&act, &row, "program_stopped", true, NULL));
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "client.stop",
                                                            .subject_type = "client",
                                                            .subject_id = row.id,
                                                            .product = row.product.or_null,
                                                            .siret = row.siret.or_null}});
}

enum err client_person_tell_stopped(struct context *context) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_client_forget_stops(&once));
    for (bool found = true; found;) {
        TRY(tell_next(context, &found));
    }
    return ERR_NONE;
}

#include "account/request_import.h"
#include "account/account_import.h"
#include "account/request_import_files.h"
#include "account/request_import_row.h"
#include "base/json.h"
#include "core/act.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "product/form.h"
#include "request/request_workflow.h"
#include "security/random.h"
#include "sql/account.h"
#include "sql/organisation.h"
#include "token/token.h"
#include <string.h>

enum { CODE_GROUPS = 4 };

struct import_run {
    struct context *context;
    const struct request_import *import;
    struct field_errors *notes;
    struct request_import_result *result;
    struct request_import_row row;
    struct directory_answer establishment;
    struct request_import_files files;
    const char *content; /* see former_request_claim */
    const char *account_id;
    const char *request_id;
    struct request_imported made;
};

static void note(const struct import_run *run, const char *name, const char *message) {
    field_errors_add(run->notes, name, "note", "%s", message);
}

/* --- Before the transaction -------------------------------------------------------------------- */

static enum err ask_directory(struct import_run *run) {
    TRY(directory_ask(run->context, run->row.siret, "organisation/siret", &run->establishment));
    if (!run->establishment.is_known) { /* its name would be missing in the habilitation for ever */
        field_errors_add(run->context->errors, "organisation/siret", "unavailable",
                         "Le répertoire ne répond pas : relancez l’import plus tard.");
        return ERR_INVALID;
    }
    if (!run->establishment.establishment.open) {
        note(run, "organisation/siret",
             "Cet établissement est fermé : l’habilitation est reprise, aucune autre demande ne "
             "pourra être faite pour lui.");
    }
    return ERR_NONE;
}

static enum err prepare(struct import_run *run, const struct value *document) {
    struct context *context = run->context;
    const enum err read =
        request_import_row_read(context, run->notes, run->import->form, document, &run->row);
    run->result->number = run->row.number;
    TRY(read);
    if (!run->row.is_taken) {
        return ERR_NONE;
    }
    TRY(ask_directory(run));
    TRY(request_import_files_read(context, run->import->form, run->import->files, run->row.number,
                                  &run->files));
    run->content = request_import_row_text(context->arena, &run->row,
                                           request_import_files_value(context->arena, &run->files));
    return ERR_NONE;
}

/* --- What was taken over before ---------------------------------------------------------------- */

static void tell_change(const struct import_run *run, const char *name) {
    field_errors_add(run->notes, name, "changed",
                     "Le fichier dit autre chose que ce qui a été repris : rien n’est changé ici.");
}

static void tell_changes(const struct import_run *run, const struct former_request_row *former,
                         const struct value *granted) {
    struct arena *arena = run->context->arena;
    const size_t before = run->notes->count;
    const bool is_revoked = strcmp(former->state, "revoked") == 0;
    if (run->row.is_revoked && !is_revoked) {
        field_errors_add(run->notes, "state", "changed",
                         "Cette habilitation a été révoquée dans l’ancien système depuis sa "
                         "reprise : révoquez-la ici, avec son motif.");
    }
    if (strcmp(run->row.siret, former->siret) != 0) {
        tell_change(run, "organisation/siret");
    }
    const struct value *changes =
        form_show_changes(arena, form_list_changes(arena, granted, run->row.form.fields));
    for (size_t i = 0; i < value_count(changes); i++) {
        tell_change(run, value_get_text(value_item(changes, i), "pointer"));
    }
    if (run->notes->count == before) {
        tell_change(run, "dates, demandeur, fichiers ou motif");
        if (run->files.count > 0) {
            note(run, "files",
                 "Les fichiers sont repris avec la demande : aucun n’est ajouté ensuite.");
        }
    }
}

/* A request that was taken over without its token. */
static enum err add_token(struct import_run *run, struct tx *tx, const char *request_id,
                          const char *habilitation_id, const struct value *scopes) {
    const struct product *product = run->import->form->product;
    run->result->has_new_token = true;
    return token_adopt(tx, run->context->services,
                       &(struct token_grant){.request_id = request_id,
                                             .habilitation_id = habilitation_id,
                                             .product = product->id,
                                             .siret = run->row.siret,
                                             .scopes = scopes,
                                             .lifetime_months = product->token_lifetime_months},
                       NULL, 0);
}

static struct audit_event audit_of(const struct import_run *run, const char *request_id) {
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, "former_number", run->row.number);
    if (run->import->run_by != NULL) {
        value_set_text(arena, detail, "run_by", run->import->run_by);
    }
    return (struct audit_event){.action = "request.import",
                                .subject_type = "request",
                                .subject_id = request_id,
                                .product = run->import->form->product->id,
                                .siret = run->row.siret,
                                .detail = detail};
}

static enum err finish(struct import_run *run, struct act *act, const char *request_id) {
    return run->import->dry_run
               ? ERR_NONE
               : act_commit(act, &(struct act_outcome){.audit = audit_of(run, request_id)});
}

static enum err compare(struct import_run *run, struct act *act,
                        const struct former_request_row *former) {
    struct arena *arena = run->context->arena;
    struct value *granted = NULL;
    struct value *scopes = NULL;
    TRY(json_parse(arena, former->fields, strlen(former->fields), &granted, NULL));
    TRY(json_parse(arena, former->scopes, strlen(former->scopes), &scopes, NULL));
    if (!former->is_same) {
        run->result->outcome = REQUEST_IMPORT_CHANGED;
        tell_changes(run, former, granted);
        return ERR_NONE;
    }
    run->result->outcome = REQUEST_IMPORT_PRESENT;
    if (!run->import->makes_tokens || former->has_token || strcmp(former->state, "approved") != 0) {
        return ERR_NONE;
    }
    TRY(add_token(run, &act->tx, former->request_id, former->habilitation_id, scopes));
    return finish(run, act, former->request_id);
}

static enum err find_former(struct import_run *run, struct tx *tx, bool *is_known,
                            struct former_request_row *former) {
    return sql_former_request_find(tx, is_known, former, .product = run->import->form->product->id,
                                   .number = run->row.number, .content = run->content);
}

/* --- A new one --------------------------------------------------------------------------------- */

/* Whether the applicant may be attached: their names, and support's word on them. */
static enum err check_applicant(struct import_run *run, struct tx *tx) {
    const struct request_import_row *row = &run->row;
    struct account_row account;
    bool is_known = false;
    bool is_member = false;
    const char *state = NULL;
    enum membership_case found = MEMBERSHIP_FIRST;
    TRY(sql_account_find_by_email(tx, &is_known, &account, .email_key = row->email.key));
    is_known = is_known && account.is_active;
    TRY(sql_membership_find_own(tx, &is_member, &state, .account = is_known ? account.id : NULL,
                                .siret = row->siret));
    if (!is_member) {
        TRY(membership_foresee_for(run->context, tx, row->siret, row->email.key, &found));
    }
    if (!is_known && (row->given_name == NULL || row->family_name == NULL)) {
        field_errors_add(run->context->errors,
                         row->given_name == NULL ? "applicant/given_name" : "applicant/family_name",
                         "required",
                         "Cette personne n’a pas de compte ici : donnez son prénom et son nom, ou "
                         "créez d’abord son compte (import-accounts).");
    }
    if (found == MEMBERSHIP_EXCLUDED) {
        field_errors_add(run->context->errors, "applicant/email", "not_allowed",
                         "Le support a écarté cette adresse de l’organisation : qu’il l’accepte "
                         "d’abord, ou donnez un autre demandeur.");
    }
    return field_errors_verdict(run->context->errors);
}

static enum err add_applicant(struct import_run *run, struct tx *tx) {
    const struct request_import_row *row = &run->row;
    enum account_import_outcome outcome = IMPORT_PRESENT;
    TRY(check_applicant(run, tx));
    TRY(account_import_member(tx,
                              &(struct account_import_person){.email = &row->email,
                                                              .given_name = row->given_name,
                                                              .family_name = row->family_name},
                              row->siret, &run->establishment, &run->account_id, &outcome));
    run->result->email_key = outcome == IMPORT_CREATED ? row->email.key : NULL;
    return ERR_NONE;
}

static enum err add_request(struct import_run *run, struct tx *tx) {
    struct arena *arena = run->context->arena;
    const struct request_import_row *row = &run->row;
    const struct former_form *form = run->import->form;
    TRY(sql_request_import(
        tx, &run->made, .request = run->request_id, .dry_run = run->import->dry_run,
        .product = form->product->id, .use_case = row->use_case->id,
        .form_version = form->product->form_version, .siret = row->siret,
        .account = run->account_id, .fields = json_text(arena, row->form.fields),
        .terms_version = form->system, .scopes = json_text(arena, row->form.scopes),
        .system = form->system, .confirmation_code = random_code(arena, CODE_GROUPS),
        .created_ms = row->created_ms, .submitted_ms = row->submitted_ms,
        .approved_ms = row->approved_ms, .revoked_ms = row->revoked_ms, .reason = row->reason));
    if (!run->made.has_applicant) {
        note(run, "applicant/email",
             "Cette personne n’agit pas pour l’organisation ici (compte ou rattachement suspendu, "
             "refusé ou quitté) : transférez la demande à un autre membre.");
    }
    return ERR_NONE;
}

static enum err add_files(struct import_run *run, struct act *act) {
    const char *ignored = NULL;
    for (size_t i = 0; i < run->files.count; i++) {
        TRY(attachment_keep(act, run->request_id, run->row.siret, run->account_id,
                            &run->files.scanned[i], &ignored));
    }
    return ERR_NONE;
}

static enum err add_history(struct import_run *run, struct tx *tx) {
    struct arena *arena = run->context->arena;
    struct value *detail = value_object(arena);
    value_set(detail, "changes", run->row.form.left_out);
    value_set(detail, "fields", run->row.form.fields);
    return sql_request_import_finish(
        tx, .request = run->request_id, .habilitation = run->made.habilitation_id,
        .state = request_state_name(run->row.is_revoked ? STATE_REVOKED : STATE_APPROVED),
        .detail = json_text(arena, detail));
}

static enum err add(struct import_run *run, struct act *act) {
    TRY(add_applicant(run, &act->tx));
    TRY(add_request(run, &act->tx));
    TRY(add_files(run, act));
    TRY(add_history(run, &act->tx));
    if (run->import->makes_tokens && !run->row.is_revoked) {
        TRY(add_token(run, &act->tx, run->request_id, run->made.habilitation_id,
                      run->row.form.scopes));
    }
    return finish(run, act, run->request_id);
}

/* Two requests cannot have one habilitation. */
static enum err refuse_habilitation(struct import_run *run, struct tx *tx) {
    const char *number = NULL;
    bool found = false;
    TRY(sql_former_request_find_number(tx, &found, &number,
                                       .product = run->import->form->product->id,
                                       .habilitation_number = run->row.habilitation_number));
    field_errors_add(
        run->context->errors, "habilitations/id", "already_taken",
        "Cette habilitation est celle de la demande D%s, déjà reprise : corrigez l’une "
        "des deux.",
        found ? number : "");
    return ERR_INVALID;
}

/* Whoever takes the number first adds the request; another import waits for it, and finds it. */
static enum err run_import(struct import_run *run) {
    struct former_request_row former;
    bool is_known = false;
    bool is_new = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, run->context, IDENTITY_SYSTEM));
    TRY(find_former(run, &act.tx, &is_known, &former));
    if (!is_known) {
        TRY(sql_former_request_claim(
            &act.tx, &is_new, &run->request_id, .product = run->import->form->product->id,
            .system = run->import->form->system, .number = run->row.number,
            .habilitation_number = run->row.habilitation_number, .content = run->content));
    }
    if (is_new) {
        run->result->outcome = REQUEST_IMPORT_ADDED;
        return add(run, &act);
    }
    if (!is_known) {
        TRY(find_former(run, &act.tx, &is_known, &former));
    }
    return is_known ? compare(run, &act, &former) : refuse_habilitation(run, &act.tx);
}

enum err request_import_row(struct context *context, const struct request_import *import,
                            const struct value *document, struct field_errors *notes,
                            struct request_import_result *result) {
    *result = (struct request_import_result){.outcome = REQUEST_IMPORT_NOT_TAKEN};
    struct import_run run = {
        .context = context, .import = import, .notes = notes, .result = result};
    TRY(prepare(&run, document));
    return run.row.is_taken ? run_import(&run) : ERR_NONE;
}

enum err request_import_find_account(struct context *context, const char *email, const char **id) {
    struct email parsed;
    struct account_row account;
    bool is_known = false;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(email_parse(context->errors, "--by", email, &parsed));
    TRY(sql_account_find_by_email(&once, &is_known, &account, .email_key = parsed.key));
    *id = account.id;
    return is_known && account.is_active
               ? ERR_NONE
               : context_fail(context, ERR_NOT_FOUND, "--by: no active account has this address");
}

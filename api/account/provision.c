#include "account/provision.h"
#include "account/staff.h"
#include "core/audit_event.h"
#include "organisation/directory.h"
#include "sql/organisation.h"

enum err provision_exists(struct context *context, const struct email *email, bool *exists) {
    struct account_row account;
    bool found = false;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_find_by_email(&once, &found, &account, .email_key = email->key));
    *exists = found && account.is_active;
    return ERR_NONE;
}

static enum err create(struct context *context, struct tx *tx, const struct provision *input,
                       const char **id) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_CREATE_ACTIVE, &rows, P_TEXT(input->email.address),
                 P_TEXT(input->email.key), P_TEXT(input->given_name), P_TEXT(input->family_name),
                 P_TEXT(input->password_hash)));
    if (rows->count == 0) {
        return context_fail(context, ERR_CONFLICT, "Un compte actif a déjà cette adresse.");
    }
    *id = rows_text(rows, 0, "id");
    return ERR_NONE;
}

static enum err write_account(struct context *context, const struct provision *input,
                              const struct directory_answer *answer) {
    const char *id = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(directory_keep(&tx, input->siret, answer));
    TRY(create(context, &tx, input, &id));
    TRY(tx_query(&tx, &SQL_MEMBERSHIP_SAVE, NULL, P_TEXT(id), P_TEXT(input->siret),
                 P_TEXT("active"), P_TEXT("administrator")));
    TRY(sql_account_review_current_siret(&tx, .account = id));
    if (input->has_role) {
        TRY(tx_query(&tx, &SQL_STAFF_GRANT, NULL, P_TEXT(id), P_TEXT(role_name(input->role)),
                     P_TEXT(input->product), P_NULL));
    }
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "account.provision",
                                              .subject_type = "account",
                                              .subject_id = id,
                                              .product = input->product,
                                              .siret = input->siret}));
    return tx_commit(&tx);
}

enum err provision_account(struct context *context, const struct provision *input) {
    struct directory_answer answer = {0};
    TRY(directory_ask(context, input->siret, "--siret", &answer));
    if (input->has_role) {
        TRY(staff_check_role(context, input->role, input->product));
    }
    return write_account(context, input, &answer);
}

#include "account/provision.h"
#include "account/staff.h"
#include "core/act.h"
#include "organisation/directory.h"
#include "sql/account.h"
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
    bool created = false;
    TRY(sql_account_create_active(tx, &created, id, .id = NULL, .email = input->email.address,
                                  .email_key = input->email.key, .given_name = input->given_name,
                                  .family_name = input->family_name, .job_title = NULL,
                                  .phone = NULL, .password_hash = input->password_hash));
    return created ? ERR_NONE
                   : context_fail(context, ERR_CONFLICT, "Un compte actif a déjà cette adresse.");
}

static enum err grant(struct tx *tx, const struct provision *input, const char *id) {
    const char *ignored = NULL;
    bool granted = false;
    return sql_staff_grant(tx, &granted, &ignored, .account = id, .role = role_name(input->role),
                           .product = input->product, .granted_by = NULL);
}

static enum err write_account(struct context *context, const struct provision *input,
                              const struct directory_answer *answer) {
    const char *id = NULL;
    const char *membership_id = NULL;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(directory_keep(&act.tx, input->siret, answer));
    TRY(create(context, &act.tx, input, &id));
    TRY(sql_membership_save(&act.tx, &membership_id, .account = id, .siret = input->siret,
                            .state = "active", .ground = "administrator",
                            .excluded_before = false));
    TRY(sql_account_review_current_siret(&act.tx, .account = id));
    if (input->has_role) {
        TRY(grant(&act.tx, input, id));
    }
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.provision",
                                                            .subject_type = "account",
                                                            .subject_id = id,
                                                            .product = input->product,
                                                            .siret = input->siret}});
}

enum err provision_account(struct context *context, const struct provision *input) {
    struct directory_answer answer = {0};
    TRY(directory_ask(context, input->siret, "--siret", &answer));
    if (input->has_role) {
        TRY(staff_check_role(context, input->role, input->product));
    }
    return write_account(context, input, &answer);
}

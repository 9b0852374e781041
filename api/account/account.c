#include "account/account.h"
#include "account/account_mail.h"
#include "account/mailed_link.h"
#include "account/staff.h"
#include "base/json.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "core/outbox.h"
#include "organisation/membership.h"
#include "security/password.h"
#include "security/password_policy.h"
#include <string.h>

static enum err begin(struct context *context, enum tx_mode mode, struct identity *identity,
                      struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, mode, tx);
}

static enum err record(const struct context *context, struct tx *tx, const char *action) {
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "account",
                                                 .subject_id = context->actor->account_id});
}

static enum err read_document(struct context *context, struct tx *tx, const char **document,
                              int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_DOCUMENT, &rows, P_TEXT(context->actor->account_id),
                 P_BOOLEAN(context->services->config->staff_second_factor)));
    *document = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return *document == NULL ? ERR_NOT_FOUND : ERR_NONE;
}

enum err account_read(struct context *context, const char **document, int64_t *version) {
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, TX_READ, &identity, &tx));
    return read_document(context, &tx, document, version);
}

static enum err check_current_siret(struct context *context, struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND_OWN, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(siret)));
    const char *state = rows->count == 0 ? "" : rows_text(rows, 0, "state");
    if (strcmp(state, "active") == 0 || strcmp(state, "external") == 0) {
        return ERR_NONE;
    }
    field_errors_add(context->errors, "/current_siret", "not_allowed",
                     "Vous ne pouvez pas agir pour cette organisation : rejoignez-la d’abord, ou "
                     "attendez la réponse du support.");
    return ERR_INVALID;
}

/* The preferences as they shall be, in JSON. */
static const char *merge_notifications(struct arena *arena, const char *kept,
                                       const struct account_patch *patch) {
    struct value *merged = NULL;
    if (json_parse(arena, kept, strlen(kept), &merged, NULL) != ERR_NONE) {
        merged = value_object(arena);
    }
    for (size_t i = 0; i < NOTIFICATIONS_COUNT; i++) {
        if (patch->notifications_given[i]) {
            value_set(arena, merged, notification_name((enum notification)i),
                      value_boolean(arena, patch->notifications[i]));
        }
    }
    return json_text(arena, merged);
}

static const char *chosen_siret(const struct account_patch *patch, const char *kept) {
    if (!patch->current_siret_given) {
        return kept;
    }
    return *patch->current_siret == '\0' ? NULL : patch->current_siret;
}

static enum err write_patch(struct context *context, struct tx *tx,
                            const struct account_patch *patch, int64_t version) {
    struct account_row kept;
    struct rows *rows = NULL;
    TRY(sql_account_lock(tx, &kept, .account = context->actor->account_id));
    if (patch->current_siret_given && *patch->current_siret != '\0') {
        TRY(check_current_siret(context, tx, patch->current_siret));
    }
    TRY(tx_query(tx, &SQL_ACCOUNT_UPDATE, &rows, P_TEXT(kept.id), P_INTEGER(version),
                 P_TEXT(patch->given_name != NULL ? patch->given_name : kept.given_name),
                 P_TEXT(patch->family_name != NULL ? patch->family_name : kept.family_name),
                 P_TEXT(patch->job_title_given ? patch->job_title : kept.job_title.or_null),
                 P_TEXT(patch->phone_given ? patch->phone : kept.phone.or_null),
                 P_TEXT(chosen_siret(patch, kept.current_siret.or_null)),
                 P_TEXT(merge_notifications(context->arena, kept.notifications, patch)),
                 P_TEXT(patch->locale != NULL ? patch->locale : kept.locale)));
    return rows->count == 0 ? ERR_STALE : ERR_NONE;
}

enum err account_change(struct context *context, const struct account_patch *patch, int64_t version,
                        const char **document, int64_t *new_version) {
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, TX_WRITE, &identity, &tx));
    TRY(write_patch(context, &tx, patch, version));
    TRY(read_document(context, &tx, document, new_version));
    TRY(record(context, &tx, "account.change"));
    return tx_commit(&tx);
}

static enum err find_own(struct context *context, struct account_row *out) {
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, TX_READ, &identity, &tx));
    return sql_account_find(&tx, out, .account = context->actor->account_id);
}

static enum err check_current_password(struct context *context, const struct account_row *account,
                                       const char *current) {
    bool matches = false;
    if (account->password_hash.or_null == NULL) {
        return actor_is_recent(context->actor) ? ERR_NONE : ERR_RECENT_LOGIN_REQUIRED;
    }
    if (current == NULL) {
        field_errors_add(context->errors, "/current_password", "required",
                         "Donnez votre mot de passe actuel.");
        return ERR_INVALID;
    }
    TRY(attempt_take(context, ATTEMPT_PASSWORD, account->id));
    const enum err verified = password_verify(account->password_hash.or_null, current, &matches);
    if (verified != ERR_NONE || matches) {
        TRY(attempt_give_back(context, ATTEMPT_PASSWORD, account->id));
    }
    TRY(verified);
    if (!matches) {
        field_errors_add(context->errors, "/current_password", "wrong_password",
                         "Ce n’est pas votre mot de passe actuel.");
    }
    return field_errors_verdict(context->errors);
}

enum err account_change_password(struct context *context, const char *current,
                                 const char *password) {
    struct account_row account;
    struct identity identity;
    const char *hash = NULL;
    TRY(find_own(context, &account));
    password_policy_check(context->errors, "/password", password, account.email, account.given_name,
                          account.family_name);
    TRY(check_current_password(context, &account, current));
    TRY(field_errors_verdict(context->errors));
    TRY(password_hash(context->arena, password, &hash));
    TX_AUTO(tx);
    TRY(begin(context, TX_WRITE, &identity, &tx));
    TRY(tx_query(&tx, &SQL_ACCOUNT_SET_PASSWORD, NULL, P_TEXT(account.id), P_TEXT(hash)));
    TRY(tx_query(&tx, &SQL_SESSION_DELETE_ALL, NULL, P_TEXT(account.id),
                 P_TEXT(context->actor->session_id)));
    TRY(link_kill(&tx, LINK_EMAIL_CHANGE, account.id)); /* an intruder may have asked for it */
    TRY(account_mail_notice(&tx, &account, "password_changed"));
    TRY(record(context, &tx, "account.change_password"));
    return tx_commit(&tx);
}

enum err account_export(struct context *context, const char **document) {
    struct rows *rows = NULL;
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, TX_WRITE, &identity, &tx));
    TRY(tx_query(&tx, &SQL_ACCOUNT_EXPORT, &rows, P_TEXT(context->actor->account_id),
                 P_BOOLEAN(context->services->config->staff_second_factor)));
    *document = rows_text(rows, 0, "document");
    TRY(record(context, &tx, "account.export"));
    return tx_commit(&tx);
}

enum err account_delete(struct context *context) {
    struct account_row account;
    const char *id = context->actor->account_id;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_account_lock(&tx, &account, .account = id));
    TRY(staff_check_not_last_admin(context, &tx, id));
    TRY(tx_query(&tx, &SQL_ACCOUNT_FORGET, NULL, P_TEXT(id)));
    TRY(account_mail_notice(&tx, &account, "account_deleted"));
    TRY(tx_query(&tx, &SQL_ACCOUNT_PSEUDONYMISE, NULL, P_TEXT(id)));
    TRY(record(context, &tx, "account.delete"));
    return tx_commit(&tx);
}

enum err account_list_sessions(struct context *context, const struct page *page,
                               const char **document) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, &SQL_SESSION_LIST,
                   &rows, P_TEXT(context->actor->account_id), P_TEXT(context->actor->session_id),
                   P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err account_end_sessions(struct context *context) {
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, TX_WRITE, &identity, &tx));
    TRY(tx_query(&tx, &SQL_SESSION_DELETE_ALL, NULL, P_TEXT(context->actor->account_id), P_NULL));
    TRY(record(context, &tx, "session.close_all"));
    return tx_commit(&tx);
}

enum err account_retain(struct context *context) {
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query_plain(&tx, &SQL_ACCOUNT_DELETE_NEVER_ACTIVATED, NULL));
    TRY(tx_query_plain(&tx, &SQL_SESSION_DELETE_EXPIRED, NULL));
    TRY(tx_query_plain(&tx, &SQL_LINK_DELETE_EXPIRED, NULL));
    TRY(tx_query_plain(&tx, &SQL_ATTEMPT_DELETE_EXPIRED, NULL));
    return tx_commit(&tx);
}

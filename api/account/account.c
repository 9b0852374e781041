#include "account/account.h"
#include "account/account_mail.h"
#include "account/device.h"
#include "account/mailed_link.h"
#include "account/staff.h"
#include "base/json.h"
#include "core/attempt.h"
#include "organisation/membership.h"
#include "security/password.h"
#include "security/password_policy.h"
#include "sql/account.h"
#include <string.h>

enum { NAMED_MAX = 20, NUMBERS_BYTES_MAX = 1024 }; /* requests in a sentence */

static struct audit_event audit_of(const struct context *context, const char *action) {
    return (struct audit_event){
        .action = action, .subject_type = "account", .subject_id = context->actor->account_id};
}

static enum err read_document(struct context *context, struct tx *tx,
                              struct account_document *out) {
    return sql_account_document(tx, out, .account = context->actor->account_id,
                                .requires_factor = context->services->config->staff_second_factor);
}

enum err account_read(struct context *context, const char **document, int64_t *version) {
    const struct identity identity = context_identity(context);
    struct account_document account;
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    TRY(read_document(context, &once, &account));
    *document = account.document;
    *version = account.version;
    return ERR_NONE;
}

static enum err check_current_siret(struct context *context, struct tx *tx, const char *siret) {
    bool found = false;
    const char *state = NULL;
    TRY(sql_membership_find_own(tx, &found, &state, .account = context->actor->account_id,
                                .siret = siret));
    if (found && (strcmp(state, "active") == 0 || strcmp(state, "external") == 0)) {
        return ERR_NONE;
    }
    field_errors_add(context->errors, "/current_siret", "not_allowed",
                     "Vous ne pouvez pas agir pour cette organisation : rejoignez-la d’abord, ou "
                     "attendez la réponse du support.");
    return ERR_INVALID;
}

/* The stored preferences with those of the patch, as JSON. */
static const char *merge_notifications(struct arena *arena, const char *stored,
                                       const struct account_patch *patch) {
    struct value *merged = NULL;
    if (json_parse(arena, stored, strlen(stored), &merged, NULL) != ERR_NONE) {
        merged = value_object(arena);
    }
    for (size_t i = 0; i < NOTIFICATIONS_COUNT; i++) {
        if (patch->notifications_given[i]) {
            value_set(merged, notification_name((enum notification)i),
                      value_boolean(arena, patch->notifications[i]));
        }
    }
    return json_text(arena, merged);
}

static const char *choose_siret(const struct account_patch *patch, const char *stored) {
    if (!patch->current_siret_given) {
        return stored;
    }
    return *patch->current_siret == '\0' ? NULL : patch->current_siret;
}

static enum err write_patch(struct context *context, struct tx *tx,
                            const struct account_patch *patch, int64_t version) {
    struct account_row stored;
    size_t updated = 0;
    TRY(sql_account_lock(tx, &stored, .account = context->actor->account_id));
    if (patch->current_siret_given && *patch->current_siret != '\0') {
        TRY(check_current_siret(context, tx, patch->current_siret));
    }
    TRY(sql_account_update(
        tx, &updated, .account = stored.id, .version = version,
        .given_name = patch->given_name != NULL ? patch->given_name : stored.given_name,
        .family_name = patch->family_name != NULL ? patch->family_name : stored.family_name,
        .job_title = patch->job_title_given ? patch->job_title : stored.job_title.or_null,
        .phone = patch->phone_given ? patch->phone : stored.phone.or_null,
        .current_siret = choose_siret(patch, stored.current_siret.or_null),
        .notifications = merge_notifications(context->arena, stored.notifications, patch),
        .locale = patch->locale != NULL ? patch->locale : stored.locale));
    return updated == 0 ? ERR_STALE : ERR_NONE;
}

enum err account_update(struct context *context, const struct account_patch *patch,
                        int64_t version) {
    struct account_document account;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(write_patch(context, &act.tx, patch, version));
    TRY(read_document(context, &act.tx, &account));
    return act_commit(
        &act, &(struct act_outcome){
                  .audit = audit_of(context, "account.change"),
                  .answer = {.status = 200, .json = account.document, .version = account.version}});
}

static enum err find_own(struct context *context, struct account_row *out) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_account_find(&once, out, .account = context->actor->account_id);
}

static enum err give_attempt_back(struct context *context, const char *account_id) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    return attempt_give_back(context, &once, ATTEMPT_PASSWORD, account_id);
}

static enum err check_current_password(struct context *context, const struct account_row *account,
                                       const char *current) {
    enum password_match match = PASSWORD_WRONG;
    if (account->password_hash.or_null == NULL) {
        return actor_is_recent(context->actor) ? ERR_NONE : ERR_RECENT_LOGIN_REQUIRED;
    }
    if (current == NULL) {
        field_errors_add(context->errors, "/current_password", "required",
                         "Donnez votre mot de passe actuel.");
        return ERR_INVALID;
    }
    TRY(attempt_take(context, ATTEMPT_PASSWORD, account->id));
    const enum err verified =
        password_verify(account->password_hash.or_null,
                        &(const struct password_costs){.goes_first = true}, current, &match);
    if (verified != ERR_NONE || match != PASSWORD_WRONG) {
        TRY(give_attempt_back(context, account->id));
    }
    TRY(verified);
    if (match == PASSWORD_WRONG) {
        field_errors_add(context->errors, "/current_password", "wrong_password",
                         "Ce n’est pas votre mot de passe actuel.");
    }
    return field_errors_verdict(context->errors);
}

enum err account_change_password(struct context *context, const char *current, const char *password,
                                 const char *device_cookie, const char **device) {
    struct account_row account;
    const char *hash = NULL;
    TRY(find_own(context, &account));
    password_policy_check(context->errors, "/password", password, account.email, account.given_name,
                          account.family_name);
    TRY(check_current_password(context, &account, current));
    TRY(field_errors_verdict(context->errors));
    TRY(password_hash(context->arena, password, &hash));
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_account_set_password(&act.tx, .account = account.id, .hash = hash));
    TRY(sql_session_delete_all(&act.tx, .account = account.id, .kept = context->actor->session_id));
    TRY(device_renew(context, &act.tx, device_cookie, account.id, true, device));
    /* Anyone who knew the former password, or reads the mailbox, may have asked for these. */
    TRY(link_cancel(&act.tx, LINK_EMAIL_CHANGE, account.id));
    TRY(link_cancel(&act.tx, LINK_PASSWORD_RESET, account.id));
    account_mail_notice(&act, &account, "password_changed");
    return act_commit(&act,
                      &(struct act_outcome){.audit = audit_of(context, "account.change_password"),
                                            .answer = {.status = 204}});
}

enum err account_export_record(struct context *context) {
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(context, "account.export")});
}

/* A multiple of three, so that the pieces in base64 make one text. */
enum { EXPORT_PIECE_BYTES = 48 * 1024 };

/* The data, open at the end for the files. */
static enum err export_data(const struct services *services, struct tx *tx,
                            struct account_export *export, struct buf *out) {
    const char *document = NULL;
    TRY(sql_account_export(tx, &document, .account = export->account_id,
                           .requires_factor = services->config->staff_second_factor));
    buf_append(out, document, strlen(document) - 1); /* without its brace */
    buf_puts(out, ",\"files\":[");
    export->has_data = true;
    return ERR_NONE;
}

/* Begins the next file, its content left open; after the last one, ends the document. */
static enum err export_file(struct tx *tx, struct account_export *export, struct buf *out,
                            bool *is_over) {
    struct account_file file;
    bool found = false;
    const bool is_first = *export->file_id == '\0';
    TRY(sql_account_export_file(tx, &found, &file, .account = export->account_id,
                                .after_us = export->at_us,
                                .after_id = is_first ? NULL : export->file_id));
    *is_over = !found;
    if (!found) {
        buf_puts(out, "]}");
        return ERR_NONE;
    }
    buf_puts(out, is_first ? "" : ",");
    buf_append(out, file.document, strlen(file.document) - 1); /* without its brace */
    buf_puts(out, ",\"content\":\"");
    export->at_us = file.at_us;
    export->offset = 0;
    export->is_in_file = true;
    memcpy(export->file_id, file.id, UUID_TEXT_BYTES);
    return ERR_NONE;
}

static enum err export_piece(struct tx *tx, struct account_export *export, struct buf *out) {
    const char *piece = NULL;
    TRY(sql_account_export_piece(tx, &piece, .attachment = export->file_id,
                                 .offset = export->offset, .bytes = EXPORT_PIECE_BYTES));
    export->offset += EXPORT_PIECE_BYTES;
    export->is_in_file = *piece != '\0';
    buf_puts(out, export->is_in_file ? piece : "\"}");
    return ERR_NONE;
}

enum err account_export_next(const struct services *services, struct arena *arena,
                             struct account_export *export, struct buf *out, bool *is_over) {
    const struct identity identity = {.account_id = export->account_id};
    struct tx once = tx_once(services->heavy_pool, arena, &identity, TX_READ);
    *is_over = false;
    if (!export->has_data) {
        return export_data(services, &once, export, out);
    }
    return export->is_in_file ? export_piece(&once, export, out)
                              : export_file(&once, export, out, is_over);
}

/* Who is left hears of the requests that lost their applicant. */
static enum err tell_left(struct act *act, const char *requests) {
    struct arena *arena = act->context->arena;
    struct left_recipient *recipients = NULL;
    size_t count = 0;
    TRY(sql_request_list_left(&act->tx, &recipients, &count, .requests = requests));
    for (size_t i = 0; i < count; i++) {
        const char *list = recipients[i].requests;
        struct value *left = NULL;
        struct value *data = value_object(arena);
        TRY(json_parse(arena, list, strlen(list), &left, NULL));
        value_set_text(arena, data, "organisation", recipients[i].organisation);
        value_set(data, "requests", left);
        act_mail(act, "requests_left", recipients[i].email, recipients[i].account_id, data);
    }
    return ERR_NONE;
}

/* Takes the person out of everything, and tells them. */
static enum err forget(struct act *act, const char *id, const char *requests,
                       const char *template) {
    struct account_row account;
    TRY(staff_check_not_last_admin(act->context, &act->tx, id));
    TRY(sql_account_lock(&act->tx, &account, .account = id));
    TRY(membership_exclude(act->context, &act->tx, id, NULL));
    TRY(sql_account_forget(&act->tx, .account = id));
    TRY(sql_registration_delete(&act->tx, .email_key = account.email_key));
    TRY(sql_account_pseudonymise(&act->tx, .account = id));
    account_mail_notice(act, &account, template);
    return tell_left(act, requests);
}

/* Refuses to leave requests without an applicant unawares; `requests`: see request_list_live.sql. */
static enum err refuse_live(struct context *context, const char *requests) {
    struct arena *arena = context->arena;
    struct value *list = NULL;
    struct buf numbers;
    TRY(json_parse(arena, requests, strlen(requests), &list, NULL));
    if (value_count(list) == 0) {
        return ERR_NONE;
    }
    buf_init(&numbers, arena, NUMBERS_BYTES_MAX);
    for (size_t i = 0; i < value_count(list) && i < NAMED_MAX; i++) {
        buf_puts(&numbers, i == 0 ? "" : ", ");
        buf_puts(&numbers, value_get_text(value_item(list, i), "number"));
    }
    buf_puts(&numbers, value_count(list) > NAMED_MAX ? "…" : "");
    context->members = value_object(arena);
    value_set(context->members, "requests", list);
    return context_fail(
        context, ERR_LIVE_REQUESTS,
        arena_printf(arena,
                     "Vous êtes le demandeur de demandes en cours (%s). Transférez-les à un "
                     "collègue, ou confirmez que vous les laissez à l’organisation : "
                     "leave_requests.",
                     buf_text(&numbers)));
}

enum err account_delete(struct context *context, bool leaves_requests) {
    const char *id = context->actor->account_id;
    const char *requests = NULL;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_request_list_live(&act.tx, &requests, .account = id));
    if (!leaves_requests) {
        TRY(refuse_live(context, requests));
    }
    TRY(forget(&act, id, requests, "account_deleted"));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(context, "account.delete"),
                                                  .answer = {.status = 204}});
}

enum err account_delete_inactive(struct context *context, const char *id) {
    const char *requests = NULL;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_request_list_live(&act.tx, &requests, .account = id));
    TRY(forget(&act, id, requests, "account_expired"));
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.delete",
                                                            .subject_type = "account",
                                                            .subject_id = id}});
}

enum err account_list_sessions(struct context *context, const struct page *page,
                               const char **document) {
    const struct identity identity = context_identity(context);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    return sql_session_list(&once, document, .account = context->actor->account_id,
                            .session = context->actor->session_id, PAGE_TIME(page));
}

enum err account_list_accesses(struct context *context, const struct page *page,
                               const char **document) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return sql_access_log_list_of_person(&once, document, .account = context->actor->account_id,
                                         PAGE_NUMBER(page));
}

enum err account_end_sessions(struct context *context) {
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(sql_session_delete_all(&act.tx, .account = context->actor->account_id, .kept = NULL));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of(context, "session.close_all"),
                                                  .answer = {.status = 204}});
}

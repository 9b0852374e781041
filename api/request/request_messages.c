#include "request/request_messages.h"
#include "base/text.h"
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "core/notification.h"
#include "core/outbox.h"
#include "core/webhook_event.h"
#include "request/request_mail.h"
#include "request/request_view.h"

/* Begins and opens in one go; the caller ends the transaction. */
static enum err open_file(struct context *context, struct tx *tx, enum tx_mode mode, const char *id,
                          struct request_view *file) {
    const struct identity identity = context_identity(context);
    TRY(tx_begin(context->services->pool, context->arena, &identity, mode, tx));
    return request_view_open(context, tx, id, false, true, file);
}

/* A message goes to the other side: to the applicant; to who has the file in hand, else to everybody
 * who may take it. */
static enum err tell_other_side(struct context *context, struct tx *tx,
                                const struct request_view *file, bool as_staff) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MESSAGE_LIST_RECIPIENTS, &rows, P_TEXT(file->facts.id),
                 P_BOOLEAN(as_staff), P_TEXT(context->actor->account_id)));
    for (size_t i = 0; i < rows->count; i++) {
        struct value *data = request_mail_data(context, file);
        const char *id = rows_text(rows, i, "id");
        value_set_text(context->arena, data, "page", as_staff ? "demandes" : "instruction");
        value_set_text(context->arena, data, "unsubscribe_url",
                       notification_unsubscribe_url(context, id, NOTIFICATION_MESSAGE));
        TRY(outbox_add(tx, "request_message", rows_text(rows, i, "email"), id, data));
    }
    return ERR_NONE;
}

static enum err audit(struct context *context, struct tx *tx, const struct request_view *file,
                      const char *action) {
    const struct audit_event record = {.action = action,
                                       .subject_type = "request",
                                       .subject_id = file->facts.id,
                                       .product = file->facts.product,
                                       .siret = file->facts.siret};
    TRY(idempotency_mark(tx, context->idempotency));
    return audit_event_add(context, tx, &record);
}

enum err message_add(struct context *context, const char *id, const char *body,
                     const char **document) {
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_WRITE, id, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_MESSAGE, &row, &actor_role));
    const bool as_staff = actor_role == ACTOR_ROLE_INSTRUCTOR;
    TRY(tx_query(&tx, &SQL_MESSAGE_ADD, &rows, P_TEXT(id), P_TEXT(context->actor->account_id),
                 P_BOOLEAN(as_staff), P_TEXT(body)));
    *document = rows_text(rows, 0, "document");
    TRY(tell_other_side(context, &tx, &file, as_staff));
    TRY(webhook_event_add(&tx, "request.message_posted", id));
    TRY(audit(context, &tx, &file, "request.message"));
    return tx_commit(&tx);
}

enum err message_list(struct context *context, const char *id, const struct page *page,
                      const char **document) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_READ, id, &file));
    TRY(tx_query(&tx, &SQL_MESSAGE_LIST, &rows, P_TEXT(id), P_TEXT(context->actor->account_id),
                 P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

enum err message_mark_read(struct context *context, const char *id, const char *message_id) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_WRITE, id, &file));
    TRY(tx_query(&tx, &SQL_MESSAGE_MARK_READ, &rows, P_TEXT(id), P_TEXT(context->actor->account_id),
                 P_TEXT(message_id)));
    if (rows->count == 0) {
        field_errors_add(context->errors, "/message_id", "not_found",
                         "Ce message n’est pas dans cette demande.");
        return ERR_INVALID;
    }
    return tx_commit(&tx);
}

enum err note_add(struct context *context, const char *id, const char *body,
                  const char **document) {
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_INSTRUCTOR;
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_WRITE, id, &file));
    TRY(request_policy_check_event(context, &file.facts, EVENT_NOTE, &row, &actor_role));
    TRY(tx_query(&tx, &SQL_NOTE_ADD, &rows, P_TEXT(id), P_TEXT(context->actor->account_id),
                 P_TEXT(body)));
    *document = rows_text(rows, 0, "document");
    TRY(audit(context, &tx, &file, "request.note"));
    return tx_commit(&tx);
}

enum err note_list(struct context *context, const char *id, const struct page *page,
                   const char **document) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_READ, id, &file));
    if (!request_view_is_staff(context, &file)) {
        return context_fail(context, ERR_FORBIDDEN, "Les notes sont réservées à l’instruction.");
    }
    TRY(tx_query(&tx, &SQL_NOTE_LIST, &rows, P_TEXT(id), P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

enum err request_list_events(struct context *context, const char *id, const struct page *page,
                             const char **document) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_READ, id, &file));
    TRY(tx_query(&tx, &SQL_REQUEST_EVENT_LIST, &rows, P_TEXT(id),
                 P_BOOLEAN(request_view_is_staff(context, &file)), P_PAGE_KEY(page)));
    *document = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

enum err request_list_decisions(struct context *context, const char *id, const struct page *page,
                                const char **document) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_READ, id, &file));
    TRY(tx_query(&tx, &SQL_DECISION_LIST, &rows, P_TEXT(id),
                 P_BOOLEAN(request_view_is_staff(context, &file)), P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

enum err request_show_changes(struct context *context, const char *id,
                              const struct value **document) {
    struct request_view file;
    struct value *changes = NULL;
    const char *since = NULL;
    TX_AUTO(tx);
    TRY(open_file(context, &tx, TX_READ, id, &file));
    TRY(request_view_list_changes(context, &tx, &file, &changes, &since));
    TRY(tx_commit(&tx));
    struct value *out = value_object(context->arena);
    value_set_text(context->arena, out, "since", since);
    value_set(context->arena, out, "changes",
              changes == NULL ? value_array(context->arena) : changes);
    *document = out;
    return ERR_NONE;
}

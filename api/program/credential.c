#include "program/credential.h"
#include "core/audit_event.h"
#include "sql/organisation.h"

enum err credential_begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

enum err credential_check_member(struct context *context, struct tx *tx, const char *siret) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_CLIENT_IS_MEMBER, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(siret)));
    return rows_boolean(rows, 0, "is_member")
               ? ERR_NONE
               : context_fail(context, ERR_FORBIDDEN,
                              "Vous n’êtes pas membre actif de cette organisation.");
}

enum err credential_check_count(struct context *context, struct tx *tx,
                                const struct credential_kind *kind) {
    struct rows *rows = NULL;
    struct account_row account;
    /* One at a time: a crowd would count before the others have added theirs. */
    TRY(sql_account_lock(tx, &account, .account = context->actor->account_id));
    TRY(tx_query(tx, kind->count, &rows, P_TEXT(context->actor->account_id)));
    return rows_integer(rows, 0, "held", 0) < (int64_t)kind->count_max
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT, kind->too_many);
}

enum err credential_lock(struct context *context, struct tx *tx, const struct credential_kind *kind,
                         const char *id, struct rows **rows) {
    TRY(tx_query(tx, kind->lock, rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    return (*rows)->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err credential_audit(struct context *context, struct tx *tx,
                          const struct credential_kind *kind, const char *act,
                          const struct rows *rows) {
    TRY(idempotency_mark(tx, context->idempotency));
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = arena_printf(context->arena, "%s.%s",
                                                                        kind->subject_type, act),
                                                 .subject_type = kind->subject_type,
                                                 .subject_id = rows_text(rows, 0, "id"),
                                                 .product = rows_text(rows, 0, "product"),
                                                 .siret = rows_text(rows, 0, "siret")});
}

enum err credential_document(struct context *context, struct tx *tx,
                             const struct credential_kind *kind, const char *id, const char **json,
                             int64_t *version) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, kind->document, &rows, P_TEXT(id), P_TEXT(context->actor->account_id)));
    *json = rows_text(rows, 0, "document");
    *version = rows_integer(rows, 0, "version", 0);
    return rows->count == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

enum err credential_read(struct context *context, const struct credential_kind *kind,
                         const char *id, const char **json, int64_t *version) {
    const struct identity identity = context_identity(context);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(credential_document(context, &tx, kind, id, json, version));
    return tx_commit(&tx);
}

enum err credential_finish(struct context *context, struct tx *tx,
                           const struct credential_kind *kind, const struct rows *rows,
                           const char **json, int64_t *version, const char **secret) {
    const char *id = rows_text(rows, 0, "id");
    struct new_secret made;
    TRY(kind->add_secret(context, tx, id, &made));
    *secret = made.secret;
    TRY(credential_document(context, tx, kind, id, json, version));
    return credential_audit(context, tx, kind, "create", rows);
}

enum err credential_list(struct context *context, const struct credential_kind *kind,
                         const struct page *page, const char **json) {
    const struct identity identity = context_identity(context);
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, &identity, TX_READ, kind->list, &rows,
                   P_TEXT(context->actor->account_id), P_PAGE_TIME(page)));
    *json = rows_text(rows, 0, "document");
    return ERR_NONE;
}

enum err credential_delete(struct context *context, const struct credential_kind *kind,
                           const char *id) {
    struct identity identity;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(credential_lock(context, &tx, kind, id, &rows));
    TRY(tx_query(&tx, kind->remove, NULL, P_TEXT(id)));
    TRY(credential_audit(context, &tx, kind, "delete", rows));
    return tx_commit(&tx);
}

static enum err count_secrets(struct tx *tx, const struct credential_kind *kind, const char *id,
                              int64_t *count) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, kind->count_secrets, &rows, P_TEXT(id)));
    *count = rows_integer(rows, 0, "secrets", 0);
    return ERR_NONE;
}

enum err credential_add_secret(struct context *context, const struct credential_kind *kind,
                               const char *id, struct new_secret *secret) {
    struct identity identity;
    struct rows *rows = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(credential_lock(context, &tx, kind, id, &rows));
    TRY(count_secrets(&tx, kind, id, &count));
    if (count >= SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT, kind->too_many_secrets);
    }
    TRY(kind->add_secret(context, &tx, id, secret));
    TRY(tx_query(&tx, kind->touch, NULL, P_TEXT(id)));
    TRY(credential_audit(context, &tx, kind, "add_secret", rows));
    return tx_commit(&tx);
}

enum err credential_delete_secret(struct context *context, const struct credential_kind *kind,
                                  const char *id, const char *secret_id) {
    struct identity identity;
    struct rows *rows = NULL;
    struct rows *deleted = NULL;
    int64_t count = 0;
    TX_AUTO(tx);
    TRY(credential_begin(context, &identity, &tx));
    TRY(credential_lock(context, &tx, kind, id, &rows));
    TRY(count_secrets(&tx, kind, id, &count));
    TRY(tx_query(&tx, kind->remove_secret, &deleted, P_TEXT(secret_id), P_TEXT(id)));
    if (deleted->count == 0) {
        return ERR_NOT_FOUND;
    }
    if (count < SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT, kind->last_secret);
    }
    TRY(tx_query(&tx, kind->touch, NULL, P_TEXT(id)));
    TRY(credential_audit(context, &tx, kind, "delete_secret", rows));
    return tx_commit(&tx);
}

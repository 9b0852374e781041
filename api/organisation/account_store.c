#include "organisation/account_store.h"
#include <string.h>

static enum err one_account(const struct rows *rows, struct account_row *out) {
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    *out = (struct account_row){
        .id = rows_text(rows, 0, "id"),
        .email = rows_text(rows, 0, "email"),
        .email_key = rows_text(rows, 0, "email_key"),
        .given_name = rows_text(rows, 0, "given_name"),
        .family_name = rows_text(rows, 0, "family_name"),
        .job_title = rows_text(rows, 0, "job_title"),
        .phone = rows_text(rows, 0, "phone"),
        .password_hash = rows_text(rows, 0, "password_hash"),
        .state =
            strcmp(rows_text(rows, 0, "state"), "active") == 0 ? ACCOUNT_ACTIVE : ACCOUNT_PENDING,
        .current_siret = rows_text(rows, 0, "current_siret"),
        .locale = rows_text(rows, 0, "locale"),
        .notifications = rows_text(rows, 0, "notifications"),
        .version = rows_integer(rows, 0, "version", 0),
    };
    return ERR_NONE;
}

enum err account_find(struct tx *tx, const char *id, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_FIND, &rows, P_TEXT(id)));
    return one_account(rows, out);
}

enum err account_lock(struct tx *tx, const char *id, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_LOCK, &rows, P_TEXT(id)));
    return one_account(rows, out);
}

enum err account_find_by_email(struct tx *tx, const char *email_key, struct account_row *out) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_FIND_BY_EMAIL, &rows, P_TEXT(email_key)));
    return one_account(rows, out);
}

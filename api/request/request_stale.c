#include "request/request_stale.h"
#include "request/request_act.h"
#include "request/request_mail.h"
#include "request/request_view.h"
#include <string.h>

enum { DRAFT_DAYS = 15, CHANGES_MONTHS = 6, GRACE_DAYS = 15, AT_ONCE = 100 };

static enum err remind(struct context *context, const char *id, int64_t version) {
    struct request_view file;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_open(context, &act.tx, id, true, true, &file));
    if (file.facts.version != version) {
        return ERR_CONFLICT;
    }
    struct rows *marked = NULL;
    TRY(tx_query(&act.tx, &SQL_REQUEST_MARK_REMINDED, &marked, P_TEXT(id)));
    if (marked->affected == 0) {
        return ERR_CONFLICT;
    }
    struct value *data = request_mail_data(context, &file);
    value_set(context->arena, data, "days", value_integer(context->arena, GRACE_DAYS));
    request_mail_applicant(&act, &file,
                           file.facts.state == STATE_DRAFT ? "request_reminder_draft"
                                                           : "request_reminder_changes",
                           data);
    return act_commit(&act, &(struct act_outcome){0});
}

enum err request_tend_stale(struct context *context) {
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                   &SQL_REQUEST_LIST_STALE, &rows, P_INTEGER(DRAFT_DAYS), P_INTEGER(CHANGES_MONTHS),
                   P_INTEGER(GRACE_DAYS), P_INTEGER(AT_ONCE)));
    for (size_t i = 0; i < rows->count; i++) {
        const char *id = rows_text(rows, i, "id");
        const int64_t version = rows_integer(rows, i, "version", 0);
        const struct request_act archive = {.event = EVENT_ARCHIVE, .if_version = version};
        const enum err err = strcmp(rows_text(rows, i, "act"), "remind") == 0
                                 ? remind(context, id, version)
                                 : request_act(context, id, &archive);
        /* Touched meanwhile: the next run sees. */
        if (err != ERR_CONFLICT && err != ERR_NOT_FOUND) {
            TRY(err);
        }
    }
    return ERR_NONE;
}

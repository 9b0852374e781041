#include "request/request_stale.h"
#include "request/request_act.h"
#include "request/request_mail.h"
#include "request/request_view.h"
#include "sql/request.h"

enum { DRAFT_DAYS = 15, CHANGES_MONTHS = 6, GRACE_DAYS = 15, AT_ONCE = 100 };

static enum err remind(struct context *context, const struct request_stale *stale) {
    struct request_view view;
    size_t marked = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock(context, &act.tx, stale->id, &view));
    if (view.facts.version != stale->version) {
        return ERR_CONFLICT;
    }
    TRY(sql_request_mark_reminded(&act.tx, &marked, .request = stale->id));
    if (marked == 0) {
        return ERR_CONFLICT;
    }
    struct value *data = request_mail_data(context, &view);
    value_set(data, "days", value_integer(context->arena, GRACE_DAYS));
    TRY(request_mail_applicant(&act, &view,
                               view.facts.state == STATE_DRAFT ? "request_reminder_draft"
                                                               : "request_reminder_changes",
                               data));
    return act_commit(&act, &(struct act_outcome){0});
}

static enum err archive(struct context *context, const struct request_stale *stale) {
    return request_act(
        context, stale->id,
        &(struct request_act){.event = EVENT_ARCHIVE, .if_version = nullable_int(stale->version)});
}

enum err request_stale_remind_or_archive(struct context *context) {
    struct request_stale *stale = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_request_list_stale(&once, &stale, &count, .draft_days = DRAFT_DAYS,
                               .changes_months = CHANGES_MONTHS, .grace_days = GRACE_DAYS,
                               .limit = AT_ONCE));
    for (size_t i = 0; i < count; i++) {
        const enum err err =
            stale[i].was_reminded ? archive(context, &stale[i]) : remind(context, &stale[i]);
        if (err != ERR_STALE && err != ERR_CONFLICT &&
            err != ERR_NOT_FOUND) { /* else it changed meanwhile */
            TRY(err);
        }
    }
    return ERR_NONE;
}

static enum err delete_closed(struct context *context, const char *id) {
    struct request_view view;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_lock(context, &act.tx, id, &view));
    if (view.facts.state != STATE_REFUSED && view.facts.state != STATE_ARCHIVED) {
        return ERR_CONFLICT;
    }
    TRY(sql_request_delete(&act.tx, .request = id));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.delete", NULL)});
}

enum err request_delete_closed(struct context *context) {
    const char **ids = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_request_list_closed(&once, &ids, &count,
                                .months = context->services->config->closed_request_months,
                                .limit = AT_ONCE));
    for (size_t i = 0; i < count; i++) {
        const enum err err = delete_closed(context, ids[i]);
        if (err != ERR_CONFLICT && err != ERR_NOT_FOUND) { /* else it changed meanwhile */
            TRY(err);
        }
    }
    return ERR_NONE;
}

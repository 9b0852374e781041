#include "core/audit_event.h"
#include "core/audit.h"

static const char *kind_name(enum actor_kind kind) {
    switch (kind) {
    case ACTOR_ANONYMOUS:
        return "anonymous";
    case ACTOR_ACCOUNT:
        return "account";
    case ACTOR_CLIENT:
        return "client";
    case ACTOR_SYSTEM:
        return "system";
    }
    return "anonymous";
}

/* What is known of the act, and the program that did it on behalf of its account. */
static const struct value *detail_of(const struct context *context,
                                     const struct audit_event *record) {
    if (context->actor->kind != ACTOR_CLIENT) {
        return record->detail;
    }
    struct value *detail = record->detail == NULL ? value_object(context->arena)
                                                  : value_copy(context->arena, record->detail);
    value_set_text(context->arena, detail, "client_id", context->actor->client_id);
    return detail;
}

static enum err add(const struct context *context, struct tx *tx, const char *kind,
                    const char *account_id, const struct audit_event *record) {
    const struct audit_entry entry = {.actor_kind = kind,
                                      .actor_id = account_id,
                                      .action = record->action,
                                      .subject_type = record->subject_type,
                                      .subject_id = record->subject_id,
                                      .product = record->product,
                                      .siret = record->siret,
                                      .detail = detail_of(context, record),
                                      .address = context->actor->address,
                                      .request_id = context->actor->request_id};
    return audit_add(tx, &entry);
}

enum err audit_event_add(const struct context *context, struct tx *tx,
                         const struct audit_event *record) {
    return add(context, tx, kind_name(context->actor->kind), context->actor->account_id, record);
}

enum err audit_event_add_of(const struct context *context, struct tx *tx, const char *account_id,
                            const struct audit_event *record) {
    return add(context, tx, kind_name(ACTOR_ACCOUNT), account_id, record);
}

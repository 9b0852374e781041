#ifndef GUICHET_CORE_ACT_H
#define GUICHET_CORE_ACT_H
/* The one way to commit what somebody does. An act is one transaction; everything that it leaves behind
 * beside its own rows (audit entries, webhook event, mails, the answer kept for its Idempotency-Key) is
 * written by act_commit in one statement that travels with the COMMIT: all of it happened, or nothing.
 *
 *     ACT_AUTO(act);
 *     TRY(act_begin(&act, context));
 *     TRY(sql_token_lock(&act.tx, &row, .token = id, …));
 *     act_mail(&act, "token_rotated", email, account_id, data);
 *     return act_commit(&act, &(struct act_outcome){
 *         .audit = {.action = "token.rotate", .subject_type = "token", .subject_id = row.id},
 *         .event = "token.rotated", .event_request_id = row.request_id,
 *         .answer = {.status = 200, .json = document, .version = version}});
 *
 * An answer is rendered before the commit, so that nothing may fail once the act is done; the handler
 * sends it by response_answer. With an Idempotency-Key act_begin takes the key for this transaction: a
 * request that comes again finds the kept answer, never a second act. One act belongs to one thread. */
#include "base/value.h"
#include "core/audit_event.h"
#include "core/context.h"
#include "engine/tx.h"

struct act {
    struct context *context; /* borrowed */
    struct tx tx;            /* for the act's own statements */
    struct value *mails;     /* rows of the outbox to be, in the context's arena */
    struct value *events;
    struct value *audits;
};

struct act_outcome {
    struct audit_event audit;
    const char *event;            /* a WebhookEventName of openapi.yaml; NULL: none */
    const char *event_request_id; /* the request that it is about */
    struct act_answer answer;     /* status 0: nobody waits for one (jobs, commands) */
};

/* Begins with the identity of the context's actor. Takes the Idempotency-Key where there is one:
 * ERR_CONFLICT while another request with it runs; context->is_replayed where it was answered before (the
 * answer is in context->answer, and the failure returned is not to be rendered);
 * ERR_IDEMPOTENCY_MISMATCH where it came with another body. Others: those of tx_begin. */
MUST_CHECK enum err act_begin(struct act *act, struct context *context);
/* The same as somebody else, for example IDENTITY_SYSTEM where the actor has no rights of their own yet. */
MUST_CHECK enum err act_begin_as(struct act *act, struct context *context,
                                 const struct identity *identity);
/* One more mail: sent once the act is committed. `template` names mail/templates/<template>.txt, `data`
 * fills it and is copied. `account_id`: the recipient's account, NULL where there is none. */
void act_mail(struct act *act, const char *template, const char *recipient, const char *account_id,
              const struct value *data);
/* One more webhook event, beside that of the outcome. */
void act_event(struct act *act, const char *event, const char *request_id);
/* One more audit entry, before that of the outcome; for acts on several subjects. Copied. */
void act_audit(struct act *act, const struct audit_event *event);
/* Writes what the act leaves behind and commits. ERR_CONFLICT: another request with the same key won. A
 * failure leaves nothing behind. On success context->answer is the outcome's answer. */
MUST_CHECK enum err act_commit(struct act *act, const struct act_outcome *outcome);
/* Rolls back what was not committed. Idempotent. */
void act_end(struct act *act);
/* `ACT_AUTO(act);` then act_begin: ended where the scope ends. */
#define ACT_AUTO(name) __attribute__((cleanup(act_end))) struct act name = {0}

#endif

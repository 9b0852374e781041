#include "program/credential.h"
#include "base/json.h"

enum err credential_check_member(struct context *context, struct tx *tx, const char *siret) {
    bool is_member = false;
    TRY(sql_client_is_member(tx, &is_member, .account = context->actor->account_id,
                             .siret = siret));
    return is_member ? ERR_NONE
                     : context_fail(context, ERR_FORBIDDEN,
                                    "Vous n’êtes pas membre actif de cette organisation.");
}

const char *credential_owner(const struct credential_kind *kind, const struct actor *actor) {
    return kind->is_of_program && actor->client_id != NULL ? actor->client_id : actor->account_id;
}

enum err credential_check_count(struct context *context, struct tx *tx,
                                const struct credential_kind *kind) {
    int64_t held = 0;
    TRY(sql_credential_lock_owner(tx, .account = context->actor->account_id));
    TRY(kind->count(tx, &held, credential_owner(kind, context->actor)));
    return held < kind->count_max ? ERR_NONE : context_fail(context, ERR_CONFLICT, kind->too_many);
}

enum err credential_lock(struct act *act, const struct credential_kind *kind, const char *id,
                         struct credential_row *row) {
    struct context *context = act->context;
    TRY(kind->lock(&act->tx, row, id, credential_owner(kind, context->actor)));
    return row->may_manage ? ERR_NONE : context_fail(context, ERR_FORBIDDEN, kind->not_responsible);
}

/* Tells by mail who answers for it that there is a new secret: the responsible persons of a program, or the person
 * whose webhook it is. */
static enum err tell_secret(struct act *act, const struct credential_kind *kind,
                            const struct credential_row *row) {
    const struct actor *actor = act->context->actor;
    const char *client_id = kind->is_client ? row->id : actor->client_id;
    struct client_recipient *recipients = NULL;
    size_t count = 0;
    struct value *data = value_object(act->context->arena);
    value_set_text(act->context->arena, data, "id", row->id);
    value_set_text(act->context->arena, data, "by", actor->email);
    if (client_id == NULL) {
        act_mail(act, kind->secret_mail, actor->email, actor->account_id, data);
        return ERR_NONE;
    }
    TRY(sql_client_list_recipients(&act->tx, &recipients, &count, .client = client_id,
                                   .with_colleagues = false, .except = NULL));
    for (size_t i = 0; i < count; i++) {
        act_mail(act, kind->secret_mail, recipients[i].email, recipients[i].account_id, data);
    }
    return ERR_NONE;
}

enum err credential_commit_secret(struct act *act, const struct credential_kind *kind,
                                  const char *verb, const struct credential_row *row,
                                  const struct act_answer *answer) {
    TRY(tell_secret(act, kind, row));
    return credential_commit(act, kind, verb, row, answer);
}

enum err credential_commit(struct act *act, const struct credential_kind *kind, const char *verb,
                           const struct credential_row *row, const struct act_answer *answer) {
    return act_commit(
        act, &(struct act_outcome){.audit = {.action = arena_printf(act->context->arena, "%s.%s",
                                                                    kind->subject_type, verb),
                                             .subject_type = kind->subject_type,
                                             .subject_id = row->id,
                                             .product = row->product.or_null,
                                             .siret = row->siret.or_null},
                                   .answer = *answer});
}

enum err credential_commit_created(struct act *act, const struct credential_kind *kind,
                                   const struct credential_row *row, const char *expires_at) {
    struct context *context = act->context;
    struct credential_document made;
    struct new_secret secret;
    TRY(kind->add_secret(context, &act->tx, row->id, expires_at, &secret));
    TRY(kind->find_document(&act->tx, &made, row->id, credential_owner(kind, context->actor)));
    const struct act_answer answer = {
        .status = 201,
        .json = arena_printf(context->arena, "{\"%s\":%s,\"%s\":\"%s\"}", kind->subject_type,
                             made.document, kind->secret_name, secret.secret),
        .version = made.version,
        .is_secret = true};
    return credential_commit_secret(act, kind, "create", row, &answer);
}

enum err credential_commit_changed(struct act *act, const struct credential_kind *kind,
                                   const char *verb, const struct credential_row *row) {
    struct credential_document changed;
    TRY(kind->find_document(&act->tx, &changed, row->id,
                            credential_owner(kind, act->context->actor)));
    const struct act_answer answer = {
        .status = 200, .json = changed.document, .version = changed.version};
    return credential_commit(act, kind, verb, row, &answer);
}

enum err credential_read(struct context *context, const struct credential_kind *kind,
                         const char *id, const char **json, int64_t *version) {
    const struct identity identity = context_identity(context);
    struct credential_document found;
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_READ);
    TRY(kind->find_document(&once, &found, id, credential_owner(kind, context->actor)));
    *json = found.document;
    *version = found.version;
    return ERR_NONE;
}

enum err credential_delete(struct context *context, const struct credential_kind *kind,
                           const char *id) {
    struct credential_row row;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, kind, id, &row));
    TRY(kind->remove(&act.tx, id));
    return credential_commit(&act, kind, "delete", &row, &(struct act_answer){.status = 204});
}

struct value *credential_render_secret(struct arena *arena, const struct new_secret *secret) {
    struct value *answer = value_object(arena);
    value_set_text(arena, answer, "id", secret->id);
    value_set_text(arena, answer, "secret", secret->secret);
    value_set_text(arena, answer, "created_at", secret->created_at);
    value_set_text(arena, answer, "expires_at", secret->expires_at);
    return answer;
}

enum err credential_add_secret(struct context *context, const struct credential_kind *kind,
                               const char *id, const char *expires_at) {
    struct credential_row row;
    struct new_secret secret;
    int64_t count = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, kind, id, &row));
    TRY(kind->count_secrets(&act.tx, &count, id));
    if (count >= SECRETS_MAX) {
        return context_fail(context, ERR_CONFLICT, kind->too_many_secrets);
    }
    TRY(kind->add_secret(context, &act.tx, id, expires_at, &secret));
    TRY(kind->touch(&act.tx, id));
    const struct act_answer answer = {
        .status = 201,
        .json = json_text(context->arena, credential_render_secret(context->arena, &secret)),
        .is_secret = true};
    return credential_commit_secret(&act, kind, "add_secret", &row, &answer);
}

enum err credential_delete_secret(struct context *context, const struct credential_kind *kind,
                                  const char *id, const char *secret_id) {
    struct credential_row row;
    size_t deleted = 0;
    int64_t count = 0;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(credential_lock(&act, kind, id, &row));
    TRY(kind->remove_secret(&act.tx, &deleted, secret_id, id));
    if (deleted == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(kind->count_secrets(&act.tx, &count, id));
    if (count == 0) {
        return context_fail(context, ERR_CONFLICT, kind->last_secret);
    }
    TRY(kind->touch(&act.tx, id));
    return credential_commit(&act, kind, "delete_secret", &row,
                             &(struct act_answer){.status = 204});
}

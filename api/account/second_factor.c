#include "account/second_factor.h"
#include "account/account_mail.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/attempt.h"
#include "core/derived_key.h"
#include "security/random.h"
#include "security/seal.h"
#include "security/token_hash.h"
#include "security/totp.h"
#include "sql/account.h"
#include <string.h>

enum { RECOVERY_CODES_COUNT = 10, RECOVERY_CODE_GROUPS = 3, CODES_BYTES_MAX = 2048 };

struct factor {
    bool found;
    bool is_confirmed;
    int64_t last_step;
    const unsigned char *secret; /* TOTP_SECRET_BYTES */
};

static const char *seal_context(const struct context *context) {
    return arena_printf(context->arena, "second_factor/%s", context->actor->account_id);
}

/* Finds the actor's factor and locks its row, so that no code counts twice. */
static enum err find(struct context *context, struct tx *tx, struct factor *out) {
    struct second_factor_row row;
    size_t secret_length = 0;
    unsigned char *secret = NULL;
    bool found = false;
    *out = (struct factor){0};
    TRY(sql_second_factor_find(tx, &found, &row, .account = context->actor->account_id));
    if (!found) {
        return ERR_NONE;
    }
    const char *text = arena_strndup(context->arena, (const char *)row.sealed_secret.data,
                                     row.sealed_secret.length);
    TRY(seal_open(context->arena, context->services->master_key, seal_context(context), text,
                  &secret, &secret_length));
    *out = (struct factor){.found = secret_length == TOTP_SECRET_BYTES,
                           .is_confirmed = row.is_confirmed,
                           .last_step = row.last_step,
                           .secret = secret};
    return ERR_NONE;
}

static struct audit_event audit_of(const struct context *context, const char *action) {
    return (struct audit_event){
        .action = action, .subject_type = "account", .subject_id = context->actor->account_id};
}

/* Tells the person by mail what was done to their second factor. */
static enum err tell(struct act *act, const char *template) {
    struct account_row account;
    TRY(sql_account_find(&act->tx, &account, .account = act->context->actor->account_id));
    account_mail_notice(act, &account, template);
    return ERR_NONE;
}

static enum err refuse_code(struct context *context) {
    field_errors_add(context->errors, "/code", "wrong_code",
                     "Ce code n’est pas le bon, ou a déjà servi. Attendez le suivant, ou donnez un "
                     "code de secours.");
    return ERR_INVALID;
}

static enum err refuse_missing(struct context *context) {
    return context_fail(context, ERR_CONFLICT, "Aucun second facteur n’est enregistré.");
}

enum err second_factor_start(struct context *context, struct second_factor_enrolment *out) {
    unsigned char secret[TOTP_SECRET_BYTES];
    const struct identity identity = context_identity(context);
    size_t started = 0;
    totp_new_secret(secret);
    const char *sealed = seal_close(context->arena, context->services->master_key,
                                    seal_context(context), secret, sizeof secret);
    struct tx once = tx_once(context->services->pool, context->arena, &identity, TX_WRITE);
    TRY(sql_second_factor_start(&once, &started, .account = context->actor->account_id,
                                .sealed_secret = bytes_of(sealed, strlen(sealed))));
    if (started == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Un second facteur est déjà enregistré. Retirez-le d’abord.");
    }
    out->secret_text = totp_secret_text(context->arena, secret);
    out->uri = totp_uri(context->arena, "Guichet", context->actor->email, secret);
    return ERR_NONE;
}

/* A code as people type it, read as it is seen: blanks and dashes are dropped, letters become capitals. */
static const char *plain_code(struct arena *arena, const char *code) {
    struct buf plain;
    buf_init(&plain, arena, CODES_BYTES_MAX);
    for (const char *c = unicode_plain(arena, code); *c != '\0'; c++) {
        if (*c != ' ' && *c != '-') {
            buf_putc(&plain, (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c));
        }
    }
    return buf_text(&plain);
}

static const char *hash_recovery_code(struct context *context, const struct seal_key *key,
                                      const char *code) {
    return token_hash_keyed(
        context->arena, key,
        arena_printf(context->arena, "recovery_code/%s", context->actor->account_id),
        plain_code(context->arena, code));
}

/* Replaces the recovery codes; `*answer` shows them, for the only time. */
static enum err write_codes(struct act *act, struct act_answer *answer) {
    struct context *context = act->context;
    struct value *codes = value_array(context->arena);
    struct buf hashes;
    buf_init(&hashes, context->arena, CODES_BYTES_MAX);
    const struct derived_key key =
        derived_key_of(context->arena, context->services->master_key, DERIVED_KEY_RECOVERY_CODE);
    for (size_t i = 0; i < RECOVERY_CODES_COUNT; i++) {
        const char *code = random_code(context->arena, RECOVERY_CODE_GROUPS);
        value_push(codes, value_text(context->arena, code));
        buf_printf(&hashes, "%s%s", i == 0 ? "" : " ", hash_recovery_code(context, &key.key, code));
    }
    struct value *document = value_object(context->arena);
    value_set(document, "recovery_codes", codes);
    *answer = (struct act_answer){
        .status = 200, .json = json_text(context->arena, document), .is_secret = true};
    return sql_second_factor_replace_codes(&act->tx, .account = context->actor->account_id,
                                           .hashes = buf_text(&hashes));
}

static enum err accept_code(struct act *act, const struct factor *factor, const char *code) {
    struct context *context = act->context;
    int64_t step = 0;
    if (!totp_verify(factor->secret, plain_code(context->arena, code), clock_now_ms() / 1000,
                     factor->last_step, &step)) {
        return refuse_code(context);
    }
    return sql_second_factor_accept_step(&act->tx, .account = context->actor->account_id,
                                         .step = step);
}

static enum err confirm(struct context *context, const char *code) {
    struct factor factor;
    struct act_answer answer;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(find(context, &act.tx, &factor));
    if (!factor.found || factor.is_confirmed) {
        return context_fail(context, ERR_CONFLICT,
                            "Aucun enregistrement de second facteur n’est en cours.");
    }
    TRY(accept_code(&act, &factor, code));
    TRY(write_codes(&act, &answer));
    TRY(sql_second_factor_mark_session(&act.tx, .session = context->actor->session_id));
    TRY(tell(&act, "second_factor_set"));
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(context, "account.enrol_second_factor"),
                                    .answer = answer});
}

enum err second_factor_take_attempt(struct context *context, const char *subject) {
    return attempt_take(context, ATTEMPT_SECOND_FACTOR, subject);
}

enum err second_factor_settle_attempt(struct context *context, const char *subject,
                                      enum err outcome) {
    if (outcome != ERR_INVALID) {
        struct tx once =
            tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
        /* What was done is done, even where this fails. */
        (void)!attempt_give_back(context, &once, ATTEMPT_SECOND_FACTOR, subject);
    }
    return outcome;
}

enum err second_factor_confirm(struct context *context, const char *code) {
    const char *subject = context->actor->account_id;
    TRY(second_factor_take_attempt(context, subject));
    return second_factor_settle_attempt(context, subject, confirm(context, code));
}

enum err second_factor_replace_codes(struct context *context) {
    struct factor factor;
    struct act_answer answer;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(find(context, &act.tx, &factor));
    if (!factor.is_confirmed) {
        return refuse_missing(context);
    }
    TRY(write_codes(&act, &answer));
    TRY(tell(&act, "recovery_codes_replaced"));
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(context, "account.replace_recovery_codes"),
                                    .answer = answer});
}

static enum err check_not_required(struct context *context, struct tx *tx) {
    bool is_needed = false;
    TRY(sql_second_factor_is_needed(tx, &is_needed, .account = context->actor->account_id));
    return is_needed && context->services->config->staff_second_factor
               ? context_fail(context, ERR_CONFLICT, "Votre rôle exige un second facteur.")
               : ERR_NONE;
}

enum err second_factor_remove(struct context *context) {
    struct factor factor;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(find(context, &act.tx, &factor));
    if (!factor.found) {
        return refuse_missing(context);
    }
    TRY(check_not_required(context, &act.tx));
    TRY(sql_second_factor_delete(&act.tx, .account = context->actor->account_id));
    TRY(tell(&act, "second_factor_removed"));
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of(context, "account.remove_second_factor"),
                                    .answer = {.status = 204}});
}

/* By every key that may have been used, and by the master keys themselves as before 1.0.0; blanks between. */
static enum err hash_by_all_keys(struct act *act, const char *code, const char **hashes) {
    struct context *context = act->context;
    const struct derived_key *keys = NULL;
    struct buf text;
    buf_init(&text, context->arena, SIZE_MAX / 2);
    TRY(derived_keys_find(&act->tx, context->services->master_key, DERIVED_KEY_RECOVERY_CODE,
                          &keys));
    for (; keys != NULL; keys = keys->next) {
        buf_printf(&text, "%s ", hash_recovery_code(context, &keys->key, code));
    }
    for (const struct seal_key *key = context->services->master_key; key != NULL;
         key = key->former) {
        buf_printf(&text, "%s%s", hash_recovery_code(context, key, code),
                   key->former == NULL ? "" : " ");
    }
    *hashes = buf_text(&text);
    return ERR_NONE;
}

static enum err use_recovery_code(struct act *act, const char *code) {
    struct context *context = act->context;
    const char *hashes = NULL;
    size_t used = 0;
    TRY(hash_by_all_keys(act, code, &hashes));
    TRY(sql_second_factor_use_code(&act->tx, &used, .account = context->actor->account_id,
                                   .hashes = hashes));
    return used == 0 ? refuse_code(context) : tell(act, "recovery_code_used");
}

enum err second_factor_check(struct act *act, const char *code) {
    struct factor factor;
    TRY(find(act->context, &act->tx, &factor));
    if (!factor.is_confirmed) {
        return refuse_missing(act->context);
    }
    const bool is_time_based = text_is_digits(plain_code(act->context->arena, code), 6);
    return is_time_based ? accept_code(act, &factor, code) : use_recovery_code(act, code);
}

enum err second_factor_keep(struct act *act) {
    size_t ended = 0;
    TRY(sql_second_factor_reset_delete(&act->tx, &ended,
                                       .account = act->context->actor->account_id));
    if (ended == 0) {
        return ERR_NONE;
    }
    const struct audit_event event = audit_of(act->context, "account.cancel_second_factor_reset");
    act_audit(act, &event);
    return tell(act, "second_factor_reset_cancelled");
}

#include "account/second_factor.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "security/random.h"
#include "security/seal.h"
#include "security/token_hash.h"
#include "security/totp.h"
#include <string.h>

enum { RECOVERY_CODES_COUNT = 10, RECOVERY_CODE_GROUPS = 3, CODES_BYTES_MAX = 2048 };

struct factor {
    bool found;
    bool confirmed;
    int64_t last_step;
    const unsigned char *secret; /* TOTP_SECRET_BYTES */
};

static const char *seal_context(const struct context *context) {
    return arena_printf(context->arena, "second_factor/%s", context->actor->account_id);
}

static enum err begin(struct context *context, struct identity *identity, struct tx *tx) {
    *identity = context_identity(context);
    return tx_begin(context->services->pool, context->arena, identity, TX_WRITE, tx);
}

/* Locks the row, so that no code counts twice. */
static enum err find(struct context *context, struct tx *tx, struct factor *out) {
    struct rows *rows = NULL;
    size_t sealed_length = 0;
    size_t secret_length = 0;
    unsigned char *secret = NULL;
    *out = (struct factor){0};
    TRY(tx_query(tx, &SQL_SECOND_FACTOR_FIND, &rows, P_TEXT(context->actor->account_id)));
    if (rows->count == 0) {
        return ERR_NONE;
    }
    const unsigned char *sealed =
        rows_bytes(context->arena, rows, 0, "sealed_secret", &sealed_length);
    const char *text = arena_strndup(context->arena, (const char *)sealed, sealed_length);
    TRY(seal_open(context->arena, context->services->master_key, seal_context(context), text,
                  &secret, &secret_length));
    *out = (struct factor){.found = secret_length == TOTP_SECRET_BYTES,
                           .confirmed = rows_boolean(rows, 0, "confirmed"),
                           .last_step = rows_integer(rows, 0, "last_step", 0),
                           .secret = secret};
    return ERR_NONE;
}

static enum err record(const struct context *context, struct tx *tx, const char *action) {
    return audit_event_add(context, tx,
                           &(struct audit_event){.action = action,
                                                 .subject_type = "account",
                                                 .subject_id = context->actor->account_id});
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
    struct identity identity;
    struct rows *rows = NULL;
    totp_new_secret(secret);
    const char *sealed = seal_close(context->arena, context->services->master_key,
                                    seal_context(context), secret, sizeof secret);
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(tx_query(&tx, &SQL_SECOND_FACTOR_START, &rows, P_TEXT(context->actor->account_id),
                 P_BYTES(sealed, strlen(sealed))));
    if (rows->count == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Un second facteur est déjà enregistré. Retirez-le d’abord.");
    }
    TRY(tx_commit(&tx));
    out->secret_text = totp_secret_text(context->arena, secret);
    out->uri = totp_uri(context->arena, "Guichet", context->actor->email, secret);
    return ERR_NONE;
}

/* As people type it: blanks and dashes dropped, upper case. */
static const char *plain_code(struct arena *arena, const char *code) {
    struct buf plain;
    buf_init(&plain, arena, CODES_BYTES_MAX);
    for (const char *c = code; *c != '\0'; c++) {
        if (*c != ' ' && *c != '-') {
            buf_putc(&plain, (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c));
        }
    }
    return buf_text(&plain);
}

static const char *recovery_hash(struct context *context, const char *code) {
    return token_hash_keyed(
        context->arena, context->services->master_key,
        arena_printf(context->arena, "recovery_code/%s", context->actor->account_id),
        plain_code(context->arena, code));
}

static enum err write_codes(struct context *context, struct tx *tx, const struct value **codes) {
    struct value *shown = value_array(context->arena);
    struct buf hashes;
    buf_init(&hashes, context->arena, CODES_BYTES_MAX);
    for (size_t i = 0; i < RECOVERY_CODES_COUNT; i++) {
        const char *code = random_code(context->arena, RECOVERY_CODE_GROUPS);
        value_push(context->arena, shown, value_text(context->arena, code));
        buf_printf(&hashes, "%s%s", i == 0 ? "" : " ", recovery_hash(context, code));
    }
    *codes = shown;
    return tx_query(tx, &SQL_SECOND_FACTOR_REPLACE_CODES, NULL, P_TEXT(context->actor->account_id),
                    P_TEXT(buf_text(&hashes)));
}

static enum err accept_code(struct context *context, struct tx *tx, const struct factor *factor,
                            const char *code) {
    int64_t step = 0;
    if (!totp_verify(factor->secret, plain_code(context->arena, code), clock_now_ms() / 1000,
                     factor->last_step, &step)) {
        return refuse_code(context);
    }
    return tx_query(tx, &SQL_SECOND_FACTOR_ACCEPT_STEP, NULL, P_TEXT(context->actor->account_id),
                    P_INTEGER(step));
}

static enum err confirm(struct context *context, const char *code, const struct value **codes) {
    struct factor factor;
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(find(context, &tx, &factor));
    if (!factor.found || factor.confirmed) {
        return context_fail(context, ERR_CONFLICT,
                            "Aucun enregistrement de second facteur n’est en cours.");
    }
    TRY(accept_code(context, &tx, &factor, code));
    TRY(write_codes(context, &tx, codes));
    TRY(tx_query(&tx, &SQL_SECOND_FACTOR_MARK_SESSION, NULL, P_TEXT(context->actor->session_id)));
    TRY(record(context, &tx, "account.enrol_second_factor"));
    return tx_commit(&tx);
}

/* ERR_INVALID is a wrong code: every other outcome gives the try back. */
static enum err settle_attempt(struct context *context, enum err outcome) {
    if (outcome != ERR_INVALID) {
        /* What was done is done, even where this fails. */
        (void)!attempt_give_back(context, ATTEMPT_SECOND_FACTOR, context->actor->account_id);
    }
    return outcome;
}

enum err second_factor_confirm(struct context *context, const char *code,
                               const struct value **codes) {
    TRY(attempt_take(context, ATTEMPT_SECOND_FACTOR, context->actor->account_id));
    return settle_attempt(context, confirm(context, code, codes));
}

enum err second_factor_replace_codes(struct context *context, const struct value **codes) {
    struct factor factor;
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(find(context, &tx, &factor));
    if (!factor.confirmed) {
        return refuse_missing(context);
    }
    TRY(write_codes(context, &tx, codes));
    TRY(record(context, &tx, "account.replace_recovery_codes"));
    return tx_commit(&tx);
}

static enum err is_required(struct context *context, struct tx *tx, bool *required) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_SECOND_FACTOR_IS_NEEDED, &rows, P_TEXT(context->actor->account_id)));
    *required = context->services->config->staff_second_factor && rows_boolean(rows, 0, "needed");
    return ERR_NONE;
}

enum err second_factor_remove(struct context *context) {
    struct factor factor;
    struct identity identity;
    bool required = false;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(find(context, &tx, &factor));
    if (!factor.found) {
        return refuse_missing(context);
    }
    TRY(is_required(context, &tx, &required));
    if (required) {
        return context_fail(context, ERR_CONFLICT, "Votre rôle exige un second facteur.");
    }
    TRY(tx_query(&tx, &SQL_SECOND_FACTOR_DELETE, NULL, P_TEXT(context->actor->account_id)));
    TRY(record(context, &tx, "account.remove_second_factor"));
    return tx_commit(&tx);
}

static enum err use_recovery_code(struct context *context, struct tx *tx, const char *code) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_SECOND_FACTOR_USE_CODE, &rows, P_TEXT(context->actor->account_id),
                 P_TEXT(recovery_hash(context, code))));
    return rows->affected == 0 ? refuse_code(context) : ERR_NONE;
}

static enum err check(struct context *context, const char *code) {
    struct factor factor;
    struct identity identity;
    TX_AUTO(tx);
    TRY(begin(context, &identity, &tx));
    TRY(find(context, &tx, &factor));
    if (!factor.confirmed) {
        return refuse_missing(context);
    }
    const bool is_totp = text_is_digits(plain_code(context->arena, code), 6);
    TRY(is_totp ? accept_code(context, &tx, &factor, code) : use_recovery_code(context, &tx, code));
    return tx_commit(&tx);
}

enum err second_factor_check(struct context *context, const char *code) {
    TRY(attempt_take(context, ATTEMPT_SECOND_FACTOR, context->actor->account_id));
    return settle_attempt(context, check(context, code));
}

#include "account/login.h"
#include "account/second_factor.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "core/attempt.h"
#include "core/audit_event.h"
#include "core/email.h"
#include "security/csrf.h"
#include "security/password.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "sql/organisation.h"

static enum err read_document(struct context *context, struct tx *tx, const char *session_id,
                              const char *csrf_token, const char **document) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_SESSION_DOCUMENT, &rows, P_TEXT(session_id), P_TEXT(csrf_token),
                 P_BOOLEAN(context->services->config->staff_second_factor)));
    *document = rows_text(rows, 0, "document");
    return *document == NULL ? ERR_UNAUTHENTICATED : ERR_NONE;
}

static enum err open_session(struct context *context, struct tx *tx, const char *account_id,
                             const char *user_agent, const struct login_proof *proof,
                             const char **id, const char **secret) {
    unsigned char hash[TOKEN_HASH_BYTES];
    struct rows *rows = NULL;
    *secret = random_token(context->arena);
    token_hash_bytes(*secret, hash);
    if (context->actor->session_id != NULL) {
        TRY(tx_query(tx, &SQL_SESSION_DELETE, NULL, P_TEXT(context->actor->session_id)));
    }
    TRY(tx_query(tx, &SQL_SESSION_CREATE, &rows, P_TEXT(account_id), P_BYTES(hash, sizeof hash),
                 P_BOOLEAN(false), P_TEXT(proof->id_token), P_TEXT(context->actor->address),
                 P_TEXT(user_agent), P_INTEGER(proof->at_ms)));
    *id = rows_text(rows, 0, "id");
    TRY(tx_query(tx, &SQL_ACCOUNT_TOUCH_LOGIN, NULL, P_TEXT(account_id)));
    return ERR_NONE;
}

enum err login_open(struct context *context, struct tx *tx, const char *account_id,
                    const char *user_agent, const struct login_proof *proof, const char **secret) {
    const char *id = NULL;
    return open_session(context, tx, account_id, user_agent, proof, &id, secret);
}

/* How the e-mail is looked up and counted: whatever was typed has a key. */
static const char *login_key(struct arena *arena, const char *typed) {
    struct field_errors ignored;
    struct email email;
    field_errors_init(&ignored, arena);
    return email_parse(&ignored, "/email", typed, &email) == ERR_NONE ? email.key
                                                                      : text_lower(arena, typed);
}

static enum err find_person(struct context *context, const char *key, struct account_row *out,
                            bool *known) {
    bool found = false;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_find_by_email(&once, &found, out, .email_key = key));
    *known = found && out->is_active;
    return ERR_NONE;
}

/* Both counts, or none. */
static enum err take_attempt(struct context *context, const char *key, const char *from) {
    TRY(attempt_take(context, ATTEMPT_LOGIN_FROM, from));
    const enum err taken = attempt_take(context, ATTEMPT_LOGIN, key);
    if (taken == ERR_RATE_LIMITED) {
        TRY(attempt_give_back(context, ATTEMPT_LOGIN_FROM, from));
    }
    return taken;
}

static enum err refuse(struct context *context) {
    log_warning(LOG_LOGIN_FAILED, LOG_TEXT("ip", context->actor->address));
    return context_fail(context, ERR_BAD_CREDENTIALS,
                        "Adresse e-mail ou mot de passe incorrect. Si vous venez de créer "
                        "votre compte, activez-le d’abord par le lien reçu par mail.");
}

/* Imported hashes and former parameters are replaced when the password is at hand. */
static enum err renew_hash(struct tx *tx, const struct account_row *account, const char *hash) {
    return hash == NULL ? ERR_NONE
                        : tx_query(tx, &SQL_ACCOUNT_REHASH_PASSWORD, NULL, P_TEXT(account->id),
                                   P_TEXT(account->password_hash.or_null), P_TEXT(hash));
}

static enum err enter(struct context *context, const struct account_row *account,
                      const char *password, const char *user_agent, struct login_session *out) {
    const struct login_proof proof = {.at_ms = clock_now_ms()};
    const char *id = NULL;
    const char *new_hash = NULL;
    if (password_needs_rehash(account->password_hash.or_null)) {
        TRY(password_hash(context->arena, password, &new_hash));
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(renew_hash(&tx, account, new_hash));
    TRY(open_session(context, &tx, account->id, user_agent, &proof, &id, &out->secret));
    TRY(read_document(context, &tx, id, csrf_derive(context->arena, out->secret), &out->document));
    TRY(audit_event_add_of(context, &tx, account->id,
                           &(struct audit_event){.action = "session.open",
                                                 .subject_type = "account",
                                                 .subject_id = account->id}));
    return tx_commit(&tx);
}

/* ERR_BAD_CREDENTIALS where it is not theirs, or nobody's. */
static enum err check_password(struct context *context, const char *key, const char *password,
                               struct account_row *account) {
    bool known = false;
    bool matches = false;
    TRY(find_person(context, key, account, &known));
    TRY(password_verify(account->password_hash.or_null, password, &matches));
    return known && matches ? ERR_NONE : ERR_BAD_CREDENTIALS;
}

enum err login_by_password(struct context *context, const char *email, const char *password,
                           const char *user_agent, struct login_session *out) {
    const char *key = login_key(context->arena, email);
    const char *from = attempt_login_from(context, key);
    struct account_row account = {0};
    TRY(take_attempt(context, key, from));
    const enum err checked = check_password(context, key, password, &account);
    if (checked == ERR_BAD_CREDENTIALS) {
        return refuse(context);
    }
    TRY(attempt_give_back(context, ATTEMPT_LOGIN, key));
    if (checked != ERR_NONE) { /* no guess was tried */
        TRY(attempt_give_back(context, ATTEMPT_LOGIN_FROM, from));
        return checked;
    }
    TRY(attempt_clear(context, ATTEMPT_LOGIN_FROM, from));
    return enter(context, &account, password, user_agent, out);
}

enum err login_document(struct context *context, const char **document) {
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ, &tx));
    return read_document(context, &tx, context->actor->session_id, context->actor->csrf_token,
                         document);
}

enum err login_close(struct context *context, const char **id_token) {
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_SESSION_DELETE, &rows, P_TEXT(context->actor->session_id)));
    *id_token = rows_text(rows, 0, "id_token");
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "session.close",
                                              .subject_type = "account",
                                              .subject_id = context->actor->account_id}));
    return tx_commit(&tx);
}

enum err login_second_factor(struct context *context, const char *code, struct login_session *out) {
    unsigned char hash[TOKEN_HASH_BYTES];
    const struct actor *actor = context->actor;
    if (!actor->second_factor_pending) {
        return context_fail(context, ERR_CONFLICT, "Aucun second facteur n’est attendu.");
    }
    TRY(second_factor_check(context, code));
    out->secret = random_token(context->arena);
    token_hash_bytes(out->secret, hash);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(tx_query(&tx, &SQL_SESSION_REPLACE_SECRET, NULL, P_TEXT(actor->session_id),
                 P_BYTES(hash, sizeof hash)));
    TRY(read_document(context, &tx, actor->session_id, csrf_derive(context->arena, out->secret),
                      &out->document));
    TRY(audit_event_add(context, &tx,
                        &(struct audit_event){.action = "session.second_factor",
                                              .subject_type = "account",
                                              .subject_id = actor->account_id}));
    return tx_commit(&tx);
}

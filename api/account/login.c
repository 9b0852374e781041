#include "account/login.h"
#include "account/device.h"
#include "account/second_factor.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "core/attempt.h"
#include "core/email.h"
#include "security/csrf.h"
#include "security/password.h"
#include "security/random.h"
#include "security/token_hash.h"
#include "sql/account.h"
#include "sql/organisation.h"

static enum err read_document(struct context *context, struct tx *tx, const char *session_id,
                              const char *csrf_token, const char **document) {
    bool found = false;
    TRY(sql_session_document(tx, &found, document, .session = session_id, .csrf_token = csrf_token,
                             .requires_factor = context->services->config->staff_second_factor));
    return found ? ERR_NONE : ERR_UNAUTHENTICATED;
}

static struct audit_event audit_of(const char *action, const char *account_id) {
    return (struct audit_event){.action = action,
                                .subject_type = "account",
                                .subject_id = account_id,
                                .account_id = account_id};
}

/* Told to anyone who proved that they are the person; before that, no answer says anything of an account. */
static enum err check_not_suspended(struct context *context, struct tx *tx,
                                    const char *account_id) {
    struct account_suspension suspension;
    TRY(sql_account_find_suspension(tx, &suspension, .account = account_id));
    if (!suspension.is_suspended) {
        return ERR_NONE;
    }
    const char *support = context->services->config->support_email;
    const char *until = suspension.until.or_null;
    return context_fail(
        context, ERR_ACCOUNT_SUSPENDED,
        until == NULL
            ? arena_printf(context->arena,
                           "Votre compte est suspendu. Pour en parler, écrivez à %s.", support)
            : arena_printf(context->arena,
                           "Votre compte est suspendu jusqu’au %s. Pour en parler, écrivez à %s.",
                           until, support));
}

enum err login_open_session(struct act *act, const char *account_id, const char *user_agent,
                            const struct login_proof *proof, const char **session_id,
                            const char **secret) {
    unsigned char hash[TOKEN_HASH_BYTES];
    const struct actor *actor = act->context->actor;
    *secret = random_token(act->context->arena);
    token_hash_bytes(*secret, hash);
    TRY(sql_session_create(&act->tx, session_id, .account = account_id,
                           .secret_hash = bytes_of(hash, sizeof hash), .former = actor->session_id,
                           .id_token = proof->id_token, .address = actor->address,
                           .user_agent = user_agent, .logged_in_at_ms = proof->at_ms));
    /* Behind it: a suspension meanwhile holds the account's row, and is seen once it is committed. */
    return check_not_suspended(act->context, &act->tx, account_id);
}

/* What a log-in by password is about. */
struct login {
    const char *key;     /* subject of ATTEMPT_LOGIN: of the e-mail, or of whatever was typed */
    const char *network; /* subject of ATTEMPT_LOGIN_NETWORK */
    const char *from;    /* subject of ATTEMPT_LOGIN_FROM */
    const char *device; /* subject of ATTEMPT_LOGIN_DEVICE; NULL: not known, and the others count */
    struct account_row account;
    bool is_active;     /* an active account has this address */
    const char **costs; /* of the hashes of all accounts */
    size_t costs_count;
    enum password_match match;
};

static void prepare(struct context *context, const char *typed, struct login *login) {
    struct field_errors ignored;
    struct email email;
    field_errors_init(&ignored, context->arena);
    const bool is_email = email_parse(&ignored, "/email", typed, &email) == ERR_NONE;
    *login = (struct login){.key = is_email ? email.key : text_lower(context->arena, typed)};
    login->network = attempt_network(context);
    login->from = attempt_login_from(context, login->key);
}

static enum err take_counts(struct context *context, struct tx *tx, const struct login *login) {
    if (login->device != NULL) {
        return attempt_take_in(context, tx, ATTEMPT_LOGIN_DEVICE, login->device);
    }
    TRY(attempt_take_in(context, tx, ATTEMPT_LOGIN_NETWORK, login->network));
    TRY(attempt_take_in(context, tx, ATTEMPT_LOGIN_FROM, login->from));
    return attempt_take_in(context, tx, ATTEMPT_LOGIN, login->key);
}

/* Counts the attempt before the password is verified, so that many at once get no more attempts than the
 * limit. Either all counts or none: the transaction is rolled back where one of them is refused. */
static enum err take_attempt(struct context *context, const char *device_cookie,
                             struct login *login) {
    bool found = false;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_account_find_by_email(&tx, &found, &login->account, .email_key = login->key));
    login->is_active = found && login->account.is_active;
    TRY(sql_account_list_password_costs(&tx, &login->costs, &login->costs_count));
    if (login->is_active) {
        TRY(device_find(context, &tx, device_cookie, login->account.id, &login->device));
    }
    TRY(take_counts(context, &tx, login));
    return tx_commit(&tx);
}

/* For an attempt that failed for another reason than its password. */
static enum err give_attempt_back(struct context *context, const struct login *login) {
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    if (login->device != NULL) {
        TRY(attempt_give_back(context, &tx, ATTEMPT_LOGIN_DEVICE, login->device));
    } else {
        TRY(attempt_give_back(context, &tx, ATTEMPT_LOGIN_NETWORK, login->network));
        TRY(attempt_give_back(context, &tx, ATTEMPT_LOGIN_FROM, login->from));
        TRY(attempt_give_back(context, &tx, ATTEMPT_LOGIN, login->key));
    }
    return tx_commit(&tx);
}

/* A log-in proves who the person is: their wrong passwords from this device or network are forgotten. */
static enum err settle_attempt(struct act *act, const struct login *login) {
    struct context *context = act->context;
    if (login->device != NULL) {
        return attempt_clear(context, &act->tx, ATTEMPT_LOGIN_DEVICE, login->device);
    }
    TRY(attempt_give_back(context, &act->tx, ATTEMPT_LOGIN_NETWORK, login->network));
    TRY(attempt_clear(context, &act->tx, ATTEMPT_LOGIN_FROM, login->from));
    return attempt_give_back(context, &act->tx, ATTEMPT_LOGIN, login->key);
}

static enum err refuse(struct context *context) {
    log_warning(LOG_LOGIN_FAILED,
                LOG_TEXT("ip", context->actor->address == NULL ? "" : context->actor->address));
    return context_fail(context, ERR_BAD_CREDENTIALS,
                        "Adresse e-mail ou mot de passe incorrect. Si vous venez de créer "
                        "votre compte, activez-le d’abord par le lien reçu par mail.");
}

/* ERR_BAD_CREDENTIALS, after the same time, where the password is wrong or nobody has the address. */
static enum err check_password(struct login *login, const char *password) {
    const struct password_costs costs = {
        .items = login->costs, .count = login->costs_count, .goes_first = login->device != NULL};
    TRY(password_verify(login->account.password_hash.or_null, &costs, password, &login->match));
    return login->is_active && login->match != PASSWORD_WRONG ? ERR_NONE : ERR_BAD_CREDENTIALS;
}

/* A hash that was imported, made under former parameters or of decomposed accents is replaced while the password is at hand. */
static enum err renew_hash(struct act *act, const struct account_row *account, const char *hash) {
    return hash == NULL ? ERR_NONE
                        : sql_account_rehash_password(&act->tx, .account = account->id,
                                                      .former_hash = account->password_hash.or_null,
                                                      .hash = hash);
}

static enum err enter(struct context *context, const struct login *login, const char *password,
                      const struct login_browser *browser, struct login_cookies *cookies) {
    const struct account_row *account = &login->account;
    const struct login_proof proof = {.at_ms = clock_now_ms()};
    struct act_answer answer = {.status = 201};
    const char *session_id = NULL;
    const char *new_hash = NULL;
    if (login->match == PASSWORD_MATCHES_RAW ||
        password_needs_rehash(account->password_hash.or_null)) {
        TRY(password_hash(context->arena, password, &new_hash));
    }
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(renew_hash(&act, account, new_hash));
    TRY(login_open_session(&act, account->id, browser->user_agent, &proof, &session_id,
                           &cookies->secret));
    TRY(settle_attempt(&act, login));
    TRY(device_renew(context, &act.tx, browser->device, account->id, false, &cookies->device));
    TRY(read_document(context, &act.tx, session_id, csrf_derive(context->arena, cookies->secret),
                      &answer.json));
    return act_commit(&act, &(struct act_outcome){.audit = audit_of("session.open", account->id),
                                                  .answer = answer});
}

enum err login_by_password(struct context *context, const char *email, const char *password,
                           const struct login_browser *browser, struct login_cookies *cookies) {
    struct login login;
    prepare(context, email, &login);
    TRY(take_attempt(context, browser->device, &login));
    enum err outcome = check_password(&login, password);
    if (outcome == ERR_BAD_CREDENTIALS) {
        return refuse(context);
    }
    if (outcome == ERR_NONE) {
        outcome = enter(context, &login, password, browser, cookies);
    }
    if (outcome != ERR_NONE) {
        /* Where this fails too, the attempt stays counted: the limit errs on the safe side. */
        (void)!give_attempt_back(context, &login);
    }
    return outcome;
}

static enum err show_factor(struct context *context, const char *code,
                            const struct login_browser *browser, struct login_cookies *cookies) {
    unsigned char hash[TOKEN_HASH_BYTES];
    const struct actor *actor = context->actor;
    struct act_answer answer = {.status = 200};
    cookies->secret = random_token(context->arena);
    token_hash_bytes(cookies->secret, hash);
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(second_factor_check(&act, code));
    TRY(second_factor_keep(&act));
    TRY(device_renew(context, &act.tx, browser->device, actor->account_id, true, &cookies->device));
    TRY(sql_session_replace_secret(&act.tx, .session = actor->session_id,
                                   .secret_hash = bytes_of(hash, sizeof hash)));
    TRY(read_document(context, &act.tx, actor->session_id,
                      csrf_derive(context->arena, cookies->secret), &answer.json));
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("session.second_factor", actor->account_id),
                                    .answer = answer});
}

/* Whose attempts are counted: those of a device that is known, or of the account. */
static enum err find_subject(struct context *context, const char *cookie, const char **subject) {
    const char *account_id = context->actor->account_id;
    const char *device = NULL;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(device_find(context, &once, cookie, account_id, &device));
    *subject = device != NULL ? device : account_id;
    return ERR_NONE;
}

enum err login_by_second_factor(struct context *context, const char *code,
                                const struct login_browser *browser,
                                struct login_cookies *cookies) {
    const char *subject = NULL;
    if (!context->actor->second_factor_pending) {
        return context_fail(context, ERR_CONFLICT, "Aucun second facteur n’est attendu.");
    }
    TRY(find_subject(context, browser->device, &subject));
    TRY(second_factor_take_attempt(context, subject));
    return second_factor_settle_attempt(context, subject,
                                        show_factor(context, code, browser, cookies));
}

enum err login_read_session(struct context *context, const char **document) {
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    return read_document(context, &once, context->actor->session_id, context->actor->csrf_token,
                         document);
}

enum err login_close(struct context *context, const char **id_token) {
    struct session_ended ended;
    bool found = false;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_session_delete(&act.tx, &found, &ended, .session = context->actor->session_id));
    *id_token = ended.id_token.or_null;
    return act_commit(
        &act, &(struct act_outcome){.audit = audit_of("session.close", context->actor->account_id),
                                    .answer = {.status = 204}});
}

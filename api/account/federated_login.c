#include "account/federated_login.h"
#include "account/account_mail.h"
#include "account/device.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/act.h"
#include "core/email.h"
#include "core/ports.h"
#include "core/siret.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "security/seal.h"
#include "security/token_hash.h"
#include "sql/account.h"
#include "sql/organisation.h"
#include <string.h>

static const char SEAL_CONTEXT[] = "federated_login";
enum { NAME_CHARACTERS_MAX = 255 };

enum err federated_login_start(struct context *context, const char *next, bool again,
                               struct federated_start *out) {
    const struct ports *ports = context->services->ports;
    struct oidc_login login;
    if (ports->oidc_start == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(ports->oidc_start(ports->oidc_state, context->arena, again, &login));
    struct value *state = value_object(context->arena);
    value_set_text(context->arena, state, "state", login.state);
    value_set_text(context->arena, state, "nonce", login.nonce);
    value_set_text(context->arena, state, "code_verifier", login.code_verifier);
    value_set(state, "asked_at_s", value_integer(context->arena, login.asked_at_s));
    value_set_text(context->arena, state, "next", next);
    value_set(
        state, "until_ms",
        value_integer(context->arena, clock_now_ms() + (int64_t)FEDERATED_LOGIN_LIVES_S * 1000));
    const char *text = json_text(context->arena, state);
    out->url = login.url;
    out->state =
        seal_close(context->arena, context->services->master_key, SEAL_CONTEXT, text, strlen(text));
    return ERR_NONE;
}

/* Opens the state that the browser kept. ERR_BAD_CREDENTIALS unless this program sealed it, it is fresh and it
 * belongs to the same log-in as the answer. */
static enum err open_state(struct context *context, const char *sealed_state,
                           const struct federated_answer *answer, struct oidc_login *login,
                           const char **next) {
    unsigned char *text = NULL;
    size_t length = 0;
    struct value *state = NULL;
    if (sealed_state == NULL || answer->state == NULL ||
        seal_open(context->arena, context->services->master_key, SEAL_CONTEXT, sealed_state, &text,
                  &length) != ERR_NONE ||
        json_parse(context->arena, (const char *)text, length, &state, NULL) != ERR_NONE) {
        return ERR_BAD_CREDENTIALS;
    }
    *login = (struct oidc_login){.asked_at_s = value_get_integer(state, "asked_at_s", 0),
                                 .state = value_get_text(state, "state"),
                                 .nonce = value_get_text(state, "nonce"),
                                 .code_verifier = value_get_text(state, "code_verifier")};
    *next = value_get_text(state, "next");
    const bool is_fresh = value_get_integer(state, "until_ms", 0) > clock_now_ms();
    return is_fresh && login->state != NULL && token_hash_equal(login->state, answer->state)
               ? ERR_NONE
               : ERR_BAD_CREDENTIALS;
}

static enum err ask_provider(struct context *context, const char *sealed_state,
                             const struct federated_answer *answer, struct oidc_identity *identity,
                             const char **next) {
    const struct ports *ports = context->services->ports;
    struct oidc_login login;
    if (ports->oidc_finish == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(open_state(context, sealed_state, answer, &login, next));
    if (answer->error != NULL || answer->code == NULL) {
        return ERR_BAD_CREDENTIALS;
    }
    return ports->oidc_finish(ports->oidc_state, context->arena, &login, answer->code, identity);
}

/* The name of a claim where it is one that a form would take, else `fallback`. */
static const char *fit_name(struct arena *arena, const char *name, const char *fallback) {
    const bool fits = name != NULL && *name != '\0' && !utf8_has_control(name) &&
                      strpbrk(name, "\r\n\t") == NULL && utf8_length(name) <= NAME_CHARACTERS_MAX;
    return fits ? unicode_visible(arena, name) : fallback;
}

/* Creates the account of an address, or finds it and tells its owner who logs in to it from now on. What waits for
 * its activation there ends: a sign-up with the address proved nothing. */
static enum err create_or_find(struct act *act, const struct oidc_identity *identity,
                               const struct email *email, const char **id) {
    struct tx *tx = &act->tx;
    struct account_row account;
    bool created = false;
    bool found = false;
    TRY(sql_account_create_active(
        tx, &created, id, .id = NULL, .email = email->address, .email_key = email->key,
        .given_name = fit_name(act->context->arena, identity->given_name, email->local),
        .family_name = fit_name(act->context->arena, identity->usual_name, email->domain),
        .job_title = NULL, .phone = NULL, .password_hash = NULL));
    if (created) {
        return ERR_NONE;
    }
    TRY(sql_account_find_by_email(tx, &found, &account, .email_key = email->key));
    if (!found) {
        return ERR_UNAVAILABLE; /* deleted in between: the next attempt succeeds */
    }
    *id = account.id;
    struct value *data = account_mail_greeting(act->context->arena, &account);
    value_set_text(act->context->arena, data, "issuer", identity->issuer);
    act_mail(act, "identity_joined", account.email, account.id, data);
    return ERR_NONE;
}

/* The account of a person whose (issuer, subject) is not known yet. */
static enum err add_identity(struct act *act, const struct oidc_identity *identity,
                             const char **id) {
    struct field_errors ignored;
    struct email email;
    field_errors_init(&ignored, act->context->arena);
    if (!identity->email_verified || identity->email == NULL ||
        email_parse(&ignored, "email", identity->email, &email) != ERR_NONE) {
        return ERR_FORBIDDEN;
    }
    TRY(create_or_find(act, identity, &email, id));
    return sql_identity_add(&act->tx, .issuer = identity->issuer, .subject = identity->subject,
                            .account = *id);
}

static enum err find_account(struct act *act, const struct oidc_identity *identity,
                             const char **id) {
    bool found = false;
    TRY(sql_identity_touch(&act->tx, &found, id, .issuer = identity->issuer,
                           .subject = identity->subject));
    return found ? ERR_NONE : add_identity(act, identity, id);
}

/* Attaches the person to the organisation of the claim, by the three cases of membership_decide, unless they
 * have a membership there, whatever its state. */
static enum err attach(struct act *act, const char *account_id, const char *siret,
                       const struct directory_answer *establishment) {
    struct account_row account;
    struct membership_result result;
    bool found = false;
    const char *state = NULL;
    TRY(sql_membership_find_own(&act->tx, &found, &state, .account = account_id, .siret = siret));
    if (found) {
        return ERR_NONE;
    }
    TRY(directory_keep(&act->tx, siret, establishment));
    TRY(sql_account_find(&act->tx, &account, .account = account_id));
    return membership_attach(act, &account, siret, &result);
}

/* The SIRET of the claim, unless the directory says that it does not exist; "" without. */
static enum err read_siret(struct context *context, const struct oidc_identity *identity,
                           char siret[SIRET_TEXT_BYTES], struct directory_answer *establishment) {
    struct field_errors ignored;
    field_errors_init(&ignored, context->arena);
    siret[0] = '\0';
    if (identity->siret == NULL ||
        siret_parse(&ignored, "siret", identity->siret, siret) != ERR_NONE) {
        siret[0] = '\0';
        return ERR_NONE;
    }
    const enum err found = directory_find(context, siret, &establishment->establishment);
    establishment->is_known = found == ERR_NONE;
    if (found == ERR_NOT_FOUND) {
        siret[0] = '\0';
    }
    return found == ERR_NOT_FOUND || found == ERR_UNAVAILABLE ? ERR_NONE : found;
}

/* Where the provider does not say when it authenticated the person, that does not count as recent. */
static int64_t proved_at_ms(const struct oidc_identity *identity) {
    return identity->authenticated_at_s < 0 ? clock_now_ms() - RECENT_LOGIN_MS
                                            : identity->authenticated_at_s * 1000;
}

static enum err enter(struct context *context, const struct oidc_identity *identity,
                      const struct login_browser *browser, struct login_cookies *cookies) {
    char siret[SIRET_TEXT_BYTES];
    struct directory_answer establishment = {0};
    const struct login_proof proof = {.at_ms = proved_at_ms(identity),
                                      .id_token = identity->id_token};
    const char *id = NULL;
    const char *session_id = NULL;
    TRY(read_siret(context, identity, siret, &establishment));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(find_account(&act, identity, &id));
    if (*siret != '\0') {
        TRY(attach(&act, id, siret, &establishment));
    }
    TRY(login_open_session(&act, id, browser->user_agent, &proof, &session_id, &cookies->secret));
    TRY(device_renew(context, &act.tx, browser->device, id, false, &cookies->device));
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "session.open_by_provider",
                                                            .subject_type = "account",
                                                            .subject_id = id,
                                                            .account_id = id}});
}

enum err federated_login_finish(struct context *context, const char *sealed_state,
                                const struct federated_answer *answer,
                                const struct login_browser *browser,
                                struct federated_session *out) {
    struct oidc_identity identity = {0};
    TRY(ask_provider(context, sealed_state, answer, &identity, &out->next));
    return enter(context, &identity, browser, &out->cookies);
}

const char *federated_login_logout_url(const struct context *context, const char *id_token) {
    const struct ports *ports = context->services->ports;
    if (id_token == NULL || ports->oidc_logout_url == NULL) {
        return NULL;
    }
    const char *home = arena_printf(context->arena, "%s/", context->services->config->public_url);
    return ports->oidc_logout_url(ports->oidc_state, context->arena, id_token, home);
}

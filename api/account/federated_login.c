#include "account/federated_login.h"
#include "account/login.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "core/audit_event.h"
#include "core/email.h"
#include "core/ports.h"
#include "core/siret.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "security/seal.h"
#include "security/token_hash.h"
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
    struct value *kept = value_object(context->arena);
    value_set_text(context->arena, kept, "state", login.state);
    value_set_text(context->arena, kept, "nonce", login.nonce);
    value_set_text(context->arena, kept, "code_verifier", login.code_verifier);
    value_set(context->arena, kept, "asked_at_s", value_integer(context->arena, login.asked_at_s));
    value_set_text(context->arena, kept, "next", next);
    value_set(context->arena, kept, "until_ms",
              value_integer(context->arena, clock_now_ms() + FEDERATED_LOGIN_LIVES_S * 1000));
    const char *text = json_text(context->arena, kept);
    out->url = login.url;
    out->state =
        seal_close(context->arena, context->services->master_key, SEAL_CONTEXT, text, strlen(text));
    return ERR_NONE;
}

/* What the browser kept, where it is ours, young enough and of this very log-in. */
static enum err open_kept(struct context *context, const char *kept,
                          const struct federated_answer *answer, struct oidc_login *login,
                          const char **next) {
    unsigned char *text = NULL;
    size_t length = 0;
    struct value *value = NULL;
    if (kept == NULL || answer->state == NULL ||
        seal_open(context->arena, context->services->master_key, SEAL_CONTEXT, kept, &text,
                  &length) != ERR_NONE ||
        json_parse(context->arena, (const char *)text, length, &value, NULL) != ERR_NONE) {
        return ERR_BAD_CREDENTIALS;
    }
    *login = (struct oidc_login){.asked_at_s = value_get_integer(value, "asked_at_s", 0),
                                 .state = value_get_text(value, "state"),
                                 .nonce = value_get_text(value, "nonce"),
                                 .code_verifier = value_get_text(value, "code_verifier")};
    *next = value_get_text(value, "next");
    const bool young = value_get_integer(value, "until_ms", 0) > clock_now_ms();
    return young && login->state != NULL && token_hash_equal(login->state, answer->state)
               ? ERR_NONE
               : ERR_BAD_CREDENTIALS;
}

static enum err ask_provider(struct context *context, const char *kept,
                             const struct federated_answer *answer, struct oidc_identity *identity,
                             const char **next) {
    const struct ports *ports = context->services->ports;
    struct oidc_login login;
    if (ports->oidc_finish == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(open_kept(context, kept, answer, &login, next));
    if (answer->error != NULL || answer->code == NULL) {
        return ERR_BAD_CREDENTIALS;
    }
    return ports->oidc_finish(ports->oidc_state, context->arena, &login, answer->code, identity);
}

static const char *fit_name(const char *name, const char *otherwise) {
    const bool fits = name != NULL && *name != '\0' && !utf8_has_control(name) &&
                      strpbrk(name, "\r\n\t") == NULL && utf8_length(name) <= NAME_CHARACTERS_MAX;
    return fits ? name : otherwise;
}

/* A new account, or the one that waits for its activation: whoever asked for that one has not proved
 * anything, so its data and its password are replaced. */
static enum err create_account(struct tx *tx, const struct oidc_identity *identity,
                               const struct email *email, const char **id) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_ACCOUNT_CREATE_ACTIVE, &rows, P_TEXT(email->address), P_TEXT(email->key),
                 P_TEXT(fit_name(identity->given_name, email->local)),
                 P_TEXT(fit_name(identity->usual_name, email->domain)), P_NULL));
    if (rows->count == 0) {
        return ERR_CONFLICT;
    }
    *id = rows_text(rows, 0, "id");
    return tx_query(tx, &SQL_MEMBERSHIP_DROP_PENDING, NULL, P_TEXT(*id));
}

/* The account of a person whom we do not know yet by (issuer, subject). */
static enum err meet(struct context *context, struct tx *tx, const struct oidc_identity *identity,
                     const char **id) {
    struct field_errors ignored;
    struct email email;
    struct account_row account;
    field_errors_init(&ignored, context->arena);
    if (!identity->email_verified || identity->email == NULL ||
        email_parse(&ignored, "email", identity->email, &email) != ERR_NONE) {
        return ERR_FORBIDDEN;
    }
    const enum err created = create_account(tx, identity, &email, id);
    if (created == ERR_CONFLICT) {
        bool found = false;
        TRY(sql_account_find_by_email(tx, &found, &account, .email_key = email.key));
        if (!found) {
            return ERR_NOT_FOUND; /* deleted meanwhile */
        }
        *id = account.id;
    } else if (created != ERR_NONE) {
        return created;
    }
    return tx_query(tx, &SQL_IDENTITY_ADD, NULL, P_TEXT(identity->issuer),
                    P_TEXT(identity->subject), P_TEXT(*id));
}

static enum err find_account(struct context *context, struct tx *tx,
                             const struct oidc_identity *identity, const char **id) {
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_IDENTITY_FIND, &rows, P_TEXT(identity->issuer),
                 P_TEXT(identity->subject)));
    if (rows->count == 0) {
        return meet(context, tx, identity, id);
    }
    *id = rows_text(rows, 0, "account_id");
    return tx_query(tx, &SQL_IDENTITY_TOUCH, NULL, P_TEXT(identity->issuer),
                    P_TEXT(identity->subject));
}

/* The organisation of the claim, by the three cases, unless the person has a membership there of
 * whatever state. */
static enum err attach(struct context *context, struct tx *tx, const char *account_id,
                       const char *siret, const struct directory_answer *answer) {
    struct account_row account;
    struct membership_result result;
    struct rows *rows = NULL;
    TRY(tx_query(tx, &SQL_MEMBERSHIP_FIND_OWN, &rows, P_TEXT(account_id), P_TEXT(siret)));
    if (rows->count > 0) {
        return ERR_NONE;
    }
    TRY(directory_keep(tx, siret, answer));
    TRY(sql_account_find(tx, &account, .account = account_id));
    return membership_attach(context, tx, &account, siret, &result);
}

/* The claim's SIRET where the directory does not deny it; "" otherwise. */
static enum err read_siret(struct context *context, const struct oidc_identity *identity,
                           char siret[SIRET_TEXT_BYTES], struct directory_answer *answer) {
    struct field_errors ignored;
    field_errors_init(&ignored, context->arena);
    siret[0] = '\0';
    if (identity->siret == NULL ||
        siret_parse(&ignored, "siret", identity->siret, siret) != ERR_NONE) {
        siret[0] = '\0';
        return ERR_NONE;
    }
    const enum err found = directory_find(context, siret, &answer->establishment);
    answer->is_known = found == ERR_NONE;
    if (found == ERR_NOT_FOUND) {
        siret[0] = '\0';
    }
    return found == ERR_NOT_FOUND || found == ERR_UNAVAILABLE ? ERR_NONE : found;
}

/* A provider that does not tell when it asked the person may have done so long ago. */
static int64_t proved_at_ms(const struct oidc_identity *identity) {
    return identity->authenticated_at_s < 0 ? clock_now_ms() - RECENT_LOGIN_MS
                                            : identity->authenticated_at_s * 1000;
}

static enum err enter(struct context *context, const struct oidc_identity *identity,
                      const char *user_agent, const char **secret) {
    char siret[SIRET_TEXT_BYTES];
    struct directory_answer answer = {0};
    const char *id = NULL;
    TRY(read_siret(context, identity, siret, &answer));
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(find_account(context, &tx, identity, &id));
    if (*siret != '\0') {
        TRY(attach(context, &tx, id, siret, &answer));
    }
    const struct login_proof proof = {.at_ms = proved_at_ms(identity),
                                      .id_token = identity->id_token};
    TRY(login_open(context, &tx, id, user_agent, &proof, secret));
    TRY(audit_event_add_of(context, &tx, id,
                           &(struct audit_event){.action = "session.open_by_provider",
                                                 .subject_type = "account",
                                                 .subject_id = id}));
    return tx_commit(&tx);
}

enum err federated_login_finish(struct context *context, const char *kept,
                                const struct federated_answer *answer, const char *user_agent,
                                struct federated_session *out) {
    struct oidc_identity identity = {0};
    TRY(ask_provider(context, kept, answer, &identity, &out->next));
    return enter(context, &identity, user_agent, &out->secret);
}

const char *federated_login_logout_url(const struct context *context, const char *id_token) {
    const struct ports *ports = context->services->ports;
    if (id_token == NULL || ports->oidc_logout_url == NULL) {
        return NULL;
    }
    const char *home = arena_printf(context->arena, "%s/", context->services->config->public_url);
    return ports->oidc_logout_url(ports->oidc_state, context->arena, id_token, home);
}

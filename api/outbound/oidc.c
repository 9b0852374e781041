#include "outbound/oidc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "outbound/oidc_provider.h"
#include "security/base64url.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CLOCK_SKEW_S = 60,
    SUBJECT_BYTES_MAX = 255,
    FORM_BYTES_MAX = 16 * 1024,
    CODE_BYTES_MAX = 4096
};

struct oidc {
    const struct config *config;
    struct oidc_provider *provider;
};

struct grant {
    const char *id_token;
    const char *access_token;
};

/* https, or http on this very machine. */
static bool is_fit_issuer(const char *issuer) {
    static const char *const local[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        const size_t length = strlen(local[i]);
        if (text_starts_with(issuer, local[i]) && strchr(":/", issuer[length]) != NULL) {
            return true;
        }
    }
    return text_starts_with(issuer, "https://");
}

enum err oidc_new(const struct config *config, struct field_errors *errors, struct oidc **out) {
    *out = NULL;
    if (*config->oidc_issuer == '\0') {
        return ERR_NONE;
    }
    if (!is_fit_issuer(config->oidc_issuer)) {
        field_errors_add(errors, "GUICHET_OIDC_ISSUER", "invalid_format",
                         "GUICHET_OIDC_ISSUER: https:// is expected");
    }
    if (*config->oidc_client_id == '\0') {
        field_errors_add(errors, "GUICHET_OIDC_CLIENT_ID", "required",
                         "GUICHET_OIDC_CLIENT_ID is needed with GUICHET_OIDC_ISSUER");
    }
    if (errors->count > 0) {
        return ERR_INVALID;
    }
    struct oidc *oidc = calloc(1, sizeof *oidc);
    if (oidc == NULL) {
        return err_internal("no memory");
    }
    oidc->config = config;
    oidc->provider = oidc_provider_new(config);
    *out = oidc;
    return ERR_NONE;
}

void oidc_free(struct oidc *oidc) {
    if (oidc != NULL) {
        oidc_provider_free(oidc->provider);
        free(oidc);
    }
}

static const char *redirect_uri(const struct oidc *oidc, struct arena *arena) {
    return arena_printf(arena, "%s/v1/login/oidc/callback", oidc->config->public_url);
}

static void append_field(struct buf *buf, struct arena *arena, const char *name, const char *text) {
    buf_printf(buf, "%s%s=%s", buf->length == 0 ? "" : "&", name, text_percent_encode(arena, text));
}

/* Address with a query behind it, whether or not it has one already. */
static const char *with_query(struct arena *arena, const char *url, const struct buf *query) {
    return arena_printf(arena, "%s%s%s", url, strchr(url, '?') == NULL ? "?" : "&",
                        buf_text(query));
}

/* The scopes that we need, as far as the provider offers them. */
static const char *choose_scopes(struct arena *arena, const struct value *discovery) {
    static const char *const wanted[] = {"email", "profile", "given_name", "usual_name", "siret"};
    const struct value *supported = value_get(discovery, "scopes_supported");
    const char *scopes = "openid";
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (supported == NULL ? i < 2 : value_has_text(supported, wanted[i])) {
            scopes = arena_printf(arena, "%s %s", scopes, wanted[i]);
        }
    }
    return scopes;
}

/* Asks when the person last proved who they are (OpenID Connect Core, sections 3.1.2.1 and 5.5.1), and
 * to have it proved now where `again`. */
static void append_freshness(struct buf *query, struct arena *arena, const struct value *discovery,
                             bool again) {
    if (value_get_boolean(discovery, "claims_parameter_supported", false)) {
        append_field(query, arena, "claims", "{\"id_token\":{\"auth_time\":{\"essential\":true}}}");
    }
    if (again) {
        append_field(query, arena, "prompt", "login");
        append_field(query, arena, "max_age", "0");
    }
}

enum err oidc_start(void *state, struct arena *arena, bool again, struct oidc_login *out) {
    const struct oidc *oidc = state;
    const struct value *discovery = NULL;
    TRY(oidc_provider_describe(oidc->provider, arena, &discovery));
    const char *endpoint = value_get_text(discovery, "authorization_endpoint");
    TRY(oidc_provider_reach(oidc->provider, arena, endpoint));
    out->asked_at_s = again ? clock_now_ms() / 1000 : 0;
    out->state = random_token(arena);
    out->nonce = random_token(arena);
    out->code_verifier = random_token(arena);
    unsigned char challenge[TOKEN_HASH_BYTES];
    token_hash_bytes(out->code_verifier, challenge);
    struct buf query;
    buf_init(&query, arena, FORM_BYTES_MAX);
    append_field(&query, arena, "response_type", "code");
    append_field(&query, arena, "client_id", oidc->config->oidc_client_id);
    append_field(&query, arena, "redirect_uri", redirect_uri(oidc, arena));
    append_field(&query, arena, "scope", choose_scopes(arena, discovery));
    append_field(&query, arena, "state", out->state);
    append_field(&query, arena, "nonce", out->nonce);
    append_field(&query, arena, "code_challenge",
                 base64url_encode(arena, challenge, sizeof challenge));
    append_field(&query, arena, "code_challenge_method", "S256");
    append_freshness(&query, arena, discovery, again);
    out->url = with_query(arena, endpoint, &query);
    return ERR_NONE;
}

/* RFC 6749 section 2.3.1: by header unless the provider takes the secret in the form only. */
static bool secret_goes_in_form(const struct value *discovery) {
    const struct value *methods = value_get(discovery, "token_endpoint_auth_methods_supported");
    return methods != NULL && !value_has_text(methods, "client_secret_basic") &&
           value_has_text(methods, "client_secret_post");
}

static const char *basic_credentials(struct arena *arena, const struct config *config) {
    const char *pair =
        arena_printf(arena, "%s:%s", text_percent_encode(arena, config->oidc_client_id),
                     text_percent_encode(arena, config->oidc_client_secret));
    return arena_printf(arena, "Basic %s", base64_encode(arena, pair, strlen(pair)));
}

static enum err read_grant(struct arena *arena, const struct http_response *response,
                           struct grant *out) {
    struct value *answer = NULL;
    if (response->status != 200) {
        return oidc_refuse("the provider refuses the code");
    }
    if (json_parse(arena, response->body, response->body_bytes, &answer, NULL) != ERR_NONE) {
        return oidc_refuse("the token answer is no JSON");
    }
    const char *type = value_get_text(answer, "token_type");
    out->id_token = value_get_text(answer, "id_token");
    out->access_token = value_get_text(answer, "access_token");
    if (out->id_token == NULL || out->access_token == NULL || type == NULL ||
        strcasecmp(type, "Bearer") != 0) {
        return oidc_refuse("the token answer misses a token");
    }
    return ERR_NONE;
}

static enum err exchange_code(const struct oidc *oidc, struct arena *arena,
                              const struct value *discovery, const struct oidc_login *login,
                              const char *code, struct grant *out) {
    const struct config *config = oidc->config;
    const bool has_secret = *config->oidc_client_secret != '\0';
    const bool in_form = secret_goes_in_form(discovery);
    struct buf form;
    buf_init(&form, arena, FORM_BYTES_MAX);
    append_field(&form, arena, "grant_type", "authorization_code");
    append_field(&form, arena, "code", code);
    append_field(&form, arena, "redirect_uri", redirect_uri(oidc, arena));
    append_field(&form, arena, "code_verifier", login->code_verifier);
    if (!has_secret || in_form) {
        append_field(&form, arena, "client_id", config->oidc_client_id);
    }
    if (has_secret && in_form) {
        append_field(&form, arena, "client_secret", config->oidc_client_secret);
    }
    const struct http_header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "application/json"},
        {"Authorization", basic_credentials(arena, config)},
    };
    const struct http_request request = {
        .method = "POST",
        .url = value_get_text(discovery, "token_endpoint"),
        .headers = headers,
        .headers_count = has_secret && !in_form ? 3 : 2,
        .body = buf_text(&form),
        .body_bytes = form.length,
    };
    struct http_response response = {0};
    TRY(oidc_provider_call(oidc->provider, arena, &request, &response));
    return read_grant(arena, &response, out);
}

/* OpenID Connect Core section 3.1.3.7, points 3 to 5. */
static bool is_for_us(const struct value *claims, const char *client_id) {
    const struct value *audience = value_get(claims, "aud");
    const struct value *party = value_get(claims, "azp");
    const bool named = value_is(audience, VALUE_STRING)
                           ? strcmp(value_text_of(audience), client_id) == 0
                           : value_has_text(audience, client_id);
    const bool party_fits = party == NULL ? value_count(audience) <= 1
                                          : value_is(party, VALUE_STRING) &&
                                                strcmp(value_text_of(party), client_id) == 0;
    return named && party_fits;
}

static bool text_is(const struct value *claims, const char *name, const char *expected) {
    const char *text = value_get_text(claims, name);
    return text != NULL && token_hash_equal(text, expected);
}

static enum err check_id_token(const struct oidc *oidc, const struct value *claims,
                               const char *nonce) {
    const int64_t now_s = clock_now_ms() / 1000;
    const int64_t expires_s = value_get_integer(claims, "exp", -1);
    const int64_t issued_s = value_get_integer(claims, "iat", -1);
    const char *subject = value_get_text(claims, "sub");
    if (!text_is(claims, "iss", oidc->config->oidc_issuer)) {
        return oidc_refuse("the ID token has another issuer");
    }
    if (!is_for_us(claims, oidc->config->oidc_client_id)) {
        return oidc_refuse("the ID token is meant for another client");
    }
    if (expires_s + CLOCK_SKEW_S <= now_s || issued_s < 0 || issued_s > now_s + CLOCK_SKEW_S) {
        return oidc_refuse("the ID token has expired or comes from the future");
    }
    if (!text_is(claims, "nonce", nonce)) {
        return oidc_refuse("the ID token answers another log-in");
    }
    if (subject == NULL || *subject == '\0' || strlen(subject) > SUBJECT_BYTES_MAX) {
        return oidc_refuse("the ID token names nobody");
    }
    return ERR_NONE;
}

static enum err check_auth_time(const struct value *claims, int64_t asked_at_s) {
    const int64_t authenticated_s = value_get_integer(claims, "auth_time", -1);
    if (authenticated_s > clock_now_ms() / 1000 + CLOCK_SKEW_S) {
        return oidc_refuse("the person will prove who they are in the future");
    }
    if (asked_at_s > 0 && authenticated_s < asked_at_s - CLOCK_SKEW_S) {
        (void)oidc_refuse("the provider did not ask the person again");
        return ERR_RECENT_LOGIN_REQUIRED;
    }
    return ERR_NONE;
}

static enum err read_userinfo(const struct oidc *oidc, struct arena *arena,
                              const struct http_response *response, const struct value **claims) {
    const char *type = http_response_find(response, "Content-Type");
    if (response->status != 200 || type == NULL) {
        return oidc_refuse("the provider does not tell about the person");
    }
    if (strncasecmp(type, "application/jwt", strlen("application/jwt")) != 0) {
        struct value *tree = NULL;
        if (json_parse(arena, response->body, response->body_bytes, &tree, NULL) != ERR_NONE) {
            return oidc_refuse("userinfo is no JSON");
        }
        *claims = tree;
        return ERR_NONE;
    }
    TRY(oidc_provider_verify(oidc->provider, arena, response->body, claims));
    if (value_get(*claims, "iss") != NULL && !text_is(*claims, "iss", oidc->config->oidc_issuer)) {
        return oidc_refuse("userinfo has another issuer");
    }
    if (value_get(*claims, "aud") != NULL && !is_for_us(*claims, oidc->config->oidc_client_id)) {
        return oidc_refuse("userinfo is meant for another client");
    }
    return ERR_NONE;
}

static enum err fetch_userinfo(const struct oidc *oidc, struct arena *arena,
                               const struct value *discovery, const char *access_token,
                               const char *subject, const struct value **claims) {
    const char *url = value_get_text(discovery, "userinfo_endpoint");
    if (url == NULL) {
        *claims = NULL; /* the ID token has every claim */
        return ERR_NONE;
    }
    const struct http_header headers[] = {
        {"Authorization", arena_printf(arena, "Bearer %s", access_token)},
        {"Accept", "application/json, application/jwt"},
    };
    const struct http_request request = {
        .method = "GET", .url = url, .headers = headers, .headers_count = 2};
    struct http_response response = {0};
    TRY(oidc_provider_call(oidc->provider, arena, &request, &response));
    TRY(read_userinfo(oidc, arena, &response, claims));
    return text_is(*claims, "sub", subject) ? ERR_NONE
                                            : oidc_refuse("userinfo is about somebody else");
}

/* The claim of userinfo, else of the ID token; NULL where neither has it. */
static const char *pick(const struct value *userinfo, const struct value *id_token,
                        const char *name) {
    const char *text = value_get_text(userinfo, name);
    text = text != NULL ? text : value_get_text(id_token, name);
    return text == NULL || *text == '\0' ? NULL : text;
}

static void fill_identity(const struct oidc *oidc, const struct value *userinfo,
                          const struct value *id_token, struct oidc_identity *out) {
    /* `email_verified` is taken from the same document as the address. */
    const struct value *about_email =
        value_get_text(userinfo, "email") != NULL ? userinfo : id_token;
    const char *usual_name = pick(userinfo, id_token, "usual_name");
    *out = (struct oidc_identity){
        .issuer = oidc->config->oidc_issuer,
        .subject = value_get_text(id_token, "sub"),
        .email = pick(userinfo, id_token, "email"),
        .email_verified = value_get_boolean(about_email, "email_verified", false),
        .given_name = pick(userinfo, id_token, "given_name"),
        .usual_name = usual_name != NULL ? usual_name : pick(userinfo, id_token, "family_name"),
        .siret = pick(userinfo, id_token, "siret"),
        .authenticated_at_s = value_get_integer(id_token, "auth_time", -1),
    };
}

enum err oidc_finish(void *state, struct arena *arena, const struct oidc_login *login,
                     const char *code, struct oidc_identity *out) {
    const struct oidc *oidc = state;
    const struct value *discovery = NULL;
    const struct value *claims = NULL;
    const struct value *userinfo = NULL;
    struct grant grant = {0};
    if (strlen(code) > CODE_BYTES_MAX) {
        return oidc_refuse("the code is too long");
    }
    TRY(oidc_provider_describe(oidc->provider, arena, &discovery));
    TRY(exchange_code(oidc, arena, discovery, login, code, &grant));
    TRY(oidc_provider_verify(oidc->provider, arena, grant.id_token, &claims));
    TRY(check_id_token(oidc, claims, login->nonce));
    TRY(check_auth_time(claims, login->asked_at_s));
    TRY(fetch_userinfo(oidc, arena, discovery, grant.access_token, value_get_text(claims, "sub"),
                       &userinfo));
    fill_identity(oidc, userinfo, claims, out);
    out->id_token = grant.id_token;
    return ERR_NONE;
}

const char *oidc_logout_url(void *state, struct arena *arena, const char *id_token,
                            const char *return_url) {
    const struct oidc *oidc = state;
    const struct value *discovery = NULL;
    if (oidc_provider_describe(oidc->provider, arena, &discovery) != ERR_NONE) {
        return NULL;
    }
    const char *url = value_get_text(discovery, "end_session_endpoint");
    if (url == NULL) {
        return NULL;
    }
    struct buf query;
    buf_init(&query, arena, (size_t)FORM_BYTES_MAX * 2);
    append_field(&query, arena, "id_token_hint", id_token);
    append_field(&query, arena, "post_logout_redirect_uri", return_url);
    return with_query(arena, url, &query);
}

enum err oidc_try(const struct oidc *oidc, struct arena *arena, const char **said) {
    return oidc_provider_try(oidc->provider, arena, said);
}

#include "outbound/oidc_provider.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "security/jwt.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 2000,
    TIMEOUT_MS = 5000,
    ANSWER_BYTES_MAX = 256 * 1024,
    DISCOVERY_KEPT_MS = 3600 * 1000,
};

struct oidc_provider {
    const char *issuer;
    struct http_client *client;
    struct jwt_keyring *keys;
    pthread_mutex_t lock; /* guards what follows */
    struct arena arena;
    const struct value *discovery;
    int64_t discovered_at_ms;
    const char *down_reason; /* of the last failure; static */
};

struct oidc_provider *oidc_provider_new(const struct config *config) {
    struct oidc_provider *provider = calloc(1, sizeof *provider);
    if (provider == NULL) {
        abort(); /* at start: nothing works without it */
    }
    provider->issuer = config->oidc_issuer;
    provider->client = http_client_new(&(struct http_client_options){
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .body_bytes_max = ANSWER_BYTES_MAX,
        .config = config,
    });
    provider->keys = jwt_keyring_new();
    (void)pthread_mutex_init(&provider->lock, NULL);
    arena_init(&provider->arena);
    return provider;
}

void oidc_provider_free(struct oidc_provider *provider) {
    if (provider != NULL) {
        http_client_free(provider->client);
        jwt_keyring_free(provider->keys);
        (void)pthread_mutex_destroy(&provider->lock);
        arena_clear(&provider->arena);
        free(provider);
    }
}

enum err oidc_refuse(const char *reason) {
    log_warning(LOG_OIDC_FAILED, LOG_TEXT("reason", reason));
    return ERR_BAD_CREDENTIALS;
}

static enum err report_down(struct oidc_provider *provider, const char *reason) {
    (void)pthread_mutex_lock(&provider->lock);
    provider->down_reason = reason;
    (void)pthread_mutex_unlock(&provider->lock);
    log_warning(LOG_OIDC_FAILED, LOG_TEXT("reason", reason));
    return ERR_UNAVAILABLE;
}

enum err oidc_provider_call(struct oidc_provider *provider, struct arena *arena,
                            const struct http_request *request, struct http_response *response) {
    const char *reason = NULL;
    if (http_client_send(provider->client, arena, request, response, &reason) != ERR_NONE) {
        return report_down(provider, reason);
    }
    if (response->status >= 500 || response->status == 429) {
        return report_down(provider, "the provider answers 5xx or 429");
    }
    return ERR_NONE;
}

/* Any answer counts but that of a gateway whose backend is down: how the page answers a bare HEAD does
 * not matter. */
enum err oidc_provider_reach(struct oidc_provider *provider, struct arena *arena, const char *url) {
    const struct http_request request = {.method = "HEAD", .url = url};
    struct http_response response = {0};
    const char *reason = NULL;
    if (http_client_send(provider->client, arena, &request, &response, &reason) != ERR_NONE) {
        return report_down(provider, reason);
    }
    return response.status >= 502 && response.status <= 504
               ? report_down(provider, "nobody behind the provider's gateway")
               : ERR_NONE;
}

static enum err fetch_json(struct oidc_provider *provider, struct arena *arena, const char *url,
                           const struct value **out) {
    const struct http_request request = {.method = "GET", .url = url};
    struct http_response response = {0};
    struct value *tree = NULL;
    TRY(oidc_provider_call(provider, arena, &request, &response));
    if (response.status != 200 ||
        json_parse(arena, response.body, response.body_bytes, &tree, NULL) != ERR_NONE) {
        return report_down(provider, "no discovery document or keys at their address");
    }
    *out = tree;
    return ERR_NONE;
}

/* An address whose scheme must not be weaker than the issuer's. */
static bool is_fit_url(const struct oidc_provider *provider, const char *url) {
    return url != NULL &&
           (text_starts_with(url, "https://") ||
            (text_starts_with(provider->issuer, "http://") && text_starts_with(url, "http://")));
}

static enum err fetch_discovery(struct oidc_provider *provider, struct arena *arena,
                                const struct value **out) {
    size_t length = strlen(provider->issuer);
    length -= length > 0 && provider->issuer[length - 1] == '/' ? 1 : 0;
    const char *url =
        arena_printf(arena, "%.*s/.well-known/openid-configuration", (int)length, provider->issuer);
    const struct value *discovery = NULL;
    TRY(fetch_json(provider, arena, url, &discovery));
    const char *issuer = value_get_text(discovery, "issuer");
    if (issuer == NULL || strcmp(issuer, provider->issuer) != 0) {
        return report_down(provider, "the discovery document names another issuer");
    }
    static const char *const needed[] = {"authorization_endpoint", "token_endpoint", "jwks_uri"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!is_fit_url(provider, value_get_text(discovery, needed[i]))) {
            return report_down(provider, "the discovery document misses an address");
        }
    }
    *out = discovery;
    return ERR_NONE;
}

static const struct value *find_kept(struct oidc_provider *provider, struct arena *arena) {
    const struct value *copy = NULL;
    (void)pthread_mutex_lock(&provider->lock);
    if (provider->discovery != NULL &&
        clock_monotonic_ms() - provider->discovered_at_ms < DISCOVERY_KEPT_MS) {
        copy = value_copy(arena, provider->discovery);
    }
    (void)pthread_mutex_unlock(&provider->lock);
    return copy;
}

static void keep(struct oidc_provider *provider, const struct value *discovery) {
    (void)pthread_mutex_lock(&provider->lock);
    arena_clear(&provider->arena);
    provider->discovery = value_copy(&provider->arena, discovery);
    provider->discovered_at_ms = clock_monotonic_ms();
    (void)pthread_mutex_unlock(&provider->lock);
}

enum err oidc_provider_describe(struct oidc_provider *provider, struct arena *arena,
                                const struct value **out) {
    *out = find_kept(provider, arena);
    if (*out != NULL) {
        return ERR_NONE;
    }
    TRY(fetch_discovery(provider, arena, out));
    keep(provider, *out);
    return ERR_NONE;
}

/* A key of an unsupported kind is skipped: others of the set may be usable. */
static bool add_key(struct arena *arena, struct jwt_keyset *keyset, const struct value *jwk,
                    size_t position) {
    const char *pem = NULL;
    enum jwt_algorithm algorithm = JWT_ALGORITHM_RS256;
    if (jwk_to_pem(arena, jwk, &pem, &algorithm) != ERR_NONE) {
        return false;
    }
    const char *kid = value_get_text(jwk, "kid");
    return jwt_keyset_add(keyset, kid != NULL ? kid : arena_printf(arena, "#%zu", position), pem) ==
           ERR_NONE;
}

/* `*usable`: how many of its keys may verify a token. */
static enum err refresh_keys(struct oidc_provider *provider, struct arena *arena, size_t *usable) {
    *usable = 0;
    const struct value *discovery = NULL;
    const struct value *document = NULL;
    TRY(oidc_provider_describe(provider, arena, &discovery));
    TRY(fetch_json(provider, arena, value_get_text(discovery, "jwks_uri"), &document));
    const struct value *keys = value_get(document, "keys");
    struct jwt_keyset *keyset = jwt_keyset_new();
    for (size_t i = 0; i < value_count(keys); i++) {
        *usable += add_key(arena, keyset, value_item(keys, i), i) ? 1 : 0;
    }
    jwt_keyring_replace(provider->keys, keyset);
    return ERR_NONE;
}

/* The kind of the key that the kid names pins the algorithm; only these two are ever tried. */
static enum err verify_once(struct oidc_provider *provider, struct arena *arena, const char *token,
                            const struct value **claims) {
    const struct jwt_keyset *keyset = jwt_keyring_acquire(provider->keys);
    enum err e = jwt_verify_foreign(arena, keyset, JWT_ALGORITHM_RS256, token, claims);
    if (e != ERR_NONE && e != ERR_UNAVAILABLE) {
        e = jwt_verify_foreign(arena, keyset, JWT_ALGORITHM_ES256, token, claims);
    }
    jwt_keyset_release(keyset);
    return e;
}

enum err oidc_provider_verify(struct oidc_provider *provider, struct arena *arena,
                              const char *token, const struct value **claims) {
    enum err e = verify_once(provider, arena, token, claims);
    if (e == ERR_NOT_FOUND) { /* the provider may have new keys */
        size_t usable = 0;
        TRY(refresh_keys(provider, arena, &usable));
        e = verify_once(provider, arena, token, claims);
    }
    return e == ERR_NONE || e == ERR_UNAVAILABLE
               ? e
               : oidc_refuse("a token is not signed by the provider's keys");
}

enum err oidc_provider_try(struct oidc_provider *provider, struct arena *arena, const char **said) {
    size_t usable = 0;
    const enum err err = refresh_keys(provider, arena, &usable);
    if (err != ERR_NONE || usable == 0) {
        (void)pthread_mutex_lock(&provider->lock);
        *said = err == ERR_NONE ? "none of its keys can be used" : provider->down_reason;
        (void)pthread_mutex_unlock(&provider->lock);
        return ERR_UNAVAILABLE;
    }
    *said = arena_printf(arena, "%s, %zu keys", provider->issuer, usable);
    return ERR_NONE;
}

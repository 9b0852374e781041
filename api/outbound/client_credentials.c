#include "outbound/client_credentials.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "security/base64url.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    ANSWER_BYTES_MAX = 64 * 1024,
    LIFETIME_DEFAULT_S = 300, /* where the endpoint does not say (RFC 6749, 5.1) */
    LIFETIME_MOST_S = 86400,
    MARGIN_MOST_S = 30, /* before the expiry; a tenth of a shorter life */
};

struct client_credentials {
    struct client_credentials_options options;
    struct http_client *client;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t fetched;
    bool is_fetching;
    uint64_t fetches;      /* that ended, well or not */
    char *token;           /* NULL: none */
    uint64_t number;       /* of the token */
    int64_t good_until_ms; /* monotonic, as the next */
    int64_t may_renew_at_ms;
    enum err failure; /* of the last fetch */
    const char *reason;
};

/* What a fetch brought. */
struct fetched {
    const char *token; /* in the arena of who fetched */
    int64_t lifetime_s;
};

struct client_credentials *client_credentials_new(const struct client_credentials_options *options,
                                                  const struct http_client_options *http) {
    struct client_credentials *credentials = calloc(1, sizeof *credentials);
    struct http_client_options own = *http;
    if (credentials == NULL) {
        abort(); /* at start only */
    }
    own.body_bytes_max = ANSWER_BYTES_MAX;
    credentials->options = *options;
    credentials->client = http_client_new(&own);
    (void)pthread_mutex_init(&credentials->lock, NULL);
    (void)pthread_cond_init(&credentials->fetched, NULL);
    return credentials;
}

/* A token is a secret: it does not stay in freed memory. */
static void forget(struct client_credentials *credentials) {
    if (credentials->token != NULL) {
        explicit_bzero(credentials->token, strlen(credentials->token));
        free(credentials->token);
        credentials->token = NULL;
    }
}

void client_credentials_free(struct client_credentials *credentials) {
    if (credentials != NULL) {
        http_client_free(credentials->client);
        (void)pthread_mutex_destroy(&credentials->lock);
        (void)pthread_cond_destroy(&credentials->fetched);
        forget(credentials);
        free(credentials);
    }
}

static void put(struct buf *form, struct arena *arena, const char *name, const char *value) {
    if (value != NULL) {
        buf_printf(form, "%s%s=%s", form->length == 0 ? "" : "&", name,
                   text_percent_encode(arena, value));
    }
}

static const char *make_body(const struct client_credentials_options *options,
                             struct arena *arena) {
    struct buf form;
    buf_init(&form, arena, SIZE_MAX / 2);
    put(&form, arena, "grant_type", "client_credentials");
    put(&form, arena, "scope", options->scope);
    put(&form, arena, "audience", options->audience);
    if (options->is_in_body) {
        put(&form, arena, "client_id", options->client_id);
        put(&form, arena, "client_secret", options->client_secret);
    }
    return buf_text(&form);
}

static const char *make_basic(const struct client_credentials_options *options,
                              struct arena *arena) {
    const char *pair = arena_printf(arena, "%s:%s", text_percent_encode(arena, options->client_id),
                                    text_percent_encode(arena, options->client_secret));
    return arena_printf(arena, "Basic %s", base64_encode(arena, pair, strlen(pair)));
}

static bool is_token(const char *text) {
    size_t length = 0;
    for (; text != NULL && text[length] != '\0'; length++) {
        if (text[length] <= ' ' || text[length] > '~') {
            return false;
        }
    }
    return length > 0 && length <= CLIENT_CREDENTIALS_TOKEN_BYTES_MAX;
}

static enum err read_answer(struct arena *arena, const struct http_response *response,
                            struct fetched *out, const char **reason) {
    struct value *document = NULL;
    if (response->status == 400 || response->status == 401 || response->status == 403) {
        *reason = "the token endpoint refuses our credentials";
        return ERR_BAD_CREDENTIALS;
    }
    *reason = "the token endpoint answers no token";
    if (response->status != 200 ||
        json_parse(arena, response->body, response->body_bytes, &document, NULL) != ERR_NONE) {
        return response->status == 429 || response->status >= 500 ? ERR_UNAVAILABLE : ERR_UPSTREAM;
    }
    const char *type = value_get_text(document, "token_type");
    out->token = value_get_text(document, "access_token");
    out->lifetime_s = value_get_integer(document, "expires_in", LIFETIME_DEFAULT_S);
    if (!is_token(out->token) || type == NULL || strcasecmp(type, "Bearer") != 0) {
        return ERR_UPSTREAM;
    }
    *reason = NULL;
    return ERR_NONE;
}

static enum err fetch(const struct client_credentials *credentials, struct arena *arena,
                      struct fetched *out, const char **reason) {
    const struct client_credentials_options *options = &credentials->options;
    const char *body = make_body(options, arena);
    struct http_header headers[3] = {
        {"Accept", "application/json"},
        {"Content-Type", "application/x-www-form-urlencoded"},
    };
    struct http_request request = {.method = "POST",
                                   .url = options->token_url,
                                   .headers = headers,
                                   .headers_count = 2,
                                   .body = body,
                                   .body_bytes = strlen(body)};
    struct http_response response = {0};
    if (!options->is_in_body) {
        headers[request.headers_count++] =
            (struct http_header){"Authorization", make_basic(options, arena)};
    }
    TRY(http_client_send(credentials->client, arena, &request, &response, reason));
    return read_answer(arena, &response, out, reason);
}

/* Requires: the lock is held. */
static void keep(struct client_credentials *credentials, enum err err,
                 const struct fetched *fetched, const char *reason) {
    forget(credentials);
    credentials->failure = err;
    credentials->reason = reason;
    if (err == ERR_NONE) {
        const int64_t lifetime_s = fetched->lifetime_s < 0                 ? 0
                                   : fetched->lifetime_s > LIFETIME_MOST_S ? LIFETIME_MOST_S
                                                                           : fetched->lifetime_s;
        const int64_t margin_s = lifetime_s / 10 < MARGIN_MOST_S ? lifetime_s / 10 : MARGIN_MOST_S;
        credentials->token = strdup(fetched->token);
        credentials->number++;
        credentials->good_until_ms = clock_monotonic_ms() + (lifetime_s - margin_s) * 1000;
    }
}

/* Requires: the lock is held; it is let go while the endpoint is called. */
static void fetch_alone(struct client_credentials *credentials) {
    ARENA_AUTO(arena);
    struct fetched fetched = {0};
    const char *reason = NULL;
    credentials->is_fetching = true;
    (void)pthread_mutex_unlock(&credentials->lock);
    const enum err err = fetch(credentials, &arena, &fetched, &reason);
    (void)pthread_mutex_lock(&credentials->lock);
    keep(credentials, err, &fetched, reason);
    credentials->is_fetching = false;
    credentials->fetches++;
    (void)pthread_cond_broadcast(&credentials->fetched);
}

/* Requires: the lock is held. */
static void wait_for_fetch(struct client_credentials *credentials) {
    const uint64_t seen = credentials->fetches;
    while (credentials->fetches == seen) {
        (void)pthread_cond_wait(&credentials->fetched, &credentials->lock);
    }
}

enum err client_credentials_get(struct client_credentials *credentials, struct arena *arena,
                                const char **authorization, uint64_t *number, const char **reason) {
    (void)pthread_mutex_lock(&credentials->lock);
    if (credentials->token == NULL || clock_monotonic_ms() >= credentials->good_until_ms) {
        if (credentials->is_fetching) {
            wait_for_fetch(credentials);
        } else {
            fetch_alone(credentials);
        }
    }
    /* A token that was fetched for this call is good for it, however short its life. */
    const enum err err = credentials->token != NULL         ? ERR_NONE
                         : credentials->failure != ERR_NONE ? credentials->failure
                                                            : ERR_UNAVAILABLE;
    if (err == ERR_NONE) {
        *authorization = arena_printf(arena, "Bearer %s", credentials->token);
        *number = credentials->number;
    } else {
        *reason = credentials->reason;
    }
    (void)pthread_mutex_unlock(&credentials->lock);
    return err;
}

bool client_credentials_refuse(struct client_credentials *credentials, uint64_t number) {
    const int64_t now_ms = clock_monotonic_ms();
    (void)pthread_mutex_lock(&credentials->lock);
    const bool is_current = credentials->token != NULL && credentials->number == number;
    const bool may_renew = is_current && now_ms >= credentials->may_renew_at_ms;
    if (may_renew) {
        forget(credentials);
        credentials->may_renew_at_ms = now_ms + CLIENT_CREDENTIALS_RENEWALS_MS;
    }
    (void)pthread_mutex_unlock(&credentials->lock);
    return may_renew || !is_current;
}

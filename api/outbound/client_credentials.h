#ifndef GUICHET_OUTBOUND_CLIENT_CREDENTIALS_H
#define GUICHET_OUTBOUND_CLIENT_CREDENTIALS_H
/* An access token of our own for another service: OAuth 2.0 client credentials (RFC 6749, 4.4). It is kept
 * until shortly before it expires; one thread fetches it and the others wait for that fetch, whatever comes
 * of it. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "outbound/http_client.h"
#include <stdbool.h>
#include <stdint.h>

struct client_credentials;

/* What it points to must outlive the credentials. */
struct client_credentials_options {
    const char *token_url;
    const char *client_id;
    const char *client_secret;
    const char *scope;    /* NULL: none is asked for */
    const char *audience; /* NULL: none is asked for */
    bool is_in_body;      /* id and secret in the body instead of Authorization (RFC 6749, 2.3.1) */
};

enum {
    CLIENT_CREDENTIALS_TOKEN_BYTES_MAX = 8192,
    CLIENT_CREDENTIALS_RENEWALS_MS = 10000, /* between two renewals of refused tokens */
};

/* `http`: how the token endpoint is called; its bound on answers is ours. Never NULL. */
struct client_credentials *client_credentials_new(const struct client_credentials_options *options,
                                                  const struct http_client_options *http);
void client_credentials_free(struct client_credentials *credentials); /* NULL does nothing */
/* The value of Authorization ("Bearer …"), in the arena, and its number. ERR_BAD_CREDENTIALS: the endpoint
 * refuses us; else as http_client_send, ERR_UPSTREAM for an answer that is no token. `*reason` then is a
 * short English text without secrets. Waits as long as a call of the endpoint may take. */
MUST_CHECK enum err client_credentials_get(struct client_credentials *credentials,
                                           struct arena *arena, const char **authorization,
                                           uint64_t *number, const char **reason);
/* The service refused the token of this number. True where it is worth another try: there is a newer one, or
 * the next client_credentials_get fetches one, at most every CLIENT_CREDENTIALS_RENEWALS_MS. */
bool client_credentials_refuse(struct client_credentials *credentials, uint64_t number);

#endif

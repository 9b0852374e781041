#ifndef GUICHET_CORE_PORTS_H
#define GUICHET_CORE_PORTS_H
/* What the rooms and the worker need of the outside world, without knowing how it is reached. Filled
 * by outbound/ in app.c. Every call has a time limit; none is made while a database connection is
 * held. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail {
    const char *id; /* of the outbox: becomes the Message-ID, so a second delivery is recognised */
    const char *recipient;
    const char *subject;
    const char *text;
    const char *html;
    const char *unsubscribe_url; /* RFC 8058 one-click; NULL: none */
};

/* What a directory tells of an establishment. */
enum { DIRECTORY_WORDS_MAX = 4 };

/* In search of an establishment. */
struct directory_query {
    const char *typed;
    const char *number; /* 9 to 14 digits: a SIREN, or a SIRET as far as it was typed; NULL */
    /* Letters and digits of any script, each to be found in the name or the commune. */
    const char *words[DIRECTORY_WORDS_MAX];
    size_t count;
    const char *town_hall; /* "mairie": a commune, or a name with this word in it; NULL */
};

struct establishment {
    const char *siret;
    const char *name;
    const char *legal_category; /* four digits; NULL where not told */
    const char *address;        /* one line; NULL where not told */
    const char *successor;      /* SIRET of the one that took its place; NULL: none, or not told */
    bool open;
};

/* A log-in in progress: the secrets stay with us, bound to the browser, until the browser comes back. */
struct oidc_login {
    int64_t asked_at_s; /* the provider has to ask the person again after this; 0: it need not */
    const char *url;    /* where to send the browser */
    const char *state;
    const char *nonce;
    const char *code_verifier;
};

/* The person that the identity provider authenticated: (issuer, subject). */
struct oidc_identity {
    const char *issuer;
    const char *subject;
    const char *email; /* NULL where the provider gave none; so for the others */
    const char *given_name;
    const char *usual_name;
    const char *siret;
    const char *id_token; /* for the log-out at the provider */
    bool email_verified;
    int64_t authenticated_at_s; /* when the provider last asked the person; -1: it does not tell */
};

/* A request to a webhook. */
struct webhook_call {
    const char *url;
    const char *signature; /* of X-Guichet-Signature */
    const char *event_id;
    const char *body;
};
struct webhook_answer {
    int status;
    const char *body;
    size_t body_bytes;
};

struct ports {
    void *mail_state;
    /* ERR_UNAVAILABLE: try again later; ERR_INVALID: this recipient will never do. `*reason` is a
     * short technical text without personal data. */
    enum err (*mail_send)(void *state, struct arena *arena, const struct mail *mail,
                          const char **reason);
    /* A remote directory; NULL functions: the table of our own database is the directory.
     * ERR_NOT_FOUND: it does not know this SIRET; ERR_UNAVAILABLE: no answer that can be used
     * within 2 s, logged with its cause. */
    void *directory_state;
    enum err (*directory_find)(void *state, struct arena *arena, const char *siret,
                               struct establishment *out);
    /* `offset` is a multiple of `limit`. */
    enum err (*directory_search)(void *state, struct arena *arena,
                                 const struct directory_query *query, int64_t limit, int64_t offset,
                                 struct establishment **out, size_t *count);

    void *oidc_state;
    /* NULL, all: no provider is set. ERR_UNAVAILABLE: it cannot be reached now.
     * The browser comes back to PUBLIC_URL/v1/login/oidc/callback. `again`: the provider is to ask
     * the person even where it knows them from before. */
    enum err (*oidc_start)(void *state, struct arena *arena, bool again, struct oidc_login *out);
    /* `login`: what oidc_start gave, once the callback's `state` was found equal.
     * ERR_BAD_CREDENTIALS: the answer is not to be trusted, or the person said no;
     * ERR_RECENT_LOGIN_REQUIRED: the provider did not ask again, though it had to. */
    enum err (*oidc_finish)(void *state, struct arena *arena, const struct oidc_login *login,
                            const char *code, struct oidc_identity *out);
    /* Where to send the browser to log out there too; it then comes back to `return_url`. NULL
     * where the provider has no such page. */
    const char *(*oidc_logout_url)(void *state, struct arena *arena, const char *id_token,
                                   const char *return_url);

    /* Scans for viruses; NULL where no scanner is set. ERR_UNAVAILABLE: no verdict within 30 s. */
    void *scan_state;
    enum err (*scan)(void *state, const char *bytes, size_t length, bool *is_infected);

    void *webhook_state;
    /* Checks a URL as a person typed it: ERR_INVALID where it is no https URL, ERR_FORBIDDEN where it
     * names an address of an internal network. */
    enum err (*webhook_check_url)(void *state, const char *url);
    /* Any status is an answer. ERR_FORBIDDEN: the name resolves to an internal network;
     * ERR_UNAVAILABLE, ERR_TIMEOUT (10 s), ERR_UPSTREAM: no usable answer. */
    enum err (*webhook_post)(void *state, struct arena *arena, const struct webhook_call *call,
                             struct webhook_answer *answer);
};

#endif

#ifndef GUICHET_DOMAIN_PORTS_H
#define GUICHET_DOMAIN_PORTS_H
/* What the domain and the worker need of the world outside, without knowing how it is reached. Filled
 * by outbound/ in app.c. Every call has a bounded time; none is made while a connection to the
 * database is held. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>

struct mail {
    const char *id; /* of the outbox: becomes the Message-ID, so a second delivery is recognised */
    const char *recipient;
    const char *subject;
    const char *text;
    const char *html;
    const char *unsubscribe_url; /* RFC 8058 one-click; NULL: none */
};

struct ports {
    void *mail_state;
    /* ERR_UNAVAILABLE: try again later; ERR_INVALID: this recipient will never do. `*reason` is a
     * short technical text without personal data. */
    enum err (*mail_send)(void *state, struct arena *arena, const struct mail *mail,
                          const char **reason);
};

#endif

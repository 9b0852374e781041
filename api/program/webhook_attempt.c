#include "program/webhook_attempt.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "security/hmac.h"
#include <inttypes.h>
#include <string.h>

enum { EXCERPT_BYTES_MAX = 1000 };

/* Seconds before the second attempt, before the third, and so on; the first has none. */
static const int64_t DELAYS_S[] = {5, 30, 120, 600, 3600, 10800, 21600};
enum { RETRIES = sizeof DELAYS_S / sizeof DELAYS_S[0] };

int64_t webhook_retry_delay_s(int64_t number) {
    return number > RETRIES ? -1 : DELAYS_S[number - 1];
}

const char *webhook_signature(struct arena *arena, int64_t at_s, const char *body,
                              const char *const *secrets, size_t count) {
    struct buf header;
    const char *message = arena_printf(arena, "%" PRId64 ".%s", at_s, body);
    buf_init(&header, arena, 1024);
    buf_printf(&header, "t=%" PRId64, at_s);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&header, ",v1=%s",
                   hmac_sha256_text(arena, secrets[i], message, strlen(message)));
    }
    return buf_text(&header);
}

const char *webhook_excerpt(struct arena *arena, const char *body, size_t length) {
    const size_t most = length < EXCERPT_BYTES_MAX ? length : EXCERPT_BYTES_MAX;
    struct buf text;
    buf_init(&text, arena, (size_t)EXCERPT_BYTES_MAX * 3);
    for (size_t i = 0; i < most;) {
        const unsigned char *c = (const unsigned char *)body + i;
        const size_t bytes = utf8_sequence(c, most - i);
        if (bytes == 0 || *c == '\0') {
            buf_puts(&text, "\xef\xbf\xbd");
        } else {
            buf_append(&text, c, bytes);
        }
        i += bytes == 0 ? 1 : bytes;
    }
    return buf_text(&text);
}

const char *webhook_explain(struct arena *arena, enum err err, int status) {
    if (err == ERR_NONE) {
        return arena_printf(arena, "La réponse est %d ; un code de 200 à 299 est attendu.", status);
    }
    if (err == ERR_FORBIDDEN) {
        return "L’adresse mène à un réseau privé : elle n’est pas appelée.";
    }
    if (err == ERR_TIMEOUT) {
        return "Pas de réponse complète en 10 secondes.";
    }
    if (err == ERR_UNAVAILABLE) {
        return "Personne ne répond à cette adresse.";
    }
    return "La réponse est illisible, ou le certificat n’est pas bon.";
}

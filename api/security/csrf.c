#include "security/csrf.h"
#include "security/base64url.h"
#include "security/token_hash.h"
#include <sodium.h>
#include <string.h>

const char *csrf_derive(struct arena *arena, const char *session_secret) {
    static const char label[] = "guichet csrf v1";
    unsigned char mac[32];
    unsigned char key[32];
    crypto_generichash(key, sizeof key, (const unsigned char *)session_secret,
                       strlen(session_secret), NULL, 0);
    crypto_generichash(mac, sizeof mac, (const unsigned char *)label, sizeof label, key,
                       sizeof key);
    return base64url_encode(arena, mac, sizeof mac);
}

bool csrf_matches(const char *expected, const char *sent) {
    return sent != NULL && token_hash_equal(expected, sent);
}

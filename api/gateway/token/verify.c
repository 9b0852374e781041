#include "gateway/token/verify.h"
#include "base/clock.h"
#include "gateway/token/token_snapshot.h"
#include "security/token_hash.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SETS = 4096, /* powers of two */
    WAYS = 4,
    LOCKS = 64,
    REMEMBERED_MS = 60 * 1000,
};

struct entry {
    unsigned char hash[TOKEN_HASH_BYTES];
    int64_t until_ms;    /* monotonic; 0: free */
    uint64_t generation; /* of the keys */
    struct verified verified;
};

struct verifier {
    struct jwt_keyring *keyring;
    const char *const *issuers;
    pthread_mutex_t locks[LOCKS];
    struct entry *entries; /* SETS × WAYS */
    atomic_uint_fast64_t hits;
    atomic_uint_fast64_t misses;
};

struct verifier *verifier_new(struct jwt_keyring *keyring, const char *const *issuers) {
    struct verifier *verifier = calloc(1, sizeof *verifier);
    struct entry *entries = calloc((size_t)SETS * WAYS, sizeof *entries);
    if (verifier == NULL || entries == NULL) {
        abort(); /* at start only */
    }
    verifier->keyring = keyring;
    verifier->issuers = issuers;
    verifier->entries = entries;
    for (size_t i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&verifier->locks[i], NULL);
    }
    return verifier;
}

void verifier_free(struct verifier *verifier) {
    if (verifier == NULL) {
        return;
    }
    for (size_t i = 0; i < LOCKS; i++) {
        pthread_mutex_destroy(&verifier->locks[i]);
    }
    free(verifier->entries);
    free(verifier);
}

static size_t set_of(const unsigned char *hash) {
    return ((size_t)hash[0] | (size_t)hash[1] << 8) % SETS;
}

/* One look-up: the string's hash, the time, and the generation of the keys. */
struct asked {
    unsigned char hash[TOKEN_HASH_BYTES];
    int64_t now_ms;
    uint64_t generation;
};

static bool look_up(struct verifier *verifier, const struct asked *asked, struct verified *out) {
    const size_t set = set_of(asked->hash);
    bool found = false;
    pthread_mutex_lock(&verifier->locks[set % LOCKS]);
    for (size_t i = 0; i < WAYS && !found; i++) {
        const struct entry *entry = &verifier->entries[set * WAYS + i];
        found = entry->until_ms > asked->now_ms && entry->generation == asked->generation &&
                memcmp(entry->hash, asked->hash, TOKEN_HASH_BYTES) == 0;
        if (found) {
            *out = entry->verified;
        }
    }
    pthread_mutex_unlock(&verifier->locks[set % LOCKS]);
    return found;
}

/* Replaces the entry that expires first. */
static void remember(struct verifier *verifier, const struct asked *asked,
                     const struct verified *verified) {
    const size_t set = set_of(asked->hash);
    pthread_mutex_lock(&verifier->locks[set % LOCKS]);
    struct entry *oldest = &verifier->entries[set * WAYS];
    for (size_t i = 1; i < WAYS; i++) {
        struct entry *entry = &verifier->entries[set * WAYS + i];
        oldest = entry->until_ms < oldest->until_ms ? entry : oldest;
    }
    memcpy(oldest->hash, asked->hash, TOKEN_HASH_BYTES);
    oldest->until_ms = asked->now_ms + REMEMBERED_MS;
    oldest->generation = asked->generation;
    oldest->verified = *verified;
    pthread_mutex_unlock(&verifier->locks[set % LOCKS]);
}

static enum err verify_former(const struct jwt_keyset *keyset, struct arena *arena,
                              const char *token, struct verified *out) {
    struct jwt_former_claims claims;
    TRY(jwt_verify_former(arena, keyset, token, &claims));
    if (claims.aud != NULL && strlen(claims.aud) >= sizeof out->aud) {
        return ERR_UNAUTHENTICATED;
    }
    *out =
        (struct verified){.string_number = -1, .former_system = former_system_key(claims.system)};
    (void)snprintf(out->jti, sizeof out->jti, "%s", claims.jti);
    (void)snprintf(out->aud, sizeof out->aud, "%s", claims.aud == NULL ? "" : claims.aud);
    return ERR_NONE;
}

static enum err verify(struct verifier *verifier, struct arena *arena, const char *token,
                       struct verified *out) {
    struct jwt_claims claims;
    const struct jwt_keyset *keyset = jwt_keyring_acquire(verifier->keyring);
    const bool has_keys = jwt_keyset_count(keyset) > 0;
    const enum err err = jwt_verify(arena, keyset, verifier->issuers, token, &claims);
    const enum err former =
        err == ERR_UNAUTHENTICATED ? verify_former(keyset, arena, token, out) : err;
    jwt_keyset_release(keyset);
    if (!has_keys || err == ERR_UNAVAILABLE) {
        return ERR_UNAVAILABLE;
    }
    if (err == ERR_UNAUTHENTICATED) {
        return former;
    }
    if (err != ERR_NONE || !text_is_uuid(claims.jti) || strlen(claims.aud) >= sizeof out->aud) {
        return ERR_UNAUTHENTICATED;
    }
    *out = (struct verified){.string_number = claims.string_number};
    (void)snprintf(out->jti, sizeof out->jti, "%s", claims.jti);
    (void)snprintf(out->aud, sizeof out->aud, "%s", claims.aud);
    return ERR_NONE;
}

enum err verifier_check(struct verifier *verifier, struct arena *arena, const char *token,
                        struct verified *out) {
    /* Read before the keys: a result is never cached under a generation newer than the keys it came from. */
    struct asked asked = {.now_ms = clock_monotonic_ms(),
                          .generation = jwt_keyring_generation(verifier->keyring)};
    if (strnlen(token, JWT_BYTES_MAX + 1) > JWT_BYTES_MAX) {
        return ERR_UNAUTHENTICATED;
    }
    token_hash_fast(token, asked.hash);
    if (look_up(verifier, &asked, out)) {
        atomic_fetch_add_explicit(&verifier->hits, 1, memory_order_relaxed);
        return ERR_NONE;
    }
    atomic_fetch_add_explicit(&verifier->misses, 1, memory_order_relaxed);
    TRY(verify(verifier, arena, token, out));
    remember(verifier, &asked, out);
    return ERR_NONE;
}

void verifier_get_counts(struct verifier *verifier, uint64_t *hits, uint64_t *misses) {
    *hits = atomic_load(&verifier->hits);
    *misses = atomic_load(&verifier->misses);
}

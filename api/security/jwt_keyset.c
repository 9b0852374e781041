#include "security/jwt_keyset.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct jwt_keyset {
    _Atomic int references;
    struct arena arena;
    size_t count;
    struct jwt_key keys[JWT_KEYS_MAX];
    size_t former_count;
    struct jwt_former_system former[JWT_FORMER_SYSTEMS_MAX];
};

struct jwt_keyring {
    pthread_rwlock_t lock;
    struct jwt_keyset *current;
    atomic_uint_fast64_t generation;
};

/* Few, and longer-lived than any arena; at start, without memory, the program ends. */
static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

struct jwt_keyset *jwt_keyset_new(void) {
    struct jwt_keyset *keyset = allocate(sizeof *keyset);
    atomic_init(&keyset->references, 1);
    arena_init(&keyset->arena);
    return keyset;
}

enum err jwt_keyset_add(struct jwt_keyset *keyset, const char *kid, const char *pem) {
    enum jwt_algorithm algorithm = JWT_ALGORITHM_ES256;
    if (*kid == '\0' || strlen(kid) > JWT_KID_BYTES_MAX || keyset->count == JWT_KEYS_MAX ||
        jwt_keyset_find(keyset, kid) != NULL) {
        return ERR_INVALID;
    }
    TRY(jwk_check_pem(pem, &algorithm));
    keyset->keys[keyset->count++] = (struct jwt_key){
        .kid = arena_strdup(&keyset->arena, kid),
        .pem = arena_strdup(&keyset->arena, pem),
        .algorithm = algorithm,
    };
    return ERR_NONE;
}

/* A public key as secret is what lets anybody sign: it is refused, whatever its kind. */
static bool is_secret(const char *text, size_t length) {
    return length >= JWT_SECRET_BYTES_MIN && length <= JWT_SECRET_BYTES_MAX &&
           memmem(text, length, "-----BEGIN", strlen("-----BEGIN")) == NULL &&
           memmem(text, length, "ssh-", strlen("ssh-")) != text;
}

enum err jwt_keyset_add_former(struct jwt_keyset *keyset, const char *system, const char *issuer,
                               const void *secret, size_t length) {
    if (!is_secret(secret, length) || keyset->former_count == JWT_FORMER_SYSTEMS_MAX) {
        return ERR_INVALID;
    }
    keyset->former[keyset->former_count++] = (struct jwt_former_system){
        .name = arena_strdup(&keyset->arena, system),
        .issuer = issuer == NULL ? NULL : arena_strdup(&keyset->arena, issuer),
        .secret = (const unsigned char *)arena_strndup(&keyset->arena, secret, length),
        .secret_bytes = length,
    };
    return ERR_NONE;
}

const struct jwt_former_system *jwt_keyset_next_former(const struct jwt_keyset *keyset,
                                                       const struct jwt_former_system *last) {
    const struct jwt_former_system *next = last == NULL ? keyset->former : last + 1;
    return next < keyset->former + keyset->former_count ? next : NULL;
}

void jwt_keyset_release(const struct jwt_keyset *keyset) {
    struct jwt_keyset *owned = (struct jwt_keyset *)keyset;
    if (owned != NULL && atomic_fetch_sub(&owned->references, 1) == 1) {
        arena_clear(&owned->arena);
        free(owned);
    }
}

size_t jwt_keyset_count(const struct jwt_keyset *keyset) {
    return keyset->count;
}

const struct jwt_key *jwt_keyset_find(const struct jwt_keyset *keyset, const char *kid) {
    for (size_t i = 0; i < keyset->count; i++) {
        if (strcmp(keyset->keys[i].kid, kid) == 0) {
            return &keyset->keys[i];
        }
    }
    return NULL;
}

const struct jwt_key *jwt_keyset_find_only(const struct jwt_keyset *keyset,
                                           enum jwt_algorithm algorithm) {
    const struct jwt_key *found = NULL;
    for (size_t i = 0; i < keyset->count; i++) {
        if (keyset->keys[i].algorithm == algorithm) {
            if (found != NULL) {
                return NULL;
            }
            found = &keyset->keys[i];
        }
    }
    return found;
}

struct jwt_keyring *jwt_keyring_new(void) {
    struct jwt_keyring *ring = allocate(sizeof *ring);
    (void)pthread_rwlock_init(&ring->lock, NULL);
    ring->current = jwt_keyset_new();
    return ring;
}

void jwt_keyring_free(struct jwt_keyring *ring) {
    if (ring != NULL) {
        jwt_keyset_release(ring->current);
        (void)pthread_rwlock_destroy(&ring->lock);
        free(ring);
    }
}

static bool is_same_former(const struct jwt_former_system *one,
                           const struct jwt_former_system *other) {
    return strcmp(one->name, other->name) == 0 && one->secret_bytes == other->secret_bytes &&
           memcmp(one->secret, other->secret, one->secret_bytes) == 0 &&
           (one->issuer == NULL) == (other->issuer == NULL) &&
           (one->issuer == NULL || strcmp(one->issuer, other->issuer) == 0);
}

static bool is_same(const struct jwt_keyset *one, const struct jwt_keyset *other) {
    bool same = one->count == other->count && one->former_count == other->former_count;
    for (size_t i = 0; same && i < one->former_count; i++) {
        same = is_same_former(&one->former[i], &other->former[i]);
    }
    for (size_t i = 0; same && i < one->count; i++) {
        const struct jwt_key *key = jwt_keyset_find(other, one->keys[i].kid);
        same = key != NULL && strcmp(key->pem, one->keys[i].pem) == 0;
    }
    return same;
}

void jwt_keyring_replace(struct jwt_keyring *ring, struct jwt_keyset *keyset) {
    (void)pthread_rwlock_wrlock(&ring->lock);
    const struct jwt_keyset *unused = keyset;
    if (!is_same(ring->current, keyset)) {
        unused = ring->current;
        ring->current = keyset;
        atomic_fetch_add(&ring->generation, 1);
    }
    (void)pthread_rwlock_unlock(&ring->lock);
    jwt_keyset_release(unused);
}

uint64_t jwt_keyring_generation(struct jwt_keyring *ring) {
    return atomic_load(&ring->generation);
}

const struct jwt_keyset *jwt_keyring_acquire(struct jwt_keyring *ring) {
    (void)pthread_rwlock_rdlock(&ring->lock);
    struct jwt_keyset *keyset = ring->current;
    atomic_fetch_add(&keyset->references, 1);
    (void)pthread_rwlock_unlock(&ring->lock);
    return keyset;
}

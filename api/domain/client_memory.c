#include "domain/client_memory.h"
#include "base/clock.h"
#include "security/token_hash.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 256, /* a power of two */
    TEXT_BYTES = 1024,
    ROLES_MAX = 4, /* they are those on one product */
    TEXTS = 6,
};

/* An actor whose texts lie behind each other. */
struct slot {
    unsigned char hash[TOKEN_HASH_BYTES];
    int64_t until_ms; /* monotonic; 0: free */
    int64_t expires_at_ms;
    uint64_t generation;
    bool has[TEXTS];
    char texts[TEXT_BYTES];
    enum role roles[ROLES_MAX];
    size_t roles_count;
};

struct client_memory {
    pthread_mutex_t lock; /* guards the slots */
    atomic_uint_fast64_t generation;
    struct slot slots[SLOTS];
};

struct client_memory *client_memory_new(void) {
    struct client_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        abort(); /* at start only */
    }
    (void)pthread_mutex_init(&memory->lock, NULL);
    return memory;
}

void client_memory_free(struct client_memory *memory) {
    if (memory != NULL) {
        (void)pthread_mutex_destroy(&memory->lock);
        free(memory);
    }
}

uint64_t client_memory_generation(struct client_memory *memory) {
    return atomic_load(&memory->generation);
}

void client_memory_forget(struct client_memory *memory) {
    atomic_fetch_add(&memory->generation, 1);
}

static struct slot *slot_of(struct client_memory *memory, const unsigned char *hash) {
    return &memory->slots[hash[0] % SLOTS];
}

/* The texts of an actor in their order in a slot. */
static void texts_of(struct actor *actor, const char **texts[TEXTS]) {
    texts[0] = &actor->client_id;
    texts[1] = &actor->account_id;
    texts[2] = &actor->email;
    texts[3] = &actor->scopes;
    texts[4] = &actor->client_siret;
    texts[5] = &actor->client_product;
}

/* False where they do not fit. */
static bool pack(struct slot *slot, const struct actor *actor) {
    const char **texts[TEXTS];
    struct actor copy = *actor;
    size_t used = 0;
    texts_of(&copy, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = *texts[i];
        const size_t bytes = text == NULL ? 0 : strlen(text) + 1;
        slot->has[i] = text != NULL;
        if (bytes > TEXT_BYTES - used) {
            return false;
        }
        if (text != NULL) {
            memcpy(slot->texts + used, text, bytes);
        }
        used += bytes;
    }
    slot->roles_count = actor->roles_count;
    for (size_t i = 0; i < actor->roles_count; i++) {
        slot->roles[i] = actor->roles[i].role;
    }
    return true;
}

static void unpack(const struct slot *slot, struct arena *arena, struct actor *actor) {
    const char **texts[TEXTS];
    size_t used = 0;
    texts_of(actor, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        *texts[i] = slot->has[i] ? arena_strdup(arena, slot->texts + used) : NULL;
        used += slot->has[i] ? strlen(*texts[i]) + 1 : 0;
    }
    struct role_grant *roles = ARENA_ARRAY(arena, struct role_grant, slot->roles_count);
    for (size_t i = 0; i < slot->roles_count; i++) {
        roles[i] = (struct role_grant){slot->roles[i], actor->client_product};
    }
    actor->kind = ACTOR_CLIENT;
    actor->roles = roles;
    actor->roles_count = slot->roles_count;
}

bool client_memory_find(struct client_memory *memory, struct arena *arena, const char *token,
                        struct actor *actor) {
    unsigned char hash[TOKEN_HASH_BYTES];
    const uint64_t generation = client_memory_generation(memory);
    token_hash_fast(token, hash);
    const struct slot *slot = slot_of(memory, hash);
    (void)pthread_mutex_lock(&memory->lock);
    const bool found = slot->until_ms > clock_monotonic_ms() &&
                       slot->expires_at_ms > clock_now_ms() && slot->generation == generation &&
                       memcmp(slot->hash, hash, sizeof hash) == 0;
    if (found) {
        unpack(slot, arena, actor);
    }
    (void)pthread_mutex_unlock(&memory->lock);
    return found;
}

/* Roles that do not stand for the product that the program is bound to are nothing it could have. */
static bool can_be_kept(const struct actor *actor) {
    if (actor->roles_count > ROLES_MAX) {
        return false;
    }
    for (size_t i = 0; i < actor->roles_count; i++) {
        const char *product = actor->roles[i].product;
        if (product == NULL || actor->client_product == NULL ||
            strcmp(product, actor->client_product) != 0) {
            return false;
        }
    }
    return true;
}

void client_memory_store(struct client_memory *memory, const char *token, uint64_t generation,
                         int64_t expires_at_s, const struct actor *actor) {
    unsigned char hash[TOKEN_HASH_BYTES];
    if (!can_be_kept(actor)) {
        return;
    }
    token_hash_fast(token, hash);
    struct slot *slot = slot_of(memory, hash);
    (void)pthread_mutex_lock(&memory->lock);
    const bool fits = pack(slot, actor);
    memcpy(slot->hash, hash, sizeof hash);
    slot->generation = generation;
    slot->expires_at_ms = expires_at_s * 1000;
    slot->until_ms = fits ? clock_monotonic_ms() + CLIENT_MEMORY_MS : 0;
    (void)pthread_mutex_unlock(&memory->lock);
}

#include "security/password.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/unicode.h"
#include <crypt.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSES = 3, KIB_PER_MB = 1024, BYTES_PER_KIB = 1024 };

static int64_t memory_kib = (int64_t)PASSWORD_MEMORY_MB * KIB_PER_MB;

void password_set_memory(int64_t megabytes) {
    memory_kib = megabytes * KIB_PER_MB;
}

static size_t memory_bytes(void) {
    return (size_t)memory_kib * BYTES_PER_KIB;
}

/* Bounds: a costlier imported hash would hold a thread, or the memory, for minutes. */
enum {
    BCRYPT_COST_MAX = 14,
    ARGON2_KIB_MAX = PASSWORD_MEMORY_MB_MAX * KIB_PER_MB,
    ARGON2_PASSES_MAX = 12
};

/* Salts and hashes of random passwords that were thrown away. */
static const char NOBODY_ARGON2[] =
    "pCmoenQK/1JbdihOIU2t+Q$Rq+V5wOBAygF4AdAXo4Xepu2GqQULg9Tn4KLbBMMfww";
static const char NOBODY_BCRYPT[] = "pCmoenQK/1JbdihOIU2tAORq.V5wOBAygF4AdAXo4Xepu2GqQULg9";

/* Each has a queue of its own. */
enum turn { TURN_FIRST, TURN_OTHERS };
enum { TURNS = 2 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t freed[TURNS];
    pthread_once_t once;
    int running;
    int waiting[TURNS];
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static void gate_init(void) {
    for (int turn = 0; turn < TURNS; turn++) {
        clock_cond_init(&gate.freed[turn]);
    }
}

/* True while there is room, and nobody waits whose turn comes before. Requires: the lock is held; so does
 * gate_wait. */
static bool gate_is_open(enum turn turn) {
    return gate.running < PASSWORD_RUNNING_MAX &&
           (turn == TURN_FIRST || gate.waiting[TURN_FIRST] == 0);
}

/* Waits in the queue; false once the time is over. */
static bool gate_wait(enum turn turn) {
    const struct timespec until = clock_deadline(PASSWORD_WAIT_MS);
    gate.waiting[turn]++;
    int outcome = 0;
    while (!gate_is_open(turn) && outcome != ETIMEDOUT) {
        outcome = pthread_cond_timedwait(&gate.freed[turn], &gate.lock, &until);
    }
    gate.waiting[turn]--;
    return gate_is_open(turn);
}

/* Wakes whoever comes next. Requires: the lock is held. */
static void gate_call_next(void) {
    const enum turn next = gate.waiting[TURN_FIRST] > 0 ? TURN_FIRST : TURN_OTHERS;
    (void)pthread_cond_signal(&gate.freed[next]);
}

static enum err gate_enter(enum turn turn) {
    (void)pthread_once(&gate.once, gate_init);
    (void)pthread_mutex_lock(&gate.lock);
    bool admitted = gate_is_open(turn);
    if (!admitted && gate.waiting[turn] < PASSWORD_WAITING_MAX) {
        admitted = gate_wait(turn);
    }
    gate.running += admitted ? 1 : 0;
    if (gate.running < PASSWORD_RUNNING_MAX) {
        gate_call_next(); /* the other place, or what this one gave up, may be free too */
    }
    (void)pthread_mutex_unlock(&gate.lock);
    return admitted ? ERR_NONE : ERR_UNAVAILABLE;
}

static void gate_leave(void) {
    (void)pthread_mutex_lock(&gate.lock);
    gate.running--;
    gate_call_next();
    (void)pthread_mutex_unlock(&gate.lock);
}

enum err password_hash(struct arena *arena, const char *password, const char **out) {
    char hash[crypto_pwhash_STRBYTES];
    const char *composed = unicode_compose(arena, password);
    TRY(gate_enter(TURN_OTHERS));
    const int outcome = crypto_pwhash_str_alg(hash, composed, strlen(composed), PASSES,
                                              memory_bytes(), crypto_pwhash_ALG_ARGON2ID13);
    gate_leave();
    if (outcome != 0) {
        return ERR_UNAVAILABLE; /* no memory for it now */
    }
    *out = arena_strdup(arena, hash);
    return ERR_NONE;
}

/* "$2b$12$…" */
static bool is_bcrypt(const char *hash) {
    return (text_starts_with(hash, "$2a$") || text_starts_with(hash, "$2b$") ||
            text_starts_with(hash, "$2y$")) &&
           strlen(hash) == 60 && hash[6] == '$' &&
           (hash[4] - '0') * 10 + hash[5] - '0' <= BCRYPT_COST_MAX;
}

static enum err bcrypt_matches(const char *hash, const char *password, bool *matches) {
    struct crypt_data *data = calloc(1, sizeof *data); /* 32 kB: too much for a small stack */
    if (data == NULL) {
        return ERR_UNAVAILABLE;
    }
    errno = 0;
    const char *computed = crypt_r(password, hash, data);
    const bool is_starved = computed == NULL && errno == ENOMEM;
    *matches = computed != NULL && strlen(computed) == strlen(hash) &&
               sodium_memcmp(computed, hash, strlen(hash)) == 0;
    sodium_memzero(data, sizeof *data);
    free(data);
    return is_starved ? ERR_UNAVAILABLE : ERR_NONE;
}

/* The number behind "m=" or "t=" of an encoded hash; one above every bound where there is none. */
static int64_t argon2_parameter(const char *hash, const char *name) {
    char digits[8] = "";
    int64_t number = INT64_MAX;
    const char *at = strstr(hash, name);
    if (at == NULL) {
        return number;
    }
    at += strlen(name);
    const size_t length = strspn(at, "0123456789");
    if (length < sizeof digits) {
        memcpy(digits, at, length);
    }
    return text_parse_integer(digits, 1, INT32_MAX, &number) ? number : INT64_MAX;
}

/* "$argon2id$v=19$m=65536,t=3,p=1$…", or argon2i. */
static bool is_argon2(const char *hash) {
    return crypto_pwhash_str_needs_rehash(hash, PASSES, memory_bytes()) >= 0 &&
           argon2_parameter(hash, "$m=") <= ARGON2_KIB_MAX &&
           argon2_parameter(hash, ",t=") <= ARGON2_PASSES_MAX;
}

bool password_hash_is_known(const char *hash) {
    return is_bcrypt(hash) || is_argon2(hash);
}

static enum err argon2_matches(const char *hash, const char *password, bool *matches) {
    /* The interface asks for the full length, whatever the length of the text. */
    char padded[crypto_pwhash_STRBYTES] = {0};
    memcpy(padded, hash, strnlen(hash, sizeof padded - 1));
    errno = 0;
    *matches = crypto_pwhash_str_verify(padded, password, strlen(password)) == 0;
    /* libsodium returns EINVAL for a wrong password; anything else is a lack of memory. */
    return *matches || errno == EINVAL ? ERR_NONE : ERR_UNAVAILABLE;
}

static enum err hash_matches(const char *hash, const char *password, bool *matches) {
    if (is_bcrypt(hash)) {
        return bcrypt_matches(hash, password, matches);
    }
    *matches = false;
    return is_argon2(hash) ? argon2_matches(hash, password, matches) : ERR_NONE;
}

/* True where verifying the hash costs this; the three names of bcrypt cost the same. */
static bool has_cost(const char *hash, const char *cost) {
    const size_t length = strlen(cost);
    return is_bcrypt(hash) ? text_starts_with(cost, "$2b$") && strncmp(hash + 4, cost + 4, 2) == 0
                           : text_starts_with(hash, cost) && hash[length] == '$';
}

/* One verification of this cost: of the account's own hash, or else of nobody's. */
static enum err verify_once(const char *hash, const char *cost, const char *password, bool *matches,
                            bool *is_own) {
    char nobody[crypto_pwhash_STRBYTES];
    bool ignored = false;
    *is_own = hash != NULL && has_cost(hash, cost);
    if (*is_own) {
        return hash_matches(hash, password, matches);
    }
    (void)snprintf(nobody, sizeof nobody, "%s$%s", cost,
                   text_starts_with(cost, "$2b$") ? NOBODY_BCRYPT : NOBODY_ARGON2);
    return hash_matches(nobody, password, &ignored);
}

static enum err verify_all(const char *hash, const struct password_costs *costs,
                           const char *password, bool *matches) {
    char present[64];
    bool is_done = false;
    bool has_present = false;
    (void)snprintf(present, sizeof present, "$argon2id$v=19$m=%lld,t=%d,p=1", (long long)memory_kib,
                   PASSES);
    for (size_t i = 0; i < costs->count; i++) {
        bool is_own = false;
        TRY(verify_once(hash, costs->items[i], password, matches, &is_own));
        is_done = is_done || is_own;
        has_present = has_present || strcmp(costs->items[i], present) == 0;
    }
    if (!has_present) {
        bool is_own = false;
        TRY(verify_once(hash, present, password, matches, &is_own));
        is_done = is_done || is_own;
    }
    return is_done || hash == NULL ? ERR_NONE : hash_matches(hash, password, matches);
}

/* As people type it now, then as it came where that differs: both are computed whatever the first said, so that the
 * duration tells nothing. */
static enum err verify_forms(const char *hash, const struct password_costs *costs,
                             const char *password, enum password_match *match) {
    ARENA_AUTO(arena);
    const char *composed = unicode_compose(&arena, password);
    bool matches = false;
    bool matches_raw = false;
    TRY(verify_all(hash, costs, composed, &matches));
    if (strcmp(composed, password) != 0) {
        TRY(verify_all(hash, costs, password, &matches_raw));
    }
    *match = matches ? PASSWORD_MATCHES : matches_raw ? PASSWORD_MATCHES_RAW : PASSWORD_WRONG;
    return ERR_NONE;
}

enum err password_verify(const char *hash, const struct password_costs *costs, const char *password,
                         enum password_match *match) {
    *match = PASSWORD_WRONG;
    if (strnlen(password, PASSWORD_BYTES_MAX + 1) > PASSWORD_BYTES_MAX) {
        return ERR_NONE;
    }
    TRY(gate_enter(costs->goes_first ? TURN_FIRST : TURN_OTHERS));
    const enum err e = verify_forms(hash, costs, password, match);
    gate_leave();
    return e;
}

bool password_needs_rehash(const char *hash) {
    return crypto_pwhash_str_needs_rehash(hash, PASSES, memory_bytes()) != 0;
}

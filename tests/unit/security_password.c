#include "base/clock.h"
#include "base/text.h"
#include "security/password.h"
#include "security/security.h"
#include "test.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { CHEAP_MB = 8 };

/* The first test: what nobody has changed. */
static void costs_64_mib_and_three_passes_by_default(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *hash = NULL;
    assert_ok(password_hash(&arena, "neuf chevaux ailés", &hash));
    assert_true(text_starts_with(hash, "$argon2id$v=19$m=65536,t=3,p=1$"));
}

static void matches_a_hash_of_another_cost_and_asks_for_a_rehash(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *hash = NULL;
    enum password_match match = PASSWORD_WRONG;
    password_set_memory(1);
    assert_ok(password_hash(&arena, "neuf chevaux ailés", &hash));
    assert_true(text_starts_with(hash, "$argon2id$v=19$m=1024,t=3,p=1$"));
    assert_false(password_needs_rehash(hash));
    password_set_memory(2);
    assert_true(password_needs_rehash(hash));
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "neuf chevaux ailés", &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "neuf chevaux ailes", &match));
    assert_int_equal(match, PASSWORD_WRONG);
    password_set_memory(CHEAP_MB);
}

static void verifies_own_hash(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *hash = NULL;
    enum password_match match = PASSWORD_WRONG;
    assert_ok(password_hash(&arena, "neuf chevaux ailés", &hash));
    assert_false(password_needs_rehash(hash));
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "neuf chevaux ailés", &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "neuf chevaux ailes", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

/* macOS sends accents of their own, Windows composed ones. */
static void matches_accents_in_either_form(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    static const char COMPOSED[] = "neuf chevaux ail\u00e9s";
    static const char DECOMPOSED[] = "neuf chevaux aile\u0301s";
    const char *hash = NULL;
    enum password_match match = PASSWORD_WRONG;
    assert_ok(password_hash(&arena, DECOMPOSED, &hash));
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, COMPOSED, &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, DECOMPOSED, &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "neuf chevaux ailes", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

static void matches_a_hash_of_decomposed_accents_and_says_so(void **state) {
    (void)state;
    /* crypt(3) of "neuf chevaux aile\u0301s", as a former system kept it. */
    static const char HASH[] = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.F/dFnbbn/Id9Rdz3Bs7e3PE/qqu5pKG";
    enum password_match match = PASSWORD_WRONG;
    assert_ok(password_verify(HASH, PASSWORD_COSTS_NONE, "neuf chevaux aile\u0301s", &match));
    assert_int_equal(match, PASSWORD_MATCHES_RAW);
    assert_ok(password_verify(HASH, PASSWORD_COSTS_NONE, "neuf chevaux ailles", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

static void matches_nothing_without_a_hash(void **state) {
    (void)state;
    enum password_match match = PASSWORD_MATCHES;
    assert_ok(password_verify(NULL, PASSWORD_COSTS_NONE, "neuf chevaux ailés", &match));
    assert_int_equal(match, PASSWORD_WRONG);
    match = PASSWORD_MATCHES;
    assert_ok(password_verify("", PASSWORD_COSTS_NONE, "neuf chevaux ailés", &match));
    assert_int_equal(match, PASSWORD_WRONG);
    match = PASSWORD_MATCHES;
    assert_ok(
        password_verify("$argon2id$broken", PASSWORD_COSTS_NONE, "neuf chevaux ailés", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

static void never_matches_oversized_password(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    char *password = arena_alloc(&arena, PASSWORD_BYTES_MAX + 2);
    memset(password, 'x', PASSWORD_BYTES_MAX + 1);
    enum password_match match = PASSWORD_MATCHES;
    assert_ok(password_verify(NULL, PASSWORD_COSTS_NONE, password, &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

static void verifies_imported_bcrypt(void **state) {
    (void)state;
    /* Published test vector of the algorithm. */
    const char *hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    enum password_match match = PASSWORD_WRONG;
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "U*U", &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    assert_ok(password_verify(hash, PASSWORD_COSTS_NONE, "U*V", &match));
    assert_int_equal(match, PASSWORD_WRONG);
    assert_true(password_needs_rehash(hash));
    const char *costly = "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_ok(password_verify(costly, PASSWORD_COSTS_NONE, "U*U", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

/* Published by their authors. */
static void verifies_each_kind_of_imported_hash(void **state) {
    (void)state;
    static const char *const KINDS[][2] = {
        {"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
         "password"},
        {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
         "password"},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        enum password_match match = PASSWORD_WRONG;
        assert_true(password_hash_is_known(KINDS[i][0]));
        assert_ok(password_verify(KINDS[i][0], PASSWORD_COSTS_NONE, KINDS[i][1], &match));
        assert_int_equal(match, PASSWORD_MATCHES);
        assert_ok(password_verify(KINDS[i][0], PASSWORD_COSTS_NONE, "autre chose", &match));
        assert_int_equal(match, PASSWORD_WRONG);
        assert_true(password_needs_rehash(KINDS[i][0]));
    }
}

static void refuses_hashes_that_cost_too_much(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=4000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$broken",
        "$1$abcdefgh$abcdefghijklmnopqrstuv",
        "en clair",
        "",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        assert_false(password_hash_is_known(TEXTS[i]));
    }
}

/* Microseconds of this thread, whatever else the machine does. */
static int64_t spent_us(void) {
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t verify_alike_us(const char *hash, const struct password_costs *costs) {
    int64_t least_us = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        enum password_match match = PASSWORD_MATCHES;
        const int64_t start_us = spent_us();
        assert_ok(password_verify(hash, costs, "neuf chevaux rétifs", &match));
        const int64_t us = spent_us() - start_us;
        assert_int_equal(match, PASSWORD_WRONG);
        least_us = us < least_us ? us : least_us;
    }
    return least_us;
}

static int64_t verify_us(const char *hash) {
    return verify_alike_us(hash, PASSWORD_COSTS_NONE);
}

static void takes_as_long_without_a_hash_as_with_one(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *hash = NULL;
    assert_ok(password_hash(&arena, "neuf chevaux ailés", &hash));
    const int64_t somebody_us = verify_us(hash);
    const int64_t nobody_us = verify_us(NULL);
    assert_true(somebody_us < nobody_us * 2 && nobody_us < somebody_us * 2);
}

/* While hashes of another kind are left, each log-in costs one of each kind. */
static void takes_as_long_for_each_kind_of_hash(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *own = NULL;
    assert_ok(password_hash(&arena, "neuf chevaux ailés", &own));
    static const char *const ITEMS[] = {"$2b$10", "$argon2id$v=19$m=32768,t=12,p=1"};
    const struct password_costs costs = {.items = ITEMS, .count = 2};
    const char *const hashes[] = {
        NULL,
        own,
        "$2y$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$argon2id$v=19$m=32768,t=12,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    };
    int64_t least_us = INT64_MAX;
    int64_t most_us = 0;
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        const int64_t us = verify_alike_us(hashes[i], &costs);
        least_us = us < least_us ? us : least_us;
        most_us = us > most_us ? us : most_us;
    }
    assert_true(most_us * 10 < least_us * 13);
    assert_true(least_us > verify_us(NULL) * 5 / 4);
}

static void matches_one_hash_among_the_costs_of_all(void **state) {
    (void)state;
    static const char *const ITEMS[] = {"$2b$05", "$2b$06", "$argon2id$v=19$m=65536,t=2,p=1"};
    const struct password_costs costs = {.items = ITEMS, .count = 3};
    static const char HASH[] = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    enum password_match match = PASSWORD_WRONG;
    assert_ok(password_verify(HASH, &costs, "U*U", &match));
    assert_int_equal(match, PASSWORD_MATCHES);
    /* The verifications for nobody match nothing, whatever is typed. */
    assert_ok(password_verify(NULL, &costs, "U*U", &match));
    assert_int_equal(match, PASSWORD_WRONG);
    assert_ok(password_verify("$2a$07$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                              &costs, "U*U", &match));
    assert_int_equal(match, PASSWORD_WRONG);
}

enum { CROWD = PASSWORD_RUNNING_MAX + PASSWORD_WAITING_MAX + 40 };
static _Atomic int served;
static _Atomic int turned_away;
static pthread_barrier_t all_there;

static void *log_in(void *unused) {
    enum password_match match = PASSWORD_WRONG;
    (void)pthread_barrier_wait(&all_there);
    const enum err e = password_verify(NULL, PASSWORD_COSTS_NONE, "foule", &match);
    if (e == ERR_NONE) {
        atomic_fetch_add(&served, 1);
    } else if (e == ERR_UNAVAILABLE) {
        atomic_fetch_add(&turned_away, 1);
    }
    return unused;
}

static void refuses_too_many_waiters_and_recovers(void **state) {
    (void)state;
    pthread_t threads[CROWD];
    assert_int_equal(pthread_barrier_init(&all_there, NULL, CROWD), 0);
    for (size_t i = 0; i < CROWD; i++) {
        assert_ok(pthread_create(&threads[i], NULL, log_in, NULL));
    }
    for (size_t i = 0; i < CROWD; i++) {
        assert_ok(pthread_join(threads[i], NULL));
    }
    (void)pthread_barrier_destroy(&all_there);
    assert_int_equal(served + turned_away, CROWD);
    assert_true(served >= PASSWORD_RUNNING_MAX);
    assert_true(turned_away > 0);
    enum password_match match = PASSWORD_MATCHES;
    assert_ok(password_verify(NULL, PASSWORD_COSTS_NONE, "après", &match));
}

/* More known devices than run at once: some of them wait as well, and have to be called. */
enum { STRANGERS = 24, KNOWN = 2 * PASSWORD_RUNNING_MAX };
static _Atomic int strangers_served;

static void *log_in_as_a_stranger(void *unused) {
    enum password_match match = PASSWORD_WRONG;
    if (password_verify(NULL, PASSWORD_COSTS_NONE, "foule", &match) == ERR_NONE) {
        atomic_fetch_add(&strangers_served, 1);
    }
    return unused;
}

static void *log_in_by_a_known_device(void *unused) {
    enum password_match match = PASSWORD_MATCHES;
    const struct password_costs known = {.goes_first = true};
    (void)!password_verify(NULL, &known, "connu", &match);
    return unused;
}

/* Whether known devices that come when a crowd waits are served before half of it, and the crowd goes on: a device
 * that nobody calls is served as well once its time is over, and by then all the others have given up. */
static bool go_before_a_crowd(void) {
    pthread_t crowd[STRANGERS];
    pthread_t known[KNOWN];
    strangers_served = 0;
    for (size_t i = 0; i < STRANGERS; i++) {
        assert_ok(pthread_create(&crowd[i], NULL, log_in_as_a_stranger, NULL));
    }
    while (strangers_served == 0) {
        (void)sched_yield();
    }
    for (size_t i = 0; i < KNOWN; i++) {
        assert_ok(pthread_create(&known[i], NULL, log_in_by_a_known_device, NULL));
    }
    for (size_t i = 0; i < KNOWN; i++) {
        assert_ok(pthread_join(known[i], NULL));
    }
    const bool went_first = strangers_served < STRANGERS / 2;
    for (size_t i = 0; i < STRANGERS; i++) {
        assert_ok(pthread_join(crowd[i], NULL));
    }
    return went_first && strangers_served == STRANGERS;
}

static void lets_known_devices_go_before_the_strangers(void **state) {
    (void)state;
    /* On a busy machine the crowd may be served before this thread runs again; in the order of their coming
     * the known devices would be last each time. */
    bool went_first = false;
    for (int tries = 0; tries < 30 && !went_first; tries++) {
        went_first = go_before_a_crowd();
    }
    assert_true(went_first);
}

static int set_up(void **state) {
    (void)state;
    return security_init() == ERR_NONE ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_64_mib_and_three_passes_by_default),
        cmocka_unit_test(matches_a_hash_of_another_cost_and_asks_for_a_rehash),
        cmocka_unit_test(verifies_own_hash),
        cmocka_unit_test(matches_accents_in_either_form),
        cmocka_unit_test(matches_a_hash_of_decomposed_accents_and_says_so),
        cmocka_unit_test(matches_nothing_without_a_hash),
        cmocka_unit_test(never_matches_oversized_password),
        cmocka_unit_test(verifies_imported_bcrypt),
        cmocka_unit_test(verifies_each_kind_of_imported_hash),
        cmocka_unit_test(refuses_hashes_that_cost_too_much),
        cmocka_unit_test(takes_as_long_without_a_hash_as_with_one),
        cmocka_unit_test(takes_as_long_for_each_kind_of_hash),
        cmocka_unit_test(matches_one_hash_among_the_costs_of_all),
        cmocka_unit_test(refuses_too_many_waiters_and_recovers),
        cmocka_unit_test(lets_known_devices_go_before_the_strangers),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

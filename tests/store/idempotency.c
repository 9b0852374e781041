/* Idempotency keys: one run, one answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/context.h"
#include "core/idempotency.h"
#include "database.h"
#include <pthread.h>
#include <stdatomic.h>

enum { RACERS = 8 };

static struct database database;
static struct pool *pool;
static const unsigned char HASH[32] = {1};
static const unsigned char OTHER_HASH[32] = {2};

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 4, .prepared = true});
    return 0;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static struct idempotency_key key_named(const char *name) {
    return (struct idempotency_key){"address:192.0.2.1", "/v1/requests", name};
}

static enum idempotency_verdict claim(struct arena *arena, const struct idempotency_key *key,
                                      const unsigned char *hash,
                                      struct idempotency_answer *answer) {
    enum idempotency_verdict verdict = IDEMPOTENCY_CLAIMED;
    assert_int_equal(idempotency_claim(pool, arena, key, hash, &verdict, answer), ERR_NONE);
    return verdict;
}

static void gives_the_first_answer_again(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("answered");
    struct idempotency_answer answer = {0};
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_CLAIMED);
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_RUNNING);
    assert_int_equal(claim(&arena, &key, OTHER_HASH, &answer), IDEMPOTENCY_OTHER_BODY);
    const struct idempotency_answer first = {201, "application/json", "{\"id\":1}",
                                             "[{\"name\":\"ETag\",\"value\":\"\\\"1\\\"\"}]"};
    assert_int_equal(idempotency_finish(pool, &arena, &key, &first), ERR_NONE);
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_ANSWERED);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer.body, "{\"id\":1}");
    assert_int_equal(claim(&arena, &key, OTHER_HASH, &answer), IDEMPOTENCY_OTHER_BODY);
}

static void may_come_again_after_a_failure(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("failed");
    struct idempotency_answer answer = {0};
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_CLAIMED);
    assert_int_equal(idempotency_release(pool, &arena, &key), ERR_NONE);
    assert_int_equal(claim(&arena, &key, OTHER_HASH, &answer), IDEMPOTENCY_CLAIMED);
}

static void remembers_an_act_whose_answer_was_lost(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("lost");
    struct idempotency_answer answer = {0};
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_CLAIMED);
    {
        TX_AUTO(tx);
        assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
        assert_int_equal(idempotency_mark(&tx, &key), ERR_NONE);
        assert_int_equal(tx_commit(&tx), ERR_NONE);
    }
    assert_int_equal(idempotency_release(pool, &arena, &key), ERR_NONE);
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_DONE);
}

static void is_forgotten_after_a_day(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("old");
    struct idempotency_answer answer = {0};
    assert_int_equal(claim(&arena, &key, HASH, &answer), IDEMPOTENCY_CLAIMED);
    assert_true(database_run(&database, "UPDATE idempotency_key SET created_at = now() - "
                                        "interval '24 hours 1 second' WHERE key = 'old'"));
    assert_int_equal(claim(&arena, &key, OTHER_HASH, &answer), IDEMPOTENCY_CLAIMED);
}

static void deletes_what_no_longer_counts(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key old = key_named("to-delete");
    const struct idempotency_key young = key_named("to-keep");
    struct idempotency_answer answer = {0};
    assert_int_equal(claim(&arena, &old, HASH, &answer), IDEMPOTENCY_CLAIMED);
    assert_int_equal(claim(&arena, &young, HASH, &answer), IDEMPOTENCY_CLAIMED);
    assert_true(database_run(&database, "UPDATE idempotency_key SET created_at = now() - "
                                        "interval '25 hours' WHERE key = 'to-delete'"));
    const struct services services = {.pool = pool};
    struct context context = {.services = &services, .arena = &arena};
    assert_int_equal(idempotency_delete_old(&context), ERR_NONE);
    assert_string_equal(database_cell(&database, "SELECT string_agg(key, ',') FROM idempotency_key "
                                                 "WHERE key IN ('to-delete', 'to-keep')"),
                        "to-keep");
}

static void *race(void *argument) {
    atomic_int *claims = argument;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("raced");
    struct idempotency_answer answer = {0};
    enum idempotency_verdict verdict = IDEMPOTENCY_RUNNING;
    if (idempotency_claim(pool, &arena, &key, HASH, &verdict, &answer) == ERR_NONE &&
        verdict == IDEMPOTENCY_CLAIMED) {
        atomic_fetch_add(claims, 1);
    }
    return NULL;
}

static void is_claimed_by_one_of_many(void **state) {
    (void)state;
    pthread_t threads[RACERS];
    atomic_int claims = 0;
    for (size_t i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race, &claims), 0);
    }
    for (size_t i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(atomic_load(&claims), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_first_answer_again),
        cmocka_unit_test(may_come_again_after_a_failure),
        cmocka_unit_test(remembers_an_act_whose_answer_was_lost),
        cmocka_unit_test(is_forgotten_after_a_day),
        cmocka_unit_test(deletes_what_no_longer_counts),
        cmocka_unit_test(is_claimed_by_one_of_many),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

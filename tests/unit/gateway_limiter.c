#include "gateway/limit/limiter.h"
#include "test.h"
#include <string.h>

/* The database of the tests: one window, counted as rate_window/take.sql does. */
struct fake {
    int64_t now_ms;
    int64_t started_ms;
    int64_t used;
    int64_t questions;
    bool is_away;
};

static enum err take(void *state, const char *token_id, const struct limit *limit, int64_t wanted,
                     struct rate_window_grant *grant) {
    struct fake *fake = state;
    (void)token_id;
    fake->questions++;
    if (fake->is_away) {
        return ERR_UNAVAILABLE;
    }
    if (fake->used == 0 || fake->started_ms + 60000 <= fake->now_ms) {
        fake->started_ms = fake->now_ms;
        fake->used = 0;
    }
    const int64_t left = limit->per_minute - fake->used;
    const int64_t quarter = left / 4 > 1 ? left / 4 : 1;
    const int64_t most = fake->used == 0 ? wanted : quarter < wanted ? quarter : wanted;
    grant->granted = left < most ? left : most;
    fake->used += grant->granted;
    grant->used = fake->used;
    grant->left_ms = fake->started_ms + 60000 - fake->now_ms;
    grant->reset_at_s = (fake->started_ms + 60000) / 1000;
    return ERR_NONE;
}

static int64_t now_ms(void *state) {
    return ((struct fake *)state)->now_ms;
}

static int64_t epoch_s(void *state) {
    return ((struct fake *)state)->now_ms / 1000;
}

static const char TOKEN[] = "0d7f7a54-54a5-4a44-9d2b-7d7d39a7a001";
static const struct limit SMALL = {.key = "endpoint:a", .per_minute = 5, .index = 0};
static const struct limit LARGE = {.key = "group:b", .per_minute = 250, .index = 1};

static struct limiter *limiter_on(struct fake *fake) {
    const struct limiter_source source = {
        .state = fake, .take = take, .now_ms = now_ms, .epoch_s = epoch_s};
    return limiter_new(&source);
}

static int64_t count_allowed(struct limiter *limiter, const struct limit *limit, int tries) {
    int64_t allowed = 0;
    for (int i = 0; i < tries; i++) {
        struct limiter_verdict verdict;
        limiter_take(limiter, TOKEN, limit, &verdict);
        if (verdict.allowed) {
            allowed++;
            assert_int_equal(verdict.remaining, limit->per_minute - allowed);
        } else {
            assert_int_equal(verdict.remaining, 0);
            assert_in_range(verdict.retry_after_s, 1, 60);
        }
    }
    return allowed;
}

static void a_small_limit_is_queried_at_each_call_until_it_is_used_up(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiter = limiter_on(&fake);
    assert_int_equal(count_allowed(limiter, &SMALL, 50), 5);
    assert_int_equal(fake.questions, 5);
    limiter_free(limiter);
}

static void a_limit_of_50_is_the_largest_that_is_queried_at_each_call(void **state) {
    (void)state;
    const struct limit limits[] = {{.key = "endpoint:a", .per_minute = 50, .index = 0},
                                   {.key = "endpoint:b", .per_minute = 51, .index = 1}};
    struct fake fakes[] = {{.now_ms = 1000000}, {.now_ms = 1000000}};
    for (size_t i = 0; i < 2; i++) {
        struct limiter *limiter = limiter_on(&fakes[i]);
        assert_int_equal(count_allowed(limiter, &limits[i], 60), limits[i].per_minute);
        limiter_free(limiter);
    }
    assert_int_equal(fakes[0].questions, 50);
    assert_true(fakes[1].questions < 50);
}

static void returns_the_seconds_to_wait_rounded_up(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiter = limiter_on(&fake);
    assert_int_equal(count_allowed(limiter, &SMALL, 5), 5);
    static const int64_t LEFT_MS_AND_S[][2] = {{60000, 60}, {59999, 60}, {58001, 59}, {58000, 58},
                                               {1001, 2},   {1000, 1},   {1, 1}};
    for (size_t i = 0; i < sizeof LEFT_MS_AND_S / sizeof LEFT_MS_AND_S[0]; i++) {
        struct limiter_verdict verdict;
        fake.now_ms = 1060000 - LEFT_MS_AND_S[i][0];
        limiter_take(limiter, TOKEN, &SMALL, &verdict);
        assert_false(verdict.allowed);
        assert_int_equal(verdict.retry_after_s, LEFT_MS_AND_S[i][1]);
        assert_int_equal(verdict.reset_at_s, 1060);
    }
    limiter_free(limiter);
}

static void a_large_limit_is_exact_with_few_queries(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiter = limiter_on(&fake);
    assert_int_equal(count_allowed(limiter, &LARGE, 400), 250);
    assert_in_range(fake.questions, 10, 40);
    limiter_free(limiter);
}

static void two_instances_never_exceed_a_limit_together(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiters[] = {limiter_on(&fake), limiter_on(&fake)};
    int64_t allowed = 0;
    for (int i = 0; i < 600; i++) {
        struct limiter_verdict verdict;
        limiter_take(limiters[i % 2], TOKEN, &LARGE, &verdict);
        allowed += verdict.allowed;
    }
    assert_int_equal(allowed, 250);
    limiter_free(limiters[0]);
    limiter_free(limiters[1]);
}

static void a_window_is_the_minute_from_its_first_call(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiter = limiter_on(&fake);
    struct limiter_verdict verdict;
    assert_int_equal(count_allowed(limiter, &SMALL, 6), 5);
    fake.now_ms += 59999;
    limiter_take(limiter, TOKEN, &SMALL, &verdict);
    assert_false(verdict.allowed);
    fake.now_ms += 1;
    limiter_take(limiter, TOKEN, &SMALL, &verdict);
    assert_true(verdict.allowed);
    assert_int_equal(verdict.reset_at_s, 1120);
    limiter_free(limiter);
}

static void counts_locally_while_the_database_is_down(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000, .is_away = true};
    struct limiter *limiter = limiter_on(&fake);
    assert_int_equal(count_allowed(limiter, &SMALL, 20), 5);
    assert_int_equal(fake.questions, 1);
    limiter_free(limiter);
}

static void uses_its_known_remainder_when_the_database_goes_down(void **state) {
    (void)state;
    struct fake fake = {.now_ms = 1000000};
    struct limiter *limiter = limiter_on(&fake);
    assert_int_equal(count_allowed(limiter, &SMALL, 2), 2);
    fake.is_away = true;
    int64_t allowed = 0;
    for (int i = 0; i < 10; i++) {
        struct limiter_verdict verdict;
        limiter_take(limiter, TOKEN, &SMALL, &verdict);
        allowed += verdict.allowed;
    }
    assert_int_equal(allowed, 3);
    limiter_free(limiter);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_limit_is_queried_at_each_call_until_it_is_used_up),
        cmocka_unit_test(a_limit_of_50_is_the_largest_that_is_queried_at_each_call),
        cmocka_unit_test(returns_the_seconds_to_wait_rounded_up),
        cmocka_unit_test(a_large_limit_is_exact_with_few_queries),
        cmocka_unit_test(two_instances_never_exceed_a_limit_together),
        cmocka_unit_test(a_window_is_the_minute_from_its_first_call),
        cmocka_unit_test(counts_locally_while_the_database_is_down),
        cmocka_unit_test(uses_its_known_remainder_when_the_database_goes_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The log of calls: a row that PostgreSQL refuses costs no other, and what waits is written later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "database.h"
#include "gateway/record/call_log.h"
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 2000, DAYS_KEPT = 30 };

static struct database database;
static struct pool *pool;
static struct call_log *log_;
static atomic_bool refuses_memory;

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size) {
    return atomic_load(&refuses_memory) ? NULL : __real_realloc(old, size);
}

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 2, .prepared = true});
    return 0;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static int begin(void **state) {
    (void)state;
    assert_true(database_run(&database, "TRUNCATE call"));
    log_ = call_log_new(pool, DAYS_KEPT);
    return 0;
}

static int end(void **state) {
    (void)state;
    call_log_free(log_);
    return 0;
}

static void add(const char *token_id, const char *context) {
    call_log_add(log_, &(struct call_row){.at_ms = clock_now_ms(),
                                          .token_id = token_id,
                                          .context = context,
                                          .status = 200,
                                          .provider_us = -1,
                                          .request_id = "r",
                                          .address = "192.0.2.1"});
}

static const char GOOD[] = "0d7f7a54-54a5-4a44-9d2b-7d7d39a7a001";

/* Until everything was written or given up; both are counted. */
static void wait_for_counts(uint64_t expected_recorded, uint64_t expected_dropped) {
    const int64_t deadline_ms = clock_monotonic_ms() + 30000;
    uint64_t recorded = 0;
    uint64_t dropped = 0;
    uint64_t waiting = 1;
    while (waiting > 0 && clock_monotonic_ms() < deadline_ms) {
        call_log_get_counts(log_, &recorded, &dropped, &waiting);
        sched_yield();
    }
    assert_int_equal(recorded, expected_recorded);
    assert_int_equal(dropped, expected_dropped);
    assert_int_equal(waiting, 0);
}

static void a_refused_row_loses_no_other(void **state) {
    (void)state;
    enum { BAD = 3 };
    char context[24];
    for (int i = 0; i < ROWS; i++) {
        const bool is_bad = i == 0 || i == 777 || i == ROWS - 1;
        (void)snprintf(context, sizeof context, "%d\nligne", i);
        add(is_bad ? "no uuid" : GOOD, context);
    }
    wait_for_counts(ROWS - BAD, BAD);
    assert_string_equal(database_cell(&database,
                                      "SELECT count(*) || ' ' || count(DISTINCT context) || ' ' ||"
                                      " sum(split_part(context, E'\\n', 1)::int) FROM call"),
                        "1997 1997 1996224"); /* 0 + 1 + … + 1999, without 777 and 1999 */
}

static void rows_wait_while_the_right_to_write_them_is_missing(void **state) {
    (void)state;
    assert_true(database_run(&database, "REVOKE INSERT ON call FROM guichet_app"));
    add(GOOD, "first");
    const int64_t until_ms = clock_monotonic_ms() + 2000;
    uint64_t recorded = 0;
    uint64_t dropped = 0;
    uint64_t waiting = 0;
    while (clock_monotonic_ms() < until_ms) { /* several tries */
        call_log_get_counts(log_, &recorded, &dropped, &waiting);
        assert_int_equal(recorded + dropped, 0);
        assert_int_equal(waiting, 1);
        sched_yield();
    }
    add(GOOD, "second");
    assert_true(database_run(&database, "GRANT INSERT ON call TO guichet_app"));
    wait_for_counts(2, 0);
    assert_string_equal(
        database_cell(&database, "SELECT string_agg(context, ' ' ORDER BY context) FROM call"),
        "first second");
}

static void a_row_without_memory_is_counted_as_dropped(void **state) {
    (void)state;
    char wide[600];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    atomic_store(&refuses_memory, true);
    add(GOOD, wide); /* the buffer, empty so far, cannot grow */
    atomic_store(&refuses_memory, false);
    add(GOOD, "later");
    wait_for_counts(1, 1);
    assert_string_equal(database_cell(&database, "SELECT string_agg(context, ' ') FROM call"),
                        "later");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refused_row_loses_no_other, begin, end),
        cmocka_unit_test_setup_teardown(rows_wait_while_the_right_to_write_them_is_missing, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_row_without_memory_is_counted_as_dropped, begin, end),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

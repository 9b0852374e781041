#include "http/connection_phase.h"
#include "test.h"

static const int64_t START_MS = 5000;

/* Asserts that a phase which nothing moves is over one millisecond after its deadline, not at it. */
static void assert_lasts(enum connection_phase phase, int64_t most_ms) {
    struct connection_progress progress;
    connection_progress_enter(&progress, phase, START_MS);
    assert_false(connection_progress_is_over(&progress, START_MS + most_ms));
    assert_true(connection_progress_is_over(&progress, START_MS + most_ms + 1));
}

static void each_phase_has_its_deadline(void **state) {
    (void)state;
    assert_lasts(PHASE_OPENED, 10000);
    assert_lasts(PHASE_HEADERS, 10000);
    assert_lasts(PHASE_SENDING, 300000);
    assert_lasts(PHASE_IDLE, 40000);
    assert_lasts(PHASE_REFUSED, 2000);
    struct connection_progress progress;
    connection_progress_enter(&progress, PHASE_HANDLING, START_MS);
    assert_false(connection_progress_is_over(&progress, START_MS + INT64_C(86400000)));
}

/* Looks every 10 s at a body of which so many bytes came since; in seconds, when it is over. */
static int64_t ends_after_s(size_t bytes_per_window) {
    const int64_t window_ms = 10001;
    struct connection_progress progress;
    int64_t now_ms = START_MS;
    connection_progress_enter(&progress, PHASE_BODY, now_ms);
    do {
        progress.window_bytes += bytes_per_window;
        now_ms += window_ms;
    } while (!connection_progress_is_over(&progress, now_ms));
    return (now_ms - START_MS) / 1000;
}

static void a_body_moves_by_10_kb_in_10_s_for_15_minutes_at_most(void **state) {
    (void)state;
    assert_int_equal(ends_after_s(9999), 10);
    assert_int_equal(ends_after_s(10000), 900);
    assert_int_equal(ends_after_s(10000000), 900);
    assert_lasts(PHASE_BODY, 10000);
}

static void a_window_counts_its_own_bytes_alone(void **state) {
    (void)state;
    struct connection_progress progress;
    connection_progress_enter(&progress, PHASE_BODY, START_MS);
    progress.window_bytes = 1000000;
    assert_false(connection_progress_is_over(&progress, START_MS + 10001));
    assert_false(connection_progress_is_over(&progress, START_MS + 20001));
    assert_true(connection_progress_is_over(&progress, START_MS + 20002));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_phase_has_its_deadline),
        cmocka_unit_test(a_body_moves_by_10_kb_in_10_s_for_15_minutes_at_most),
        cmocka_unit_test(a_window_counts_its_own_bytes_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

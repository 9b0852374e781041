/* The table of jobs, and when one that failed is tried again. */
#include "test.h"
#include "worker/jobs.h"
#include <string.h>

static void every_kind_has_one_function_and_a_name_of_its_own(void **state) {
    (void)state;
    assert_true(JOB_KINDS_COUNT > 10);
    for (size_t i = 0; i < JOB_KINDS_COUNT; i++) {
        const struct job_kind *kind = &JOB_KINDS[i];
        assert_true((kind->run == NULL) != (kind->run_with == NULL));
        assert_ptr_equal(job_kind_find(kind->kind), kind);
        assert_true(kind->interval_s >= 0 && kind->interval_s <= 86400);
        /* Nobody adds a recurring job with a payload. */
        assert_true(kind->interval_s == 0 || kind->run != NULL);
    }
}

static void a_kind_of_a_newer_version_is_unknown(void **state) {
    (void)state;
    assert_null(job_kind_find("token_notice"));
    assert_null(job_kind_find(""));
    assert_null(job_kind_find("TOKEN_NOTICES"));
}

static void tries_again_after_a_minute_doubled_up_to_64(void **state) {
    (void)state;
    static const int64_t EXPECTED_S[] = {60, 60, 120, 240, 480, 960, 1920, 3840, 3840};
    for (int64_t attempts = 0; attempts < 9; attempts++) {
        assert_int_equal(job_retry_delay_s(attempts), EXPECTED_S[attempts]);
    }
    assert_int_equal(job_retry_delay_s(INT64_MAX), 3840);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_one_function_and_a_name_of_its_own),
        cmocka_unit_test(a_kind_of_a_newer_version_is_unknown),
        cmocka_unit_test(tries_again_after_a_minute_doubled_up_to_64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

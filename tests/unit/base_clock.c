/* Dates and times as the API reads them. */
#include "base/clock.h"
#include "test.h"
#include <string.h>

static void reads_its_own_output(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const int64_t moments[] = {0, 1, 951782400000, 1795557670123, INT64_C(253402300799999)};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        int64_t read_ms = -1;
        assert_true(clock_parse_rfc3339(clock_format_rfc3339(&arena, moments[i]), &read_ms));
        assert_int_equal(read_ms, moments[i]);
    }
}

static void reads_offsets_and_fractions(void **state) {
    (void)state;
    const struct {
        const char *text;
        int64_t at_ms;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01T02:30:00+02:30", 0},
        {"1969-12-31T23:00:00-01:00", -1},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.123999Z", 123},
        {"2024-02-29T12:00:00Z", 1709208000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = -1;
        const bool read = clock_parse_rfc3339(rows[i].text, &at_ms);
        assert_int_equal(read, rows[i].at_ms >= 0);
        assert_int_equal(at_ms, rows[i].at_ms);
    }
}

static void refuses_malformed_timestamps(void **state) {
    (void)state;
    const char *texts[] = {"",
                           "demain",
                           "2027-01-01",
                           "2027-01-01T00:00:00",
                           "2027-01-01 00:00:00Z",
                           "2027-13-01T00:00:00Z",
                           "2027-02-29T00:00:00Z",
                           "2027-01-32T00:00:00Z",
                           "2027-01-01T24:00:00Z",
                           "2027-01-01T00:60:00Z",
                           "2027-01-01T00:00:00.Z",
                           "2027-01-01T00:00:00+1:00",
                           "2027-01-01T00:00:00+01:00 ",
                           "20270101T000000Z",
                           "+2027-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t at_ms = 0;
        assert_false(clock_parse_rfc3339(texts[i], &at_ms));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_its_own_output),
        cmocka_unit_test(reads_offsets_and_fractions),
        cmocka_unit_test(refuses_malformed_timestamps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

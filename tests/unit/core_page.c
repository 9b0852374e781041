/* Cursors: ours are read, anything else is refused at `cursor`. */
#include "core/page.h"
#include "test.h"

static const char GOOD[] = "1763930000123456_00000000-0000-4000-8000-000000000001";

static void reads_a_cursor_of_time_and_id(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct page page;
    field_errors_init(&errors, &arena);
    assert_true(page_read_time(&errors, &arena, 20, GOOD, &page));
    assert_true(page.at_us.has_value);
    assert_int_equal(page.at_us.value, 1763930000123456);
    assert_string_equal(page.id, "00000000-0000-4000-8000-000000000001");
    assert_true(page_read_time(&errors, &arena, 20, NULL, &page));
    assert_false(page.at_us.has_value);
    assert_null(page.id);
    assert_int_equal(errors.count, 0);
}

static void refuses_malformed_cursors(void **state) {
    static const char *const BAD[] = {"",
                                      "_",
                                      "x",
                                      "12",
                                      "12_34",
                                      "-1_00000000-0000-4000-8000-000000000001",
                                      "_00000000-0000-4000-8000-000000000001",
                                      "1e3_00000000-0000-4000-8000-000000000001",
                                      "999999999999999999_00000000-0000-4000-8000-000000000001"};
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        struct page page;
        field_errors_init(&errors, &arena);
        assert_false(page_read_time(&errors, &arena, 20, BAD[i], &page));
        assert_string_equal(errors.first->pointer, "cursor");
    }
}

static void reads_a_cursor_that_is_a_number(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct page page;
    field_errors_init(&errors, &arena);
    assert_true(page_read_number(&errors, 20, "42", &page));
    assert_true(page.number.has_value);
    assert_int_equal(page.number.value, 42);
    assert_true(page_read_number(&errors, 20, NULL, &page));
    assert_false(page.number.has_value);
    assert_false(page_read_number(&errors, 20, "4 2", &page));
    assert_false(page_read_number(&errors, 20, "-1", &page));
    assert_false(page_read_number(&errors, 20, "99999999999999999999", &page));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_cursor_of_time_and_id),
        cmocka_unit_test(refuses_malformed_cursors),
        cmocka_unit_test(reads_a_cursor_that_is_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

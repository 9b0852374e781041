/* Small texts: numbers, identifiers, and the memory that they are written to. */
#include "base/buf.h"
#include "base/text.h"
#include "test.h"
#include <string.h>

static void writes_integers_as_printf_does(void **state) {
    (void)state;
    static const int64_t numbers[] = {0, 7, 10, -1, -10, 429, 1234567890, INT64_MAX, INT64_MIN};
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *expected = arena_printf(&arena, "%lld", (long long)numbers[i]);
        struct buf buf;
        buf_init(&buf, &arena, 100);
        buf_put_integer(&buf, numbers[i]);
        assert_string_equal(buf_text(&buf), expected);
        assert_string_equal(text_of_integer(&arena, numbers[i]), expected);
    }
}

static void reads_whole_decimal_numbers_only(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t least;
        int64_t most;
        bool is_one;
        int64_t number;
    } CASES[] = {
        {"0", 0, 9, true, 0},
        {"7", 7, 7, true, 7},
        {"6", 7, 9, false, 0},
        {"10", 0, 9, false, 0},
        {"-3", -3, 0, true, -3},
        {"-4", -3, 0, false, 0},
        {"-0", 0, 9, false, 0},
        {"07", 0, 9, false, 0},
        {"00", 0, 9, false, 0},
        {"+7", 0, 9, false, 0},
        {" 7", 0, 9, false, 0},
        {"7 ", 0, 9, false, 0},
        {"7.0", 0, 9, false, 0},
        {"0x7", 0, 9, false, 0},
        {"", 0, 9, false, 0},
        {"-", -9, 9, false, 0},
        {"9223372036854775807", 0, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", 0, INT64_MAX, false, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t number = 0;
        assert_int_equal(text_parse_integer(CASES[i].text, CASES[i].least, CASES[i].most, &number),
                         CASES[i].is_one);
        assert_int_equal(number, CASES[i].number);
    }
}

static void returns_every_identifier_once(void **state) {
    (void)state;
    enum { COUNT = 100 };
    char ids[COUNT][UUID_TEXT_BYTES];
    for (size_t i = 0; i < COUNT; i++) {
        text_new_uuid(ids[i]);
        assert_true(text_is_uuid(ids[i]));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(ids[i], ids[j]);
        }
    }
}

static void reads_uuids_with_hyphens_and_without(void **state) {
    (void)state;
    static const char LOWER[] = "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a";
    static const char *const GOOD[] = {
        LOWER,
        "3F2B8C1E-58A0-4A6E-9B1C-1F2E3D4C5B6A",
        "3f2b8c1e58a04a6e9b1c1f2e3d4c5b6a",
        "3F2b8c1e58a04a6e9b1c1f2e3d4c5b6A",
    };
    static const char *const BAD[] = {
        "",
        "3f2b8c1e58a04a6e9b1c1f2e3d4c5b6",
        "3f2b8c1e58a04a6e9b1c1f2e3d4c5b6a0",
        "3f2b8c1e-58a04a6e9b1c1f2e3d4c5b6a",
        "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a ",
        "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6",
        "3f2b8c1e-58a0-4a6e-9b1c1-f2e3d4c5b6a",
        "gf2b8c1e58a04a6e9b1c1f2e3d4c5b6a",
        "{3f2b8c1e58a04a6e9b1c1f2e3d4c5b6}",
    };
    char read[UUID_TEXT_BYTES];
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        assert_true(text_read_uuid(GOOD[i], read));
        assert_string_equal(read, LOWER);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_false(text_read_uuid(BAD[i], read));
    }
}

static void prints_texts_of_any_length(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    for (int width = 1; width < 2000; width += 51) {
        const char *text = arena_printf(&arena, "%*d.", width, 7);
        assert_int_equal(strlen(text), (size_t)width + 1);
        assert_memory_equal(text + width - 1, "7.", 3);
        struct buf buf;
        buf_init(&buf, &arena, 5000);
        buf_printf(&buf, "%*d.", width, 7);
        buf_printf(&buf, "%*d.", width, 8);
        assert_int_equal(buf.length, 2 * ((size_t)width + 1));
        assert_memory_equal(buf_text(&buf) + 2 * width, "8.", 3);
    }
}

static void keeps_its_content_where_a_print_exceeds_the_bound(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct buf buf;
    buf_init(&buf, &arena, 10);
    buf_printf(&buf, "%s", "12345678");
    buf_printf(&buf, "%s", "abc");
    assert_true(buf.overflowed);
    assert_string_equal(buf_text(&buf), "12345678");
}

static void returns_zeroed_memory_after_reuse(void **state) {
    (void)state;
    static const unsigned char zeroes[3000];
    for (size_t round = 0; round < 10; round++) {
        ARENA_AUTO(arena);
        for (size_t i = 0; i < 10; i++) {
            unsigned char *piece = arena_alloc(&arena, sizeof zeroes);
            assert_memory_equal(piece, zeroes, sizeof zeroes);
            memset(piece, 0xff, sizeof zeroes);
        }
    }
}

static void finds_the_end_of_a_text(void **state) {
    (void)state;
    assert_true(text_ends_with("applicant_email", "email"));
    assert_true(text_ends_with("email", "email"));
    assert_true(text_ends_with("a", ""));
    assert_false(text_ends_with("mail", "email"));
    assert_false(text_ends_with("email_key", "email"));
    assert_false(text_ends_with("", "l"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_integers_as_printf_does),
        cmocka_unit_test(finds_the_end_of_a_text),
        cmocka_unit_test(reads_whole_decimal_numbers_only),
        cmocka_unit_test(returns_every_identifier_once),
        cmocka_unit_test(reads_uuids_with_hyphens_and_without),
        cmocka_unit_test(prints_texts_of_any_length),
        cmocka_unit_test(keeps_its_content_where_a_print_exceeds_the_bound),
        cmocka_unit_test(returns_zeroed_memory_after_reuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "core/search.h"
#include "test.h"
#include <string.h>

static void looks_up_keys_where_the_text_is_one(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"Camille  Durand\t", "Camille Durand"},
        {"SIRET : 130\u202f025\u202f265\u202f00013", "13002526500013"},
        {"FR40 130 025 265", "130025265"},
        {"130 025 265", "130025265"},
        {"+33 (0)1 23 45 67 89", "+33123456789"},
        {"01\u00a023\u00a045\u00a067\u00a089", "+33123456789"},
        {"Camille@Mairie-\u00c9vry.fr\u200e", "camille@xn--mairie-vry-h7a.fr"},
        {"camille@xn--mairie-vry-h7a.fr", "camille@xn--mairie-vry-h7a.fr"},
        {"durand xn--mairie-vry-h7a.fr", "durand mairie-\u00e9vry.fr"},
        {"camille@xn--mairie-vry-h7a.fr durand", "camille@mairie-\u00e9vry.fr durand"},
        {"camille@", "camille@"},
        {"e\u0301cole", "\u00e9cole"},
        {"12345678901234", "12345678901234"}, /* no SIRET: as it came */
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        field_errors_init(&errors, &arena);
        assert_string_equal(search_read_words(&errors, "q", ROWS[i][0]), ROWS[i][1]);
        assert_int_equal(errors.count, 0);
    }
}

static void refuses_what_would_read_every_row(void **state) {
    (void)state;
    static const char *const WORDS[] = {"",      "ab", "\u200b\u200b\u200b", "a\u00a0b\u202fc",
                                        "- - -", "D"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        field_errors_init(&errors, &arena);
        assert_null(search_read_words(&errors, "q", WORDS[i]));
        assert_string_equal(errors.first->code, "too_short");
    }
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    assert_null(search_read_words(&errors, "q", "D7"));
    assert_string_equal(search_read_request_words(&errors, "q", "\u00a0D７"), "D7");
    assert_string_equal(search_read_request_words(&errors, "q", "D\u00a06"), "D6");
    assert_string_equal(search_read_request_words(&errors, "q", "h-12"), "h12");
    assert_null(search_read_words(&errors, "q", NULL));
    assert_int_equal(errors.count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_up_keys_where_the_text_is_one),
        cmocka_unit_test(refuses_what_would_read_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

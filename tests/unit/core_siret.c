#include "core/siret.h"
#include "test.h"
#include <string.h>

static void accepts_known_numbers(void **state) {
    (void)state;
    const char *sirets[] = {"13002526500013", "12002701600563", "20004697700019", "21340172201787",
                            "35600000000048", "35600000049837", "21920023500022", "55837874100737"};
    for (size_t i = 0; i < sizeof sirets / sizeof sirets[0]; i++) {
        assert_true(siret_is_valid(sirets[i]));
    }
    assert_true(siren_is_valid("130025265"));
    assert_true(siren_is_valid("356000000"));
}

static void refuses_wrong_numbers(void **state) {
    (void)state;
    const char *sirets[] = {"",
                            "12345678901234",
                            "12345356000000",
                            "00000000000000",
                            "1300252650001",
                            "130025265000133",
                            "1300252650001x",
                            "35600000049838",
                            "-3002526500013",
                            "13002526500014"};
    for (size_t i = 0; i < sizeof sirets / sizeof sirets[0]; i++) {
        assert_false(siret_is_valid(sirets[i]));
    }
    assert_false(siren_is_valid("130025266"));
    assert_false(siren_is_valid("000000000"));
    assert_false(siren_is_valid("13002526500013"));
}

static void drops_blanks(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    char siret[SIRET_TEXT_BYTES];
    const char *texts[] = {"130 025 265 00013", " 13002526500013\t",
                           "130\xc2\xa0"
                           "025\xe2\x80\xaf"
                           "265 00013"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_ok(siret_parse(&errors, "/siret", texts[i], siret));
        assert_string_equal(siret, "13002526500013");
    }
    assert_int_equal(errors.count, 0);
}

static void says_what_is_wrong(void **state) {
    (void)state;
    const char *rows[][3] = {
        {"", "required", "Indiquez"},
        {"   ", "required", "Indiquez"},
        {"1300252650001", "invalid_format", "en a 13"},
        {"130025265000133", "invalid_format", "en a 15"},
        {"130025265", "invalid_format", "SIREN"},
        {"1300252650001A", "invalid_format", "lettres"},
        {"FR13002526500013", "invalid_format", "lettres"},
        {"12345678901234", "invalid_format", "clé"},
        {"12345356000000", "invalid_format", "clé"},
        {"00000000000000", "invalid_format", "aucun"},
        {"99999999999999999999999999999999999999", "invalid_format", "en a 38"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        field_errors_init(&errors, &arena);
        char siret[SIRET_TEXT_BYTES] = "unchanged";
        assert_int_equal(siret_parse(&errors, "/siret", rows[i][0], siret), ERR_INVALID);
        assert_int_equal(errors.count, 1);
        assert_string_equal(errors.first->code, rows[i][1]);
        assert_non_null(strstr(errors.first->message, rows[i][2]));
        assert_string_equal(siret, "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_known_numbers),
        cmocka_unit_test(refuses_wrong_numbers),
        cmocka_unit_test(drops_blanks),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

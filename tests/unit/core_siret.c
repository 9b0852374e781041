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

/* One row for each way in which people and programs write a number. */
static void reads_every_spelling_of_one_number(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    char siret[SIRET_TEXT_BYTES];
    const char *texts[] = {
        "13002526500013",
        "130 025 265 00013",
        " 13002526500013\t",
        "130\u00a0025\u00a0265\u00a000013", /* no-break blanks */
        "130\u202f025\u202f265\u202f00013", /* narrow ones, as French texts have them */
        "130\u2009025\u2009265\u200900013", /* thin ones */
        "130\u200b025\u200b265\u200b00013", /* zero-width ones */
        "\u200e13002526500013\u200f",       /* marks of direction, as a copied PDF has them */
        "\u202a13002526500013\u202c",
        "\ufeff13002526500013",
        "１３００２５２６５０００１３", /* full width */
        "\u0661\u0663\u0660\u0660\u0662\u0665\u0662\u0666\u0665\u0660\u0660\u0660\u0661\u0663",
        "130.025.265.00013",
        "130-025-265-00013",
        "130\u2011025\u2013265\u221200013",
        "SIRET : 130 025 265 00013",
        "SIRET\u00a0: 130\u202f025\u202f265\u202f00013",
        "siret 13002526500013",
        "N° SIRET : 13002526500013",
        "SIRET n°13002526500013",
        "Numéro de SIRET :13002526500013",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_ok(siret_parse(&errors, "/siret", texts[i], siret));
        assert_string_equal(siret, "13002526500013");
    }
    assert_int_equal(errors.count, 0);
}

static void finds_the_number_that_was_meant(void **state) {
    (void)state;
    const struct {
        const char *typed, *number;
    } rows[] = {
        {"130 025 265", "130025265"},
        {"SIREN 130 025 265", "130025265"},
        {"SIRET : 130 025 265 00013", "13002526500013"},
        {"130025265000", "130025265000"},
        {"FR40130025265", "130025265"},
        {"FR40 130\u202f025\u202f265", "130025265"},
        {"fr 40 130 025 265", "130025265"},
        {"FR07 130025265", "130025265"},
        {"FRAB130025265", "130025265"}, /* keys of letters exist */
        {"FR40130025266", NULL},        /* no SIREN */
        {"FR4013002526500", NULL},
        {"DE40130025265", NULL},
        {"13002526", NULL},
        {"mairie 13002526500013", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ARENA_AUTO(arena);
        const char *number = siret_find_number(&arena, rows[i].typed);
        assert_int_equal(number == NULL, rows[i].number == NULL);
        if (number != NULL) {
            assert_string_equal(number, rows[i].number);
        }
    }
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
        {"FR40 130025265", "invalid_format", "TVA : il donne le SIREN 130025265"},
        {"SIREN : 130025265", "invalid_format", "SIREN"},
        {"RCS 13002526500013", "invalid_format", "lettres"},
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
        cmocka_unit_test(reads_every_spelling_of_one_number),
        cmocka_unit_test(finds_the_number_that_was_meant),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

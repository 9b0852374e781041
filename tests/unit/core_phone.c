#include "core/phone.h"
#include "test.h"
#include <string.h>

/* One row for each way in which people write a number; NULL: it is none. */
static void reads_every_spelling_of_one_number(void **state) {
    (void)state;
    static const struct {
        const char *typed, *key, *shown;
    } ROWS[] = {
        {"0123456789", "+33123456789", "0123456789"},
        {"01 23 45 67 89", "+33123456789", "01 23 45 67 89"},
        {"01.23.45.67.89", "+33123456789", "01.23.45.67.89"},
        {"01-23-45-67-89", "+33123456789", "01-23-45-67-89"},
        {"+33 1 23 45 67 89", "+33123456789", "+33 1 23 45 67 89"},
        {"+33 (0)1 23 45 67 89", "+33123456789", "+33 (0)1 23 45 67 89"},
        {"+33 01 23 45 67 89", "+33123456789", "+33 01 23 45 67 89"},
        {"0033 1 23 45 67 89", "+33123456789", "0033 1 23 45 67 89"},
        {"00 33 (0)1 23 45 67 89", "+33123456789", "00 33 (0)1 23 45 67 89"},
        {"01\u00a023\u00a045\u00a067\u00a089", "+33123456789", "01 23 45 67 89"},
        {"01\u202f23\u202f45\u202f67\u202f89", "+33123456789", "01 23 45 67 89"},
        {"\u202a+33\u200b1 23 45 67 89\u202c", "+33123456789", "+331 23 45 67 89"},
        {"０１ ２３ ４５ ６７ ８９", "+33123456789", "01 23 45 67 89"},
        {"Tél. : 01 23 45 67 89", "+33123456789", "01 23 45 67 89"},
        {"TÉL 01 23 45 67 89", "+33123456789", "01 23 45 67 89"},
        {"tel:+33-1-23-45-67-89", "+33123456789", "+33-1-23-45-67-89"},
        {"N° de téléphone : (0)1 23 45 67 89", "+33123456789", "(0)1 23 45 67 89"},
        {"Portable\u00a0: 06 12 34 56 78", "+33612345678", "06 12 34 56 78"},
        {"01\u201123\u201345\u221267\u201489", "+33123456789", "01-23-45-67-89"},
        {"bureau 12, 01 23 45 67 89", NULL, NULL},
        {"0262 12 34 56", "+262262123456", "0262 12 34 56"}, /* La Réunion */
        {"+262 262 12 34 56", "+262262123456", "+262 262 12 34 56"},
        {"0690 12 34 56", "+590690123456", "0690 12 34 56"}, /* Guadeloupe */
        {"+32 2 123 45 67", "+3221234567", "+32 2 123 45 67"},
        {"8001234", "8001234", "8001234"},
        {"012345678901234", "012345678901234", "012345678901234"},
        {"123456", NULL, NULL},
        {"1234567890123456", NULL, NULL},
        {"00123456", NULL, NULL},
        {"01 (0)23 45 67 89", NULL, NULL},
        {"call me", NULL, NULL},
        {"01 23 45 67 89 poste 12", NULL, NULL},
        {"+33 1 23 45 67 89 -----------------------", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        ARENA_AUTO(arena);
        struct phone phone;
        assert_int_equal(phone_parse(&arena, ROWS[i].typed, &phone), ROWS[i].key != NULL);
        if (ROWS[i].key != NULL) {
            assert_string_equal(phone.key, ROWS[i].key);
            assert_string_equal(phone.shown, ROWS[i].shown);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_spelling_of_one_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

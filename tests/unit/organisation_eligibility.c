#include "organisation/eligibility.h"
#include "test.h"
#include <string.h>

static void decides_by_legal_category(void **state) {
    (void)state;
    const struct {
        const char *category;
        const char *ground;
        bool by_nature;
        bool excluded;
    } rows[] = {
        {"7120", "administration", true, false},
        {"7210", "administration", true, false},
        {"4110", "administration", true, false},
        {"4120", "administration", true, false},
        {"8110", "social_security", true, false},
        {"8130", "social_security", true, false},
        {"8210", "public_service_mission", false, false},
        {"5510", "public_service_mission", false, false},
        {"9220", "public_service_mission", false, false},
        {"1000", "natural_person", false, true},
        {NULL, "unknown", false, false},
        {"", "unknown", false, false},
        {"7", "unknown", false, false},
        {"[ND]", "unknown", false, false},
        {"71200", "unknown", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const enum eligibility_ground ground = eligibility_find_ground(rows[i].category);
        assert_string_equal(eligibility_ground_name(ground), rows[i].ground);
        assert_int_equal(eligibility_is_by_nature(ground), rows[i].by_nature);
        assert_int_equal(eligibility_is_excluded(ground), rows[i].excluded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(decides_by_legal_category)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

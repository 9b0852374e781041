/* The three cases of attachment, as a table. */
#include "core/role.h"
#include "organisation/membership.h"
#include "test.h"

static const struct {
    bool has_members;
    bool has_same_domain;
    bool is_trusted;
    const char *domain;
    enum membership_case expected;
} CASES[] = {
    {false, false, false, "mairie.example", MEMBERSHIP_FIRST},
    {false, false, true, "mairie.example", MEMBERSHIP_FIRST},
    {false, false, false, "gmail.com", MEMBERSHIP_FIRST},
    {true, true, false, "mairie.example", MEMBERSHIP_SAME_DOMAIN},
    {true, true, true, "mairie.example", MEMBERSHIP_SAME_DOMAIN},
    {true, false, true, "mairie.example", MEMBERSHIP_TRUSTED_DOMAIN},
    {true, false, false, "mairie.example", MEMBERSHIP_OTHER_DOMAIN},
    {true, true, false, "gmail.com", MEMBERSHIP_OTHER_DOMAIN},
    {true, true, true, "wanadoo.fr", MEMBERSHIP_OTHER_DOMAIN},
};

static void an_address_that_was_kept_out_waits_whatever_the_others_say(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct membership_evidence evidence = {.has_members = CASES[i].has_members,
                                                     .has_same_domain = CASES[i].has_same_domain,
                                                     .is_trusted = CASES[i].is_trusted,
                                                     .is_excluded = true};
        assert_int_equal(membership_decide(&evidence, CASES[i].domain), MEMBERSHIP_EXCLUDED);
    }
    assert_false(membership_case_attaches(MEMBERSHIP_EXCLUDED));
    assert_string_equal(membership_case_name(MEMBERSHIP_EXCLUDED), "other_domain");
}

static void decides_each_case(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct membership_evidence evidence = {.has_members = CASES[i].has_members,
                                                     .has_same_domain = CASES[i].has_same_domain,
                                                     .is_trusted = CASES[i].is_trusted};
        assert_int_equal(membership_decide(&evidence, CASES[i].domain), CASES[i].expected);
    }
}

static void attaches_all_but_other_domains(void **state) {
    (void)state;
    assert_true(membership_case_attaches(MEMBERSHIP_FIRST));
    assert_true(membership_case_attaches(MEMBERSHIP_SAME_DOMAIN));
    assert_true(membership_case_attaches(MEMBERSHIP_TRUSTED_DOMAIN));
    assert_false(membership_case_attaches(MEMBERSHIP_OTHER_DOMAIN));
}

static void names_roles_both_ways(void **state) {
    (void)state;
    for (enum role role = ROLE_REPORTER; role <= ROLE_ADMIN; role++) {
        enum role parsed;
        assert_true(role_parse(role_name(role), &parsed));
        assert_int_equal(parsed, role);
    }
    enum role ignored;
    assert_false(role_parse("Admin", &ignored));
    assert_false(role_parse("", &ignored));
    assert_true(role_is_of_product(ROLE_MANAGER));
    assert_false(role_is_of_product(ROLE_SUPPORT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_each_case),
        cmocka_unit_test(an_address_that_was_kept_out_waits_whatever_the_others_say),
        cmocka_unit_test(attaches_all_but_other_domains),
        cmocka_unit_test(names_roles_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

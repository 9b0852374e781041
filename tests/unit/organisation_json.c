/* The bodies about memberships and trusted domains. */
#include "organisation/organisation_json.h"
#include "body.h"

static void reads_each_verdict(void **state) {
    (void)state;
    static const struct {
        const char *json;
        enum resolution outcome;
        bool trust_domain;
    } ROWS[] = {
        {"{\"outcome\":\"accept\"}", RESOLUTION_ACCEPT, false},
        {"{\"outcome\":\"accept\",\"trust_domain\":true}", RESOLUTION_ACCEPT, true},
        {"{\"outcome\":\"accept_as_external\",\"reason\":\"Prestataire\"}",
         RESOLUTION_ACCEPT_AS_EXTERNAL, false},
        {"{\"outcome\":\"refuse\",\"reason\":\"Inconnue\"}", RESOLUTION_REFUSE, false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct membership_verdict read = {0};
        assert_ok(organisation_json_read_verdict(&arena, &errors, body(ROWS[i].json), &read));
        assert_int_equal(read.outcome, ROWS[i].outcome);
        assert_int_equal(read.trust_domain, ROWS[i].trust_domain);
    }
}

static void a_refusal_needs_a_reason_and_only_acceptance_trusts_a_domain(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "/outcome required"},
        {"{\"outcome\":\"maybe\"}", "/outcome unknown_value"},
        {"{\"outcome\":\"refuse\"}", "/reason required"},
        {"{\"outcome\":\"refuse\",\"reason\":\" \\t\\n\"}", "/reason required"},
        {"{\"outcome\":\"refuse\",\"reason\":\"Non\",\"trust_domain\":true}",
         "/trust_domain not_allowed"},
        {"{\"outcome\":\"accept_as_external\",\"trust_domain\":true}", "/trust_domain not_allowed"},
        {"{\"outcome\":\"accept\",\"trust_domain\":\"yes\"}", "/trust_domain wrong_type"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct membership_verdict read = {0};
        assert_int_equal(organisation_json_read_verdict(&arena, &errors, body(ROWS[i][0]), &read),
                         ERR_INVALID);
        assert_string_equal(faults(), ROWS[i][1]);
    }
}

static void reads_a_report_and_a_domain(void **state) {
    (void)state;
    const char *read = "";
    assert_ok(organisation_json_read_report(&arena, &errors, body("{}"), &read));
    assert_null(read);
    assert_ok(
        organisation_json_read_report(&arena, &errors, body("{\"comment\":\"Qui ?\"}"), &read));
    assert_string_equal(read, "Qui ?");
    assert_ok(
        organisation_json_read_domain(&arena, &errors, body("{\"domain\":\"a.example\"}"), &read));
    assert_string_equal(read, "a.example");
    assert_int_equal(organisation_json_read_domain(&arena, &errors, body("{}"), &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/domain required");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_verdict),
        cmocka_unit_test(a_refusal_needs_a_reason_and_only_acceptance_trusts_a_domain),
        cmocka_unit_test(reads_a_report_and_a_domain),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

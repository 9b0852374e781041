/* The bodies about requests, their decisions, templates and saved filters. */
#include "request/request_json.h"
#include "body.h"
#include "request/instruction_json.h"

#define UUID "00000000-0000-4000-8000-000000000001"

static void reads_each_decision(void **state) {
    (void)state;
    static const struct {
        const char *outcome;
        enum request_event event;
    } ROWS[] = {
        {"approve", EVENT_APPROVE},
        {"refuse", EVENT_REFUSE},
        {"request_changes", EVENT_REQUEST_CHANGES},
        {"revoke", EVENT_REVOKE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char json[128];
        struct request_act read;
        (void)snprintf(json, sizeof json,
                       "{\"outcome\":\"%s\",\"reason\":\"R\",\"granted_scopes\":null}",
                       ROWS[i].outcome);
        assert_ok(request_json_decision(&arena, &errors, body(json), &read));
        assert_int_equal(read.event, ROWS[i].event);
        assert_string_equal(read.reason, "R");
        assert_null(read.message);
        assert_null(read.granted_scopes);
    }
}

static void refuses_decisions_that_do_not_exist(void **state) {
    (void)state;
    struct request_act read;
    static const char *const ROWS[][2] = {
        {"{}", "/outcome required"},
        {"{\"outcome\":\"submit\"}", "/outcome unknown_value"},
        {"{\"outcome\":\"refuse\",\"reason\":3,\"state\":\"refused\"}",
         "/state unknown_member\n/reason wrong_type"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_int_equal(request_json_decision(&arena, &errors, body(ROWS[i][0]), &read),
                         ERR_INVALID);
        assert_string_equal(faults(), ROWS[i][1]);
    }
}

static void an_act_has_a_reason_or_none(void **state) {
    (void)state;
    const char *reason = "";
    assert_ok(request_json_reason(&arena, &errors, body("{}"), &reason));
    assert_null(reason);
    assert_ok(request_json_reason(&arena, &errors, body("{\"reason\":\"r\"}"), &reason));
    assert_string_equal(reason, "r");
    assert_ok(request_json_reason(&arena, &errors, NULL, &reason));
    assert_null(reason);
}

static void reads_the_small_bodies(void **state) {
    (void)state;
    struct request_start start;
    const char *text = NULL;
    assert_ok(request_json_start(
        &arena, &errors, body("{\"product\":\"p\",\"use_case\":\"u\",\"siret\":\"1 2\"}"), &start));
    assert_string_equal(start.siret, "1 2");
    assert_int_equal(request_json_start(&arena, &errors, body("{\"product\":null}"), &start),
                     ERR_INVALID);
    assert_string_equal(faults(), "/product required\n/use_case required\n/siret required");
    assert_ok(request_json_body(&arena, &errors, body("{\"body\":\"a\\nb\"}"), &text));
    assert_string_equal(text, "a\nb");
    assert_ok(request_json_email(&arena, &errors, body("{\"email\":\"a@b.example\"}"), &text));
    assert_string_equal(text, "a@b.example");
}

static void an_identifier_may_be_null_only_where_it_may(void **state) {
    (void)state;
    const char *id = "";
    assert_ok(
        request_json_id(&arena, &errors, body("{\"account_id\":null}"), "account_id", true, &id));
    assert_null(id);
    assert_ok(request_json_id(&arena, &errors, body("{\"account_id\":\"" UUID "\"}"), "account_id",
                              true, &id));
    assert_string_equal(id, UUID);
    static const char *const ROWS[][2] = {
        {"{\"account_id\":null}", "/account_id required"},
        {"{\"account_id\":\"1\"}", "/account_id invalid_format"},
        {"{\"other\":\"" UUID "\"}", "/other unknown_member\n/account_id required"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_int_equal(
            request_json_id(&arena, &errors, body(ROWS[i][0]), "account_id", false, &id),
            ERR_INVALID);
        assert_string_equal(faults(), ROWS[i][1]);
    }
}

static void a_patch_of_a_template_may_leave_members_out(void **state) {
    (void)state;
    struct decision_template read;
    assert_ok(instruction_json_template(&arena, &errors, body("{\"name\":\"N\"}"), true, &read));
    assert_string_equal(read.name, "N");
    assert_null(read.outcome);
    assert_null(read.body);
    assert_int_equal(
        instruction_json_template(&arena, &errors, body("{\"name\":\"N\"}"), false, &read),
        ERR_INVALID);
    assert_string_equal(faults(), "/outcome required\n/body required");
    assert_int_equal(instruction_json_template(&arena, &errors,
                                               body("{\"outcome\":\"submit\",\"body\":null}"), true,
                                               &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/outcome unknown_value\n/body required");
}

static void checks_the_criteria_of_a_filter(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"name\":\"N\",\"query\":{}}", ""},
        {"{\"name\":\"N\",\"query\":{\"state\":[\"draft\",\"submitted\"],\"assignee\":\"me\","
         "\"siret\":\"21690123100011\",\"sort\":\"age\",\"q\":\"D1\"}}",
         ""},
        {"{\"name\":\"N\",\"query\":{\"assignee\":\"" UUID "\"}}", ""},
        {"{\"name\":\"N\",\"query\":{\"assignee\":\"none\"}}", ""},
        {"{\"name\":\"N\"}", "/query required"},
        {"{\"query\":[]}", "/name required\n/query wrong_type"},
        {"{\"name\":\"N\",\"query\":{\"state\":\"draft\"}}", "/query/state wrong_type"},
        {"{\"name\":\"N\",\"query\":{\"state\":[\"draft\",\"lost\",3,\"draft\"]}}",
         "/query/state/1 unknown_value\n/query/state/2 unknown_value\n/query/state/3 duplicate"},
        {"{\"name\":\"N\",\"query\":{\"siret\":\"1\",\"assignee\":\"you\",\"sort\":\"name\","
         "\"page\":1}}",
         "/query/page unknown_member\n/query/siret invalid_format\n"
         "/query/assignee invalid_format\n/query/sort unknown_value"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *name = NULL;
        const struct value *query = NULL;
        const enum err err =
            instruction_json_filter(&arena, &errors, body(ROWS[i][0]), &name, &query);
        assert_string_equal(faults(), ROWS[i][1]);
        assert_int_equal(err, *ROWS[i][1] == '\0' ? ERR_NONE : ERR_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_decision),
        cmocka_unit_test(refuses_decisions_that_do_not_exist),
        cmocka_unit_test(an_act_has_a_reason_or_none),
        cmocka_unit_test(reads_the_small_bodies),
        cmocka_unit_test(an_identifier_may_be_null_only_where_it_may),
        cmocka_unit_test(a_patch_of_a_template_may_leave_members_out),
        cmocka_unit_test(checks_the_criteria_of_a_filter),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

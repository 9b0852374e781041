/* The bodies about clients and webhooks. */
#include "body.h"
#include "program/client_json.h"
#include "program/webhook_json.h"

#define SIRET "\"siret\":\"21690123100011\""

static void reads_a_client_of_an_organisation_or_a_product(void **state) {
    (void)state;
    struct client_creation read;
    assert_ok(client_json_read(
        &context,
        body("{\"name\":\"Paie\",\"siret\":\"216 901 231 00011\",\"scopes\":[\"tokens:read\"]}"),
        &read));
    assert_string_equal(read.name, "Paie");
    assert_string_equal(read.siret, "21690123100011");
    assert_null(read.product);
    assert_string_equal(json_text(&arena, read.scopes), "[\"tokens:read\"]");
    assert_ok(client_json_read(
        &context, body("{\"name\":\"Paie\",\"product\":\"p\",\"scopes\":[\"usage:write\"]}"),
        &read));
    assert_null(read.siret);
    assert_string_equal(read.product, "p");
}

static void reports_every_mistake_of_a_client(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "/name required\n/scopes required\n/siret required"},
        {"{\"name\":\"x\",\"scopes\":[\"tokens:read\"]," SIRET ",\"product\":\"p\"}",
         "/product not_allowed"},
        {"{\"name\":\"x\",\"scopes\":[\"tokens:read\",\"tokens:read\",\"all\",1],\"siret\":\"1\"}",
         "/siret invalid_format\n/scopes/1 duplicate\n/scopes/2 unknown_value\n"
         "/scopes/3 wrong_type"},
        {"{\"name\":\"x\",\"scopes\":\"tokens:read\"," SIRET "}", "/scopes wrong_type"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct client_creation read;
        assert_int_equal(client_json_read(&context, body(ROWS[i][0]), &read), ERR_INVALID);
        assert_string_equal(faults(), ROWS[i][1]);
    }
}

static void reads_a_webhook_of_a_product_or_an_organisation(void **state) {
    (void)state;
    struct webhook_creation read;
    assert_ok(webhook_json_read(&context,
                                body("{\"product\":\"p\",\"url\":\"https://a.example/\","
                                     "\"events\":[\"token.created\"]," SIRET "}"),
                                &read));
    assert_string_equal(read.siret, "21690123100011");
    assert_string_equal(json_text(&arena, read.events), "[\"token.created\"]");
    assert_ok(webhook_json_read(&context,
                                body("{\"product\":\"p\",\"url\":\"https://a.example/\","
                                     "\"events\":[\"token.created\"],\"siret\":null}"),
                                &read));
    assert_null(read.siret);
    assert_int_equal(webhook_json_read(&context, body("{\"events\":[\"token\"]}"), &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/product required\n/url required\n/events/0 unknown_value");
}

static void a_webhook_patch_holds_what_was_given(void **state) {
    (void)state;
    struct webhook_patch read;
    assert_ok(webhook_json_read_patch(&context, body("{}"), &read));
    assert_null(read.url);
    assert_null(read.events);
    assert_false(read.has_enabled);
    assert_ok(webhook_json_read_patch(
        &context, body("{\"enabled\":true,\"url\":\"https://b.example/\"}"), &read));
    assert_true(read.has_enabled && read.enabled);
    assert_string_equal(read.url, "https://b.example/");
    assert_int_equal(webhook_json_read_patch(
                         &context, body("{\"enabled\":null,\"url\":null,\"events\":[]}"), &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/url required\n/events required\n/enabled wrong_type");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_client_of_an_organisation_or_a_product),
        cmocka_unit_test(reports_every_mistake_of_a_client),
        cmocka_unit_test(reads_a_webhook_of_a_product_or_an_organisation),
        cmocka_unit_test(a_webhook_patch_holds_what_was_given),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

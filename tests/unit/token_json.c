/* The bodies of the acts on a token. */
#include "token/token_json.h"
#include "base/clock.h"
#include "body.h"

static const struct value *addresses;
static bool has;

static const char *patch_faults(const char *json) {
    (void)!token_json_read_patch(&context, body(json), &addresses, &has);
    return faults();
}

static void reads_addresses_and_blocks(void **state) {
    (void)state;
    assert_string_equal(
        patch_faults("{\"allowed_ips\":[\"192.0.2.7\",\"192.0.2.0/24\",\"2001:db8::/32\"]}"), "");
    assert_true(has);
    assert_string_equal(json_text(&arena, addresses),
                        "[\"192.0.2.7\",\"192.0.2.0/24\",\"2001:db8::/32\"]");
    assert_string_equal(patch_faults("{\"allowed_ips\":null}"), "");
    assert_true(has);
    assert_int_equal(value_count(addresses), 0);
    assert_string_equal(patch_faults("{}"), "");
    assert_false(has);
}

static void refuses_malformed_addresses_by_their_place(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"allowed_ips\":\"192.0.2.7\"}", "/allowed_ips wrong_type"},
        {"{\"allowed_ips\":[1,\"x\",\"192.0.2.1/24\",\"10.0.0.1\",\"10.0.0.1\"]}",
         "/allowed_ips/0 wrong_type\n/allowed_ips/1 invalid_format\n"
         "/allowed_ips/2 invalid_format\n/allowed_ips/4 duplicate"},
        {"{\"allowed_ips\":[],\"state\":\"active\"}", "/state unknown_member"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(patch_faults(ROWS[i][0]), ROWS[i][1]);
    }
}

static void takes_a_hundred_addresses_and_no_more(void **state) {
    (void)state;
    for (int count = 100; count <= 101; count++) {
        char json[4096];
        int length = snprintf(json, sizeof json, "{\"allowed_ips\":[");
        for (int i = 0; i < count; i++) {
            length += snprintf(json + length, sizeof json - (size_t)length, "%s\"10.0.0.%d\"",
                               i == 0 ? "" : ",", i);
        }
        (void)snprintf(json + length, sizeof json - (size_t)length, "]}");
        assert_string_equal(patch_faults(json), count == 100 ? "" : "/allowed_ips too_many");
    }
}

static void reads_whole_days_of_overlap(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"overlap_days\":0}", ""},
        {"{\"overlap_days\":30}", ""},
        {"{}", "/overlap_days required"},
        {"{\"overlap_days\":null}", "/overlap_days required"},
        {"{\"overlap_days\":1.5}", "/overlap_days wrong_type"},
        {"{\"overlap_days\":\"7\"}", "/overlap_days wrong_type"},
    };
    int64_t days = -1;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        (void)!token_json_read_rotation(&context, body(ROWS[i][0]), &days);
        assert_string_equal(faults(), ROWS[i][1]);
    }
    assert_ok(token_json_read_rotation(&context, body("{\"overlap_days\":30}"), &days));
    assert_int_equal(days, 30);
}

static const char *revocation_faults(const char *at, int64_t *at_ms) {
    char json[128];
    const char *reason = NULL;
    (void)snprintf(json, sizeof json, "{\"reason\":\"Fin\",\"at\":%s}", at);
    (void)!token_json_read_revocation(&context, body(json), &reason, at_ms);
    return faults();
}

/* A clock that is a minute behind ours may still say "now". */
static void reads_the_date_of_a_revocation(void **state) {
    (void)state;
    int64_t at_ms = -1;
    const int64_t now_ms = clock_now_ms();
    assert_string_equal(revocation_faults("null", &at_ms), "");
    assert_int_equal(at_ms, 0);
    assert_string_equal(revocation_faults("\"2099-01-31T18:00:00Z\"", &at_ms), "");
    assert_int_equal(at_ms, INT64_C(4073565600000));
    assert_string_equal(revocation_faults("\"demain\"", &at_ms), "/at invalid_format");
    assert_string_equal(revocation_faults("20990131", &at_ms), "/at wrong_type");
    char text[64];
    (void)snprintf(text, sizeof text, "\"%s\"", clock_format_rfc3339(&arena, now_ms - 30 * 1000));
    assert_string_equal(revocation_faults(text, &at_ms), "");
    (void)snprintf(text, sizeof text, "\"%s\"", clock_format_rfc3339(&arena, now_ms - 61 * 1000));
    assert_string_equal(revocation_faults(text, &at_ms), "/at out_of_range");
}

static void a_revocation_needs_a_reason(void **state) {
    (void)state;
    const char *reason = NULL;
    int64_t at_ms = 0;
    assert_int_equal(
        token_json_read_revocation(&context, body("{\"reason\":\" \"}"), &reason, &at_ms),
        ERR_INVALID);
    assert_string_equal(faults(), "/reason required");
}

static void reads_a_share_and_its_secret(void **state) {
    (void)state;
    const char *text = NULL;
    char json[320];
    char secret[258] = "";
    assert_ok(token_json_read_share(&context, body("{\"email\":\"a@b.example\"}"), &text));
    assert_string_equal(text, "a@b.example");
    for (int length = 256; length <= 257; length++) {
        memset(secret, 's', (size_t)length);
        (void)snprintf(json, sizeof json, "{\"token\":\"%s\"}", secret);
        (void)!token_json_read_redemption(&context, body(json), &text);
        assert_string_equal(faults(), length == 256 ? "" : "/token too_long");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses_and_blocks),
        cmocka_unit_test(refuses_malformed_addresses_by_their_place),
        cmocka_unit_test(takes_a_hundred_addresses_and_no_more),
        cmocka_unit_test(reads_whole_days_of_overlap),
        cmocka_unit_test(reads_the_date_of_a_revocation),
        cmocka_unit_test(a_revocation_needs_a_reason),
        cmocka_unit_test(reads_a_share_and_its_secret),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

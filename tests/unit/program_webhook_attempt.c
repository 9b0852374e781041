/* What an attempt at a delivery sends, what is kept of it, and when the next one is. */
#include "program/webhook_attempt.h"
#include "security/hmac.h"
#include "security/security.h"
#include "test.h"
#include <string.h>

/* RFC 4231, test cases 2 and 6 (a key longer than a block). */
static void computes_hmac_sha256(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    char long_key[132];
    memset(long_key, 0xaa, 131);
    long_key[131] = '\0';
    const char *jefe = "what do ya want for nothing?";
    const char *larger = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert_string_equal(hmac_sha256_text(&arena, "Jefe", jefe, strlen(jefe)),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_string_equal(hmac_sha256_text(&arena, long_key, larger, strlen(larger)),
                        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void signs_time_and_body_with_each_secret(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *secrets[] = {"one", "two"};
    const char *header = webhook_signature(&arena, 1795557670, "{}", secrets, 2);
    const char *expected = arena_printf(&arena, "t=1795557670,v1=%s,v1=%s",
                                        hmac_sha256_text(&arena, "one", "1795557670.{}", 13),
                                        hmac_sha256_text(&arena, "two", "1795557670.{}", 13));
    assert_string_equal(header, expected);
}

static void keeps_the_beginning_of_a_response_as_text(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    static const struct {
        const char *body;
        size_t length;
        const char *expected;
    } ROWS[] = {
        {"", 0, ""},
        {"{\"ok\":1}", 8, "{\"ok\":1}"},
        {"\xc3\xa9t\xc3\xa9", 5, "\xc3\xa9t\xc3\xa9"},
        {"a\0b", 3,
         "a\xef\xbf\xbd"
         "b"},
        {"\xff\xc3", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(webhook_excerpt(&arena, ROWS[i].body, ROWS[i].length),
                            ROWS[i].expected);
    }
}

static void cuts_a_long_response_between_characters_or_marks_the_cut_one(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    char body[2000];
    memset(body, 'x', sizeof body);
    assert_int_equal(strlen(webhook_excerpt(&arena, body, sizeof body)), 1000);
    memcpy(body + 999, "\xc3\xa9", 2); /* its second byte is the 1,001st */
    const char *excerpt = webhook_excerpt(&arena, body, sizeof body);
    assert_int_equal(strlen(excerpt), 999 + 3);
    assert_string_equal(excerpt + 999, "\xef\xbf\xbd");
    memset(body, '\xff', sizeof body); /* each byte becomes three */
    assert_int_equal(strlen(webhook_excerpt(&arena, body, sizeof body)), 3000);
}

static void explains_each_kind_of_failure(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    assert_string_equal(webhook_explain(&arena, ERR_NONE, 302),
                        "La réponse est 302 ; un code de 200 à 299 est attendu.");
    assert_non_null(strstr(webhook_explain(&arena, ERR_FORBIDDEN, 0), "réseau privé"));
    assert_non_null(strstr(webhook_explain(&arena, ERR_TIMEOUT, 0), "10 secondes"));
    assert_non_null(strstr(webhook_explain(&arena, ERR_UNAVAILABLE, 0), "Personne ne répond"));
    assert_non_null(strstr(webhook_explain(&arena, ERR_UPSTREAM, 0), "illisible"));
}

static void tries_eight_times_within_ten_hours(void **state) {
    (void)state;
    static const int64_t DELAYS_S[] = {5, 30, 120, 600, 3600, 10800, 21600};
    int64_t sum_s = 0;
    for (int64_t number = 1; number <= 7; number++) {
        assert_int_equal(webhook_retry_delay_s(number), DELAYS_S[number - 1]);
        sum_s += webhook_retry_delay_s(number);
    }
    assert_in_range(sum_s, 10 * 3600, 11 * 3600);
    assert_int_equal(webhook_retry_delay_s(8), -1);
    assert_int_equal(webhook_retry_delay_s(9), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_hmac_sha256),
        cmocka_unit_test(signs_time_and_body_with_each_secret),
        cmocka_unit_test(keeps_the_beginning_of_a_response_as_text),
        cmocka_unit_test(cuts_a_long_response_between_characters_or_marks_the_cut_one),
        cmocka_unit_test(explains_each_kind_of_failure),
        cmocka_unit_test(tries_eight_times_within_ten_hours),
    };
    return security_init() == ERR_NONE ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}

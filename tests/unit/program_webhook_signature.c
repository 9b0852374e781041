/* X-Guichet-Signature, as others verify it. */
#include "program/webhook_delivery.h"
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_hmac_sha256),
        cmocka_unit_test(signs_time_and_body_with_each_secret),
    };
    return security_init() == ERR_NONE ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}

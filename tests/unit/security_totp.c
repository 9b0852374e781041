#include "security/security.h"
#include "security/totp.h"
#include "test.h"
#include <string.h>

static const unsigned char RFC_SECRET[TOTP_SECRET_BYTES + 1] = "12345678901234567890";

static void generates_the_codes_of_the_rfc(void **state) {
    (void)state;
    /* RFC 6238 appendix B, last six digits. */
    const struct {
        int64_t at_s;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[7];
        totp_code(RFC_SECRET, rows[i].at_s / TOTP_STEP_S, code);
        assert_string_equal(code, rows[i].code);
    }
}

static void accepts_neighbouring_steps_once(void **state) {
    (void)state;
    const int64_t now_s = 1111111111;
    const int64_t now_step = now_s / TOTP_STEP_S;
    for (int64_t shift = -3; shift <= 3; shift++) {
        char code[7];
        int64_t used = 0;
        totp_code(RFC_SECRET, now_step + shift, code);
        assert_int_equal(totp_verify(RFC_SECRET, code, now_s, 0, &used), shift >= -1 && shift <= 1);
        assert_int_equal(used, shift >= -1 && shift <= 1 ? now_step + shift : 0);
        assert_false(totp_verify(RFC_SECRET, code, now_s, now_step + shift, &used));
    }
}

static void refuses_malformed_codes(void **state) {
    (void)state;
    const char *codes[] = {"", "12345", "1234567", "12345a", "050471 ", "000000"};
    int64_t used = 0;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_false(totp_verify(RFC_SECRET, codes[i], 1111111111, 0, &used));
    }
}

static void writes_secret_and_uri(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    assert_string_equal(totp_secret_text(&arena, RFC_SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_string_equal(totp_uri(&arena, "Guichet démo", "a+b@c.fr", RFC_SECRET),
                        "otpauth://totp/Guichet%20d%C3%A9mo:a%2Bb%40c.fr?secret="
                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Guichet%20d%C3%A9mo"
                        "&algorithm=SHA1&digits=6&period=30");
    unsigned char one[TOTP_SECRET_BYTES];
    unsigned char two[TOTP_SECRET_BYTES];
    totp_new_secret(one);
    totp_new_secret(two);
    assert_memory_not_equal(one, two, sizeof one);
}

static int set_up(void **state) {
    (void)state;
    return security_init() == ERR_NONE ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generates_the_codes_of_the_rfc),
        cmocka_unit_test(accepts_neighbouring_steps_once),
        cmocka_unit_test(refuses_malformed_codes),
        cmocka_unit_test(writes_secret_and_uri),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

#include "base/json.h"
#include "security/jwk.h"
#include "security/security.h"
#include "security/signing_key.h"
#include "test.h"
#include <string.h>

static struct value *parse(struct arena *arena, const char *json) {
    struct value *value = NULL;
    assert_ok(json_parse(arena, json, strlen(json), &value, NULL));
    return value;
}

/* The example keys of RFC 7517 appendix A.1. */
static const char EC[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                         "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                         "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}";
static const char RSA[] =
    "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK"
    "7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_"
    "RN5w6Cf0h4QyQ5"
    "v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
    "bFT"
    "WhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\","
    "\"e\":\"AQAB\"}";

static void reads_published_keys(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *pem = NULL;
    enum jwt_algorithm algorithm = JWT_ALGORITHM_RS256;
    assert_ok(jwk_to_pem(&arena, parse(&arena, EC), &pem, &algorithm));
    assert_int_equal(algorithm, JWT_ALGORITHM_ES256);
    struct value *back = NULL;
    assert_ok(jwk_from_pem(&arena, pem, &back));
    assert_string_equal(value_get_text(back, "x"), "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4");
    assert_string_equal(value_get_text(back, "kid"), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    assert_ok(jwk_to_pem(&arena, parse(&arena, RSA), &pem, &algorithm));
    assert_int_equal(algorithm, JWT_ALGORITHM_RS256);
    assert_int_equal(jwk_from_pem(&arena, pem, &back), ERR_INVALID);
}

static void refuses_unfit_keys(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *changes[] = {"{\"use\":\"enc\"}",
                             "{\"alg\":\"RS256\"}",
                             "{\"alg\":\"HS256\"}",
                             "{\"crv\":\"P-384\"}",
                             "{\"crv\":null}",
                             "{\"x\":\"AAAA\"}",
                             "{\"y\":null}",
                             "{\"kty\":\"oct\"}",
                             "{\"kty\":null}",
                             "{\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5\"}",
                             "{\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *pem = NULL;
        enum jwt_algorithm algorithm = JWT_ALGORITHM_ES256;
        const struct value *jwk =
            value_merge_patch(&arena, parse(&arena, EC), parse(&arena, changes[i]));
        assert_int_equal(jwk_to_pem(&arena, jwk, &pem, &algorithm), ERR_INVALID);
    }
    const char *pem = NULL;
    enum jwt_algorithm algorithm = JWT_ALGORITHM_ES256;
    const struct value *small = parse(&arena, "{\"kty\":\"RSA\",\"n\":\"w0JDQzU\",\"e\":\"AQAB\"}");
    assert_int_equal(jwk_to_pem(&arena, small, &pem, &algorithm), ERR_INVALID);
}

static void generates_keys_that_load_again(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    for (int i = 0; i < 20; i++) {
        struct signing_key made;
        struct signing_key loaded;
        assert_ok(signing_key_generate(&arena, &made));
        assert_ok(signing_key_load(&arena, made.private_pem, &loaded));
        assert_string_equal(made.kid, loaded.kid);
        assert_string_equal(made.public_pem, loaded.public_pem);
        assert_int_equal(strlen(made.kid), 43);
        assert_int_equal(strlen(value_get_text(made.public_jwk, "x")), 43);
        assert_int_equal(strlen(value_get_text(made.public_jwk, "y")), 43);
        assert_null(value_get(made.public_jwk, "d"));
    }
    struct signing_key none;
    assert_int_equal(signing_key_load(&arena, "", &none), ERR_INVALID);
    assert_int_equal(signing_key_load(&arena, "-----BEGIN", &none), ERR_INVALID);
}

static int set_up(void **state) {
    (void)state;
    json_init();
    return security_init() == ERR_NONE ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_published_keys),
        cmocka_unit_test(refuses_unfit_keys),
        cmocka_unit_test(generates_keys_that_load_again),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

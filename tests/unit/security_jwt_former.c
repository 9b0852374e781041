/* Strings that a former system signed with a shared secret: what makes one, and what does not. */
#include "jwt_fixture.h"
#include <sodium.h>

static const char *const ISSUERS[] = {ISSUER, NULL};

static int set_up(void **state) {
    (void)state;
    make_key();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_clear(&arena);
    return 0;
}

static const char SECRET[] = "the-secret-of-the-former-system-0123";
static const char FORMER_CLAIMS[] =
    "{\"uid\":\"3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a\",\"jti\":\"3F2B8C1E-58a0-4a6e-9b1c-"
    "1f2e3d4c5b6a\","
    "\"scopes\":[\"unites_legales\"],\"sub\":\"Marches publics\",\"iat\":7,\"version\":\"1.0\"}";

/* A keyset with our key and one former system whose strings have this issuer. */
static struct jwt_keyset *former_keyset(const char *issuer) {
    struct jwt_keyset *former = jwt_keyset_new();
    assert_ok(jwt_keyset_add(former, key.kid, key.public_pem));
    assert_ok(jwt_keyset_add_former(former, "Ancien", issuer, SECRET, strlen(SECRET)));
    return former;
}

static enum err verify_former(const char *issuer, const char *token,
                              struct jwt_former_claims *claims) {
    struct jwt_keyset *former = former_keyset(issuer);
    const enum err err = jwt_verify_former(&arena, former, token, claims);
    jwt_keyset_release(former);
    return err;
}

static const char *former_token(const char *header, const char *claims, const char *secret) {
    const char *signed_part = arena_printf(&arena, "%s.%s", encode(header), encode(claims));
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)signed_part, strlen(signed_part));
    crypto_auth_hmacsha256_final(&state, mac);
    return arena_printf(&arena, "%s.%s", signed_part, base64url_encode(&arena, mac, sizeof mac));
}

static void accepts_strings_of_a_former_system(void **state) {
    (void)state;
    struct jwt_former_claims claims;
    struct jwt_keyset *former = former_keyset(NULL);
    const char *token = former_token("{\"alg\":\"HS256\"}", FORMER_CLAIMS, SECRET);
    assert_ok(jwt_verify_former(&arena, former, token, &claims));
    assert_string_equal(claims.system, "Ancien");
    assert_string_equal(claims.jti, "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a");
    assert_null(claims.iss);
    assert_null(claims.aud);
    assert_int_equal(claims.iat_s, 7);
    struct jwt_claims own;
    assert_int_equal(jwt_verify(&arena, former, ISSUERS, token, &own), ERR_UNAUTHENTICATED);
    jwt_keyset_release(former);
    struct jwt_keyset *without = jwt_keyset_new();
    assert_int_equal(jwt_verify_former(&arena, without, token, &claims), ERR_UNAUTHENTICATED);
    jwt_keyset_release(without);
}

static void refuses_former_strings_of_another_algorithm_key_or_form(void **state) {
    (void)state;
    struct jwt_former_claims claims;
    const char *own_kid = arena_printf(&arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", key.kid);
    const char *tokens[] = {
        former_token("{\"alg\":\"HS256\"}", FORMER_CLAIMS, "another-secret-of-32-bytes-or-more"),
        former_token("{\"alg\":\"HS256\"}", FORMER_CLAIMS, key.public_pem),
        former_token("{\"alg\":\"HS512\"}", FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"hs256\"}", FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"none\"}", FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"ES256\"}", FORMER_CLAIMS, SECRET),
        former_token("{}", FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"HS256\",\"jwk\":{}}", FORMER_CLAIMS, SECRET),
        former_token(own_kid, FORMER_CLAIMS, SECRET),
        former_token("{\"alg\":\"HS256\"}", "{\"jti\":\"7\"}", SECRET),
        former_token("{\"alg\":\"HS256\"}", "{}", SECRET),
        former_token("{\"alg\":\"HS256\"}", "[]", SECRET),
        sign(CLAIMS),
    };
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        assert_int_equal(verify_former(NULL, tokens[i], &claims), ERR_UNAUTHENTICATED);
    }
    const char *good = former_token("{\"alg\":\"HS256\"}", FORMER_CLAIMS, SECRET);
    const char *cut = arena_strndup(&arena, good, strlen(good) - 2);
    assert_int_equal(verify_former(NULL, cut, &claims), ERR_UNAUTHENTICATED);
    assert_ok(verify_former(NULL, good, &claims));
}

static void compares_the_issuer_of_former_strings(void **state) {
    (void)state;
    struct jwt_former_claims claims;
    const char *with = former_token(
        "{\"alg\":\"HS256\"}",
        "{\"jti\":\"3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a\",\"iss\":\"ancien\"}", SECRET);
    const char *number =
        former_token("{\"alg\":\"HS256\"}",
                     "{\"jti\":\"3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a\",\"iss\":7}", SECRET);
    assert_ok(verify_former("ancien", with, &claims));
    assert_string_equal(claims.iss, "ancien");
    assert_int_equal(verify_former(NULL, with, &claims), ERR_UNAUTHENTICATED);
    assert_int_equal(verify_former("autre", with, &claims), ERR_UNAUTHENTICATED);
    assert_int_equal(verify_former(NULL, number, &claims), ERR_UNAUTHENTICATED);
    const char *without = former_token("{\"alg\":\"HS256\"}", FORMER_CLAIMS, SECRET);
    assert_int_equal(verify_former("ancien", without, &claims), ERR_UNAUTHENTICATED);
}

static void refuses_keys_and_short_texts_as_secret_of_a_former_system(void **state) {
    (void)state;
    struct jwt_keyset *former = jwt_keyset_new();
    const char *secrets[] = {"", "0123456789012345678901234567890", key.public_pem, key.private_pem,
                             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_int_equal(
            jwt_keyset_add_former(former, "Ancien", NULL, secrets[i], strlen(secrets[i])),
            ERR_INVALID);
    }
    for (int i = 0; i < JWT_FORMER_SYSTEMS_MAX; i++) {
        assert_ok(jwt_keyset_add_former(former, "Ancien", NULL, SECRET, strlen(SECRET)));
    }
    assert_int_equal(jwt_keyset_add_former(former, "Ancien", NULL, SECRET, strlen(SECRET)),
                     ERR_INVALID);
    jwt_keyset_release(former);
}

static void a_former_system_is_a_change_of_the_keys(void **state) {
    (void)state;
    struct jwt_keyring *ring = jwt_keyring_new();
    jwt_keyring_replace(ring, former_keyset(NULL));
    jwt_keyring_replace(ring, former_keyset(NULL));
    assert_int_equal(jwt_keyring_generation(ring), 1);
    jwt_keyring_replace(ring, former_keyset("ancien"));
    assert_int_equal(jwt_keyring_generation(ring), 2);
    struct jwt_keyset *none = jwt_keyset_new();
    assert_ok(jwt_keyset_add(none, key.kid, key.public_pem));
    jwt_keyring_replace(ring, none);
    assert_int_equal(jwt_keyring_generation(ring), 3);
    jwt_keyring_free(ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_strings_of_a_former_system),
        cmocka_unit_test(refuses_former_strings_of_another_algorithm_key_or_form),
        cmocka_unit_test(compares_the_issuer_of_former_strings),
        cmocka_unit_test(refuses_keys_and_short_texts_as_secret_of_a_former_system),
        cmocka_unit_test(a_former_system_is_a_change_of_the_keys),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Every way that is known to make libjwt accept a forged token must fail at our door. */
#include "base/text.h"
#include "jwt_fixture.h"
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

static const char *const ISSUERS[] = {ISSUER, "https://former.example", NULL};

static struct jwt_keyset *keyset;

static int set_up(void **state) {
    (void)state;
    make_key();
    keyset = jwt_keyset_new();
    assert_ok(jwt_keyset_add(keyset, key.kid, key.public_pem));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    jwt_keyset_release(keyset);
    arena_clear(&arena);
    return 0;
}

/* The token of CLAIMS with one member replaced (JSON text), or without it where `json` is NULL. */
static const char *sign_with(const char *name, const char *json) {
    struct value *claims = parse(CLAIMS);
    if (json == NULL) {
        value_remove(claims, name);
    } else {
        value_set(claims, name, parse(json));
    }
    return sign(json_text(&arena, claims));
}

static enum err verify(const char *token) {
    struct jwt_claims claims;
    return jwt_verify(&arena, keyset, ISSUERS, token, &claims);
}

static void refuse(const char *token) {
    assert_int_equal(verify(token), ERR_UNAUTHENTICATED);
}

/* Header and payload signed by HMAC-SHA-256 with `secret` as key. */
static const char *hmac_token(const char *header, const char *secret, size_t secret_bytes) {
    const char *signed_part = arena_printf(&arena, "%s.%s", encode(header), encode(CLAIMS));
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, secret_bytes);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)signed_part, strlen(signed_part));
    crypto_auth_hmacsha256_final(&state, mac);
    return arena_printf(&arena, "%s.%s", signed_part, base64url_encode(&arena, mac, sizeof mac));
}

/* A good token under another header: the signature is kept, so a check of it would fail too; what
 * counts is that no header changes the verdict or the key. */
static const char *with_header(const char *header) {
    return arena_printf(&arena, "%s%s", encode(header), strchr(sign(CLAIMS), '.'));
}

static void accepts_own_token_and_returns_its_claims(void **state) {
    (void)state;
    struct jwt_claims claims;
    assert_ok(jwt_verify(&arena, keyset, ISSUERS, sign(CLAIMS), &claims));
    assert_string_equal(claims.aud, "api-entreprise");
    assert_string_equal(claims.jti, "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a");
    assert_string_equal(claims.siret, "13002526500013");
    assert_int_equal(claims.exp_s, 4000000000);
    assert_true(value_has_text(claims.scopes, "unites_legales"));
}

static void accepts_former_issuers_and_no_others(void **state) {
    (void)state;
    static const char *const ONE[] = {ISSUER, NULL};
    struct jwt_claims claims;
    const char *former = sign_with("iss", "\"https://former.example\"");
    assert_ok(jwt_verify(&arena, keyset, ISSUERS, former, &claims));
    assert_string_equal(claims.iss, "https://former.example");
    assert_int_equal(jwt_verify(&arena, keyset, ONE, former, &claims), ERR_UNAUTHENTICATED);
    static const char *const OTHERS[] = {"\"https://former.example/\"", "\"https://former.exampl\"",
                                         "\"https://former.example,https://guichet.example\"",
                                         "\"HTTPS://former.example\"", "\"\""};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_int_equal(jwt_verify(&arena, keyset, ISSUERS, sign_with("iss", OTHERS[i]), &claims),
                         ERR_UNAUTHENTICATED);
    }
}

static void reads_the_issuer_of_a_kept_string(void **state) {
    (void)state;
    const char *issuer = NULL;
    assert_ok(jwt_read_issuer(&arena, sign_with("iss", "\"https://other.example\""), &issuer));
    assert_string_equal(issuer, "https://other.example");
    assert_int_equal(jwt_read_issuer(&arena, sign_with("iss", "7"), &issuer), ERR_UNAUTHENTICATED);
    assert_int_equal(jwt_read_issuer(&arena, "a.b", &issuer), ERR_UNAUTHENTICATED);
    assert_int_equal(jwt_read_issuer(&arena, "", &issuer), ERR_UNAUTHENTICATED);
}

static void every_signature_has_86_characters_and_verifies(void **state) {
    (void)state;
    const char *token = NULL;
    for (int i = 0; i < 300; i++) { /* now and then a signature's half begins with zeros */
        token = sign(CLAIMS);
        assert_int_equal(strlen(strrchr(token, '.') + 1), 86); /* 64 bytes, as others expect them */
        assert_ok(verify(token));
    }
}

static void refuses_hs256_signed_with_public_pem(void **state) {
    (void)state;
    const char *headers[] = {"{\"alg\":\"HS256\",\"kid\":\"%s\"}",
                             "{\"alg\":\"hs256\",\"kid\":\"%s\"}",
                             "{\"alg\":\"ES256\",\"kid\":\"%s\"}"};
    for (size_t i = 0; i < 3; i++) {
        const char *before = strstr(headers[i], "%s");
        const char *header = arena_printf(&arena, "%.*s%s%s", (int)(before - headers[i]),
                                          headers[i], key.kid, before + 2);
        refuse(hmac_token(header, key.public_pem, strlen(key.public_pem)));
        refuse(hmac_token(header, key.public_pem, strlen(key.public_pem) - 1));
        refuse(hmac_token(header, "", 0));
    }
}

static void refuses_algorithm_none(void **state) {
    (void)state;
    const char *names[] = {"none", "NONE", "None", "", "es256", "ES384", "RS256"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *header =
            arena_printf(&arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", names[i], key.kid);
        const char *body = arena_printf(&arena, "%s.%s", encode(header), encode(CLAIMS));
        refuse(body);
        refuse(arena_printf(&arena, "%s.", body));
        refuse(arena_printf(&arena, "%s.AAAA", body));
        refuse(with_header(header));
    }
    refuse(with_header(arena_printf(&arena, "{\"kid\":\"%s\"}", key.kid)));
    refuse(with_header(arena_printf(&arena, "{\"alg\":256,\"kid\":\"%s\"}", key.kid)));
}

static void refuses_to_store_an_unfit_key(void **state) {
    (void)state;
    struct jwt_keyset *other = jwt_keyset_new();
    assert_int_equal(jwt_keyset_add(other, "k", ""), ERR_INVALID);
    assert_int_equal(jwt_keyset_add(other, "k", "-----BEGIN PUBLIC KEY-----\n"), ERR_INVALID);
    assert_int_equal(jwt_keyset_add(other, "", key.public_pem), ERR_INVALID);
    assert_ok(jwt_keyset_add(other, "k", key.public_pem));
    assert_int_equal(jwt_keyset_add(other, "k", key.public_pem), ERR_INVALID);
    assert_int_equal(jwt_keyset_count(other), 1);
    jwt_keyset_release(other);
}

static void refuses_changed_payload_and_other_keys(void **state) {
    (void)state;
    const char *token = sign(CLAIMS);
    const char *signature = strrchr(token, '.');
    const char *header_end = strchr(token, '.');
    struct value *claims = parse(CLAIMS);
    value_set_text(&arena, claims, "siret", "12002701600563");
    refuse(arena_printf(&arena, "%.*s.%s%s", (int)(header_end - token), token,
                        encode(json_text(&arena, claims)), signature));
    struct signing_key other;
    assert_ok(signing_key_generate(&arena, &other));
    other.kid = key.kid;
    const char *forged = NULL;
    assert_ok(jwt_sign(&arena, &other, parse(CLAIMS), &forged));
    refuse(forged);
}

static void refuses_signature_that_is_no_strict_base64url(void **state) {
    (void)state;
    const char *token = sign(CLAIMS);
    const char *tails[] = {"!!", "==", "=", "\n", "\r\n", "*", " ", "A", ".", "%00", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        refuse(arena_printf(&arena, "%s%s", token, tails[i]));
        refuse(arena_printf(&arena, "%s%s", tails[i], token));
    }
    char *inside = arena_strdup(&arena, token);
    inside[strlen(inside) - 10] = '*';
    refuse(inside);
    /* The last character holds two bits: each other one that gives the same bytes must not do. */
    char *last = arena_strdup(&arena, token);
    char *end = last + strlen(last) - 1;
    const char original = *end;
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const char *c = alphabet; *c != '\0'; c++) {
        *end = *c;
        assert_int_equal(verify(last), *c == original ? ERR_NONE : ERR_UNAUTHENTICATED);
    }
    char *plus = arena_strdup(&arena, token);
    for (char *c = plus; *c != '\0'; c++) {
        *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    }
    assert_int_equal(verify(plus), strcmp(plus, token) == 0 ? ERR_NONE : ERR_UNAUTHENTICATED);
}

static void refuses_missing_and_further_segments(void **state) {
    (void)state;
    const char *tokens[] = {"",     ".",    "..",   "...",     "a",    "a.b",
                            "a.b.", ".b.c", "a..c", "a.b.c.d", "a.b.c"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        refuse(tokens[i]);
    }
}

static void refuses_oversized_tokens_at_once(void **state) {
    (void)state;
    const size_t size = 9 * 1000 * 1000;
    char *huge = malloc(size + 1);
    assert_non_null(huge);
    memset(huge, 'A', size);
    huge[size] = '\0';
    refuse(huge);
    huge[100] = '.';
    huge[size - 100] = '.';
    refuse(huge);
    huge[JWT_BYTES_MAX + 1] = '\0';
    huge[size - 100] = 'A';
    huge[4000] = '.';
    refuse(huge);
    free(huge);
    char *kid = arena_alloc(&arena, 10001);
    memset(kid, 'k', 10000);
    refuse(with_header(arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid)));
    kid[2000] = '\0';
    refuse(with_header(arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid)));
    const char *token = NULL;
    struct value *claims = parse(CLAIMS);
    char *long_text = arena_alloc(&arena, 5001);
    memset(long_text, 'x', 5000);
    value_set_text(&arena, claims, "note", long_text);
    assert_int_equal(jwt_sign(&arena, &key, claims, &token), ERR_TOO_LARGE);
}

static void refuses_headers_that_point_to_another_key(void **state) {
    (void)state;
    const char *members[] = {"\"jku\":\"https://evil.example/jwks\"",
                             "\"jwk\":{\"kty\":\"EC\"}",
                             "\"x5u\":\"https://evil.example\"",
                             "\"x5c\":[\"AA\"]",
                             "\"crit\":[\"exp\"]",
                             "\"b64\":false",
                             "\"zip\":\"DEF\"",
                             "\"jku\":null"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        refuse(with_header(
            arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s\",%s}", key.kid, members[i])));
    }
}

static void refuses_unknown_or_odd_kid(void **state) {
    (void)state;
    const char *headers[] = {"{\"alg\":\"ES256\"}",
                             "{\"alg\":\"ES256\",\"kid\":\"\"}",
                             "{\"alg\":\"ES256\",\"kid\":1}",
                             "{\"alg\":\"ES256\",\"kid\":null}",
                             "{\"alg\":\"ES256\",\"kid\":\"../../../../dev/null\"}",
                             "[\"ES256\"]",
                             "\"ES256\"",
                             "{}",
                             "{"};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        refuse(with_header(headers[i]));
    }
    const char *upper = arena_printf(&arena, "{\"alg\":\"ES256\",\"kid\":\"%s \"}", key.kid);
    refuse(with_header(upper));
    refuse(with_header(
        arena_printf(&arena, "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"%s\"}", key.kid)));
}

/* Signed properly by a hand that libjwt's own JSON would not refuse: the payload is ours to read.
 */
/* Claim gen where there is one, else iat. */
static void tells_strings_of_one_token_apart(void **state) {
    (void)state;
    struct jwt_claims claims;
    assert_ok(jwt_verify(&arena, keyset, ISSUERS, sign(CLAIMS), &claims));
    assert_int_equal(claims.string_number, 1);
    assert_ok(jwt_verify(&arena, keyset, ISSUERS, sign_with("gen", "7"), &claims));
    assert_int_equal(claims.string_number, 7);
    assert_int_equal(claims.iat_s, 1);
    refuse(sign_with("gen", "\"7\""));
    refuse(sign_with("gen", "null"));
}

static void refuses_claims_missing_or_of_another_type(void **state) {
    (void)state;
    const char *rows[][2] = {{"exp", "\"4000000000\""},
                             {"exp", NULL},
                             {"exp", "1.5"},
                             {"exp", "-1"},
                             {"exp", "true"},
                             {"nbf", "\"1\""},
                             {"nbf", NULL},
                             {"iat", "null"},
                             {"iat", NULL},
                             {"iss", NULL},
                             {"iss", "[\"" ISSUER "\"]"},
                             {"iss", "\"https://other.example\""},
                             {"aud", NULL},
                             {"aud", "[\"api-entreprise\"]"},
                             {"aud", "\"\""},
                             {"sub", NULL},
                             {"sub", "\"\""},
                             {"sub", "1"},
                             {"jti", NULL},
                             {"jti", "\"not-a-uuid\""},
                             {"jti", "1"},
                             {"scopes", NULL},
                             {"scopes", "\"a b\""},
                             {"scopes", "[1]"},
                             {"scopes", "{}"},
                             {"siret", NULL},
                             {"siret", "13002526500013"},
                             {"version", NULL},
                             {"version", "1.0"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        refuse(sign_with(rows[i][0], rows[i][1]));
    }
    assert_ok(verify(sign_with("scopes", "[]")));
    assert_ok(verify(sign_with("further", "\"welcome\"")));
}

static void refuses_unknown_algorithm_of_foreign_tokens(void **state) {
    (void)state;
    const struct value *claims = NULL;
    const char *token = sign("{\"exp\":\"any\"}");
    assert_ok(jwt_verify_foreign(&arena, keyset, JWT_ALGORITHM_ES256, token, &claims));
    assert_string_equal(value_get_text(claims, "exp"), "any");
    assert_int_equal(jwt_verify_foreign(&arena, keyset, JWT_ALGORITHM_RS256, token, &claims),
                     ERR_UNAUTHENTICATED);
    struct jwt_keyset *other = jwt_keyset_new();
    assert_ok(jwt_keyset_add(other, "another", key.public_pem));
    assert_int_equal(jwt_verify_foreign(&arena, other, JWT_ALGORITHM_ES256, token, &claims),
                     ERR_NOT_FOUND);
    jwt_keyset_release(other);
}

/* The example of RFC 7515 appendix A.3. */
static void accepts_token_that_another_program_signed(void **state) {
    (void)state;
    const char *jwk = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                      "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                      "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
    const char *token =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dH"
        "A6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4"
        "GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const char *pem = NULL;
    enum jwt_algorithm algorithm = JWT_ALGORITHM_RS256;
    const struct value *claims = NULL;
    struct jwt_keyset *others = jwt_keyset_new();
    assert_ok(jwk_to_pem(&arena, parse(jwk), &pem, &algorithm));
    assert_ok(jwt_keyset_add(others, "theirs", pem));
    assert_ok(jwt_verify_foreign(&arena, others, algorithm, token, &claims));
    assert_string_equal(value_get_text(claims, "iss"), "joe");
    assert_ok(jwt_keyset_add(others, "second", key.public_pem));
    assert_int_equal(jwt_verify_foreign(&arena, others, algorithm, token, &claims), ERR_NOT_FOUND);
    jwt_keyset_release(others);
}

/* Signed elsewhere over the payload {"exp":4000000000,"exp":1}: made once, key thrown away. */
static void refuses_duplicate_claims(void **state) {
    (void)state;
    const char *pem =
        "-----BEGIN PUBLIC "
        "KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqM47YC8Z2HiUMtXkbthZfF/igy/n\n"
        "7kflrswQMuVuL6f7FyDufy9T+7sb7NwjWj1KK95knym4XlrsfMEXaCvjRg==\n-----END PUBLIC KEY-----\n";
    const char *token =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImR1cCJ9.eyJleHAiOjQwMDAwMDAwMDAsImV4cCI6MX0.XGWB43K"
        "nDqcAL_u1Wab6jEp8eUruj_yN_7_MbNuvKreQPeeU3xGUfRtbuibeIKaSDO_h7wC4xGPD7zfXJ3Nj-A";
    const char *rs_pem =
        "-----BEGIN PUBLIC "
        "KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAubnhPv9iD6pb23PGWLjG\n"
        "m9Vc9DFULeHV6iVZQPyTVhjZlX5tAA466KfznC6ofIIBHCw4MB2Ph6uAyWWdTlnZ\n"
        "395souVvOw+vUTU4v39fGQTjVqL5vRFtCf01I2hzGRgSnS/A4OY9QJoy3rzxCnav\n"
        "D78KHA2VLcwjw4YHf7o+3T5ShF9v8AHn9tQJkKs4cvNsUFshSzfBrDzRKg+WsOqs\n"
        "zB0RGlbOpE7mzsyfMnXwUOe56hMc0PT6RdnU3NOTMI6SG7oq3t6PO8LXvQl27WQJ\n"
        "eM8lHj612KqguSeyXKS3q7MfJXYYWIf4MUu5ii2cvwlQ8LtVkxRzYWqEqssj0S77\n"
        "jwIDAQAB\n-----END PUBLIC KEY-----\n";
    const char *rs_token =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJyc2EifQ.KFwry1b-Z-Oho96XxnFVMaZ7"
        "HkZABSpVCl2UtAP8YdCCEfJvtFjYAU5zC7KpRIjklmntDL1XmT8Gorhq8UnLwIbCsMnT1-HJyQAjWyWD"
        "0By9_ZwVqpqdW4jm5pvvi9UkfE_tdEq4H47uweQyT-nmqnxW55VMxbXuPpVHo-rxQZ2wgnKVEXkWC5sp"
        "UI9h4bQa4agmNGPe1bI77Neyx6BrtPwkPrIgOyYnbiFX1g1GuwuDfBweFN4A_J9YdoNNFPYM64N5qAn6"
        "ez8TYUBs5RNJS_6-V_aBWEHrDm9j1BezrCHVkEgIp1dV4J9yE-06ry7WHHMSfy22x_-CNnEaugeWsg";
    const struct value *claims = NULL;
    struct jwt_keyset *other = jwt_keyset_new();
    assert_ok(jwt_keyset_add(other, "dup", pem));
    assert_ok(jwt_keyset_add(other, "rsa", rs_pem));
    assert_int_equal(jwt_verify_foreign(&arena, other, JWT_ALGORITHM_ES256, token, &claims),
                     ERR_UNAUTHENTICATED);
    assert_ok(jwt_verify_foreign(&arena, other, JWT_ALGORITHM_RS256, rs_token, &claims));
    assert_string_equal(value_get_text(claims, "sub"), "rsa");
    assert_int_equal(jwt_verify_foreign(&arena, other, JWT_ALGORITHM_ES256, rs_token, &claims),
                     ERR_UNAUTHENTICATED);
    struct jwt_claims own;
    assert_int_equal(jwt_verify(&arena, other, ISSUERS, rs_token, &own), ERR_UNAUTHENTICATED);
    jwt_keyset_release(other);
}

static void *read_ring(void *ring) {
    for (int i = 0; i < 2000; i++) {
        const struct jwt_keyset *current = jwt_keyring_acquire(ring);
        if (jwt_keyset_count(current) > 1) {
            return ring;
        }
        jwt_keyset_release(current);
    }
    return NULL;
}

static void swaps_keysets_under_readers(void **state) {
    (void)state;
    struct jwt_keyring *ring = jwt_keyring_new();
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        assert_ok(pthread_create(&threads[i], NULL, read_ring, ring));
    }
    for (int i = 0; i < 200; i++) {
        struct jwt_keyset *next = jwt_keyset_new();
        assert_ok(jwt_keyset_add(next, key.kid, key.public_pem));
        jwt_keyring_replace(ring, next);
    }
    for (size_t i = 0; i < 4; i++) {
        void *failed = NULL;
        assert_ok(pthread_join(threads[i], &failed));
        assert_null(failed);
    }
    assert_int_equal(jwt_keyring_generation(ring), 1);
    jwt_keyring_replace(ring, jwt_keyset_new());
    assert_int_equal(jwt_keyring_generation(ring), 2);
    jwt_keyring_free(ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_own_token_and_returns_its_claims),
        cmocka_unit_test(accepts_former_issuers_and_no_others),
        cmocka_unit_test(reads_the_issuer_of_a_kept_string),
        cmocka_unit_test(tells_strings_of_one_token_apart),
        cmocka_unit_test(every_signature_has_86_characters_and_verifies),
        cmocka_unit_test(refuses_hs256_signed_with_public_pem),
        cmocka_unit_test(refuses_algorithm_none),
        cmocka_unit_test(refuses_to_store_an_unfit_key),
        cmocka_unit_test(refuses_changed_payload_and_other_keys),
        cmocka_unit_test(refuses_signature_that_is_no_strict_base64url),
        cmocka_unit_test(refuses_missing_and_further_segments),
        cmocka_unit_test(refuses_oversized_tokens_at_once),
        cmocka_unit_test(refuses_headers_that_point_to_another_key),
        cmocka_unit_test(refuses_unknown_or_odd_kid),
        cmocka_unit_test(refuses_claims_missing_or_of_another_type),
        cmocka_unit_test(refuses_unknown_algorithm_of_foreign_tokens),
        cmocka_unit_test(accepts_token_that_another_program_signed),
        cmocka_unit_test(refuses_duplicate_claims),
        cmocka_unit_test(swaps_keysets_under_readers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

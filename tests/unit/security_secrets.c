/* Base64url, random texts, stored hashes, sealed secrets, CSRF values. */
#include "security/base64url.h"
#include "security/csrf.h"
#include "security/hash.h"
#include "security/hmac.h"
#include "security/random.h"
#include "security/seal.h"
#include "security/security.h"
#include "security/token_hash.h"
#include "test.h"
#include <string.h>

static void reads_back_what_it_writes(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    unsigned char bytes[70];
    random_bytes(bytes, sizeof bytes);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        const char *text = base64url_encode(&arena, bytes, length);
        unsigned char *back = NULL;
        size_t count = 0;
        assert_ok(base64url_decode(&arena, text, strlen(text), &back, &count));
        assert_int_equal(count, length);
        assert_memory_equal(back, bytes, length);
    }
}

static void refuses_loose_base64url(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *texts[] = {"A",   "AA==", "AA=", "AB",       "AAB",  "AA\n",
                           " AA", "A+A/", "AA.", "\xc3\xa9", "AAAAA"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned char *back = NULL;
        size_t count = 0;
        assert_int_equal(base64url_decode(&arena, texts[i], strlen(texts[i]), &back, &count),
                         ERR_BAD_REQUEST);
    }
}

static void draws_tokens_of_43_characters(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *first = random_token(&arena);
    assert_int_equal(strlen(first), RANDOM_TOKEN_CHARACTERS);
    assert_string_not_equal(first, random_token(&arena));
    const char *code = random_code(&arena, 2);
    assert_int_equal(strlen(code), 9);
    assert_int_equal(strspn(code, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"), 4);
    assert_int_equal(code[4], '-');
}

static void hashes_tokens(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    assert_string_equal(token_hash_text(&arena, "abc"),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct seal_key one = {0};
    struct seal_key two = {0};
    random_bytes(one.bytes, sizeof one.bytes);
    random_bytes(two.bytes, sizeof two.bytes);
    const char *hash = token_hash_keyed(&arena, &one, "recovery", "K7QX");
    assert_string_equal(hash, token_hash_keyed(&arena, &one, "recovery", "K7QX"));
    assert_string_not_equal(hash, token_hash_keyed(&arena, &two, "recovery", "K7QX"));
    assert_string_not_equal(hash, token_hash_keyed(&arena, &one, "recover", "yK7QX"));
    assert_true(token_hash_equal("abc", "abc"));
    assert_false(token_hash_equal("abc", "abd"));
    assert_false(token_hash_equal("abc", "abcd"));
}

static void unseals_a_secret_in_its_context_only(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct seal_key key = {0};
    struct seal_key other = {0};
    random_bytes(key.bytes, sizeof key.bytes);
    random_bytes(other.bytes, sizeof other.bytes);
    char *sealed = arena_strdup(&arena, seal_close(&arena, &key, "signing_key/a", "secret", 6));
    unsigned char *opened = NULL;
    size_t length = 0;
    assert_ok(seal_open(&arena, &key, "signing_key/a", sealed, &opened, &length));
    assert_int_equal(length, 6);
    assert_string_equal((char *)opened, "secret");
    assert_int_equal(seal_open(&arena, &key, "signing_key/b", sealed, &opened, &length),
                     ERR_INTERNAL);
    assert_int_equal(seal_open(&arena, &other, "signing_key/a", sealed, &opened, &length),
                     ERR_INTERNAL);
    assert_string_not_equal(sealed, seal_close(&arena, &key, "signing_key/a", "secret", 6));
    sealed[20] = sealed[20] == 'A' ? 'B' : 'A';
    assert_int_equal(seal_open(&arena, &key, "signing_key/a", sealed, &opened, &length),
                     ERR_INTERNAL);
    const char *broken[] = {"", "s1.", "s1.AAAA", "s2.AAAA", "s1.****"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_int_equal(seal_open(&arena, &key, "c", broken[i], &opened, &length), ERR_INTERNAL);
    }
}

static void opens_with_a_former_key_and_seals_with_the_newest(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct seal_key newest = {0};
    struct seal_key first = {0};
    unsigned char bytes[3][SEAL_KEY_BYTES];
    const char *texts[3];
    const char *reason = NULL;
    unsigned char *opened = NULL;
    size_t length = 0;
    for (size_t i = 0; i < 3; i++) {
        random_bytes(bytes[i], sizeof bytes[i]);
        texts[i] = base64_encode(&arena, bytes[i], sizeof bytes[i]);
    }
    assert_ok(seal_keys_parse(&arena, texts[0], &newest, &reason));
    assert_ok(seal_keys_parse(&arena, texts[2], &first, &reason));
    assert_null(first.former);
    const char *sealed = seal_close(&arena, &first, "token/a", "secret", 6);
    assert_int_equal(seal_open(&arena, &newest, "token/a", sealed, &opened, &length), ERR_INTERNAL);
    const char *several = arena_printf(&arena, "# of 2027\n%s\r\n\n %s, %s # the first one\n",
                                       texts[0], texts[1], texts[2]);
    assert_ok(seal_keys_parse(&arena, several, &newest, &reason));
    assert_memory_equal(newest.bytes, bytes[0], SEAL_KEY_BYTES);
    assert_memory_equal(newest.former->bytes, bytes[1], SEAL_KEY_BYTES);
    assert_null(newest.former->former->former);
    assert_ok(seal_open(&arena, &newest, "token/a", sealed, &opened, &length));
    assert_string_equal((char *)opened, "secret");
    const char *again = seal_close(&arena, &newest, "token/a", "secret", 6);
    assert_int_equal(seal_open(&arena, &first, "token/a", again, &opened, &length), ERR_INTERNAL);
}

static void names_the_key_that_is_no_key(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct seal_key key = {0};
    unsigned char bytes[SEAL_KEY_BYTES];
    const char *reason = NULL;
    random_bytes(bytes, sizeof bytes);
    const char *good = base64_encode(&arena, bytes, sizeof bytes);
    assert_int_equal(seal_keys_parse(&arena, arena_printf(&arena, "%s\nabc", good), &key, &reason),
                     ERR_INVALID);
    assert_string_equal(reason,
                        "key 2: it must be base64 of exactly 32 bytes (openssl rand -base64 32)");
    assert_int_equal(
        seal_keys_parse(&arena, arena_printf(&arena, "%s,%s", good, good), &key, &reason),
        ERR_INVALID);
    assert_string_equal(reason, "key 2: it is given twice");
    assert_int_equal(seal_keys_parse(&arena, "# none yet\n\n", &key, &reason), ERR_INVALID);
    assert_string_equal(reason, "no master key is set");
}

static void derives_a_key_for_each_purpose(void **state) {
    (void)state;
    struct seal_key master = {.bytes = {1}};
    const struct seal_key one = seal_key_derive(&master, "audit");
    const struct seal_key same = seal_key_derive(&master, "audit");
    const struct seal_key other = seal_key_derive(&master, "outbox");
    assert_memory_equal(one.bytes, same.bytes, SEAL_KEY_BYTES);
    assert_memory_not_equal(one.bytes, other.bytes, SEAL_KEY_BYTES);
    assert_memory_not_equal(one.bytes, master.bytes, SEAL_KEY_BYTES);
}

/* As openssl computes it. */
static void macs_under_a_key_of_bytes(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct seal_key key = {0};
    memset(key.bytes, 0x0b, sizeof key.bytes);
    assert_string_equal(hmac_sha256_keyed(&arena, &key, "Hi There"),
                        "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
}

static void refuses_master_keys_that_are_not_random(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct seal_key key = {0};
    const char *reason = NULL;
    unsigned char bytes[33] = {0};
    const char *texts[16];
    size_t count = 0;
    texts[count++] = "";
    texts[count++] = "changeme";
    texts[count++] = base64_encode(&arena, bytes, 32); /* zeros */
    texts[count++] = base64_encode(&arena, "0123456789abcdef0123456789abcdef", 32);
    texts[count++] = base64_encode(&arena, "this is a readable example key!!", 32);
    for (size_t i = 0; i < 32; i++) {
        bytes[i] = (unsigned char)i;
    }
    texts[count++] = base64_encode(&arena, bytes, 32);
    random_bytes(bytes, sizeof bytes);
    texts[count++] = base64_encode(&arena, bytes, 16);
    texts[count++] = base64_encode(&arena, bytes, 31);
    texts[count++] = base64_encode(&arena, bytes, 33);
    for (size_t i = 0; i < count; i++) {
        reason = NULL;
        assert_int_equal(seal_keys_parse(&arena, texts[i], &key, &reason), ERR_INVALID);
        assert_non_null(reason);
    }
    assert_ok(seal_keys_parse(&arena, base64_encode(&arena, bytes, 32), &key, &reason));
    assert_memory_equal(key.bytes, bytes, 32);
}

static void binds_csrf_value_to_session(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *session = random_token(&arena);
    const char *value = csrf_derive(&arena, session);
    assert_int_equal(strlen(value), 43);
    assert_string_equal(value, csrf_derive(&arena, session));
    assert_string_not_equal(value, csrf_derive(&arena, random_token(&arena)));
    assert_true(csrf_matches(value, arena_strdup(&arena, value)));
    assert_false(csrf_matches(value, NULL));
    assert_false(csrf_matches(value, ""));
    assert_false(csrf_matches(value, session));
}

static void hashes_tables_under_a_key_and_versions_without(void **state) {
    (void)state;
    /* BLAKE2b-256 of nothing and of "abc" */
    assert_true(hash_content("", 0) == UINT64_C(0x0e5751c026e543b2));
    assert_true(hash_content("abc", 3) == UINT64_C(0xbddd813c63423972));
    const uint64_t hash = hash_keyed("192.0.2.1", 9);
    assert_true(hash == hash_keyed("192.0.2.1 and more", 9));
    assert_true(hash != hash_keyed("192.0.2.2", 9));
    hash_init();
    assert_true(hash != hash_keyed("192.0.2.1", 9)); /* as in another process */
}

static int set_up(void **state) {
    (void)state;
    return security_init() == ERR_NONE ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_it_writes),
        cmocka_unit_test(refuses_loose_base64url),
        cmocka_unit_test(draws_tokens_of_43_characters),
        cmocka_unit_test(hashes_tokens),
        cmocka_unit_test(unseals_a_secret_in_its_context_only),
        cmocka_unit_test(opens_with_a_former_key_and_seals_with_the_newest),
        cmocka_unit_test(derives_a_key_for_each_purpose),
        cmocka_unit_test(macs_under_a_key_of_bytes),
        cmocka_unit_test(names_the_key_that_is_no_key),
        cmocka_unit_test(refuses_master_keys_that_are_not_random),
        cmocka_unit_test(binds_csrf_value_to_session),
        cmocka_unit_test(hashes_tables_under_a_key_and_versions_without),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

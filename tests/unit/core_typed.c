#include "core/typed.h"
#include "test.h"
#include <string.h>

static const char *kept(struct arena *arena, const struct seal_key *key, const char *name,
                        const char *text) {
    struct value *detail = value_object(arena);
    value_set_text(arena, detail, name, text);
    return value_get_text(typed_digest_all(arena, key, detail), name);
}

static void what_tells_of_nobody_stays_as_it_came(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct seal_key key = {.bytes = {1}};
    static const char id[] = "1b671a64-40d5-491e-99b0-da01ff1f3341";
    assert_string_equal(kept(&arena, &key, "state", "submitted"), "submitted");
    assert_string_equal(kept(&arena, &key, "account", id), id);
    assert_int_equal(value_count(typed_digest_all(&arena, &key, NULL)), 0);
}

static void every_other_text_is_a_digest_under_this_key(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct seal_key key = {.bytes = {1}};
    const struct seal_key other = {.bytes = {2}};
    const char *digest = kept(&arena, &key, "q", "Camille  Durand\t");
    assert_int_equal(strlen(digest), 5 + 32);
    assert_int_equal(strncmp(digest, "hmac:", 5), 0);
    assert_string_equal(digest, kept(&arena, &key, "a_filter_of_tomorrow", " camille DURAND"));
    assert_string_not_equal(digest, kept(&arena, &key, "q", "camilledurand"));
    assert_string_not_equal(digest, kept(&arena, &other, "q", "camille durand"));
}

static void a_text_is_found_under_former_keys(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct seal_key former = {.bytes = {1}};
    const struct seal_key key = {.bytes = {2}};
    const struct derived_key second = derived_key_of(&arena, &former, DERIVED_KEY_TYPED);
    struct derived_key first = derived_key_of(&arena, &key, DERIVED_KEY_TYPED);
    first.next = &second;
    const char *before = kept(&arena, &former, "q", "durand");
    const char *now = kept(&arena, &key, "q", "durand");
    assert_string_equal(typed_digests(&arena, &first, "Durand"),
                        arena_printf(&arena, "{%s,%s}", now, before));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_tells_of_nobody_stays_as_it_came),
        cmocka_unit_test(every_other_text_is_a_digest_under_this_key),
        cmocka_unit_test(a_text_is_found_under_former_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

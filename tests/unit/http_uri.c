/* Paths, as they are split before any route is looked up. */
#include "http/uri.h"
#include "test.h"

static void decodes_each_segment_once(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *segments[URI_SEGMENTS_MAX];
    size_t count = 0;
    assert_ok(uri_split_path(&arena, "/v1/a%20b/%2525", segments, &count));
    assert_int_equal(count, 3);
    assert_string_equal(segments[1], "a b");
    assert_string_equal(segments[2], "%25");
    assert_ok(uri_split_path(&arena, "/", segments, &count));
    assert_int_equal(count, 1);
    assert_string_equal(segments[0], "");
}

static void refuses_ambiguous_paths(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",     "v1",    "*",         "http://a/", "/a%2Fb",  "/a%2f", "/%00", "/a%0d%0a",
        "/%1f", "/%7f",  "/%C2%80",   "/%ff",      "/%C0%AE", "/%",    "/%4",  "/%zz",
        "/a b", "/a\\b", "/\xc3\xa9", "/a#b",      "/a?b",    "/<a>",  "/a\"",
    };
    ARENA_AUTO(arena);
    const char *segments[URI_SEGMENTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        if (uri_split_path(&arena, WRONG[i], segments, &count) != ERR_BAD_REQUEST) {
            fail_msg("accepted: %s", WRONG[i]);
        }
    }
}

static void finds_nothing_after_too_many_segments(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *segments[URI_SEGMENTS_MAX];
    size_t count = 0;
    assert_int_equal(uri_split_path(&arena, "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
                                    segments, &count),
                     ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_each_segment_once),
        cmocka_unit_test(refuses_ambiguous_paths),
        cmocka_unit_test(finds_nothing_after_too_many_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

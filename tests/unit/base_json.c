#include "base/clock.h"
#include "base/field_errors.h"
#include "base/json.h"
#include "base/utf8.h"
#include "test.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static enum err parse(struct arena *arena, const char *text, struct value **out) {
    return json_parse(arena, text, strlen(text), out, NULL);
}

static void reads_and_writes_every_kind(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct value *value = NULL;
    static const char TEXT[] =
        "{\"a\":[1,-2,true,false,null],\"b\":{\"c\":\"é\\\"\\\\\\n\"},\"d\":0.5}";
    assert_ok(parse(&arena, TEXT, &value));
    assert_string_equal(json_text(&arena, value), TEXT);
    assert_int_equal(value_count(value_at(value, "/a")), 5);
    assert_string_equal(value_get_text(value_at(value, "/b"), "c"), "é\"\\\n");
    assert_null(value_at(value, "/b/x/y"));
}

static void refuses_input_outside_rfc_8259(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        "{",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1}x",
        "{'a':1}",
        "[1,]",
        "nul",
        "{\"a\":1e999}",
        "\"\\u0000\"",
        "{\"a\\u0000\":1}",
        "\"\\u0007\"",
        "\"\\u009f\"",
        "\"\x01\"",
        "01",
        "\xef\xbb\xbf{}",
        "{\"a\":\"\xff\"}",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "99999999999999999999",
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct value *value = NULL;
        const char *reason = NULL;
        if (json_parse(&arena, WRONG[i], strlen(WRONG[i]), &value, &reason) != ERR_BAD_REQUEST) {
            fail_msg("accepted: %s", WRONG[i]);
        }
        assert_non_null(reason);
    }
    struct value *value = NULL;
    assert_int_equal(json_parse(&arena, "\"a\0b\"", 5, &value, NULL), ERR_BAD_REQUEST);
}

static void keeps_zero_width_and_bidirectional_characters(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct value *value = NULL;
    assert_ok(parse(&arena, "\"a\xe2\x80\x8b\xe2\x80\xaeب\"", &value));
    assert_string_equal(value_text_of(value), "a\xe2\x80\x8b\xe2\x80\xaeب");
}

static void bounds_the_depth(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    char text[2 * (JSON_DEPTH_MAX + 1) + 1] = {0};
    struct value *value = NULL;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    assert_ok(parse(&arena, text, &value));
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_int_equal(parse(&arena, text, &value), ERR_BAD_REQUEST);
    assert_ok(parse(&arena, "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", &value));
}

static void merges_patches_by_rfc_7396(void **state) {
    (void)state;
    static const char *const CASES[][3] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
        {"[\"a\"]", "{\"a\":1}", "{\"a\":1}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct value *target = NULL;
        struct value *patch = NULL;
        assert_ok(parse(&arena, CASES[i][0], &target));
        assert_ok(parse(&arena, CASES[i][1], &patch));
        assert_string_equal(json_text(&arena, value_merge_patch(&arena, target, patch)),
                            CASES[i][2]);
        assert_string_equal(json_text(&arena, target), CASES[i][0]);
    }
}

static void compares_objects_regardless_of_order(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct value *a = NULL;
    struct value *b = NULL;
    assert_ok(parse(&arena, "{\"x\":1,\"y\":[\"z\"]}", &a));
    assert_ok(parse(&arena, "{\"y\":[\"z\"],\"x\":1}", &b));
    assert_true(value_equal(a, b));
    value_set_text(&arena, b, "x", "1");
    assert_false(value_equal(a, b));
}

static void replaces_invalid_utf8(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct buf buf;
    buf_init(&buf, &arena, 100);
    json_write_text(&buf, "a\xff\x01z");
    assert_string_equal(buf_text(&buf), "\"a\xef\xbf\xbd\\u0001z\"");
}

static void stops_at_the_bound_of_a_buffer(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct buf buf;
    buf_init(&buf, &arena, 5);
    buf_puts(&buf, "12345");
    assert_false(buf.overflowed);
    buf_putc(&buf, '6');
    buf_printf(&buf, "%d", 7);
    assert_true(buf.overflowed);
    assert_string_equal(buf_text(&buf), "12345");
}

/* A body of a megabyte has as many members: each is found by its hash, not by a search. Searching took
 * minutes here. */
static void finds_one_of_a_hundred_thousand_members_by_its_hash(void **state) {
    (void)state;
    enum { MEMBERS = 100000, SECONDS_MAX = 20 };
    ARENA_AUTO(arena);
    const int64_t started_ms = clock_monotonic_ms();
    struct value *made = value_object(&arena);
    struct value *read = NULL;
    char name[16];
    for (int i = 0; i < MEMBERS; i++) {
        (void)snprintf(name, sizeof name, "m%d", i);
        value_set(made, name, value_integer(&arena, i));
    }
    assert_ok(parse(&arena, json_text(&arena, made), &read));
    assert_int_equal(value_count_members(read), MEMBERS);
    for (int i = 0; i < MEMBERS; i++) {
        (void)snprintf(name, sizeof name, "m%d", i);
        assert_int_equal(value_get_integer(read, name, -1), i);
    }
    const struct value *merged = value_merge_patch(&arena, made, read);
    assert_true(value_equal(merged, value_copy(&arena, read)));
    assert_true(clock_monotonic_ms() - started_ms < SECONDS_MAX * 1000);
}

/* `count` pieces between `before` and `after`, with commas: a number between two texts each. */
static const char *repeat(struct arena *arena, const char *before, const char *const piece[2],
                          size_t count, const char *after) {
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX / 2);
    buf_puts(&buf, before);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&buf, "%s%s%zu%s", i == 0 ? "" : ",", piece[0], i, piece[1]);
    }
    buf_puts(&buf, after);
    return buf_text(&buf);
}

static enum err parse_body(struct arena *arena, const char *text) {
    struct value *value = NULL;
    const char *reason = NULL;
    const size_t before = arena->used_bytes;
    const enum err err = json_parse_body(arena, text, strlen(text), &value, &reason);
    assert_int_equal(err == ERR_NONE, reason == NULL);
    if (err != ERR_NONE) {
        assert_int_equal(arena->used_bytes, before); /* nothing was built */
        assert_null(value);
    }
    return err;
}

static void reads_whole_numbers_of_a_body_as_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *out;
    } CASES[] = {
        {"36.0", "36"},
        {"{\"a\":[-2.0,3.6e1,{\"b\":0.0}]}", "{\"a\":[-2,36,{\"b\":0}]}"},
        {"9007199254740992.0", "9007199254740992"},
        {"1e300", "1.0000000000000001e+300"},
        {"[0.5,-1.5]", "[0.5,-1.5]"},
        {"\"36.0\"", "\"36.0\""},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct value *value = NULL;
        const char *reason = NULL;
        assert_ok(json_parse_body(&arena, CASES[i].text, strlen(CASES[i].text), &value, &reason));
        assert_string_equal(json_text(&arena, value), CASES[i].out);
        assert_ok(json_parse(&arena, "36.0", 4, &value, &reason));
        assert_true(value_is(value, VALUE_NUMBER)); /* elsewhere it stays as it was written */
    }
}

static void bounds_the_members_and_items_of_a_body_before_it_builds_a_tree(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    static const struct {
        const char *before;
        const char *piece[2];
        size_t count;
        const char *after;
        enum err expected;
    } CASES[] = {
        {"{", {"\"m", "\":1"}, 256, "}", ERR_NONE},
        {"{", {"\"m", "\":1"}, 257, "}", ERR_BAD_REQUEST},
        {"{", {"\"m", "\":1"}, 40000, "}", ERR_BAD_REQUEST},
        {"[{\"a\":{", {"\"m", "\":[{},\":\"]"}, 256, "}}]", ERR_NONE},
        {"[{\"a\":{", {"\"m", "\":[{},\":\"]"}, 257, "}}]", ERR_BAD_REQUEST},
        {"[", {"{\"a\":", ",\"\\\":\":2}"}, 2048, "]", ERR_NONE},
        {"[", {"{\"a\":", "}"}, 2049, "]", ERR_BAD_REQUEST},
        {"{\"a\":[", {"", ""}, 2049, "]}", ERR_BAD_REQUEST},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(parse_body(&arena, repeat(&arena, CASES[i].before, CASES[i].piece,
                                                   CASES[i].count, CASES[i].after)),
                         CASES[i].expected);
    }
}

static void keeps_a_hundred_field_errors_and_counts_the_others(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    for (int i = 0; i < 1000; i++) {
        field_errors_add(&errors, "/x", "unknown_member", "%d", i);
    }
    assert_int_equal(errors.count, 1000);
    const struct value *list = field_errors_value(&arena, &errors);
    assert_int_equal(value_count(list), 100);
    assert_string_equal(value_get_text(value_item(list, 99), "message"), "99");
    assert_int_equal(field_errors_verdict(&errors), ERR_INVALID);
}

static void keeps_the_order_of_members(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct value *value = NULL;
    assert_ok(parse(&arena, "{\"z\":1,\"a\":2,\"m\":3,\"b\":4}", &value));
    value_set(value, "a", value_boolean(&arena, true));
    value_set(value, "c", value_null(&arena));
    value_remove(value, "m");
    assert_string_equal(json_text(&arena, value), "{\"z\":1,\"a\":true,\"b\":4,\"c\":null}");
    const char *names = "";
    VALUE_EACH (member, value) {
        names = arena_printf(&arena, "%s%s", names, member.name);
    }
    assert_string_equal(names, "zabc");
}

static void sorts_members_at_every_depth(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct value *value = NULL;
    const char text[] = "{\"b\":[{\"z\":1,\"y\":[2,1]}],\"aa\":null,\"a\":{}}";
    assert_ok(json_parse(&arena, text, strlen(text), &value, NULL));
    assert_string_equal(json_text(&arena, value_sorted(&arena, value)),
                        "{\"a\":{},\"aa\":null,\"b\":[{\"y\":[2,1],\"z\":1}]}");
    assert_string_equal(json_text(&arena, value), text);
}

static void returns_nothing_for_a_value_of_another_type(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct value *array = value_array(&arena);
    const struct value *text = value_text(&arena, "x");
    assert_null(value_text_of(array));
    assert_null(value_text_of(NULL));
    assert_null(value_item(array, 0));
    assert_null(value_item(text, 0));
    assert_null(value_get(array, "a"));
    assert_int_equal(value_count(text) + value_count(NULL), 0);
    assert_int_equal(value_count_members(array) + value_count_members(NULL), 0);
    assert_int_equal(value_integer_of(text) + value_integer_of(NULL), 0);
    assert_false(value_boolean_of(text) || value_boolean_of(NULL));
    VALUE_EACH (member, array) {
        fail_msg("an array has the member %s", member.name);
    }
    assert_true(value_is(value_number(&arena, INFINITY), VALUE_NULL));
    assert_true(value_is(value_text(&arena, NULL), VALUE_NULL));
    assert_true(value_equal(NULL, NULL) && !value_equal(NULL, text));
}

/* Under AddressSanitizer this also says that nothing is left behind or freed too early. */
static void a_value_lives_as_long_as_a_tree_that_holds_it(void **state) {
    (void)state;
    ARENA_AUTO(longer);
    struct arena shorter;
    struct value *kept = value_array(&longer);
    struct value *read = NULL;
    arena_init(&shorter);
    assert_ok(parse(&shorter, "{\"a\":[\"text\",{\"b\":0.5}]}", &read));
    value_push(kept, value_at(read, "/a"));
    value_push(kept, value_text(&shorter, "made"));
    const struct value *patched = value_merge_patch(&longer, read, value_object(&shorter));
    arena_clear(&shorter);
    arena_clear(&shorter);
    assert_string_equal(json_text(&longer, kept), "[[\"text\",{\"b\":0.5}],\"made\"]");
    assert_string_equal(json_text(&longer, patched), "{\"a\":[\"text\",{\"b\":0.5}]}");
}

struct noted {
    char *order;
    char letter;
};

static void note(void *thing) {
    const struct noted *noted = thing;
    noted->order[strlen(noted->order)] = noted->letter;
}

static void releases_attached_values_once_in_reverse_order(void **state) {
    (void)state;
    char order[8] = "";
    struct noted first = {order, 'a'};
    struct noted second = {order, 'b'};
    struct arena arena;
    arena_init(&arena);
    arena_on_clear(&arena, note, &first);
    arena_on_clear(&arena, note, &second);
    assert_string_equal(order, "");
    arena_clear(&arena);
    arena_clear(&arena);
    assert_string_equal(order, "ba");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_every_kind),
        cmocka_unit_test(refuses_input_outside_rfc_8259),
        cmocka_unit_test(keeps_zero_width_and_bidirectional_characters),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(merges_patches_by_rfc_7396),
        cmocka_unit_test(compares_objects_regardless_of_order),
        cmocka_unit_test(replaces_invalid_utf8),
        cmocka_unit_test(stops_at_the_bound_of_a_buffer),
        cmocka_unit_test(finds_one_of_a_hundred_thousand_members_by_its_hash),
        cmocka_unit_test(reads_whole_numbers_of_a_body_as_integers),
        cmocka_unit_test(bounds_the_members_and_items_of_a_body_before_it_builds_a_tree),
        cmocka_unit_test(keeps_a_hundred_field_errors_and_counts_the_others),
        cmocka_unit_test(keeps_the_order_of_members),
        cmocka_unit_test(sorts_members_at_every_depth),
        cmocka_unit_test(returns_nothing_for_a_value_of_another_type),
        cmocka_unit_test(a_value_lives_as_long_as_a_tree_that_holds_it),
        cmocka_unit_test(releases_attached_values_once_in_reverse_order),
    };
    json_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

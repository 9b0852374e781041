/* What the reader of JSON members takes, and what it says of the rest. */
#include "base/json.h"
#include "core/reader.h"
#include "test.h"
#include <string.h>

static const char *const KNOWN[] = {"name", "text", "flag", "choice", NULL};
static const char *const CHOICES[] = {"one", "two", NULL};

static void start(struct reader *reader, struct arena *arena, struct field_errors *errors,
                  const char *json) {
    struct value *object = NULL;
    field_errors_init(errors, arena);
    assert_ok(json_parse(arena, json, strlen(json), &object, NULL));
    reader_start(reader, arena, errors, object, "", KNOWN);
}

static void refuses_unknown_members_with_escaped_pointers(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct reader reader;
    start(&reader, &arena, &errors, "{\"name\":\"x\",\"a/b~c\":1}");
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.first->pointer, "/a~1b~0c");
    assert_string_equal(errors.first->code, "unknown_member");
}

static void check_line(const char *json, const char *expected, const char *code) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct reader reader;
    start(&reader, &arena, &errors, json);
    const char *line = reader_required_line(&reader, "name", 5);
    if (code == NULL) {
        assert_string_equal(line, expected);
        assert_int_equal(errors.count, 0);
    } else {
        assert_null(line);
        assert_string_equal(errors.first->code, code);
        assert_string_equal(errors.first->pointer, "/name");
    }
}

static void reads_a_required_line_as_typed(void **state) {
    (void)state;
    check_line("{\"name\":\" a b \"}", " a b ", NULL);
    check_line("{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}",
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", NULL);
    /* Without marks of direction and of zero width, but with the joiners of scripts that need them; composed. */
    check_line("{\"name\":\"\\u202ea\\u200b\\u2066b\\ufeff\"}", "ab", NULL);
    check_line("{\"name\":\"\\u0645\\u200c\\u0645\"}", "\u0645\u200c\u0645", NULL);
    check_line("{\"name\":\"e\\u0301\"}", "\u00e9", NULL);
    check_line("{}", NULL, "required");
    check_line("{\"name\":null}", NULL, "required");
    check_line("{\"name\":\"\"}", NULL, "required");
    check_line("{\"name\":\" \xc2\xa0 \"}", NULL, "required");
    check_line("{\"name\":12}", NULL, "wrong_type");
    check_line("{\"name\":\"a\\nb\"}", NULL, "control_character");
    check_line("{\"name\":\"a\\tb\"}", NULL, "control_character");
    check_line("{\"name\":\"abcdef\"}", NULL, "too_long");
}

static void reads_optional_members(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct reader reader;
    start(&reader, &arena, &errors, "{\"name\":\"\",\"text\":\"a\\nb\",\"flag\":null}");
    assert_null(reader_optional_line(&reader, "name", 5));
    assert_string_equal(reader_optional_text(&reader, "text", 5), "a\nb");
    assert_true(reader_optional_boolean(&reader, "flag", true));
    assert_true(reader_has(&reader, "flag"));
    assert_false(reader_has(&reader, "choice"));
    assert_int_equal(errors.count, 0);
}

static void refuses_values_outside_the_list_and_malformed_flags(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct reader reader;
    start(&reader, &arena, &errors, "{\"choice\":\"three\",\"flag\":\"yes\"}");
    assert_null(reader_required_choice(&reader, "choice", CHOICES));
    assert_string_equal(errors.last->code, "unknown_value");
    assert_false(reader_optional_boolean(&reader, "flag", false));
    assert_string_equal(errors.last->code, "wrong_type");
}

static void finds_everything_missing_in_no_body(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct reader reader;
    field_errors_init(&errors, &arena);
    reader_start(&reader, &arena, &errors, NULL, "", KNOWN);
    assert_null(reader_required_secret(&reader, "name", 10));
    assert_string_equal(errors.first->code, "required");
}

int main(void) {
    json_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_unknown_members_with_escaped_pointers),
        cmocka_unit_test(reads_a_required_line_as_typed),
        cmocka_unit_test(reads_optional_members),
        cmocka_unit_test(refuses_values_outside_the_list_and_malformed_flags),
        cmocka_unit_test(finds_everything_missing_in_no_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

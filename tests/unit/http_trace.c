/* Identifiers that callers send along, and the traces that are continued. */
#include "http/trace.h"
#include "test.h"
#include <string.h>

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"

static void continues_a_trace_with_a_span_of_its_own(void **state) {
    (void)state;
    static const struct {
        const char *header;
        const char *flags;
    } CASES[] = {
        {"00-" TRACE "-" SPAN "-01", "01"}, {"00-" TRACE "-" SPAN "-00", "00"},
        {"00-" TRACE "-" SPAN "-03", "01"}, {"00-" TRACE "-" SPAN "-fe", "00"},
        {"01-" TRACE "-" SPAN "-01", "01"}, {"cc-" TRACE "-" SPAN "-01-what-comes-later", "01"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct trace trace;
        ARENA_AUTO(arena);
        trace_continue(CASES[i].header, &trace);
        assert_true(trace_is_known(&trace));
        assert_string_equal(trace.trace_id, TRACE);
        assert_int_equal(strlen(trace.span_id), 16);
        assert_int_equal(strspn(trace.span_id, "0123456789abcdef"), 16);
        assert_string_not_equal(trace.span_id, SPAN);
        assert_string_equal(trace.parent, arena_printf(&arena, "00-" TRACE "-%s-%s", trace.span_id,
                                                       CASES[i].flags));
    }
}

static void draws_another_span_for_each_request(void **state) {
    (void)state;
    struct trace one;
    struct trace two;
    trace_continue("00-" TRACE "-" SPAN "-01", &one);
    trace_continue("00-" TRACE "-" SPAN "-01", &two);
    assert_string_not_equal(one.span_id, two.span_id);
}

static void takes_no_trace_from_an_invalid_header(void **state) {
    (void)state;
    static const char *const HEADERS[] = {
        NULL,
        "",
        "00",
        "00-" TRACE "-" SPAN,
        "00-" TRACE "-" SPAN "-0",
        "00-" TRACE "-" SPAN "-0g",
        "00-" TRACE "-" SPAN "-01 ",
        "00-" TRACE "-" SPAN "-01-more",
        "01-" TRACE "-" SPAN "-01more",
        "ff-" TRACE "-" SPAN "-01",
        "0x-" TRACE "-" SPAN "-01",
        "00_" TRACE "-" SPAN "-01",
        "00-" TRACE "_" SPAN "-01",
        "00-" TRACE "-" SPAN "_01",
        "00-00000000000000000000000000000000-" SPAN "-01",
        "00-" TRACE "-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01",
        "00-" TRACE "-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
    };
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        struct trace trace = {.trace_id = "former", .parent = "former"};
        trace_continue(HEADERS[i], &trace);
        assert_false(trace_is_known(&trace));
        assert_string_equal(trace.span_id, "");
        assert_string_equal(trace.parent, "");
    }
}

static void keeps_the_identifier_of_a_caller_or_draws_one(void **state) {
    (void)state;
    char id[UUID_TEXT_BYTES];
    char other[UUID_TEXT_BYTES];
    trace_take_request_id("3F2B8C1E58A04A6E9B1C1F2E3D4C5B6A", id);
    assert_string_equal(id, "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a");
    trace_take_request_id("a\"b", id);
    assert_true(text_is_uuid(id));
    trace_take_request_id(NULL, other);
    assert_true(text_is_uuid(other));
    assert_string_not_equal(id, other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(continues_a_trace_with_a_span_of_its_own),
        cmocka_unit_test(draws_another_span_for_each_request),
        cmocka_unit_test(takes_no_trace_from_an_invalid_header),
        cmocka_unit_test(keeps_the_identifier_of_a_caller_or_draws_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

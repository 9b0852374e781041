/* What handlers ask of a request and put into an answer. */
#include "base/json.h"
#include "http/accept.h"
#include "http/exchange.h"
#include "http/http_state.h"
#include "http/problem.h"
#include "test.h"
#include <string.h>

struct fixture {
    struct arena arena;
    struct exchange exchange;
    struct http_state http;
    struct pair header;
};

static void open_fixture(struct fixture *fixture, const char *name, const char *value) {
    *fixture = (struct fixture){.header = {name, value}};
    arena_init(&fixture->arena);
    fixture->exchange.arena = &fixture->arena;
    fixture->exchange.http = &fixture->http;
    fixture->exchange.request.path = "/v1/x";
    fixture->exchange.request.headers = &fixture->header;
    fixture->exchange.request.headers_count = value == NULL ? 0 : 1;
    field_errors_init(&fixture->exchange.errors, &fixture->arena);
}

static void finds_headers_regardless_of_case(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "x-THING", "1");
    assert_string_equal(request_header(&fixture.exchange, "X-Thing"), "1");
    assert_null(request_header(&fixture.exchange, "X-Thin"));
    arena_clear(&fixture.arena);
}

static void ranks_accepted_types_by_quality(void **state) {
    (void)state;
    assert_int_equal(accept_quality("gzip, br", "br"), 1000);
    assert_int_equal(accept_quality("gzip;q=0.5, br;q=0", "br"), 0);
    assert_int_equal(accept_quality("gzip;q=0.5, br;q=0", "gzip"), 500);
    assert_int_equal(accept_quality("gzip; q=0.123", "gzip"), 123);
    assert_int_equal(accept_quality("brotli", "br"), 0);
    assert_int_equal(accept_quality("", "br"), 0);
    assert_int_equal(accept_quality(NULL, "br"), 0);
    assert_int_equal(accept_quality(",,;q=,", "br"), 0);
}

static void prefers_csv_only_on_request(void **state) {
    (void)state;
    static const struct {
        const char *accept;
        bool csv;
    } CASES[] = {
        {NULL, false},
        {"*/*", false},
        {"text/csv", true},
        {"text/csv;q=0.9, application/json", false},
        {"application/json;q=0.1, text/csv", true},
        {"text/csvx", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture fixture;
        open_fixture(&fixture, "Accept", CASES[i].accept);
        assert_int_equal(request_wants_csv(&fixture.exchange), CASES[i].csv);
        arena_clear(&fixture.arena);
    }
}

static void reads_the_version_of_if_match(void **state) {
    (void)state;
    static const struct {
        const char *value;
        enum err expected;
        int64_t version;
    } CASES[] = {
        {NULL, ERR_PRECONDITION_REQUIRED, 0},
        {"\"7\"", ERR_NONE, 7},
        {"*", ERR_NONE, -1},
        {"7", ERR_BAD_REQUEST, 0},
        {"\"\"", ERR_BAD_REQUEST, 0},
        {"\"07\"", ERR_BAD_REQUEST, 0},
        {"\"-7\"", ERR_BAD_REQUEST, 0},
        {"W/\"7\"", ERR_NONE, 7},
        {"w/\"7\"", ERR_BAD_REQUEST, 0},
        {"\"7\", \"8\"", ERR_NONE, 8},
        {"W/\"9\",\"8\" \t,\"3\"", ERR_NONE, 9},
        {"\"7\",", ERR_NONE, 7},
        {",", ERR_BAD_REQUEST, 0},
        {"\"7\" \"8\"", ERR_BAD_REQUEST, 0},
        {"\"7\", *", ERR_BAD_REQUEST, 0},
        {"\"7\", \"a\"", ERR_NONE, 7}, /* the tag of another server matches nothing */
        {"\"a\"", ERR_BAD_REQUEST, 0},
        {"\"7", ERR_BAD_REQUEST, 0},
        {"\"99999999999999999999\"", ERR_BAD_REQUEST, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture fixture;
        int64_t version = 0;
        open_fixture(&fixture, "If-Match", CASES[i].value);
        assert_int_equal(request_if_match(&fixture.exchange, &version), CASES[i].expected);
        assert_int_equal(version, CASES[i].expected == ERR_NONE ? CASES[i].version : 0);
        arena_clear(&fixture.arena);
    }
}

static void escapes_file_names_in_headers(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "", NULL);
    assert_ok(
        response_file(&fixture.exchange, "application/pdf", "D\xc3\xa9p\"\r\nX: 1.pdf", "x", 1));
    const char *value = fixture.exchange.response.headers[0].value;
    assert_string_equal(value, "attachment; filename=\"D_p___X__1.pdf\"; "
                               "filename*=UTF-8''D%C3%A9p%22%0D%0AX%3A%201.pdf");
    arena_clear(&fixture.arena);
}

static void renders_a_problem_and_drops_the_prepared_answer(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "", NULL);
    json_init();
    response_header(&fixture.exchange, "ETag", "\"1\"");
    response_header(&fixture.exchange, "Set-Cookie", "a=b");
    response_header(&fixture.exchange, "Allow", "GET");
    exchange_error(&fixture.exchange, "/title", "too_long", "Raccourcissez le titre.");
    fixture.exchange.retry_after_s = 3;
    problem_render(&fixture.exchange, ERR_INVALID);
    const struct response *response = &fixture.exchange.response;
    assert_int_equal(response->status, 422);
    assert_string_equal(response->content_type, "application/problem+json");
    assert_int_equal(response->headers_count, 3);
    assert_string_equal(response->headers[0].name, "Set-Cookie");
    assert_string_equal(response->headers[2].name, "Retry-After");
    struct value *problem = NULL;
    assert_ok(json_parse(&fixture.arena, response->body, response->body_bytes, &problem, NULL));
    assert_string_equal(value_get_text(problem, "type"), "/problems/invalid");
    const struct value *errors = value_get(problem, "errors");
    assert_int_equal(value_count(errors), 1);
    assert_string_equal(value_get_text(value_item(errors, 0), "pointer"), "/title");
    arena_clear(&fixture.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_headers_regardless_of_case),
        cmocka_unit_test(ranks_accepted_types_by_quality),
        cmocka_unit_test(prefers_csv_only_on_request),
        cmocka_unit_test(reads_the_version_of_if_match),
        cmocka_unit_test(escapes_file_names_in_headers),
        cmocka_unit_test(renders_a_problem_and_drops_the_prepared_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

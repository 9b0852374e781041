/* What request_reader refuses, attack by attack. */
#include "base/json.h"
#include "http/request_reader.h"
#include "test.h"
#include <string.h>

enum { HEADERS_MOST = 64 };

struct fixture {
    struct arena arena;
    struct exchange exchange;
    struct pair headers[HEADERS_MOST];
    struct raw_request raw;
};

static void open_fixture(struct fixture *fixture, const char *target) {
    *fixture = (struct fixture){0};
    arena_init(&fixture->arena);
    fixture->exchange.arena = &fixture->arena;
    field_errors_init(&fixture->exchange.errors, &fixture->arena);
    fixture->raw = (struct raw_request){.method = "POST",
                                        .target = target,
                                        .version = "HTTP/1.1",
                                        .headers = fixture->headers,
                                        .body = "",
                                        .peer = "192.0.2.1"};
    fixture->headers[fixture->raw.headers_count++] = (struct pair){"Host", "localhost"};
}

static void add_header(struct fixture *fixture, const char *name, const char *value) {
    fixture->headers[fixture->raw.headers_count++] = (struct pair){name, value};
    fixture->raw.header_block_bytes += strlen(name) + strlen(value) + 4;
}

/* The outcome of headers alone, given as name, value, …, NULL. */
static enum err read_head(const char *const *headers, bool *closes) {
    struct fixture fixture;
    open_fixture(&fixture, "/v1/x");
    for (size_t i = 0; headers[i] != NULL; i += 2) {
        add_header(&fixture, headers[i], headers[i + 1]);
    }
    const enum err err = request_read_head(&fixture.exchange, &fixture.raw);
    *closes = fixture.exchange.response.close;
    arena_clear(&fixture.arena);
    return err;
}

#define HEADERS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void refuses_ambiguous_requests(void **state) {
    (void)state;
    const char *const *const ATTACKS[] = {
        HEADERS("Content-Length", "5", "Transfer-Encoding", "chunked"),
        HEADERS("Content-Length", "5", "Content-Length", "5"),
        HEADERS("Content-Length", "5", "content-length", "6"),
        HEADERS("Content-Length", "5, 5"),
        HEADERS("Content-Length", "+5"),
        HEADERS("Content-Length", "0x5"),
        HEADERS("Content-Length", ""),
        HEADERS("Content-Length ", "5"),
        HEADERS("Host", "other"),
        HEADERS("Transfer-Encoding", "gzip"),
        HEADERS("Transfer-Encoding", "chunked, chunked"),
        HEADERS("Transfer-Encoding", "xchunked"),
        HEADERS("Transfer-Encoding", "chunked", "Transfer-Encoding", "identity"),
        HEADERS("X Y", "1"),
        HEADERS("", "1"),
        HEADERS("X-Y", "a\x01"),
        HEADERS("X-Y", "a\x7f"),
        HEADERS("X-\xc3\xa9", "1"),
        HEADERS("Authorization", "Bearer a", "Authorization", "Bearer b"),
    };
    for (size_t i = 0; i < sizeof ATTACKS / sizeof ATTACKS[0]; i++) {
        bool closes = false;
        if (read_head(ATTACKS[i], &closes) != ERR_BAD_REQUEST || !closes) {
            fail_msg("accepted: %s: %s", ATTACKS[i][0], ATTACKS[i][1]);
        }
    }
}

static void accepts_ordinary_headers(void **state) {
    (void)state;
    bool closes = true;
    assert_ok(read_head(
        HEADERS("Content-Length", "0", "Accept", "a", "Accept", "b", "X-Y", "caf\xc3\xa9\tx"),
        &closes));
    assert_false(closes);
    assert_ok(read_head(HEADERS("Transfer-Encoding", "Chunked"), &closes));
}

static void refuses_a_header_block_over_32_kilobytes(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "/");
    fixture.raw.header_block_bytes = REQUEST_HEADER_BLOCK_BYTES_MAX + 1;
    assert_int_equal(request_read_head(&fixture.exchange, &fixture.raw), ERR_HEADERS_TOO_LARGE);
    arena_clear(&fixture.arena);
}

static void requires_a_host_in_http_1_1(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture, "/");
    fixture.raw.headers_count = 0;
    assert_int_equal(request_read_head(&fixture.exchange, &fixture.raw), ERR_BAD_REQUEST);
    fixture.raw.version = "HTTP/1.0";
    assert_ok(request_read_head(&fixture.exchange, &fixture.raw));
    arena_clear(&fixture.arena);
}

static enum err read_query(struct fixture *fixture, const char *target, const char *declared) {
    const struct route route = {.query = declared};
    open_fixture(fixture, target);
    assert_ok(request_read_head(&fixture->exchange, &fixture->raw));
    return request_read_query(&fixture->exchange, &route);
}

static void reads_declared_query_keys(void **state) {
    (void)state;
    struct fixture fixture;
    assert_ok(read_query(&fixture, "/v1/x?q=%C3%A9t%C3%A9+x%2Fy&limit=5", "limit q"));
    assert_string_equal(request_query(&fixture.exchange, "q"), "été x/y");
    assert_string_equal(request_query(&fixture.exchange, "limit"), "5");
    assert_null(request_query(&fixture.exchange, "cursor"));
    arena_clear(&fixture.arena);
    assert_ok(read_query(&fixture, "/v1/x?", ""));
    arena_clear(&fixture.arena);
}

static void refuses_unknown_and_repeated_query_keys_at_once(void **state) {
    (void)state;
    struct fixture fixture;
    assert_int_equal(read_query(&fixture, "/v1/x?limit=1&limit=2&id=9&lim=1&=", "limit q"),
                     ERR_INVALID);
    assert_int_equal(fixture.exchange.errors.count, 4);
    assert_string_equal(fixture.exchange.errors.first->pointer, "limit");
    assert_string_equal(fixture.exchange.errors.first->code, "duplicate");
    assert_string_equal(fixture.exchange.errors.first->next->pointer, "id");
    arena_clear(&fixture.arena);
}

static void refuses_malformed_queries(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "/v1/x?q=%",
        "/v1/x?q=%2",
        "/v1/x?q=%zz",
        "/v1/x?q=%00",
        "/v1/x?q=%ff",
        "/v1/x?q=\xc3\xa9",
        "/v1/x?q=a\"b",
        "/v1/x?q=a b",
        "/v1/x?q=%C0%AF",
        "/v1/x?q=<",
        "/v1/x?q=%1b",
        "/v1/x?q=%ED%A0%80",
        "/v1/x?a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a",
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct fixture fixture;
        if (read_query(&fixture, WRONG[i], "q") != ERR_BAD_REQUEST) {
            fail_msg("accepted: %s", WRONG[i]);
        }
        arena_clear(&fixture.arena);
    }
}

static enum err read_body(struct fixture *fixture, enum body_kind kind, const char *type,
                          const char *body) {
    const struct route route = {
        .method = METHOD_POST, .body = kind, .body_bytes_max = kind == BODY_NONE ? 0 : 64};
    open_fixture(fixture, "/v1/x");
    if (type != NULL) {
        add_header(fixture, "Content-Type", type);
    }
    fixture->raw.body = body;
    fixture->raw.body_bytes = strlen(body);
    assert_ok(request_read_head(&fixture->exchange, &fixture->raw));
    const enum err err = request_read_type(&fixture->exchange, &route, &fixture->raw);
    return err == ERR_NONE ? request_read_body(&fixture->exchange, &route) : err;
}

static void checks_bodies_by_size_type_and_content(void **state) {
    (void)state;
    static const struct {
        enum body_kind kind;
        const char *type;
        const char *body;
        enum err expected;
    } CASES[] = {
        {BODY_JSON, "application/json", "{\"a\":1}", ERR_NONE},
        {BODY_JSON, "Application/JSON; charset=utf-8", "{}", ERR_NONE},
        {BODY_JSON, "application/json;charset=\"UTF-8\"", "{}", ERR_NONE},
        {BODY_JSON, NULL, "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "text/application/jsonx", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "application/jsonx", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "application/json; charset=latin1", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "application/json; profile=\"a;b\"; charset=utf-8;", "{}", ERR_NONE},
        {BODY_JSON, "application/json; profile=x; charset=latin1", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "application/json charset=utf-8", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "text/plain", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_JSON, "application/merge-patch+json", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_PATCH, "application/merge-patch+json", "{}", ERR_NONE},
        {BODY_PATCH, "application/json", "{}", ERR_NONE},
        {BODY_JSON, "application/json", "", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "[]", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "1", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "{\"a\":1,\"a\":2}", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "{} {}", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "{\"a\":\"\\u0000\"}", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json", "{\"a\":\"\xff\"}", ERR_BAD_REQUEST},
        {BODY_JSON, "application/json",
         "{\"a\":\"0123456789012345678901234567890123456789012345678901234567890\"}",
         ERR_TOO_LARGE},
        {BODY_ACT, NULL, "", ERR_NONE},
        {BODY_ACT, "application/json", "{}", ERR_NONE},
        {BODY_ACT, "application/json", "{\"a\":1}", ERR_INVALID},
        {BODY_NONE, NULL, "", ERR_NONE},
        {BODY_NONE, "application/json", "{}", ERR_BAD_REQUEST},
        {BODY_FORM, "application/x-www-form-urlencoded", "a=1&b=%2F", ERR_NONE},
        {BODY_FORM, "application/x-www-form-urlencoded", "a=1&a=2", ERR_BAD_REQUEST},
        {BODY_FORM, "application/x-www-form-urlencoded", "a=%00", ERR_BAD_REQUEST},
        {BODY_FORM, "application/json", "{}", ERR_UNSUPPORTED_TYPE},
        {BODY_MULTIPART, "multipart/form-data; boundary=a", "--a--", ERR_NONE},
        {BODY_MULTIPART, "multipart/mixed; boundary=a", "--a--", ERR_UNSUPPORTED_TYPE},
    };
    json_init();
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture fixture;
        const enum err err = read_body(&fixture, CASES[i].kind, CASES[i].type, CASES[i].body);
        if (err != CASES[i].expected) {
            fail_msg("case %zu (%s): %d instead of %d", i, CASES[i].body, err, CASES[i].expected);
        }
        arena_clear(&fixture.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_ambiguous_requests),
        cmocka_unit_test(accepts_ordinary_headers),
        cmocka_unit_test(refuses_a_header_block_over_32_kilobytes),
        cmocka_unit_test(requires_a_host_in_http_1_1),
        cmocka_unit_test(reads_declared_query_keys),
        cmocka_unit_test(refuses_unknown_and_repeated_query_keys_at_once),
        cmocka_unit_test(refuses_malformed_queries),
        cmocka_unit_test(checks_bodies_by_size_type_and_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

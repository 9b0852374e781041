/* Answers of HTTP, whole and byte by byte: where they end, and which are refused. */
#include "base/buf.h"
#include "outbound/http_reader.h"
#include "test.h"
#include <string.h>

enum { BODY_BYTES_MAX = 1000 };

struct result {
    enum http_progress progress;
    bool may_keep;
    struct http_response response;
};

/* Reads `bytes`, `step` at a time, then the end of the connection where more was awaited. */
static struct result read_in_steps(struct arena *arena, const char *bytes, size_t length,
                                   size_t step, bool is_of_head) {
    struct http_reader reader;
    struct result result = {.progress = HTTP_MORE};
    http_reader_init(&reader, arena, is_of_head, BODY_BYTES_MAX);
    while (length > 0 && result.progress == HTTP_MORE) {
        size_t room = 0;
        char *at = http_reader_room(&reader, &room);
        size_t piece = length < step ? length : step;
        piece = piece < room ? piece : room;
        memcpy(at, bytes, piece);
        bytes += piece;
        length -= piece;
        result.progress = http_reader_take(&reader, piece);
    }
    if (result.progress == HTTP_MORE) {
        result.progress = http_reader_end(&reader);
    }
    if (result.progress == HTTP_DONE) {
        http_reader_fill(&reader, &result.response);
        result.may_keep = http_reader_may_keep(&reader) && length == 0;
    }
    return result;
}

static struct result read_all(struct arena *arena, const char *text) {
    const struct result whole = read_in_steps(arena, text, strlen(text), SIZE_MAX, false);
    const struct result dripped = read_in_steps(arena, text, strlen(text), 1, false);
    assert_int_equal(whole.progress, dripped.progress);
    assert_int_equal(whole.may_keep, dripped.may_keep);
    if (whole.progress == HTTP_DONE) {
        assert_int_equal(whole.response.headers_count, dripped.response.headers_count);
        assert_string_equal(whole.response.body, dripped.response.body);
    }
    return whole;
}

#define OK "HTTP/1.1 200 OK\r\n"

static void finds_the_end_of_an_answer(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int status;
        const char *body;
        bool may_keep;
    } ROWS[] = {
        {OK "Content-Length: 3\r\n\r\nabc", 200, "abc", true},
        {OK "content-length:3 \r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
        {OK "Content-Length: 0\r\n\r\n", 200, "", true},
        {"HTTP/1.1 404\nContent-Length: 1\n\nx", 404, "x", true},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", true},
        {OK "\r\nuntil the end", 200, "until the end", false},
        {OK "Connection: close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
        {OK "Connection: a, Close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
        {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
        {OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200,
         "abc0123456789", true},
        {OK "Transfer-Encoding: Chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "", true},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" OK
         "Content-Length: 1\r\n\r\nx",
         200, "x", true},
        {OK "Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n", 200, "x", false},
        {OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore", 200, "", false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        ARENA_AUTO(arena);
        const struct result result = read_all(&arena, ROWS[i].text);
        assert_int_equal(result.progress, HTTP_DONE);
        assert_int_equal(result.response.status, ROWS[i].status);
        assert_string_equal(result.response.body, ROWS[i].body);
        assert_int_equal(result.response.body_bytes, strlen(ROWS[i].body));
        assert_int_equal(result.may_keep, ROWS[i].may_keep);
    }
}

static void refuses_ambiguous_json(void **state) {
    (void)state;
    static const char *const BROKEN[] = {
        "",
        "nonsense\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "\r\n" OK "\r\n",
        OK "Content-Length: 3\r\n\r\nab",
        OK "Content-Length: 3\r\n",
        OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        OK "Content-Length: 3, 3\r\n\r\nabc",
        OK "Content-Length: -3\r\n\r\nabc",
        OK "Content-Length: +3\r\n\r\nabc",
        OK "Content-Length: 0x3\r\n\r\nabc",
        OK "Content-Length:\r\n\r\nabc",
        OK "Content-Length: 99999999999999999999\r\n\r\nabc",
        OK "Content-Length : 3\r\n\r\nabc",
        OK "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK "Transfer-Encoding: identity\r\n\r\nabc",
        OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF3\r\nabc\r\n0\r\n\r\n",
        OK "X-A: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
        OK "X A: b\r\nContent-Length: 0\r\n\r\n",
        OK "X-A\r\nContent-Length: 0\r\n\r\n",
        OK ": b\r\nContent-Length: 0\r\n\r\n",
        OK "X-A: b\rc\r\nContent-Length: 0\r\n\r\n",
        OK "X-A: b\x01\r\nContent-Length: 0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        ARENA_AUTO(arena);
        assert_int_equal(read_all(&arena, BROKEN[i]).progress, HTTP_BROKEN);
    }
}

static void refuses_oversized_bodies_as_soon_as_possible(void **state) {
    (void)state;
    static const char *const LARGE[] = {
        OK "Content-Length: 1001\r\n\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n3E9\r\n",
        OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3E6\r\n",
    };
    for (size_t i = 0; i < sizeof LARGE / sizeof LARGE[0]; i++) {
        ARENA_AUTO(arena);
        assert_int_equal(read_all(&arena, LARGE[i]).progress, HTTP_TOO_LARGE);
    }
    ARENA_AUTO(arena);
    struct buf endless;
    buf_init(&endless, &arena, SIZE_MAX / 2);
    buf_puts(&endless, OK);
    for (size_t i = 0; i < HTTP_READER_HEADERS_MAX + 1; i++) {
        buf_puts(&endless, "A: b\r\n");
    }
    assert_int_equal(read_all(&arena, buf_text(&endless)).progress, HTTP_TOO_LARGE);
    endless.length = strlen(OK);
    while (endless.length <= HTTP_READER_HEAD_BYTES_MAX) {
        buf_puts(&endless, "0123456789");
    }
    assert_int_equal(read_all(&arena, buf_text(&endless)).progress, HTTP_TOO_LARGE);
}

static void reads_no_body_after_an_answer_to_head(void **state) {
    (void)state;
    static const char text[] = OK "Content-Length: 3\r\n\r\n";
    ARENA_AUTO(arena);
    const struct result result = read_in_steps(&arena, text, strlen(text), SIZE_MAX, true);
    assert_int_equal(result.progress, HTTP_DONE);
    assert_int_equal(result.response.body_bytes, 0);
    assert_true(result.may_keep);
}

static void returns_headers_trimmed(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct result good = read_all(&arena, OK "X-A: \t a b \t\r\nX-B:\r\n\r\n");
    assert_int_equal(good.response.headers_count, 2);
    assert_string_equal(good.response.headers[0].name, "X-A");
    assert_string_equal(good.response.headers[0].value, "a b");
    assert_string_equal(good.response.headers[1].value, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_end_of_an_answer),
        cmocka_unit_test(refuses_ambiguous_json),
        cmocka_unit_test(refuses_oversized_bodies_as_soon_as_possible),
        cmocka_unit_test(reads_no_body_after_an_answer_to_head),
        cmocka_unit_test(returns_headers_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

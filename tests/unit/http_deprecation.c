/* A route that goes says so in every answer: through the whole of dispatch, on a table of its own. */
#include "http/dispatch.h"
#include "http/http_state.h"
#include "http/raw_request.h"
#include "http/route.h"
#include "test.h"
#include <string.h>

static enum err handle_answer(struct exchange *exchange) {
    return response_empty(exchange, 204);
}

static enum err handle_fail(struct exchange *exchange) {
    (void)exchange;
    return ERR_NOT_FOUND;
}

static const struct route ROWS[] = {
    ROUTE_ROW(GET, "/v1/stays", PUBLIC, NONE, 0, READ, NULL, "", false, handle_answer)
        ROUTE_ROW(GET, "/v1/goes", PUBLIC, NONE, 0, READ, NULL, "", false, handle_answer,
                  DEPRECATED("2027-01-31", "2027-08-02", "/docs#changes"))
            ROUTE_ROW(GET, "/v1/goes/failing", PUBLIC, NONE, 0, READ, NULL, "", false, handle_fail,
                      DEPRECATED("2027-01-31", "2027-08-02", "/docs#changes"))};

static const char *find_header(const struct exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->response.headers_count; i++) {
        if (strcmp(exchange->response.headers[i].name, name) == 0) {
            return exchange->response.headers[i].value;
        }
    }
    return NULL;
}

static void ask(struct arena *arena, const char *path, struct exchange *exchange) {
    static const struct config CONFIG = {.public_url = "https://guichet.example"};
    static const struct services SERVICES = {.config = &CONFIG};
    static struct http_state http = {.services = &SERVICES};
    static const struct pair HOST = {"Host", "guichet.example"};
    route_table = (struct route_table){ROWS, sizeof ROWS / sizeof ROWS[0]};
    (void)route_table_check(); /* no row of it asks for a scope, which it says */
    *exchange = (struct exchange){.http = &http, .arena = arena};
    dispatch(exchange, &(const struct raw_request){.method = "GET",
                                                   .target = path,
                                                   .version = "HTTP/1.1",
                                                   .headers = &HOST,
                                                   .headers_count = 1,
                                                   .body = "",
                                                   .peer = "192.0.2.1"});
}

static void a_deprecated_route_sends_both_dates_and_a_link_with_every_answer(void **state) {
    (void)state;
    static const struct {
        const char *path;
        int status;
    } CASES[] = {{"/v1/goes", 204}, {"/v1/goes/failing", 404}, {"/v1/goes?unknown=1", 422}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ARENA_AUTO(arena);
        struct exchange exchange;
        ask(&arena, CASES[i].path, &exchange);
        assert_int_equal(exchange.response.status, CASES[i].status);
        assert_string_equal(find_header(&exchange, "Deprecation"), "@1801353600");
        assert_string_equal(find_header(&exchange, "Sunset"), "Mon, 02 Aug 2027 00:00:00 GMT");
        assert_string_equal(
            find_header(&exchange, "Link"),
            "<https://guichet.example/docs#changes>; rel=\"deprecation\"; type=\"text/html\"");
    }
}

static void other_routes_say_nothing_of_it(void **state) {
    (void)state;
    static const char *const PATHS[] = {"/v1/stays", "/v1/nothing"};
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        ARENA_AUTO(arena);
        struct exchange exchange;
        ask(&arena, PATHS[i], &exchange);
        assert_null(find_header(&exchange, "Deprecation"));
        assert_null(find_header(&exchange, "Sunset"));
        assert_null(find_header(&exchange, "Link"));
    }
}

static void a_row_needs_both_days_six_months_and_a_page(void **state) {
    (void)state;
    static const struct {
        const char *since;
        const char *until;
        const char *page;
        bool is_good;
    } CASES[] = {
        {NULL, NULL, NULL, true},
        {"2027-01-31", "2027-08-02", "/docs", true},
        {"2027-01-31", "2027-08-01", "/docs", false}, /* a day less than 183 */
        {"2027-01-31", NULL, "/docs", false},
        {NULL, "2027-08-02", "/docs", false},
        {"31 January 2027", "2027-08-02", "/docs", false},
        {"2027-01-31", "2027-02-30", "/docs", false},
        {"2027-01-31", "2027-08-02", NULL, false},
        {"2027-01-31", "2027-08-02", "docs", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct route route = ROWS[0];
        route.deprecated_since = CASES[i].since;
        route.deprecated_until = CASES[i].until;
        route.deprecated_page = CASES[i].page;
        assert_int_equal(route_find_mistake(&route) == NULL, CASES[i].is_good);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deprecated_route_sends_both_dates_and_a_link_with_every_answer),
        cmocka_unit_test(other_routes_say_nothing_of_it),
        cmocka_unit_test(a_row_needs_both_days_six_months_and_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

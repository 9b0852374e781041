/* The table and its look-up. */
#include "routes.h"
#include "test.h"
#include <string.h>

static enum err find(struct arena *arena, const char *method, const char *path,
                     struct request *request, struct route_match *match) {
    *request = (struct request){.path = path};
    return route_find(arena, method, request, match);
}

static void finds_every_row_of_the_table(void **state) {
    (void)state;
    route_table = ROUTES;
    assert_true(route_table_check());
    for (size_t i = 0; i < ROUTES.count; i++) {
        ARENA_AUTO(arena);
        struct request request;
        struct route_match match;
        struct buf path;
        buf_init(&path, &arena, 1024);
        for (const char *c = ROUTES.rows[i].path; *c != '\0'; c++) {
            if (*c == '{') {
                buf_puts(&path, "x%20y");
                c = strchr(c, '}');
            } else {
                buf_putc(&path, *c);
            }
        }
        const char *method = route_method_name(ROUTES.rows[i].method);
        assert_ok(find(&arena, method, buf_text(&path), &request, &match));
        assert_ptr_equal(match.route, &ROUTES.rows[i]);
        for (size_t j = 0; j < request.path_parameters_count; j++) {
            assert_string_equal(request.path_parameters[j].value, "x y");
        }
        if (ROUTES.rows[i].method == METHOD_GET) {
            assert_ok(find(&arena, "HEAD", buf_text(&path), &request, &match));
            assert_ptr_equal(match.route, &ROUTES.rows[i]);
        }
    }
}

static void names_the_methods_of_a_path(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct request request;
    struct route_match match;
    route_table = ROUTES;
    assert_true(route_table_check());
    static const char *const OTHERS[] = {"POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_ok(find(&arena, OTHERS[i], "/health/live", &request, &match));
        assert_null(match.route);
        assert_true(match.path_known);
        assert_string_equal(match.allow, "GET, HEAD, OPTIONS");
    }
}

static void refuses_methods_in_lower_case_or_unknown(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct request request;
    struct route_match match;
    static const char *const WRONG[] = {"get", "Get", "*", "BREW", "", "GETX"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        assert_int_equal(find(&arena, WRONG[i], "/health/live", &request, &match),
                         ERR_NOT_IMPLEMENTED);
    }
}

static void finds_nothing_outside_the_table(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct request request;
    struct route_match match;
    static const char *const WRONG[] = {"/health",       "/health/",      "/health/live/",
                                        "//health/live", "/health//live", "/health/liv",
                                        "/health/live2", "/HEALTH/live",  "/health/./live"};
    route_table = ROUTES;
    assert_true(route_table_check());
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        assert_ok(find(&arena, "GET", WRONG[i], &request, &match));
        assert_null(match.route);
        assert_false(match.path_known);
    }
    assert_int_equal(find(&arena, "GET", "/health%2Flive", &request, &match), ERR_BAD_REQUEST);
    assert_int_equal(find(&arena, "GET", "/health/live%00", &request, &match), ERR_BAD_REQUEST);
}

static enum err answer_nothing(struct exchange *exchange) {
    return response_empty(exchange, 204);
}

#define PLANTED(path_, access_, scope_)                                                            \
    (&(const struct route){.method = METHOD_GET,                                                   \
                           .path = path_,                                                          \
                           .access = ACCESS_##access_,                                             \
                           .body = BODY_NONE,                                                      \
                           .rate = RATE_READ,                                                      \
                           .client_scope = scope_,                                                 \
                           .query = "",                                                            \
                           .handle = answer_nothing})

static void finds_scopes_that_would_be_ignored(void **state) {
    (void)state;
    assert_non_null(route_find_mistake(PLANTED("/v1/things", PUBLIC, "requests:read")));
    assert_non_null(route_find_mistake(PLANTED("/gateway/things", GATEWAY, "requests:read")));
    assert_non_null(route_find_mistake(PLANTED("/v1/things", CLIENT, "requests:read")));
    assert_null(route_find_mistake(PLANTED("/v1/oauth/things", CLIENT, "requests:read")));
    assert_null(route_find_mistake(PLANTED("/v1/things", CLIENT, NULL)));
    assert_non_null(route_find_mistake(PLANTED("/v1/things", PROGRAM, NULL)));
    assert_null(route_find_mistake(PLANTED("/v1/things", PROGRAM, "usage:write")));
    assert_null(route_find_mistake(PLANTED("/v1/things", SESSION, NULL)));
}

static void finds_scopes_that_nobody_can_have(void **state) {
    (void)state;
    static const char *const WRONG[] = {"usage:wrte",
                                        "usage:writ",
                                        "usage",
                                        "",
                                        " ",
                                        "tokens:read usage:wrte",
                                        "usage:write,tokens:read"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        assert_non_null(route_find_mistake(PLANTED("/v1/things", SESSION, WRONG[i])));
    }
    assert_null(route_find_mistake(PLANTED("/v1/things", SESSION, "tokens:read usage:write")));
}

static void finds_a_scope_that_no_row_asks_for(void **state) {
    (void)state;
    assert_null(route_find_unused_scope(ROUTES.rows, ROUTES.count));
    struct route rows[256];
    assert_true(ROUTES.count < sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < ROUTES.count; i++) {
        rows[i] = ROUTES.rows[i];
        const char *scope = rows[i].client_scope;
        if (scope != NULL && strcmp(scope, "usage:write") == 0) {
            rows[i].client_scope = "usage:read";
        }
    }
    assert_string_equal(route_find_unused_scope(rows, ROUTES.count), "usage:write");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_row_of_the_table),
        cmocka_unit_test(names_the_methods_of_a_path),
        cmocka_unit_test(refuses_methods_in_lower_case_or_unknown),
        cmocka_unit_test(finds_nothing_outside_the_table),
        cmocka_unit_test(finds_scopes_that_would_be_ignored),
        cmocka_unit_test(finds_scopes_that_nobody_can_have),
        cmocka_unit_test(finds_a_scope_that_no_row_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
        assert_string_equal(match.allow, "GET, HEAD");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_row_of_the_table),
        cmocka_unit_test(names_the_methods_of_a_path),
        cmocka_unit_test(refuses_methods_in_lower_case_or_unknown),
        cmocka_unit_test(finds_nothing_outside_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

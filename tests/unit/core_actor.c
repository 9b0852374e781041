/* Who may act: what each role includes, on which product, and how recent a log-in has to be. */
#include "base/clock.h"
#include "core/role.h"
#include "test.h"
#include <string.h>

enum { ROLES_COUNT = ROLE_ADMIN + 1 };

/* Row: the role that is held; column: the role that is asked for, in the order of enum role. */
static const char *const INCLUDES[ROLES_COUNT] = {
    [ROLE_REPORTER] = "x....", [ROLE_INSTRUCTOR] = "xx...", [ROLE_MANAGER] = "xxx..",
    [ROLE_SUPPORT] = "...x.",  [ROLE_ADMIN] = "...xx",
};

static void a_role_includes_only_those_below_it(void **state) {
    (void)state;
    for (int held = 0; held < ROLES_COUNT; held++) {
        const struct role_grant grant = {.role = (enum role)held, .product = "p"};
        const struct actor actor = {.kind = ACTOR_ACCOUNT, .roles = &grant, .roles_count = 1};
        for (int asked = 0; asked < ROLES_COUNT; asked++) {
            assert_int_equal(actor_has_role(&actor, (enum role)asked, "p"),
                             INCLUDES[held][asked] == 'x');
        }
        assert_true(actor_is_staff(&actor));
    }
}

static void a_role_of_a_product_holds_for_no_other(void **state) {
    (void)state;
    const struct role_grant grants[] = {{ROLE_INSTRUCTOR, "p"}, {ROLE_REPORTER, "q"}};
    const struct actor actor = {.kind = ACTOR_ACCOUNT, .roles = grants, .roles_count = 2};
    assert_true(actor_has_role(&actor, ROLE_INSTRUCTOR, "p"));
    assert_false(actor_has_role(&actor, ROLE_INSTRUCTOR, "q"));
    assert_true(actor_has_role(&actor, ROLE_REPORTER, "q"));
    assert_false(actor_has_role(&actor, ROLE_REPORTER, "pq"));
    assert_false(actor_has_role(&actor, ROLE_INSTRUCTOR, NULL));
    const struct actor nobody = {.kind = ACTOR_ANONYMOUS};
    assert_false(actor_has_role(&nobody, ROLE_REPORTER, "p"));
    assert_false(actor_is_staff(&nobody));
}

static void a_log_in_is_recent_for_a_quarter_of_an_hour(void **state) {
    (void)state;
    /* The clock goes on meanwhile: ten seconds on either side are more than the test takes. */
    const int64_t slack_ms = 10 * 1000;
    struct actor actor = {.kind = ACTOR_ACCOUNT, .logged_in_at_ms = clock_now_ms()};
    assert_true(actor_is_recent(&actor));
    actor.logged_in_at_ms = clock_now_ms() - 15 * 60 * 1000 + slack_ms;
    assert_true(actor_is_recent(&actor));
    actor.logged_in_at_ms = clock_now_ms() - 15 * 60 * 1000;
    assert_false(actor_is_recent(&actor));
}

static void reads_roles_as_statements_return_them(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    size_t count = 0;
    const struct role_grant *grants =
        role_parse_grants(&arena, "instructor:api-entreprise admin: unknown:p  reporter:q", &count);
    assert_int_equal(count, 3);
    assert_int_equal(grants[0].role, ROLE_INSTRUCTOR);
    assert_string_equal(grants[0].product, "api-entreprise");
    assert_int_equal(grants[1].role, ROLE_ADMIN);
    assert_null(grants[1].product);
    assert_int_equal(grants[2].role, ROLE_REPORTER);
    assert_string_equal(grants[2].product, "q");
    (void)role_parse_grants(&arena, NULL, &count);
    assert_int_equal(count, 0);
    (void)role_parse_grants(&arena, "instructor", &count);
    assert_int_equal(count, 0);
}

static void every_role_has_its_name_and_no_other(void **state) {
    (void)state;
    static const char *const NAMES[ROLES_COUNT] = {"reporter", "instructor", "manager", "support",
                                                   "admin"};
    enum role role = ROLE_REPORTER;
    for (int i = 0; i < ROLES_COUNT; i++) {
        assert_string_equal(role_name((enum role)i), NAMES[i]);
        assert_true(role_parse(NAMES[i], &role));
        assert_int_equal(role, i);
        assert_int_equal(role_is_of_product((enum role)i), i <= ROLE_MANAGER);
    }
    assert_false(role_parse("Admin", &role));
    assert_false(role_parse("", &role));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_includes_only_those_below_it),
        cmocka_unit_test(a_role_of_a_product_holds_for_no_other),
        cmocka_unit_test(a_log_in_is_recent_for_a_quarter_of_an_hour),
        cmocka_unit_test(reads_roles_as_statements_return_them),
        cmocka_unit_test(every_role_has_its_name_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

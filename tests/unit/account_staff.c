/* Which roles hold for a product and which for the whole platform. */
#include "account/staff.h"
#include "body.h"
#include "product/product.h"

static const struct product PRODUCTS[] = {{.id = "api-entreprise"}};
static const struct products CATALOGUE = {.items = PRODUCTS, .count = 1};
static const struct services SERVICES = {.products = &CATALOGUE};

static const char *role_faults(enum role role, const char *product) {
    (void)body("{}");
    context.services = &SERVICES;
    const enum err err = staff_check_role(&context, role, product);
    assert_int_equal(err, errors.count == 0 ? ERR_NONE : ERR_INVALID);
    return faults();
}

static void roles_of_a_product_need_one_that_exists(void **state) {
    (void)state;
    static const enum role ROLES[] = {ROLE_REPORTER, ROLE_INSTRUCTOR, ROLE_MANAGER};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
        assert_string_equal(role_faults(ROLES[i], "api-entreprise"), "");
        assert_string_equal(role_faults(ROLES[i], NULL), "/product required");
        assert_string_equal(role_faults(ROLES[i], "api-autre"), "/product unknown_value");
        assert_string_equal(role_faults(ROLES[i], ""), "/product unknown_value");
    }
}

static void roles_of_the_platform_take_no_product(void **state) {
    (void)state;
    static const enum role ROLES[] = {ROLE_SUPPORT, ROLE_ADMIN};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
        assert_string_equal(role_faults(ROLES[i], NULL), "");
        assert_string_equal(role_faults(ROLES[i], "api-entreprise"), "/product not_allowed");
        assert_string_equal(role_faults(ROLES[i], "api-autre"), "/product not_allowed");
    }
}

/* A manager gives the roles below it, of the product that it manages; an administrator and the commands all. */
static void each_actor_gives_the_roles_within_their_perimeter(void **state) {
    (void)state;
    static const struct role_grant MANAGER[] = {{ROLE_MANAGER, "api-entreprise"}};
    static const struct role_grant ELSEWHERE[] = {{ROLE_MANAGER, "api-autre"}};
    static const struct role_grant INSTRUCTOR[] = {{ROLE_INSTRUCTOR, "api-entreprise"}};
    static const struct role_grant SUPPORT[] = {{ROLE_SUPPORT, NULL}};
    static const struct role_grant ADMIN[] = {{ROLE_ADMIN, NULL}};
    static const struct {
        const struct role_grant *roles; /* NULL: a command */
        bool gives[5];                  /* reporter, instructor, manager, support, admin */
    } ROWS[] = {
        {MANAGER, {true, true, false, false, false}},
        {ELSEWHERE, {false, false, false, false, false}},
        {INSTRUCTOR, {false, false, false, false, false}},
        {SUPPORT, {false, false, false, false, false}},
        {ADMIN, {true, true, true, true, true}},
        {NULL, {true, true, true, true, true}},
    };
    static const enum role ROLES[] = {ROLE_REPORTER, ROLE_INSTRUCTOR, ROLE_MANAGER, ROLE_SUPPORT,
                                      ROLE_ADMIN};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct actor actor = {.kind = ROWS[i].roles == NULL ? ACTOR_SYSTEM : ACTOR_ACCOUNT,
                                    .roles = ROWS[i].roles,
                                    .roles_count = ROWS[i].roles == NULL ? 0 : 1};
        for (size_t j = 0; j < sizeof ROLES / sizeof *ROLES; j++) {
            const struct staff_change change = {
                .role = ROLES[j],
                .product = role_is_of_product(ROLES[j]) ? "api-entreprise" : NULL};
            (void)body("{}");
            context.services = &SERVICES;
            context.actor = &actor;
            assert_int_equal(staff_check_change(&context, &change),
                             ROWS[i].gives[j] ? ERR_NONE : ERR_FORBIDDEN);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_of_a_product_need_one_that_exists),
        cmocka_unit_test(roles_of_the_platform_take_no_product),
        cmocka_unit_test(each_actor_gives_the_roles_within_their_perimeter),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

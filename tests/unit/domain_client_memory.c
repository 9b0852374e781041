/* Programs of the last second: what is found again, and what no longer counts. */
#include "base/clock.h"
#include "domain/client_memory.h"
#include "test.h"
#include <string.h>

static const struct role_grant ROLES[] = {{ROLE_INSTRUCTOR, "api-entreprise"}};
static const struct actor PROGRAM = {.kind = ACTOR_CLIENT,
                                     .client_id = "client",
                                     .account_id = "account",
                                     .email = "a@b.example",
                                     .scopes = "tokens:read usage:read",
                                     .client_product = "api-entreprise",
                                     .roles = ROLES,
                                     .roles_count = 1};

static int64_t later_s(void) {
    return clock_now_ms() / 1000 + 3600;
}

/* Stored and looked for until both came within the second that it is kept. */
static bool is_kept(struct client_memory *memory, struct arena *arena, const struct actor *program,
                    struct actor *found) {
    for (int tries = 0; tries < 100; tries++) {
        const int64_t start_ms = clock_monotonic_ms();
        client_memory_store(memory, "token", client_memory_generation(memory), later_s(), program);
        if (client_memory_find(memory, arena, "token", found)) {
            return true;
        }
        if (clock_monotonic_ms() - start_ms < CLIENT_MEMORY_MS) {
            return false;
        }
    }
    return false;
}

static void finds_a_program_again(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct client_memory *memory = client_memory_new();
    struct actor found = {.address = "192.0.2.1"};
    assert_true(is_kept(memory, &arena, &PROGRAM, &found));
    assert_int_equal(found.kind, ACTOR_CLIENT);
    assert_string_equal(found.client_id, "client");
    assert_string_equal(found.account_id, "account");
    assert_string_equal(found.email, "a@b.example");
    assert_string_equal(found.scopes, "tokens:read usage:read");
    assert_null(found.client_siret);
    assert_string_equal(found.client_product, "api-entreprise");
    assert_true(actor_has_role(&found, ROLE_INSTRUCTOR, "api-entreprise"));
    assert_string_equal(found.address, "192.0.2.1");
    assert_false(client_memory_find(memory, &arena, "another token", &found));
    client_memory_free(memory);
}

static void forgets_at_the_first_change(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct client_memory *memory = client_memory_new();
    struct actor found = {0};
    const uint64_t before = client_memory_generation(memory);
    assert_true(is_kept(memory, &arena, &PROGRAM, &found));
    client_memory_forget(memory);
    assert_false(client_memory_find(memory, &arena, "token", &found));
    /* Read from the database before the change, stored after it. */
    client_memory_store(memory, "token", before, later_s(), &PROGRAM);
    assert_false(client_memory_find(memory, &arena, "token", &found));
    client_memory_free(memory);
}

static void keeps_nothing_that_is_over_or_does_not_fit(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct client_memory *memory = client_memory_new();
    struct actor found = {0};
    client_memory_store(memory, "token", client_memory_generation(memory), clock_now_ms() / 1000,
                        &PROGRAM);
    assert_false(client_memory_find(memory, &arena, "token", &found));
    char scopes[2000];
    memset(scopes, 'a', sizeof scopes - 1);
    scopes[sizeof scopes - 1] = '\0';
    struct actor large = PROGRAM;
    large.scopes = scopes;
    assert_false(is_kept(memory, &arena, &large, &found));
    struct actor elsewhere = PROGRAM;
    elsewhere.client_product = "another";
    assert_false(is_kept(memory, &arena, &elsewhere, &found));
    client_memory_free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_program_again),
        cmocka_unit_test(forgets_at_the_first_change),
        cmocka_unit_test(keeps_nothing_that_is_over_or_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

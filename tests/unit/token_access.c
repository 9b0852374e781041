/* Which act a right and a state allow; the rights themselves are those of token_rights in SQL. */
#include "body.h"
#include "token/token_acts.h"

static const struct act_row {
    enum token_act act;
    const char *right;
    enum err when_expired;
    enum err when_revoked;
} ACTS[] = {
    {TOKEN_ACT_REVEAL, "reveal", ERR_CONFLICT, ERR_CONFLICT},
    {TOKEN_ACT_PROLONG, "prolong", ERR_NONE, ERR_CONFLICT},
    {TOKEN_ACT_ROTATE, "rotate", ERR_CONFLICT, ERR_CONFLICT},
    {TOKEN_ACT_REVOKE, "revoke", ERR_NONE, ERR_CONFLICT},
    {TOKEN_ACT_SET_ADDRESSES, "set_addresses", ERR_CONFLICT, ERR_CONFLICT},
    {TOKEN_ACT_SHARE, "share", ERR_CONFLICT, ERR_CONFLICT},
    {TOKEN_ACT_READ_USAGE, "read_usage", ERR_NONE, ERR_NONE},
    {TOKEN_ACT_READ_CALLS, "read_calls", ERR_NONE, ERR_NONE},
    {TOKEN_ACT_SET_ALERTS, "set_alerts", ERR_CONFLICT, ERR_CONFLICT},
};
enum { ACTS_COUNT = sizeof ACTS / sizeof *ACTS };

static enum err check(const char *rights, const char *state, enum token_act act) {
    (void)body("{}");
    return token_check_act(&context, rights, state, act);
}

static void each_act_needs_its_right_and_a_state_that_allows_it(void **state) {
    (void)state;
    for (size_t i = 0; i < ACTS_COUNT; i++) {
        const struct act_row *row = &ACTS[i];
        assert_int_equal(check(row->right, "active", row->act), ERR_NONE);
        assert_int_equal(check(row->right, "expired", row->act), row->when_expired);
        assert_int_equal(check(row->right, "revoked", row->act), row->when_revoked);
    }
}

static void no_right_stands_for_another(void **state) {
    (void)state;
    for (size_t i = 0; i < ACTS_COUNT; i++) {
        const char *others = "";
        (void)body("{}");
        for (size_t j = 0; j < ACTS_COUNT; j++) {
            others = j == i ? others : arena_printf(&arena, "%s %s", others, ACTS[j].right);
        }
        assert_int_equal(token_check_act(&context, others, "active", ACTS[i].act), ERR_FORBIDDEN);
        assert_non_null(strstr(context.detail, "Seul"));
    }
}

static void finds_a_right_among_others_as_a_whole_word(void **state) {
    (void)state;
    assert_ok(check("reveal revoke share", "active", TOKEN_ACT_REVOKE));
    assert_ok(check("reveal  revoke", "active", TOKEN_ACT_REVOKE));
    assert_int_equal(check("", "active", TOKEN_ACT_REVOKE), ERR_FORBIDDEN);
    assert_int_equal(check("revoked unrevoke re voke", "active", TOKEN_ACT_REVOKE), ERR_FORBIDDEN);
    assert_int_equal(check("read_usage_all", "active", TOKEN_ACT_READ_USAGE), ERR_FORBIDDEN);
}

/* The right comes first: somebody without it does not learn the state. */
static void without_the_right_the_state_is_not_told(void **state) {
    (void)state;
    assert_int_equal(check("share", "revoked", TOKEN_ACT_REVEAL), ERR_FORBIDDEN);
    assert_null(strstr(context.detail, "révoqué"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_needs_its_right_and_a_state_that_allows_it),
        cmocka_unit_test(no_right_stands_for_another),
        cmocka_unit_test(finds_a_right_among_others_as_a_whole_word),
        cmocka_unit_test(without_the_right_the_state_is_not_told),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

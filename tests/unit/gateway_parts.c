#include "gateway/limit/bad_token_limiter.h"
#include "gateway/parameter.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/template.h"
#include "gateway/token/token_snapshot.h"
#include "test.h"
#include <string.h>

enum { THIS_YEAR = 2026 };

static unsigned int kind_of(unsigned int kinds, const char *value) {
    const struct parameter parameter = {.name = "x", .kinds = kinds, .least = 1, .most = 13};
    return parameter_kind_of(&parameter, value, THIS_YEAR);
}

static void distinguishes_identifiers(void **state) {
    (void)state;
    const unsigned int all = PARAMETER_SIREN | PARAMETER_SIRET | PARAMETER_RNA | PARAMETER_EORI;
    assert_int_equal(kind_of(all, "130025265"), PARAMETER_SIREN);
    assert_int_equal(kind_of(all, "000000000"), PARAMETER_SIREN);
    assert_int_equal(kind_of(all, "13002526500013"), PARAMETER_SIRET);
    assert_int_equal(kind_of(all, "35600000049837"), PARAMETER_SIRET);
    assert_int_equal(kind_of(all, "W123456789"), PARAMETER_RNA);
    assert_int_equal(kind_of(all, "FR13002526500013"), PARAMETER_EORI);
    static const char *const bad[] = {
        "",   "130025266", "13002526500014", "W12345678",  "w123456789",     "F13002526",
        "FR", "FRé",       " 130025265",     "130025265 ", "00000000000000", "1300252650001"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(kind_of(all, bad[i]), 0);
    }
}

static void reads_dates_and_numbers_strictly(void **state) {
    (void)state;
    assert_int_equal(kind_of(PARAMETER_MONTH, "12"), PARAMETER_MONTH);
    assert_int_equal(kind_of(PARAMETER_MONTH, "13"), 0);
    assert_int_equal(kind_of(PARAMETER_MONTH, "00"), 0);
    assert_int_equal(kind_of(PARAMETER_MONTH, "1"), 0);
    assert_int_equal(kind_of(PARAMETER_YEAR, "1999"), PARAMETER_YEAR);
    assert_int_equal(kind_of(PARAMETER_YEAR, "99"), 0);
    assert_int_equal(kind_of(PARAMETER_FISCAL_YEAR, "2006"), PARAMETER_FISCAL_YEAR);
    assert_int_equal(kind_of(PARAMETER_FISCAL_YEAR, "2005"), 0);
    assert_int_equal(kind_of(PARAMETER_FISCAL_YEAR, "2026"), 0);
    assert_int_equal(kind_of(PARAMETER_INTEGER, "13"), PARAMETER_INTEGER);
    assert_int_equal(kind_of(PARAMETER_INTEGER, "14"), 0);
    assert_int_equal(kind_of(PARAMETER_INTEGER, "1.0"), 0);
}

static void counts_the_characters_of_texts(void **state) {
    (void)state;
    struct parameter name = {
        .kinds = PARAMETER_TEXT, .least = 1, .most = 12, .characters = CHARACTERS_NAME};
    assert_int_equal(parameter_kind_of(&name, "D’Aëlle-Ÿ L", THIS_YEAR), PARAMETER_TEXT);
    assert_int_equal(parameter_kind_of(&name, "R2", THIS_YEAR), 0);
    assert_int_equal(parameter_kind_of(&name, "a×b", THIS_YEAR), 0);
    assert_int_equal(parameter_kind_of(&name, "ééééééééééééé", THIS_YEAR), 0);
    name.characters = CHARACTERS_DIGITS;
    assert_int_equal(parameter_kind_of(&name, "75056", THIS_YEAR), PARAMETER_TEXT);
    assert_int_equal(parameter_kind_of(&name, "7505é", THIS_YEAR), 0);
}

static const char *constant(void *state, const char *name) {
    (void)state;
    return strcmp(name, "known") == 0 ? "K" : NULL;
}

static const char *value(void *state, const char *name) {
    (void)state;
    return strcmp(name, "siren") == 0 ? "130025265" : NULL;
}

static void fills_templates(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct template template;
    size_t length = 0;
    template_compile(&arena, "{\"a\":\"{{siren}}-{{known}}\",\"b\":\"{{siren}}\",\"c\":\"{{\"}",
                     constant, NULL, &template);
    assert_string_equal(template_render(&template, &arena, value, NULL, &length),
                        "{\"a\":\"130025265-K\",\"b\":\"130025265\",\"c\":\"{{\"}");
    assert_int_equal(length, strlen("{\"a\":\"130025265-K\",\"b\":\"130025265\",\"c\":\"{{\"}"));
}

static struct token_snapshot *copy_of(struct scope_names *names, const char *allowed_ips) {
    return token_snapshot_new(names,
                              &(struct gateway_token){.id = "0d7f7a54-54a5-4a44-9d2b-7d7d39a7a001",
                                                      .product = "p",
                                                      .scopes = "a b",
                                                      .allowed_ips = allowed_ips,
                                                      .string_number = 20,
                                                      .previous_string_number = nullable_int(10),
                                                      .previous_until_ms = nullable_int(5000),
                                                      .revoked_at_ms = nullable_int(9000)});
}

static void accepts_allowed_addresses(void **state) {
    (void)state;
    struct scope_names names;
    scope_names_init(&names);
    struct token_snapshot *some = copy_of(&names, "192.0.2.0/24 2001:db8::/32 198.51.100.7/32");
    assert_true(token_snapshot_allows(some, "192.0.2.255"));
    assert_true(token_snapshot_allows(some, "::ffff:192.0.2.1"));
    assert_true(token_snapshot_allows(some, "2001:db8:1::1"));
    assert_true(token_snapshot_allows(some, "198.51.100.7"));
    assert_false(token_snapshot_allows(some, "198.51.100.8"));
    assert_false(token_snapshot_allows(some, "2001:db9::1"));
    assert_false(token_snapshot_allows(some, "x"));
    struct token_snapshot *any = copy_of(&names, "");
    struct token_snapshot *none = copy_of(&names, "illisible");
    assert_true(token_snapshot_allows(any, "203.0.113.9"));
    assert_false(token_snapshot_allows(none, "203.0.113.9"));
    token_snapshot_release(some);
    token_snapshot_release(any);
    token_snapshot_release(none);
    scope_names_clear(&names);
}

static void distinguishes_strings_of_a_token(void **state) {
    (void)state;
    struct scope_names names;
    scope_names_init(&names);
    struct token_snapshot *copy = copy_of(&names, "");
    assert_int_equal(token_snapshot_string_state(copy, 20, 4000), TOKEN_STRING_CURRENT);
    assert_int_equal(token_snapshot_string_state(copy, 10, 4999), TOKEN_STRING_PREVIOUS);
    assert_int_equal(token_snapshot_string_state(copy, 10, 5000), TOKEN_STRING_REPLACED);
    assert_int_equal(token_snapshot_string_state(copy, 15, 4000), TOKEN_STRING_REPLACED);
    assert_false(token_snapshot_is_revoked(copy, 8999));
    assert_true(token_snapshot_is_revoked(copy, 9000));
    token_snapshot_release(copy);
    scope_names_clear(&names);
}

static void blocks_an_address_after_sixty_bad_tokens_for_its_minute(void **state) {
    (void)state;
    struct bad_token_limiter *bad_token_limiter = bad_token_limiter_new();
    for (int i = 0; i < 60; i++) {
        assert_int_equal(bad_token_limiter_blocked_s(bad_token_limiter, "2001:db8::1", 1000), 0);
        bad_token_limiter_add(bad_token_limiter, "2001:db8::1", 1000);
    }
    assert_int_equal(bad_token_limiter_blocked_s(bad_token_limiter, "2001:db8::2", 1000), 60);
    assert_int_equal(bad_token_limiter_blocked_s(bad_token_limiter, "2001:db8:0:1::1", 1000), 0);
    assert_int_equal(bad_token_limiter_blocked_s(bad_token_limiter, "192.0.2.1", 1000), 0);
    assert_int_equal(bad_token_limiter_blocked_s(bad_token_limiter, "2001:db8::1", 61000), 0);
    bad_token_limiter_free(bad_token_limiter);
}

static int64_t at(const struct provider *provider, int64_t epoch_s) {
    return provider_maintenance_left_s(provider, epoch_s * 1000);
}

static void evaluates_maintenance_in_the_time_zone_of_paris(void **state) {
    (void)state;
    const struct maintenance_window windows[] = {{60, 120}, {23 * 60, 30}};
    const struct provider provider = {.windows = windows, .windows_count = 2};
    assert_int_equal(at(&provider, 1767225600), 3600); /* 2026-01-01 00:00 UTC: 01:00 */
    assert_int_equal(at(&provider, 1767229200), 0);    /* 02:00 */
    assert_int_equal(at(&provider, 1767220200), 3600); /* 2025-12-31 22:30 UTC: 23:30 */
    assert_int_equal(at(&provider, 1782860400), 3600); /* 2026-06-30 23:00 UTC: 01:00, summer */
    assert_int_equal(at(&provider, 1782856800), 1800); /* 22:00 UTC: midnight, summer */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distinguishes_identifiers),
        cmocka_unit_test(reads_dates_and_numbers_strictly),
        cmocka_unit_test(counts_the_characters_of_texts),
        cmocka_unit_test(fills_templates),
        cmocka_unit_test(accepts_allowed_addresses),
        cmocka_unit_test(distinguishes_strings_of_a_token),
        cmocka_unit_test(blocks_an_address_after_sixty_bad_tokens_for_its_minute),
        cmocka_unit_test(evaluates_maintenance_in_the_time_zone_of_paris),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

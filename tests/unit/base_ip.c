#include "base/ip.h"
#include "test.h"

static bool is_in(const char *block_text, const char *address) {
    struct ip_block block;
    struct ip ip;
    assert_true(ip_block_parse(block_text, &block));
    assert_true(ip_parse(address, &ip));
    return ip_block_has(&block, &ip);
}

static void matches_addresses_of_both_versions(void **state) {
    (void)state;
    assert_true(is_in("10.0.0.0/8", "10.255.1.2"));
    assert_false(is_in("10.0.0.0/8", "11.0.0.0"));
    assert_true(is_in("192.0.2.128/25", "192.0.2.200"));
    assert_false(is_in("192.0.2.128/25", "192.0.2.127"));
    assert_true(is_in("0.0.0.0/0", "203.0.113.9"));
    assert_false(is_in("0.0.0.0/0", "2001:db8::1"));
    assert_true(is_in("::/0", "203.0.113.9"));
    assert_true(is_in("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(is_in("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(is_in("192.0.2.1", "192.0.2.1"));
    assert_false(is_in("192.0.2.1", "192.0.2.2"));
}

static void knows_blocks_that_are_too_wide_or_meet(void **state) {
    (void)state;
    static const char *const WIDE[] = {"0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7", "::/0",
                                       "fc00::/6"};
    static const char *const FINE[] = {"10.0.0.0/8", "192.0.2.1", "fc00::/7", "::1"};
    struct ip_block block;
    struct ip_block other;
    for (size_t i = 0; i < sizeof WIDE / sizeof *WIDE; i++) {
        assert_true(ip_block_parse(WIDE[i], &block));
        assert_true(ip_block_is_too_wide(&block));
    }
    for (size_t i = 0; i < sizeof FINE / sizeof *FINE; i++) {
        assert_true(ip_block_parse(FINE[i], &block));
        assert_false(ip_block_is_too_wide(&block));
    }
    assert_true(ip_block_parse("169.254.0.0/16", &block));
    assert_true(ip_block_parse("169.254.169.254", &other));
    assert_true(ip_blocks_meet(&block, &other));
    assert_true(ip_blocks_meet(&other, &block));
    assert_true(ip_block_parse("10.0.0.0/8", &other));
    assert_false(ip_blocks_meet(&block, &other));
}

static void unmaps_ipv4_addresses(void **state) {
    (void)state;
    assert_true(is_in("10.0.0.0/8", "::ffff:10.1.2.3"));
}

static void refuses_malformed_blocks(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.1/8",
        "10.0.0/8",
        "10.00.0.0",
        "1.2.3.4.5",
        " 10.0.0.0",
        "2001:db8::/129",
        "2001:db8::1/32",
        "fe80::1%eth0",
        "10.0.0.0/-1",
        "localhost",
        "10.0.0.0/8/8",
        "0x0a.0.0.0",
        "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001",
    };
    struct ip_block block;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        if (ip_block_parse(WRONG[i], &block)) {
            fail_msg("accepted: %s", WRONG[i]);
        }
    }
}

static void reads_a_list_completely_or_fails(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct ip_block *blocks = NULL;
    size_t count = 0;
    struct ip ip;
    assert_ok(ip_blocks_parse(&arena, " 10.0.0.0/8 , ::1,192.0.2.7 ", &blocks, &count));
    assert_int_equal(count, 3);
    assert_true(ip_parse("::1", &ip));
    assert_true(ip_blocks_have(blocks, count, &ip));
    assert_ok(ip_blocks_parse(&arena, "", &blocks, &count));
    assert_int_equal(count, 0);
    assert_int_equal(ip_blocks_parse(&arena, "10.0.0.0/8,", &blocks, &count), ERR_INVALID);
    assert_int_equal(ip_blocks_parse(&arena, "10.0.0.0/8,x", &blocks, &count), ERR_INVALID);
}

static void writes_the_shortest_form(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct ip ip;
    assert_true(ip_parse("2001:0db8:0:0:0:0:0:1", &ip));
    assert_string_equal(ip_text(&arena, &ip), "2001:db8::1");
    assert_true(ip_parse("::ffff:192.0.2.1", &ip));
    assert_string_equal(ip_text(&arena, &ip), "192.0.2.1");
}

static void recognises_loopback(void **state) {
    (void)state;
    struct ip ip;
    assert_true(ip_parse("127.4.5.6", &ip) && ip_is_loopback(&ip));
    assert_true(ip_parse("::1", &ip) && ip_is_loopback(&ip));
    assert_false(ip_parse("128.0.0.1", &ip) && ip_is_loopback(&ip));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_addresses_of_both_versions),
        cmocka_unit_test(knows_blocks_that_are_too_wide_or_meet),
        cmocka_unit_test(unmaps_ipv4_addresses),
        cmocka_unit_test(refuses_malformed_blocks),
        cmocka_unit_test(reads_a_list_completely_or_fails),
        cmocka_unit_test(writes_the_shortest_form),
        cmocka_unit_test(recognises_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "http/ratelimit.h"
#include "test.h"
#include <stdio.h>

static struct ip address(const char *text) {
    struct ip ip;
    assert_true(ip_parse(text, &ip));
    return ip;
}

/* How many of `most` requests at this moment are let through. */
static int take_all(struct ratelimit *limits, enum rate_class rate, const char *text,
                    int64_t now_ms, int most) {
    const struct ip ip = address(text);
    int taken = 0;
    int64_t retry_after_s = 0;
    for (int i = 0; i < most; i++) {
        taken += ratelimit_take(limits, rate, &ip, now_ms, &retry_after_s);
    }
    return taken;
}

static void allows_a_burst_then_the_sustained_rate(void **state) {
    (void)state;
    struct ratelimit *limits = ratelimit_new();
    const struct ip ip = address("192.0.2.1");
    int64_t retry_after_s = 0;
    assert_int_equal(take_all(limits, RATE_LOGIN, "192.0.2.1", 1000, 100), 30);
    assert_false(ratelimit_take(limits, RATE_LOGIN, &ip, 1000, &retry_after_s));
    assert_in_range(retry_after_s, 1, 2);
    assert_int_equal(take_all(limits, RATE_LOGIN, "192.0.2.1", 1000 + 60 * 1000, 100), 30);
    assert_int_equal(take_all(limits, RATE_LOGIN, "192.0.2.1", 1000 + 63 * 1000, 100), 3);
    ratelimit_free(limits);
}

static void counts_each_address_and_class_separately(void **state) {
    (void)state;
    struct ratelimit *limits = ratelimit_new();
    assert_int_equal(take_all(limits, RATE_MAIL, "192.0.2.1", 1000, 100), 15);
    assert_int_equal(take_all(limits, RATE_MAIL, "192.0.2.2", 1000, 100), 15);
    assert_int_equal(take_all(limits, RATE_LOGIN, "192.0.2.1", 1000, 100), 30);
    assert_int_equal(take_all(limits, RATE_NONE, "192.0.2.1", 1000, 5000), 5000);
    ratelimit_free(limits);
}

static void counts_an_ipv6_network_as_one_caller(void **state) {
    (void)state;
    struct ratelimit *limits = ratelimit_new();
    assert_int_equal(take_all(limits, RATE_MAIL, "2001:db8::1", 1000, 100), 15);
    assert_int_equal(take_all(limits, RATE_MAIL, "2001:db8::2", 1000, 100), 0);
    assert_int_equal(take_all(limits, RATE_MAIL, "2001:db8:0:1::2", 1000, 100), 15);
    ratelimit_free(limits);
}

static void stays_bounded_under_a_flood_of_addresses(void **state) {
    (void)state;
    struct ratelimit *limits = ratelimit_new();
    char text[32];
    for (int i = 0; i < 200000; i++) {
        (void)snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, (i >> 8) & 255, i & 255);
        assert_int_equal(take_all(limits, RATE_READ, text, 1000 + i, 1), 1);
    }
    ratelimit_free(limits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_a_burst_then_the_sustained_rate),
        cmocka_unit_test(counts_each_address_and_class_separately),
        cmocka_unit_test(counts_an_ipv6_network_as_one_caller),
        cmocka_unit_test(stays_bounded_under_a_flood_of_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

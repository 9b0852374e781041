#include "outbound/address_guard.h"
#include "test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool is_public(const char *text) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        return address_is_public((const struct sockaddr *)&v4);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&v6);
}

static void allows_public_addresses(void **state) {
    (void)state;
    const char *texts[] = {
        "8.8.8.8",         "1.1.1.1",         "9.255.255.255",        "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",     "172.15.255.255",       "172.32.0.0",
        "192.167.255.255", "223.255.255.255", "2001:4860:4860::8888", "2a01:e0a::1",
        "::ffff:8.8.8.8",  "2002:808:808::1", "64:ff9b::808:808"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(is_public(texts[i]));
    }
}

static void refuses_addresses_of_internal_networks(void **state) {
    (void)state;
    const char *texts[] = {"0.0.0.0",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "224.0.0.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.1.2.3",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::",
                           "2001:db8::1",
                           "2001::1",
                           "3fff::1",
                           "::127.0.0.1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(is_public(texts[i]));
    }
    const struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(address_is_public(&local));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_public_addresses),
        cmocka_unit_test(refuses_addresses_of_internal_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "outbound/url.h"
#include "test.h"

static void takes_addresses_of_services_alone(void **state) {
    (void)state;
    static const char *const GOOD[] = {
        "https://api.example",           "http://127.0.0.1:8080",
        "https://[2001:db8::1]:8443/v3", "https://api.example/v3/a..b/",
        "https://api.example:65535",
    };
    static const char *const WRONG[] = {
        "",
        "api.example",
        "ftp://api.example",
        "https://",
        "https:///v3",
        "https://:443/",
        "https://api.example:99999",
        "https://api.example:a",
        "https://[::1/x",
        "https://api.example/../v3",
        "https://api.example/v3/..",
        "https://a:b@api.example",
        "https://a@api.example",
        "https://api.example/?q=1",
        "https://api.example?",
        "https://api.example/#x",
        "https://api example",
        "https://api.example/a b",
        "https://api.\u00e9xample",
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        if (!url_is_base(GOOD[i])) {
            fail_msg("%s is refused", GOOD[i]);
        }
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        if (url_is_base(WRONG[i])) {
            fail_msg("%s is accepted", WRONG[i]);
        }
    }
}

static void takes_addresses_of_proxies_alone(void **state) {
    (void)state;
    static const char *const GOOD[] = {"http://proxy.example:3128", "http://proxy.example:3128/",
                                       "http://user:p%40ss@proxy.example:3128",
                                       "http://[::1]:3128"};
    static const char *const WRONG[] = {"",
                                        "proxy.example:3128",
                                        "https://proxy.example",
                                        "http://:3128",
                                        "http://proxy.example:99999",
                                        "http://proxy.example/path",
                                        "http://proxy.example/?a",
                                        "http://[::1",
                                        "socks5://proxy.example"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        if (!url_is_proxy(GOOD[i])) {
            fail_msg("%s is refused", GOOD[i]);
        }
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        if (url_is_proxy(WRONG[i])) {
            fail_msg("%s is accepted", WRONG[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_addresses_of_services_alone),
        cmocka_unit_test(takes_addresses_of_proxies_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

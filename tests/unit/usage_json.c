/* Ranges and filters of the usage pages, alerts, and batches of calls. */
#include "usage/usage_json.h"
#include "body.h"

#define NOW_MS INT64_C(1795953600000) /* 2026-11-29T12:00:00Z */
#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

static struct usage_range range;

static const char *range_faults(const char *window, const char *from, const char *to) {
    (void)body("{}");
    (void)!usage_json_range(&errors, window, from, to, NOW_MS, &range);
    return faults();
}

static void a_window_ends_now(void **state) {
    (void)state;
    static const struct {
        const char *window;
        int64_t length_ms;
        int64_t bucket_s;
    } ROWS[] = {
        {NULL, 30 * HOUR_MS, 3600},
        {"10m", HOUR_MS / 6, 10},
        {"30h", 30 * HOUR_MS, 3600},
        {"8d", 8 * DAY_MS, 14400},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(range_faults(ROWS[i].window, NULL, NULL), "");
        assert_int_equal(range.to_ms, NOW_MS);
        assert_int_equal(range.to_ms - range.from_ms, ROWS[i].length_ms);
        assert_int_equal(range.bucket_s, ROWS[i].bucket_s);
    }
}

static void the_length_of_a_range_decides_its_buckets(void **state) {
    (void)state;
    static const struct {
        int64_t range_ms;
        int64_t bucket_s;
    } ROWS[] = {
        {1, 10},
        {HOUR_MS / 4, 10},
        {HOUR_MS / 4 + 1, 60},
        {2 * HOUR_MS, 60},
        {2 * HOUR_MS + 1, 3600},
        {4 * DAY_MS, 3600},
        {4 * DAY_MS + 1, 14400},
        {17 * DAY_MS, 14400},
        {17 * DAY_MS + 1, 86400},
        {366 * DAY_MS, 86400},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_int_equal(usage_bucket_s(ROWS[i].range_ms), ROWS[i].bucket_s);
    }
}

static void reads_a_range_of_dates(void **state) {
    (void)state;
    assert_string_equal(range_faults(NULL, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00+01:00"),
                        "");
    assert_int_equal(range.from_ms, INT64_C(1767225600000));
    assert_int_equal(range.to_ms - range.from_ms, 23 * HOUR_MS);
    assert_string_equal(range_faults(NULL, "2026-01-01T00:00:00Z", "2027-01-02T00:00:00Z"), "");
}

static void refuses_invalid_ranges(void **state) {
    (void)state;
    static const char *const ROWS[][4] = {
        {"1h", NULL, NULL, "window unknown_value"},
        {"8d", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "window not_allowed"},
        {NULL, "2026-01-01T00:00:00Z", NULL, "to required"},
        {NULL, NULL, "2026-01-01T00:00:00Z", "from required"},
        {NULL, "2026-01-01", "hier", "from invalid_format\nto invalid_format"},
        {NULL, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "to out_of_range"},
        {NULL, "2026-01-01T00:00:00Z", "2027-01-02T00:00:01Z", "from out_of_range"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(range_faults(ROWS[i][0], ROWS[i][1], ROWS[i][2]), ROWS[i][3]);
    }
}

static struct usage_call_filter filter;

static const char *filter_faults(const struct usage_filter_texts *texts) {
    (void)body("{}");
    (void)!usage_json_filter(&errors, texts, &filter);
    return faults();
}

static void reads_a_status_or_its_class(void **state) {
    (void)state;
    static const struct {
        const char *status;
        int64_t least, most;
    } ROWS[] = {
        {NULL, 0, 0}, {"404", 404, 404}, {"4xx", 400, 499}, {"1xx", 100, 199}, {"599", 599, 599}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(filter_faults(&(struct usage_filter_texts){.status = ROWS[i].status}),
                            "");
        assert_int_equal(filter.status_least, ROWS[i].least);
        assert_int_equal(filter.status_most, ROWS[i].most);
    }
    static const char *const BAD[] = {"", "6xx", "0xx", "4XX", "99", "600", "40", "4xxx"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_string_equal(filter_faults(&(struct usage_filter_texts){.status = BAD[i]}),
                            "status invalid_format");
    }
}

static void refuses_filters_that_cannot_match(void **state) {
    (void)state;
    char text[258];
    memset(text, 'x', sizeof text);
    text[128] = '\0';
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.request_id = text}), "");
    text[128] = 'x';
    text[129] = '\0';
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.request_id = text}),
                        "request_id too_long");
    memset(text, 'x', sizeof text);
    text[256] = '\0';
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.endpoint = text}),
                        "endpoint too_long");
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.error_code = "00201"}), "");
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.error_code = "201"}),
                        "error_code invalid_format");
    assert_string_equal(filter_faults(&(struct usage_filter_texts){.from = "2026-01-02T00:00:00Z",
                                                                   .to = "2026-01-02T00:00:00Z"}),
                        "to out_of_range");
}

static void checks_each_alert_by_its_kind(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"alerts\":[]}", ""},
        {"{\"alerts\":[{\"kind\":\"error_rate\",\"threshold\":0,\"window_minutes\":1},"
         "{\"kind\":\"consumption\",\"threshold\":99.5,\"window_minutes\":43200},"
         "{\"kind\":\"silence\",\"threshold\":null,\"window_minutes\":60}]}",
         ""},
        {"{}", "/alerts required"},
        {"{\"alerts\":{}}", "/alerts wrong_type"},
        {"{\"alerts\":[1]}", "/alerts/0 wrong_type"},
        {"{\"alerts\":[{}]}", "/alerts/0/kind required\n/alerts/0/threshold required\n"
                              "/alerts/0/window_minutes required"},
        {"{\"alerts\":[{\"kind\":\"silence\",\"threshold\":5,\"window_minutes\":0}]}",
         "/alerts/0/threshold not_allowed\n/alerts/0/window_minutes out_of_range"},
        {"{\"alerts\":[{\"kind\":\"error_rate\",\"threshold\":null,\"window_minutes\":1.5}]}",
         "/alerts/0/threshold wrong_type\n/alerts/0/window_minutes wrong_type"},
        {"{\"alerts\":[{\"kind\":\"consumption\",\"threshold\":100.1,\"window_minutes\":43201}]}",
         "/alerts/0/threshold out_of_range\n/alerts/0/window_minutes out_of_range"},
        {"{\"alerts\":[{\"kind\":\"noise\",\"threshold\":-1,\"window_minutes\":1,\"to\":\"x\"}]}",
         "/alerts/0/to unknown_member\n/alerts/0/kind unknown_value"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct value *alerts = NULL;
        const enum err err = usage_json_alerts(&arena, &errors, body(ROWS[i][0]), &alerts);
        assert_string_equal(faults(), ROWS[i][1]);
        assert_int_equal(err, *ROWS[i][1] == '\0' ? ERR_NONE : ERR_INVALID);
    }
}

#define CALL                                                                                       \
    "\"token_id\":\"00000000-0000-4000-8000-000000000001\",\"request_id\":\"r\",\"endpoint\":\"/"  \
    "e\""

static const char *call_faults(const char *members) {
    char json[1024];
    const struct value *calls = NULL;
    (void)snprintf(json, sizeof json, "{\"calls\":[{%s}]}", members);
    (void)!usage_json_calls(&arena, &errors, body(json), 30, NOW_MS, &calls);
    return faults();
}

static void checks_each_posted_call(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {CALL ",\"at\":\"2026-11-29T11:00:00Z\",\"status\":200,\"duration_ms\":1.5", ""},
        {CALL ",\"at\":\"2026-11-29T11:00:00Z\",\"status\":200,\"duration_ms\":0,"
              "\"provider_ms\":null,\"ip\":\"2001:db8::1\",\"error_code\":\"00201\","
              "\"recipient\":\"21690123100011\",\"params\":{\"siren\":\"130025265\"}",
         ""},
        {"", "/calls/0/token_id required\n/calls/0/request_id required\n"
             "/calls/0/endpoint required\n/calls/0/at required\n/calls/0/status required\n"
             "/calls/0/duration_ms required"},
        {CALL ",\"at\":\"hier\",\"status\":\"200\",\"duration_ms\":\"1\"",
         "/calls/0/at invalid_format\n/calls/0/status wrong_type\n/calls/0/duration_ms wrong_type"},
        {CALL ",\"at\":\"2026-11-29T11:00:00Z\",\"status\":600,\"duration_ms\":-1,\"provider_ms\":"
              "86400001",
         "/calls/0/status out_of_range\n/calls/0/duration_ms out_of_range\n"
         "/calls/0/provider_ms out_of_range"},
        {CALL ",\"at\":\"2026-11-29T11:00:00Z\",\"status\":99,\"duration_ms\":1,\"ip\":\"here\","
              "\"error_code\":\"201\",\"recipient\":\"21690123100012\",\"params\":{\"a\":1}",
         "/calls/0/recipient invalid_format\n/calls/0/error_code invalid_format\n"
         "/calls/0/ip invalid_format\n/calls/0/params/a wrong_type\n/calls/0/status out_of_range"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_string_equal(call_faults(ROWS[i][0]), ROWS[i][1]);
    }
}

/* Partitions of `days` days are there, today's included; clocks of gateways differ by minutes. */
static void takes_calls_of_the_days_that_are_kept(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"2026-10-31T12:00:00Z", ""},
        {"2026-10-31T11:59:59Z", "/calls/0/at out_of_range"},
        {"2026-11-29T12:05:00Z", ""},
        {"2026-11-29T12:05:01Z", "/calls/0/at out_of_range"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char members[512];
        (void)snprintf(members, sizeof members,
                       CALL ",\"at\":\"%s\",\"status\":200,\"duration_ms\":1", ROWS[i][0]);
        assert_string_equal(call_faults(members), ROWS[i][1]);
    }
}

static void refuses_batches_without_calls(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "/calls required"},
        {"{\"calls\":[]}", "/calls required"},
        {"{\"calls\":{}}", "/calls wrong_type"},
        {"{\"calls\":[1,\"x\"]}", "/calls/0 wrong_type\n/calls/1 wrong_type"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct value *calls = NULL;
        assert_int_equal(usage_json_calls(&arena, &errors, body(ROWS[i][0]), 30, NOW_MS, &calls),
                         ERR_INVALID);
        assert_string_equal(faults(), ROWS[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_ends_now),
        cmocka_unit_test(the_length_of_a_range_decides_its_buckets),
        cmocka_unit_test(reads_a_range_of_dates),
        cmocka_unit_test(refuses_invalid_ranges),
        cmocka_unit_test(reads_a_status_or_its_class),
        cmocka_unit_test(refuses_filters_that_cannot_match),
        cmocka_unit_test(checks_each_alert_by_its_kind),
        cmocka_unit_test(checks_each_posted_call),
        cmocka_unit_test(takes_calls_of_the_days_that_are_kept),
        cmocka_unit_test(refuses_batches_without_calls),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

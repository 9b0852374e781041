/* Access to routes and protection against cross-site requests, with finders that know one session and one program. */
#include "base/clock.h"
#include "http/authn.h"
#include "http/caller.h"
#include "http/http_state.h"
#include "http/session_cookie.h"
#include "test.h"
#include <string.h>

static struct config config = {.public_url = "http://guichet.test"};
static const struct services SERVICES = {.config = &config};
static struct role_grant held_role;
static bool second_factor_missing;
static bool second_factor_pending;
static int64_t login_age_ms;
static bool database_is_away;

static enum err find_session(const struct services *services, struct arena *arena,
                             const char *secret, struct actor *actor) {
    (void)services;
    (void)arena;
    if (database_is_away) {
        return ERR_UNAVAILABLE;
    }
    if (strcmp(secret, "good") != 0) {
        return ERR_UNAUTHENTICATED;
    }
    actor->kind = ACTOR_ACCOUNT;
    actor->account_id = "a";
    actor->csrf_token = "form";
    actor->logged_in_at_ms = clock_now_ms() - login_age_ms;
    actor->second_factor_missing = second_factor_missing;
    actor->second_factor_pending = second_factor_pending;
    actor->roles = &held_role;
    actor->roles_count = held_role.role == ROLE_REPORTER && held_role.product == NULL ? 0 : 1;
    return ERR_NONE;
}

static const struct role_grant REPORTER = {ROLE_REPORTER, "api-entreprise"};
static const struct role_grant MANAGER = {ROLE_MANAGER, "api-entreprise"};

static enum err find_client(const struct services *services, struct arena *arena, const char *token,
                            struct actor *actor) {
    (void)services;
    (void)arena;
    if (strcmp(token, "program") != 0) {
        return ERR_UNAUTHENTICATED;
    }
    static const struct actor_person PERSONS[] = {
        {.account_id = "reporter", .roles = &REPORTER, .roles_count = 1},
        {.account_id = "manager", .roles = &MANAGER, .roles_count = 1}};
    actor->kind = ACTOR_CLIENT;
    actor->scopes = "requests:read usage:write";
    actor->persons = PERSONS;
    actor->persons_count = 2;
    actor_take_person(actor, 0);
    return ERR_NONE;
}

static struct http_state http = {
    .services = &SERVICES, .find_session = find_session, .find_client = find_client};

struct fixture {
    struct arena arena;
    struct exchange exchange;
    struct pair headers[8];
};

static int reset(void **state) {
    (void)state;
    held_role = (struct role_grant){0};
    second_factor_missing = false;
    second_factor_pending = false;
    login_age_ms = 0;
    database_is_away = false;
    return 0;
}

static void open_fixture(struct fixture *fixture) {
    *fixture = (struct fixture){0};
    arena_init(&fixture->arena);
    fixture->exchange.arena = &fixture->arena;
    fixture->exchange.http = &http;
    fixture->exchange.services = &SERVICES;
    fixture->exchange.request.headers = fixture->headers;
    field_errors_init(&fixture->exchange.errors, &fixture->arena);
}

static void add_header(struct fixture *fixture, const char *name, const char *value) {
    fixture->headers[fixture->exchange.request.headers_count++] = (struct pair){name, value};
}

/* The three checks one after the other, with headers as name, value, …, NULL. */
static enum err pass(const struct route *route, const char *const *headers) {
    struct fixture fixture;
    open_fixture(&fixture);
    for (size_t i = 0; headers[i] != NULL; i += 2) {
        add_header(&fixture, headers[i], headers[i + 1]);
    }
    enum err err = authn_identify(&fixture.exchange, route);
    err = err == ERR_NONE ? authn_check_access(&fixture.exchange, route) : err;
    err = err == ERR_NONE ? authn_check_intent(&fixture.exchange, route) : err;
    arena_clear(&fixture.arena);
    return err;
}

#define HEADERS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_HEADERS ((const char *const[]){NULL})
#define COOKIE "Cookie", "guichet_session=good"
#define ROUTE(method_, access_)                                                                    \
    (&(const struct route){                                                                        \
        .method = METHOD_##method_, .path = "/v1/things", .access = ACCESS_##access_})
#define GET(access_) ROUTE(GET, access_)
#define POST(access_) ROUTE(POST, access_)

static void refuses_requests_without_a_valid_session(void **state) {
    (void)state;
    assert_int_equal(pass(GET(SESSION), NO_HEADERS), ERR_UNAUTHENTICATED);
    assert_int_equal(pass(GET(SESSION), HEADERS("Cookie", "guichet_session=bad")),
                     ERR_UNAUTHENTICATED);
    assert_int_equal(
        pass(GET(SESSION), HEADERS("Cookie", "guichet_session=good; guichet_session=good")),
        ERR_UNAUTHENTICATED);
    assert_int_equal(pass(GET(SESSION), HEADERS("Cookie", "xguichet_session=good")),
                     ERR_UNAUTHENTICATED);
    assert_int_equal(pass(GET(SESSION), HEADERS("Authorization", "Basic Z29vZDpnb29k")),
                     ERR_UNAUTHENTICATED);
    assert_ok(pass(GET(SESSION), HEADERS(COOKIE)));
    assert_ok(pass(GET(SESSION), HEADERS("Cookie", "a=b; guichet_session=good; c=d")));
    assert_ok(pass(GET(PUBLIC), HEADERS("Cookie", "guichet_session=bad")));
    assert_ok(pass(GET(PUBLIC), NO_HEADERS));
}

static void reports_unavailable_while_sessions_cannot_be_read(void **state) {
    (void)state;
    database_is_away = true;
    const struct route limited = {
        .method = METHOD_GET, .path = "/v1/session", .access = ACCESS_PUBLIC, .rate = RATE_READ};
    assert_int_equal(pass(GET(SESSION), HEADERS(COOKIE)), ERR_UNAVAILABLE);
    assert_int_equal(pass(&limited, HEADERS(COOKIE)), ERR_UNAVAILABLE);
}

static void serves_screens_and_probes_without_authentication(void **state) {
    (void)state;
    const struct route screen = {
        .method = METHOD_GET, .path = "", .access = ACCESS_PUBLIC, .rate = RATE_NONE};
    database_is_away = true;
    assert_ok(pass(&screen, HEADERS(COOKIE)));
    assert_ok(pass(&screen, HEADERS("Authorization", "Bearer unknown")));
}

static void requires_the_prefixed_cookie_under_https(void **state) {
    (void)state;
    config.public_url = "https://guichet.test";
    assert_int_equal(pass(GET(SESSION), HEADERS(COOKIE)), ERR_UNAUTHENTICATED);
    assert_ok(pass(GET(SESSION), HEADERS("Cookie", "__Host-guichet_session=good")));
    struct fixture fixture;
    open_fixture(&fixture);
    session_cookie_set(&fixture.exchange, "s", 60);
    assert_string_equal(
        fixture.exchange.response.headers[0].value,
        "__Host-guichet_session=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
    arena_clear(&fixture.arena);
    config.public_url = "http://guichet.test";
}

static void allows_staff_routes_to_their_roles(void **state) {
    (void)state;
    assert_int_equal(pass(GET(STAFF), HEADERS(COOKIE)), ERR_FORBIDDEN);
    held_role = (struct role_grant){ROLE_REPORTER, "api-entreprise"};
    assert_ok(pass(GET(STAFF), HEADERS(COOKIE)));
    assert_int_equal(pass(GET(SUPPORT), HEADERS(COOKIE)), ERR_FORBIDDEN);
    assert_int_equal(pass(GET(ADMIN), HEADERS(COOKIE)), ERR_FORBIDDEN);
    held_role = (struct role_grant){ROLE_MANAGER, "api-entreprise"};
    assert_ok(pass(GET(ADMIN), HEADERS(COOKIE)));
    held_role = (struct role_grant){ROLE_SUPPORT, NULL};
    assert_ok(pass(GET(SUPPORT), HEADERS(COOKIE)));
    assert_int_equal(pass(GET(ADMIN), HEADERS(COOKIE)), ERR_FORBIDDEN);
    held_role = (struct role_grant){ROLE_ADMIN, NULL};
    assert_ok(pass(GET(SUPPORT), HEADERS(COOKIE)));
    assert_ok(pass(GET(ADMIN), HEADERS(COOKIE)));
}

static void requires_a_second_factor_of_staff(void **state) {
    (void)state;
    held_role = (struct role_grant){ROLE_ADMIN, NULL};
    second_factor_missing = true;
    assert_int_equal(pass(GET(ADMIN), HEADERS(COOKIE)), ERR_SECOND_FACTOR_REQUIRED);
    assert_ok(pass(GET(SESSION), HEADERS(COOKIE)));
    second_factor_missing = false;
    assert_ok(pass(GET(ADMIN), HEADERS(COOKIE)));
}

static void allows_only_session_routes_before_the_second_factor(void **state) {
    (void)state;
    const struct route session = {
        .method = METHOD_POST, .path = "/v1/session/second-factor", .access = ACCESS_SESSION};
    second_factor_pending = true;
    assert_int_equal(pass(GET(SESSION), HEADERS(COOKIE)), ERR_SECOND_FACTOR_REQUIRED);
    assert_ok(pass(&session, HEADERS(COOKIE, "X-CSRF-Token", "form")));
}

static void requires_a_recent_log_in(void **state) {
    (void)state;
    assert_ok(pass(GET(SESSION_RECENT), HEADERS(COOKIE)));
    login_age_ms = INT64_C(16) * 60 * 1000;
    assert_int_equal(pass(GET(SESSION_RECENT), HEADERS(COOKIE)), ERR_RECENT_LOGIN_REQUIRED);
    assert_ok(pass(GET(SESSION), HEADERS(COOKIE)));
}

static void allows_programs_the_operations_of_their_scopes(void **state) {
    (void)state;
    const struct route read = {.method = METHOD_GET,
                               .path = "/v1/things",
                               .access = ACCESS_SESSION,
                               .client_scope = "requests:read"};
    const struct route write = {.method = METHOD_POST,
                                .path = "/v1/things",
                                .access = ACCESS_SESSION,
                                .client_scope = "requests:write"};
    const struct route usage = {.method = METHOD_POST,
                                .path = "/v1/things",
                                .access = ACCESS_SESSION,
                                .client_scope = "usage:write"};
    const struct route either = {.method = METHOD_GET,
                                 .path = "/v1/things",
                                 .access = ACCESS_SESSION,
                                 .client_scope = "tokens:read requests:read"};
    assert_ok(pass(&either, HEADERS("Authorization", "Bearer program")));
    assert_ok(pass(&read, HEADERS("Authorization", "Bearer program")));
    assert_ok(pass(&usage, HEADERS("Authorization", "bearer program")));
    assert_int_equal(pass(&write, HEADERS("Authorization", "Bearer program")), ERR_FORBIDDEN);
    assert_int_equal(pass(GET(SESSION), HEADERS("Authorization", "Bearer program")), ERR_FORBIDDEN);
    assert_int_equal(pass(&read, HEADERS("Authorization", "Bearer other")), ERR_UNAUTHENTICATED);
    assert_int_equal(pass(GET(PUBLIC), HEADERS("Authorization", "Bearer other")),
                     ERR_UNAUTHENTICATED);
    assert_int_equal(pass(&read, HEADERS("Authorization", "Bearer other", COOKIE)),
                     ERR_UNAUTHENTICATED);
    assert_ok(pass(GET(GATEWAY), HEADERS("Authorization", "Bearer of-data")));
}

static void opens_to_a_program_the_routes_of_one_of_its_persons(void **state) {
    (void)state;
    const struct route of_managers = {.method = METHOD_GET,
                                      .path = "/v1/things",
                                      .access = ACCESS_ADMIN,
                                      .client_scope = "requests:read"};
    const struct route of_support = {.method = METHOD_GET,
                                     .path = "/v1/things",
                                     .access = ACCESS_SUPPORT,
                                     .client_scope = "requests:read"};
    assert_ok(pass(&of_managers, HEADERS("Authorization", "Bearer program")));
    assert_int_equal(pass(&of_support, HEADERS("Authorization", "Bearer program")), ERR_FORBIDDEN);
}

static void opens_routes_of_programs_to_programs_alone(void **state) {
    (void)state;
    const struct route usage = {.method = METHOD_POST,
                                .path = "/v1/things",
                                .access = ACCESS_PROGRAM,
                                .client_scope = "usage:write"};
    const struct route write = {.method = METHOD_POST,
                                .path = "/v1/things",
                                .access = ACCESS_PROGRAM,
                                .client_scope = "requests:write"};
    assert_ok(pass(&usage, HEADERS("Authorization", "Bearer program")));
    assert_int_equal(pass(&write, HEADERS("Authorization", "Bearer program")), ERR_FORBIDDEN);
    assert_int_equal(pass(&usage, NO_HEADERS), ERR_UNAUTHENTICATED);
    assert_int_equal(pass(&usage, HEADERS(COOKIE, "X-CSRF-Token", "form")), ERR_UNAUTHENTICATED);
    assert_int_equal(pass(&usage, HEADERS("Authorization", "Basic Z29vZDpnb29k")),
                     ERR_UNAUTHENTICATED);
}

static void refuses_acts_that_another_site_sends(void **state) {
    (void)state;
    assert_int_equal(pass(POST(SESSION), HEADERS(COOKIE)), ERR_CSRF);
    assert_int_equal(pass(POST(SESSION), HEADERS(COOKIE, "X-CSRF-Token", "forged")), ERR_CSRF);
    assert_ok(pass(POST(SESSION), HEADERS(COOKIE, "X-CSRF-Token", "form")));
    assert_ok(pass(GET(SESSION), HEADERS(COOKIE, "Sec-Fetch-Site", "cross-site")));
    static const char *const ELSEWHERE[] = {"cross-site", "same-site", "", "SAME-ORIGIN"};
    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof ELSEWHERE[0]; i++) {
        assert_int_equal(pass(POST(SESSION), HEADERS(COOKIE, "X-CSRF-Token", "form",
                                                     "Sec-Fetch-Site", ELSEWHERE[i])),
                         ERR_CSRF);
        assert_int_equal(pass(POST(PUBLIC), HEADERS("Sec-Fetch-Site", ELSEWHERE[i])), ERR_CSRF);
    }
    assert_int_equal(pass(POST(PUBLIC), HEADERS("Origin", "http://evil.test")), ERR_CSRF);
    assert_int_equal(pass(POST(PUBLIC), HEADERS("Origin", "null")), ERR_CSRF);
    assert_ok(pass(POST(PUBLIC), HEADERS("Origin", "http://guichet.test")));
    assert_ok(
        pass(POST(PUBLIC), HEADERS("Origin", "http://localhost:8080", "Host", "localhost:8080")));
    assert_ok(pass(POST(PUBLIC), HEADERS("Sec-Fetch-Site", "same-origin")));
    assert_ok(pass(POST(PUBLIC), NO_HEADERS));
}

/* `forwarded`: the lines of X-Forwarded-For, separated by '|'. */
static const char *caller_of(struct fixture *fixture, const char *proxies, const char *peer,
                             const char *forwarded) {
    open_fixture(fixture);
    for (const char *at = forwarded; at != NULL;) {
        const size_t length = strcspn(at, "|");
        add_header(fixture, "X-Forwarded-For", arena_strndup(&fixture->arena, at, length));
        at = at[length] == '|' ? at + length + 1 : NULL;
    }
    add_header(fixture, "Forwarded", "for=198.51.100.1");
    add_header(fixture, "X-Real-IP", "198.51.100.1");
    assert_ok(ip_blocks_parse(&fixture->arena, proxies, &http.proxies, &http.proxies_count));
    caller_resolve(&fixture->exchange, peer);
    return fixture->exchange.request.address;
}

static void trusts_forwarded_addresses_of_its_proxies_only(void **state) {
    (void)state;
    static const struct {
        const char *proxies;
        const char *peer;
        const char *forwarded;
        const char *caller; /* NULL: unknown */
    } CASES[] = {
        {"", "192.0.2.1", "203.0.113.9", "192.0.2.1"},
        {"10.0.0.0/8", "192.0.2.1", "203.0.113.9", "192.0.2.1"},
        {"10.0.0.0/8", "10.0.0.1", NULL, "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "127.0.0.1, 203.0.113.9 , 10.2.2.2", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "10.9.9.9", "10.9.9.9"},
        {"10.0.0.0/8", "10.0.0.1", "nonsense", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9, nonsense", NULL},
        {"10.0.0.0/8", "10.0.0.1", ",,", "10.0.0.1"},
        {"::1", "::1", "2001:DB8:0::5", "2001:db8::5"},
        {"10.0.0.0/8", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"},
        /* Lines are one list, whoever wrote the first. */
        {"10.0.0.0/8", "10.0.0.1", "127.0.0.1|203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "127.0.0.1|203.0.113.9|10.2.2.2", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "127.0.0.1, 203.0.113.9|10.2.2.2, 10.2.2.3", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "|203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9|", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9||10.2.2.2", "203.0.113.9"},
        /* With ports, as load balancers write them. */
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9:51234", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9, 10.2.2.2:80", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "[2001:db8::5]:443", "2001:db8::5"},
        {"10.0.0.0/8", "10.0.0.1", "[2001:db8::5]", "2001:db8::5"},
        {"10.0.0.0/8", "10.0.0.1", "2001:db8::5:443", "2001:db8::5:443"},
        {"10.0.0.0/8", "10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9, ::ffff:10.2.2.2", "203.0.113.9"},
        /* Empty elements count for nothing. */
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9,", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", " , 203.0.113.9 ,\t, ", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1", ", 10.2.2.2,", "10.2.2.2"},
        /* What is no address names nobody, and least of all the proxy that passed it on. */
        {"10.0.0.0/8", "10.0.0.1", "_hidden", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9:_port", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9, unknown|10.2.2.2,", NULL},
        {"10.0.0.0/8", "10.0.0.1", "unknown, 203.0.113.9", "203.0.113.9"},
        {"10.0.0.0/8", "10.0.0.1",
         "203.0.113.9                                                                    x", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9, unknown, 10.2.2.2", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9:", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9:123456", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9:80x", NULL},
        {"10.0.0.0/8", "10.0.0.1", "[203.0.113.9]:80", NULL},
        {"10.0.0.0/8", "10.0.0.1", "[2001:db8::5", NULL},
        {"10.0.0.0/8", "10.0.0.1", "[2001:db8::5]80", NULL},
        {"10.0.0.0/8", "10.0.0.1", "[2001:db8::5%eth0]", NULL},
        {"10.0.0.0/8", "10.0.0.1", "\"203.0.113.9\"", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.09", NULL},
        {"10.0.0.0/8", "10.0.0.1", "203.0.113.9 203.0.113.8", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture fixture;
        const char *caller =
            caller_of(&fixture, CASES[i].proxies, CASES[i].peer, CASES[i].forwarded);
        if (CASES[i].caller == NULL) {
            assert_null(caller);
        } else {
            assert_string_equal(caller, CASES[i].caller);
            assert_string_equal(fixture.exchange.request.hop, CASES[i].caller);
        }
        arena_clear(&fixture.arena);
    }
}

/* `count` hops of `hop`, the first of them `caller`. */
static const char *long_list(struct arena *arena, const char *caller, const char *hop,
                             size_t count) {
    struct buf list;
    buf_init(&list, arena, (size_t)32 * 1024);
    buf_puts(&list, caller);
    for (size_t i = 1; i < count; i++) {
        buf_printf(&list, ", %s", hop);
    }
    return buf_text(&list);
}

static void walks_back_a_bounded_number_of_hops(void **state) {
    (void)state;
    struct fixture fixture;
    ARENA_AUTO(arena);
    static const struct {
        size_t hops;
        const char *caller;
    } CASES[] = {
        {CALLER_HOPS_MAX, "203.0.113.9"},
        {CALLER_HOPS_MAX + 1, NULL},
        {2000, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const char *list = long_list(&arena, "203.0.113.9", "10.2.2.2", CASES[i].hops);
        const char *caller = caller_of(&fixture, "10.0.0.0/8", "10.0.0.1", list);
        assert_true(CASES[i].caller == NULL ? caller == NULL
                                            : strcmp(caller, CASES[i].caller) == 0);
        assert_string_equal(fixture.exchange.request.hop,
                            CASES[i].caller == NULL ? "10.2.2.2" : CASES[i].caller);
        arena_clear(&fixture.arena);
    }
    /* What a caller wrote in front of the proxy's own line, however long. */
    const char *forged =
        arena_printf(&arena, "%s|203.0.113.9", long_list(&arena, "10.9.9.9", "10.2.2.2", 2000));
    assert_string_equal(caller_of(&fixture, "10.0.0.0/8", "10.0.0.1", forged), "203.0.113.9");
    arena_clear(&fixture.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(refuses_requests_without_a_valid_session, reset),
        cmocka_unit_test_setup(reports_unavailable_while_sessions_cannot_be_read, reset),
        cmocka_unit_test_setup(serves_screens_and_probes_without_authentication, reset),
        cmocka_unit_test_setup(requires_the_prefixed_cookie_under_https, reset),
        cmocka_unit_test_setup(allows_staff_routes_to_their_roles, reset),
        cmocka_unit_test_setup(requires_a_second_factor_of_staff, reset),
        cmocka_unit_test_setup(allows_only_session_routes_before_the_second_factor, reset),
        cmocka_unit_test_setup(requires_a_recent_log_in, reset),
        cmocka_unit_test_setup(allows_programs_the_operations_of_their_scopes, reset),
        cmocka_unit_test_setup(opens_to_a_program_the_routes_of_one_of_its_persons, reset),
        cmocka_unit_test_setup(opens_routes_of_programs_to_programs_alone, reset),
        cmocka_unit_test_setup(refuses_acts_that_another_site_sends, reset),
        cmocka_unit_test_setup(walks_back_a_bounded_number_of_hops, reset),
        cmocka_unit_test_setup(trusts_forwarded_addresses_of_its_proxies_only, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

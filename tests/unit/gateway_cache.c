#include "base/clock.h"
#include "gateway/cache/answer_cache.h"
#include "test.h"
#include <pthread.h>
#include <string.h>

#define NOW_MS INT64_C(1790000000000)

static struct freshness read_headers(const struct http_header *headers, size_t count) {
    struct freshness freshness;
    const struct http_response answer = {
        .status = 200, .headers = headers, .headers_count = count, .body = "", .body_bytes = 0};
    freshness_read(&answer, NOW_MS, &freshness);
    return freshness;
}
#define READ(...)                                                                                  \
    read_headers((const struct http_header[]){__VA_ARGS__},                                        \
                 sizeof((const struct http_header[]){__VA_ARGS__}) / sizeof(struct http_header))

static void stores_allowed_answers_only(void **state) {
    (void)state;
    assert_true(READ({"Cache-Control", "max-age=60"}).is_storable);
    assert_true(READ({"cache-control", " ,max-age = 1,, MAX-AGE=60"}).is_storable);
    assert_true(READ({"Cache-Control", "no-cache"}, {"ETag", "\"a\""}).is_storable);
    assert_false(READ({"ETag", "\"a\""}, {"Last-Modified", "x"}).is_storable);
    assert_false(READ({"Cache-Control", "no-cache"}).is_storable);
    assert_false(READ({"Cache-Control", "max-age=60"}, {"Cache-Control", "no-store"}).is_storable);
    assert_false(READ({"Cache-Control", "max-age=60"}, {"Vary", "Accept, *"}).is_storable);
    assert_true(READ({"Cache-Control", "max-age=60"}, {"Vary", "Accept-Encoding"}).is_storable);
    assert_false(READ({"Cache-Control", "max-age=x"}).is_storable);
    assert_false(READ({"Cache-Control", "max-age=-5"}).is_storable);
    assert_false(READ({"Cache-Control", "max-age=60"}, {"Age", "60"}).is_storable);
    assert_false(READ({"Cache-Control", ""}, {"Cache-Control", "=,\"=\""}).is_storable);
}

static void shares_public_answers_only(void **state) {
    (void)state;
    assert_false(READ({"Cache-Control", "max-age=60"}).is_shared);
    assert_false(READ({"Cache-Control", "s-maxage=60"}).is_storable);
    assert_true(READ({"Cache-Control", "public, max-age=60"}).is_shared);
    assert_false(READ({"Cache-Control", "public, private=\"x, y\", max-age=60"}).is_shared);
    assert_false(READ({"Cache-Control", "public, max-age=60"}, {"Set-Cookie", "a"}).is_shared);
    assert_false(READ({"Cache-Control", "x=\"public\", max-age=60"}).is_shared);
}

static void computes_how_long_an_answer_is_fresh(void **state) {
    (void)state;
    assert_int_equal(READ({"Cache-Control", "max-age=60"}).fresh_ms, 60000);
    assert_int_equal(READ({"Cache-Control", "public, max-age=60, s-maxage=5"}).fresh_ms, 5000);
    assert_int_equal(READ({"Cache-Control", "max-age=60, s-maxage=5"}).fresh_ms, 60000);
    assert_int_equal(READ({"Cache-Control", "max-age=99999999999999999999"}).fresh_ms, 86400000);
    assert_int_equal(READ({"Cache-Control", "max-age=60, no-cache"}, {"ETag", "\"a\""}).fresh_ms,
                     0);
    assert_int_equal(READ({"Date", "Tue, 24 Nov 2026 10:00:00 GMT"},
                          {"Expires", "Tue, 24 Nov 2026 10:00:30 GMT"})
                         .fresh_ms,
                     30000);
    assert_int_equal(
        READ({"Cache-Control", "max-age=1"}, {"Expires", "Tue, 24 Nov 2099 10:00:30 GMT"}).fresh_ms,
        1000);
    assert_int_equal(READ({"Expires", "0"}).fresh_ms, 0);
    assert_int_equal(READ({"Expires", "Tue, 24 Nov 1998 10:00:30 GMT"}).fresh_ms, 0);
}

static void reads_cache_directives_of_the_caller(void **state) {
    (void)state;
    struct cache_demand demand;
    cache_demand_read(NULL, &demand);
    assert_false(demand.must_ask || demand.must_not_store);
    assert_true(demand.age_most_s == INT64_MAX);
    cache_demand_read("no-cache", &demand);
    assert_true(demand.must_ask && !demand.must_not_store);
    cache_demand_read("max-age=5, no-store", &demand);
    assert_true(demand.must_ask && demand.must_not_store);
    assert_int_equal(demand.age_most_s, 5);
}

static void compares_entity_tags_weakly(void **state) {
    (void)state;
    assert_true(etag_is_listed("\"a\"", "\"a\""));
    assert_true(etag_is_listed("\"x\", W/\"a\"", "\"a\""));
    assert_true(etag_is_listed("\"a,b\" , \"a\"", "W/\"a\""));
    assert_true(etag_is_listed("*", "\"a\""));
    assert_false(etag_is_listed("\"a,b\"", "\"b\""));
    assert_false(etag_is_listed("\"a", "\"a\""));
    assert_false(etag_is_listed("a", "a"));
    assert_false(etag_is_listed("\"a\"", NULL));
    assert_false(etag_is_listed(NULL, "\"a\""));
}

static const struct freshness PRIVATE = {.is_storable = true, .fresh_ms = 60000};
static const struct freshness PUBLIC = {.is_storable = true, .is_shared = true, .fresh_ms = 60000};

static struct http_response answer_of(const char *body, size_t bytes) {
    static const struct http_header HEADERS[] = {{"content-type", "application/json"},
                                                 {"X-Inner", "x"}};
    return (struct http_response){
        .status = 200, .headers = HEADERS, .headers_count = 2, .body = body, .body_bytes = bytes};
}

static bool is_kept(struct answer_cache *cache, const char *token, const char *url) {
    ARENA_AUTO(arena);
    struct cached_answer found;
    return answer_cache_find(cache, &arena, token, url, &found);
}

static void separates_private_entries(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct answer_cache *cache = answer_cache_new(1 << 20);
    const struct http_response answer = answer_of("{}", 2);
    struct cached_answer found;
    answer_cache_store(cache, "t1", "/a", &answer, &PRIVATE);
    assert_true(answer_cache_find(cache, &arena, "t1", "/a", &found));
    assert_string_equal(found.response.body, "{}");
    assert_string_equal(http_response_find(&found.response, "Content-Type"), "application/json");
    assert_null(http_response_find(&found.response, "X-Inner"));
    assert_string_equal(found.owner, "t1");
    assert_true(found.fresh_left_ms > 0);
    assert_false(is_kept(cache, "t2", "/a"));
    assert_false(is_kept(cache, "t1", "/b"));
    answer_cache_store(cache, "t1", "/b", &answer, &PUBLIC);
    assert_true(answer_cache_find(cache, &arena, "t2", "/b", &found));
    assert_null(found.owner);
    answer_cache_forget(cache, "t2", "/b");
    assert_false(is_kept(cache, "t1", "/b"));
    answer_cache_refresh(cache, "t1", "/a", &(struct freshness){.fresh_ms = 5, .age_ms = 10});
    assert_true(answer_cache_find(cache, &arena, "t1", "/a", &found));
    assert_true(found.fresh_left_ms < 0);
    answer_cache_free(cache);
}

static void stays_within_its_bytes_and_drops_the_least_recently_used(void **state) {
    (void)state;
    enum { BYTES = 100 * 1024, BODY = 10 * 1024 };
    static char body[BODY];
    struct answer_cache *cache = answer_cache_new(BYTES);
    const struct http_response answer = answer_of(body, sizeof body);
    for (int i = 0; i < 100; i++) {
        char url[8] = {'/', (char)('a' + i / 26), (char)('a' + i % 26)};
        answer_cache_store(cache, "t", url, &answer, &PRIVATE);
        assert_true(answer_cache_bytes(cache) <= BYTES);
        assert_true(i < 1 || is_kept(cache, "t", "/aa"));
    }
    assert_false(is_kept(cache, "t", "/ab"));
    answer_cache_store(cache, "t", "/aa", &answer, &PRIVATE);
    assert_true(answer_cache_bytes(cache) <= BYTES);
    static char large[BYTES];
    const struct http_response huge = answer_of(large, sizeof large);
    answer_cache_store(cache, "t", "/huge", &huge, &PRIVATE);
    assert_false(is_kept(cache, "t", "/huge"));
    answer_cache_free(cache);
    cache = answer_cache_new(0);
    answer_cache_store(cache, "t", "/a", &answer, &PRIVATE);
    assert_false(is_kept(cache, "t", "/a"));
    answer_cache_free(cache);
}

static void *churn(void *state) {
    static char body[4096];
    const struct http_response answer = answer_of(body, sizeof body);
    for (int i = 0; i < 3000; i++) {
        char url[4] = {'/', (char)('a' + i % 20)};
        answer_cache_store(state, "t", url, &answer, i % 3 == 0 ? &PUBLIC : &PRIVATE);
        (void)is_kept(state, i % 2 == 0 ? "t" : "u", url);
        if (i % 7 == 0) {
            answer_cache_forget(state, "t", url);
        }
    }
    return NULL;
}

static void is_safe_under_many_threads(void **state) {
    (void)state;
    struct answer_cache *cache = answer_cache_new(40 * 1024);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        assert_ok(pthread_create(&threads[i], NULL, churn, cache));
    }
    for (size_t i = 0; i < 4; i++) {
        assert_ok(pthread_join(threads[i], NULL));
    }
    assert_true(answer_cache_bytes(cache) <= 40 * 1024);
    answer_cache_free(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_allowed_answers_only),
        cmocka_unit_test(shares_public_answers_only),
        cmocka_unit_test(computes_how_long_an_answer_is_fresh),
        cmocka_unit_test(reads_cache_directives_of_the_caller),
        cmocka_unit_test(compares_entity_tags_weakly),
        cmocka_unit_test(separates_private_entries),
        cmocka_unit_test(stays_within_its_bytes_and_drops_the_least_recently_used),
        cmocka_unit_test(is_safe_under_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When tokens were last called: what cannot be written is kept, and two instances that write the same
 * tokens do not wait for each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "database.h"
#include "gateway/token/token_cache.h"
#include "sql/token.h"
#include <pthread.h>
#include <stdio.h>

enum { TOKENS = 200, TURNS = 60, IDS_BYTES = 16 * 1024 };

static const char ID[] = "00000000-0000-4000-8000-%012d";
static struct database database;
static struct pool *pool;

static int create(void **state) {
    (void)state;
    char sql[512];
    database_create(&database, true);
    /* The rows are met in the order of the arrays. */
    (void)snprintf(sql, sizeof sql,
                   "ALTER DATABASE %s SET enable_hashjoin = off;"
                   "ALTER DATABASE %s SET enable_mergejoin = off;"
                   "ALTER DATABASE %s SET enable_seqscan = off",
                   database.name, database.name, database.name);
    assert_true(database_run(&database, sql));
    assert_true(database_run(
        &database,
        "SET session_replication_role = replica;"
        "INSERT INTO token (id, request_id, habilitation_id, subject_id, product, siret, scopes, "
        "kid,"
        " issued_at, sealed_jwt, expires_at)"
        " SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(),"
        " gen_random_uuid(), gen_random_uuid(), 'api-entreprise', '13002526500013', '{}', 'k', 1, "
        "'',"
        " now() + interval '1 day' FROM generate_series(0, 199) n"));
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 4, .prepared = true});
    return 0;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static void load(struct token_cache *cache, const char *id) {
    struct token_snapshot *row = NULL;
    assert_int_equal(token_cache_get(cache, id, &row), ERR_NONE);
    token_snapshot_release(row);
}

static void keeps_rows_that_cannot_be_written(void **state) {
    (void)state;
    char first[UUID_TEXT_BYTES];
    char second[UUID_TEXT_BYTES];
    struct scope_names names;
    scope_names_init(&names);
    struct token_cache *cache = token_cache_new(pool, &names);
    (void)snprintf(first, sizeof first, ID, 1);
    (void)snprintf(second, sizeof second, ID, 2);
    load(cache, first);
    load(cache, second);
    token_cache_mark(cache, first, TOKEN_STRING_CURRENT, 1000000);
    token_cache_mark(cache, first, TOKEN_STRING_PREVIOUS, 2000000);
    token_cache_mark(cache, second, TOKEN_STRING_CURRENT, 3000000);
    token_cache_mark(cache, second, TOKEN_STRING_FORMER, 1000000);
    assert_true(database_run(&database, "REVOKE UPDATE ON token FROM guichet_app"));
    assert_int_equal(token_cache_flush_marks(cache), ERR_FORBIDDEN);
    token_cache_mark(cache, second, TOKEN_STRING_CURRENT, 4000000); /* newer than what was kept */
    token_cache_mark(cache, second, TOKEN_STRING_FORMER, 2000000);
    assert_int_equal(token_cache_flush_marks(cache), ERR_FORBIDDEN);
    assert_true(database_run(&database, "GRANT UPDATE ON token TO guichet_app"));
    assert_int_equal(token_cache_flush_marks(cache), ERR_NONE);
    assert_string_equal(
        database_cell(
            &database,
            "SELECT string_agg(extract(epoch FROM last_called_at)::int || ' ' ||"
            " coalesce(extract(epoch FROM previous_last_called_at)::int, 0), ', ' ORDER BY id)"
            " FROM token WHERE last_called_at IS NOT NULL"),
        "2000 2000, 4000 0");
    assert_string_equal(
        database_cell(&database, "SELECT string_agg(former_calls || ' ' ||"
                                 " coalesce(extract(epoch FROM former_last_called_at)::int, 0),"
                                 " ', ' ORDER BY id) FROM token WHERE last_called_at IS NOT NULL"),
        "0 0, 2 2000");
    /* They are written once. */
    assert_true(database_run(&database, "UPDATE token SET last_called_at = NULL"));
    assert_int_equal(token_cache_flush_marks(cache), ERR_NONE);
    assert_string_equal(
        database_cell(&database,
                      "SELECT count(last_called_at) || ' ' || sum(former_calls) FROM token"),
        "0 2");
    token_cache_free(cache);
    scope_names_clear(&names);
}

struct writer {
    pthread_t thread;
    bool is_backwards;
    size_t written;
};

static void *write_thread(void *argument) {
    struct writer *writer = argument;
    ARENA_AUTO(arena);
    struct buf ids;
    struct buf times;
    buf_init(&ids, &arena, IDS_BYTES);
    buf_init(&times, &arena, IDS_BYTES);
    for (int i = 0; i < TOKENS; i++) {
        buf_puts(&ids, i == 0 ? "{" : ",");
        buf_printf(&ids, ID, writer->is_backwards ? TOKENS - 1 - i : i);
        buf_puts(&times, i == 0 ? "{1" : ",1");
    }
    buf_puts(&ids, "}");
    buf_puts(&times, "}");
    for (size_t turn = 0; turn < TURNS; turn++) {
        struct tx once = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
        const enum err err =
            sql_token_touch_called(&once, .tokens = buf_text(&ids), .current_ms = buf_text(&times),
                                   .previous_ms = buf_text(&times), .former_ms = buf_text(&times),
                                   .former_calls = buf_text(&times));
        writer->written += err == ERR_NONE ? 1 : 0;
    }
    return NULL;
}

static void two_instances_do_not_wait_for_each_other(void **state) {
    (void)state;
    struct writer writers[] = {{.is_backwards = false}, {.is_backwards = true}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_thread, &writers[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(writers[i].thread, NULL);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(writers[i].written, TURNS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_rows_that_cannot_be_written),
        cmocka_unit_test(two_instances_do_not_wait_for_each_other),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

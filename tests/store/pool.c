/* The pool: failures by their SQLSTATE, a lost server, a shared outbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "core/job.h"
#include "database.h"
#include "engine/migrate.h"
#include "sql/core.h"
#include "sql/engine.h"
#include "sql/usage.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { MAILS = 60, CLAIMERS = 4 };

static struct database database;
static struct pool *pool;

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 2, .prepared = true});
    return 0;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static enum err job_write(struct arena *arena, const char *kind, bool commits) {
    TX_AUTO(tx);
    TRY(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(job_add(&tx, kind, "key", NULL, 3600));
    return commits ? tx_commit(&tx) : ERR_NONE;
}

static void rolls_back_what_was_not_committed(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    assert_int_equal(job_write(&arena, "kept", true), ERR_NONE);
    assert_int_equal(job_write(&arena, "dropped", false), ERR_NONE);
    assert_string_equal(database_cell(&database, "SELECT string_agg(kind, ' ') FROM job"), "kept");
}

/* An entry whose kind of actor the table refuses, or takes. */
static enum err add_audit(struct tx *tx, const char *actor_kind) {
    char audits[128];
    (void)snprintf(audits, sizeof audits,
                   "[{\"actor_kind\":\"%s\",\"action\":\"a\",\"subject_type\":\"b\","
                   "\"subject_id\":\"c\"}]",
                   actor_kind);
    return sql_act_commit(tx, .mails = NULL, .events = NULL, .audits = audits, .key_actor = NULL,
                          .key_path = NULL, .key_text = NULL,
                          .key_body_hash = (struct nullable_bytes){.has_value = false},
                          .status = NULL_INT, .content_type = NULL, .body = NULL, .headers = NULL);
}

static void reports_the_violated_constraint(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
    assert_int_equal(add_audit(&tx, "nobody"), ERR_INVALID);
    assert_string_equal(tx_constraint(&tx), "audit_actor_kind");
    int64_t *broken = NULL;
    size_t count = 0;
    assert_int_equal(sql_audit_verify(&tx, &broken, &count), ERR_UNAVAILABLE);
    assert_int_equal(tx_commit(&tx), ERR_UNAVAILABLE);
}

static void writes_nothing_when_reading(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    for (int i = 0; i < 2; i++) { /* unprepared, then prepared */
        struct schema_row schema;
        struct tx reads = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_READ);
        assert_int_equal(add_audit(&reads, "system"), ERR_UNAVAILABLE);
        struct tx once = tx_once(pool, &arena, IDENTITY_NOBODY, TX_READ);
        assert_int_equal(sql_schema_find(&once, &schema, .texts = ""), ERR_NONE);
    }
    assert_string_equal(database_cell(&database, "SELECT count(*) FROM audit"), "0");
}

static void recovers_when_the_server_dropped_its_connections(void **state) {
    (void)state;
    assert_int_equal(migrate_check_ready(pool), ERR_NONE);
    assert_true(database_run(&database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                        " WHERE usename = 'guichet_app'"));
    const int64_t deadline_ms = clock_monotonic_ms() + 10000;
    enum err err = migrate_check_ready(pool);
    while (err != ERR_NONE && clock_monotonic_ms() < deadline_ms) {
        assert_int_equal(err, ERR_UNAVAILABLE);
        err = migrate_check_ready(pool);
    }
    assert_int_equal(err, ERR_NONE);
    assert_true(pool_get_stats(pool).failures > 0);
}

/* An hour of many calls takes longer than the 5 s of a statement and the 6 s of an answer. */
static void rolls_up_without_the_statement_timeout_of_requests(void **state) {
    (void)state;
    assert_true(database_run(
        &database,
        "CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_sleep(6.2); RETURN NULL; END';"
        "CREATE TRIGGER slow BEFORE INSERT ON call_hour EXECUTE FUNCTION be_slow();"
        "UPDATE call_rolled SET until = date_trunc('hour', now()) - interval '2 hours'"));
    bool rolled = false;
    ARENA_AUTO(arena);
    struct tx once = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    assert_int_equal(sql_call_roll_next(&once, &rolled), ERR_NONE);
    assert_true(rolled);
}

static void fails_at_once_without_a_server(void **state) {
    (void)state;
    struct pool *nowhere = pool_new(&(struct pool_options){
        .url = "postgresql:///x?host=/nonexistent", .connections = 1, .prepared = true});
    const int64_t start_ms = clock_monotonic_ms();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(migrate_check_ready(nowhere), ERR_UNAVAILABLE);
    }
    assert_true(clock_monotonic_ms() - start_ms < 10000);
    pool_free(nowhere);
}

/* Asks again and again; stops at the first refusal. */
struct asker {
    pthread_t thread;
    struct pool *pool;
    size_t answered;
};
enum { ASKERS = 24, QUESTIONS = 40, ROLE_CONNECTIONS = 3 };

static void *ask_thread(void *argument) {
    struct asker *asker = argument;
    while (asker->answered < QUESTIONS && migrate_check_ready(asker->pool) == ERR_NONE) {
        asker->answered++;
    }
    return NULL;
}

/* SQLSTATE 53300: the server gives this role fewer connections than the pool would take. */
static void serves_all_with_the_connections_that_the_server_allows(void **state) {
    (void)state;
    char sql[256];
    char url[512];
    struct asker askers[ASKERS] = {0};
    (void)snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN CONNECTION LIMIT %d IN ROLE guichet_app",
                   database.name, ROLE_CONNECTIONS);
    assert_true(database_run(&database, sql));
    const char *user = strstr(database.app_url, "user=");
    (void)snprintf(url, sizeof url, "%.*suser=%s", (int)(user - database.app_url), database.app_url,
                   database.name);
    struct pool *limited =
        pool_new(&(struct pool_options){.url = url, .connections = 8, .prepared = true});
    for (size_t i = 0; i < ASKERS; i++) {
        askers[i].pool = limited;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_thread, &askers[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        assert_int_equal(askers[i].answered, QUESTIONS);
    }
    assert_int_equal(pool_get_stats(limited).connections, ROLE_CONNECTIONS);
    assert_true(pool_get_stats(limited).failures > 0);
    pool_free(limited);
    (void)snprintf(sql, sizeof sql, "DROP ROLE %s", database.name);
    assert_true(database_run(&database, sql));
}

struct claimer {
    pthread_t thread;
    struct arena arena;
    size_t claimed;
};

/* Takes a connection once one is given, and says as which of all. */
struct taker {
    pthread_t thread;
    atomic_int *taken;
    int place;
};

static void *take_thread(void *argument) {
    struct taker *taker = argument;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    if (tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_READ, &tx) == ERR_NONE) {
        taker->place = atomic_fetch_add(taker->taken, 1);
    }
    return NULL;
}

static void serves_waiters_in_order(void **state) {
    (void)state;
    enum { TAKERS = 6 };
    ARENA_AUTO(arena);
    TX_AUTO(one);
    TX_AUTO(two);
    atomic_int taken = 0;
    struct taker takers[TAKERS];
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_READ, &one), ERR_NONE);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_READ, &two), ERR_NONE);
    for (size_t i = 0; i < TAKERS; i++) {
        const uint64_t waits = pool_get_stats(pool).waits;
        takers[i] = (struct taker){.taken = &taken, .place = -1};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_thread, &takers[i]), 0);
        while (pool_get_stats(pool).waits == waits) {
            sched_yield();
        }
    }
    tx_end(&one); /* a single connection goes round: two at a time could overtake each other */
    for (size_t i = 0; i < TAKERS; i++) {
        (void)pthread_join(takers[i].thread, NULL);
        assert_int_equal(takers[i].place, i);
    }
    assert_int_equal(pool_get_stats(pool).busy, 1);
}

static void *claim_thread(void *argument) {
    struct claimer *claimer = argument;
    size_t count = 1;
    while (count > 0) {
        struct outbox_mail *mails = NULL;
        struct tx once = tx_once(pool, &claimer->arena, IDENTITY_SYSTEM, TX_WRITE);
        const enum err err = sql_outbox_claim(&once, &mails, &count, .limit = 3);
        if (err != ERR_NONE) {
            return NULL;
        }
        claimer->claimed += count;
    }
    return NULL;
}

static void gives_each_mail_to_one_worker(void **state) {
    (void)state;
    struct claimer claimers[CLAIMERS] = {0};
    size_t claimed = 0;
    assert_true(database_run(&database, "INSERT INTO outbox (template, recipient)"
                                        " SELECT 't', 'a@b.example' FROM generate_series(1, 60)"));
    for (size_t i = 0; i < CLAIMERS; i++) {
        assert_int_equal(pthread_create(&claimers[i].thread, NULL, claim_thread, &claimers[i]), 0);
    }
    for (size_t i = 0; i < CLAIMERS; i++) {
        pthread_join(claimers[i].thread, NULL);
        claimed += claimers[i].claimed;
        arena_clear(&claimers[i].arena);
    }
    assert_int_equal(claimed, MAILS);
    assert_string_equal(database_cell(&database, "SELECT max(attempts) FROM outbox"), "1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rolls_back_what_was_not_committed),
        cmocka_unit_test(reports_the_violated_constraint),
        cmocka_unit_test(writes_nothing_when_reading),
        cmocka_unit_test(recovers_when_the_server_dropped_its_connections),
        cmocka_unit_test(rolls_up_without_the_statement_timeout_of_requests),
        cmocka_unit_test(fails_at_once_without_a_server),
        cmocka_unit_test(serves_all_with_the_connections_that_the_server_allows),
        cmocka_unit_test(serves_waiters_in_order),
        cmocka_unit_test(gives_each_mail_to_one_worker),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

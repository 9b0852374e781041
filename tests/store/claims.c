/* Work that waits in the database is taken by one worker, whichever began first; what is counted under a
 * lock is counted as it is then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "engine/tx.h"
#include "sql/core.h"
#include "sql/program.h"
#include "sql/usage.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ACCOUNT "00000000-0000-4000-8000-000000000001"
#define WEBHOOK "00000000-0000-4000-8000-0000000000aa"
#define EVENT "00000000-0000-4000-8000-0000000000bb"
#define CLIENT "00000000-0000-4000-8000-0000000000cc"
#define MAIL "00000000-0000-4000-8000-0000000000ee"
#define TOKEN "00000000-0000-4000-8000-0000000000ff"
#define SIRET "21690123100011"

static struct database database;
static struct pool *pool;

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 3, .prepared = true});
    return database_run(
               &database,
               "INSERT INTO organisation (siret, name, state) VALUES ('" SIRET "', 'Lyon', 'open');"
               "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
               " ('" ACCOUNT "', 'a@lyon.example', 'a@lyon.example', 'A', 'A', 'active');"
               "INSERT INTO membership (account_id, siret, state, ground) VALUES"
               " ('" ACCOUNT "', '" SIRET "', 'active', 'first');"
               "INSERT INTO webhook (id, account_id, product, siret, url, events) VALUES"
               " ('" WEBHOOK "', '" ACCOUNT "', 'api-entreprise', '" SIRET "',"
               "  'https://lyon.example/', '{token.rotated}');"
               "INSERT INTO webhook_event (id, event, product, siret, is_private, body, dispatched)"
               " VALUES ('" EVENT "', 'token.rotated', 'api-entreprise', '" SIRET "', false, '{}',"
               "  true);"
               "INSERT INTO client (id, account_id, name, siret, scopes) VALUES"
               " ('" CLIENT "', '" ACCOUNT "', 'Paie', '" SIRET "', '{requests:read}');"
               "INSERT INTO client_secret (client_id, secret_hash) VALUES ('" CLIENT "', 'h1')")
               ? 0
               : -1;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static void run(const char *sql) {
    assert_true(database_run(&database, sql));
}

static void begin(struct arena *arena, struct tx *tx) {
    assert_int_equal(tx_begin(pool, arena, IDENTITY_SYSTEM, TX_WRITE, tx), ERR_NONE);
}

/* A transaction of another worker, run in a thread since it will have to wait. */
struct other {
    pthread_t thread;
    enum err (*act)(struct tx *tx, struct other *other);
    enum err err;
    char found[64];
};

static void *run_other(void *argument) {
    struct other *other = argument;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    other->err = tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx);
    other->err = other->err == ERR_NONE ? other->act(&tx, other) : other->err;
    other->err = other->err == ERR_NONE ? tx_commit(&tx) : other->err;
    return NULL;
}

/* Returns once the other one waits for a lock. */
static void start(struct other *other) {
    assert_int_equal(pthread_create(&other->thread, NULL, run_other, other), 0);
    while (strcmp(database_cell(&database, "SELECT count(*) FROM pg_stat_activity WHERE"
                                           " datname = current_database()"
                                           " AND wait_event_type = 'Lock'"),
                  "1") != 0) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
}

static void finish(struct other *other) {
    pthread_join(other->thread, NULL);
    assert_int_equal(other->err, ERR_NONE);
}

/* --- Webhooks --------------------------------------------------------------- */

static bool lock_webhook(struct tx *tx, const char **id) {
    bool found = false;
    assert_int_equal(sql_webhook_attempt_lock_webhook(tx, &found, id), ERR_NONE);
    return found;
}

static bool claim_of(struct tx *tx, const char *webhook_id) {
    struct webhook_delivery delivery;
    bool found = false;
    assert_int_equal(sql_webhook_attempt_claim(tx, &found, &delivery, .webhook = webhook_id),
                     ERR_NONE);
    return found;
}

static bool claim_delivery(struct tx *tx) {
    const char *id = NULL;
    return lock_webhook(tx, &id) && claim_of(tx, id);
}

static void leave_deliveries(int count) {
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM webhook_attempt; INSERT INTO webhook_attempt (webhook_id, event_id)"
                   " SELECT '" WEBHOOK "', '" EVENT "' FROM generate_series(1, %d)",
                   count);
    run(sql);
}

static void leaves_a_delivery_to_the_worker_that_claimed_it_later(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(older);
    TX_AUTO(younger);
    leave_deliveries(1);
    begin(&arena, &older);
    size_t dispatched = 0;
    assert_int_equal(sql_webhook_event_dispatch(&older, &dispatched), ERR_NONE);
    begin(&arena, &younger);
    assert_true(claim_delivery(&younger));
    assert_int_equal(tx_commit(&younger), ERR_NONE);
    assert_false(claim_delivery(&older));
}

static void calls_a_webhook_once_at_a_time(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(one);
    TX_AUTO(other);
    leave_deliveries(2);
    begin(&arena, &one);
    begin(&arena, &other);
    assert_true(claim_delivery(&one));
    assert_false(claim_delivery(&other));
    assert_int_equal(tx_commit(&one), ERR_NONE);
    assert_false(claim_delivery(&other));
}

/* Retries that were planned before: the rights of its owner are looked at again before each. */
static void calls_no_webhook_of_a_suspended_account(void **state) {
    (void)state;
    leave_deliveries(2);
    run("UPDATE account SET suspended_at = now(), suspension_reason = 'x'");
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    begin(&arena, &tx);
    assert_false(claim_delivery(&tx));
    tx_end(&tx);
    run("UPDATE account SET suspended_until = now() - interval '1 second'");
    TX_AUTO(later);
    begin(&arena, &later);
    assert_true(claim_delivery(&later));
    tx_end(&later);
    run("UPDATE account SET suspended_at = NULL, suspension_reason = NULL, suspended_until = NULL");
}

/* Between the two statements of a claim another worker was there: the second looks again. */
static void rereads_a_webhook_once_it_is_locked(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    leave_deliveries(2);
    begin(&arena, &tx);
    const char *id = NULL;
    assert_true(lock_webhook(&tx, &id));
    assert_string_equal(id, WEBHOOK);
    run("UPDATE webhook_attempt SET claimed_until = now() + interval '1 minute'"
        " WHERE id = (SELECT min(id::text)::uuid FROM webhook_attempt)");
    assert_false(claim_of(&tx, WEBHOOK));
}

/* --- Mails ------------------------------------------------------------------ */

/* Compared with the clock before and after the failure: nothing depends on how long the test takes. */
static void a_failed_mail_is_due_after_five_seconds_doubled_up_to_half_an_hour(void **state) {
    (void)state;
    static const struct {
        int attempts;
        const char *delay;
    } EXPECTED[] = {{1, "5 s"},    {2, "10 s"},    {3, "20 s"},
                    {9, "1280 s"}, {10, "1800 s"}, {99, "1800 s"}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        ARENA_AUTO(arena);
        TX_AUTO(tx);
        char before[64];
        char sql[256];
        (void)snprintf(
            sql, sizeof sql,
            "DELETE FROM outbox; INSERT INTO outbox (id, template, recipient, data, attempts)"
            " VALUES ('" MAIL "', 'activation', 'a@lyon.example', '{}', %d)",
            EXPECTED[i].attempts);
        run(sql);
        (void)snprintf(before, sizeof before, "%s", database_cell(&database, "SELECT now()"));
        begin(&arena, &tx);
        assert_int_equal(
            sql_outbox_mark_failed(&tx, .mail = MAIL, .problem = "451", .is_parked = false),
            ERR_NONE);
        assert_int_equal(tx_commit(&tx), ERR_NONE);
        (void)snprintf(sql, sizeof sql,
                       "SELECT state || ' ' || (next_attempt_at - interval '%s'"
                       " BETWEEN '%s' AND now()) FROM outbox",
                       EXPECTED[i].delay, before);
        assert_string_equal(database_cell(&database, sql), "pending true");
    }
}

static void a_mail_given_up_is_parked(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    begin(&arena, &tx);
    assert_int_equal(sql_outbox_mark_failed(&tx, .mail = MAIL, .problem = "550", .is_parked = true),
                     ERR_NONE);
    struct outbox_mail *mails = NULL;
    size_t count = 0;
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    tx_end(&tx);
    run("UPDATE outbox SET next_attempt_at = now()");
    begin(&arena, &tx);
    assert_int_equal(sql_outbox_claim(&tx, &mails, &count, .limit = 10), ERR_NONE);
    assert_int_equal(count, 0);
    assert_string_equal(database_cell(&database, "SELECT state || ' ' || last_error FROM outbox"),
                        "parked 550");
}

/* --- Secrets ---------------------------------------------------------------- */

static enum err count_secrets(struct tx *tx, struct other *other) {
    struct credential_row row;
    int64_t secrets = 0;
    TRY(sql_client_lock(tx, &row, .client = CLIENT, .account = ACCOUNT));
    TRY(sql_client_count_secrets(tx, &secrets, .client = CLIENT));
    (void)snprintf(other->found, sizeof other->found, "%d", (int)secrets);
    return ERR_NONE;
}

static void counts_a_secret_added_while_it_waited_for_the_lock(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    struct other other = {.act = count_secrets};
    begin(&arena, &tx);
    struct credential_row row;
    struct client_new_secret secret;
    assert_int_equal(sql_client_lock(&tx, &row, .client = CLIENT, .account = ACCOUNT), ERR_NONE);
    assert_int_equal(sql_client_add_secret(&tx, &secret, .client = CLIENT, .secret_hash = "h2",
                                           .expires_at = NULL),
                     ERR_NONE);
    assert_int_equal(sql_client_touch(&tx, .client = CLIENT), ERR_NONE);
    start(&other);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    finish(&other);
    assert_string_equal(other.found, "2");
}

/* --- Roll-ups --------------------------------------------------------------- */

static const char POSTED[] =
    "[{\"token_id\":\"00000000-0000-4000-8000-0000000000dd\",\"request_id\":\"r1\",\"at\":\"%s\","
    "\"status\":200,\"duration_ms\":1}]";

static enum err post(struct tx *tx, struct other *other) {
    char calls[sizeof POSTED + sizeof other->found];
    (void)snprintf(calls, sizeof calls, POSTED, other->found);
    int64_t accepted = 0;
    return sql_call_post(tx, &accepted, .calls = calls);
}

/* An hour is rolled up while a call of it is being posted. */
static void marks_an_hour_for_roll_up_again(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    struct other other = {.act = post};
    run("SELECT call_keep_partitions(30); DELETE FROM call_late_hour;"
        "UPDATE call_rolled SET until = date_trunc('hour', now() - interval '3 hours', 'UTC')");
    (void)snprintf(other.found, sizeof other.found, "%s",
                   database_cell(&database, "SELECT api_time(until) FROM call_rolled"));
    begin(&arena, &tx);
    bool rolled = false;
    assert_int_equal(sql_call_roll_next(&tx, &rolled), ERR_NONE);
    assert_true(rolled);
    start(&other);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    finish(&other);
    assert_string_equal(database_cell(&database, "SELECT api_time(hour) FROM call_late_hour"),
                        other.found);
}

/* --- Limits of calls ---------------------------------------------------------- */

static void leave_window(const char *age, int used) {
    char sql[256];
    (void)snprintf(
        sql, sizeof sql,
        "DELETE FROM rate_window; INSERT INTO rate_window (token_id, limit_key, started_at,"
        " used, granted) VALUES ('" TOKEN "', 'k', now() - interval '%s', %d, 0)",
        age, used);
    run(sql);
}

static struct rate_window_grant take_calls(int64_t wanted) {
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    struct rate_window_grant grant;
    begin(&arena, &tx);
    assert_int_equal(sql_rate_window_take(&tx, &grant, .token = TOKEN, .limit_key = "k",
                                          .wanted = wanted, .per_minute = 100, .least = 2),
                     ERR_NONE);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    return grant;
}

static void a_window_of_calls_ends_60_seconds_after_its_first_call(void **state) {
    (void)state;
    char end[32];
    leave_window("10 s", 12);
    const struct rate_window_grant grant = take_calls(10);
    (void)snprintf(end, sizeof end, "%lld", (long long)grant.reset_at_s);
    assert_string_equal(end,
                        database_cell(&database, "SELECT ceil(extract(epoch FROM started_at)) + 60"
                                                 " FROM rate_window"));
    assert_in_range(grant.left_ms, 1, 50000);
    assert_int_equal(grant.granted, 10);
    assert_int_equal(grant.used, 22);
    leave_window("60 s", 100);
    assert_int_equal(take_calls(10).used, 10);
    leave_window("-61 s", 100); /* the clock was set back */
    assert_int_equal(take_calls(10).used, 10);
}

/* A quarter of what is left, at least two while there are two. */
static void a_window_of_calls_grants_less_near_its_limit(void **state) {
    (void)state;
    static const struct {
        int used, granted;
    } EXPECTED[] = {{60, 10}, {64, 9}, {80, 5}, {92, 2}, {98, 2}, {99, 1}, {100, 0}, {101, 0}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        leave_window("1 s", EXPECTED[i].used);
        const struct rate_window_grant grant = take_calls(10);
        assert_int_equal(grant.granted, EXPECTED[i].granted);
        assert_int_equal(grant.used, EXPECTED[i].used + EXPECTED[i].granted);
    }
}

/* --- Clocks ----------------------------------------------------------------- */

static struct attempt_taken take(struct tx *tx, int64_t limit) {
    struct attempt_taken attempt;
    assert_int_equal(sql_attempt_take(tx, &attempt, .key = bytes_of("k", 1), .window_s = 900,
                                      .limit = limit, .wait_s = 60),
                     ERR_NONE);
    return attempt;
}

static void a_window_in_the_future_blocks_nobody_after_a_clock_step(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    run("INSERT INTO attempt (key, count, window_started_at, blocked_until) VALUES"
        " ('k', 0, now() + interval '1 day', now() + interval '1 day 5 minutes')");
    begin(&arena, &tx);
    assert_true(take(&tx, 5).is_taken);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    assert_string_equal(
        database_cell(&database, "SELECT count || ' ' || (window_started_at <= now()) || ' ' ||"
                                 " (blocked_until IS NULL) FROM attempt"),
        "1 true true");
}

/* The try that reaches the limit is let through and is the last; a good one lets the next in. */
static void allows_as_many_tries_as_the_limit_and_refunds_successes(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(tx);
    static const bool EXPECTED[] = {true, true, true, false, false};
    run("DELETE FROM attempt");
    begin(&arena, &tx);
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        const struct attempt_taken attempt = take(&tx, 3);
        assert_int_equal(attempt.is_taken, EXPECTED[i]);
        assert_int_equal(attempt.wait_s, 60);
    }
    assert_int_equal(sql_attempt_give_back(&tx, .key = bytes_of("k", 1), .limit = 3), ERR_NONE);
    for (size_t i = 2; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        assert_int_equal(take(&tx, 3).is_taken, EXPECTED[i]);
    }
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    tx_end(&tx);
    /* The wait is over: it begins anew. */
    run("UPDATE attempt SET blocked_until = now()");
    begin(&arena, &tx);
    assert_true(take(&tx, 3).is_taken);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
    assert_string_equal(
        database_cell(&database, "SELECT count || ' ' || (blocked_until IS NULL) FROM attempt"),
        "1 true");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_a_delivery_to_the_worker_that_claimed_it_later),
        cmocka_unit_test(calls_a_webhook_once_at_a_time),
        cmocka_unit_test(rereads_a_webhook_once_it_is_locked),
        cmocka_unit_test(a_failed_mail_is_due_after_five_seconds_doubled_up_to_half_an_hour),
        cmocka_unit_test(a_mail_given_up_is_parked),
        cmocka_unit_test(counts_a_secret_added_while_it_waited_for_the_lock),
        cmocka_unit_test(marks_an_hour_for_roll_up_again),
        cmocka_unit_test(a_window_of_calls_ends_60_seconds_after_its_first_call),
        cmocka_unit_test(a_window_of_calls_grants_less_near_its_limit),
        cmocka_unit_test(a_window_in_the_future_blocks_nobody_after_a_clock_step),
        cmocka_unit_test(allows_as_many_tries_as_the_limit_and_refunds_successes),
        cmocka_unit_test(calls_no_webhook_of_a_suspended_account),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

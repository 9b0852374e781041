/* An act leaves everything behind or nothing, and happens once for one Idempotency-Key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "core/act.h"
#include "core/audit.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "database.h"
#include "security/seal.h"
#include "sql/core.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { RACERS = 8 };

#define REQUEST "00000000-0000-4000-8000-0000000000aa"
#define ACCOUNT "00000000-0000-4000-8000-000000000001"

static const struct audit_event ARCHIVED = {
    .action = "request.archive", .subject_type = "request", .subject_id = REQUEST};
static struct database database;
static struct pool *pool;
static struct seal_key master_key = {.bytes = {7}};
static struct services services = {.master_key = &master_key};
static const struct actor PERSON = {
    .kind = ACTOR_ACCOUNT, .account_id = ACCOUNT, .address = "192.0.2.1"};

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = RACERS, .prepared = true});
    services.pool = pool;
    return database_run(
               &database,
               "INSERT INTO organisation (siret, name, state) VALUES ('21690123100011', 'Lyon', "
               "'open');"
               "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
               " ('" ACCOUNT "', 'a@lyon.example', 'a@lyon.example', 'A', 'A', 'active');"
               "INSERT INTO membership (account_id, siret, state, ground) VALUES"
               " ('" ACCOUNT "', '21690123100011', 'active', 'first');"
               "INSERT INTO request (id, product, use_case, form_version, siret, applicant_id) "
               "VALUES"
               " ('" REQUEST
               "', 'api-entreprise', 'demande-libre', '1', '21690123100011', '" ACCOUNT "');")
               ? 0
               : -1;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static void forget_all(void) {
    assert_true(database_run(&database, "DELETE FROM outbox; DELETE FROM webhook_event;"
                                        "DELETE FROM idempotency_key"));
}

static struct idempotency_key key_named(const char *name, unsigned char body) {
    return (struct idempotency_key){
        .actor_id = ACCOUNT, .path = "/v1/things", .key = name, .body_hash = {body}};
}

static struct context context_of(struct arena *arena, const struct idempotency_key *key) {
    return (struct context){
        .services = &services, .arena = arena, .actor = &PERSON, .idempotency = key};
}

/* One mail, one event, one audit entry, an answer. */
static enum err run_act(struct context *context) {
    struct value *data = value_object(context->arena);
    value_set_text(context->arena, data, "given_name", "Zoé");
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    act_mail(&act, "new_member", "b@lyon.example", NULL, data);
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "request.create",
                                                            .subject_type = "request",
                                                            .subject_id = REQUEST,
                                                            .siret = "21690123100011"},
                                                  .event = "request.created",
                                                  .event_request_id = REQUEST,
                                                  .answer = {.status = 201,
                                                             .json = "{\"id\":\"é\"}",
                                                             .version = 3,
                                                             .location = "/v1/things/1"}});
}

static void assert_cell(const char *sql, const char *value) {
    assert_string_equal(database_cell(&database, sql), value);
}

/* The mail that waits, as a worker opens it. */
static void opens_what_the_mail_says(struct arena *arena, const char *expected) {
    struct outbox_mail *mails = NULL;
    struct value *data = NULL;
    size_t count = 0;
    static const struct seal_key other = {.bytes = {8}};
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    assert_int_equal(sql_outbox_claim(&once, &mails, &count, .limit = 10), ERR_NONE);
    assert_int_equal(count, 1);
    assert_int_equal(outbox_open(arena, &other, &mails[0], &data), ERR_INTERNAL);
    assert_int_equal(outbox_open(arena, &master_key, &mails[0], &data), ERR_NONE);
    assert_string_equal(json_text(arena, data), expected);
    mails[0].id = REQUEST; /* moved to another row */
    assert_int_equal(outbox_open(arena, &master_key, &mails[0], &data), ERR_INTERNAL);
}

static void writes_mail_event_audit_and_answer(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    forget_all();
    struct context context = context_of(&arena, NULL);
    assert_int_equal(run_act(&context), ERR_NONE);
    assert_cell("SELECT concat_ws(' ', template, recipient, data, state) FROM outbox",
                "new_member b@lyon.example {} sealed");
    opens_what_the_mail_says(&arena, "{\"given_name\":\"Zoé\"}");
    assert_cell("SELECT concat_ws(' ', event, siret, is_private, body::json->'data'->>'request_id')"
                " FROM webhook_event",
                "request.created 21690123100011 t " REQUEST);
    assert_cell(
        "SELECT concat_ws(' ', actor_kind, actor_id, action, subject_id, siret, detail, address)"
        " FROM audit ORDER BY id DESC LIMIT 1",
        "account " ACCOUNT " request.create " REQUEST " 21690123100011 {} 192.0.2.1");
    assert_int_equal(context.answer.status, 201);
    assert_int_equal(context.answer.version, 3);
    assert_false(context.is_replayed);
    assert_cell("SELECT count(*) FROM idempotency_key", "0");
}

static void writes_nothing_when_it_is_not_committed(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    forget_all();
    const char *before =
        arena_strdup(&arena, database_cell(&database, "SELECT count(*) FROM audit"));
    const struct idempotency_key key = key_named("given-up", 1);
    struct context context = context_of(&arena, &key);
    {
        ACT_AUTO(act);
        assert_int_equal(act_begin(&act, &context), ERR_NONE);
        act_mail(&act, "new_member", "b@lyon.example", NULL, NULL);
    }
    assert_cell("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM webhook_event)"
                " + (SELECT count(*) FROM idempotency_key)",
                "0");
    assert_cell("SELECT count(*) FROM audit", before);
    assert_int_equal(run_act(&context), ERR_NONE); /* the key may come again */
}

static void keeps_the_order_and_the_chain_of_several_audit_entries(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct context context = context_of(&arena, NULL);
    {
        ACT_AUTO(act);
        assert_int_equal(act_begin(&act, &context), ERR_NONE);
        act_audit(&act, &(struct audit_event){.action = "token.revoke",
                                              .subject_type = "token",
                                              .subject_id = REQUEST});
        act_audit(&act, &(struct audit_event){.action = "token.prolong",
                                              .subject_type = "token",
                                              .subject_id = REQUEST});
        assert_int_equal(act_commit(&act, &(struct act_outcome){.audit = ARCHIVED}), ERR_NONE);
    }
    assert_cell("SELECT string_agg(action, ' ' ORDER BY id)"
                " FROM (SELECT * FROM audit ORDER BY id DESC LIMIT 3) a",
                "token.revoke token.prolong request.archive");
    bool has_more = true;
    struct audit_report report;
    assert_int_equal(audit_seal(&services, &arena, &has_more), ERR_NONE);
    assert_false(has_more);
    assert_int_equal(audit_verify(&services, pool, &arena, NULL, &report), ERR_NONE);
    assert_int_equal(report.problems_count, 0);
    assert_int_equal(report.waiting_count, 0);
    assert_cell("SELECT string_agg(a.action, ' ' ORDER BY s.place)"
                " FROM (SELECT * FROM audit_seal ORDER BY place DESC LIMIT 3) s"
                " JOIN audit a ON a.id = s.audit_id",
                "token.revoke token.prolong request.archive");
}

static void *seal_in_a_thread(void *refused) {
    ARENA_AUTO(arena);
    bool has_more = false;
    if (audit_seal(&services, &arena, &has_more) != ERR_NONE) {
        atomic_fetch_add((atomic_int *)refused, 1);
    }
    return NULL;
}

/* Several programs seal at once, and others write: every row has one seal. */
static void seals_each_row_once_with_several_sealers(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    pthread_t threads[RACERS];
    atomic_int refused = 0;
    for (size_t i = 0; i < 20; i++) {
        struct context context = context_of(&arena, NULL);
        assert_int_equal(run_act(&context), ERR_NONE);
        for (size_t j = 0; j < RACERS; j++) {
            assert_int_equal(pthread_create(&threads[j], NULL, seal_in_a_thread, &refused), 0);
        }
        for (size_t j = 0; j < RACERS; j++) {
            (void)pthread_join(threads[j], NULL);
        }
    }
    assert_int_equal(refused, 0);
    assert_cell("SELECT count(*) FROM audit a LEFT JOIN audit_seal s ON s.audit_id = a.id"
                " WHERE s.place IS NULL",
                "0");
    struct audit_report report;
    assert_int_equal(audit_verify(&services, pool, &arena, NULL, &report), ERR_NONE);
    assert_int_equal(report.problems_count, 0);
}

/* What the program reads again must give the same tag, whatever PostgreSQL does to a document. */
static void takes_its_own_rows_for_its_own_whatever_they_say(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct actor actor = PERSON;
    struct context context = context_of(&arena, NULL);
    struct value *detail = value_object(&arena);
    struct value *inner = value_object(&arena);
    value_set_text(&arena, inner, "zz", "é\"\\\t\n<>\xe2\x80\xa8");
    value_set(inner, "a", value_number(&arena, 0.1));
    value_set(detail, "b", inner);
    value_set(detail, "aaa", value_integer(&arena, INT64_MAX));
    value_set(detail, "aa", value_null(&arena));
    actor.request_id = "ABCDEFAB-0000-4000-8000-00000000000A";
    context.actor = &actor;
    {
        ACT_AUTO(act);
        assert_int_equal(act_begin(&act, &context), ERR_NONE);
        assert_int_equal(
            act_commit(&act, &(struct act_outcome){.audit = {.action = "request.archive",
                                                             .subject_type = "request",
                                                             .subject_id = "X",
                                                             .detail = detail}}),
            ERR_NONE);
    }
    bool has_more = false;
    assert_int_equal(audit_seal(&services, &arena, &has_more), ERR_NONE);
    assert_cell("SELECT count(*) FROM audit_unsealed", "0");
    assert_cell("SELECT count(*) FROM audit_seal s JOIN audit a ON a.id = s.audit_id"
                " WHERE a.subject_id = 'X'",
                "1");
}

static void repeats_the_first_answer(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    forget_all();
    const struct idempotency_key key = key_named("answered", 1);
    struct context first = context_of(&arena, &key);
    struct context again = context_of(&arena, &key);
    assert_int_equal(run_act(&first), ERR_NONE);
    assert_int_equal(run_act(&again), ERR_CONFLICT);
    assert_true(again.is_replayed);
    assert_int_equal(again.answer.status, 201);
    assert_string_equal(again.answer.json, "{\"id\":\"é\"}");
    assert_int_equal(again.answer.version, 3);
    assert_string_equal(again.answer.location, "/v1/things/1");
    assert_cell("SELECT count(*) FROM outbox", "1");
    assert_cell("SELECT body LIKE '%é%' FROM idempotency_key", "f"); /* sealed */
}

static void refuses_a_key_with_another_body(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("body", 1);
    const struct idempotency_key other = key_named("body", 2);
    struct context first = context_of(&arena, &key);
    struct context second = context_of(&arena, &other);
    assert_int_equal(run_act(&first), ERR_NONE);
    assert_int_equal(run_act(&second), ERR_IDEMPOTENCY_MISMATCH);
    assert_false(second.is_replayed);
}

static void refuses_a_second_run_with_the_key_while_it_runs(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    forget_all();
    const struct idempotency_key key = key_named("running", 1);
    struct context first = context_of(&arena, &key);
    struct context second = context_of(&arena, &key);
    ACT_AUTO(act);
    assert_int_equal(act_begin(&act, &first), ERR_NONE);
    assert_int_equal(run_act(&second), ERR_CONFLICT);
    assert_false(second.is_replayed);
    assert_int_equal(
        act_commit(&act, &(struct act_outcome){.audit = ARCHIVED, .answer = {.status = 204}}),
        ERR_NONE);
    struct context third = context_of(&arena, &key);
    assert_int_equal(run_act(&third), ERR_CONFLICT);
    assert_true(third.is_replayed);
    assert_int_equal(third.answer.status, 204);
    assert_null(third.answer.json);
    assert_cell("SELECT count(*) FROM outbox", "0");
}

/* The key was kept by another between the look and the commit. */
static void rolls_back_where_another_act_took_the_key(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    forget_all();
    const struct idempotency_key key = key_named("lost-race", 1);
    struct context context = context_of(&arena, &key);
    ACT_AUTO(act);
    assert_int_equal(act_begin(&act, &context), ERR_NONE);
    act_mail(&act, "new_member", "b@lyon.example", NULL, NULL);
    assert_true(database_run(
        &database, "INSERT INTO idempotency_key (actor_id, path, key, body_hash, state) VALUES"
                   " ('" ACCOUNT "', '/v1/things', 'lost-race', 'x', 'done')"));
    assert_int_equal(
        act_commit(&act, &(struct act_outcome){.audit = ARCHIVED, .answer = {.status = 204}}),
        ERR_CONFLICT);
    assert_cell("SELECT count(*) FROM outbox", "0");
}

static void reports_an_answer_sealed_with_another_master_key(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("resealed", 1);
    struct context first = context_of(&arena, &key);
    assert_int_equal(run_act(&first), ERR_NONE);
    const struct seal_key former = master_key;
    memset(master_key.bytes, 9, sizeof master_key.bytes);
    struct context again = context_of(&arena, &key);
    assert_int_equal(run_act(&again), ERR_CONFLICT);
    assert_false(again.is_replayed);
    assert_non_null(again.detail);
    master_key = former;
}

static void forgets_a_key_after_a_day(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("old", 1);
    const struct idempotency_key other = key_named("old", 2);
    struct context first = context_of(&arena, &key);
    struct context second = context_of(&arena, &other);
    assert_int_equal(run_act(&first), ERR_NONE);
    assert_true(database_run(&database, "UPDATE idempotency_key SET created_at = now() - "
                                        "interval '24 hours 1 second' WHERE key = 'old'"));
    assert_int_equal(run_act(&second), ERR_NONE);
}

static void deletes_expired_rows(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct idempotency_key old = key_named("to-delete", 1);
    const struct idempotency_key young = key_named("to-keep", 1);
    struct context first = context_of(&arena, &old);
    struct context second = context_of(&arena, &young);
    assert_int_equal(run_act(&first), ERR_NONE);
    assert_int_equal(run_act(&second), ERR_NONE);
    assert_true(database_run(&database, "UPDATE idempotency_key SET created_at = now() - "
                                        "interval '25 hours' WHERE key = 'to-delete'"));
    assert_int_equal(idempotency_delete_old(&first), ERR_NONE);
    assert_cell(
        "SELECT string_agg(key, ',') FROM idempotency_key WHERE key IN ('to-delete', 'to-keep')",
        "to-keep");
}

static void *race(void *argument) {
    atomic_int *done = argument;
    ARENA_AUTO(arena);
    const struct idempotency_key key = key_named("raced", 1);
    struct context context = context_of(&arena, &key);
    if (run_act(&context) == ERR_NONE) {
        atomic_fetch_add(done, 1);
    }
    return NULL;
}

static void runs_once_for_many_concurrent_requests(void **state) {
    (void)state;
    pthread_t threads[RACERS];
    atomic_int done = 0;
    forget_all();
    for (size_t i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race, &done), 0);
    }
    for (size_t i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(atomic_load(&done), 1);
    assert_cell("SELECT count(*) FROM outbox", "1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_mail_event_audit_and_answer),
        cmocka_unit_test(writes_nothing_when_it_is_not_committed),
        cmocka_unit_test(keeps_the_order_and_the_chain_of_several_audit_entries),
        cmocka_unit_test(seals_each_row_once_with_several_sealers),
        cmocka_unit_test(takes_its_own_rows_for_its_own_whatever_they_say),
        cmocka_unit_test(repeats_the_first_answer),
        cmocka_unit_test(refuses_a_key_with_another_body),
        cmocka_unit_test(refuses_a_second_run_with_the_key_while_it_runs),
        cmocka_unit_test(rolls_back_where_another_act_took_the_key),
        cmocka_unit_test(reports_an_answer_sealed_with_another_master_key),
        cmocka_unit_test(forgets_a_key_after_a_day),
        cmocka_unit_test(deletes_expired_rows),
        cmocka_unit_test(runs_once_for_many_concurrent_requests),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

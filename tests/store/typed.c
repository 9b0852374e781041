/* Typed statements against a real server: what goes in comes out, and what a signature excludes is an
 * error that the log names without the value. The statements are those of queries/probe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "sql/probe.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct database database;
static struct pool *pool;

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 1, .prepared = true});
    return 0;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static struct tx once(struct arena *arena, enum tx_mode mode) {
    return tx_once(pool, arena, IDENTITY_SYSTEM, mode);
}

/* --- What the log says ------------------------------------------------------------------------ */

struct capture {
    FILE *file;
    int kept;
    char text[2048];
};

static void capture_start(struct capture *capture) {
    (void)fflush(stderr);
    capture->file = tmpfile();
    capture->kept = dup(STDERR_FILENO);
    assert_non_null(capture->file);
    assert_int_equal(dup2(fileno(capture->file), STDERR_FILENO), STDERR_FILENO);
}

static const char *capture_end(struct capture *capture) {
    (void)fflush(stderr);
    (void)dup2(capture->kept, STDERR_FILENO);
    (void)close(capture->kept);
    rewind(capture->file);
    const size_t length = fread(capture->text, 1, sizeof capture->text - 1, capture->file);
    capture->text[length] = '\0';
    (void)fclose(capture->file);
    return capture->text;
}

static void assert_mismatch(const char *log, const char *query, const char *member,
                            const char *problem) {
    char expected[256];
    (void)snprintf(expected, sizeof expected,
                   "\"event\":\"statement_mismatch\",\"query\":\"%s\",\"member\":\"%s\","
                   "\"problem\":\"%s\"}",
                   query, member, problem);
    if (strstr(log, expected) == NULL) {
        print_error("%s is not in %s", expected, log);
        fail();
    }
}

/* --- Values ----------------------------------------------------------------------------------- */

static void returns_a_value_of_each_type(void **state) {
    static const unsigned char OCTETS[] = {0, 255, '\\', 'x', '\n'};
    (void)state;
    ARENA_AUTO(arena);
    for (int i = 0; i < 2; i++) { /* unprepared, then prepared */
        struct probe_values row;
        struct tx tx = once(&arena, TX_READ);
        assert_int_equal(sql_probe_values(&tx, &row, .words = "l’été \"1\" \\ \n", .flag = true,
                                          .whole = INT64_C(-9007199254740993), .fraction = 0.1,
                                          .octets = bytes_of(OCTETS, sizeof OCTETS),
                                          .list = "{a,\"b c\"}", .no_words = "w",
                                          .no_whole = nullable_int(0),
                                          .no_flag = nullable_bool(false)),
                         ERR_NONE);
        assert_string_equal(row.words, "l’été \"1\" \\ \n");
        assert_true(row.whole == INT64_C(-9007199254740993));
        assert_true(row.fraction == 0.1);
        assert_true(row.flag);
        assert_int_equal(row.octets.length, sizeof OCTETS);
        assert_memory_equal(row.octets.data, OCTETS, sizeof OCTETS);
        assert_string_equal(row.list, "{a,\"b c\"}");
        assert_string_equal(row.no_words.or_null, "w");
        assert_true(row.no_whole.has_value);
        assert_int_equal(row.no_whole.value, 0);
        assert_true(row.no_flag.has_value);
        assert_false(row.no_flag.value);
    }
}

static void returns_null_as_null(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct probe_values row;
    struct tx tx = once(&arena, TX_READ);
    assert_int_equal(sql_probe_values(&tx, &row, .words = "", .whole = 1, .fraction = -1.5,
                                      .flag = false, .octets = bytes_of("", 0), .list = "{}",
                                      .no_words = NULL, .no_whole = NULL_INT, .no_flag = NULL_BOOL),
                     ERR_NONE);
    assert_string_equal(row.words, "");
    assert_int_equal(row.octets.length, 0);
    assert_non_null(row.octets.data);
    assert_null(row.no_words.or_null);
    assert_false(row.no_whole.has_value);
    assert_false(row.no_flag.has_value);
}

static void counts_rows(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    int64_t *numbers = NULL;
    size_t count = 99;
    size_t affected = 0;
    struct tx tx = once(&arena, TX_WRITE);
    assert_int_equal(sql_probe_count(&tx, &numbers, &count, .most = 3), ERR_NONE);
    assert_int_equal(count, 3);
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[2], 3);
    assert_int_equal(sql_probe_count(&tx, &numbers, &count, .most = 0), ERR_NONE);
    assert_int_equal(count, 0);
    assert_int_equal(sql_probe_affect(&tx, &affected, .most = 4), ERR_NONE);
    assert_int_equal(affected, 4);
    assert_string_equal(database_cell(&database, "SELECT count(*) FROM attempt"), "4");
}

static void reports_a_missing_row(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct probe_pick row = {.id = 1};
    bool found = true;
    TX_AUTO(tx);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
    assert_int_equal(sql_probe_pick(&tx, &found, &row, .times = 0), ERR_NONE);
    assert_false(found);
    assert_int_equal(row.id, 0);
    assert_int_equal(sql_probe_pick(&tx, &found, &row, .times = 1), ERR_NONE);
    assert_true(found);
    assert_int_equal(row.id, 7);
    assert_string_equal(row.note.or_null, "found");
    assert_int_equal(sql_probe_pick_one(&tx, &row, .times = 0), ERR_NOT_FOUND);
    /* That was an answer, no failure: the transaction goes on. */
    assert_int_equal(sql_probe_pick_one(&tx, &row, .times = 1), ERR_NONE);
    assert_int_equal(tx_commit(&tx), ERR_NONE);
}

static void names_the_constraint_of_a_statement_on_its_own(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct tx tx = once(&arena, TX_WRITE);
    assert_int_equal(sql_probe_violate(&tx, .token = "00000000-0000-4000-8000-000000000001"),
                     ERR_CONFLICT);
    assert_string_equal(tx_constraint(&tx), "token_notice_token_fk");
    size_t affected = 0;
    struct tx reader = once(&arena, TX_READ);
    assert_int_equal(sql_probe_affect(&reader, &affected, .most = 1), ERR_UNAVAILABLE); /* 25006 */
    assert_int_equal(tx_commit(&reader), ERR_INTERNAL);
}

/* --- What a signature excludes ---------------------------------------------------------------- */

static void refuses_null_in_a_parameter(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct capture capture;
    TX_AUTO(tx);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
    capture_start(&capture);
    const enum err err = sql_probe_violate(&tx, .token = NULL);
    const char *log = capture_end(&capture);
    assert_int_equal(err, ERR_INTERNAL);
    assert_mismatch(log, "probe_violate", "token", "parameter is NULL");
    assert_int_equal(tx_commit(&tx), ERR_UNAVAILABLE); /* nothing of it stays */
}

static void refuses_null_in_a_column(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct capture capture;
    const char *secret = NULL;
    TX_AUTO(tx);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
    assert_int_equal(sql_probe_null(&tx, &secret, .is_null = false), ERR_NONE);
    assert_string_equal(secret, "geheim");
    capture_start(&capture);
    const enum err err = sql_probe_null(&tx, &secret, .is_null = true);
    const char *log = capture_end(&capture);
    assert_int_equal(err, ERR_INTERNAL);
    assert_mismatch(log, "probe_null", "secret", "column is NULL");
    assert_null(secret);
    assert_int_equal(tx_commit(&tx), ERR_UNAVAILABLE);
}

static void refuses_more_rows_than_one(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct capture capture;
    struct probe_pick row;
    TX_AUTO(tx);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &tx), ERR_NONE);
    capture_start(&capture);
    const enum err err = sql_probe_pick_one(&tx, &row, .times = 2);
    const char *log = capture_end(&capture);
    assert_int_equal(err, ERR_INTERNAL);
    assert_mismatch(log, "probe_pick_one", "", "more than one row");
    assert_null(strstr(log, "found"));
    assert_int_equal(tx_commit(&tx), ERR_UNAVAILABLE);
}

static void refuses_other_columns_than_those_of_the_signature(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct capture capture;
    const char *former = NULL;
    int64_t first = 0;
    struct tx tx = once(&arena, TX_READ);
    capture_start(&capture);
    const enum err renamed = sql_probe_renamed(&tx, &former);
    const enum err wider = sql_probe_wider(&tx, &first);
    const char *log = capture_end(&capture);
    assert_int_equal(renamed, ERR_INTERNAL);
    assert_int_equal(wider, ERR_INTERNAL);
    assert_mismatch(log, "probe_renamed", "former", "column is not at its place");
    assert_mismatch(log, "probe_wider", "", "more columns than in the signature");
    /* The connection is as good as before. */
    assert_int_equal(sql_probe_null(&tx, &former, .is_null = false), ERR_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_a_value_of_each_type),
        cmocka_unit_test(returns_null_as_null),
        cmocka_unit_test(counts_rows),
        cmocka_unit_test(reports_a_missing_row),
        cmocka_unit_test(names_the_constraint_of_a_statement_on_its_own),
        cmocka_unit_test(refuses_null_in_a_parameter),
        cmocka_unit_test(refuses_null_in_a_column),
        cmocka_unit_test(refuses_more_rows_than_one),
        cmocka_unit_test(refuses_other_columns_than_those_of_the_signature),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

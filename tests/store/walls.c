/* What the database itself refuses or hides, whatever the program forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "engine/tx.h"
#include "sql/core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct database database;
static struct pool *pool;

static const char OWN[] = "00000000-0000-4000-8000-000000000001";
static const char OTHER[] = "00000000-0000-4000-8000-000000000002";

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 3, .prepared = true});
    return database_run(
               &database,
               "INSERT INTO organisation (siret, name, state) VALUES"
               " ('21690123100011', 'Lyon', 'open'), ('21590350100017', 'Lille', 'open');"
               "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
               " ('00000000-0000-4000-8000-000000000001', 'a@lyon.example', 'a@lyon.example', 'A', "
               "'A', 'active'),"
               " ('00000000-0000-4000-8000-000000000002', 'b@lille.example', 'b@lille.example', "
               "'B', 'B', 'active');"
               "INSERT INTO membership (account_id, siret, state, ground) VALUES"
               " ('00000000-0000-4000-8000-000000000001', '21690123100011', 'active', 'first'),"
               " ('00000000-0000-4000-8000-000000000002', '21590350100017', 'active', 'first');"
               "INSERT INTO registration (email, email_key, given_name, family_name, siret) VALUES"
               " ('a@lyon.example', 'a@lyon.example', 'A', 'A', '21690123100011');"
               "INSERT INTO request (id, product, use_case, form_version, siret, applicant_id) "
               "VALUES"
               " ('00000000-0000-4000-8000-0000000000aa', 'api-entreprise', 'demande-libre', '1',"
               "  '21690123100011', '00000000-0000-4000-8000-000000000001');")
               ? 0
               : -1;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

/* The application's own connection, with a statement that forgot its WHERE. */
static const char *seen_by(const char *account_id, const char *sql) {
    static char cell[256];
    const char *const values[] = {account_id};
    PGconn *pg = PQconnectdb(database.app_url);
    PQclear(PQexec(pg, "BEGIN"));
    PQclear(PQexecParams(pg, "SELECT set_config('app.account_id', $1, true)", 1, NULL, values, NULL,
                         NULL, 0));
    PGresult *result = PQexec(pg, sql);
    (void)snprintf(cell, sizeof cell, "%s",
                   PQresultStatus(result) == PGRES_TUPLES_OK ? PQgetvalue(result, 0, 0)
                                                             : PQresultErrorField(result, 'C'));
    PQclear(result);
    PQfinish(pg);
    return cell;
}

static void hides_the_requests_of_other_organisations(void **state) {
    (void)state;
    assert_string_equal(seen_by(OWN, "SELECT count(*) FROM request"), "1");
    assert_string_equal(seen_by(OTHER, "SELECT count(*) FROM request"), "0");
    assert_string_equal(seen_by("", "SELECT count(*) FROM request"), "0");
}

static void hides_registrations_from_everybody(void **state) {
    (void)state;
    assert_string_equal(seen_by(OWN, "SELECT count(*) FROM registration"), "0");
    assert_string_equal(seen_by("", "SELECT count(*) FROM registration"), "0");
}

static void refuses_a_request_for_another_host(void **state) {
    (void)state;
    assert_string_equal(
        seen_by(OTHER, "INSERT INTO request (product, use_case, form_version, siret, applicant_id)"
                       " VALUES ('p', 'u', '1', '21690123100011',"
                       " '00000000-0000-4000-8000-000000000001') RETURNING 1"),
        "42501");
}

static void refuses_every_pair_of_states_that_the_table_does_not_name(void **state) {
    (void)state;
    assert_string_equal(
        database_cell(&database,
                      "DO $$ DECLARE e text; f text; t text; legal boolean; done boolean; BEGIN"
                      " FOR e, f, t IN SELECT DISTINCT a.event, b.s, c.s FROM request_transition a,"
                      "  "
                      "unnest(ARRAY['draft','submitted','changes_requested','approved','refused','"
                      "revoked','archived']) b(s),"
                      "  "
                      "unnest(ARRAY['draft','submitted','changes_requested','approved','refused','"
                      "revoked','archived']) c(s)"
                      "  WHERE b.s <> c.s LOOP"
                      "  legal := EXISTS (SELECT FROM request_transition x WHERE (x.event, "
                      "x.from_state, x.to_state) = (e, f, t));"
                      "  SET LOCAL session_replication_role = replica;"
                      "  UPDATE request SET state = f;"
                      "  SET LOCAL session_replication_role = origin;"
                      "  BEGIN UPDATE request SET state = t, last_event = e; done := true;"
                      "  EXCEPTION WHEN check_violation THEN done := false; END;"
                      "  IF done <> legal THEN RAISE EXCEPTION '% % -> %', e, f, t; END IF;"
                      " END LOOP;"
                      " SET LOCAL session_replication_role = replica;"
                      " UPDATE request SET state = 'draft', last_event = 'create'; END $$;"
                      "SELECT 'as the table says'"),
        "as the table says");
}

/* Rows as former versions wrote them: each hash over the one before. */
static const char FORMER_ROWS[] =
    "SET session_replication_role = replica;"
    "DELETE FROM audit; DELETE FROM audit_unsealed;"
    "INSERT INTO audit (id, actor_kind, action, subject_type, subject_id, hash)"
    " SELECT i, 'system', 'test.write', 'test', i::text, '' FROM generate_series(1, 5) i;"
    "DO $$ BEGIN FOR i IN 1..5 LOOP"
    "  UPDATE audit SET previous_hash = (SELECT p.hash FROM audit p WHERE p.id = i - 1)"
    "  WHERE id = i;"
    "  UPDATE audit a SET hash = audit_row_hash(a.previous_hash, a) WHERE id = i;"
    " END LOOP; END $$;"
    "INSERT INTO audit_unsealed (audit_id) SELECT id FROM audit;"
    "SET session_replication_role = origin";

static size_t broken_hashes(int64_t *first) {
    ARENA_AUTO(arena);
    int64_t *ids = NULL;
    size_t count = 1;
    struct tx once = tx_once(pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    assert_int_equal(sql_audit_verify(&once, &ids, &count), ERR_NONE);
    *first = count > 0 ? ids[0] : 0;
    return count;
}

static void names_the_former_audit_row_that_was_changed(void **state) {
    (void)state;
    int64_t first = 0;
    assert_true(database_run(&database, FORMER_ROWS));
    assert_int_equal(broken_hashes(&first), 0);
    assert_true(database_run(&database, "SET session_replication_role = replica;"
                                        "UPDATE audit SET action = 'test.forged' WHERE id = 3"));
    assert_int_equal(broken_hashes(&first), 1);
    assert_int_equal(first, 3);
    assert_true(database_run(
        &database, "SET session_replication_role = replica; DELETE FROM audit WHERE id = 3"));
    assert_int_equal(broken_hashes(&first), 1);
    assert_int_equal(first, 4);
}

static void refuses_a_change_of_the_audit_by_the_application(void **state) {
    (void)state;
    assert_true(database_run(&database, "INSERT INTO audit (actor_kind, action, subject_type, "
                                        "subject_id, address) VALUES ('system', 'test.write', "
                                        "'test', '1', '192.0.2.1')"));
    assert_string_equal(seen_by(OWN, "UPDATE audit SET action = '' RETURNING 1"), "42501");
    /* The address alone may be forgotten, and only of a row that is sealed. */
    assert_string_equal(seen_by(OWN, "UPDATE audit SET address = NULL RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "UPDATE audit SET address = 'x' RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "DELETE FROM audit RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "UPDATE audit_seal SET place = 1 RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "DELETE FROM audit_seal RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "DELETE FROM habilitation RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "UPDATE decision SET reason = '' RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "DELETE FROM decision RETURNING 1"), "42501");
    assert_string_equal(seen_by(OWN, "DELETE FROM request_transition RETURNING 1"), "42501");
}

/* A request of Lyon's, approved twice: the first habilitation is superseded. */
static void approve_twice(void) {
    static bool done;
    if (done) {
        return;
    }
    done = true;
    assert_true(database_run(
        &database,
        "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
        " ('00000000-0000-4000-8000-000000000003', 'i@dinum.example', 'i@dinum.example', 'I', 'I',"
        "  'active'),"
        " ('00000000-0000-4000-8000-000000000004', 'x@else.example', 'x@else.example', 'X', 'X',"
        "  'active'),"
        " ('00000000-0000-4000-8000-000000000005', 'c@else.example', 'c@else.example', 'C', 'C',"
        "  'active');"
        "INSERT INTO membership (account_id, siret, state, ground) VALUES"
        " ('00000000-0000-4000-8000-000000000004', '21690123100011', 'external', 'support');"
        "INSERT INTO staff_role (account_id, role, product) VALUES"
        " ('00000000-0000-4000-8000-000000000003', 'reporter', 'api-entreprise'),"
        " ('00000000-0000-4000-8000-000000000002', 'manager', 'other');"
        "INSERT INTO request (id, product, use_case, form_version, siret, applicant_id, fields)"
        " VALUES ('00000000-0000-4000-8000-0000000000bb', 'api-entreprise', 'demande-libre', '1',"
        "  '21690123100011', '00000000-0000-4000-8000-000000000004',"
        "  '{\"contacts\": {\"technical\": {\"email\": \"c@else.example\"}}}');"
        "UPDATE request SET state = 'submitted', last_event = 'submit', first_submitted_at = now()"
        " WHERE id = '00000000-0000-4000-8000-0000000000bb';"
        "INSERT INTO decision (id, request_id, outcome, decided_by, request_version) SELECT"
        " ('00000000-0000-4000-8000-00000000000' || i)::uuid,"
        " '00000000-0000-4000-8000-0000000000bb', 'approve',"
        " '00000000-0000-4000-8000-000000000003', 1 FROM generate_series(1, 2) i;"
        "INSERT INTO habilitation (id, request_id, decision_id, product, use_case, form_version,"
        " siret, applicant_id, scopes, snapshot, confirmation_code)"
        " SELECT d.id, r.id, d.id, r.product, r.use_case, r.form_version, r.siret, r.applicant_id,"
        " '{a}', '{}', d.id FROM request r JOIN decision d ON d.request_id = r.id;"
        "UPDATE request SET state = 'approved', last_event = 'approve',"
        " habilitation_id = '00000000-0000-4000-8000-000000000001'"
        " WHERE id = '00000000-0000-4000-8000-0000000000bb';"
        "UPDATE request SET habilitation_id = '00000000-0000-4000-8000-000000000002'"
        " WHERE id = '00000000-0000-4000-8000-0000000000bb';"));
}

static void shows_a_habilitation_to_those_who_see_its_request(void **state) {
    (void)state;
    static const char COUNT[] = "SELECT count(*) FROM habilitation";
    approve_twice();
    assert_string_equal(seen_by(OWN, COUNT), "2");
    assert_string_equal(seen_by("00000000-0000-4000-8000-000000000003", COUNT), "2");
    /* Its applicant, while accepted as external and no longer. */
    assert_string_equal(seen_by("00000000-0000-4000-8000-000000000004", COUNT), "2");
    assert_true(database_run(&database, "UPDATE membership SET state = 'left' WHERE account_id ="
                                        " '00000000-0000-4000-8000-000000000004'"));
    assert_string_equal(seen_by("00000000-0000-4000-8000-000000000004", COUNT), "0");
    assert_string_equal(
        seen_by("00000000-0000-4000-8000-000000000004", "SELECT count(*) FROM request"), "0");
    assert_string_equal(seen_by("00000000-0000-4000-8000-000000000005", COUNT), "2");
    assert_string_equal(seen_by(OTHER, COUNT), "0");
    assert_string_equal(seen_by("", COUNT), "0");
    assert_string_equal(seen_by(OWN, "SET LOCAL app.client_siret = '21590350100017';"
                                     "SELECT count(*) FROM habilitation"),
                        "0");
    assert_string_equal(seen_by(OWN, "SET LOCAL app.client_product = 'other';"
                                     "SELECT count(*) FROM habilitation"),
                        "0");
}

/* Roles count while the account is active and, where the setting demands it, has a second factor. */
static void shows_nothing_to_staff_whose_roles_do_not_count(void **state) {
    (void)state;
    static const char STAFF[] = "00000000-0000-4000-8000-000000000003";
    static const char REQUESTS[] = "SELECT count(*) FROM request";
    static const char DEMANDED[] = "SET LOCAL app.staff_second_factor = 'on';"
                                   "SELECT count(*) FROM request r, habilitation h";
    approve_twice();
    assert_string_equal(seen_by(STAFF, DEMANDED), "2"); /* a reporter needs none */
    assert_true(database_run(&database, "UPDATE staff_role SET role = 'instructor'"
                                        " WHERE product = 'api-entreprise'"));
    assert_string_equal(seen_by(STAFF, REQUESTS), "1");
    assert_string_equal(seen_by(STAFF, DEMANDED), "0");
    assert_true(database_run(&database, "INSERT INTO second_factor VALUES"
                                        " ('00000000-0000-4000-8000-000000000003', 'x', now())"));
    assert_string_equal(seen_by(STAFF, DEMANDED), "2");
    assert_true(database_run(&database,
                             "UPDATE account SET suspended_at = now(), suspension_reason = 'x'"
                             " WHERE id = '00000000-0000-4000-8000-000000000003'"));
    assert_string_equal(seen_by(STAFF, REQUESTS), "0");
}

static void allows_changes_only_to_the_state_of_a_habilitation(void **state) {
    (void)state;
    static const char STANDS[] = "SELECT string_agg(state, ' ' ORDER BY id) FROM habilitation";
    approve_twice();
    assert_string_equal(database_cell(&database, STANDS), "superseded active");
    assert_true(database_run(&database,
                             "UPDATE request SET state = 'revoked', last_event = 'revoke'"
                             " WHERE id = '00000000-0000-4000-8000-0000000000bb'"));
    assert_string_equal(database_cell(&database, STANDS), "revoked revoked");
    assert_string_equal(seen_by(OWN, "UPDATE habilitation SET state = 'active' RETURNING 1"),
                        "42501");
    assert_false(database_run(&database, "UPDATE habilitation SET scopes = '{b}'"));
    assert_false(database_run(&database, "DELETE FROM habilitation"));
}

/* What a list of requests reads past the policies is what they show, whatever is asked for: the page, a search for words and
 * one for a number, for everybody and for programs that are bound. */
static void lists_and_searches_the_requests_that_the_policies_show(void **state) {
    (void)state;
    static const char *const PERSONS[] = {
        OWN,
        OTHER,
        "00000000-0000-4000-8000-000000000003", /* staff of the product, then suspended */
        "00000000-0000-4000-8000-000000000004", /* an applicant who left */
        "00000000-0000-4000-8000-000000000005", /* a contact */
        "00000000-0000-4000-8000-000000000006", /* an administrator */
        "00000000-0000-4000-8000-000000000007", /* nobody */
    };
    static const char *const BINDINGS[] = {
        "SELECT 1",
        "SET LOCAL app.client_siret = '21690123100011'",
        "SET LOCAL app.client_siret = '21590350100017'",
        "SET LOCAL app.client_product = 'api-entreprise'",
        "SET LOCAL app.client_product = 'other'",
        "SET LOCAL app.staff_second_factor = 'on'",
    };
    static const char *const WORDS[] = {"NULL", "'lyon'", "'D' || n.number"};
    static const char *const CHANGES[] = {
        "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
        " ('00000000-0000-4000-8000-000000000006', 'adm@dinum.example', 'adm@dinum.example', 'A', "
        "'M', 'active');"
        "INSERT INTO staff_role (account_id, role) VALUES ('00000000-0000-4000-8000-000000000006', "
        "'admin')",
        "UPDATE account SET suspended_at = NULL, suspension_reason = NULL",
        "UPDATE membership SET state = 'external' WHERE state = 'left'",
        "UPDATE account SET suspended_at = now(), suspension_reason = 'x' WHERE email LIKE "
        "'%@else.example'",
        "UPDATE account SET suspended_at = NULL, suspension_reason = NULL;"
        "INSERT INTO membership (account_id, siret, state) VALUES "
        "('00000000-0000-4000-8000-000000000005', '21690123100011',"
        " 'refused')",
    };
    approve_twice();
    size_t shown = 0;
    for (size_t c = 0; c < sizeof CHANGES / sizeof CHANGES[0]; c++) {
        assert_true(database_run(&database, CHANGES[c]));
        for (size_t p = 0; p < sizeof PERSONS / sizeof PERSONS[0]; p++) {
            for (size_t b = 0; b < sizeof BINDINGS / sizeof BINDINGS[0]; b++) {
                char sql[1024];
                char policies[256];
                (void)snprintf(
                    sql, sizeof sql,
                    "%s; SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM request",
                    BINDINGS[b]);
                (void)snprintf(policies, sizeof policies, "%s", seen_by(PERSONS[p], sql));
                shown += *policies != '\0';
                for (size_t w = 0; w < sizeof WORDS / sizeof WORDS[0]; w++) {
                    (void)snprintf(sql, sizeof sql,
                                   "%s; SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') "
                                   "FROM (SELECT DISTINCT f.id"
                                   " FROM generate_series(1, 9) n (number), requests_page('%s', "
                                   "NULL, NULL, NULL, NULL, %s, NULL, NULL,"
                                   " n.number %% 2 = 0, 100, NULL, NULL) f) x",
                                   BINDINGS[b], PERSONS[p], WORDS[w]);
                    assert_string_equal(seen_by(PERSONS[p], sql), policies);
                }
            }
        }
    }
    assert_true(shown > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_the_requests_of_other_organisations),
        cmocka_unit_test(hides_registrations_from_everybody),
        cmocka_unit_test(refuses_a_request_for_another_host),
        cmocka_unit_test(refuses_every_pair_of_states_that_the_table_does_not_name),
        cmocka_unit_test(refuses_a_change_of_the_audit_by_the_application),
        cmocka_unit_test(names_the_former_audit_row_that_was_changed),
        cmocka_unit_test(shows_a_habilitation_to_those_who_see_its_request),
        cmocka_unit_test(allows_changes_only_to_the_state_of_a_habilitation),
        cmocka_unit_test(shows_nothing_to_staff_whose_roles_do_not_count),
        cmocka_unit_test(lists_and_searches_the_requests_that_the_policies_show),
    };
    return cmocka_run_group_tests(tests, create, drop);
}

/* The program of the last release goes on working on a database that this one migrated: its statements prepare there,
 * with the types and the rights that it knows. sql/releases/VERSION.jsonl holds them, as they were when it was made;
 * `build/tests/store_releases VERSION` prints the file of this tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "database.h"
#include "engine/catalogue.h"
#include "engine/migrate.h"
#include "signatures.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 8192, PATH_BYTES = 512 };

/* What a file holds. */
struct release {
    struct arena arena;
    int version[3];
    const char *last_migration;
    struct sql *statements;
    size_t statements_count;
    struct schema_text *texts;
    size_t texts_count;
};

static struct release release;

/* --- The file ---------------------------------------------------------------------------------- */

static const char *const NULLS[] = {
    [SQL_NOT_NULL] = "never", [SQL_NULLABLE] = "may be", [SQL_ENSURED] = "not here"};

static struct value *members_value(struct arena *arena, const struct sql_member *members,
                                   size_t count) {
    struct value *list = value_array(arena);
    for (size_t i = 0; i < count; i++) {
        struct value *one = value_object(arena);
        value_set_text(arena, one, "name", members[i].name);
        value_set_text(arena, one, "type", members[i].type);
        value_set_text(arena, one, "null", NULLS[members[i].null]);
        value_push(list, one);
    }
    return list;
}

static void print_line(struct arena *arena, const struct value *line) {
    (void)puts(json_text(arena, line));
}

static int print_release(const char *version) {
    ARENA_AUTO(arena);
    struct value *head = value_object(&arena);
    value_set_text(&arena, head, "release", version);
    value_set_text(&arena, head, "last_migration", MIGRATIONS[MIGRATIONS_COUNT - 1].name);
    print_line(&arena, head);
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        struct value *line = value_object(&arena);
        value_set_text(&arena, line, "statement", (*sql)->name);
        value_set_text(&arena, line, "text", (*sql)->text);
        value_set(line, "params", members_value(&arena, (*sql)->params, (*sql)->params_count));
        value_set(line, "columns", members_value(&arena, (*sql)->columns, (*sql)->columns_count));
        print_line(&arena, line);
    }
    for (size_t i = 0; i < SCHEMA_TEXTS_COUNT; i++) {
        struct value *line = value_object(&arena);
        value_set_text(&arena, line, "replayed", SCHEMA_TEXTS[i].name);
        value_set_text(&arena, line, "text", SCHEMA_TEXTS[i].text);
        print_line(&arena, line);
    }
    return 0;
}

static enum sql_null null_of(const char *text) {
    enum sql_null null = SQL_NOT_NULL;
    while (strcmp(NULLS[null], text) != 0) {
        assert_true(null < SQL_ENSURED);
        null++;
    }
    return null;
}

static const struct sql_member *read_members(const struct value *list, size_t *count) {
    *count = value_count(list);
    struct sql_member *members = ARENA_ARRAY(&release.arena, struct sql_member, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        const struct value *one = value_item(list, i);
        members[i] = (struct sql_member){.name = value_get_text(one, "name"),
                                         .type = value_get_text(one, "type"),
                                         .null = null_of(value_get_text(one, "null"))};
    }
    return members;
}

static void read_statement(const struct value *line) {
    struct sql *sql = &release.statements[release.statements_count++];
    *sql = (struct sql){.name = value_get_text(line, "statement"),
                        .text = value_get_text(line, "text")};
    sql->params = read_members(value_get(line, "params"), &sql->params_count);
    sql->columns = read_members(value_get(line, "columns"), &sql->columns_count);
}

static void read_line(const char *text) {
    struct value *line = NULL;
    assert_int_equal(json_parse(&release.arena, text, strlen(text), &line, NULL), ERR_NONE);
    if (value_get_text(line, "release") != NULL) {
        release.last_migration = value_get_text(line, "last_migration");
    } else if (value_get_text(line, "statement") != NULL) {
        read_statement(line);
    } else {
        release.texts[release.texts_count++] = (struct schema_text){
            .name = value_get_text(line, "replayed"), .text = value_get_text(line, "text")};
    }
}

static void read_release(const char *path) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    arena_init(&release.arena);
    release.statements = ARENA_ARRAY(&release.arena, struct sql, LINES_MAX);
    release.texts = ARENA_ARRAY(&release.arena, struct schema_text, LINES_MAX);
    for (size_t lines = 0; getline(&text, &size, file) > 0; lines++) {
        assert_true(lines < LINES_MAX);
        text[strcspn(text, "\n")] = '\0';
        read_line(arena_strdup(&release.arena, text));
    }
    free(text);
    (void)fclose(file);
}

static bool is_later(const int one[3], const int other[3]) {
    size_t i = 0;
    while (i < 2 && one[i] == other[i]) {
        i++;
    }
    return one[i] > other[i];
}

/* "1.2.3.jsonl"; false for another name. */
static bool read_version(const char *name, int version[3]) {
    char *end = NULL;
    for (size_t i = 0; i < 3; i++) {
        version[i] = (int)strtol(name, &end, 10);
        if (end == name || *end != '.') {
            return false;
        }
        name = end + 1;
    }
    return strcmp(name, "jsonl") == 0;
}

/* The file of the last release. */
static int find_last(void **state) {
    char path[PATH_BYTES] = "";
    DIR *folder = opendir(RELEASES_DIR);
    (void)state;
    json_init();
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int version[3];
        if (read_version(entry->d_name, version) &&
            (*path == '\0' || is_later(version, release.version))) {
            memcpy(release.version, version, sizeof version);
            (void)snprintf(path, sizeof path, "%s/%s", RELEASES_DIR, entry->d_name);
        }
    }
    (void)closedir(folder);
    assert_string_not_equal(path, "");
    read_release(path);
    assert_true(release.statements_count > 100 && release.texts_count > 50);
    return 0;
}

static int forget(void **state) {
    (void)state;
    arena_clear(&release.arena);
    return 0;
}

/* --- A database as the last release left it ------------------------------------------------------ */

static void run_params(PGconn *pg, const char *text, int count, const char *const *values) {
    PGresult *result = PQexecParams(pg, text, count, NULL, values, NULL, NULL, 0);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
}

static void run_as_migrate_does(PGconn *pg, const char *text) {
    PGresult *result = PQexec(pg, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        fail_msg("%s", PQresultErrorMessage(result));
    }
    PQclear(result);
}

static const char TABLES[] =
    "SET client_min_messages = warning; SET check_function_bodies = off;"
    "CREATE TABLE schema_migration (version integer CONSTRAINT schema_migration_pk PRIMARY KEY,"
    " name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    "CREATE TABLE schema_text (name text CONSTRAINT schema_text_pk PRIMARY KEY,"
    " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    "CREATE TABLE schema_text_set (checksum text CONSTRAINT schema_text_set_pk PRIMARY KEY,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

static void run_migrations(PGconn *pg) {
    size_t i = 0;
    do {
        char version[16];
        (void)snprintf(version, sizeof version, "%d", MIGRATIONS[i].version);
        const char *const values[] = {version, MIGRATIONS[i].name, MIGRATIONS[i].text};
        run_as_migrate_does(pg, MIGRATIONS[i].text);
        run_params(pg,
                   "INSERT INTO schema_migration VALUES ($1::int, $2,"
                   " encode(sha256(convert_to($3, 'UTF8')), 'hex'))",
                   3, values);
    } while (strcmp(MIGRATIONS[i++].name, release.last_migration) != 0 && i < MIGRATIONS_COUNT);
}

static void make_former(struct database *database) {
    database_create(database, false);
    PGconn *pg = PQconnectdb(database->owner_url);
    run_as_migrate_does(pg, TABLES);
    run_migrations(pg);
    for (size_t i = 0; i < release.texts_count; i++) {
        const char *const values[] = {release.texts[i].name, release.texts[i].text};
        run_as_migrate_does(pg, release.texts[i].text);
        run_params(pg,
                   "INSERT INTO schema_text VALUES ($1,"
                   " encode(sha256(convert_to($2, 'UTF8')), 'hex'))",
                   2, values);
    }
    run_as_migrate_does(pg, SQL_ROLES);
    PQfinish(pg);
}

/* --- Tests ---------------------------------------------------------------------------------------- */

static void check_release(const struct database *database, struct signatures_report *report) {
    PGconn *pg = PQconnectdb(database->app_url);
    *report = (struct signatures_report){.is_of_former = true};
    for (size_t i = 0; i < release.statements_count; i++) {
        signatures_check(pg, &release.statements[i], report);
        signatures_check_rights(pg, &release.statements[i], report);
    }
    PQfinish(pg);
}

static void names_a_migration_that_there_is(void **state) {
    (void)state;
    size_t i = 0;
    while (i < MIGRATIONS_COUNT && strcmp(MIGRATIONS[i].name, release.last_migration) != 0) {
        i++;
    }
    assert_true(i < MIGRATIONS_COUNT);
}

static void its_program_goes_on_after_migrate(void **state) {
    static struct signatures_report report;
    struct migrate_report migrated;
    struct database database;
    (void)state;
    make_former(&database);
    assert_int_equal(migrate_run(database.owner_url, MIGRATE_TRIES, &migrated), ERR_NONE);
    assert_string_equal(migrated.message, "");
    check_release(&database, &report);
    assert_string_equal(report.text, "");
    /* And this one, on what an overload of before might make ambiguous. */
    PGconn *pg = PQconnectdb(database.app_url);
    for (const struct sql *const *sql = SQL_ALL; *sql != NULL; sql++) {
        signatures_check(pg, *sql, &report);
    }
    PQfinish(pg);
    assert_string_equal(report.text, "");
    database_drop(&database);
}

/* A function whose parameters changed is another one: in a database of before, the former one stays by chance. */
static void its_program_works_in_a_new_database(void **state) {
    static struct signatures_report report;
    struct database database;
    (void)state;
    database_create(&database, true);
    check_release(&database, &report);
    assert_string_equal(report.text, "");
    database_drop(&database);
}

/* What a release must not do, each in a database of its own. */
static void reports_what_would_break_it(void **state) {
    static const struct {
        const char *sql;
        const char *said;
    } ROWS[] = {
        {"ALTER FUNCTION requests_found RENAME TO requests_were_found", "requests_found"},
        {"DROP FUNCTION token_state", "token_state"},
        {"ALTER TABLE token RENAME COLUMN allowed_ips TO addresses", "allowed_ips"},
        {"DROP TABLE saved_filter CASCADE", "saved_filter"},
        {"ALTER TABLE signing_key ALTER COLUMN sealed_private_pem DROP NOT NULL",
         "sealed_private_pem” may be NULL"},
        {"ALTER TABLE master_key ALTER COLUMN canary TYPE bytea USING convert_to(canary, 'UTF8')",
         "canary"},
        {"REVOKE UPDATE ON token FROM guichet_app", "permission denied for table token"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        static struct signatures_report report;
        struct database database;
        database_create(&database, true);
        /* CASCADE: what depends on it is not what is tested. */
        char sql[256];
        (void)snprintf(sql, sizeof sql, "%s%s", ROWS[i].sql,
                       strncmp(ROWS[i].sql, "DROP FUNCTION", 13) == 0 ? " CASCADE" : "");
        assert_true(database_run(&database, sql));
        check_release(&database, &report);
        if (strstr(report.text, ROWS[i].said) == NULL) {
            fail_msg("%s: %s", ROWS[i].sql, report.text);
        }
        database_drop(&database);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_a_migration_that_there_is),
        cmocka_unit_test(its_program_goes_on_after_migrate),
        cmocka_unit_test(its_program_works_in_a_new_database),
        cmocka_unit_test(reports_what_would_break_it),
    };
    return argc > 1 ? print_release(argv[1]) : cmocka_run_group_tests(tests, find_last, forget);
}

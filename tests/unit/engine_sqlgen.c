/* The generator of typed SQL: what it refuses, with the words that say what to do, and what it writes. */
#include "engine/sqlgen/sqlgen.h"
#include "test.h"
#include <string.h>

struct file {
    const char *name;
    const char *content;
};

/* The mistakes of these files, or "". */
static const char *mistakes_of(struct heap *heap, const struct file *files, size_t count,
                               struct statements *statements) {
    struct mistakes mistakes = {.text = {.heap = heap}};
    *statements = (struct statements){.items = heap_alloc(heap, sizeof(struct statement) * count),
                                      .count = count};
    for (size_t i = 0; i < count; i++) {
        struct statement *statement = &statements->items[i];
        statement->room = "room";
        statement->name = files[i].name;
        statement->path = heap_printf(heap, "%s.sql", files[i].name);
        (void)statement_parse(heap, &mistakes, files[i].content, statement);
    }
    if (mistakes.count == 0) {
        statements_check(statements, &mistakes);
    }
    return mistakes.count > 0 ? mistakes.text.text : "";
}

#define NO_SIGNATURE                                                                               \
    "q.sql:1: no signature: “script/with-database build/tests/store_statements q.sql” prints the " \
    "one that PostgreSQL sees\n"

static const struct {
    const char *content;
    const char *message;
} WRONG[] = {
    /* The description. */
    {"-- :exec ()\nSELECT 1",
     "q.sql:1: no sentence: say in the first line what the statement does\n"},
    {"-- Does it\n-- :exec ()\nSELECT 1", "q.sql:1: the description ends without a full stop\n"},
    {"-- Does it to $1.\n-- :exec (a text)\nSELECT $1",
     "q.sql:1: “$1” in the description: use the parameter's name from the signature\n"},
    {"-- Does it */.\n-- :exec ()\nSELECT 1", "q.sql:1: a description may not hold “*/”\n"},
    /* The signature. */
    {"SELECT 1", NO_SIGNATURE},
    {"-- Only a sentence.\nSELECT 1", NO_SIGNATURE},
    /* The kind. */
    {"-- Does it.\n-- :first ()\nSELECT 1",
     "q.sql:2: expected one of :one :opt :many :exec :affected :copy, found “:first”\n"},
    {"-- Does it.\n-- :exec () -> n int4\nSELECT 1",
     "q.sql:2: this kind returns no columns: use :one, :opt or :many\n"},
    {"-- Does it.\n-- :one ()\nSELECT 1",
     "q.sql:2: expected “-> row (name type, …)”, “-> row” or “-> name type”, found “the end of the "
     "header”\n"},
    {"-- Does it.\n-- :copy (a text)\nCOPY t FROM STDIN",
     "q.sql:2: COPY takes no parameters: write “:copy ()”\n"},
    {"-- Does it.\n-- :one () -> row ()\nSELECT 1",
     "q.sql:2: a row without columns: use :exec or :affected\n"},
    /* Names and types. */
    {"-- Does it.\n-- :exec (\n--     a text,\n--     a text)\nSELECT $1, $2",
     "q.sql:4: “a” is named twice\n"},
    {"-- Does it.\n-- :one () -> default text\nSELECT ''",
     "q.sql:2: “default” is a word of C: choose another name (AS …)\n"},
    {"-- Does it.\n-- :opt () -> found bool\nSELECT true AS found",
     "q.sql:2: a result “found” would clash with a parameter of the function: choose another name "
     "(AS …)\n"},
    {"-- Does it.\n-- :exec (1st text)\nSELECT $1",
     "q.sql:2: expected the parameters (name type, …), found “1st”\n"},
    {"-- Does it.\n-- :exec (First text)\nSELECT $1",
     "q.sql:2: expected the parameters (name type, …), found “First”\n"},
    {"-- Does it.\n-- :exec (a)\nSELECT $1",
     "q.sql:2: expected the type of “a” (text uuid json jsonb timestamptz date interval inet cidr "
     "numeric name bpchar int2 int4 int8 float4 float8 bool bytea), found “)”\n"},
    {"-- Does it.\n-- :exec (a bigint)\nSELECT $1",
     "q.sql:2: unknown type “bigint”: write one of text uuid json jsonb timestamptz date interval "
     "inet cidr numeric name bpchar int2 int4 int8 float4 float8 bool bytea\n"},
    {"-- Does it.\n-- :exec (a text!)\nSELECT $1",
     "q.sql:2: “!” belongs to columns: parameter “a” is “text” or, where NULL may be passed, "
     "“text?”\n"},
    /* Signs. */
    {"-- Does it.\n-- :exec\nSELECT 1",
     "q.sql:2: expected “(” and the parameters (name type, …), found “the end of the header”\n"},
    {"-- Does it.\n-- :exec (a text b text)\nSELECT $1, $2",
     "q.sql:2: expected “,” or “)”, found “b”\n"},
    {"-- Does it.\n-- :exec (a text\nSELECT $1",
     "q.sql:2: expected “,” or “)”, found “the end of the header”\n"},
    {"-- Does it.\n-- :exec (a text;)\nSELECT $1", "q.sql:2: expected “,” or “)”, found “;)”\n"},
    {"-- Does it.\n-- :exec ()\n-- Really.\nSELECT 1",
     "q.sql:3: “Really.” behind the signature: sentences stand before it\n"},
    {"-- Does it.\n-- :exec (-- what\n--     a text)\nSELECT $1",
     "q.sql:2: a comment stands behind the member that it explains, one for each\n"},
    {"-- Does it.\n-- :exec (a text) -- one */\nSELECT $1",
     "q.sql:2: a comment may not hold “*/”: it becomes one of C\n"},
    /* The text. */
    {"-- Does it.\n-- :exec ()\n", "q.sql:3: no statement follows the header\n"},
    {"-- Does it.\n-- :exec (a text)\nSELECT $1,\n       $2",
     "q.sql:4: the text uses $2, the signature names 1 parameter: add it there\n"},
    {"-- Does it.\n-- :exec (a text, b text)\nSELECT $1",
     "q.sql:2: parameter 2, “b”, is not used: write $2 in the text or drop it\n"},
    {"-- Does it.\n-- :exec (a text)\nSELECT '$1', \"$1\", $x$ $1 $x$, /* $1 /* */ $1 */ E'\\'$1' "
     "-- $1",
     "q.sql:2: parameter 1, “a”, is not used: write $1 in the text or drop it\n"},
    {"-- Does it.\n-- :one () -> elsewhere\nSELECT 1",
     "q.sql:2: no statement declares the row “elsewhere”: write its columns here, “-> elsewhere "
     "(name type, …)”\n"},
};

static void says_what_is_wrong_and_what_is_accepted(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct heap heap = {0};
        struct statements statements;
        const struct file file = {"q", WRONG[i].content};
        const char *found = mistakes_of(&heap, &file, 1, &statements);
        if (strcmp(found, WRONG[i].message) != 0) {
            print_error("%s\n", WRONG[i].content);
        }
        assert_string_equal(found, WRONG[i].message);
        heap_free(&heap);
    }
}

static void accepts_valid_signatures_in_other_forms(void **state) {
    static const char *const RIGHT[] = {
        "-- Does it.\n-- :exec (a text)\nSELECT $1, 'it''s $2', E'\\\\', a$2, $$ $3 $$, 'x' -- "
        "$4\n",
        "-- Does it.\n-- In: two sentences.\n-- :one () -> n int4\nSELECT 1 AS n",
        "--Does it.\n--:exec()\nSELECT 1",
        "-- Does it.\n-- :many (ids uuid[], -- some\n--     at timestamptz?) -- when\n--     -> r "
        "(\n"
        "--     a text[]?, -- one\n--     b int8!) -- two\nSELECT $1, $2",
    };
    (void)state;
    for (size_t i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++) {
        struct heap heap = {0};
        struct statements statements;
        const struct file file = {"q", RIGHT[i]};
        assert_string_equal(mistakes_of(&heap, &file, 1, &statements), "");
        heap_free(&heap);
    }
}

static void compares_the_signatures_of_all_files(void **state) {
    static const struct file FILES[] = {
        {"a", "-- Does it.\n-- :one () -> r (x text, y int4?)\nSELECT 1"},
        {"b", "-- Does it.\n-- :one () -> r\nSELECT 1"},
        {"c", "-- Does it.\n-- :many () -> r (x text, y int4)\nSELECT 1"},
        {"d", "-- Does it.\n-- :opt () -> r (x text, y int4?)\nSELECT 1"},
        {"a", "-- Does it.\n-- :exec ()\nSELECT 1"},
    };
    (void)state;
    struct heap heap = {0};
    struct statements statements;
    assert_string_equal(mistakes_of(&heap, FILES, 5, &statements),
                        "c.sql:2: the row “r” has other columns in a.sql: make them equal, write "
                        "“-> r” alone, or give this one another name\n"
                        "a.sql:1: sql_a is a.sql already: a name occurs once in all rooms\n");
    assert_int_equal(statements.items[1].columns.count, 2);
    heap_free(&heap);
}

static void lists_the_mistakes_of_all_files(void **state) {
    static const struct file FILES[] = {{"a", "-- Does it.\n-- :none ()\nSELECT 1"},
                                        {"b", "-- Does it.\n-- :exec (a)\nSELECT 1"}};
    (void)state;
    struct heap heap = {0};
    struct statements statements;
    const char *found = mistakes_of(&heap, FILES, 2, &statements);
    assert_non_null(strstr(found, "a.sql:2: "));
    assert_non_null(strstr(found, "b.sql:2: "));
    heap_free(&heap);
}

static void generates_functions_that_match_the_signature(void **state) {
    static const struct file FILES[] = {
        {"thing_find",
         "-- Finds a thing.\n-- :opt (id uuid, of text?) -> thing (\n"
         "--     name text, -- as people call it\n--     size int8?)\n"
         "SELECT name, size FROM thing WHERE id = $1 AND of = $2 AND x <> '\"\\?'\n"}};
    (void)state;
    struct heap heap = {0};
    struct statements statements;
    struct out header = {.heap = &heap};
    struct out source = {.heap = &heap};
    assert_string_equal(mistakes_of(&heap, FILES, 1, &statements), "");
    emit_header(&header, statements.items, 1);
    emit_source(&source, statements.items, 1);
    assert_string_equal(
        header.text,
        "/* Generated by sqlgen from sql/queries/room. */\n"
        "#ifndef GUICHET_SQL_ROOM_H\n"
        "#define GUICHET_SQL_ROOM_H\n"
        "#include \"engine/statement.h\"\n"
        "\n"
        "struct thing {\n"
        "    const char *name; /* as people call it */\n"
        "    struct nullable_int size;\n"
        "};\n"
        "\n"
        "/* Finds a thing. Without a row `*found` is false and the result zeroed. "
        "(room/thing_find.sql) "
        "*/\n"
        "struct SQL_BY_NAME sql_thing_find_params {\n"
        "    const char *id; /* uuid */\n"
        "    const char *of; /* text, or NULL */\n"
        "};\n"
        "MUST_CHECK enum err sql_thing_find_(struct tx *tx, bool *found, struct thing *row, const "
        "struct sql_thing_find_params *params);\n"
        "#define sql_thing_find(tx, found, row, ...) \\\n"
        "    sql_thing_find_((tx), (found), (row), \\\n"
        "        SQL_PARAMS(2, struct sql_thing_find_params, __VA_ARGS__))\n"
        "\n"
        "#endif\n");
    assert_non_null(strstr(source.text, "    {\"size\", \"int8\", SQL_INT, SQL_NULLABLE, "
                                        "offsetof(struct thing, size)},\n"));
    assert_non_null(strstr(source.text, "AND x <> '\\\"\\\\\\?'\\n\",\n"));
    assert_null(strstr(source.text, "Finds a thing"));
    heap_free(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_and_what_is_accepted),
        cmocka_unit_test(accepts_valid_signatures_in_other_forms),
        cmocka_unit_test(compares_the_signatures_of_all_files),
        cmocka_unit_test(lists_the_mistakes_of_all_files),
        cmocka_unit_test(generates_functions_that_match_the_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

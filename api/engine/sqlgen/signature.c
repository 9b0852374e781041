#include "engine/sqlgen/sqlgen.h"
#include <string.h>

enum { MEMBERS_MAX = 40 }; /* PARAMS_MAX of engine/connection.c, and SQL_ARITY of statement.h */

/* Where the parser of one signature stands. */
struct parser {
    struct lexer lexer;
    struct token token; /* the next one */
    struct mistakes *mistakes;
    const char *path;
};

static void advance(struct parser *parser) {
    parser->token = lexer_next(&parser->lexer);
}

static bool fail(struct parser *parser, const char *what) {
    mistake(parser->mistakes, parser->path, parser->token.line, "%s", what);
    return false;
}

static bool is_symbol(const struct parser *parser, const char *symbol) {
    return parser->token.kind == TOKEN_SYMBOL && strcmp(parser->token.text, symbol) == 0;
}

static bool take_symbol(struct parser *parser, const char *symbol) {
    const bool taken = is_symbol(parser, symbol);
    if (taken) {
        advance(parser);
    }
    return taken;
}

static bool fail_expected(struct parser *parser, const char *expected) {
    return fail(parser, heap_printf(parser->lexer.heap, "expected %s, found “%s”", expected,
                                    parser->token.text));
}

static bool parse_kind(struct parser *parser, enum kind *kind) {
    static const char *const KINDS[] = {
        [KIND_ONE] = ":one",   [KIND_OPT] = ":opt",           [KIND_MANY] = ":many",
        [KIND_EXEC] = ":exec", [KIND_AFFECTED] = ":affected", [KIND_COPY] = ":copy",
    };
    for (size_t i = KIND_ONE; i <= KIND_COPY; i++) {
        if (strcmp(parser->token.text, KINDS[i]) == 0) {
            *kind = (enum kind)i;
            advance(parser);
            return true;
        }
    }
    return fail_expected(parser, "one of :one :opt :many :exec :affected :copy");
}

/* A name that is also one in C. */
static bool parse_name(struct parser *parser, const char *what, const char **name) {
    const char *text = parser->token.text;
    if (parser->token.kind != TOKEN_WORD || (*text >= '0' && *text <= '9')) {
        return fail_expected(parser, what);
    }
    if (is_c_keyword(text)) {
        return fail(parser, heap_printf(parser->lexer.heap,
                                        "“%s” is a word of C: choose another name (AS …)", text));
    }
    *name = text;
    advance(parser);
    return true;
}

/* `text`, `uuid[]`, `int8?`, `text!`; `?` and `!` exclude each other. */
static bool parse_type(struct parser *parser, struct sql_member *member) {
    struct heap *heap = parser->lexer.heap;
    const struct token name = parser->token;
    if (name.kind != TOKEN_WORD) {
        return fail_expected(
            parser, heap_printf(heap, "the type of “%s” (%s)", member->name, type_names(heap)));
    }
    advance(parser);
    const bool is_array = take_symbol(parser, "[]");
    member->type_name = is_array ? heap_printf(heap, "%s[]", name.text) : name.text;
    member->type = type_find(name.text, is_array);
    if (member->type == NULL) {
        parser->token = name;
        return fail(parser, heap_printf(heap, "unknown type “%s”: write one of %s", name.text,
                                        type_names(heap)));
    }
    member->is_nullable = take_symbol(parser, "?");
    member->is_ensured = !member->is_nullable && take_symbol(parser, "!");
    return true;
}

static bool has_member(const struct sql_members *members, const char *name) {
    for (size_t i = 0; i < members->count; i++) {
        if (strcmp(members->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Of the member before it. */
static bool parse_comments(struct parser *parser, struct sql_members *members) {
    while (parser->token.kind == TOKEN_COMMENT) {
        if (members->count == 0 || members->items[members->count - 1].comment[0] != '\0') {
            return fail(parser,
                        "a comment stands behind the member that it explains, one for each");
        }
        if (strstr(parser->token.text, "*/") != NULL) {
            return fail(parser, "a comment may not hold “*/”: it becomes one of C");
        }
        members->items[members->count - 1].comment = parser->token.text;
        advance(parser);
    }
    return true;
}

static bool parse_member(struct parser *parser, const char *what, struct sql_members *members) {
    struct sql_member *member = &members->items[members->count];
    member->comment = "";
    const struct token name = parser->token;
    if (!parse_name(parser, what, &member->name)) {
        return false;
    }
    if (has_member(members, member->name)) {
        parser->token = name;
        return fail(parser, heap_printf(parser->lexer.heap, "“%s” is named twice", name.text));
    }
    if (!parse_type(parser, member)) {
        return false;
    }
    members->count++;
    return parse_comments(parser, members);
}

/* "(name type, …)". */
static bool parse_members(struct parser *parser, const char *what, struct sql_members *members) {
    members->items = heap_alloc(parser->lexer.heap, sizeof *members->items * (MEMBERS_MAX + 1));
    if (!take_symbol(parser, "(")) {
        return fail_expected(parser, heap_printf(parser->lexer.heap, "“(” and %s", what));
    }
    while (!take_symbol(parser, ")")) {
        if (members->count > 0 && !take_symbol(parser, ",")) {
            return fail_expected(parser, "“,” or “)”");
        }
        if (!parse_comments(parser, members) || !parse_member(parser, what, members)) {
            return false;
        }
        if (members->count > MEMBERS_MAX) {
            return fail(parser, "more than 40 members: pass or return a document of JSON");
        }
    }
    return parse_comments(parser, members); /* of the last one, behind the “)” */
}

static bool parse_row(struct parser *parser, struct statement *statement) {
    statement->result = RESULT_ROW;
    const int line = parser->token.line;
    if (!parse_members(parser, "the columns (name type, …)", &statement->columns)) {
        return false;
    }
    if (statement->columns.count == 0) {
        parser->token.line = line;
        return fail(parser, "a row without columns: use :exec or :affected");
    }
    return true;
}

/* Names of the other parameters of the function. */
static bool is_taken(const struct statement *statement) {
    static const char *const TAKEN[] = {"tx", "params", "found", "count", "affected"};
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++) {
        if (strcmp(TAKEN[i], statement->row_name) == 0) {
            return true;
        }
    }
    return false;
}

static bool parse_scalar(struct parser *parser, struct statement *statement) {
    if (is_taken(statement)) {
        return fail(parser, heap_printf(parser->lexer.heap,
                                        "a result “%s” would clash with a parameter of the "
                                        "function: choose another name (AS …)",
                                        statement->row_name));
    }
    statement->result = RESULT_SCALAR;
    statement->columns.count = 1;
    statement->columns.items = heap_alloc(parser->lexer.heap, sizeof(struct sql_member));
    statement->columns.items[0].name = statement->row_name;
    statement->columns.items[0].comment = "";
    return parse_type(parser, &statement->columns.items[0]) &&
           parse_comments(parser, &statement->columns);
}

/* "-> row (columns)", "-> row" or "-> name type". */
static bool parse_result(struct parser *parser, struct statement *statement) {
    if (!take_symbol(parser, "->")) {
        return fail_expected(parser, "“-> row (name type, …)”, “-> row” or “-> name type”");
    }
    if (!parse_name(parser, "the name of a row or of one column", &statement->row_name)) {
        return false;
    }
    if (is_symbol(parser, "(")) {
        return parse_row(parser, statement);
    }
    if (parser->token.kind == TOKEN_WORD) {
        return parse_scalar(parser, statement);
    }
    statement->result = RESULT_ROW_REFERENCE;
    return true;
}

static bool check_params(struct parser *parser, const struct statement *statement) {
    const struct sql_members *params = &statement->params;
    parser->token.line = statement->signature_line;
    if (statement->kind == KIND_COPY && params->count > 0) {
        return fail(parser, "COPY takes no parameters: write “:copy ()”");
    }
    for (size_t i = 0; i < params->count; i++) {
        if (params->items[i].is_ensured) {
            return fail(parser, heap_printf(parser->lexer.heap,
                                            "“!” belongs to columns: parameter “%s” is “%s” or, "
                                            "where NULL may be passed, “%s?”",
                                            params->items[i].name, params->items[i].type_name,
                                            params->items[i].type_name));
        }
    }
    return true;
}

static bool parse_signature(struct parser *parser, struct statement *statement) {
    advance(parser);
    if (!parse_kind(parser, &statement->kind) ||
        !parse_members(parser, "the parameters (name type, …)", &statement->params)) {
        return false;
    }
    const bool returns =
        statement->kind == KIND_ONE || statement->kind == KIND_OPT || statement->kind == KIND_MANY;
    if (!returns && is_symbol(parser, "->")) {
        return fail(parser, "this kind returns no columns: use :one, :opt or :many");
    }
    if (returns && !parse_result(parser, statement)) {
        return false;
    }
    if (parser->token.kind != TOKEN_END) {
        return fail(parser, heap_printf(parser->lexer.heap,
                                        "“%s” behind the signature: sentences stand before it",
                                        parser->token.text));
    }
    return check_params(parser, statement);
}

/* --- The parts of a file ---------------------------------------------------------------------- */

static const char *next_line(const char *at) {
    at += strcspn(at, "\n");
    return *at == '\n' ? at + 1 : at;
}

/* "-- :" and a letter. */
static bool begins_signature(const char *line) {
    line += 2;
    line += strspn(line, " ");
    return line[0] == ':' && line[1] >= 'a' && line[1] <= 'z';
}

/* The sentences as one line. */
static const char *join_lines(struct heap *heap, const char *from, const char *to) {
    struct out out = {.heap = heap};
    while (from < to) {
        const char *line = from + 2;
        line += strspn(line, " ");
        const size_t length = strcspn(line, "\n");
        out_printf(&out, "%s%.*s", out.length > 0 && length > 0 ? " " : "", (int)length, line);
        from = next_line(from);
    }
    return out.text != NULL ? out.text : "";
}

static bool check_description(struct mistakes *mistakes, const struct statement *statement) {
    const char *text = statement->description;
    if (*text == '\0') {
        mistake(mistakes, statement->path, 1,
                "no sentence: say in the first line what the statement does");
        return false;
    }
    if (text[strlen(text) - 1] != '.') {
        mistake(mistakes, statement->path, statement->signature_line - 1,
                "the description ends without a full stop");
        return false;
    }
    const char *dollar = strchr(text, '$');
    if (dollar != NULL && dollar[1] >= '1' && dollar[1] <= '9') {
        mistake(mistakes, statement->path, 1,
                "“%.2s” in the description: use the parameter's name from the signature", dollar);
        return false;
    }
    if (strstr(text, "*/") != NULL) {
        mistake(mistakes, statement->path, 1, "a description may not hold “*/”");
        return false;
    }
    return true;
}

bool statement_parse(struct heap *heap, struct mistakes *mistakes, const char *content,
                     struct statement *statement) {
    const char *signature = NULL;
    const char *at = content;
    int line = 1;
    for (; strncmp(at, "--", 2) == 0; at = next_line(at), line++) {
        if (signature == NULL && begins_signature(at)) {
            signature = at;
            statement->signature_line = line;
        }
    }
    statement->text = heap_strndup(heap, at, strlen(at));
    statement->text_line = line;
    if (signature == NULL) {
        mistake(
            mistakes, statement->path, 1,
            "no signature: “script/with-database build/tests/store_statements %s” prints the one "
            "that PostgreSQL sees",
            statement->path);
        return false;
    }
    statement->description = join_lines(heap, content, signature);
    struct parser parser = {
        .lexer = {.heap = heap, .at = signature + 2, .end = at, .line = statement->signature_line},
        .mistakes = mistakes,
        .path = statement->path,
    };
    return parse_signature(&parser, statement) && check_description(mistakes, statement);
}

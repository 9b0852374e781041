#include "engine/sqlgen/sqlgen.h"
#include <ctype.h>
#include <string.h>

enum { PLACEHOLDERS_MAX = 99 };

/* --- $1 … $n ---------------------------------------------------------------------------------- */

/* Of a name: `a$1` is one. */
static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Behind a quoted text, `quote` at `at`; doubled quotes are part of it. */
static const char *skip_quoted(const char *at, bool has_escapes) {
    const char quote = *at++;
    while (*at != '\0') {
        const bool is_escape = has_escapes && *at == '\\' && at[1] != '\0';
        if (is_escape || (*at == quote && at[1] == quote)) {
            at += 2;
        } else if (*at++ == quote) {
            break;
        }
    }
    return at;
}

static const char *skip_block_comment(const char *at) {
    int depth = 0;
    do {
        if (strncmp(at, "/*", 2) == 0) {
            depth++;
            at += 2;
        } else if (strncmp(at, "*/", 2) == 0) {
            depth--;
            at += 2;
        } else {
            at++;
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

/* "$tag$ … $tag$"; NULL where no such text begins here. */
static const char *skip_dollar_quoted(const char *at) {
    size_t length = 1;
    while (is_word(at[length])) {
        length++;
    }
    if (at[length] != '$' || isdigit((unsigned char)at[1])) {
        return NULL;
    }
    length++;
    for (const char *end = at + length; *end != '\0'; end++) {
        if (strncmp(end, at, length) == 0) {
            return end + length;
        }
    }
    return at + strlen(at);
}

/* Behind a literal or comment that begins at `at`; NULL where none does. */
static const char *skip_opaque(const char *text, const char *at) {
    if (*at == '\'') {
        const bool has_escapes =
            at > text && (at[-1] == 'E' || at[-1] == 'e') && (at - 1 == text || !is_word(at[-2]));
        return skip_quoted(at, has_escapes);
    }
    if (*at == '"') {
        return skip_quoted(at, false);
    }
    if (strncmp(at, "--", 2) == 0) {
        return at + strcspn(at, "\n");
    }
    if (strncmp(at, "/*", 2) == 0) {
        return skip_block_comment(at);
    }
    return *at == '$' && (at == text || !is_word(at[-1])) ? skip_dollar_quoted(at) : NULL;
}

static bool begins_placeholder(const char *text, const char *at) {
    return *at == '$' && isdigit((unsigned char)at[1]) && (at == text || !is_word(at[-1]));
}

static size_t read_number(const char **at) {
    size_t number = 0;
    while (isdigit((unsigned char)**at) && number <= PLACEHOLDERS_MAX) {
        number = number * 10 + (size_t)(*(*at)++ - '0');
    }
    return number;
}

/* Marks each $n that the text holds; the line of the first beyond `most` goes to `*line`, that number
 * is returned (0: none is). */
static size_t find_placeholders(const struct statement *statement, size_t most,
                                bool used[PLACEHOLDERS_MAX + 2], int *line) {
    const char *text = statement->text;
    const char *counted = text;
    *line = statement->text_line;
    for (const char *at = text; *at != '\0';) {
        const char *behind = skip_opaque(text, at);
        if (behind == NULL && begins_placeholder(text, at)) {
            const char *digits = at + 1;
            const size_t number = read_number(&digits);
            if (number > most || number == 0) {
                for (; counted < at; counted++) {
                    *line += *counted == '\n';
                }
                return number == 0 ? PLACEHOLDERS_MAX + 1 : number;
            }
            used[number] = true;
            behind = digits;
        }
        at = behind != NULL ? behind : at + 1;
    }
    return 0;
}

static void check_placeholders(const struct statement *statement, struct mistakes *mistakes) {
    bool used[PLACEHOLDERS_MAX + 2] = {false};
    int line = 0;
    const size_t count = statement->params.count;
    const size_t beyond = find_placeholders(statement, count, used, &line);
    if (beyond > 0) {
        mistake(mistakes, statement->path, line,
                "the text uses $%zu, the signature names %zu parameter%s: add it there", beyond,
                count, count == 1 ? "" : "s");
        return;
    }
    for (size_t i = 1; i <= count; i++) {
        if (!used[i]) {
            mistake(mistakes, statement->path, statement->signature_line,
                    "parameter %zu, “%s”, is not used: write $%zu in the text or drop it", i,
                    statement->params.items[i - 1].name, i);
        }
    }
}

/* --- Rows that statements share --------------------------------------------------------------- */

static bool same_member(const struct sql_member *a, const struct sql_member *b) {
    return strcmp(a->name, b->name) == 0 && strcmp(a->type_name, b->type_name) == 0 &&
           a->is_nullable == b->is_nullable;
}

static bool same_members(const struct sql_members *a, const struct sql_members *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = same_member(&a->items[i], &b->items[i]);
    }
    return same;
}

/* The first statement that declares the row, in the order of the files. */
static const struct statement *find_row(const struct statements *statements, const char *name) {
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *statement = &statements->items[i];
        if (statement->result == RESULT_ROW && strcmp(statement->row_name, name) == 0) {
            return statement;
        }
    }
    return NULL;
}

static void check_row(const struct statements *statements, struct statement *statement,
                      struct mistakes *mistakes) {
    if (statement->result != RESULT_ROW && statement->result != RESULT_ROW_REFERENCE) {
        return;
    }
    statement->row_owner = find_row(statements, statement->row_name);
    if (statement->row_owner == NULL) {
        mistake(
            mistakes, statement->path, statement->signature_line,
            "no statement declares the row “%s”: write its columns here, “-> %s (name type, …)”",
            statement->row_name, statement->row_name);
    } else if (statement->result == RESULT_ROW_REFERENCE) {
        statement->columns = statement->row_owner->columns;
    } else if (!same_members(&statement->columns, &statement->row_owner->columns)) {
        mistake(mistakes, statement->path, statement->signature_line,
                "the row “%s” has other columns in %s: make them equal, write “-> %s” alone, or "
                "give this one another name",
                statement->row_name, statement->row_owner->path, statement->row_name);
    }
}

/* --- Names ------------------------------------------------------------------------------------ */

static void check_name(const struct statements *statements, size_t place,
                       struct mistakes *mistakes) {
    const struct statement *statement = &statements->items[place];
    for (size_t i = 0; i < place; i++) {
        if (strcmp(statements->items[i].name, statement->name) == 0) {
            mistake(mistakes, statement->path, 1,
                    "sql_%s is %s already: a name occurs once in all rooms", statement->name,
                    statements->items[i].path);
        }
    }
}

static void check_text(const struct statement *statement, struct mistakes *mistakes) {
    const char *end = statement->text + strspn(statement->text, " \n");
    if (*end == '\0') {
        mistake(mistakes, statement->path, statement->text_line, "no statement follows the header");
    }
}

void statements_check(struct statements *statements, struct mistakes *mistakes) {
    for (size_t i = 0; i < statements->count; i++) {
        struct statement *statement = &statements->items[i];
        check_name(statements, i, mistakes);
        check_text(statement, mistakes);
        check_placeholders(statement, mistakes);
        check_row(statements, statement, mistakes);
    }
}

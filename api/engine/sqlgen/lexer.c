#include "engine/sqlgen/sqlgen.h"
#include <string.h>

static const char WORD_CHARACTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

static struct token make(const struct lexer *lexer, enum token_kind kind, const char *text,
                         size_t length) {
    return (struct token){
        .kind = kind, .text = heap_strndup(lexer->heap, text, length), .line = lexer->line};
}

/* Over blanks and line ends, and the "--" that begins each line. */
static void skip_blanks(struct lexer *lexer) {
    while (lexer->at < lexer->end && (*lexer->at == ' ' || *lexer->at == '\n')) {
        const bool is_line_end = *lexer->at++ == '\n';
        if (is_line_end && lexer->at < lexer->end) {
            lexer->line++;
            lexer->at += 2;
        }
    }
}

static struct token take(struct lexer *lexer, enum token_kind kind, size_t length) {
    const struct token token = make(lexer, kind, lexer->at, length);
    lexer->at += length;
    return token;
}

static struct token take_comment(struct lexer *lexer) {
    lexer->at += 2;
    lexer->at += strspn(lexer->at, " ");
    return take(lexer, TOKEN_COMMENT, strcspn(lexer->at, "\n"));
}

struct token lexer_next(struct lexer *lexer) {
    static const char *const SYMBOLS[] = {"->", "[]", "(", ")", ",", "?", "!"};
    skip_blanks(lexer);
    if (lexer->at >= lexer->end) {
        return make(lexer, TOKEN_END, "the end of the header", 21);
    }
    if (*lexer->at == ':') {
        return take(lexer, TOKEN_KIND, 1 + strspn(lexer->at + 1, WORD_CHARACTERS));
    }
    if (strncmp(lexer->at, "--", 2) == 0) {
        return take_comment(lexer);
    }
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof SYMBOLS[0]; i++) {
        if (strncmp(lexer->at, SYMBOLS[i], strlen(SYMBOLS[i])) == 0) {
            return take(lexer, TOKEN_SYMBOL, strlen(SYMBOLS[i]));
        }
    }
    const size_t length = strspn(lexer->at, WORD_CHARACTERS);
    if (length > 0) {
        return take(lexer, TOKEN_WORD, length);
    }
    return take(lexer, TOKEN_WRONG, strcspn(lexer->at, " \n"));
}

#include "organisation/directory_query.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/siret.h"
#include <string.h>

/* Ignored: people type them, names in the directory mostly lack them. */
static const char *const SMALL_WORDS[] = {"à",  "au", "aux", "d",  "de",  "des", "du", "en",
                                          "et", "l",  "la",  "le", "les", "sur", NULL};
/* Words for a commune, which the directory names COMMUNE DE X, VILLE DE X or X. */
static const char *const TOWN_HALLS[] = {"mairie", "commune", "ville", NULL};

/* Letters and digits of any script; anything else could be syntax of a remote directory's query language. */
static bool is_word_byte(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* 0 within a word. U+2019 separates words too. */
static size_t separator_bytes(const char *c) {
    static const char APOSTROPHE[] = "\u2019";
    if (text_starts_with(c, APOSTROPHE)) {
        return strlen(APOSTROPHE);
    }
    return is_word_byte((unsigned char)*c) ? 0 : 1;
}

static size_t word_bytes(const char *c) {
    size_t length = 0;
    while (c[length] != '\0' && separator_bytes(c + length) == 0) {
        length++;
    }
    return length;
}

/* Replaces the shortest word, the least specific one, where there is no room left. */
static void add_word(struct directory_query *query, const char *word) {
    if (query->count < DIRECTORY_WORDS_MAX) {
        query->words[query->count++] = word;
        return;
    }
    size_t shortest = 0;
    for (size_t i = 1; i < query->count; i++) {
        if (strlen(query->words[i]) < strlen(query->words[shortest])) {
            shortest = i;
        }
    }
    if (strlen(query->words[shortest]) < strlen(word)) {
        query->words[shortest] = word;
    }
}

static void read_words(struct arena *arena, const char *typed, bool every_word,
                       struct directory_query *out) {
    for (const char *c = typed; *c != '\0';) {
        const size_t length = word_bytes(c);
        if (length == 0) {
            c += separator_bytes(c);
            continue;
        }
        const char *word = arena_strndup(arena, c, length);
        const char *lower = text_lower(arena, word);
        c += length;
        if (!every_word && text_is_one_of(TOWN_HALLS, lower)) {
            out->town_hall = out->town_hall == NULL ? word : out->town_hall;
        } else if (every_word || !text_is_one_of(SMALL_WORDS, lower)) {
            add_word(out, word);
        }
    }
}

void directory_query_read(struct arena *arena, const char *typed, struct directory_query *out) {
    const char *plain = unicode_plain(arena, typed);
    *out = (struct directory_query){.typed = plain, .number = siret_find_number(arena, plain)};
    read_words(arena, plain, false, out);
    if (out->count == 0) { /* "La Ville": only ignored words, so they are used */
        out->town_hall = NULL;
        read_words(arena, plain, true, out);
    }
}

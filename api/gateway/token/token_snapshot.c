#include "gateway/token/token_snapshot.h"
#include "security/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCOPE_BYTES_MAX = 255, BLOCK_BYTES_MAX = 64 };

/* The next word of `*at` into `out`; false at the end. Words that do not fit are skipped. */
static bool next_word(const char **at, char *out, size_t size) {
    while (**at != '\0') {
        const size_t length = strcspn(*at, " ");
        const char *word = *at;
        *at += length;
        *at += strspn(*at, " ");
        if (length > 0 && length < size) {
            memcpy(out, word, length);
            out[length] = '\0';
            return true;
        }
    }
    return false;
}

static size_t count_words(const char *text) {
    size_t count = *text != '\0';
    for (const char *c = text; *c != '\0'; c++) {
        count += *c == ' ';
    }
    return count;
}

/* An unreadable block allows no address: an empty list would allow every address. */
static bool read_allowed(struct token_snapshot *row, const char *text) {
    const size_t count = count_words(text);
    char word[BLOCK_BYTES_MAX];
    if (count == 0) {
        return true;
    }
    row->allowed = calloc(count, sizeof *row->allowed);
    if (row->allowed == NULL) {
        return false;
    }
    while (row->allowed_count < count && next_word(&text, word, sizeof word)) {
        if (ip_block_parse(word, &row->allowed[row->allowed_count])) {
            row->allowed_count++;
        }
    }
    return true;
}

struct token_snapshot *token_snapshot_new(struct scope_names *names,
                                          const struct gateway_token *token) {
    struct token_snapshot *row = calloc(1, sizeof *row);
    char word[SCOPE_BYTES_MAX + 1];
    if (row == NULL) {
        return NULL;
    }
    atomic_init(&row->references, 1);
    (void)snprintf(row->id, sizeof row->id, "%s", token->id);
    (void)snprintf(row->product, sizeof row->product, "%s", token->product);
    for (const char *at = token->scopes; next_word(&at, word, sizeof word);) {
        (void)scope_names_add(names, &row->scopes, word);
    }
    row->string_number = token->string_number;
    row->previous_string_number = nullable_int_or(token->previous_string_number, -1);
    row->previous_until_ms = nullable_int_or(token->previous_until_ms, -1);
    row->expires_at_ms = token->expires_at_ms;
    row->revoked_at_ms = nullable_int_or(token->revoked_at_ms, -1);
    row->change_number = token->change_number;
    row->former_until_ms = nullable_int_or(token->former_until_ms, -1);
    row->former_system =
        token->former_system.or_null == NULL ? 0 : former_system_key(token->former_system.or_null);
    if (!read_allowed(row, token->allowed_ips)) {
        token_snapshot_release(row);
        return NULL;
    }
    return row;
}

void token_snapshot_release(struct token_snapshot *row) {
    if (row != NULL && atomic_fetch_sub(&row->references, 1) == 1) {
        free(row->allowed);
        free(row);
    }
}

enum token_string_state token_snapshot_string_state(const struct token_snapshot *row,
                                                    int64_t string_number, int64_t now_ms) {
    if (string_number == row->string_number) {
        return TOKEN_STRING_CURRENT;
    }
    return string_number == row->previous_string_number && now_ms < row->previous_until_ms
               ? TOKEN_STRING_PREVIOUS
               : TOKEN_STRING_REPLACED;
}

enum token_string_state token_snapshot_former_state(const struct token_snapshot *row,
                                                    int64_t now_ms) {
    return now_ms < row->former_until_ms ? TOKEN_STRING_FORMER : TOKEN_STRING_REPLACED;
}

uint64_t former_system_key(const char *name) {
    return hash_keyed(name, strlen(name)) | 1;
}

bool token_snapshot_is_revoked(const struct token_snapshot *row, int64_t now_ms) {
    return row->revoked_at_ms >= 0 && row->revoked_at_ms <= now_ms;
}

bool token_snapshot_allows(const struct token_snapshot *row, const char *address) {
    struct ip ip;
    if (row->allowed == NULL) {
        return true;
    }
    return address != NULL && ip_parse(address, &ip) &&
           ip_blocks_have(row->allowed, row->allowed_count, &ip);
}

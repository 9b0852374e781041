#ifndef GUICHET_GATEWAY_TOKEN_TABLE_H
#define GUICHET_GATEWAY_TOKEN_TABLE_H
/* Rows of tokens in memory: loaded when first called, renewed when the database says that they
 * changed (see watcher.h). The hot path takes one lock of 64 for a moment. Thread-safe. */
#include "gateway/token_copy.h"

struct token_table;

/* Borrows both. */
struct token_table *token_table_new(struct pool *pool, struct scope_names *names);
void token_table_free(struct token_table *table);

/* A reference to the row, to be released. ERR_NOT_FOUND: no such token; ERR_UNAVAILABLE: not in
 * memory and the database does not answer. */
MUST_CHECK enum err token_table_get(struct token_table *table, const char *id,
                                    struct token_copy **out);
/* Reads the row again where it is in memory. */
void token_table_renew(struct token_table *table, const char *id);
/* Reads again what changed since the last poll that succeeded, and some 30 s before it. `now_ms` is
 * monotonic. One thread polls. */
MUST_CHECK enum err token_table_poll(struct token_table *table, int64_t now_ms);
/* Remembers that the token was called with its current or its previous string. */
void token_table_mark(struct token_table *table, const char *id, bool previous, int64_t now_ms);
/* Writes the marks to the database. */
MUST_CHECK enum err token_table_flush_marks(struct token_table *table);
size_t token_table_count(struct token_table *table);

#endif

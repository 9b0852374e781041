#ifndef GUICHET_GATEWAY_TOKEN_TOKEN_CACHE_H
#define GUICHET_GATEWAY_TOKEN_TOKEN_CACHE_H
/* Rows of tokens in memory: loaded when first called, renewed when the database says that they
 * changed (see watcher.h). The hot path takes one lock of 64 for a moment. Thread-safe. */
#include "gateway/token/token_snapshot.h"

struct token_cache;

/* Borrows both. */
struct token_cache *token_cache_new(struct pool *pool, struct scope_names *names);
void token_cache_free(struct token_cache *table);

/* A reference to the row, to be released. ERR_NOT_FOUND: no such token; ERR_UNAVAILABLE: not in
 * memory and the database does not answer. */
MUST_CHECK enum err token_cache_get(struct token_cache *table, const char *id,
                                    struct token_snapshot **out);
/* Reads the row again where it is in memory. */
void token_cache_renew(struct token_cache *table, const char *id);
/* Reads again what changed since the last poll that succeeded, and some 30 s before it. `now_ms` is
 * monotonic. `*keys_hash` differs from that of another poll once a signing key changed. One thread polls. */
MUST_CHECK enum err token_cache_poll(struct token_cache *table, int64_t now_ms, int64_t *keys_hash);
/* Remembers that the token was called with its current or its previous string. */
void token_cache_mark(struct token_cache *table, const char *id, bool previous, int64_t now_ms);
/* Writes the marks to the database; those that cannot be written are kept for the next time. */
MUST_CHECK enum err token_cache_flush_marks(struct token_cache *table);
size_t token_cache_count(struct token_cache *table);

#endif

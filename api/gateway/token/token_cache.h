#ifndef GUICHET_GATEWAY_TOKEN_TOKEN_CACHE_H
#define GUICHET_GATEWAY_TOKEN_TOKEN_CACHE_H
/* Cache of token rows: loaded at a token's first call, reloaded when the row changes (see change_listener.h).
 * A call holds one of 64 locks for a look-up. Thread-safe. */
#include "gateway/token/token_snapshot.h"

struct token_cache;

/* Borrows both. Never NULL; to be freed by token_cache_free. */
struct token_cache *token_cache_new(struct pool *pool, struct scope_names *names);
void token_cache_free(struct token_cache *cache);

/* A reference to the row, for token_snapshot_release. ERR_NOT_FOUND: no such token; ERR_UNAVAILABLE: not in
 * the cache, and the database does not answer. */
MUST_CHECK enum err token_cache_get(struct token_cache *cache, const char *id,
                                    struct token_snapshot **out);
/* Reads the row again if it is in the cache. */
void token_cache_renew(struct token_cache *cache, const char *id);
/* Reads again the rows that changed since the last successful poll, or up to 30 s before it. `now_ms` is
 * monotonic. `*keys_hash` differs from the last poll's where a signing key changed. Not thread-safe: one
 * thread polls. */
MUST_CHECK enum err token_cache_poll(struct token_cache *cache, int64_t now_ms, int64_t *keys_hash);
/* Notes the time of a call with the token's string in this state, and counts those with the string of a former
 * system. */
void token_cache_mark(struct token_cache *cache, const char *id, enum token_string_state state,
                      int64_t now_ms);
/* Writes these times and counts to the database; those that cannot be written are kept for the next flush. */
MUST_CHECK enum err token_cache_flush_marks(struct token_cache *cache);
size_t token_cache_count(struct token_cache *cache);

#endif

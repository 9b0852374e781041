#include "gateway/token/token_cache.h"
#include "base/buf.h"
#include "base/map.h"
#include "security/hash.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHARDS = 64, /* a power of two */
    POLL_ROWS = 1000,
    MARKS_PER_WRITE = 1000,
    MARKS_TEXT_BYTES = 64 * 1024,
    POLL_OVERLAP_MS = 30 * 1000, /* longer than a transaction that changes a token stays open */
};

/* Calls that are not written yet: the time of the last one, 0 for none. */
struct called {
    int64_t current_at_ms;
    int64_t previous_at_ms;
    int64_t former_at_ms; /* with the string of a former system */
    int64_t former_calls;
};

struct entry {
    struct map_node node;
    struct token_snapshot *row; /* one reference */
    struct called called;
};

struct shard {
    pthread_mutex_t mutex;
    struct map entries; /* by the id of the row */
};

/* The highest change number at the time of a poll. */
struct poll_mark {
    int64_t number;
    int64_t at_ms; /* monotonic */
};

struct token_cache {
    struct pool *pool;
    struct scope_names *names;
    struct shard shards[SHARDS];
    /* The members below, `highest` excepted, belong to the polling thread. Changes up to `settled`, which is
     * at least POLL_OVERLAP_MS old, are read. `recent` replaces it once it is that old. */
    bool has_polled;
    struct poll_mark settled;
    struct poll_mark recent;
    _Atomic int64_t highest; /* change number that a poll or a row had */
};

static uint64_t hash_id(const char *id) {
    return hash_keyed(id, strlen(id));
}

static bool has_id(const struct map_node *node, const void *id) {
    return strcmp(((const struct entry *)node)->row->id, id) == 0;
}

struct token_cache *token_cache_new(struct pool *pool, struct scope_names *names) {
    struct token_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) {
        abort(); /* at start only */
    }
    cache->pool = pool;
    cache->names = names;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&cache->shards[i].mutex, NULL);
        map_init(&cache->shards[i].entries, SIZE_MAX); /* bounded by the tokens there are */
    }
    return cache;
}

/* Requires: shard->mutex held, or no other user. */
static void clear_shard(struct shard *shard) {
    struct map *entries = &shard->entries;
    for (struct map_node *node = map_next(entries, NULL), *next; node != NULL; node = next) {
        next = map_next(entries, node);
        token_snapshot_release(((struct entry *)node)->row);
        free(node);
    }
    map_clear(entries);
}

void token_cache_free(struct token_cache *cache) {
    for (size_t i = 0; cache != NULL && i < SHARDS; i++) {
        clear_shard(&cache->shards[i]);
        pthread_mutex_destroy(&cache->shards[i].mutex);
    }
    free(cache);
}

static struct shard *shard_of(struct token_cache *cache, uint64_t hash) {
    return &cache->shards[hash % SHARDS];
}

/* NULL where the row is not in memory. Requires: shard->mutex held. */
static struct entry *find_entry(const struct shard *shard, const char *id, uint64_t hash) {
    return (struct entry *)map_find(&shard->entries, hash, has_id, id);
}

/* False where memory is short: the row is read again at the next call. Requires: shard->mutex held. */
static bool add_row(struct shard *shard, struct token_snapshot *row, uint64_t hash) {
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL || !map_add(&shard->entries, &entry->node, hash)) {
        free(entry);
        return false;
    }
    entry->row = row;
    return true;
}

static void note_number(struct token_cache *cache, int64_t number) {
    int64_t highest = atomic_load(&cache->highest);
    while (number > highest && !atomic_compare_exchange_weak(&cache->highest, &highest, number)) {
    }
}

/* Keeps the newer of the cached row and `row`, whose reference it takes over. */
static void keep_newest(struct token_cache *cache, struct token_snapshot *row, bool only_known) {
    const uint64_t hash = hash_id(row->id);
    struct shard *shard = shard_of(cache, hash);
    note_number(cache, row->change_number);
    pthread_mutex_lock(&shard->mutex);
    struct entry *entry = find_entry(shard, row->id, hash);
    struct token_snapshot *stale = row;
    if (entry != NULL && row->change_number >= entry->row->change_number) {
        stale = entry->row;
        entry->row = row;
    } else if (entry == NULL && !only_known && add_row(shard, row, hash)) {
        stale = NULL;
    }
    pthread_mutex_unlock(&shard->mutex);
    token_snapshot_release(stale);
}

static struct token_snapshot *acquire(struct token_cache *cache, const char *id) {
    const uint64_t hash = hash_id(id);
    struct shard *shard = shard_of(cache, hash);
    struct token_snapshot *row = NULL;
    pthread_mutex_lock(&shard->mutex);
    const struct entry *entry = find_entry(shard, id, hash);
    if (entry != NULL) {
        row = entry->row;
        atomic_fetch_add(&row->references, 1);
    }
    pthread_mutex_unlock(&shard->mutex);
    return row;
}

static enum err load(struct token_cache *cache, const char *id, struct token_snapshot **out) {
    ARENA_AUTO(arena);
    struct gateway_token token;
    struct tx once = tx_once(cache->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_token_find_for_gateway(&once, &token, .token = id));
    *out = token_snapshot_new(cache->names, &token);
    return *out == NULL ? ERR_UNAVAILABLE : ERR_NONE;
}

enum err token_cache_get(struct token_cache *cache, const char *id, struct token_snapshot **out) {
    *out = acquire(cache, id);
    if (*out != NULL) {
        return ERR_NONE;
    }
    struct token_snapshot *row = NULL;
    TRY(load(cache, id, &row));
    atomic_fetch_add(&row->references, 1);
    keep_newest(cache, row, false);
    *out = row;
    return ERR_NONE;
}

void token_cache_renew(struct token_cache *cache, const char *id) {
    struct token_snapshot *known = acquire(cache, id);
    struct token_snapshot *row = NULL;
    if (known != NULL && load(cache, id, &row) == ERR_NONE) {
        keep_newest(cache, row, true);
    }
    token_snapshot_release(known);
}

/* Empties the cache: each row is read again when its token is next called. */
static void clear_all(struct token_cache *cache) {
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        pthread_mutex_lock(&shard->mutex);
        clear_shard(shard);
        pthread_mutex_unlock(&shard->mutex);
    }
}

static enum err read_changes(struct token_cache *cache, struct token_changes *changes) {
    ARENA_AUTO(arena);
    struct tx once = tx_once(cache->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    return sql_token_find_last_change(&once, changes);
}

/* One page of changes; `*after` moves on to the last of them. */
static enum err poll_page(struct token_cache *cache, int64_t *after, size_t *count) {
    ARENA_AUTO(arena);
    struct gateway_token *tokens = NULL;
    struct tx once = tx_once(cache->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_token_list_changed(&once, &tokens, count, .after = *after, .limit = POLL_ROWS));
    for (size_t i = 0; i < *count; i++) {
        struct token_snapshot *row = token_snapshot_new(cache->names, &tokens[i]);
        if (row != NULL) {
            keep_newest(cache, row, true);
        }
        *after = tokens[i].change_number;
    }
    return ERR_NONE;
}

enum err token_cache_poll(struct token_cache *cache, int64_t now_ms, int64_t *keys_hash) {
    struct token_changes changes;
    int64_t after = cache->settled.number;
    const int64_t highest =
        atomic_load(&cache->highest); /* read before the query: it may grow meanwhile */
    TRY(read_changes(cache, &changes));
    const struct poll_mark mark = {.number = changes.number, .at_ms = now_ms};
    *keys_hash = changes.keys_hash;
    if (!cache->has_polled || mark.number < highest) {
        /* The first poll, or a restored database, whose numbers do not compare with those of the cache. */
        clear_all(cache);
        atomic_store(&cache->highest, mark.number);
        cache->has_polled = true;
        cache->settled = mark;
        cache->recent = mark;
        return ERR_NONE;
    }
    note_number(cache, mark.number);
    size_t count = mark.number > after ? POLL_ROWS : 0; /* no higher number: nothing changed */
    while (count == POLL_ROWS) {
        TRY(poll_page(cache, &after, &count));
    }
    if (now_ms - cache->recent.at_ms >= POLL_OVERLAP_MS) {
        cache->settled = cache->recent;
        cache->recent = mark;
    }
    return ERR_NONE;
}

static void note_call(struct called *called, enum token_string_state state, int64_t now_ms) {
    switch (state) {
    case TOKEN_STRING_CURRENT:
        called->current_at_ms = now_ms;
        break;
    case TOKEN_STRING_PREVIOUS:
        called->previous_at_ms = now_ms;
        break;
    case TOKEN_STRING_FORMER:
        called->former_at_ms = now_ms;
        called->former_calls++;
        break;
    case TOKEN_STRING_REPLACED:
        break; /* refused */
    }
}

void token_cache_mark(struct token_cache *cache, const char *id, enum token_string_state state,
                      int64_t now_ms) {
    const uint64_t hash = hash_id(id);
    struct shard *shard = shard_of(cache, hash);
    pthread_mutex_lock(&shard->mutex);
    struct entry *entry = find_entry(shard, id, hash);
    if (entry != NULL) {
        note_call(&entry->called, state, now_ms);
    }
    pthread_mutex_unlock(&shard->mutex);
}

/* Times of last calls, taken from an entry; put back where they cannot be written. */
struct mark {
    char id[UUID_TEXT_BYTES];
    struct called called;
};

struct marks {
    struct mark items[MARKS_PER_WRITE];
    size_t count;
};

static void take_marks(struct shard *shard, struct marks *marks) {
    pthread_mutex_lock(&shard->mutex);
    for (struct map_node *node = map_next(&shard->entries, NULL);
         node != NULL && marks->count < MARKS_PER_WRITE; node = map_next(&shard->entries, node)) {
        struct entry *entry = (struct entry *)node;
        const struct called *called = &entry->called;
        if (called->current_at_ms > 0 || called->previous_at_ms > 0 || called->former_at_ms > 0) {
            struct mark *mark = &marks->items[marks->count++];
            mark->called = *called;
            memcpy(mark->id, entry->row->id, sizeof mark->id);
            entry->called = (struct called){0};
        }
    }
    pthread_mutex_unlock(&shard->mutex);
}

static int64_t later(int64_t newer, int64_t older) {
    return newer > 0 ? newer : older;
}

/* Keeps the time of a call that came meanwhile: it is newer. */
static void put_marks_back(struct shard *shard, const struct marks *marks) {
    pthread_mutex_lock(&shard->mutex);
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->items[i];
        struct entry *entry = find_entry(shard, mark->id, hash_id(mark->id));
        if (entry != NULL) {
            struct called *called = &entry->called;
            called->current_at_ms = later(called->current_at_ms, mark->called.current_at_ms);
            called->previous_at_ms = later(called->previous_at_ms, mark->called.previous_at_ms);
            called->former_at_ms = later(called->former_at_ms, mark->called.former_at_ms);
            called->former_calls += mark->called.former_calls;
        }
    }
    pthread_mutex_unlock(&shard->mutex);
}

/* One member of each mark as an array of PostgreSQL. */
static const char *list_of(struct arena *arena, const struct marks *marks, size_t offset) {
    struct buf out;
    buf_init(&out, arena, MARKS_TEXT_BYTES);
    for (size_t i = 0; i < marks->count; i++) {
        const char *called = (const char *)&marks->items[i].called;
        int64_t value = 0;
        memcpy(&value, called + offset, sizeof value);
        buf_printf(&out, "%s%lld", i == 0 ? "{" : ",", (long long)value);
    }
    buf_puts(&out, "}");
    return buf_text(&out);
}

static enum err write_marks(struct token_cache *cache, struct arena *arena,
                            const struct marks *marks) {
    struct buf ids;
    buf_init(&ids, arena, MARKS_TEXT_BYTES);
    for (size_t i = 0; i < marks->count; i++) {
        buf_printf(&ids, "%s%s", i == 0 ? "{" : ",", marks->items[i].id);
    }
    buf_puts(&ids, "}");
    struct tx once = tx_once(cache->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_token_touch_called(
        &once, .tokens = buf_text(&ids),
        .current_ms = list_of(arena, marks, offsetof(struct called, current_at_ms)),
        .previous_ms = list_of(arena, marks, offsetof(struct called, previous_at_ms)),
        .former_ms = list_of(arena, marks, offsetof(struct called, former_at_ms)),
        .former_calls = list_of(arena, marks, offsetof(struct called, former_calls)));
}

static enum err flush_shard(struct token_cache *cache, struct shard *shard) {
    ARENA_AUTO(arena);
    struct marks *marks = ARENA_NEW(&arena, struct marks);
    marks->count = 0;
    take_marks(shard, marks);
    if (marks->count == 0) {
        return ERR_NONE;
    }
    const enum err err = write_marks(cache, &arena, marks);
    if (err != ERR_NONE) {
        put_marks_back(shard, marks);
    }
    return err;
}

enum err token_cache_flush_marks(struct token_cache *cache) {
    for (size_t i = 0; i < SHARDS; i++) {
        TRY(flush_shard(cache, &cache->shards[i]));
    }
    return ERR_NONE;
}

size_t token_cache_count(struct token_cache *cache) {
    size_t count = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&cache->shards[i].mutex);
        count += cache->shards[i].entries.count;
        pthread_mutex_unlock(&cache->shards[i].mutex);
    }
    return count;
}

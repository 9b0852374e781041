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
    MARKS_AT_ONCE = 1000,
    MARKS_TEXT_BYTES = 64 * 1024,
    POLL_OVERLAP_MS = 30 * 1000, /* longer than a transaction that changes a token stays open */
};

struct entry {
    struct map_node node;
    struct token_snapshot *row; /* one reference */
    int64_t current_at_ms;      /* last call not yet written; 0: none */
    int64_t previous_at_ms;
};

struct shard {
    pthread_mutex_t mutex;
    struct map entries; /* by the id of the row */
};

/* The last number of a change, as it was at a time. */
struct mark_of_poll {
    int64_t number;
    int64_t at_ms; /* monotonic */
};

struct token_cache {
    struct pool *pool;
    struct scope_names *names;
    struct shard shards[SHARDS];
    /* Of the one thread that polls. Changes up to `settled` were read, or given up: it is at least
     * POLL_OVERLAP_MS old. `recent` takes its place once it is that old. */
    bool has_polled;
    struct mark_of_poll settled;
    struct mark_of_poll recent;
    _Atomic int64_t highest; /* number of a change that was ever seen, of rows too */
};

static uint64_t hash_id(const char *id) {
    return hash_keyed(id, strlen(id));
}

static bool has_id(const struct map_node *node, const void *id) {
    return strcmp(((const struct entry *)node)->row->id, id) == 0;
}

struct token_cache *token_cache_new(struct pool *pool, struct scope_names *names) {
    struct token_cache *table = calloc(1, sizeof *table);
    if (table == NULL) {
        abort(); /* at start only */
    }
    table->pool = pool;
    table->names = names;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&table->shards[i].mutex, NULL);
        map_init(&table->shards[i].entries, SIZE_MAX); /* bounded by the tokens there are */
    }
    return table;
}

/* With the lock held, or as the last user. */
static void forget_rows(struct shard *shard) {
    struct map *entries = &shard->entries;
    for (struct map_node *node = map_next(entries, NULL), *next; node != NULL; node = next) {
        next = map_next(entries, node);
        token_snapshot_release(((struct entry *)node)->row);
        free(node);
    }
    map_clear(entries);
}

void token_cache_free(struct token_cache *table) {
    for (size_t i = 0; table != NULL && i < SHARDS; i++) {
        forget_rows(&table->shards[i]);
        pthread_mutex_destroy(&table->shards[i].mutex);
    }
    free(table);
}

static struct shard *shard_of(struct token_cache *table, uint64_t hash) {
    return &table->shards[hash % SHARDS];
}

/* NULL where the row is not in memory. With the lock held. */
static struct entry *find_entry(const struct shard *shard, const char *id, uint64_t hash) {
    return (struct entry *)map_find(&shard->entries, hash, has_id, id);
}

/* False where memory is short: the row is then read again when it is next asked for. */
static bool add_row(struct shard *shard, struct token_snapshot *row, uint64_t hash) {
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL || !map_add(&shard->entries, &entry->node, hash)) {
        free(entry);
        return false;
    }
    entry->row = row;
    return true;
}

static void note_number(struct token_cache *table, int64_t number) {
    int64_t highest = atomic_load(&table->highest);
    while (number > highest && !atomic_compare_exchange_weak(&table->highest, &highest, number)) {
    }
}

/* Keeps the newest of what is there and what was read; takes over the caller's reference. */
static void keep_newest(struct token_cache *table, struct token_snapshot *row, bool only_known) {
    const uint64_t hash = hash_id(row->id);
    struct shard *shard = shard_of(table, hash);
    note_number(table, row->change_number);
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

static struct token_snapshot *acquire(struct token_cache *table, const char *id) {
    const uint64_t hash = hash_id(id);
    struct shard *shard = shard_of(table, hash);
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

static enum err load(struct token_cache *table, const char *id, struct token_snapshot **out) {
    ARENA_AUTO(arena);
    struct gateway_token token;
    struct tx once = tx_once(table->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_token_find_for_gateway(&once, &token, .token = id));
    *out = token_snapshot_new(table->names, &token);
    return *out == NULL ? ERR_UNAVAILABLE : ERR_NONE;
}

enum err token_cache_get(struct token_cache *table, const char *id, struct token_snapshot **out) {
    *out = acquire(table, id);
    if (*out != NULL) {
        return ERR_NONE;
    }
    struct token_snapshot *row = NULL;
    TRY(load(table, id, &row));
    atomic_fetch_add(&row->references, 1);
    keep_newest(table, row, false);
    *out = row;
    return ERR_NONE;
}

void token_cache_renew(struct token_cache *table, const char *id) {
    struct token_snapshot *known = acquire(table, id);
    struct token_snapshot *row = NULL;
    if (known != NULL && load(table, id, &row) == ERR_NONE) {
        keep_newest(table, row, true);
    }
    token_snapshot_release(known);
}

/* Every row is read again when it is next asked for. */
static void forget_all(struct token_cache *table) {
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        pthread_mutex_lock(&shard->mutex);
        forget_rows(shard);
        pthread_mutex_unlock(&shard->mutex);
    }
}

static enum err read_changes(struct token_cache *table, struct token_changes *changes) {
    ARENA_AUTO(arena);
    struct tx once = tx_once(table->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    return sql_token_find_last_change(&once, changes);
}

/* One page of changes; `*after` moves on to the last of them. */
static enum err poll_page(struct token_cache *table, int64_t *after, size_t *count) {
    ARENA_AUTO(arena);
    struct gateway_token *tokens = NULL;
    struct tx once = tx_once(table->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_token_list_changed(&once, &tokens, count, .after = *after, .limit = POLL_ROWS));
    for (size_t i = 0; i < *count; i++) {
        struct token_snapshot *row = token_snapshot_new(table->names, &tokens[i]);
        if (row != NULL) {
            keep_newest(table, row, true);
        }
        *after = tokens[i].change_number;
    }
    return ERR_NONE;
}

enum err token_cache_poll(struct token_cache *table, int64_t now_ms, int64_t *keys_hash) {
    struct token_changes changes;
    int64_t after = table->settled.number;
    const int64_t highest = atomic_load(&table->highest); /* before: it grows meanwhile */
    TRY(read_changes(table, &changes));
    const struct mark_of_poll mark = {.number = changes.number, .at_ms = now_ms};
    *keys_hash = changes.keys_hash;
    if (!table->has_polled || mark.number < highest) {
        /* The first poll, or a database that was restored: its numbers say nothing of our rows. */
        forget_all(table);
        atomic_store(&table->highest, mark.number);
        table->has_polled = true;
        table->settled = mark;
        table->recent = mark;
        return ERR_NONE;
    }
    note_number(table, mark.number);
    size_t count = mark.number > after ? POLL_ROWS : 0; /* no number after it: nothing changed */
    while (count == POLL_ROWS) {
        TRY(poll_page(table, &after, &count));
    }
    if (now_ms - table->recent.at_ms >= POLL_OVERLAP_MS) {
        table->settled = table->recent;
        table->recent = mark;
    }
    return ERR_NONE;
}

void token_cache_mark(struct token_cache *table, const char *id, bool previous, int64_t now_ms) {
    const uint64_t hash = hash_id(id);
    struct shard *shard = shard_of(table, hash);
    pthread_mutex_lock(&shard->mutex);
    struct entry *entry = find_entry(shard, id, hash);
    if (entry != NULL) {
        *(previous ? &entry->previous_at_ms : &entry->current_at_ms) = now_ms;
    }
    pthread_mutex_unlock(&shard->mutex);
}

/* What was taken of an entry, to be put back where it cannot be written. */
struct mark {
    char id[UUID_TEXT_BYTES];
    int64_t current_at_ms;
    int64_t previous_at_ms;
};

struct marks {
    struct mark items[MARKS_AT_ONCE];
    size_t count;
};

static void take_marks(struct shard *shard, struct marks *marks) {
    pthread_mutex_lock(&shard->mutex);
    for (struct map_node *node = map_next(&shard->entries, NULL);
         node != NULL && marks->count < MARKS_AT_ONCE; node = map_next(&shard->entries, node)) {
        struct entry *entry = (struct entry *)node;
        if (entry->current_at_ms > 0 || entry->previous_at_ms > 0) {
            struct mark *mark = &marks->items[marks->count++];
            *mark = (struct mark){.current_at_ms = entry->current_at_ms,
                                  .previous_at_ms = entry->previous_at_ms};
            memcpy(mark->id, entry->row->id, sizeof mark->id);
            entry->current_at_ms = 0;
            entry->previous_at_ms = 0;
        }
    }
    pthread_mutex_unlock(&shard->mutex);
}

/* A call that came meanwhile is newer, and stays. */
static void put_marks_back(struct shard *shard, const struct marks *marks) {
    pthread_mutex_lock(&shard->mutex);
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->items[i];
        struct entry *entry = find_entry(shard, mark->id, hash_id(mark->id));
        if (entry != NULL) {
            entry->current_at_ms =
                entry->current_at_ms > 0 ? entry->current_at_ms : mark->current_at_ms;
            entry->previous_at_ms =
                entry->previous_at_ms > 0 ? entry->previous_at_ms : mark->previous_at_ms;
        }
    }
    pthread_mutex_unlock(&shard->mutex);
}

static enum err write_marks(struct token_cache *table, struct arena *arena,
                            const struct marks *marks) {
    struct buf ids;
    struct buf current;
    struct buf previous;
    buf_init(&ids, arena, MARKS_TEXT_BYTES);
    buf_init(&current, arena, MARKS_TEXT_BYTES);
    buf_init(&previous, arena, MARKS_TEXT_BYTES);
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->items[i];
        const char *joint = i == 0 ? "{" : ",";
        buf_printf(&ids, "%s%s", joint, mark->id);
        buf_printf(&current, "%s%lld", joint, (long long)mark->current_at_ms);
        buf_printf(&previous, "%s%lld", joint, (long long)mark->previous_at_ms);
    }
    buf_puts(&ids, "}");
    buf_puts(&current, "}");
    buf_puts(&previous, "}");
    struct tx once = tx_once(table->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_token_touch_called(&once, .tokens = buf_text(&ids), .current_ms = buf_text(&current),
                                  .previous_ms = buf_text(&previous));
}

static enum err flush_shard(struct token_cache *table, struct shard *shard) {
    ARENA_AUTO(arena);
    struct marks *marks = ARENA_NEW(&arena, struct marks);
    marks->count = 0;
    take_marks(shard, marks);
    if (marks->count == 0) {
        return ERR_NONE;
    }
    const enum err err = write_marks(table, &arena, marks);
    if (err != ERR_NONE) {
        put_marks_back(shard, marks);
    }
    return err;
}

enum err token_cache_flush_marks(struct token_cache *table) {
    for (size_t i = 0; i < SHARDS; i++) {
        TRY(flush_shard(table, &table->shards[i]));
    }
    return ERR_NONE;
}

size_t token_cache_count(struct token_cache *table) {
    size_t count = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&table->shards[i].mutex);
        count += table->shards[i].entries.count;
        pthread_mutex_unlock(&table->shards[i].mutex);
    }
    return count;
}

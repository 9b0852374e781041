#include "gateway/token/token_cache.h"
#include "base/buf.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHARDS = 64, /* a power of two */
    FIRST_SLOTS = 16,
    POLL_ROWS = 1000,
    MARKS_AT_ONCE = 1000,
    MARKS_TEXT_BYTES = 64 * 1024,
    POLL_OVERLAP_MS = 30 * 1000, /* longer than a transaction that changes a token stays open */
};

/* Open addressing; rows are never taken out, so there are no holes. */
struct slot {
    struct token_snapshot *row; /* NULL: free */
    int64_t current_at_ms;      /* last call not yet written; 0: none */
    int64_t previous_at_ms;
};

struct shard {
    pthread_mutex_t mutex;
    struct slot *slots;
    size_t capacity;
    size_t count;
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

/* FNV-1a: ids are random already. */
static size_t hash_id(const char *id) {
    uint64_t hash = UINT64_C(1469598103934665603);
    for (const char *c = id; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    return (size_t)(hash ^ hash >> 29);
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
    }
    return table;
}

void token_cache_free(struct token_cache *table) {
    for (size_t i = 0; table != NULL && i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        for (size_t j = 0; j < shard->capacity; j++) {
            token_snapshot_release(shard->slots[j].row);
        }
        free(shard->slots);
        pthread_mutex_destroy(&shard->mutex);
    }
    free(table);
}

static struct shard *shard_of(struct token_cache *table, size_t hash) {
    return &table->shards[hash % SHARDS];
}

/* The slot of the id, or the free one where it belongs. With the lock held, capacity > 0. */
static struct slot *find_slot(struct slot *slots, size_t capacity, const char *id, size_t hash) {
    size_t at = (hash / SHARDS) & (capacity - 1);
    while (slots[at].row != NULL && strcmp(slots[at].row->id, id) != 0) {
        at = (at + 1) & (capacity - 1);
    }
    return &slots[at];
}

static struct slot *find_row(struct shard *shard, const char *id, size_t hash) {
    if (shard->capacity == 0) {
        return NULL;
    }
    struct slot *slot = find_slot(shard->slots, shard->capacity, id, hash);
    return slot->row == NULL ? NULL : slot;
}

static bool make_room(struct shard *shard) {
    if (shard->count + 1 <= shard->capacity - shard->capacity / 4 && shard->capacity > 0) {
        return true;
    }
    const size_t capacity = shard->capacity == 0 ? FIRST_SLOTS : shard->capacity * 2;
    struct slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < shard->capacity; i++) {
        const struct slot *old = &shard->slots[i];
        if (old->row != NULL) {
            *find_slot(slots, capacity, old->row->id, hash_id(old->row->id)) = *old;
        }
    }
    free(shard->slots);
    shard->slots = slots;
    shard->capacity = capacity;
    return true;
}

static void note_number(struct token_cache *table, int64_t number) {
    int64_t highest = atomic_load(&table->highest);
    while (number > highest && !atomic_compare_exchange_weak(&table->highest, &highest, number)) {
    }
}

/* Keeps the newest of what is there and what was read; takes over the caller's reference. */
static void keep_newest(struct token_cache *table, struct token_snapshot *row, bool only_known) {
    const size_t hash = hash_id(row->id);
    struct shard *shard = shard_of(table, hash);
    note_number(table, row->change_number);
    pthread_mutex_lock(&shard->mutex);
    struct slot *slot = find_row(shard, row->id, hash);
    struct token_snapshot *stale = row;
    if (slot != NULL && row->change_number >= slot->row->change_number) {
        stale = slot->row;
        slot->row = row;
    } else if (slot == NULL && !only_known && make_room(shard)) {
        find_slot(shard->slots, shard->capacity, row->id, hash)->row = row;
        shard->count++;
        stale = NULL;
    }
    pthread_mutex_unlock(&shard->mutex);
    token_snapshot_release(stale);
}

static struct token_snapshot *acquire(struct token_cache *table, const char *id) {
    const size_t hash = hash_id(id);
    struct shard *shard = shard_of(table, hash);
    struct token_snapshot *row = NULL;
    pthread_mutex_lock(&shard->mutex);
    const struct slot *slot = find_row(shard, id, hash);
    if (slot != NULL) {
        row = slot->row;
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
static void forget_rows(struct token_cache *table) {
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        pthread_mutex_lock(&shard->mutex);
        for (size_t j = 0; j < shard->capacity; j++) {
            token_snapshot_release(shard->slots[j].row);
        }
        free(shard->slots);
        shard->slots = NULL;
        shard->capacity = 0;
        shard->count = 0;
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
        forget_rows(table);
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
    const size_t hash = hash_id(id);
    struct shard *shard = shard_of(table, hash);
    pthread_mutex_lock(&shard->mutex);
    struct slot *slot = find_row(shard, id, hash);
    if (slot != NULL) {
        *(previous ? &slot->previous_at_ms : &slot->current_at_ms) = now_ms;
    }
    pthread_mutex_unlock(&shard->mutex);
}

struct marks {
    struct buf ids;
    struct buf current;
    struct buf previous;
    size_t count;
};

static void take_mark(struct marks *marks, struct slot *slot) {
    const char *joint = marks->count++ == 0 ? "" : ",";
    buf_printf(&marks->ids, "%s%s", joint, slot->row->id);
    buf_printf(&marks->current, "%s%lld", joint, (long long)slot->current_at_ms);
    buf_printf(&marks->previous, "%s%lld", joint, (long long)slot->previous_at_ms);
    slot->current_at_ms = 0;
    slot->previous_at_ms = 0;
}

static enum err flush_shard(struct token_cache *table, struct shard *shard) {
    ARENA_AUTO(arena);
    struct marks marks = {0};
    buf_init(&marks.ids, &arena, MARKS_TEXT_BYTES);
    buf_init(&marks.current, &arena, MARKS_TEXT_BYTES);
    buf_init(&marks.previous, &arena, MARKS_TEXT_BYTES);
    buf_puts(&marks.ids, "{");
    buf_puts(&marks.current, "{");
    buf_puts(&marks.previous, "{");
    pthread_mutex_lock(&shard->mutex);
    for (size_t i = 0; i < shard->capacity && marks.count < MARKS_AT_ONCE; i++) {
        struct slot *slot = &shard->slots[i];
        if (slot->row != NULL && (slot->current_at_ms > 0 || slot->previous_at_ms > 0)) {
            take_mark(&marks, slot);
        }
    }
    pthread_mutex_unlock(&shard->mutex);
    buf_puts(&marks.ids, "}");
    buf_puts(&marks.current, "}");
    buf_puts(&marks.previous, "}");
    if (marks.count == 0) {
        return ERR_NONE;
    }
    struct tx once = tx_once(table->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_token_touch_called(&once, .tokens = buf_text(&marks.ids),
                                  .current_ms = buf_text(&marks.current),
                                  .previous_ms = buf_text(&marks.previous));
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
        count += table->shards[i].count;
        pthread_mutex_unlock(&table->shards[i].mutex);
    }
    return count;
}

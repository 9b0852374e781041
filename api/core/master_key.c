#include "core/master_key.h"
#include "base/buf.h"
#include "base/log.h"
#include "core/derived_key.h"
#include "core/sealed.h"
#include "engine/migrate.h"
#include "sql/core.h"
#include <string.h>

/* In the place of a purpose: the key of this name is used for nothing but the name. */
static const char NAME[] = "name";
static const char CANARY[] = "guichet";

enum { REASON_BYTES_MAX = 2048 };

static const char *id_of(struct arena *arena, const struct seal_key *master) {
    return derived_key_of(arena, master, NAME).id;
}

static const char *context_of(struct arena *arena, const char *id) {
    return arena_printf(arena, "master_key/%s", id);
}

/* "0123456789abcdef, fedcba9876543210": the keys given. */
static const char *names_of(struct arena *arena, const struct seal_key *master) {
    struct buf names;
    buf_init(&names, arena, REASON_BYTES_MAX);
    for (const struct seal_key *key = master; key != NULL; key = key->former) {
        buf_printf(&names, "%s%s", key == master ? "" : ", ", id_of(arena, key));
    }
    return buf_text(&names);
}

static const char *explain(struct arena *arena, const struct seal_key *master, const char *what) {
    return arena_printf(
        arena,
        "GUICHET_MASTER_KEY: this database holds %s, and none of the keys given "
        "opens it (given: %s). Nothing was changed. Give the right key, or several: "
        "see RUNBOOK.md, \"The master key is wrong\"",
        what, names_of(arena, master));
}

/* NULL where every canary opens. */
static const char *find_closed(struct arena *arena, const struct seal_key *master,
                               const struct master_key_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned char *text = NULL;
        size_t length = 0;
        if (seal_open(arena, master, context_of(arena, rows[i].id), rows[i].canary, &text,
                      &length) != ERR_NONE) {
            return rows[i].id;
        }
    }
    return NULL;
}

static enum err refuse(struct arena *arena, const struct seal_key *master, const char *id,
                       const char **reason) {
    *reason = explain(arena, master, arena_printf(arena, "what the key %s sealed", id));
    return ERR_CONFLICT;
}

static bool is_noted(struct arena *arena, const struct seal_key *master,
                     const struct master_key_row *rows, size_t count) {
    const char *id = id_of(arena, master);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

/* A sample of what a former version sealed, before there were canaries. `*opened_count`: 0 where there is none. */
static enum err open_former(const struct services *services, struct arena *arena,
                            int64_t *opened_count, const char **reason) {
    *opened_count = 0;
    for (size_t column = 0; column < SEALED_COLUMNS_COUNT; column++) {
        struct sealed_count count;
        TRY(sealed_open_column(services->pool, services->master_key, arena,
                               (enum sealed_column)column, true, &count));
        if (count.unopened_count > 0) {
            *reason = explain(arena, services->master_key, count.unopened);
            return ERR_CONFLICT;
        }
        *opened_count += count.opened_count;
    }
    return ERR_NONE;
}

static enum err add(struct tx *tx, const struct seal_key *key) {
    const char *id = id_of(tx->arena, key);
    return sql_master_key_add(
        tx, .id = id,
        .canary = seal_close(tx->arena, key, context_of(tx->arena, id), CANARY, strlen(CANARY)));
}

/* The first key, which this program seals with; every key given where any may have sealed what is there. */
static enum err add_keys(struct tx *tx, const struct seal_key *master, bool all) {
    for (const struct seal_key *key = master; key != NULL; key = all ? key->former : NULL) {
        TRY(add(tx, key));
    }
    return ERR_NONE;
}

/* `is_first`: there were no canaries yet. Under the lock, which a program with another key waits for. */
static enum err introduce(const struct services *services, struct arena *arena, bool is_first,
                          const char **reason) {
    const struct seal_key *master = services->master_key;
    struct master_key_row *rows = NULL;
    size_t count = 0;
    int64_t former_count = 0;
    if (is_first) {
        TRY(open_former(services, arena, &former_count, reason));
    }
    TX_AUTO(tx);
    TRY(tx_begin(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(sql_master_key_lock(&tx));
    TRY(sql_master_key_list(&tx, &rows, &count));
    const char *closed = find_closed(arena, master, rows, count);
    if (closed != NULL) {
        return refuse(arena, master, closed, reason);
    }
    TRY(add_keys(&tx, master, count == 0 && former_count > 0));
    return tx_commit(&tx);
}

enum err master_key_admit(const struct services *services, struct arena *arena,
                          const char **reason) {
    static atomic_bool is_migrated; /* asked until it is: a program that runs asks every minute */
    const struct seal_key *master = services->master_key;
    struct master_key_row *rows = NULL;
    size_t count = 0;
    *reason = NULL;
    if (!atomic_load(&is_migrated) && migrate_check_ready(services->pool) != ERR_NONE) {
        return ERR_UNAVAILABLE;
    }
    atomic_store(&is_migrated, true);
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_master_key_note(&once, &rows, &count, .id = id_of(arena, master)));
    const char *closed = find_closed(arena, master, rows, count);
    if (closed != NULL) {
        return refuse(arena, master, closed, reason);
    }
    return is_noted(arena, master, rows, count) ? ERR_NONE
                                                : introduce(services, arena, count == 0, reason);
}

enum err master_key_check(const struct services *services) {
    static atomic_bool is_said;
    ARENA_AUTO(arena);
    struct master_key_row *rows = NULL;
    size_t count = 0;
    struct tx once = tx_once(services->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_master_key_list(&once, &rows, &count));
    const char *closed = find_closed(&arena, services->master_key, rows, count);
    const bool was_said = atomic_exchange(&is_said, closed != NULL);
    if (closed != NULL && !was_said) {
        log_error(LOG_MASTER_KEY_WRONG, LOG_TEXT("lacks", closed),
                  LOG_TEXT("given", names_of(&arena, services->master_key)));
    }
    return closed == NULL ? ERR_NONE : ERR_CONFLICT;
}

enum err master_key_find_former(const struct services *services, struct arena *arena,
                                int64_t unseen_s, const char **seen) {
    bool found = false;
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    *seen = NULL;
    return sql_master_key_find_seen(&once, &found, seen, .id = id_of(arena, services->master_key),
                                    .seen_s = unseen_s);
}

enum err master_key_retire_former(const struct services *services, struct arena *arena,
                                  int64_t unseen_s, const char **left) {
    struct master_key_row *rows = NULL;
    size_t count = 0;
    size_t retired = 0;
    const char *own = id_of(arena, services->master_key);
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    TRY(sql_master_key_retire(&once, &retired, .id = own, .unseen_s = unseen_s));
    TRY(sql_master_key_list(&once, &rows, &count));
    *left = NULL;
    for (size_t i = 0; i < count; i++) {
        *left = strcmp(rows[i].id, own) == 0 ? *left : rows[i].id;
    }
    return ERR_NONE;
}

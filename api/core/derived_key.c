#include "core/derived_key.h"
#include "security/token_hash.h"
#include "sql/core.h"
#include <string.h>

enum { ID_CHARACTERS = 16 };

static const char *const PURPOSES[] = {DERIVED_KEY_AUDIT, DERIVED_KEY_EXCLUSION,
                                       DERIVED_KEY_RECOVERY_CODE, DERIVED_KEY_TYPED,
                                       DERIVED_KEY_UNSUBSCRIBE};

static struct derived_key named(struct arena *arena, const struct seal_key *key) {
    const char *name = token_hash_keyed(arena, key, "key", "");
    return (struct derived_key){.key = *key, .id = arena_strndup(arena, name, ID_CHARACTERS)};
}

struct derived_key derived_key_of(struct arena *arena, const struct seal_key *master,
                                  const char *purpose) {
    const struct seal_key key = seal_key_derive(master, purpose);
    return named(arena, &key);
}

static const char *context_of(struct arena *arena, const char *purpose, const char *id) {
    return arena_printf(arena, "former_key/%s/%s", purpose, id);
}

/* The key of a row; NULL where none of the master keys opens it. */
static struct derived_key *open_kept(struct arena *arena, const struct seal_key *master,
                                     const char *purpose, const struct former_key *row) {
    unsigned char *bytes = NULL;
    size_t length = 0;
    struct seal_key key = {.former = NULL};
    if (seal_open(arena, master, context_of(arena, purpose, row->id), row->sealed, &bytes,
                  &length) != ERR_NONE ||
        length != SEAL_KEY_BYTES) {
        return NULL;
    }
    memcpy(key.bytes, bytes, SEAL_KEY_BYTES);
    struct derived_key *kept = ARENA_NEW(arena, struct derived_key);
    *kept = named(arena, &key);
    return kept;
}

enum err derived_keys_find(struct tx *tx, const struct seal_key *master, const char *purpose,
                           const struct derived_key **keys) {
    struct former_key *rows = NULL;
    size_t count = 0;
    const struct derived_key **end = keys;
    *keys = NULL;
    TRY(sql_former_key_list(tx, &rows, &count, .purpose = purpose));
    for (const struct seal_key *one = master; one != NULL; one = one->former) {
        struct derived_key *key = ARENA_NEW(tx->arena, struct derived_key);
        *key = derived_key_of(tx->arena, one, purpose);
        *end = key;
        end = &key->next;
    }
    for (size_t i = 0; i < count; i++) {
        struct derived_key *key = open_kept(tx->arena, master, purpose, &rows[i]);
        if (key != NULL) {
            *end = key;
            end = &key->next;
        }
    }
    return ERR_NONE;
}

static enum err keep(const struct services *services, struct arena *arena,
                     const struct seal_key *former, const char *purpose) {
    const struct derived_key key = derived_key_of(arena, former, purpose);
    const char *sealed = seal_close(arena, services->master_key, context_of(arena, purpose, key.id),
                                    key.key.bytes, sizeof key.key.bytes);
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    return sql_former_key_keep(&once, .purpose = purpose, .id = key.id, .sealed = sealed);
}

enum err derived_keys_keep(const struct services *services, struct arena *arena) {
    for (const struct seal_key *former = services->master_key->former; former != NULL;
         former = former->former) {
        for (size_t i = 0; i < sizeof PURPOSES / sizeof PURPOSES[0]; i++) {
            TRY(keep(services, arena, former, PURPOSES[i]));
        }
    }
    return ERR_NONE;
}

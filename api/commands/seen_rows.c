#include "commands/seen_rows.h"
#include "security/hash.h"
#include <string.h>

struct entry {
    struct map_node node;
    const char *text;
    int64_t row;
};

static bool is_of(const struct map_node *node, const void *key) {
    return strcmp(((const struct entry *)node)->text, key) == 0;
}

void seen_rows_init(struct seen_rows *seen, struct arena *arena, size_t most) {
    seen->arena = arena;
    map_init(&seen->map, most);
}

void seen_rows_clear(struct seen_rows *seen) {
    map_clear(&seen->map);
}

int64_t seen_rows_meet(struct seen_rows *seen, const char *text, int64_t row) {
    const uint64_t hash = hash_keyed(text, strlen(text));
    const struct map_node *found = map_find(&seen->map, hash, is_of, text);
    if (found != NULL) {
        return ((const struct entry *)found)->row;
    }
    struct entry *entry = arena_alloc(seen->arena, sizeof *entry);
    *entry = (struct entry){.text = arena_strdup(seen->arena, text), .row = row};
    (void)map_add(&seen->map, &entry->node, hash);
    return row;
}

bool seen_rows_have(const struct seen_rows *seen, const char *text) {
    return map_find(&seen->map, hash_keyed(text, strlen(text)), is_of, text) != NULL;
}

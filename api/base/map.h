#ifndef GUICHET_BASE_MAP_H
#define GUICHET_BASE_MAP_H
/* A table of entries by key. The entry holds its node (`struct map_node node;` as its first member) and
 * belongs to the caller: the map allocates its buckets alone, never copies and never frees an entry.
 * The caller hashes: with hash_keyed (security/hash.h) wherever others choose the keys. An entry's hash
 * and key must not change while it is in the map. Buckets are chosen by the upper 32 bits of the hash, so
 * that the lower ones may choose among several maps. Bounded by the number given to map_init.
 * Not thread-safe: the caller locks. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_node {
    struct map_node *next; /* of its bucket */
    uint64_t hash;
};

struct map {
    struct map_node **buckets;
    size_t capacity; /* of the buckets: 0 or a power of two */
    size_t count;
    size_t count_max;
};

/* Is this entry, whose hash is that of `key`, the entry of `key`? */
typedef bool map_equal(const struct map_node *node, const void *key);

/* An empty map for at most `count_max` entries; allocates nothing. */
void map_init(struct map *map, size_t count_max);
/* Frees the buckets, not the entries: take those out first (map_next). The map may be used again. */
void map_clear(struct map *map);
/* The entry of the key; NULL where there is none. */
struct map_node *map_find(const struct map *map, uint64_t hash, map_equal *equal, const void *key);
/* Adds an entry whose key is not there yet. False, and nothing is added, where the map is full or has
 * no memory for its first buckets; later lack of memory makes it slower only. */
bool map_add(struct map *map, struct map_node *node, uint64_t hash);
/* Takes out an entry that is there. */
void map_remove(struct map *map, struct map_node *node);
/* The entry behind `node`, or the first where that is NULL, in no order; NULL at the end. An entry may
 * be removed once the one behind it is known; nothing may be added meanwhile. */
struct map_node *map_next(const struct map *map, const struct map_node *node);

#endif

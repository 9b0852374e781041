#include "base/map.h"
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

void map_init(struct map *map, size_t count_max) {
    *map = (struct map){.count_max = count_max};
}

void map_clear(struct map *map) {
    free(map->buckets);
    map_init(map, map->count_max);
}

/* By the upper half: the lower bits are all the same in one of several maps chosen by them. */
static size_t place_of(uint64_t hash, size_t capacity) {
    return (size_t)(hash >> 32) & (capacity - 1);
}

static struct map_node **bucket_of(struct map_node **buckets, size_t capacity, uint64_t hash) {
    return &buckets[place_of(hash, capacity)];
}

/* One entry a bucket on average at most. Without memory for more buckets the old ones stay. */
static void grow(struct map *map) {
    const size_t capacity = map->capacity == 0 ? FIRST_CAPACITY : map->capacity * 2;
    struct map_node **buckets = calloc(capacity, sizeof(struct map_node *));
    if (buckets == NULL) {
        return;
    }
    for (size_t i = 0; i < map->capacity; i++) {
        for (struct map_node *node = map->buckets[i], *next; node != NULL; node = next) {
            struct map_node **bucket = bucket_of(buckets, capacity, node->hash);
            next = node->next;
            node->next = *bucket;
            *bucket = node;
        }
    }
    free(map->buckets);
    map->buckets = buckets;
    map->capacity = capacity;
}

struct map_node *map_find(const struct map *map, uint64_t hash, map_equal *equal, const void *key) {
    struct map_node *node =
        map->capacity == 0 ? NULL : *bucket_of(map->buckets, map->capacity, hash);
    while (node != NULL && (node->hash != hash || !equal(node, key))) {
        node = node->next;
    }
    return node;
}

bool map_add(struct map *map, struct map_node *node, uint64_t hash) {
    if (map->count == map->count_max) {
        return false;
    }
    if (map->count == map->capacity) {
        grow(map);
    }
    if (map->capacity == 0) {
        return false;
    }
    struct map_node **bucket = bucket_of(map->buckets, map->capacity, hash);
    *node = (struct map_node){*bucket, hash};
    *bucket = node;
    map->count++;
    return true;
}

void map_remove(struct map *map, struct map_node *node) {
    struct map_node **link = bucket_of(map->buckets, map->capacity, node->hash);
    while (*link != node) {
        link = &(*link)->next;
    }
    *link = node->next;
    map->count--;
}

struct map_node *map_next(const struct map *map, const struct map_node *node) {
    size_t at = 0;
    if (node != NULL) {
        if (node->next != NULL) {
            return node->next;
        }
        at = place_of(node->hash, map->capacity) + 1;
    }
    while (at < map->capacity && map->buckets[at] == NULL) {
        at++;
    }
    return at < map->capacity ? map->buckets[at] : NULL;
}

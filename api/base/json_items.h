#ifndef GUICHET_BASE_JSON_ITEMS_H
#define GUICHET_BASE_JSON_ITEMS_H
/* Reads a file of many JSON objects one by one, in bounded memory: one object a line (JSON Lines), or arrays of
 * objects, one behind the other, as pages of an API that were put together. What an item says is for json_parse. One
 * thread uses a reader. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_ITEM_BYTES_MAX = 1024 * 1024 };

struct json_items {
    FILE *file; /* borrowed */
    char *bytes;
    size_t length;
    size_t capacity;
    int64_t line; /* that is being read */
    int64_t rows; /* items found so far */
    bool has_begun;
    bool is_within_array;
    bool needs_comma; /* behind an item of an array */
};

enum json_items_found {
    JSON_ITEMS_ITEM,
    JSON_ITEMS_TOO_LONG, /* an item past JSON_ITEM_BYTES_MAX, which was passed over */
    JSON_ITEMS_BROKEN,   /* no reader can tell where the next item begins: nothing more is read */
    JSON_ITEMS_UNREADABLE,
    JSON_ITEMS_END,
};

struct json_item {
    const char *text; /* until the next call; not necessarily valid JSON */
    size_t length;
    int64_t row;  /* the how manieth it is, from 1 */
    int64_t line; /* where it begins, from 1 */
};

void json_items_init(struct json_items *items, FILE *file);
void json_items_clear(struct json_items *items);
/* The next item. With anything but JSON_ITEMS_END `item` says where. */
enum json_items_found json_items_next(struct json_items *items, struct json_item *item);

#endif

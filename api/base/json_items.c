#include "base/json_items.h"
#include "base/memory.h"

void json_items_init(struct json_items *items, FILE *file) {
    *items = (struct json_items){.file = file, .line = 1};
}

void json_items_clear(struct json_items *items) {
    memory_free(items->bytes);
    items->bytes = NULL;
    items->capacity = 0;
}

static int read_byte(struct json_items *items) {
    const int byte = getc_unlocked(items->file);
    items->line += byte == '\n';
    return byte;
}

/* The first byte, behind a byte order mark (EF BB BF). */
static int read_first(struct json_items *items) {
    const int byte = read_byte(items);
    items->has_begun = true;
    return byte == 0xef && read_byte(items) == 0xbb && read_byte(items) == 0xbf ? read_byte(items)
                                                                                : byte;
}

/* The next byte that is no blank of JSON; EOF at the end. */
static int read_past_blanks(struct json_items *items) {
    int byte = items->has_begun ? read_byte(items) : read_first(items);
    while (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') {
        byte = read_byte(items);
    }
    return byte;
}

/* What is longer than an item may be is counted and not kept. */
static void keep(struct json_items *items, int byte) {
    if (items->length < JSON_ITEM_BYTES_MAX) {
        if (items->length == items->capacity) {
            items->capacity = items->capacity == 0 ? 4096 : items->capacity * 2;
            items->bytes = memory_realloc(items->bytes, items->capacity);
        }
        items->bytes[items->length] = (char)byte;
    }
    items->length++;
}

/* Outside of an array an item is a line: one that was cut spoils no other. */
static void read_line(struct json_items *items, int first) {
    for (int byte = first; byte != EOF && byte != '\n'; byte = read_byte(items)) {
        keep(items, byte);
    }
}

/* An object up to its last brace. False where the file ends before. */
static bool read_object(struct json_items *items) {
    size_t depth = 0;
    bool is_text = false;
    bool is_escaped = false;
    for (int byte = '{'; byte != EOF; byte = read_byte(items)) {
        keep(items, byte);
        if (is_text) {
            is_text = byte != '"' || is_escaped;
            is_escaped = byte == '\\' && !is_escaped;
        } else if (byte == '"') {
            is_text = true;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']') && --depth == 0) {
            return true;
        }
    }
    return false;
}

/* To where the next item begins, arrays opened and closed on the way. EOF: nothing more; 0: what stands there is
 * neither an item nor what separates two. */
static int find_start(struct json_items *items) {
    for (;;) {
        const int byte = read_past_blanks(items);
        if (!items->is_within_array) {
            if (byte != '[') {
                return byte;
            }
            items->is_within_array = true;
        } else if (byte == ']') {
            items->is_within_array = false;
        } else if (byte != ',' || !items->needs_comma) {
            return byte == '{' && !items->needs_comma ? byte : 0;
        }
        items->needs_comma = false;
    }
}

enum json_items_found json_items_next(struct json_items *items, struct json_item *item) {
    bool is_whole = true;
    items->length = 0;
    const int start = find_start(items);
    *item = (struct json_item){.line = items->line, .row = items->rows + 1};
    if (start == EOF) {
        return ferror(items->file) ? JSON_ITEMS_UNREADABLE : JSON_ITEMS_END;
    }
    if (start == 0) {
        return ferror(items->file) ? JSON_ITEMS_UNREADABLE : JSON_ITEMS_BROKEN;
    }
    items->rows++;
    if (items->is_within_array) {
        is_whole = read_object(items);
        items->needs_comma = true;
    } else {
        read_line(items, start);
    }
    if (ferror(items->file)) {
        return JSON_ITEMS_UNREADABLE;
    }
    if (items->length > JSON_ITEM_BYTES_MAX) {
        return is_whole ? JSON_ITEMS_TOO_LONG : JSON_ITEMS_BROKEN;
    }
    item->text = items->bytes;
    item->length = items->length;
    return is_whole ? JSON_ITEMS_ITEM : JSON_ITEMS_BROKEN;
}

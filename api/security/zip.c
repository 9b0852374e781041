#include "security/zip.h"
#include <stdint.h>
#include <string.h>

enum {
    LOCAL_HEADER_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    COMMENT_BYTES_MAX = 65535,
    ENTRIES_MAX = 4096,
    STORED = 0,
    DEFLATED = 8,
    ENCRYPTED = 1,
};

static uint32_t read_le(const unsigned char *at, size_t bytes) {
    uint32_t value = 0;
    for (size_t i = bytes; i-- > 0;) {
        value = (value << 8) | at[i];
    }
    return value;
}

/* Position of the end record; `length` where there is none. */
static size_t find_end(const unsigned char *bytes, size_t length) {
    if (length < END_BYTES) {
        return length;
    }
    const size_t last = length - END_BYTES;
    const size_t first = last > COMMENT_BYTES_MAX ? last - COMMENT_BYTES_MAX : 0;
    for (size_t at = last + 1; at-- > first;) {
        if (memcmp(bytes + at, "PK\x05\x06", 4) == 0) {
            return at;
        }
    }
    return length;
}

bool zip_open(struct zip *zip, const unsigned char *bytes, size_t length) {
    const size_t end = find_end(bytes, length);
    if (end == length) {
        return false;
    }
    *zip = (struct zip){.bytes = bytes,
                        .end = end,
                        .at = read_le(bytes + end + 16, 4),
                        .left = read_le(bytes + end + 10, 2)};
    return zip->at <= end && zip->left <= ENTRIES_MAX;
}

/* Some programs leave a number to one of the two headers. */
static size_t either(uint32_t central, uint32_t local) {
    return central != 0 ? central : local;
}

/* The local header of an entry, which has to name it the same way. */
static bool read_local(const struct zip *zip, const unsigned char *central,
                       struct zip_entry *entry) {
    const size_t at = read_le(central + 42, 4);
    if (at > zip->end || zip->end - at < LOCAL_HEADER_BYTES + entry->name_length) {
        return false;
    }
    const unsigned char *local = zip->bytes + at;
    const size_t skipped = LOCAL_HEADER_BYTES + entry->name_length + read_le(local + 28, 2);
    const unsigned method = read_le(local + 8, 2);
    entry->data_bytes = either(read_le(central + 20, 4), read_le(local + 18, 4));
    entry->is_deflated = method == DEFLATED;
    if (memcmp(local, "PK\x03\x04", 4) != 0 || read_le(local + 26, 2) != entry->name_length ||
        memcmp(local + LOCAL_HEADER_BYTES, entry->name, entry->name_length) != 0 ||
        (read_le(local + 6, 2) & ENCRYPTED) != 0 || (method != STORED && method != DEFLATED) ||
        zip->end - at < skipped || zip->end - at - skipped < entry->data_bytes) {
        return false;
    }
    entry->data = local + skipped;
    return true;
}

bool zip_next(struct zip *zip, struct zip_entry *entry) {
    const unsigned char *central = zip->bytes + zip->at;
    if (zip->left == 0 || zip->end - zip->at < ENTRY_BYTES ||
        memcmp(central, "PK\x01\x02", 4) != 0) {
        return false;
    }
    const size_t own = read_le(central + 28, 2);
    const size_t whole = ENTRY_BYTES + own + read_le(central + 30, 2) + read_le(central + 32, 2);
    if (zip->end - zip->at < whole) {
        return false;
    }
    *entry = (struct zip_entry){.name = (const char *)central + ENTRY_BYTES, .name_length = own};
    if (!read_local(zip, central, entry)) {
        return false;
    }
    zip->at += whole;
    zip->left--;
    return true;
}

bool zip_is_whole(const struct zip *zip) {
    return zip->left == 0 && zip->at == zip->end;
}

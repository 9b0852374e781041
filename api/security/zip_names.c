#include "security/zip_names.h"
#include <stdint.h>
#include <string.h>

enum {
    LOCAL_HEADER_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    COMMENT_BYTES_MAX = 65535,
    ENTRIES_MAX = 4096,
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

bool zip_has_name(const unsigned char *bytes, size_t length, const char *name) {
    const size_t end = find_end(bytes, length);
    if (end == length) {
        return false;
    }
    const size_t name_length = strlen(name);
    size_t at = read_le(bytes + end + 16, 4);
    for (size_t entry = 0; entry < ENTRIES_MAX; entry++) {
        if (at > end || end - at < ENTRY_BYTES || memcmp(bytes + at, "PK\x01\x02", 4) != 0) {
            return false;
        }
        const size_t own = read_le(bytes + at + 28, 2);
        const size_t rest = read_le(bytes + at + 30, 2) + read_le(bytes + at + 32, 2);
        if (end - at - ENTRY_BYTES < own) {
            return false;
        }
        if (own == name_length && memcmp(bytes + at + ENTRY_BYTES, name, own) == 0) {
            return true;
        }
        at += ENTRY_BYTES + own + rest;
    }
    return false;
}

bool zip_starts_with_stored(const unsigned char *bytes, size_t length, const char *name,
                            const char *content) {
    const size_t name_length = strlen(name);
    const size_t content_length = strlen(content);
    if (length < LOCAL_HEADER_BYTES + name_length + content_length ||
        memcmp(bytes, "PK\x03\x04", 4) != 0 || read_le(bytes + 8, 2) != 0 ||
        read_le(bytes + 18, 4) != content_length || read_le(bytes + 26, 2) != name_length ||
        read_le(bytes + 28, 2) != 0) {
        return false;
    }
    return memcmp(bytes + LOCAL_HEADER_BYTES, name, name_length) == 0 &&
           memcmp(bytes + LOCAL_HEADER_BYTES + name_length, content, content_length) == 0;
}

#ifndef GUICHET_SECURITY_ZIP_H
#define GUICHET_SECURITY_ZIP_H
/* Reads a zip archive (PKWARE APPNOTE 6.3) that lies in memory, strictly: the central directory and the local
 * headers have to say the same names, so that no two programs see different files. Malformed bytes give
 * false, never a read out of bounds. Thread-safe. */
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct zip {
    const unsigned char *bytes;
    size_t end; /* of the directory, where its end record begins */
    size_t at;  /* of the next entry */
    size_t left;
};

struct zip_entry {
    const char *name; /* inside the archive, not NUL-terminated */
    size_t name_length;
    const unsigned char *data;
    size_t data_bytes;
    bool is_deflated; /* else stored */
};

/* Stands before the first entry. False where this is no archive of one piece, or one of more than 4,096
 * entries. */
bool zip_open(struct zip *zip, const unsigned char *bytes, size_t length);
/* The next entry. False at the end, and where an entry is malformed, encrypted or packed in another way. */
bool zip_next(struct zip *zip, struct zip_entry *entry);
/* After zip_next was false: every entry was read. */
bool zip_is_whole(const struct zip *zip);

#endif

#ifndef GUICHET_SECURITY_ZIP_NAMES_H
#define GUICHET_SECURITY_ZIP_NAMES_H
/* Reads the names in a zip archive (PKWARE APPNOTE 6.3) from its central directory; nothing is
 * unpacked. Malformed bytes give false, never a read out of bounds. Thread-safe. */
#include <stdbool.h>
#include <stddef.h>

bool zip_has_name(const unsigned char *bytes, size_t length, const char *name);
/* True where the first entry has this name and holds exactly this text, not compressed. */
bool zip_starts_with_stored(const unsigned char *bytes, size_t length, const char *name,
                            const char *content);

#endif

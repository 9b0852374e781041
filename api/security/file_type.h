#ifndef GUICHET_SECURITY_FILE_TYPE_H
#define GUICHET_SECURITY_FILE_TYPE_H
/* The type of an uploaded file, by its content (libmagic), never by its name. Thread-safe. */
#include "base/arena.h"
#include <stddef.h>

/* The media type of PDF, PNG, JPEG, ODT, and DOCX without macros; NULL for any other. Static text. */
const char *file_type_find(const unsigned char *bytes, size_t length);
/* A safe name for a file, in the arena: the last part of a path, without control characters, leading
 * dots and what file systems refuse, at most 200 bytes, with the ending of the media type. */
const char *file_type_safe_name(struct arena *arena, const char *name, const char *media_type);

#endif

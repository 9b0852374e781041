#ifndef GUICHET_SECURITY_FILE_TYPE_H
#define GUICHET_SECURITY_FILE_TYPE_H
/* What a file that people sent really is, by its content (libmagic), never by its name. Thread-safe. */
#include "base/arena.h"
#include <stddef.h>

/* The media type, where it is one that we take: PDF, PNG, JPEG, ODT, DOCX without macros; else NULL.
 * Static text. */
const char *file_type_find(const unsigned char *bytes, size_t length);
/* A name to show and to save under: the last part of a path, without control characters, leading
 * dots and what file systems refuse, at most 200 bytes, with the ending of the media type. */
const char *file_type_safe_name(struct arena *arena, const char *name, const char *media_type);

#endif

#ifndef GUICHET_SECURITY_FILE_TYPE_H
#define GUICHET_SECURITY_FILE_TYPE_H
/* The type of an uploaded file, by its content (OPC, ODF, libmagic), never by its name. Thread-safe. */
#include "base/arena.h"
#include <stddef.h>

/* The media type of PDF, PNG, JPEG, ODT and DOCX; NULL for any other, templates and documents that may hold macros
 * among them: `*reason` says then, in French, what to do. Static texts. */
const char *file_type_find(const unsigned char *bytes, size_t length, const char **reason);
/* A safe name for a file, in the arena: the last part of a path, without control characters, leading
 * dots and what file systems refuse, at most 200 bytes, with the ending of the media type. */
const char *file_type_safe_name(struct arena *arena, const char *name, const char *media_type);

#endif

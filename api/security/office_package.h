#ifndef GUICHET_SECURITY_OFFICE_PACKAGE_H
#define GUICHET_SECURITY_OFFICE_PACKAGE_H
/* A document of OOXML (ECMA-376, part 2) or ODF (part 2 of ODF 1.3): a zip whose parts say what it is. Not by
 * the names of its parts: Word Online calls its main part document2.xml. Thread-safe. */
#include "base/arena.h"
#include "security/inflate.h"
#include "security/zip.h"

enum office_kind {
    OFFICE_KIND_NONE, /* another zip */
    OFFICE_KIND_ODT,
    OFFICE_KIND_DOCX,
    OFFICE_KIND_SHEET,
    OFFICE_KIND_SLIDES,
    OFFICE_KIND_TEMPLATE, /* of any of them */
    OFFICE_KIND_MACRO,    /* whose type says that it may hold macros */
    OFFICE_KIND_OTHER,    /* drawings, master documents, databases */
    OFFICE_KIND_ENCRYPTED,
    OFFICE_KIND_UNREADABLE,
};

/* An archive being read, and what may still be unpacked of it. */
struct office_package {
    struct arena *arena;
    const unsigned char *bytes;
    size_t length;
    size_t bytes_left;
    char *text; /* room for a part, used again for each; NULL before the first */
};

enum { OFFICE_PACKAGE_BYTES_MAX = 128 * 1024 * 1024 }; /* of everything that is unpacked */

/* What a document says that it is; `package` has its arena, its bytes and its bound. */
enum office_kind office_package_kind(struct office_package *package);
/* Gives the content of an entry to a sink, piece by piece. Does not lower `bytes_left`: the caller knows how much
 * came. */
MUST_CHECK enum err office_package_read(const struct office_package *package,
                                        const struct zip_entry *entry, size_t bytes_max,
                                        inflate_sink *sink, void *state);
/* An XML part in lower case, digit references resolved, which lives until the next one is read: UTF-8, as OPC and
 * ODF have it, and no document type, which could say a word in other words. NULL where it is something else. */
const char *office_package_read_xml(struct office_package *package, const struct zip_entry *entry);
/* The value of an attribute with any prefix, of what stands behind a tag's name, in the arena; "" where it is
 * missing. */
const char *office_package_attribute(struct arena *arena, const char *attributes, const char *name);

#endif

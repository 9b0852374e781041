#include "security/file_type.h"
#include "base/utf8.h"
#include "security/active_content.h"
#include "security/office_package.h"
#include <magic.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES_MAX = 200, BLANKS_MAX = 1024 };

static const char PDF[] = "application/pdf";
static const char ODT[] = "application/vnd.oasis.opendocument.text";
static const char DOCX[] =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

static const struct type {
    const char *media_type;
    const char *ending;
    const char *other_ending; /* an equivalent ending; NULL: none */
} TYPES[] = {
    {PDF, ".pdf", NULL}, {"image/png", ".png", NULL}, {"image/jpeg", ".jpg", ".jpeg"},
    {ODT, ".odt", NULL}, {DOCX, ".docx", NULL},
};

static const struct type *find_type(const char *media_type) {
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (strcmp(TYPES[i].media_type, media_type) == 0) {
            return &TYPES[i];
        }
    }
    return NULL;
}

static const char SEVERAL[] = "Joignez un PDF, une image PNG ou JPEG, un document ODT ou DOCX : le "
                              "contenu de ce fichier est autre chose.";

static const char *find_office_type(const unsigned char *bytes, size_t length,
                                    const char **reason) {
    ARENA_AUTO(arena);
    struct office_package package = {
        .arena = &arena, .bytes = bytes, .length = length, .bytes_left = OFFICE_PACKAGE_BYTES_MAX};
    switch (office_package_kind(&package)) {
    case OFFICE_KIND_ODT:
        return ODT;
    case OFFICE_KIND_DOCX:
        return DOCX;
    case OFFICE_KIND_SHEET:
        *reason = "Ce fichier est un classeur : exportez-le en PDF, et joignez le PDF.";
        break;
    case OFFICE_KIND_SLIDES:
        *reason = "Ce fichier est une présentation : exportez-la en PDF, et joignez le PDF.";
        break;
    case OFFICE_KIND_TEMPLATE:
        *reason = "Ce fichier est un modèle de document (DOTX, OTT, XLTX…) : ouvrez-le, "
                  "enregistrez-le comme document DOCX ou ODT, ou en PDF, et joignez celui-ci.";
        break;
    case OFFICE_KIND_MACRO:
        *reason = active_content_reason(ACTIVE_CONTENT_MACRO);
        break;
    case OFFICE_KIND_ENCRYPTED:
        *reason = active_content_reason(ACTIVE_CONTENT_ENCRYPTED);
        break;
    case OFFICE_KIND_UNREADABLE:
        *reason = active_content_reason(ACTIVE_CONTENT_UNREADABLE);
        break;
    case OFFICE_KIND_NONE:
    case OFFICE_KIND_OTHER:
        break;
    }
    return NULL;
}

static bool begins_with(const unsigned char *bytes, size_t length, const char *magic) {
    return length >= strlen(magic) && memcmp(bytes, magic, strlen(magic)) == 0;
}

/* ISO 32000-2, 7.5.2: the header is the first line. A mark of UTF-8 and blanks in front of it are no other language;
 * anything else would be, to a reader that looks for HTML. */
static bool is_pdf(const unsigned char *bytes, size_t length) {
    size_t at = begins_with(bytes, length, "\xef\xbb\xbf") ? 3 : 0;
    while (at < length && at < BLANKS_MAX && strchr("\t\n\f\r ", bytes[at]) != NULL &&
           bytes[at] != 0) {
        at++;
    }
    return begins_with(bytes + at, length - at, "%PDF-");
}

/* The compound files of OLE: documents before 2007, and newer ones behind a password ([MS-OFFCRYPTO] 2.1). */
static const char *reason_of_ole(const unsigned char *bytes, size_t length) {
    static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return memmem(bytes, length, encrypted, sizeof encrypted - 1) != NULL
               ? active_content_reason(ACTIVE_CONTENT_ENCRYPTED)
               : "Ce fichier est d’un ancien format (DOC, XLS, PPT) : enregistrez-le en DOCX, en "
                 "ODT ou en PDF.";
}

static const char *find_by_magic(const unsigned char *bytes, size_t length, const char **reason) {
    const magic_t magic = magic_open(MAGIC_MIME_TYPE);
    if (magic == NULL) {
        return NULL;
    }
    const char *found = magic_load(magic, NULL) == 0 ? magic_buffer(magic, bytes, length) : NULL;
    const struct type *type = found == NULL ? NULL : find_type(found);
    magic_close(magic);
    if (type != NULL && strcmp(type->media_type, PDF) == 0) {
        *reason = "Ce PDF commence par autre chose qu’un PDF : imprimez-le dans un nouveau PDF.";
        return NULL;
    }
    return type == NULL ? NULL : type->media_type;
}

const char *file_type_find(const unsigned char *bytes, size_t length, const char **reason) {
    *reason = SEVERAL;
    if (is_pdf(bytes, length)) {
        return PDF;
    }
    if (begins_with(bytes, length, "PK\x03\x04")) {
        return find_office_type(bytes, length, reason);
    }
    if (begins_with(bytes, length, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
        *reason = reason_of_ole(bytes, length);
        return NULL;
    }
    return find_by_magic(bytes, length, reason);
}

static bool ends_with(const char *name, size_t length, const char *ending) {
    const size_t size = ending == NULL ? 0 : strlen(ending);
    return size > 0 && length > size && strncasecmp(name + length - size, ending, size) == 0;
}

/* Kept, or replaced by a character that stands for it. */
static char safe_byte(unsigned char c) {
    return c < 0x20 || c == 0x7f || strchr("<>:\"|?*", c) != NULL ? '_' : (char)c;
}

const char *file_type_safe_name(struct arena *arena, const char *name, const char *media_type) {
    const struct type *type = find_type(media_type);
    const char *ending = type == NULL ? "" : type->ending;
    const char *last = name;
    for (const char *c = name; *c != '\0'; c++) {
        last = *c == '/' || *c == '\\' ? c + 1 : last;
    }
    last += strspn(last, ". ");
    char *safe = arena_alloc(arena, NAME_BYTES_MAX + 1);
    size_t length = 0;
    size_t step = 0;
    for (const unsigned char *c = (const unsigned char *)last; *c != '\0'; c += step) {
        step = utf8_sequence(c, strlen((const char *)c));
        if (step == 0 || length + step > NAME_BYTES_MAX) {
            break;
        }
        if (utf8_is_direction(utf8_code_point(c, step))) {
            continue; /* it would show another ending */
        }
        memcpy(safe + length, c, step);
        safe[length] = step == 1 ? safe_byte(*c) : safe[length];
        length += step;
    }
    if (length == 0) {
        return arena_printf(arena, "document%s", ending);
    }
    const bool fits = type != NULL && (ends_with(safe, length, type->ending) ||
                                       ends_with(safe, length, type->other_ending));
    return fits ? safe : arena_printf(arena, "%s%s", safe, ending);
}

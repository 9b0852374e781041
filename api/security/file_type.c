#include "security/file_type.h"
#include "base/utf8.h"
#include "security/zip.h"
#include <magic.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { NAME_BYTES_MAX = 200 };

static const char ODT[] = "application/vnd.oasis.opendocument.text";
static const char DOCX[] =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

static const struct type {
    const char *media_type;
    const char *ending;
    const char *other_ending; /* an equivalent ending; NULL: none */
} TYPES[] = {
    {"application/pdf", ".pdf", NULL},
    {"image/png", ".png", NULL},
    {"image/jpeg", ".jpg", ".jpeg"},
    {ODT, ".odt", NULL},
    {DOCX, ".docx", NULL},
};

static const struct type *find_type(const char *media_type) {
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (strcmp(TYPES[i].media_type, media_type) == 0) {
            return &TYPES[i];
        }
    }
    return NULL;
}

/* ODT and DOCX are zip archives that libmagic recognises only where their first entries come in the
 * usual order: look at the names inside. */
static const char *find_office_type(const unsigned char *bytes, size_t length) {
    if (zip_starts_with_stored(bytes, length, "mimetype", ODT) &&
        zip_has_name(bytes, length, "content.xml")) {
        return ODT;
    }
    return zip_has_name(bytes, length, "[Content_Types].xml") &&
                   zip_has_name(bytes, length, "word/document.xml")
               ? DOCX
               : NULL;
}

const char *file_type_find(const unsigned char *bytes, size_t length) {
    if (length >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0) {
        return find_office_type(bytes, length);
    }
    const magic_t magic = magic_open(MAGIC_MIME_TYPE);
    if (magic == NULL) {
        return NULL;
    }
    const char *found = magic_load(magic, NULL) == 0 ? magic_buffer(magic, bytes, length) : NULL;
    const struct type *type = found == NULL ? NULL : find_type(found);
    magic_close(magic);
    return type == NULL ? NULL : type->media_type;
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

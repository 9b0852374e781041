#include "security/active_content.h"
#include "base/arena.h"
#include "security/inflate.h"
#include "security/office_xml.h"
#include "security/zip.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART_BYTES_MAX = 1024 * 1024,      /* of a part that says what the others are */
    ALL_BYTES_MAX = 128 * 1024 * 1024, /* of everything that is unpacked */
};

static bool has(const char *text, size_t length, const char *word) {
    return memmem(text, length, word, strlen(word)) != NULL;
}

/* One archive being judged. */
struct inspection {
    struct arena *arena;
    char *text; /* room for a part, used again for each; NULL before the first */
    size_t bytes_left;
    enum active_content found;
};

static void note(struct inspection *inspection, enum active_content found) {
    if (inspection->found == ACTIVE_CONTENT_NONE) {
        inspection->found = found;
    }
}

/* A part as it is read, and how much of it came. */
struct part_reading {
    struct office_xml xml;
    size_t bytes;
};

/* Lower-case text of a part. */
struct part {
    char *text;
    size_t length;
};

static bool gather(void *state, const unsigned char *piece, size_t length) {
    struct part *part = state;
    for (size_t i = 0; i < length; i++) {
        part->text[part->length++] = (char)tolower(piece[i]);
    }
    return true;
}

/* Gives the content of an entry to a sink, piece by piece. */
static enum err read_entry(struct inspection *inspection, const struct zip_entry *entry,
                           size_t bytes_max, inflate_sink *sink, void *state) {
    const size_t most = bytes_max < inspection->bytes_left ? bytes_max : inspection->bytes_left;
    if (entry->is_deflated) {
        return inflate_each(entry->data, entry->data_bytes, INFLATE_BARE, most, sink, state);
    }
    if (entry->data_bytes > most) {
        return ERR_TOO_LARGE;
    }
    (void)sink(state, entry->data, entry->data_bytes);
    return ERR_NONE;
}

/* A digit reference (&#x6c;) as the character it stands for, so that no word hides behind one. */
static void resolve_references(struct part *part) {
    size_t used = 0;
    for (size_t i = 0; i < part->length; i++) {
        char c = part->text[i];
        if (c == '&' && part->text[i + 1] == '#') {
            const bool is_hexadecimal = part->text[i + 2] == 'x';
            char *end = NULL;
            const unsigned long code =
                strtoul(part->text + i + (is_hexadecimal ? 3 : 2), &end, is_hexadecimal ? 16 : 10);
            if (*end == ';' && code > 0 && code < 128) {
                c = (char)tolower((int)code);
                i = (size_t)(end - part->text);
            }
        }
        part->text[used++] = c;
    }
    part->text[used] = '\0';
    part->length = used;
}

/* By its declaration, which may be missing. */
static bool is_utf8(const char *xml) {
    const char *end = strstr(xml, "?>");
    const char *encoding = end == NULL ? NULL : memmem(xml, (size_t)(end - xml), "encoding", 8);
    return encoding == NULL || has(encoding, (size_t)(end - encoding), "utf-8");
}

/* An XML part in UTF-8, as OPC and ODF have it: no other encoding, and no document type, which could say a
 * word in other words. NULL, and the verdict noted, where it is something else. */
static const char *read_xml(struct inspection *inspection, const struct zip_entry *entry) {
    if (inspection->text == NULL) {
        inspection->text = arena_alloc(inspection->arena, PART_BYTES_MAX + 1);
    }
    struct part part = {.text = inspection->text};
    const enum err err = read_entry(inspection, entry, PART_BYTES_MAX, gather, &part);
    part.text[part.length] = '\0';
    if (err != ERR_NONE || strlen(part.text) != part.length || strstr(part.text, "<!") != NULL ||
        !is_utf8(part.text)) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
        return NULL;
    }
    inspection->bytes_left -= part.length;
    resolve_references(&part);
    return part.text;
}

static const struct word {
    const char *text;
    enum active_content means;
} TYPES[] = {
    /* In [Content_Types].xml and META-INF/manifest.xml: what a part is. */
    {"macroenabled", ACTIVE_CONTENT_MACRO},
    {"vbaproject", ACTIVE_CONTENT_MACRO},
    {"vbadata", ACTIVE_CONTENT_MACRO},
    {"activex", ACTIVE_CONTENT_MACRO},
    {"oleobject", ACTIVE_CONTENT_OBJECT},
    {"full-path=\"basic/", ACTIVE_CONTENT_MACRO},
    {"full-path=\"scripts/", ACTIVE_CONTENT_MACRO},
};

static void judge_types(struct inspection *inspection, const char *xml) {
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (strstr(xml, TYPES[i].text) != NULL) {
            note(inspection, TYPES[i].means);
        }
    }
}

/* TargetMode="External", however it is spaced. */
static bool is_external(const char *tag, size_t length) {
    static const char name[] = "targetmode";
    const char *end = tag + length;
    for (const char *at = tag; (at = memmem(at, (size_t)(end - at), name, strlen(name))) != NULL;) {
        at += strlen(name);
        at += strspn(at, " \t\r\n=\"'");
        if (strncmp(at, "external", 8) == 0) {
            return true;
        }
    }
    return false;
}

/* A link that somebody follows, and which is nothing else. */
static bool is_hyperlink(const char *tag, size_t length) {
    static const char kind[] = "/relationships/";
    const char *end = tag + length;
    const char *only = memmem(tag, length, kind, strlen(kind));
    if (only == NULL) {
        return false;
    }
    only += strlen(kind);
    return strncmp(only, "hyperlink", 9) == 0 && (only[9] == '"' || only[9] == '\'') &&
           memmem(only, (size_t)(end - only), kind, strlen(kind)) == NULL;
}

/* One <Relationship …> of OPC: what a part leads to. */
static void judge_relationship(struct inspection *inspection, const char *tag, size_t length) {
    if (has(tag, length, "/vbaproject") || has(tag, length, "/control\"") ||
        has(tag, length, "/control'") || has(tag, length, "/activexcontrol")) {
        note(inspection, ACTIVE_CONTENT_MACRO);
    } else if (has(tag, length, "/oleobject") || has(tag, length, "/afchunk")) {
        note(inspection, ACTIVE_CONTENT_OBJECT);
    } else if (has(tag, length, "/attachedtemplate") && is_external(tag, length)) {
        note(inspection, ACTIVE_CONTENT_TEMPLATE);
    } else if (is_external(tag, length) && !is_hyperlink(tag, length)) {
        note(inspection, ACTIVE_CONTENT_ELSEWHERE);
    }
}

static void judge_relationships(struct inspection *inspection, const char *xml) {
    for (const char *tag = strchr(xml, '<'); tag != NULL; tag = strchr(tag + 1, '<')) {
        judge_relationship(inspection, tag, 1 + strcspn(tag + 1, "<"));
    }
}

static bool read_part(void *state, const unsigned char *piece, size_t length) {
    struct part_reading *reading = state;
    reading->bytes += length;
    return office_xml_read(&reading->xml, piece, length);
}

/* A part of any size, and of any name: its name does not say what it is used for. */
static void judge_part(struct inspection *inspection, const struct zip_entry *entry) {
    struct part_reading reading = {0};
    const enum err err = read_entry(inspection, entry, ALL_BYTES_MAX, read_part, &reading);
    inspection->bytes_left -=
        reading.bytes < inspection->bytes_left ? reading.bytes : inspection->bytes_left;
    if (reading.xml.found != ACTIVE_CONTENT_NONE) {
        note(inspection, reading.xml.found);
    } else if (err != ERR_NONE) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
    }
}

static bool ends_with(const char *name, const char *ending) {
    const size_t length = strlen(name);
    const size_t own = strlen(ending);
    return length >= own && strcmp(name + length - own, ending) == 0;
}

static bool starts_with(const char *name, const char *beginning) {
    return strncmp(name, beginning, strlen(beginning)) == 0;
}

static void judge_entry(struct inspection *inspection, const struct zip_entry *entry) {
    const char *xml = NULL;
    char *name = arena_strndup(inspection->arena, entry->name, entry->name_length);
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '\\' ? '/' : (char)tolower((unsigned char)*c);
    }
    if (strlen(name) != entry->name_length) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
    } else if (starts_with(name, "basic/") || starts_with(name, "scripts/") ||
               ends_with(name, "vbaproject.bin")) {
        note(inspection, ACTIVE_CONTENT_MACRO);
    } else if (strcmp(name, "[content_types].xml") == 0 ||
               ends_with(name, "meta-inf/manifest.xml")) {
        xml = read_xml(inspection, entry);
        if (xml != NULL) {
            judge_types(inspection, xml);
        }
    } else if (ends_with(name, ".rels")) {
        xml = read_xml(inspection, entry);
        if (xml != NULL) {
            judge_relationships(inspection, xml);
        }
    } else {
        judge_part(inspection, entry);
    }
}

enum active_content active_content_find_in_office(const unsigned char *bytes, size_t length) {
    ARENA_AUTO(arena);
    struct inspection inspection = {.arena = &arena, .bytes_left = ALL_BYTES_MAX};
    struct zip zip;
    struct zip_entry entry;
    if (!zip_open(&zip, bytes, length)) {
        return ACTIVE_CONTENT_UNREADABLE;
    }
    while (inspection.found == ACTIVE_CONTENT_NONE && zip_next(&zip, &entry)) {
        judge_entry(&inspection, &entry);
    }
    if (inspection.found == ACTIVE_CONTENT_NONE && !zip_is_whole(&zip)) {
        return ACTIVE_CONTENT_UNREADABLE;
    }
    return inspection.found;
}

enum active_content active_content_find(const unsigned char *bytes, size_t length,
                                        const char *media_type) {
    if (strcmp(media_type, "application/pdf") == 0) {
        return active_content_find_in_pdf(bytes, length);
    }
    return strncmp(media_type, "application/vnd.", 16) == 0
               ? active_content_find_in_office(bytes, length)
               : ACTIVE_CONTENT_NONE;
}

const char *active_content_reason(enum active_content found) {
    switch (found) {
    case ACTIVE_CONTENT_MACRO:
        return "Ce document contient une macro : enregistrez-le sans macro, ou en PDF.";
    case ACTIVE_CONTENT_OBJECT:
        return "Ce document contient un objet incorporé (OLE) : remplacez-le par une image, ou "
               "enregistrez le document en PDF.";
    case ACTIVE_CONTENT_TEMPLATE:
        return "Ce document dépend d’un modèle qui est ailleurs : détachez-le, ou enregistrez le "
               "document en PDF.";
    case ACTIVE_CONTENT_ELSEWHERE:
        return "Ce document va chercher un contenu qui est ailleurs (image, section ou fichier "
               "liés) : incorporez-le, ou enregistrez le document en PDF.";
    case ACTIVE_CONTENT_FIELD:
        return "Ce document contient un champ DDE, qui appelle un autre programme : supprimez-le, "
               "ou enregistrez le document en PDF.";
    case ACTIVE_CONTENT_SCRIPT:
        return "Ce PDF contient du JavaScript : imprimez-le dans un nouveau PDF.";
    case ACTIVE_CONTENT_LAUNCH:
        return "Ce PDF lance un programme : imprimez-le dans un nouveau PDF.";
    case ACTIVE_CONTENT_FILES:
        return "Ce PDF contient d’autres fichiers : joignez-les à part, et imprimez-le dans un "
               "nouveau PDF.";
    case ACTIVE_CONTENT_FORM:
        return "Ce PDF envoie ou importe des données : imprimez-le dans un nouveau PDF.";
    case ACTIVE_CONTENT_JUMP:
        return "Ce PDF ouvre un autre fichier : retirez ce lien, ou imprimez-le dans un nouveau "
               "PDF.";
    case ACTIVE_CONTENT_MEDIA:
        return "Ce PDF contient une animation : imprimez-le dans un nouveau PDF.";
    case ACTIVE_CONTENT_UNREADABLE:
        return "Ce document est abîmé, protégé ou trop compressé pour être vérifié : "
               "enregistrez-le à nouveau, sans mot de passe.";
    case ACTIVE_CONTENT_NONE:
        break;
    }
    return "";
}

#include "security/active_content.h"
#include "base/arena.h"
#include "security/link_address.h"
#include "security/office_package.h"
#include "security/office_xml.h"
#include <ctype.h>
#include <string.h>

enum {
    NESTED_DEPTH_MAX = 2,                /* a workbook in a chart, and what it holds */
    NESTED_BYTES_MAX = 10 * 1024 * 1024, /* of a document inside of another */
    MAGIC_BYTES = 8,
};

/* Of the compound files of OLE ([MS-CFB] 2.2). */
static const char OLE_MAGIC[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

static bool has(const char *text, size_t length, const char *word) {
    return memmem(text, length, word, strlen(word)) != NULL;
}

/* One archive being judged. */
struct inspection {
    struct office_package package;
    unsigned depth; /* 0: the document itself */
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

/* NULL, and the verdict noted, where a part that describes others cannot be read. */
static const char *read_xml(struct inspection *inspection, const struct zip_entry *entry) {
    const char *xml = office_package_read_xml(&inspection->package, entry);
    if (xml == NULL) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
    }
    return xml;
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
    {"encryption-data", ACTIVE_CONTENT_ENCRYPTED},
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

/* Where it leads: to the web or a mailbox, or to a file beside the document. */
static bool is_harmless_target(struct inspection *inspection, const char *tag, size_t length) {
    struct arena *arena = inspection->package.arena;
    const size_t name = strcspn(tag, " \t\r\n>");
    const char *attributes = arena_strndup(arena, tag + name, length - name);
    struct link_address address = {0};
    for (const char *c = office_package_attribute(arena, attributes, "target"); *c != '\0'; c++) {
        link_address_add(&address, (unsigned char)*c);
    }
    const enum link_target target = link_address_target(&address);
    return target != LINK_TARGET_ANOTHER && target != LINK_TARGET_DATA;
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
    } else if (is_external(tag, length) && !is_harmless_target(inspection, tag, length)) {
        note(inspection, ACTIVE_CONTENT_LINK);
    }
}

static void judge_relationships(struct inspection *inspection, const char *xml) {
    for (const char *tag = strchr(xml, '<'); tag != NULL; tag = strchr(tag + 1, '<')) {
        judge_relationship(inspection, tag, 1 + strcspn(tag + 1, "<"));
    }
}

static void spend(struct inspection *inspection, size_t bytes) {
    struct office_package *package = &inspection->package;
    package->bytes_left -= bytes < package->bytes_left ? bytes : package->bytes_left;
}

static bool read_part(void *state, const unsigned char *piece, size_t length) {
    struct part_reading *reading = state;
    reading->bytes += length;
    return office_xml_read(&reading->xml, piece, length);
}

/* A part of any size, and of any name: its name does not say what it is used for. */
static void judge_part(struct inspection *inspection, const struct zip_entry *entry) {
    struct part_reading reading = {0};
    const enum err err = office_package_read(&inspection->package, entry, OFFICE_PACKAGE_BYTES_MAX,
                                             read_part, &reading);
    spend(inspection, reading.bytes);
    if (reading.xml.found != ACTIVE_CONTENT_NONE) {
        note(inspection, reading.xml.found);
    } else if (err != ERR_NONE) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
    }
}

/* The beginning of a part, or the whole of it. */
struct copy {
    unsigned char *bytes;
    size_t length;
    size_t most;
};

static bool gather(void *state, const unsigned char *piece, size_t length) {
    struct copy *copy = state;
    const size_t room = copy->most - copy->length;
    const size_t taken = length < room ? length : room;
    memcpy(copy->bytes + copy->length, piece, taken);
    copy->length += taken;
    return copy->length < copy->most;
}

static bool count(void *state, const unsigned char *piece, size_t length) {
    (void)piece;
    *(size_t *)state += length;
    return true;
}

/* Its first bytes say what a part is a file of. */
static bool begins_with(const struct inspection *inspection, const struct zip_entry *entry,
                        const char *magic) {
    unsigned char bytes[MAGIC_BYTES] = {0};
    const size_t length = strlen(magic);
    struct copy head = {.bytes = bytes, .most = length};
    return office_package_read(&inspection->package, entry, OFFICE_PACKAGE_BYTES_MAX, gather,
                               &head) == ERR_NONE &&
           memcmp(bytes, magic, length) == 0;
}

static enum active_content judge_package(struct office_package *package, unsigned depth);

/* A document inside of the document: the workbook of a chart, as a rule. Anything else that is packed has no reason
 * to be there. */
static enum active_content judge_inside(struct inspection *inspection,
                                        struct office_package *inside) {
    const enum office_kind kind = office_package_kind(inside);
    if (kind == OFFICE_KIND_MACRO) {
        return ACTIVE_CONTENT_MACRO;
    }
    return kind == OFFICE_KIND_NONE ? ACTIVE_CONTENT_OBJECT
                                    : judge_package(inside, inspection->depth + 1);
}

static void judge_nested(struct inspection *inspection, const struct zip_entry *entry) {
    ARENA_AUTO(arena);
    size_t length = 0;
    if (inspection->depth == NESTED_DEPTH_MAX ||
        office_package_read(&inspection->package, entry, NESTED_BYTES_MAX, count, &length) !=
            ERR_NONE) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
        return;
    }
    struct copy whole = {.bytes = arena_alloc(&arena, length + 1), .most = length};
    (void)!office_package_read(&inspection->package, entry, length, gather, &whole);
    spend(inspection, length);
    struct office_package inside = {.arena = &arena,
                                    .bytes = whole.bytes,
                                    .length = whole.length,
                                    .bytes_left = inspection->package.bytes_left};
    note(inspection, judge_inside(inspection, &inside));
    inspection->package.bytes_left = inside.bytes_left;
}

static bool ends_with(const char *name, const char *ending) {
    const size_t length = strlen(name);
    const size_t own = strlen(ending);
    return length >= own && strcmp(name + length - own, ending) == 0;
}

/* A folder of that name, of the document or of one whose parts lie beside its own. */
static bool is_in_folder(const char *name, const char *folder) {
    const char *at = strstr(name, folder);
    return at != NULL && (at == name || at[-1] == '/');
}

static void judge_content(struct inspection *inspection, const struct zip_entry *entry) {
    if (begins_with(inspection, entry, "PK\x03\x04")) {
        judge_nested(inspection, entry);
    } else if (begins_with(inspection, entry, OLE_MAGIC)) {
        note(inspection, ACTIVE_CONTENT_OBJECT);
    } else {
        judge_part(inspection, entry);
    }
}

static void judge_entry(struct inspection *inspection, const struct zip_entry *entry) {
    const char *xml = NULL;
    char *name = arena_strndup(inspection->package.arena, entry->name, entry->name_length);
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '\\' ? '/' : (char)tolower((unsigned char)*c);
    }
    if (strlen(name) != entry->name_length) {
        note(inspection, ACTIVE_CONTENT_UNREADABLE);
    } else if (is_in_folder(name, "basic/") || is_in_folder(name, "scripts/") ||
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
        judge_content(inspection, entry);
    }
}

static enum active_content judge_package(struct office_package *package, unsigned depth) {
    struct inspection inspection = {.package = *package, .depth = depth};
    struct zip zip;
    struct zip_entry entry;
    if (!zip_open(&zip, package->bytes, package->length)) {
        return ACTIVE_CONTENT_UNREADABLE;
    }
    while (inspection.found == ACTIVE_CONTENT_NONE && zip_next(&zip, &entry)) {
        judge_entry(&inspection, &entry);
    }
    package->bytes_left = inspection.package.bytes_left;
    return inspection.found == ACTIVE_CONTENT_NONE && !zip_is_whole(&zip)
               ? ACTIVE_CONTENT_UNREADABLE
               : inspection.found;
}

enum active_content active_content_find_in_office(const unsigned char *bytes, size_t length) {
    ARENA_AUTO(arena);
    struct office_package package = {
        .arena = &arena, .bytes = bytes, .length = length, .bytes_left = OFFICE_PACKAGE_BYTES_MAX};
    return judge_package(&package, 0);
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
    case ACTIVE_CONTENT_LINK:
        return "Ce document contient un lien qui ne mène ni à une page web ni à une adresse "
               "électronique : retirez ce lien, ou imprimez le document dans un nouveau PDF.";
    case ACTIVE_CONTENT_ENCRYPTED:
        return "Ce document est protégé par un mot de passe : retirez le mot de passe, puis "
               "joignez-le à nouveau.";
    case ACTIVE_CONTENT_UNREADABLE:
        return "Ce document est abîmé ou trop compressé pour être vérifié : enregistrez-le à "
               "nouveau.";
    case ACTIVE_CONTENT_NONE:
        break;
    }
    return "";
}

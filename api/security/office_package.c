#include "security/office_package.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PART_BYTES_MAX = 1024 * 1024 /* of a part that says what the others are */ };

/* --- Parts ----------------------------------------------------------------------------------------- */

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

enum err office_package_read(const struct office_package *package, const struct zip_entry *entry,
                             size_t bytes_max, inflate_sink *sink, void *state) {
    const size_t most = bytes_max < package->bytes_left ? bytes_max : package->bytes_left;
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
    return encoding == NULL || memmem(encoding, (size_t)(end - encoding), "utf-8", 5) != NULL;
}

/* In lower case. False where it is longer than a part that describes others may be, or damaged. */
static bool read_text(struct office_package *package, const struct zip_entry *entry,
                      struct part *part) {
    if (package->text == NULL) {
        package->text = arena_alloc(package->arena, PART_BYTES_MAX + 1);
    }
    *part = (struct part){.text = package->text};
    const enum err err = office_package_read(package, entry, PART_BYTES_MAX, gather, part);
    part->text[part->length] = '\0';
    package->bytes_left -= part->length < package->bytes_left ? part->length : package->bytes_left;
    return err == ERR_NONE && strlen(part->text) == part->length;
}

const char *office_package_read_xml(struct office_package *package, const struct zip_entry *entry) {
    struct part part;
    if (!read_text(package, entry, &part) || strstr(part.text, "<!") != NULL ||
        !is_utf8(part.text)) {
        return NULL;
    }
    resolve_references(&part);
    return part.text;
}

/* --- Tags and their attributes ------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *ending) {
    const size_t length = strlen(text);
    const size_t own = strlen(ending);
    return length >= own && strcmp(text + length - own, ending) == 0;
}

/* The next tag of this name, with any prefix; its attributes, in the arena. NULL: none. */
static const char *next_tag(struct arena *arena, const char **at, const char *name) {
    for (const char *tag = strchr(*at, '<'); tag != NULL; tag = strchr(tag + 1, '<')) {
        const char *own = tag + 1;
        const size_t length = strcspn(own, " \t\r\n/>");
        const char *colon = memchr(own, ':', length);
        const char *local = colon == NULL ? own : colon + 1;
        if ((size_t)(own + length - local) == strlen(name) &&
            strncmp(local, name, strlen(name)) == 0) {
            *at = own + length;
            return arena_strndup(arena, *at, strcspn(*at, "<>"));
        }
    }
    return NULL;
}

const char *office_package_attribute(struct arena *arena, const char *attributes,
                                     const char *name) {
    static const char blanks[] = " \t\r\n";
    for (const char *at = attributes + strspn(attributes, blanks); *at != '\0';
         at += strspn(at, blanks)) {
        const size_t length = strcspn(at, " \t\r\n=\"'");
        const char *colon = memchr(at, ':', length);
        const char *local = colon == NULL ? at : colon + 1;
        const size_t local_length = (size_t)(at + length - local);
        const char *quote = at + length + strspn(at + length, " \t\r\n=");
        if (*quote != '"' && *quote != '\'') {
            at = quote + (quote == at ? 1 : 0);
            continue;
        }
        const char *end = strchr(quote + 1, *quote);
        if (end == NULL) {
            return "";
        }
        if (local_length == strlen(name) && strncmp(local, name, local_length) == 0) {
            return arena_strndup(arena, quote + 1, (size_t)(end - quote - 1));
        }
        at = end + 1;
    }
    return "";
}

/* --- OOXML: the content type of the part that the package's own relationships lead to ------------------------ */

static const struct type {
    const char *text;
    enum office_kind kind;
} OOXML_TYPES[] = {
    {"wordprocessingml.document.main+xml", OFFICE_KIND_DOCX},
    {"wordprocessingml.template.main+xml", OFFICE_KIND_TEMPLATE},
    {"spreadsheetml.sheet.main+xml", OFFICE_KIND_SHEET},
    {"spreadsheetml.template.main+xml", OFFICE_KIND_TEMPLATE},
    {"presentationml.presentation.main+xml", OFFICE_KIND_SLIDES},
    {"presentationml.slideshow.main+xml", OFFICE_KIND_SLIDES},
    {"presentationml.template.main+xml", OFFICE_KIND_TEMPLATE},
};

static enum office_kind ooxml_kind(const char *type) {
    static const char family[] = "application/vnd.openxmlformats-officedocument.";
    if (strstr(type, "macroenabled") != NULL) {
        return OFFICE_KIND_MACRO;
    }
    for (size_t i = 0; i < sizeof OOXML_TYPES / sizeof *OOXML_TYPES; i++) {
        if (strncmp(type, family, strlen(family)) == 0 &&
            strcmp(type + strlen(family), OOXML_TYPES[i].text) == 0) {
            return OOXML_TYPES[i].kind;
        }
    }
    return OFFICE_KIND_OTHER;
}

/* The name of the main part, with its slash in front; NULL where the relationships name none. */
static const char *find_main_part(struct arena *arena, const char *relationships) {
    const char *tag = NULL;
    while ((tag = next_tag(arena, &relationships, "relationship")) != NULL) {
        if (ends_with(office_package_attribute(arena, tag, "type"),
                      "/relationships/officedocument")) {
            const char *target = office_package_attribute(arena, tag, "target");
            target += strncmp(target, "./", 2) == 0 ? 2 : 0;
            return arena_printf(arena, "%s%s", *target == '/' ? "" : "/", target);
        }
    }
    return NULL;
}

/* By its own row, or by its ending. */
static const char *find_type(struct arena *arena, const char *types, const char *part) {
    const char *tag = NULL;
    const char *ending = strrchr(part, '.');
    for (const char *at = types; (tag = next_tag(arena, &at, "override")) != NULL;) {
        if (strcmp(office_package_attribute(arena, tag, "partname"), part) == 0) {
            return office_package_attribute(arena, tag, "contenttype");
        }
    }
    for (const char *at = types; (tag = next_tag(arena, &at, "default")) != NULL;) {
        if (ending != NULL &&
            strcmp(office_package_attribute(arena, tag, "extension"), ending + 1) == 0) {
            return office_package_attribute(arena, tag, "contenttype");
        }
    }
    return "";
}

/* --- ODF: the text of "mimetype", packed or not, wherever it stands; else what the manifest says of "/" ------- */

static enum office_kind odf_kind(const char *type) {
    static const char family[] = "application/vnd.oasis.opendocument.";
    if (strncmp(type, family, strlen(family)) != 0) {
        return OFFICE_KIND_NONE;
    }
    type += strlen(family);
    if (ends_with(type, "-template") || strcmp(type, "text-web") == 0) {
        return OFFICE_KIND_TEMPLATE;
    }
    return strcmp(type, "text") == 0           ? OFFICE_KIND_ODT
           : strcmp(type, "spreadsheet") == 0  ? OFFICE_KIND_SHEET
           : strcmp(type, "presentation") == 0 ? OFFICE_KIND_SLIDES
                                               : OFFICE_KIND_OTHER;
}

static const char *find_root_type(struct arena *arena, const char *manifest) {
    const char *tag = NULL;
    while ((tag = next_tag(arena, &manifest, "file-entry")) != NULL) {
        if (strcmp(office_package_attribute(arena, tag, "full-path"), "/") == 0) {
            return office_package_attribute(arena, tag, "media-type");
        }
    }
    return "";
}

/* --- The whole ------------------------------------------------------------------------------------------ */

/* The entries that say what a document is. */
struct heads {
    struct zip_entry types;
    struct zip_entry relationships;
    struct zip_entry mimetype;
    struct zip_entry manifest;
};

static bool is_named(const struct zip_entry *entry, const char *name) {
    return entry->name_length == strlen(name) &&
           strncasecmp(entry->name, name, entry->name_length) == 0;
}

/* False where the archive cannot be read to its end. */
static bool find_heads(const struct office_package *package, struct heads *heads) {
    struct zip zip;
    struct zip_entry entry;
    if (!zip_open(&zip, package->bytes, package->length)) {
        return false;
    }
    while (zip_next(&zip, &entry)) {
        struct zip_entry *head = is_named(&entry, "[Content_Types].xml")     ? &heads->types
                                 : is_named(&entry, "_rels/.rels")           ? &heads->relationships
                                 : is_named(&entry, "mimetype")              ? &heads->mimetype
                                 : is_named(&entry, "META-INF/manifest.xml") ? &heads->manifest
                                                                             : NULL;
        if (head != NULL) {
            *head = entry;
        }
    }
    return zip_is_whole(&zip);
}

static enum office_kind judge_ooxml(struct office_package *package, const struct heads *heads) {
    const char *relationships = heads->relationships.name == NULL
                                    ? ""
                                    : office_package_read_xml(package, &heads->relationships);
    if (relationships == NULL) {
        return OFFICE_KIND_UNREADABLE;
    }
    const char *part = find_main_part(package->arena, relationships);
    const char *types = office_package_read_xml(package, &heads->types);
    if (types == NULL) {
        return OFFICE_KIND_UNREADABLE;
    }
    return part == NULL ? OFFICE_KIND_OTHER : ooxml_kind(find_type(package->arena, types, part));
}

static enum office_kind judge_odf(struct office_package *package, const struct heads *heads) {
    struct part type = {.text = NULL};
    const char *root = "";
    if (heads->manifest.name != NULL) {
        const char *manifest = office_package_read_xml(package, &heads->manifest);
        if (manifest == NULL) {
            return OFFICE_KIND_UNREADABLE;
        }
        if (strstr(manifest, "encryption-data") != NULL) {
            return OFFICE_KIND_ENCRYPTED;
        }
        root = find_root_type(package->arena, manifest);
    }
    if (heads->mimetype.name == NULL) {
        return odf_kind(root);
    }
    if (!read_text(package, &heads->mimetype, &type)) {
        return OFFICE_KIND_UNREADABLE;
    }
    type.text[strcspn(type.text, " \t\r\n")] = '\0';
    /* Programs that open it as a template go by the manifest. */
    return odf_kind(root) == OFFICE_KIND_TEMPLATE ? OFFICE_KIND_TEMPLATE : odf_kind(type.text);
}

enum office_kind office_package_kind(struct office_package *package) {
    struct heads heads = {0};
    if (!find_heads(package, &heads)) {
        return OFFICE_KIND_UNREADABLE;
    }
    return heads.types.name != NULL ? judge_ooxml(package, &heads) : judge_odf(package, &heads);
}

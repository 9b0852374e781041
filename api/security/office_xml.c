#include "security/office_xml.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NUL_CAME = 1 };

static const struct element {
    const char *name;
    enum active_content means;
} ELEMENTS[] = {
    {"script", ACTIVE_CONTENT_MACRO},
    {"event-listener", ACTIVE_CONTENT_MACRO},
    {"applet", ACTIVE_CONTENT_OBJECT},
    {"plugin", ACTIVE_CONTENT_OBJECT},
    {"object-ole", ACTIVE_CONTENT_OBJECT},
    {"altchunk", ACTIVE_CONTENT_OBJECT},
    {"floating-frame", ACTIVE_CONTENT_ELSEWHERE},
    {"section-source", ACTIVE_CONTENT_ELSEWHERE},
    {"dde-source", ACTIVE_CONTENT_FIELD},
    {"dde-link", ACTIVE_CONTENT_FIELD},
    {"dde-connection", ACTIVE_CONTENT_FIELD},
    {"dde-connection-decl", ACTIVE_CONTENT_FIELD},
};

static bool is_blank(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void note(struct office_xml *xml, enum active_content found) {
    if (xml->found == ACTIVE_CONTENT_NONE) {
        xml->found = found;
    }
}

static bool is_text(const char *text, size_t length, const char *word) {
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

static bool is_named(const struct office_xml *xml, const char *name) {
    return is_text(xml->name, xml->name_length, name);
}

/* --- Fields: { DDEAUTO c:\\… } in w:instrText, which may be cut anywhere, or in w:fldSimple ----------- */

/* ECMA-376, part 1, 17.16.5. QUOTE makes a word of character codes, which may be the name of another field. */
static const struct element FIELDS[] = {
    {"dde", ACTIVE_CONTENT_FIELD},
    {"quote", ACTIVE_CONTENT_FIELD},
    {"macrobutton", ACTIVE_CONTENT_MACRO},
    {"link", ACTIVE_CONTENT_ELSEWHERE},
    {"import", ACTIVE_CONTENT_ELSEWHERE},
    {"include", ACTIVE_CONTENT_ELSEWHERE},
    {"includepicture", ACTIVE_CONTENT_ELSEWHERE},
    {"includetext", ACTIVE_CONTENT_ELSEWHERE},
    {"rd", ACTIVE_CONTENT_ELSEWHERE},
    {"database", ACTIVE_CONTENT_ELSEWHERE},
};

static void end_word(struct office_xml *xml) {
    for (size_t i = 0; xml->is_first_word && i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        if (is_text(xml->word, xml->word_length, FIELDS[i].name)) {
            note(xml, FIELDS[i].means);
        }
    }
    if (is_text(xml->word, xml->word_length, "ddeauto")) {
        note(xml, ACTIVE_CONTENT_FIELD);
    }
    xml->is_first_word = xml->is_first_word && xml->word_length == 0;
    xml->word_length = 0;
}

static void begin_field(struct office_xml *xml) {
    end_word(xml);
    xml->is_first_word = true;
    xml->is_reference = false;
}

/* A character of a field's instruction, or of an address. */
static void add_character(struct office_xml *xml, unsigned char c) {
    if (xml->is_address) {
        link_address_add(&xml->address, c);
    } else if (is_blank(c) || c == '"' || c == '\'' || c >= 0x80) {
        end_word(xml);
    } else {
        xml->word[xml->word_length < OFFICE_WORD_BYTES ? xml->word_length++
                                                       : OFFICE_WORD_BYTES - 1] = (char)tolower(c);
    }
}

/* The character that "&#68;" or "&quot;" stands for; those beyond ASCII part words, as they do by themselves. */
static unsigned char resolve(const struct office_xml *xml) {
    char text[OFFICE_REFERENCE_BYTES + 1] = {0};
    memcpy(text, xml->reference, xml->reference_length);
    if (text[0] != '#') {
        return strcmp(text, "quot") == 0 || strcmp(text, "apos") == 0 ? '"' : '&';
    }
    const bool is_hexadecimal = text[1] == 'x';
    const unsigned long code =
        strtoul(text + (is_hexadecimal ? 2 : 1), NULL, is_hexadecimal ? 16 : 10);
    return code < 0x80 ? (unsigned char)code : 0x80;
}

static void read_text(struct office_xml *xml, unsigned char c) {
    if (!xml->is_reference && c == '&') {
        xml->is_reference = true;
        xml->reference_length = 0;
        xml->last = c;
    } else if (!xml->is_reference) {
        add_character(xml, c);
    } else if (c == ';') {
        xml->is_reference = false;
        add_character(xml, resolve(xml));
    } else if (xml->reference_length < OFFICE_REFERENCE_BYTES) {
        /* Zeros in front say nothing, and would fill the room. */
        const bool is_zero = c == '0' && (xml->last == '#' || xml->last == 'x');
        xml->reference[xml->reference_length] = (char)c;
        xml->reference_length += is_zero ? 0 : 1;
        xml->last = is_zero ? xml->last : c;
    }
}

/* --- Addresses (href), of any prefix: ODF 1.3 part 3, 19.910; SVG; the shapes of VML ----------------------- */

/* Of these elements an address is a link that somebody follows, or, of a template's name, nothing. */
static bool is_link(const struct office_xml *xml) {
    static const char *const LINKS[] = {"a",    "shape",    "rect",      "group", "oval",
                                        "line", "polyline", "roundrect", "arc",   "curve"};
    for (size_t i = 0; i < sizeof LINKS / sizeof LINKS[0]; i++) {
        if (is_named(xml, LINKS[i])) {
            return true;
        }
    }
    return false;
}

static void end_address(struct office_xml *xml) {
    const enum link_target target = link_address_target(&xml->address);
    xml->is_address = false;
    xml->is_reference = false;
    if (is_named(xml, "template")) {
        return; /* where the document was made from: read by nobody */
    }
    const bool is_ours = target == LINK_TARGET_INSIDE ||
                         (is_link(xml) ? target == LINK_TARGET_WEB || target == LINK_TARGET_PATH
                                       : target == LINK_TARGET_DATA);
    if (!is_ours) {
        note(xml, is_link(xml) ? ACTIVE_CONTENT_LINK : ACTIVE_CONTENT_ELSEWHERE);
    }
}

static void begin_value(struct office_xml *xml) {
    xml->is_address = is_text(xml->attribute, xml->attribute_length, "href");
    xml->address = (struct link_address){0};
    xml->attribute_length = 0;
}

/* Between values: the name of the next attribute. */
static void read_attribute_name(struct office_xml *xml, unsigned char c) {
    if (is_blank(c) || c == ':') {
        xml->attribute_length = c == ':' ? 0 : xml->attribute_length;
        xml->is_new_name = is_blank(c);
    } else if (c != '=' && c != '/') {
        xml->attribute_length = xml->is_new_name ? 0 : xml->attribute_length;
        xml->is_new_name = false;
        xml->attribute[xml->attribute_length < OFFICE_ATTRIBUTE_BYTES
                           ? xml->attribute_length++
                           : OFFICE_ATTRIBUTE_BYTES - 1] = (char)tolower(c);
    }
}

/* --- Tags ---------------------------------------------------------------------------------------- */

static void end_name(struct office_xml *xml) {
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof ELEMENTS[0]; i++) {
        if (is_named(xml, ELEMENTS[i].name)) {
            note(xml, ELEMENTS[i].means);
        }
    }
    xml->is_simple_field = !xml->is_closing && is_named(xml, "fldsimple");
    if (is_named(xml, "instrtext") || is_named(xml, "delinstrtext")) {
        xml->is_field = !xml->is_closing;
    } else if (is_named(xml, "fldchar")) {
        begin_field(xml);
    }
}

static void end_tag(struct office_xml *xml) {
    if (xml->last == '/') {
        xml->is_field = false;
    }
    xml->state = OFFICE_XML_TEXT;
}

static void read_name(struct office_xml *xml, unsigned char c) {
    if (c == ':') {
        xml->name_length = 0;
    } else if (!is_blank(c) && c != '/' && c != '>') {
        xml->name[xml->name_length < OFFICE_NAME_BYTES ? xml->name_length++
                                                       : OFFICE_NAME_BYTES - 1] = (char)tolower(c);
    } else {
        end_name(xml);
        xml->last = c;
        xml->quote = 0;
        xml->attribute_length = 0;
        xml->state = OFFICE_XML_ATTRIBUTES;
        if (c == '>') {
            end_tag(xml);
        }
    }
}

static void read_attributes(struct office_xml *xml, unsigned char c) {
    if (xml->quote == 0 && c == '>') {
        end_tag(xml);
        return;
    }
    if (xml->is_simple_field && (c == xml->quote || xml->quote == 0)) {
        begin_field(xml);
    }
    if (xml->quote == 0 && (c == '"' || c == '\'')) {
        xml->quote = c;
        begin_value(xml);
    } else if (c == xml->quote) {
        xml->quote = 0;
        if (xml->is_address) {
            end_address(xml);
        }
    } else if (xml->quote == 0) {
        read_attribute_name(xml, c);
    } else if (xml->is_simple_field || xml->is_address) {
        read_text(xml, c);
    }
    if (!xml->is_reference) {
        xml->last = c;
    }
}

static void begin_tag(struct office_xml *xml, unsigned char c) {
    xml->name_length = 0;
    xml->is_closing = c == '/';
    xml->dashes = 0;
    xml->last = 0;
    if (c == '!') {
        xml->state = OFFICE_XML_BANG;
    } else if (c == '?') {
        xml->declaration_length = 0;
        xml->state = OFFICE_XML_INSTRUCTION;
    } else {
        xml->state = OFFICE_XML_NAME;
        if (c != '/') {
            read_name(xml, c);
        }
    }
}

/* Only "<!--" is plain: the others say words in other words. */
static void read_bang(struct office_xml *xml, unsigned char c) {
    xml->dashes++;
    if (c != '-') {
        note(xml, ACTIVE_CONTENT_UNREADABLE);
    } else if (xml->dashes == 2) {
        xml->dashes = 0;
        xml->state = OFFICE_XML_COMMENT;
    }
}

static void read_comment(struct office_xml *xml, unsigned char c) {
    if (c == '>' && xml->dashes >= 2) {
        xml->state = OFFICE_XML_TEXT;
    }
    xml->dashes = c == '-' ? xml->dashes + 1 : 0;
}

/* UTF-8, or none named. */
static bool is_readable_declaration(const struct office_xml *xml) {
    const char *encoding = memmem(xml->declaration, xml->declaration_length, "encoding", 8);
    if (xml->declaration_length < 3 || memcmp(xml->declaration, "xml", 3) != 0) {
        return true;
    }
    const size_t left =
        encoding == NULL ? 0 : xml->declaration_length - (size_t)(encoding - xml->declaration);
    return xml->declaration_length < sizeof xml->declaration &&
           (encoding == NULL || memmem(encoding, left, "utf-8", 5) != NULL);
}

static void read_instruction(struct office_xml *xml, unsigned char c) {
    if (c == '>' && xml->last == '?') {
        if (!is_readable_declaration(xml)) {
            note(xml, ACTIVE_CONTENT_UNREADABLE);
        }
        xml->state = OFFICE_XML_TEXT;
    } else if (xml->declaration_length < sizeof xml->declaration) {
        xml->declaration[xml->declaration_length++] = (char)tolower(c);
    }
    xml->last = c;
}

/* --- The whole ------------------------------------------------------------------------------------- */

/* Behind blanks and the mark of UTF-8. UTF-16, by its mark or by what "<" is in it, is not read. */
static void begin(struct office_xml *xml, unsigned char c) {
    const unsigned char first = xml->first;
    if (c == '<' && first != NUL_CAME) {
        xml->state = OFFICE_XML_TAG_BEGINS;
    } else if (c == '<' || (first == 0xff && c == 0xfe) || (first == 0xfe && c == 0xff)) {
        note(xml, ACTIVE_CONTENT_UNREADABLE);
    } else if (first == 0 && (c == 0 || c == 0xff || c == 0xfe)) {
        xml->first = c == 0 ? NUL_CAME : c;
    } else if (first != 0 || (!is_blank(c) && c != 0xef && c != 0xbb && c != 0xbf)) {
        xml->state = OFFICE_XML_IS_OTHER;
    }
}

static void read_byte(struct office_xml *xml, unsigned char c) {
    if (c == '\0' && xml->state != OFFICE_XML_BEGINS) {
        note(xml, ACTIVE_CONTENT_UNREADABLE);
        return;
    }
    switch (xml->state) {
    case OFFICE_XML_BEGINS:
        begin(xml, c);
        break;
    case OFFICE_XML_TEXT:
        if (c == '<') {
            xml->state = OFFICE_XML_TAG_BEGINS;
        } else if (xml->is_field) {
            read_text(xml, c);
        }
        break;
    case OFFICE_XML_TAG_BEGINS:
        begin_tag(xml, c);
        break;
    case OFFICE_XML_NAME:
        read_name(xml, c);
        break;
    case OFFICE_XML_ATTRIBUTES:
        read_attributes(xml, c);
        break;
    case OFFICE_XML_BANG:
        read_bang(xml, c);
        break;
    case OFFICE_XML_COMMENT:
        read_comment(xml, c);
        break;
    case OFFICE_XML_INSTRUCTION:
        read_instruction(xml, c);
        break;
    case OFFICE_XML_IS_OTHER:
        break;
    }
}

bool office_xml_read(struct office_xml *xml, const unsigned char *piece, size_t length) {
    bool goes_on = true;
    for (size_t i = 0; i < length && goes_on; i++) {
        read_byte(xml, piece[i]);
        goes_on = xml->found == ACTIVE_CONTENT_NONE && xml->state != OFFICE_XML_IS_OTHER;
    }
    return goes_on;
}

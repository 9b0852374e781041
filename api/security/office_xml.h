#ifndef GUICHET_SECURITY_OFFICE_XML_H
#define GUICHET_SECURITY_OFFICE_XML_H
/* The parts of an OOXML or ODF document, read as XML byte by byte, so that they may come in pieces of any size: scripts
 * and their listeners, applets, linked sections, pictures and objects named by an address, links, and fields that call
 * another program (DDE). */
#include "security/active_content.h"
#include "security/link_address.h"
#include <stdbool.h>

enum {
    OFFICE_NAME_BYTES = 24,
    OFFICE_ATTRIBUTE_BYTES = 8,
    OFFICE_WORD_BYTES = 16,
    OFFICE_REFERENCE_BYTES = 8
};

/* Zeroed before the first piece. */
struct office_xml {
    enum active_content found;
    enum {
        OFFICE_XML_BEGINS,
        OFFICE_XML_IS_OTHER, /* no XML: an image, a font */
        OFFICE_XML_TEXT,
        OFFICE_XML_TAG_BEGINS,
        OFFICE_XML_NAME,
        OFFICE_XML_ATTRIBUTES,
        OFFICE_XML_BANG,
        OFFICE_XML_COMMENT,
        OFFICE_XML_INSTRUCTION,
    } state;
    unsigned char first; /* a byte that may begin UTF-16; 0: none */
    unsigned char last;  /* the byte before, inside of tags and comments */
    unsigned char quote; /* of the attribute's value that is open; 0: none */
    unsigned dashes;
    bool is_closing;
    bool is_field;        /* the text is a field's instruction */
    bool is_simple_field; /* so are the attributes */
    bool is_first_word;   /* of the instruction */
    bool is_reference;
    bool is_address; /* the attribute whose value is open is an address (href) */
    char attribute[OFFICE_ATTRIBUTE_BYTES]; /* its name, without its prefix; in lower case */
    size_t attribute_length;
    bool is_new_name; /* blanks came: what follows is another name, or the "=" of this one */
    struct link_address address;
    char name[OFFICE_NAME_BYTES]; /* without its prefix; in lower case */
    size_t name_length;
    char word[OFFICE_WORD_BYTES];
    size_t word_length;
    char reference[OFFICE_REFERENCE_BYTES];
    size_t reference_length;
    char declaration[128]; /* of the XML, in lower case */
    size_t declaration_length;
};

/* Reads a piece; false once there is no need of more: something was found (`found`), or it is no XML. XML that is not
 * in UTF-8, or says words in other words (document types, CDATA), is ACTIVE_CONTENT_UNREADABLE. */
bool office_xml_read(struct office_xml *xml, const unsigned char *piece, size_t length);

#endif

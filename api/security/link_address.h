#ifndef GUICHET_SECURITY_LINK_ADDRESS_H
#define GUICHET_SECURITY_LINK_ADDRESS_H
/* Where a link in a document leads, by its first characters (RFC 3986), as the laxest reader would understand them:
 * blanks and control characters count for nothing. Fed byte by byte. Thread-safe. */
#include <stdbool.h>
#include <stddef.h>

enum link_target {
    LINK_TARGET_INSIDE,  /* a part or a place of the document itself */
    LINK_TARGET_PATH,    /* a file, found from where the document lies */
    LINK_TARGET_WEB,     /* http, https, mailto */
    LINK_TARGET_DATA,    /* data: the content itself */
    LINK_TARGET_ANOTHER, /* file:, javascript:, another computer (\\host), or no text */
};

enum { LINK_ADDRESS_BYTES = 10 }; /* longer than the schemes that are told apart */

/* Zeroed before the first byte. */
struct link_address {
    char text[LINK_ADDRESS_BYTES]; /* in front of the first of ":/\\?#" */
    size_t length;
    unsigned char delimiter; /* that one; 0: none yet */
    unsigned char next;      /* the character behind it */
    bool is_odd;             /* UTF-16, which no address is written in */
};

void link_address_add(struct link_address *address, unsigned char c);
/* May be asked at any time: what was fed counts as the whole. */
enum link_target link_address_target(const struct link_address *address);

#endif

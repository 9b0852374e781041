#ifndef GUICHET_SECURITY_ACTIVE_CONTENT_H
#define GUICHET_SECURITY_ACTIVE_CONTENT_H
/* What runs, or is fetched, when somebody opens a document: macros, scripts, embedded programs, templates of
 * elsewhere. Judged by what a document says of its parts, never by file names alone. Thread-safe. */
#include <stddef.h>

enum active_content {
    ACTIVE_CONTENT_NONE,
    ACTIVE_CONTENT_MACRO, /* VBA, Basic, Python, event listeners, ActiveX */
    ACTIVE_CONTENT_OBJECT, /* OLE, applets: a program's data, or a program; a document inside of it */
    ACTIVE_CONTENT_TEMPLATE,   /* an attached template outside the document */
    ACTIVE_CONTENT_ELSEWHERE,  /* whatever else is fetched: images, sections, frames */
    ACTIVE_CONTENT_FIELD,      /* DDE: a field that calls another program */
    ACTIVE_CONTENT_SCRIPT,     /* JavaScript of a PDF, or its forms in XML */
    ACTIVE_CONTENT_LAUNCH,     /* a PDF that starts a program */
    ACTIVE_CONTENT_FILES,      /* files in a PDF */
    ACTIVE_CONTENT_FORM,       /* a PDF that submits or imports data */
    ACTIVE_CONTENT_JUMP,       /* a PDF that opens another file, or one inside of it */
    ACTIVE_CONTENT_LINK,       /* a link to neither a page of the web nor a mailbox */
    ACTIVE_CONTENT_MEDIA,      /* Flash, 3D, sound: players that are programs of their own */
    ACTIVE_CONTENT_ENCRYPTED,  /* by a password, even an empty one */
    ACTIVE_CONTENT_UNREADABLE, /* damaged, or packed so that it cannot be judged */
};

/* A document of OOXML or ODF, and those inside of it: a zip. */
enum active_content active_content_find_in_office(const unsigned char *bytes, size_t length);
/* PDF (ISO 32000): every object, those in object streams included, wherever it lies. */
enum active_content active_content_find_in_pdf(const unsigned char *bytes, size_t length);
/* The same for a document whose type file_type_find told; other types have nothing active. */
enum active_content active_content_find(const unsigned char *bytes, size_t length,
                                        const char *media_type);
/* A French sentence that says what to do; static text. */
const char *active_content_reason(enum active_content found);

#endif

#ifndef GUICHET_REQUEST_ATTACHMENT_H
#define GUICHET_REQUEST_ATTACHMENT_H
/* Files of a request: PDF, PNG, JPEG, ODT and DOCX by their content, at most 10 MB each and ten to a
 * request, scanned where a scanner is configured. A file that is infected, or not yet scanned, is
 * neither submitted nor handed out. */
#include "core/context.h"
#include "core/page.h"

enum { ATTACHMENT_BYTES_MAX = 10 * 1024 * 1024, ATTACHMENTS_MAX = 10 };

struct attachment_upload {
    const char *kind;      /* NULL: not given */
    const char *file_name; /* as the caller names it */
    const char *replaces;  /* the file whose place it takes, or NULL */
    const char *bytes;     /* NULL: no file came */
    size_t length;
};

/* The former file is gone when the new one is there, never without. ERR_INVALID: kind, empty file, too
 * many, a file to replace that is not there; ERR_TOO_LARGE; ERR_UNSUPPORTED_TYPE. */
MUST_CHECK enum err attachment_add(struct context *context, const char *request_id,
                                   const struct attachment_upload *upload, const char **document);
MUST_CHECK enum err attachment_list(struct context *context, const char *request_id,
                                    const struct page *page, const char **document);

struct attachment_content {
    const char *file_name;
    const char *media_type;
    const unsigned char *bytes;
    size_t length;
};

/* ERR_CONFLICT where it is infected or not yet scanned. */
MUST_CHECK enum err attachment_find(struct context *context, const char *request_id, const char *id,
                                    struct attachment_content *out);
MUST_CHECK enum err attachment_delete(struct context *context, const char *request_id,
                                      const char *id);
/* A file of a snapshot, for those who see its request. */
MUST_CHECK enum err attachment_find_of_habilitation(struct context *context,
                                                    const char *habilitation_id, const char *id,
                                                    struct attachment_content *out);
/* The job: files that came while the scanner was away. */
MUST_CHECK enum err attachment_scan_pending(struct context *context);

#endif

#ifndef GUICHET_REQUEST_ATTACHMENT_H
#define GUICHET_REQUEST_ATTACHMENT_H
/* Files of a request: PDF, PNG, JPEG, ODT and DOCX by their content, at most 10 MB each and ten to a
 * request, scanned where a scanner is configured. A file that is infected, or not scanned yet, is
 * neither submitted nor handed out. Contents and documents live in the context's arena. One thread, that of
 * the context. */
#include "core/act.h"
#include "core/page.h"
#include "sql/request.h"

struct spool; /* base/spool.h */

enum { ATTACHMENT_BYTES_MAX = 10 * 1024 * 1024, ATTACHMENTS_MAX = 10 };

/* Everything is borrowed. */
struct attachment_upload {
    const char *kind;      /* NULL: not given */
    const char *file_name; /* as the caller names it */
    const char *replaces;  /* the file whose place it takes, or NULL */
    const char *bytes;     /* NULL: no file came */
    size_t length;
    struct spool *spool; /* that holds the bytes; NULL: they are in memory */
};

/* A file whose content was judged. */
struct attachment_scanned {
    const struct attachment_upload *upload; /* borrowed */
    const char *media_type;
    const char *file_name; /* safe */
    const char *
        verdict; /* of the scanner, as the table has it: not_configured, pending, clean, infected */
};

/* Judges the content of a file, for attachment_keep. Slow: no transaction may be open meanwhile. Failures: the first
 * three of attachment_add. */
MUST_CHECK enum err attachment_scan(struct context *context, const struct attachment_upload *upload,
                                    struct attachment_scanned *out);
/* Adds it to a request that the caller has locked or just made. ERR_INVALID: too many; ERR_CONFLICT: the organisation
 * holds as much as it may. `*document`: schema Attachment. */
MUST_CHECK enum err attachment_keep(struct act *act, const char *request_id, const char *siret,
                                    const char *account_id, const struct attachment_scanned *file,
                                    const char **document);

/* Adds the file and answers it (context->answer); the one that it replaces is removed in the same
 * transaction. ERR_INVALID: kind, empty file, too many, or the file to replace is not there; ERR_TOO_LARGE;
 * ERR_UNSUPPORTED_TYPE; ERR_RATE_LIMITED, ERR_CONFLICT: the account has uploaded, or the organisation holds, as
 * much as it may. This and attachment_remove: ERR_FORBIDDEN, ERR_CONFLICT where the actor may not edit
 * the request. */
MUST_CHECK enum err attachment_add(struct context *context, const char *request_id,
                                   const struct attachment_upload *upload);
MUST_CHECK enum err attachment_list(struct context *context, const char *request_id,
                                    const struct page *page, const char **document);
/* ERR_NOT_FOUND: no such file; ERR_CONFLICT: it is infected or not scanned yet. */
MUST_CHECK enum err attachment_find(struct context *context, const char *request_id, const char *id,
                                    struct attachment_file *out);
/* Answers 204. ERR_NOT_FOUND: no such file. */
MUST_CHECK enum err attachment_remove(struct context *context, const char *request_id,
                                      const char *id);
/* A file of a habilitation, for those who see the whole request. Failures: those of attachment_find. */
MUST_CHECK enum err attachment_find_of_habilitation(struct context *context,
                                                    const char *habilitation_id, const char *id,
                                                    struct attachment_file *out);
/* The next bytes of a file that one of these found, from `offset` on: it is read in slices, so that a slow
 * reader holds neither memory nor a connection. In `arena`. */
MUST_CHECK enum err attachment_read(const struct services *services, struct arena *arena,
                                    const char *id, int64_t offset, struct bytes *out);
/* The job: scans files that came while the scanner was unavailable. */
MUST_CHECK enum err attachment_scan_pending(struct context *context);

#endif

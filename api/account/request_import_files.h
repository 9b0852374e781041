#ifndef GUICHET_ACCOUNT_REQUEST_IMPORT_FILES_H
#define GUICHET_ACCOUNT_REQUEST_IMPORT_FILES_H
/* The documents of a request that is taken over: FOLDER/<number>/<document>/<file>, where <document> is the name that
 * the former system has for it ("cadre_juridique_document"). */
#include "product/former_form.h"
#include "request/attachment.h"

struct request_import_files {
    size_t count;
    struct attachment_upload uploads[ATTACHMENTS_MAX];
    struct attachment_scanned scanned[ATTACHMENTS_MAX];
};

/* Reads and judges the files of one request, as uploads are; a folder that is not there holds none. ERR_INVALID: what
 * is wrong is in context->errors, by document and file; one that is infected is wrong too. Slow: no transaction may be
 * open meanwhile. Everything is in the context's arena. */
MUST_CHECK enum err request_import_files_read(struct context *context,
                                              const struct former_form *form, const char *folder,
                                              const char *number, struct request_import_files *out);
/* [{kind, name, hash}] in their order: tells whether they changed. */
struct value *request_import_files_value(struct arena *arena,
                                         const struct request_import_files *files);

#endif

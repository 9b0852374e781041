#ifndef GUICHET_HTTP_STATIC_FILES_H
#define GUICHET_HTTP_STATIC_FILES_H
/* The assembled frontend (see frontend/README.md), read into memory once at start: other files are
 * never served, so no path can lead out of the folder. Thread-safe once loaded. */
#include "http/exchange.h"

struct static_files;

/* Reads every regular file of the folder, with the .br and .gz beside it, and routes.json. NULL where
 * the folder cannot be read. The caller frees. */
struct static_files *static_files_load(const char *folder);
void static_files_free(struct static_files *files);

/* Answers GET and HEAD: a file, the page for a path of routes.json, or the page with status 404.
 * ERR_NOT_FOUND for a path that belongs to programs (/v1, /gateway …), ERR_METHOD_NOT_ALLOWED for
 * other methods. `files` may be NULL: nothing is found then. */
MUST_CHECK enum err static_files_answer(const struct static_files *files,
                                        struct exchange *exchange);
/* Answers with a page such as "/docs.html", under the content security policy of Swagger UI;
 * ERR_NOT_FOUND where it does not exist. */
MUST_CHECK enum err static_files_answer_docs(const struct static_files *files,
                                             struct exchange *exchange);

#endif

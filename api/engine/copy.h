#ifndef GUICHET_ENGINE_COPY_H
#define GUICHET_ENGINE_COPY_H
/* A connection for work that takes minutes: no deadline for statements or answers, no pool. For
 * commands, never for requests. One thread uses it. */
#include "engine/tx.h"

struct bulk;

/* Connects; ERR_UNAVAILABLE where the server cannot be reached. The caller closes. */
MUST_CHECK enum err bulk_open(const char *url, struct bulk **out);
void bulk_close(struct bulk *bulk); /* NULL does nothing */
/* For the functions of sql/<room>.h: each statement is a transaction of its own, as the owner of the URL.
 * Nothing to commit or to end. Borrows both. */
struct tx bulk_tx(struct bulk *bulk, struct arena *arena);
/* COPY … FROM STDIN of text in COPY's text format: all of it or nothing. */
MUST_CHECK enum err bulk_copy(struct bulk *bulk, const struct sql *sql, const char *text,
                              size_t length);
/* The server's message about the last failure, one line. Owned by `bulk`. */
const char *bulk_message(const struct bulk *bulk);

#endif

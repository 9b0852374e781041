#ifndef GUICHET_ORGANISATION_DIRECTORY_H
#define GUICHET_ORGANISATION_DIRECTORY_H
/* The directory of establishments: the imported table, or a remote one behind a cache. The cache is asked for
 * 24 hours, and whatever its age while the remote directory is unreachable. Results live in the context's
 * arena. Not to be called inside a transaction: a remote directory takes seconds to answer. */
#include "base/value.h"
#include "core/context.h"
#include "core/ports.h"

/* ERR_NOT_FOUND: no such establishment; ERR_UNAVAILABLE: the directory does not answer. */
MUST_CHECK enum err directory_find(struct context *context, const char *siret,
                                   struct establishment *out);
/* A page of schema EstablishmentPage. `typed`: what a person typed. `cursor`: how many were shown before, or
 * NULL. */
MUST_CHECK enum err directory_search(struct context *context, const char *typed, int64_t limit,
                                     const char *cursor, const struct value **page);
/* Schema Establishment, its eligibility included. Pure. */
struct value *directory_document(struct arena *arena, const struct establishment *establishment);

struct directory_answer {
    bool is_known; /* false: the directory did not answer */
    struct establishment establishment;
};
/* Asks for an establishment that somebody named. ERR_INVALID with an error at `pointer` where nobody has this
 * SIRET. A directory that does not answer is no error: `is_known` is false. */
MUST_CHECK enum err directory_ask(struct context *context, const char *siret, const char *pointer,
                                  struct directory_answer *out);
/* Writes the organisation of the answer, in the caller's transaction; without an answer it is pending until
 * directory_complete_organisations. */
MUST_CHECK enum err directory_keep(struct tx *tx, const char *siret,
                                   const struct directory_answer *answer);

/* Job: asks again for pending organisations. */
MUST_CHECK enum err directory_complete_organisations(struct context *context);
/* Fills an empty directory with the sample of the program. */
MUST_CHECK enum err directory_load_sample(struct pool *pool, struct arena *arena);

#endif

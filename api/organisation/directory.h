#ifndef GUICHET_ORGANISATION_DIRECTORY_H
#define GUICHET_ORGANISATION_DIRECTORY_H
/* The directory of establishments: the table of this database, or a remote one behind a cache of
 * 24 hours that is also used, whatever its age, while the remote is away. Never called inside a
 * transaction. */
#include "base/value.h"
#include "core/context.h"
#include "core/ports.h"

/* ERR_NOT_FOUND: no such establishment; ERR_UNAVAILABLE: nobody can tell now. */
MUST_CHECK enum err directory_find(struct context *context, const char *siret,
                                   struct establishment *out);
/* A page of the contract. `cursor` counts what was shown before. */
MUST_CHECK enum err directory_search(struct context *context, const char *typed, int64_t limit,
                                     const char *cursor, const struct value **page);
/* The establishment of the contract, eligibility included. */
struct value *directory_document(struct arena *arena, const struct establishment *establishment);
/* Writes what the directory says into the organisation's row. */
MUST_CHECK enum err directory_save(struct tx *tx, const struct establishment *establishment);

/* The organisation's row, from the directory where it answers, else pending. A SIRET that is not
 * known is an error at `pointer` and ERR_INVALID. */
struct directory_answer {
    bool is_known; /* false: the directory did not answer */
    struct establishment establishment;
};
MUST_CHECK enum err directory_ask(struct context *context, const char *siret, const char *pointer,
                                  struct directory_answer *out);
MUST_CHECK enum err directory_keep(struct tx *tx, const char *siret,
                                   const struct directory_answer *answer);

/* Asks again for the organisations that the directory has not confirmed yet. */
MUST_CHECK enum err directory_complete_organisations(struct context *context);
/* Fills an empty table with the sample of the program. */
MUST_CHECK enum err directory_load_sample(struct pool *pool, struct arena *arena);

#endif

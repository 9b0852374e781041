#ifndef GUICHET_CORE_PAGE_H
#define GUICHET_CORE_PAGE_H
/* Where a list goes on. The statements make the cursor of the next page themselves; it is opaque to
 * everybody else. */
#include "base/field_errors.h"
#include "engine/tx.h"

struct page {
    int64_t limit;
    const char *cursor; /* as it came; NULL: the first page */
    const char *at;     /* microseconds since 1970, of a cursor of time and id; else NULL */
    const char *id;     /* UUID, likewise */
};

/* A cursor of time and id. Adds an error at `cursor` and returns false where it is none of ours. */
bool page_read_time(struct field_errors *errors, struct arena *arena, int64_t limit,
                    const char *cursor, struct page *out);
/* A cursor that is a number. */
bool page_read_number(struct field_errors *errors, int64_t limit, const char *cursor,
                      struct page *out);
/* A cursor that is a key: a SIRET, a domain. */
struct page page_of_key(int64_t limit, const char *cursor);

#define P_PAGE_TIME(page) P_INTEGER((page)->limit), P_TEXT((page)->at), P_TEXT((page)->id)
#define P_PAGE_KEY(page) P_INTEGER((page)->limit), P_TEXT((page)->cursor)

#endif

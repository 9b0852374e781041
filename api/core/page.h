#ifndef GUICHET_CORE_PAGE_H
#define GUICHET_CORE_PAGE_H
/* The position of a page in a list. The statements build the cursor of the next page themselves; it is
 * opaque to everybody else. Thread-safe. */
#include "base/field_errors.h"
#include "engine/statement.h"

struct page {
    int64_t limit;
    const char *cursor;         /* as it came; NULL: the first page */
    struct nullable_int at_us;  /* since 1970, of a cursor of time and id */
    const char *id;             /* UUID, likewise; else NULL */
    struct nullable_int number; /* of a cursor that is a number */
};

/* Reads a cursor of time and id. False, with an error at `cursor`, where it is not one that a page
 * returned. */
bool page_read_time(struct field_errors *errors, struct arena *arena, int64_t limit,
                    const char *cursor, struct page *out);
/* Reads a cursor that is a number; likewise. */
bool page_read_number(struct field_errors *errors, int64_t limit, const char *cursor,
                      struct page *out);
/* A cursor that is a key: a SIRET, a domain. */
struct page page_of_key(int64_t limit, const char *cursor);

/* Parameters of typed statements: limit and what the page comes after. */
#define PAGE_TIME(page) .limit = (page)->limit, .after_us = (page)->at_us, .after_id = (page)->id
#define PAGE_NUMBER(page) .limit = (page)->limit, .after = (page)->number
#define PAGE_KEY(page) .limit = (page)->limit, .after = (page)->cursor

#endif

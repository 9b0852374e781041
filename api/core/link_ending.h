#ifndef GUICHET_CORE_LINK_ENDING_H
#define GUICHET_CORE_LINK_ENDING_H
/* What is answered to a mailed link that opens nothing any more: used, expired, replaced by a newer one, or ended by something
 * else. Told to who holds the link, which is the proof; a secret that was never mailed is merely wrong. Thread-safe. */
#include "core/context.h"

/* The sentences of a kind of link; each with `{when}`, for the day and time. */
struct link_words {
    const char *used;     /* what it did, and where to go on */
    const char *expired;  /* how to get another */
    const char *replaced; /* NULL: none is */
    const char *ended;    /* NULL: nothing else ends it */
};

/* `ending`: used, expired, replaced or ended, as the database names it; NULL: no link with this secret was ever mailed.
 * `at`: when it ended, in RFC 3339, for the member `link_ended_at` of the problem; `told_at`: the same moment as people
 * read it. Returns ERR_LINK_…, or ERR_INVALID with an error at /token. */
MUST_CHECK enum err link_ending_refuse(struct context *context, const struct link_words *words,
                                       const char *ending, const char *at, const char *told_at);

#endif

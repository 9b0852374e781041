#ifndef GUICHET_CORE_MASTER_KEY_H
#define GUICHET_CORE_MASTER_KEY_H
/* Whether the given master keys are those of the database. Table `master_key` holds a canary of every key that may
 * have sealed something: a text that this key alone opens. A program that lacks one would answer 500 to what that key
 * sealed, and would seal what others cannot open. Thread-safe. */
#include "core/context.h"

/* Compares, and notes that this program seals with the first of its keys. In a database without canaries, what
 * is sealed there is opened first: it may be of a former version. ERR_CONFLICT where the keys are not the right ones:
 * `*reason` is an English sentence for the operator, in the arena. ERR_UNAVAILABLE while the database is away or not
 * migrated. */
MUST_CHECK enum err master_key_admit(const struct services *services, struct arena *arena,
                                     const char **reason);
/* Compares alone, in one round trip; failures as above. The event master_key_wrong is logged once, until the keys
 * are the right ones again. */
MUST_CHECK enum err master_key_check(const struct services *services);

enum {
    MASTER_KEY_NOTED_S = 60,  /* how often a program that runs calls master_key_admit */
    MASTER_KEY_UNSEEN_S = 180 /* after which no program seals with a key any more */
};

/* `*seen`: a key other than the first that a program sealed with in the last `unseen_s` seconds, in the arena; NULL:
 * none. */
MUST_CHECK enum err master_key_find_former(const struct services *services, struct arena *arena,
                                           int64_t unseen_s, const char **seen);
/* Forgets the former keys: everything is sealed by the first one. Those that a program was seen with in the last
 * `unseen_s` seconds are kept; `*left` names one of them, in the arena. NULL: none is. */
MUST_CHECK enum err master_key_retire_former(const struct services *services, struct arena *arena,
                                             int64_t unseen_s, const char **left);

#endif

#ifndef GUICHET_TOKEN_SIGNING_KEY_STORE_H
#define GUICHET_TOKEN_SIGNING_KEY_STORE_H
/* The rows of the signing keys; private parts are sealed before they come here. */
#include "base/value.h"
#include "engine/tx.h"

struct signing_key_row {
    const char *kid;
    const char *state; /* next, current, previous */
    const char *public_pem;
    const char *public_jwk; /* JSON */
};

/* Waits for another change of keys to end. */
MUST_CHECK enum err signing_key_lock(struct tx *tx);
MUST_CHECK enum err signing_key_list_living(struct tx *tx, struct signing_key_row **rows,
                                            size_t *count);
/* NULL in both where no key was made yet. */
MUST_CHECK enum err signing_key_find_current(struct tx *tx, const char **kid,
                                             const char **sealed_private_pem);
MUST_CHECK enum err signing_key_insert(struct tx *tx, const char *kid, const char *state,
                                       const struct value *public_jwk, const char *public_pem,
                                       const char *sealed_private_pem);
/* `*known` is false where there is no such key. */
MUST_CHECK enum err signing_key_retire(struct tx *tx, const char *kid, bool *known);
/* next → current → previous; the caller inserts the new next one. */
MUST_CHECK enum err signing_key_rotate(struct tx *tx);

#endif

#ifndef GUICHET_GATEWAY_TOKEN_SCOPE_NAMES_H
#define GUICHET_GATEWAY_TOKEN_SCOPE_NAMES_H
/* Scopes as bits, so that a hundred thousand cached tokens stay small and a check takes a few operations.
 * Names are numbered in the order in which they occur; numbers are never reused. Thread-safe. */
#include "base/arena.h"
#include "base/value.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCOPE_NAMES_MAX = 512, SCOPE_SET_WORDS = SCOPE_NAMES_MAX / 64 };

struct scope_set {
    uint64_t words[SCOPE_SET_WORDS];
};

struct scope_names {
    pthread_mutex_t mutex;
    char *names[SCOPE_NAMES_MAX];
    _Atomic size_t count;
};

void scope_names_init(struct scope_names *names);
void scope_names_clear(struct scope_names *names);
/* Adds the scope to the set. False for a new scope once there are SCOPE_NAMES_MAX: it then opens nothing. */
bool scope_names_add(struct scope_names *names, struct scope_set *set, const char *name);
bool scope_set_meets(const struct scope_set *a, const struct scope_set *b);
/* The names of a set as a JSON array of strings. */
struct value *scope_names_list(const struct scope_names *names, struct arena *arena,
                               const struct scope_set *set);

#endif

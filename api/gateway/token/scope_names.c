#include "gateway/token/scope_names.h"
#include <stdlib.h>
#include <string.h>

void scope_names_init(struct scope_names *names) {
    *names = (struct scope_names){0};
    pthread_mutex_init(&names->mutex, NULL);
}

void scope_names_clear(struct scope_names *names) {
    const size_t count = atomic_load(&names->count);
    for (size_t i = 0; i < count; i++) {
        free(names->names[i]);
    }
    pthread_mutex_destroy(&names->mutex);
}

static size_t find_from(const struct scope_names *names, size_t from, size_t count,
                        const char *name) {
    for (size_t i = from; i < count; i++) {
        if (strcmp(names->names[i], name) == 0) {
            return i;
        }
    }
    return SCOPE_NAMES_MAX;
}

/* Numbers a name that was not among the first `seen`. */
static size_t number_name(struct scope_names *names, size_t seen, const char *name) {
    pthread_mutex_lock(&names->mutex);
    const size_t count = atomic_load(&names->count);
    size_t number = find_from(names, seen, count, name);
    if (number == SCOPE_NAMES_MAX && count < SCOPE_NAMES_MAX) {
        char *copy = strdup(name);
        if (copy != NULL) {
            names->names[count] = copy;
            atomic_store(&names->count, count + 1);
            number = count;
        }
    }
    pthread_mutex_unlock(&names->mutex);
    return number;
}

bool scope_names_add(struct scope_names *names, struct scope_set *set, const char *name) {
    const size_t count = atomic_load(&names->count);
    size_t number = find_from(names, 0, count, name);
    if (number == SCOPE_NAMES_MAX) {
        number = number_name(names, count, name);
    }
    if (number == SCOPE_NAMES_MAX) {
        return false;
    }
    set->words[number / 64] |= UINT64_C(1) << (number % 64);
    return true;
}

bool scope_set_meets(const struct scope_set *a, const struct scope_set *b) {
    uint64_t shared = 0;
    for (size_t i = 0; i < SCOPE_SET_WORDS; i++) {
        shared |= a->words[i] & b->words[i];
    }
    return shared != 0;
}

struct value *scope_names_list(const struct scope_names *names, struct arena *arena,
                               const struct scope_set *set) {
    struct value *list = value_array(arena);
    const size_t count = atomic_load(&names->count);
    for (size_t i = 0; i < count; i++) {
        if ((set->words[i / 64] >> (i % 64) & 1) != 0) {
            value_push(list, value_text(arena, names->names[i]));
        }
    }
    return list;
}

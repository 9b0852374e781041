#ifndef GUICHET_EXPORT_EXPORT_SEAL_H
#define GUICHET_EXPORT_EXPORT_SEAL_H
/* What a piece of an export is sealed for, so that it opens nowhere else: in the arena. */
#include "base/arena.h"
#include <stdint.h>

static inline const char *export_seal_context(struct arena *arena, const char *id, int64_t place) {
    return arena_printf(arena, "export/%s/%lld", id, (long long)place);
}

#endif

/* Environment variables that look like a setting, in any case, and are none: what is misspelt would silently have its
 * default. */
#include "base/config.h"
#include "base/text.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { NAME_BYTES_MAX = 64, STEPS_MAX = 4 };

static const char PREFIX[] = "GUICHET_";

static const struct {
    const char *name;
    bool is_secret; /* may be a file: NAME_FILE */
} SETTINGS[] = {
#define SETTING(member, environment, type, unit, fallback, secret, help) {environment, secret},
#include "base/config.def"
#undef SETTING
};
enum { SETTINGS_COUNT = sizeof SETTINGS / sizeof SETTINGS[0] };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters are to be added, left out, changed or swapped with their neighbour between two names of at most
 * NAME_BYTES_MAX bytes (optimal string alignment). */
static size_t distance(const char *a, const char *b) {
    size_t rows[3][NAME_BYTES_MAX + 1];
    const size_t b_length = strlen(b);
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    size_t i = 0;
    for (; a[i] != '\0'; i++) {
        size_t *next = rows[(i + 1) % 3];
        const size_t *row = rows[i % 3];
        const size_t *former = rows[(i + 2) % 3];
        next[0] = i + 1;
        for (size_t j = 0; j < b_length; j++) {
            next[j + 1] = least(least(next[j], row[j + 1]) + 1, row[j] + (a[i] == b[j] ? 0 : 1));
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
                next[j + 1] = least(next[j + 1], former[j - 1] + 1);
            }
        }
    }
    return rows[i % 3][b_length];
}

static const char *with_file(struct arena *arena, size_t i) {
    return arena_printf(arena, "%s_FILE", SETTINGS[i].name);
}

static bool is_known(struct arena *arena, const char *name) {
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        if (strcmp(SETTINGS[i].name, name) == 0 ||
            (SETTINGS[i].is_secret && strcmp(with_file(arena, i), name) == 0)) {
            return true;
        }
    }
    return false;
}

/* The setting that was probably meant; NULL where none is near. */
static const char *find_nearest(struct arena *arena, const char *name) {
    const char *nearest = NULL;
    size_t steps = STEPS_MAX + 1;
    for (size_t i = 0; strlen(name) <= NAME_BYTES_MAX && i < 2 * (size_t)SETTINGS_COUNT; i++) {
        const size_t at = i / 2;
        const bool is_file = i % 2 == 1;
        if (is_file && !SETTINGS[at].is_secret) {
            continue;
        }
        const char *known = is_file ? with_file(arena, at) : SETTINGS[at].name;
        const size_t steps_to = strlen(known) > NAME_BYTES_MAX ? steps : distance(name, known);
        nearest = steps_to < steps ? known : nearest;
        steps = least(steps, steps_to);
    }
    return nearest;
}

/* The setting whose name is followed by _FILE, although it is no secret; NULL where it is none. */
static const char *find_plain(struct arena *arena, const char *name) {
    const size_t length = strlen(name);
    const char *stem = length > 5 && strcmp(name + length - 5, "_FILE") == 0
                           ? arena_strndup(arena, name, length - 5)
                           : NULL;
    return stem != NULL && is_known(arena, stem) ? stem : NULL;
}

static const char *in_capitals(struct arena *arena, const char *name) {
    char *capitals = arena_strndup(arena, name, strlen(name));
    for (char *c = capitals; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return capitals;
}

static void refuse(struct arena *arena, struct field_errors *errors, const char *name) {
    const char *plain = find_plain(arena, name);
    const char *nearest = find_nearest(arena, in_capitals(arena, name));
    if (plain != NULL) {
        field_errors_add(
            errors, name, "unknown_value",
            "%s: there is no such setting; %s is no secret and cannot come from a file", name,
            plain);
    } else if (nearest != NULL) {
        field_errors_add(errors, name, "unknown_value",
                         "%s: there is no such setting; did you mean %s?", name, nearest);
    } else {
        field_errors_add(errors, name, "unknown_value",
                         "%s: there is no such setting; guichet check-config --print-docs lists "
                         "them, and a variable of your own must not begin with %s",
                         name, PREFIX);
    }
}

void config_check_names(struct arena *arena, struct field_errors *errors) {
    for (char **at = environ; at != NULL && *at != NULL; at++) {
        if (strncasecmp(*at, PREFIX, strlen(PREFIX)) == 0) {
            const char *name = arena_strndup(arena, *at, strcspn(*at, "="));
            if (!is_known(arena, name)) {
                refuse(arena, errors, name);
            }
        }
    }
}

#include "core/role.h"
#include <string.h>

enum { GRANTS_MAX = 64 };

static const char *const NAMES[] = {
    [ROLE_REPORTER] = "reporter", [ROLE_INSTRUCTOR] = "instructor", [ROLE_MANAGER] = "manager",
    [ROLE_SUPPORT] = "support",   [ROLE_ADMIN] = "admin",
};

bool role_parse(const char *name, enum role *out) {
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

const char *role_name(enum role role) {
    return NAMES[role];
}

bool role_is_of_product(enum role role) {
    return role != ROLE_SUPPORT && role != ROLE_ADMIN;
}

struct role_grant *role_parse_grants(struct arena *arena, const char *text, size_t *count) {
    struct role_grant *grants = ARENA_ARRAY(arena, struct role_grant, GRANTS_MAX);
    *count = 0;
    for (const char *at = text == NULL ? "" : text; *at != '\0' && *count < GRANTS_MAX;
         at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        const size_t name = strcspn(at, ":");
        struct role_grant *grant = &grants[*count];
        if (name < step && role_parse(arena_strndup(arena, at, name), &grant->role)) {
            grant->product =
                name + 1 == step ? NULL : arena_strndup(arena, at + name + 1, step - name - 1);
            (*count)++;
        }
        at += step;
    }
    return grants;
}

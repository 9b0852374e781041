#include "domain/role.h"
#include <string.h>

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

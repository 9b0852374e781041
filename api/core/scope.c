#include "core/scope.h"
#include <string.h>

const char *const SCOPES[] = {
    "requests:read", "requests:write", "habilitations:read", "tokens:read",       "tokens:write",
    "usage:read",    "usage:write",    "webhooks",           "tokens:introspect", NULL,
};

bool scope_list_has(const char *list, const char *name, size_t length) {
    for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (step > 0 && step == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += step;
    }
    return false;
}

bool scope_list_meets(const char *held, const char *asked) {
    for (const char *at = asked; *at != '\0'; at += strspn(at, " ")) {
        const size_t step = strcspn(at, " ");
        if (scope_list_has(held, at, step)) {
            return true;
        }
        at += step;
    }
    return false;
}

bool scope_is_known(const char *name, size_t length) {
    for (size_t i = 0; SCOPES[i] != NULL; i++) {
        if (strlen(SCOPES[i]) == length && strncmp(SCOPES[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

bool scope_is_of_managers(const char *name) {
    return strcmp(name, "usage:write") == 0 || strcmp(name, "tokens:introspect") == 0;
}

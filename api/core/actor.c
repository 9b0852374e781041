#include "core/actor.h"
#include "base/clock.h"
#include <string.h>

static bool role_includes(enum role held, enum role asked) {
    switch (held) {
    case ROLE_REPORTER:
        return asked == ROLE_REPORTER;
    case ROLE_INSTRUCTOR:
        return asked == ROLE_REPORTER || asked == ROLE_INSTRUCTOR;
    case ROLE_MANAGER:
        return asked == ROLE_REPORTER || asked == ROLE_INSTRUCTOR || asked == ROLE_MANAGER;
    case ROLE_SUPPORT:
        return asked == ROLE_SUPPORT;
    case ROLE_ADMIN:
        return asked == ROLE_ADMIN || asked == ROLE_SUPPORT;
    }
    return false;
}

void actor_take_person(struct actor *actor, size_t index) {
    const struct actor_person *person = &actor->persons[index];
    actor->account_id = person->account_id;
    actor->email = person->email;
    actor->roles = person->roles;
    actor->roles_count = person->roles_count;
}

bool actor_has_role(const struct actor *actor, enum role role, const char *product) {
    for (size_t i = 0; i < actor->roles_count; i++) {
        const struct role_grant *grant = &actor->roles[i];
        const bool same_product =
            grant->product == NULL || (product != NULL && strcmp(grant->product, product) == 0);
        if (same_product && role_includes(grant->role, role)) {
            return true;
        }
    }
    return false;
}

bool actor_is_staff(const struct actor *actor) {
    return actor->roles_count > 0;
}

bool actor_is_recent(const struct actor *actor) {
    return clock_now_ms() - actor->logged_in_at_ms < RECENT_LOGIN_MS;
}

#ifndef GUICHET_CORE_ROLE_H
#define GUICHET_CORE_ROLE_H
/* The names of the staff's roles, as in the contract, the commands and the database. */
#include "base/arena.h"
#include "core/actor.h"

/* False for anything but "reporter", "instructor", "manager", "support" and "admin". */
bool role_parse(const char *name, enum role *out);
/* Static text. */
const char *role_name(enum role role);
/* "instructor:api-entreprise admin:", as statements give the roles of an account (NULL: none). */
struct role_grant *role_parse_grants(struct arena *arena, const char *text, size_t *count);
/* True for the roles that hold for one product; the others hold for the platform. */
bool role_is_of_product(enum role role);

#endif

#ifndef GUICHET_CORE_ACTOR_H
#define GUICHET_CORE_ACTOR_H
/* Who acts: a person with a session, a program with an access token, an anonymous caller, or this
 * program itself. Filled by http/authn, read by the rules of the rooms and by row-level security. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum actor_kind { ACTOR_ANONYMOUS, ACTOR_ACCOUNT, ACTOR_CLIENT, ACTOR_SYSTEM };

/* Roles of the staff; those of a product hold for `product` alone. */
enum role { ROLE_REPORTER, ROLE_INSTRUCTOR, ROLE_MANAGER, ROLE_SUPPORT, ROLE_ADMIN };

struct role_grant {
    enum role role;
    const char *product; /* NULL for support and admin */
};

/* A responsible person of a program: what they may do now, the program may do. */
struct actor_person {
    const char *account_id;
    const char *email;
    const struct role_grant *roles;
    size_t roles_count;
};

struct actor {
    enum actor_kind kind;
    const char *account_id; /* the person, or the one whose rights a program uses */
    const char *email;
    const char *session_id;             /* id of the session's row, not the secret */
    const char *csrf_token;             /* expected value of X-CSRF-Token */
    const char *client_id;              /* ACTOR_CLIENT; else NULL */
    const char *client_name;            /* ACTOR_CLIENT; else NULL */
    const char *scopes;                 /* ACTOR_CLIENT: separated by blanks */
    const char *client_siret;           /* ACTOR_CLIENT: bound to this organisation; else NULL */
    const char *client_product;         /* ACTOR_CLIENT: bound to this product; else NULL */
    const struct actor_person *persons; /* ACTOR_CLIENT: who lends it their rights, at least one */
    size_t persons_count;
    const char *address;        /* for the audit; NULL: cannot be read behind proxies */
    const char *hop;            /* the same, or the last proxy: to count attempts by */
    const char *request_id;     /* for the audit */
    int64_t logged_in_at_ms;    /* when the password or the provider was last asked */
    bool second_factor;         /* the session passed it */
    bool second_factor_pending; /* enrolled, not given yet: only the session's own routes answer */
    bool second_factor_missing; /* the roles need one and none is enrolled: they do not count */
    const struct role_grant *roles;
    size_t roles_count;
};

/* Makes a program act with the rights of its person `index`. */
void actor_take_person(struct actor *actor, size_t index);
/* True for the role itself or one that includes it (manager ⊃ instructor ⊃ reporter), on this
 * product. Support and admin are not bound to a product: pass NULL. */
bool actor_has_role(const struct actor *actor, enum role role, const char *product);
/* True where the actor has any role of the staff. */
bool actor_is_staff(const struct actor *actor);
enum { RECENT_LOGIN_MS = 15 * 60 * 1000 };
/* True where the last log-in is less than 15 minutes old. */
bool actor_is_recent(const struct actor *actor);

#endif

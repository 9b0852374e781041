#ifndef GUICHET_CORE_SCOPE_H
#define GUICHET_CORE_SCOPE_H
/* The scopes of third-party programs: what a program was given, and what a route asks for. Lists are texts
 * of names separated by blanks (RFC 6749, 3.3). Thread-safe. */
#include <stdbool.h>
#include <stddef.h>

/* All scopes, in their order in the contract; ends with NULL. */
extern const char *const SCOPES[];

/* True where `list` contains the name of `length` bytes. */
bool scope_list_has(const char *list, const char *name, size_t length);
/* True where `held` contains one of the names of `asked`. */
bool scope_list_meets(const char *held, const char *asked);
/* True for a name of SCOPES, of `length` bytes. */
bool scope_is_known(const char *name, size_t length);
/* True for the scopes that managers alone give, and that count while a responsible person is a manager. */
bool scope_is_of_managers(const char *name);

#endif

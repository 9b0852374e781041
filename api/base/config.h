#ifndef GUICHET_BASE_CONFIG_H
#define GUICHET_BASE_CONFIG_H
/* The settings of config.def, read from the environment once at start. Immutable afterwards, so
 * shared by all threads. */
#include "base/arena.h"
#include "base/err.h"
#include "base/field_errors.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { CONFIG_FORMER_ISSUERS_MAX = 8 };

#define CONFIG_MEMBER_TEXT const char *
#define CONFIG_MEMBER_LINES const char *
#define CONFIG_MEMBER_INTEGER int64_t
#define CONFIG_MEMBER_SWITCH bool

struct config {
#define SETTING(member, environment, type, unit, fallback, secret, help)                           \
    CONFIG_MEMBER_##type member;
#include "base/config.def"
#undef SETTING
};

/* Reads every setting (and NAME_FILE where it is secret); texts live in `arena`, unset ones are "".
 * All mistakes are in `errors` (pointer: the environment name), never only the first; ERR_INVALID
 * then. Derived defaults (public_url, database_url, master_key …) are filled in. */
MUST_CHECK enum err config_load(struct arena *arena, struct field_errors *errors,
                                struct config *out);
/* Checks of the settings, alone and together. config_load calls both: the one for secrets before the
 * derived defaults are filled in. */
void config_check_secrets(struct field_errors *errors, const struct config *config);
void config_check(struct field_errors *errors, const struct config *config);
/* The first line of a file that holds a secret, without its line end; NULL, with the reason in English, where it
 * cannot be read or is empty. */
const char *config_read_file(struct arena *arena, const char *path, const char **reason);
/* Reads the names of the environment: one that begins with GUICHET_ and is no setting is a mistake, which names the
 * setting that was probably meant. One thread, at start. */
void config_check_names(struct arena *arena, struct field_errors *errors);
/* The settings as a Markdown table. */
void config_print_docs(FILE *out);
/* True where nobody but this machine reaches the program: bound to and reached at loopback. */
bool config_is_local(const struct config *config);
/* True where the address is 127.0.0.0/8, ::1 or localhost. */
bool config_is_loopback(const char *bind);

#endif

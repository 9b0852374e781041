#include "security/password_policy.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>

enum { NAME_CHARACTERS_LEAST = 4, LOCAL_PART_CHARACTERS_LEAST = 3, DISTINCT_LEAST = 4 };

static const char *const COMMON[] = {
#include "security/common_passwords.def"
};

/* Composed, in lower case of ASCII and of the Latin letters with accents (U+00C0 to U+00DE), in the arena. */
static char *fold(struct arena *arena, const char *text) {
    char *folded = arena_strdup(arena, unicode_compose(arena, text));
    for (unsigned char *c = (unsigned char *)folded; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (unsigned char)(*c - 'A' + 'a');
        } else if (*c == 0xc3 && c[1] >= 0x80 && c[1] <= 0x9e && c[1] != 0x97) {
            c[1] = (unsigned char)(c[1] + 0x20);
            c++;
        }
    }
    return folded;
}

static int compare(const void *wanted, const void *row) {
    return strcmp(wanted, *(const char *const *)row);
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static size_t count_distinct_bytes(const char *text) {
    bool seen[256] = {false};
    size_t count = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        count += seen[*c] ? 0 : 1;
        seen[*c] = true;
    }
    return count;
}

static bool is_common(struct arena *arena, const char *folded) {
    char *stem = arena_strdup(arena, folded);
    size_t length = strlen(stem);
    while (length > 0 && !is_letter(stem[length - 1])) {
        stem[--length] = '\0';
    }
    return length == 0 || count_distinct_bytes(folded) < DISTINCT_LEAST ||
           bsearch(stem, COMMON, sizeof COMMON / sizeof COMMON[0], sizeof COMMON[0], compare) !=
               NULL;
}

static bool contains(struct arena *arena, const char *folded, const char *part, size_t least) {
    return part != NULL && utf8_length(unicode_compose(arena, part)) >= least &&
           strstr(folded, fold(arena, part)) != NULL;
}

void password_policy_check(struct field_errors *errors, const char *pointer, const char *password,
                           const char *email, const char *given_name, const char *family_name) {
    ARENA_AUTO(arena);
    const size_t characters = utf8_length(unicode_compose(&arena, password));
    const char *folded = fold(&arena, password);
    if (characters < PASSWORD_CHARACTERS_MIN) {
        field_errors_add(errors, pointer, "too_short",
                         "Choisissez un mot de passe d’au moins %d caractères.",
                         PASSWORD_CHARACTERS_MIN);
    }
    if (characters > PASSWORD_CHARACTERS_MAX) {
        field_errors_add(errors, pointer, "too_long",
                         "Choisissez un mot de passe d’au plus %d caractères.",
                         PASSWORD_CHARACTERS_MAX);
    }
    if (is_common(&arena, folded)) {
        field_errors_add(errors, pointer, "too_common",
                         "Ce mot de passe est trop courant. Choisissez par exemple plusieurs mots "
                         "sans lien entre eux.");
    }
    const char *local_part =
        email == NULL ? NULL : arena_strndup(&arena, email, strcspn(email, "@"));
    if (contains(&arena, folded, local_part, LOCAL_PART_CHARACTERS_LEAST)) {
        field_errors_add(errors, pointer, "contains_identity",
                         "Le mot de passe ne doit pas contenir votre adresse e-mail.");
    }
    if (contains(&arena, folded, given_name, NAME_CHARACTERS_LEAST) ||
        contains(&arena, folded, family_name, NAME_CHARACTERS_LEAST)) {
        field_errors_add(errors, pointer, "contains_identity",
                         "Le mot de passe ne doit contenir ni votre prénom ni votre nom.");
    }
}

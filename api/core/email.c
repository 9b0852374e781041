#include "core/email.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/unicode.h"
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

enum {
    DOMAIN_BYTES_MAX = 253,
    LABEL_BYTES_MAX = 63,
    FREE_MAIL_LIST_BYTES_MAX = 16384,
    TYPED_BYTES_MAX = 4 * EMAIL_BYTES_MAX /* with what is not seen */
};

static const char *const FREE_MAIL[] = {
#include "core/free_mail.def"
};

static int compare(const void *wanted, const void *row) {
    return strcmp(wanted, *(const char *const *)row);
}

bool email_is_free_mail(const char *domain) {
    return bsearch(domain, FREE_MAIL, sizeof FREE_MAIL / sizeof FREE_MAIL[0], sizeof FREE_MAIL[0],
                   compare) != NULL;
}

const char *email_free_mail_list(struct arena *arena) {
    struct buf list;
    buf_init(&list, arena, FREE_MAIL_LIST_BYTES_MAX);
    for (size_t i = 0; i < sizeof FREE_MAIL / sizeof FREE_MAIL[0]; i++) {
        buf_printf(&list, "%c%s", i == 0 ? '{' : ',', FREE_MAIL[i]);
    }
    buf_putc(&list, '}');
    return buf_text(&list);
}

bool email_domains_agree(const char *domain, const char *other) {
    return strcmp(domain, other) == 0 && !email_is_free_mail(domain);
}

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* One label of a host name in lower case: letters, digits and inner hyphens. */
static bool label_is_valid(const char *label, size_t length) {
    if (length == 0 || length > LABEL_BYTES_MAX || label[0] == '-' || label[length - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_letter(label[i]) && !is_digit(label[i]) && label[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool domain_is_valid(const char *domain) {
    const char *label = domain;
    size_t labels = 0;
    for (;;) {
        const size_t length = strcspn(label, ".");
        if (!label_is_valid(label, length)) {
            return false;
        }
        labels++;
        if (label[length] == '\0') {
            return labels >= 2 && strlen(domain) <= DOMAIN_BYTES_MAX && is_letter(label[0]);
        }
        label += length + 1;
    }
}

static const char *read_domain(struct arena *arena, const char *plain) {
    char *ascii = NULL;
    if (idn2_to_ascii_8z(plain, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
        return NULL;
    }
    const char *domain = text_lower(arena, ascii);
    idn2_free(ascii);
    return domain_is_valid(domain) ? domain : NULL;
}

const char *email_parse_domain(struct arena *arena, const char *text) {
    return strnlen(text, TYPED_BYTES_MAX + 1) > TYPED_BYTES_MAX
               ? NULL
               : read_domain(arena, unicode_plain(arena, text));
}

const char *email_show_domain(struct arena *arena, const char *domain) {
    char *shown = NULL;
    if (idn2_to_unicode_8z8z(domain, &shown, 0) != IDN2_OK) {
        return domain;
    }
    const char *copy = arena_strdup(arena, shown);
    idn2_free(shown);
    return copy;
}

static bool local_is_valid(const char *local) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  ".!#$%&'*+/=?^_`{|}~-";
    const size_t length = strlen(local);
    return strspn(local, allowed) == length && local[0] != '.' && local[length - 1] != '.' &&
           strstr(local, "..") == NULL;
}

static bool has_non_ascii(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x80) {
            return true;
        }
    }
    return false;
}

/* What is wrong with the whole text; NULL: nothing. */
static const char *find_general_fault(const char *text) {
    const char *at = strchr(text, '@');
    if (strpbrk(text, " \t\r\n") != NULL) {
        return "Une adresse e-mail ne contient pas d’espace.";
    }
    if (strpbrk(text, ",;") != NULL) {
        return "Indiquez une seule adresse e-mail, sans virgule ni point-virgule.";
    }
    if (strpbrk(text, "\"<>()[]\\:") != NULL) {
        return "Indiquez l’adresse seule, sans guillemets, chevrons ni parenthèses : "
               "nom@exemple.fr.";
    }
    if (at == NULL) {
        return "Il manque le signe @ : une adresse ressemble à nom@exemple.fr.";
    }
    if (strchr(at + 1, '@') != NULL) {
        return "Une adresse e-mail ne contient qu’un seul signe @.";
    }
    return NULL;
}

static const char *find_local_fault(const char *local) {
    if (*local == '\0') {
        return "Il manque le nom avant le signe @.";
    }
    if (strlen(local) > EMAIL_LOCAL_BYTES_MAX) {
        return "La partie avant le signe @ dépasse 64 caractères.";
    }
    if (has_non_ascii(local)) {
        return "Les lettres accentuées ne sont pas admises avant le signe @.";
    }
    return local_is_valid(local) ? NULL
                                 : "La partie avant le signe @ n’est pas valable : vérifiez les "
                                   "points et les signes.";
}

/* What is wrong with a text as it is seen; NULL: nothing, and its parts are in `out`. */
static const char *read_parts(struct arena *arena, const char *plain, struct email *out) {
    const char *fault = find_general_fault(plain);
    if (fault != NULL) {
        return fault;
    }
    const char *at = strchr(plain, '@');
    out->local = arena_strndup(arena, plain, (size_t)(at - plain));
    out->domain = read_domain(arena, at + 1);
    fault = find_local_fault(out->local);
    return fault == NULL && out->domain == NULL
               ? "Le nom de domaine après le signe @ n’est pas valable : il ressemble à exemple.fr."
               : fault;
}

enum err email_parse(struct field_errors *errors, const char *pointer, const char *text,
                     struct email *out) {
    struct arena *arena = errors->arena;
    const bool is_short = strnlen(text, TYPED_BYTES_MAX + 1) <= TYPED_BYTES_MAX;
    const char *plain = is_short ? unicode_plain(arena, text) : NULL;
    const char *fault = NULL;
    if (is_short && *plain == '\0') {
        field_errors_add(errors, pointer, "required", "Indiquez une adresse e-mail.");
        return ERR_INVALID;
    }
    if (is_short && strlen(plain) <= EMAIL_BYTES_MAX) {
        fault = read_parts(arena, plain, out);
        out->wire = fault == NULL ? arena_printf(arena, "%s@%s", out->local, out->domain) : "";
    }
    if (fault != NULL) {
        field_errors_add(errors, pointer, "invalid_format", "%s", fault);
        return ERR_INVALID;
    }
    if (!is_short || strlen(plain) > EMAIL_BYTES_MAX || strlen(out->wire) > EMAIL_BYTES_MAX) {
        field_errors_add(errors, pointer, "too_long", "Une adresse e-mail a au plus %d caractères.",
                         EMAIL_BYTES_MAX);
        return ERR_INVALID;
    }
    out->address = arena_printf(arena, "%s@%s", out->local, email_show_domain(arena, out->domain));
    out->key = text_lower(arena, out->wire);
    return ERR_NONE;
}

const char *email_find_key(struct arena *arena, const char *text) {
    struct field_errors ignored;
    struct email email;
    field_errors_init(&ignored, arena);
    return email_parse(&ignored, "", text, &email) == ERR_NONE ? email.key : NULL;
}

#ifndef GUICHET_CORE_EMAIL_H
#define GUICHET_CORE_EMAIL_H
/* E-mail addresses, narrower than RFC 5321 allows: the forms that are used in practice. Before the @:
 * ASCII letters, digits and .!#$%&'*+/=?^_`{|}~- without quotes, no dot at an end or twice. After it:
 * a host name with a dot, IDNA 2008 where it is not ASCII. Read as it is seen (unicode_plain): invisible
 * characters, blanks at the ends and full-width letters make no other address. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/field_errors.h"
#include <stdbool.h>

enum { EMAIL_BYTES_MAX = 254, EMAIL_LOCAL_BYTES_MAX = 64 };

struct email {
    const char *
        address; /* as people read it: part before the @ as typed, domain in Unicode (IDNA U-labels) */
    const char *wire;   /* what mails are sent to: the same with the ASCII domain */
    const char *key;    /* how two spellings are known to be one: `wire` in lower case */
    const char *local;  /* part before the @, as typed */
    const char *domain; /* lower case, ASCII (IDNA A-labels) */
};

/* ERR_INVALID adds one error at `pointer` (`required`, `too_long` or `invalid_format`) with the
 * sentence that fits the mistake. The texts of `out` are in the arena of `errors`. */
MUST_CHECK enum err email_parse(struct field_errors *errors, const char *pointer, const char *text,
                                struct email *out);
/* Lower case and ASCII, as in struct email; NULL where this is no domain. In the arena. */
const char *email_parse_domain(struct arena *arena, const char *text);
/* A domain out of email_parse_domain as people read it: in Unicode. In the arena. */
const char *email_show_domain(struct arena *arena, const char *domain);
/* The key of an address that was parsed before; NULL where it is none. In the arena. */
const char *email_find_key(struct arena *arena, const char *text);
/* True for domains that give an address to anybody (free_mail.def): such an address proves no
 * employer. */
bool email_is_free_mail(const char *domain);
/* The same domains as an array of PostgreSQL, in the arena: "{gmail.com,…}". */
const char *email_free_mail_list(struct arena *arena);
/* True where both domains are the same and prove the employer: whole domains, so a sub-domain is
 * another one; free-mail domains never agree. */
bool email_domains_agree(const char *domain, const char *other);

#endif

#ifndef GUICHET_SECURITY_PASSWORD_H
#define GUICHET_SECURITY_PASSWORD_H
/* Hashes of passwords: Argon2id, t = 3, 64 MiB (RFC 9106) unless password_set_memory says otherwise. A password is hashed
 * with its accents composed (NFC, RFC 8265), since keyboards and systems send them in either form.
 * Two are computed at once in a process; as many may wait as are done within the five seconds that
 * each waits at most, in one of two queues. Beyond that ERR_UNAVAILABLE, so that a flood of log-ins
 * cannot use up the memory. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    PASSWORD_RUNNING_MAX = 2,
    PASSWORD_WAITING_MAX = 64,
    PASSWORD_WAIT_MS = 5000,
    PASSWORD_BYTES_MAX = 1024, /* longer passwords never match and are not hashed */
    PASSWORD_MEMORY_MB = 64,
    PASSWORD_MEMORY_MB_MAX =
        256, /* of what is computed, and of what is believed of an imported hash */
};

/* Memory of every hash from here on, 1 to PASSWORD_MEMORY_MB_MAX. To be called before any thread is
 * started. Hashes made with another amount still match; password_needs_rehash tells them. */
void password_set_memory(int64_t megabytes);

/* The encoded hash ("$argon2id$…"), in the arena. ERR_UNAVAILABLE: too many at once. */
MUST_CHECK enum err password_hash(struct arena *arena, const char *password, const char **out);
/* What the hashes of all accounts cost, each once: "$argon2id$v=19$m=65536,t=3,p=1", "$2b$12" (bcrypt under any of
 * its names). See sql/functions/password_cost.sql. */
struct password_costs {
    const char *const *items;
    size_t count;
    /* Somebody who is known, by their session or device: they wait in a queue of their own and go before the
     * strangers, so that a flood of log-ins keeps nobody out where they are known. */
    bool goes_first;
};
#define PASSWORD_COSTS_NONE (&(const struct password_costs){0})

enum password_match {
    PASSWORD_WRONG,
    PASSWORD_MATCHES,
    PASSWORD_MATCHES_RAW /* as it was typed, decomposed: a hash made before passwords were composed, to be replaced */
};

/* `hash`: NULL where there is no such account, or one without password; then `*match` is PASSWORD_WRONG. One verification
 * of each of the costs is made, and one of the present parameters, whichever of them the hash has: the duration
 * tells neither whether there is a hash nor of what kind; a password whose accents are not composed is verified a second
 * time as it came, whatever the first said. Hashes of imported accounts may be bcrypt ("$2a$", "$2b$",
 * "$2y$"). ERR_UNAVAILABLE: too many at once. */
MUST_CHECK enum err password_verify(const char *hash, const struct password_costs *costs,
                                    const char *password, enum password_match *match);
/* True where password_verify can tell: bcrypt of cost 14 at most, Argon2id or Argon2i of 256 MiB and
 * 12 passes at most. */
bool password_hash_is_known(const char *hash);
/* True where the hash should be replaced at the next log-in: bcrypt or weaker parameters. */
bool password_needs_rehash(const char *hash);

#endif

#ifndef GUICHET_OUTBOUND_REMOTE_DIRECTORY_H
#define GUICHET_OUTBOUND_REMOTE_DIRECTORY_H
/* The remote directories of establishments behind directory_find and directory_search of core/ports.h:
 * INSEE's Sirene 3.11 and recherche-entreprises. Every call ends within 2 s. Thread-safe. */
#include "base/config.h"
#include "base/value.h"
#include "core/ports.h"
#include "outbound/http_client.h"

enum { REMOTE_DIRECTORY_TIMEOUT_MS = 2000 };

struct remote_directory;

/* One kind of remote directory. */
struct remote_directory_kind {
    const char *name; /* value of GUICHET_DIRECTORY */
    const char *default_url;
    enum err (*find)(const struct remote_directory *directory, struct arena *arena,
                     const char *siret, struct establishment *out);
    enum err (*search)(const struct remote_directory *directory, struct arena *arena,
                       const struct directory_query *query, int64_t limit, int64_t offset,
                       struct establishment **out, size_t *count);
};

extern const struct remote_directory_kind remote_directory_insee;
extern const struct remote_directory_kind remote_directory_recherche;

/* `*out` is NULL for GUICHET_DIRECTORY=local: the table of our own database is the directory.
 * ERR_INVALID adds what is wrong with the settings. `config` must outlive the result. */
MUST_CHECK enum err remote_directory_new(const struct config *config, struct field_errors *errors,
                                         struct remote_directory **out);
void remote_directory_free(struct remote_directory *directory); /* NULL does nothing */

/* As in core/ports.h; `directory` is a struct remote_directory. */
MUST_CHECK enum err remote_directory_find(void *directory, struct arena *arena, const char *siret,
                                          struct establishment *out);
MUST_CHECK enum err remote_directory_search(void *directory, struct arena *arena,
                                            const struct directory_query *query, int64_t limit,
                                            int64_t offset, struct establishment **out,
                                            size_t *count);

/* For the kinds: GET of base URL + path. ERR_NOT_FOUND for 404, and for INSEE's 403 (not to be
 * published) and 301 (entered twice under another number); ERR_UNAVAILABLE, logged, for whatever
 * else is no usable answer. */
MUST_CHECK enum err remote_directory_get(const struct remote_directory *directory,
                                         struct arena *arena, const char *path,
                                         const struct value **out);
/* Logs an answer that is JSON but not as documented; ERR_UNAVAILABLE. */
enum err remote_directory_refuse_answer(const char *reason);
/* The text of a member; NULL where missing, empty or "[ND]" (not published). */
const char *remote_directory_text(const struct value *object, const char *member);
/* The parts that are not NULL, joined by `separator`; NULL where all are. */
const char *remote_directory_join(struct arena *arena, const char *separator,
                                  const char *const *parts, size_t count);

#define REMOTE_DIRECTORY_NAME_UNPUBLISHED "Nom non diffusé"

#endif

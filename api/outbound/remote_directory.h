#ifndef GUICHET_OUTBOUND_REMOTE_DIRECTORY_H
#define GUICHET_OUTBOUND_REMOTE_DIRECTORY_H
/* The remote directories of establishments behind directory_find and directory_search of core/ports.h:
 * INSEE's Sirene 3.11 and recherche-entreprises. Every question is answered within 2 s. A failure is logged
 * with its cause, and all are counted (guichet_directory_calls_total). Thread-safe. */
#include "base/config.h"
#include "base/value.h"
#include "core/ports.h"
#include "outbound/http_client.h"

enum { REMOTE_DIRECTORY_TIMEOUT_MS = 2000 };

struct remote_directory;

/* How a call ended, for the log and the metrics. */
enum remote_directory_outcome {
    DIRECTORY_FOUND,
    DIRECTORY_UNKNOWN,     /* there is no such establishment, or it may not be shown */
    DIRECTORY_REFUSED,     /* 401, 403: the key is wrong, or has no right to this API */
    DIRECTORY_LIMITED,     /* 429: asked too often; it is left alone as long as it says */
    DIRECTORY_UNREACHABLE, /* no answer, or not in time */
    DIRECTORY_BROKEN,      /* an answer that is not as documented */
    DIRECTORY_OUTCOMES,
};

/* One question, which may take several requests. */
struct directory_call {
    struct remote_directory *directory;
    struct arena *arena;
    int64_t deadline_ms;
    enum remote_directory_outcome outcome;
    const char *said; /* of a call that failed: what was the matter, in English */
};

/* One kind of remote directory. */
struct remote_directory_kind {
    const char *name; /* value of GUICHET_DIRECTORY */
    const char *default_url;
    enum err (*find)(struct directory_call *call, const char *siret, struct establishment *out);
    enum err (*search)(struct directory_call *call, const struct directory_query *query,
                       int64_t limit, int64_t offset, struct establishment **out, size_t *count);
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

/* Asks for one establishment, for `guichet doctor`. `*said`: what was found, or what is the matter. */
MUST_CHECK enum err remote_directory_try(struct remote_directory *directory, struct arena *arena,
                                         const char *siret, const char **said);

/* An answer of any status that the kinds have a use for. */
struct directory_answer_read {
    int status; /* 200, 301, 404 */
    const struct value *tree;
    const char *location; /* of 301; NULL: none */
};
/* For the kinds: GET of base URL + path. ERR_UNAVAILABLE, with the call's outcome, for whatever is no usable
 * answer; `out->status` tells the others apart: 403 with INSEE's word that this one is not to be shown is a 404. */
MUST_CHECK enum err remote_directory_get(struct directory_call *call, const char *path,
                                         struct directory_answer_read *out);
/* ERR_NOT_FOUND, noted as the call's outcome. */
enum err remote_directory_unknown(struct directory_call *call);
/* An answer that is JSON but not as documented; ERR_UNAVAILABLE. */
enum err remote_directory_refuse_answer(struct directory_call *call, const char *reason);
/* The text of a member; NULL where missing, empty or "[ND]" (not published). */
const char *remote_directory_text(const struct value *object, const char *member);
/* The parts that are not NULL, joined by `separator`; NULL where all are. */
const char *remote_directory_join(struct arena *arena, const char *separator,
                                  const char *const *parts, size_t count);

#define REMOTE_DIRECTORY_NAME_UNPUBLISHED "Nom non diffusé"

#endif

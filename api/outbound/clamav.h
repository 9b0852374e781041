#ifndef GUICHET_OUTBOUND_CLAMAV_H
#define GUICHET_OUTBOUND_CLAMAV_H
/* The virus scanner: a clamd over its socket, by INSTREAM (clamd(8)). Thread-safe: one connection per
 * scan. */
#include "base/config.h"
#include "base/err.h"
#include "base/field_errors.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clamav;

/* `*out` is NULL where no scanner is set. ERR_INVALID: the setting is neither unix:/path nor
 * host:port. */
MUST_CHECK enum err clamav_new(const struct config *config, struct field_errors *errors,
                               struct clamav **out);
void clamav_free(struct clamav *clamav); /* NULL does nothing */
/* See `scan` in core/ports.h; `state` is the struct clamav. */
enum err clamav_scan(void *state, const char *bytes, size_t length, bool *is_infected);
/* PING and VERSION. `*version` is in the arena; `*signed_at_s`, seconds since 1970: when the signatures were made, by
 * the scanner's own clock; -1: it has none of ClamAV's. ERR_UNAVAILABLE: no PONG. */
MUST_CHECK enum err clamav_try(const struct clamav *clamav, struct arena *arena,
                               const char **version, int64_t *signed_at_s);

#endif

#ifndef GUICHET_OUTBOUND_OUTBOUND_H
#define GUICHET_OUTBOUND_OUTBOUND_H
/* Builds the ports from the settings, for app.c; tries what is behind them, for `guichet doctor`. */
#include "base/config.h"
#include "core/ports.h"

struct outbound;

/* Before any thread is started. `config` must outlive it. ERR_INVALID: every mistake of the
 * settings is in `errors`. `*out` is to be freed in every case. */
MUST_CHECK enum err outbound_new(const struct config *config, struct field_errors *errors,
                                 struct outbound **out);
void outbound_free(struct outbound *outbound); /* NULL does nothing */
/* Lives as long as `outbound`. */
const struct ports *outbound_ports(const struct outbound *outbound);

/* Each tries one of them within 10 s and changes nothing there. ERR_NOT_FOUND: it is not set. ERR_UNAVAILABLE: it is
 * of no use as it is. `*said`: what was found, or why not; in the arena or static. */
MUST_CHECK enum err outbound_try_mail(const struct outbound *outbound, struct arena *arena,
                                      const char **said);
MUST_CHECK enum err outbound_try_oidc(const struct outbound *outbound, struct arena *arena,
                                      const char **said);
/* ERR_NOT_FOUND here also: it is asked for an establishment that there is, and does not know it (`*said` is NULL where
 * no remote directory is set). */
MUST_CHECK enum err outbound_try_directory(const struct outbound *outbound, struct arena *arena,
                                           const char *siret, const char **said);
/* See clamav_try. */
MUST_CHECK enum err outbound_try_scanner(const struct outbound *outbound, struct arena *arena,
                                         const char **version, int64_t *signed_at_s);

#endif

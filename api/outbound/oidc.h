#ifndef GUICHET_OUTBOUND_OIDC_H
#define GUICHET_OUTBOUND_OIDC_H
/* Log-in through an OpenID provider (OpenID Connect Core 1.0): authorization code, PKCE S256, state,
 * nonce, RS256 or ES256, userinfo as JSON or as signed JWT. Everything about the provider is read from
 * its discovery document. Implements the oidc_ members of core/ports.h. Thread-safe. */
#include "base/config.h"
#include "core/ports.h"

struct oidc;

/* `*out` is NULL where GUICHET_OIDC_ISSUER is not set. ERR_INVALID adds what is wrong with the
 * settings to `errors`. Does not call the provider yet. `config` must outlive it. The caller frees. */
MUST_CHECK enum err oidc_new(const struct config *config, struct field_errors *errors,
                             struct oidc **out);
void oidc_free(struct oidc *oidc); /* NULL does nothing */

/* As in core/ports.h; `oidc` is a struct oidc. */
MUST_CHECK enum err oidc_start(void *oidc, struct arena *arena, bool again, struct oidc_login *out);
MUST_CHECK enum err oidc_finish(void *oidc, struct arena *arena, const struct oidc_login *login,
                                const char *code, struct oidc_identity *out);
const char *oidc_logout_url(void *oidc, struct arena *arena, const char *id_token,
                            const char *return_url);
/* See oidc_provider_try. */
MUST_CHECK enum err oidc_try(const struct oidc *oidc, struct arena *arena, const char **said);

#endif

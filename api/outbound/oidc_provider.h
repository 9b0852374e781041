#ifndef GUICHET_OUTBOUND_OIDC_PROVIDER_H
#define GUICHET_OUTBOUND_OIDC_PROVIDER_H
/* An OpenID provider: its discovery document, kept for an hour, and its keys, read again when a token
 * names an unknown one. Thread-safe. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/value.h"
#include "outbound/http_client.h"

struct oidc_provider;

/* That of GUICHET_OIDC_ISSUER. `config` must outlive it. Never NULL. */
struct oidc_provider *oidc_provider_new(const struct config *config);
void oidc_provider_free(struct oidc_provider *provider);
/* The discovery document, in the arena: its issuer is the expected one and its authorization, token
 * and key addresses are there. ERR_UNAVAILABLE: cannot be read now. */
MUST_CHECK enum err oidc_provider_describe(struct oidc_provider *provider, struct arena *arena,
                                           const struct value **out);
/* Claims of a token signed by a key of the provider, by RS256 or ES256; none of them is checked.
 * ERR_BAD_CREDENTIALS: not signed by it; ERR_UNAVAILABLE: its keys cannot be read now. */
MUST_CHECK enum err oidc_provider_verify(struct oidc_provider *provider, struct arena *arena,
                                         const char *token, const struct value **claims);
/* Sends a request to an endpoint. ERR_UNAVAILABLE where it does not answer or answers 5xx or 429. Any
 * other status is an answer. */
MUST_CHECK enum err oidc_provider_call(struct oidc_provider *provider, struct arena *arena,
                                       const struct http_request *request,
                                       struct http_response *response);
/* Checks that the page answers that the browser is about to be sent to. ERR_UNAVAILABLE where it does
 * not. */
MUST_CHECK enum err oidc_provider_reach(struct oidc_provider *provider, struct arena *arena,
                                        const char *url);
/* Reads its document and its keys. `*said`, in the arena or static: what was found, or why ERR_UNAVAILABLE. */
MUST_CHECK enum err oidc_provider_try(struct oidc_provider *provider, struct arena *arena,
                                      const char **said);
/* Logs why a log-in fails; ERR_BAD_CREDENTIALS. */
enum err oidc_refuse(const char *reason);

#endif

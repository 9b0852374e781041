#ifndef GUICHET_GATEWAY_PROVIDER_SANDBOX_H
#define GUICHET_GATEWAY_PROVIDER_SANDBOX_H
/* The built-in provider: sample answers from products/<product>/sandbox, parsed once at start.
 * products/README.md describes their cases and placeholders. Immutable after loading, so thread-safe. */
#include "base/config.h"
#include "gateway/catalogue.h"

struct sandbox_answer {
    int status;
    const char *body; /* JSON, in the arena of the call */
    size_t body_bytes;
    const char *error_code; /* NULL: none */
    int64_t retry_in_s;     /* 0: none */
};

/* NULL where the samples cannot be read, with the reason in `errors`. */
const struct sandbox_endpoint *sandbox_load(struct arena *arena, const struct config *config,
                                            const char *product, const struct endpoint *endpoint,
                                            struct field_errors *errors);
/* Waits first where the case has a delay: no lock is held then. */
void sandbox_answer(const struct sandbox_endpoint *sandbox, struct arena *arena,
                    const struct call_params *call_params, struct sandbox_answer *out);

#endif

#ifndef GUICHET_GATEWAY_PROVIDER_PROVIDER_SETTINGS_H
#define GUICHET_GATEWAY_PROVIDER_PROVIDER_SETTINGS_H
/* The file of GUICHET_PROVIDERS_FILE: who answers instead of the sandbox. Its format is described by
 * deploy/providers/providers.schema.json; a mistake of the operator is found here, at start, because a
 * provider that is not understood would be one that answers with invented data. */
#include "base/config.h"
#include "base/field_errors.h"
#include "base/value.h"
#include "product/product.h"

/* `{"product": {"provider": {…}}}`, or NULL where no file is set. Every mistake is in `errors`, with the file
 * and the JSON pointer (RFC 6901) to it, and what is right instead: text that is no JSON, unknown, missing and
 * repeated members, wrong shapes, products and providers that nobody knows, secrets that cannot be read. */
const struct value *provider_settings_read(struct arena *arena, const struct config *config,
                                           const struct products *products,
                                           struct field_errors *errors);
/* The secret of an object that gives it as `name`, as the environment variable of `name`_from, or as the first
 * line of the file of `name`_file. NULL where there is none, with the reason in English, which does not
 * hold it. */
const char *provider_settings_secret(struct arena *arena, const struct value *object,
                                     const char *name, const char **reason);

#endif

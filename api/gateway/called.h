#ifndef GUICHET_GATEWAY_CALLED_H
#define GUICHET_GATEWAY_CALLED_H
/* The parameters of one call: values of the path, and those of the query that belong to the endpoint.
 * `key` is the kind of identifier called (siren, siret, rna, eori) or the parameter's name. */
#include "gateway/parameter.h"

enum { CALLED_MAX = 16 };

struct called_value {
    const struct parameter *parameter;
    const char *key;
    const char *value;
};

struct called {
    struct called_value items[CALLED_MAX];
    size_t count;
};

/* NULL where the call has no such value. */
const char *called_find(const struct called *called, const char *key);

#endif

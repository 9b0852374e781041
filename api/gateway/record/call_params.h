#ifndef GUICHET_GATEWAY_RECORD_CALL_PARAMS_H
#define GUICHET_GATEWAY_RECORD_CALL_PARAMS_H
/* The parameters of one call: those of the path, and those of the query that the endpoint has. `key` is the
 * kind of identifier (siren, siret, rna, eori) or the parameter's name. */
#include "gateway/parameter.h"

enum { CALL_PARAMS_MAX = 16 };

struct call_params_value {
    const struct parameter *parameter;
    const char *key;
    const char *value;
};

struct call_params {
    struct call_params_value items[CALL_PARAMS_MAX];
    size_t count;
};

/* NULL where the call has no such value. */
const char *call_params_find(const struct call_params *call_params, const char *key);

#endif

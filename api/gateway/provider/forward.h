#ifndef GUICHET_GATEWAY_PROVIDER_FORWARD_H
#define GUICHET_GATEWAY_PROVIDER_FORWARD_H
/* Calls the endpoint's provider and passes on its answer. */
#include "gateway/gateway_parts.h"

void forward_call(struct call *call);

#endif

#ifndef GUICHET_GATEWAY_PROVIDER_FORWARD_H
#define GUICHET_GATEWAY_PROVIDER_FORWARD_H
/* Asks the endpoint's provider and passes its answer on. */
#include "gateway/gateway_parts.h"

void forward_call(struct call *call);

#endif

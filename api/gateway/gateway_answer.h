#ifndef GUICHET_GATEWAY_GATEWAY_ANSWER_H
#define GUICHET_GATEWAY_GATEWAY_ANSWER_H
/* Failures of paths below /gateway/ have the gateway's format, which callers parse. */
#include "gateway/gateway.h"
#include "http/exchange.h"

/* Copies an answer of the gateway into the exchange. */
void gateway_answer_send(struct exchange *exchange, const struct gateway_response *response);
/* Renders a failure of the HTTP layer in the gateway's format; false where the path is not the gateway's, or
 * the format has no such failure. */
bool gateway_answer_render(struct exchange *exchange, enum err err);

#endif

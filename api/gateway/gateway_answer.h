#ifndef GUICHET_GATEWAY_GATEWAY_ANSWER_H
#define GUICHET_GATEWAY_GATEWAY_ANSWER_H
/* Below /gateway/ failures have the gateway's own format, which its users' programs parse. */
#include "gateway/gateway.h"
#include "http/exchange.h"

/* Copies an answer of the gateway into the exchange. */
void gateway_answer_send(struct exchange *exchange, const struct gateway_response *response);
/* Renders a failure that came before the gateway saw the call; false where it is no path of the
 * gateway, or a failure that this format does not know. */
bool gateway_answer_render(struct exchange *exchange, enum err err);

#endif

#ifndef GUICHET_HTTP_LOOK_H
#define GUICHET_HTTP_LOOK_H
/* What staff and the programs of a product read is recorded (core/access_log.h), as the rows of look.def say. */
#include "http/exchange.h"

/* Records the look behind an answer that was given, where there is one to record. */
void look_record(const struct exchange *exchange);

#endif

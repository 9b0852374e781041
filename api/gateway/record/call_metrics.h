#ifndef GUICHET_GATEWAY_RECORD_CALL_METRICS_H
#define GUICHET_GATEWAY_RECORD_CALL_METRICS_H
/* Calls of the gateway by product, provider, group of endpoints and class of the answer's status:
 * guichet_gateway_answers_total. Every label comes from the products, none from a caller, and there are at most
 * CALL_METRICS_SERIES_MAX combinations whatever the products hold. Thread-safe. */
#include "base/buf.h"
#include "gateway/catalogue.h"

struct call_metrics;

enum { CALL_METRICS_SERIES_MAX = 512 };

/* Borrows the catalogue. Never NULL. */
struct call_metrics *call_metrics_new(const struct catalogue *catalogue);
void call_metrics_free(struct call_metrics *metrics); /* NULL does nothing */
/* `product` NULL: the token was not good; its labels are empty. `endpoint` NULL: unknown, or the list of
 * privileges; its provider is empty and its group "other". What is beyond the maximum has empty labels too. */
void call_metrics_count(struct call_metrics *metrics, const struct catalogue_product *product,
                        const struct endpoint *endpoint, int status);
void call_metrics_write(const struct call_metrics *metrics, struct buf *out);

#endif

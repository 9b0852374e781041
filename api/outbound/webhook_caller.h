#ifndef GUICHET_OUTBOUND_WEBHOOK_CALLER_H
#define GUICHET_OUTBOUND_WEBHOOK_CALLER_H
/* Calls webhooks: https to the public Internet alone, checked when the name is resolved (address_guard.h), no
 * redirects, 10 s, a short answer; through the proxy of GUICHET_PROXY, which is told the address that was judged and
 * never a name. GUICHET_WEBHOOK_ALLOW adds hosts of inner networks, GUICHET_WEBHOOK_LOOPBACK 127.0.0.1, [::1] and
 * localhost, over http too. Implements the webhook functions of core/ports.h. Thread-safe. */
#include "base/config.h"
#include "core/ports.h"

struct webhook_caller;

/* `config` must outlive it. ERR_INVALID adds what is wrong with GUICHET_WEBHOOK_ALLOW to `errors`. The caller
 * frees `*out` in every case. */
MUST_CHECK enum err webhook_caller_new(const struct config *config, struct field_errors *errors,
                                       struct webhook_caller **out);
void webhook_caller_free(struct webhook_caller *caller); /* NULL does nothing */
/* `caller`: a struct webhook_caller, in both. See ports.h. */
MUST_CHECK enum err webhook_caller_check_url(void *caller, const char *url);
MUST_CHECK enum err webhook_caller_post(void *caller, struct arena *arena,
                                        const struct webhook_call *call,
                                        struct webhook_answer *answer);

#endif

#include "gateway/provider/forward.h"
#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/remote.h"
#include "gateway/provider/sandbox.h"
#include <inttypes.h>

static void forward_to_sandbox(struct call *call) {
    struct gateway_response *response = call->response;
    struct sandbox_answer answer;
    sandbox_answer(call->endpoint->sandbox, call->arena, &call->call_params, &answer);
    response->status = answer.status;
    response->content_type = "application/json";
    response->body = answer.body;
    response->body_bytes = answer.body_bytes;
    call->error_code = answer.error_code;
    call->is_sandbox = true;
    answer_header(response, "X-Guichet-Sandbox", "true");
    if (answer.status == 503 && answer.retry_in_s > 0) {
        answer_header(response, "Retry-After",
                      arena_printf(call->arena, "%" PRId64, answer.retry_in_s));
    }
}

void forward_call(struct call *call) {
    const int64_t started_us = clock_monotonic_us();
    const int64_t maintenance_s =
        provider_maintenance_left_s(call->endpoint->provider, clock_now_ms());
    if (maintenance_s > 0) {
        (void)answer_provider_error(call, GATEWAY_ERROR_PROVIDER_MAINTENANCE, maintenance_s);
        return;
    }
    bool asked = true;
    if (call->endpoint->provider->remote != NULL) {
        asked = remote_call(call->endpoint->provider->remote, call);
    } else {
        forward_to_sandbox(call);
    }
    call->provider_us = asked ? clock_monotonic_us() - started_us : -1;
}

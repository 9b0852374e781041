#ifndef GUICHET_HTTP_TRACE_H
#define GUICHET_HTTP_TRACE_H
/* What joins one request across programs: its identifier (X-Request-ID), and the trace that the caller continues
 * here (header traceparent of W3C Trace Context). Both are what a caller wrote, so they join lines of logs and
 * prove nothing. Thread-safe. */
#include "base/text.h"

enum {
    TRACE_ID_BYTES = 33,     /* 32 digits and the NUL */
    TRACE_SPAN_BYTES = 17,   /* 16 */
    TRACE_PARENT_BYTES = 56, /* 00-trace-span-flags */
};

/* Texts that are "" where the caller traces nothing. */
struct trace {
    char trace_id[TRACE_ID_BYTES];
    char span_id[TRACE_SPAN_BYTES]; /* of this request, drawn here */
    char parent
        [TRACE_PARENT_BYTES]; /* the header for what is called from here, and for the answer */
};

/* The identifier of a request: the UUID of the header, with hyphens or without; a new one where it is NULL or
 * anything else. */
void trace_take_request_id(const char *header, char out[UUID_TEXT_BYTES]);
/* Continues the trace of a traceparent header (section 3.2: version 00, or what a later version begins with) with a
 * span of our own; of the flags, "sampled" stays as it came and the others are zero. Nothing is traced where it is
 * NULL or invalid. tracestate is the caller's own and not passed on. */
void trace_continue(const char *header, struct trace *out);
static inline bool trace_is_known(const struct trace *trace) {
    return trace->trace_id[0] != '\0';
}

#endif

#include "http/trace.h"
#include <stdio.h>
#include <string.h>

/* Where the parts of "00-<trace>-<span>-<flags>" begin. */
enum { TRACE_AT = 3, SPAN_AT = 36, FLAGS_AT = 53, VERSION_DIGITS = 2, FLAGS_DIGITS = 2 };

static const char LOWER_HEX[] = "0123456789abcdef";

void trace_take_request_id(const char *header, char out[UUID_TEXT_BYTES]) {
    if (header == NULL || !text_read_uuid(header, out)) {
        text_new_uuid(out);
    }
}

static bool is_hex(const char *text, size_t digits) {
    return strspn(text, LOWER_HEX) >= digits;
}

static bool is_zero(const char *text, size_t digits) {
    return strspn(text, "0") >= digits;
}

static bool is_traceparent(const char *text) {
    const size_t length = strlen(text);
    if (length < TRACE_PARENT_BYTES - 1 || text[TRACE_AT - 1] != '-' || text[SPAN_AT - 1] != '-' ||
        text[FLAGS_AT - 1] != '-') {
        return false;
    }
    const bool is_ours = strncmp(text, "00", VERSION_DIGITS) == 0;
    const char after = text[TRACE_PARENT_BYTES - 1];
    return is_hex(text, VERSION_DIGITS) && strncmp(text, "ff", VERSION_DIGITS) != 0 &&
           (after == '\0' || (!is_ours && after == '-')) &&
           is_hex(text + TRACE_AT, TRACE_ID_BYTES - 1) &&
           !is_zero(text + TRACE_AT, TRACE_ID_BYTES - 1) &&
           is_hex(text + SPAN_AT, TRACE_SPAN_BYTES - 1) &&
           !is_zero(text + SPAN_AT, TRACE_SPAN_BYTES - 1) && is_hex(text + FLAGS_AT, FLAGS_DIGITS);
}

void trace_continue(const char *header, struct trace *out) {
    *out = (struct trace){0};
    if (header == NULL || !is_traceparent(header)) {
        return;
    }
    memcpy(out->trace_id, header + TRACE_AT, TRACE_ID_BYTES - 1);
    text_new_hex(out->span_id, (TRACE_SPAN_BYTES - 1) / 2);
    const bool is_sampled = strchr("13579bdf", header[FLAGS_AT + 1]) != NULL;
    (void)snprintf(out->parent, sizeof out->parent, "00-%s-%s-%s", out->trace_id, out->span_id,
                   is_sampled ? "01" : "00");
}

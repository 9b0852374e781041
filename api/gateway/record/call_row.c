#include "gateway/record/call_row.h"
#include "base/clock.h"

/* NULL is \N; what COPY takes for the end of a cell or row is escaped. */
static void write_text(struct buf *out, const char *text) {
    if (text == NULL) {
        buf_puts(out, "\\N");
        return;
    }
    for (const char *c = text; *c != '\0';) {
        const char *plain = c;
        while (*c != '\0' && *c != '\\' && *c != '\t' && *c != '\n' && *c != '\r') {
            c++;
        }
        buf_append(out, plain, (size_t)(c - plain));
        if (*c != '\0') {
            buf_putc(out, '\\');
            buf_putc(out, *c == '\t' ? 't' : *c == '\n' ? 'n' : *c == '\r' ? 'r' : '\\');
            c++;
        }
    }
}

static void write_cell(struct buf *out, const char *text) {
    write_text(out, text);
    buf_putc(out, '\t');
}

void call_row_write(struct buf *out, const struct call_row *row) {
    ARENA_AUTO(arena);
    write_cell(out, clock_format_rfc3339(&arena, row->at_ms));
    write_cell(out, row->token_id);
    write_cell(out, row->endpoint);
    write_cell(out, row->params);
    write_cell(out, row->context);
    write_cell(out, row->object);
    write_cell(out, row->recipient);
    buf_put_integer(out, row->status);
    buf_putc(out, '\t');
    write_cell(out, row->error_code);
    buf_put_integer(out, row->duration_us);
    buf_putc(out, '\t');
    if (row->provider_us >= 0) {
        buf_put_integer(out, row->provider_us);
        buf_putc(out, '\t');
    } else {
        write_cell(out, NULL);
    }
    write_cell(out, row->request_id);
    write_cell(out, row->address);
    buf_puts(out, row->is_sandbox ? "t\n" : "f\n");
}

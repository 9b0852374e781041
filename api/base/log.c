#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include <stdatomic.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 16 * 1024 };

static atomic_int minimum_level = LOG_LEVEL_INFO;

static const char *const EVENTS[] = {
#define EVENT(name, text, meaning) [LOG_##name] = text,
#include "base/events.def"
#undef EVENT
};

static const char *const LEVELS[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_ERROR] = "error",
};

void log_set_level(enum log_level minimum) {
    atomic_store(&minimum_level, (int)minimum);
}

void log_write(enum log_level level, enum log_event event, const struct log_field *fields,
               size_t count) {
    if ((int)level < atomic_load(&minimum_level)) {
        return;
    }
    ARENA_AUTO(arena);
    struct buf line;
    buf_init(&line, &arena, LINE_BYTES_MAX);
    buf_printf(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"",
               clock_format_rfc3339(&arena, clock_now_ms()), LEVELS[level], EVENTS[event]);
    for (size_t i = 0; i < count; i++) {
        buf_putc(&line, ',');
        json_write_text(&line, fields[i].name);
        buf_putc(&line, ':');
        if (fields[i].text != NULL) {
            json_write_text(&line, fields[i].text);
        } else {
            buf_printf(&line, "%lld", (long long)fields[i].number);
        }
    }
    buf_puts(&line, "}\n");
    /* One write keeps lines whole; a log that cannot be written must not stop the service. */
    const ssize_t written = write(STDERR_FILENO, buf_text(&line), line.length);
    (void)written;
}

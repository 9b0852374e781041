#ifndef GUICHET_BASE_LOG_H
#define GUICHET_BASE_LOG_H
/* Logs one JSON line per event on standard error. No personal data, token, body or query string: ids,
 * counts, codes and addresses only. Thread-safe: one write per line. */
#include <stddef.h>
#include <stdint.h>

enum log_event {
#define EVENT(name, text, meaning) LOG_##name,
#include "base/events.def"
#undef EVENT
};

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: `number` counts */
    int64_t number;
};

#define LOG_TEXT(name_, text_) ((struct log_field){.name = (name_), .text = (text_)})
#define LOG_NUMBER(name_, number_)                                                                 \
    ((struct log_field){.name = (name_), .number = (int64_t)(number_)})

/* Lines below this level are not written. */
void log_set_level(enum log_level minimum);
void log_write(enum log_level level, enum log_event event, const struct log_field *fields,
               size_t count);

#define LOG_FIELDS_(...)                                                                           \
    (const struct log_field[]){__VA_ARGS__},                                                       \
        sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, (event), LOG_FIELDS_(__VA_ARGS__))
#define log_info(event, ...) log_write(LOG_LEVEL_INFO, (event), LOG_FIELDS_(__VA_ARGS__))
#define log_warning(event, ...) log_write(LOG_LEVEL_WARNING, (event), LOG_FIELDS_(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, (event), LOG_FIELDS_(__VA_ARGS__))

#endif

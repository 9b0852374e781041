#include "base/field_errors.h"
#include <stdarg.h>

void field_errors_init(struct field_errors *errors, struct arena *arena) {
    *errors = (struct field_errors){.arena = arena};
}

void field_errors_add(struct field_errors *errors, const char *pointer, const char *code,
                      const char *format, ...) {
    if (errors->count++ >= FIELD_ERRORS_MAX) {
        return;
    }
    struct field_error *error = ARENA_NEW(errors->arena, struct field_error);
    error->pointer = arena_strdup(errors->arena, pointer);
    error->code = code;
    va_list arguments;
    va_start(arguments, format);
    error->message = arena_vprintf(errors->arena, format, arguments);
    va_end(arguments);
    if (errors->last == NULL) {
        errors->first = error;
    } else {
        errors->last->next = error;
    }
    errors->last = error;
}

struct value *field_errors_value(struct arena *arena, const struct field_errors *errors) {
    struct value *list = value_array(arena);
    for (const struct field_error *error = errors->first; error != NULL; error = error->next) {
        struct value *item = value_object(arena);
        value_set_text(arena, item, "pointer", error->pointer);
        value_set_text(arena, item, "code", error->code);
        value_set_text(arena, item, "message", error->message);
        value_push(list, item);
    }
    return list;
}

#ifndef GUICHET_TESTS_UNIT_BODY_H
#define GUICHET_TESTS_UNIT_BODY_H
/* For tests of what reads the bodies of requests: one body at a time, and what was found wrong in it. A file that
 * includes this has body_setup and body_teardown as those of its group. */
#include "base/json.h"
#include "core/context.h"
#include "test.h"
#include <string.h>

static struct arena arena;
static struct field_errors errors;
static struct context context;

static inline int body_setup(void **state) {
    (void)state;
    json_init();
    arena_init(&arena);
    return 0;
}

static inline int body_teardown(void **state) {
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* The body of the next request; what the former one left in `arena` is gone, and so are its errors. */
static inline struct value *body(const char *json) {
    struct value *value = NULL;
    arena_clear(&arena);
    arena_init(&arena);
    field_errors_init(&errors, &arena);
    context = (struct context){.arena = &arena, .errors = &errors};
    assert_ok(json_parse(&arena, json, strlen(json), &value, NULL));
    return value;
}

/* The errors as lines "pointer code", in their order. */
static inline const char *faults_in(const struct field_errors *found) {
    const char *text = "";
    for (const struct field_error *each = found->first; each != NULL; each = each->next) {
        text = arena_printf(&arena, "%s%s%s %s", text, *text == '\0' ? "" : "\n", each->pointer,
                            each->code);
    }
    return text;
}

static inline const char *faults(void) {
    return faults_in(&errors);
}

#endif

#include "base/err.h"
#include <stdio.h>
#include <string.h>

enum { CAUSE_BYTES = 256 };

static _Thread_local char noted[CAUSE_BYTES];

static const struct {
    int status;
    const char *slug;
    const char *title;
} ROWS[] = {
    [ERR_NONE] = {200, "ok", "OK"},
#define ERROR_KIND(name, http_status, kind, text) [ERR_##name] = {http_status, kind, text},
#include "base/errors.def"
#undef ERROR_KIND
};

int err_status(enum err e) {
    return ROWS[e].status;
}

const char *err_slug(enum err e) {
    return ROWS[e].slug;
}

const char *err_title(enum err e) {
    return ROWS[e].title;
}

enum err err_note_internal(const char *file, int line, const char *cause) {
    const char *from_top = strstr(file, "api/");
    (void)snprintf(noted, sizeof noted, "%s:%d: %s", from_top == NULL ? file : from_top, line,
                   cause);
    return ERR_INTERNAL;
}

const char *err_cause(void) {
    return noted;
}

void err_forget_cause(void) {
    noted[0] = '\0';
}

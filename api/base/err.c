#include "base/err.h"

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

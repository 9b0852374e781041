/* Forms with files: every part lies inside the body and has a name of its own. */
#include "http/multipart.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const struct multipart *form, const char *body, size_t length) {
    for (size_t i = 0; i < form->count; i++) {
        const struct multipart_part *part = &form->parts[i];
        const size_t offset = (size_t)(part->bytes - body);
        if (part->bytes < body || offset > length || part->length > length - offset ||
            multipart_find(form, part->name) != part || utf8_has_control(part->name) ||
            (part->file_name != NULL && utf8_has_control(part->file_name))) {
            abort();
        }
    }
}

/* The first line is the Content-Type, the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ARENA_AUTO(arena);
    const char *text = (const char *)data;
    const char *end = size == 0 ? NULL : memchr(text, '\n', size);
    const size_t type = end == NULL ? 0 : (size_t)(end - text);
    const size_t start = end == NULL ? 0 : type + 1;
    const size_t length = size - start;
    char *body = malloc(length + (length == 0)); /* its own block: an overrun is seen */
    if (body == NULL) {
        return 0;
    }
    if (length > 0) {
        memcpy(body, text + start, length);
    }
    struct multipart form;
    const char *reason = NULL;
    const char *header =
        end == NULL ? "multipart/form-data; boundary=b" : arena_strndup(&arena, text, type);
    if (multipart_parse(&arena, header, body, length, &form, &reason) == ERR_NONE) {
        check_parts(&form, body, length);
    } else if (reason == NULL) {
        abort();
    }
    free(body);
    return 0;
}

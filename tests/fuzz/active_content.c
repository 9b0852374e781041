/* Documents that may hold a macro or a script, and what they say that they are: read within their bounds, and judged the
 * same each time. */
#include "security/active_content.h"
#include "security/office_package.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum office_kind kind_of(const unsigned char *bytes, size_t length) {
    ARENA_AUTO(arena);
    struct office_package package = {
        .arena = &arena, .bytes = bytes, .length = length, .bytes_left = OFFICE_PACKAGE_BYTES_MAX};
    return office_package_kind(&package);
}

/* The first byte says as what it is read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const size_t length = size == 0 ? 0 : size - 1;
    unsigned char *own = malloc(length + (length == 0)); /* its own block: an overrun is seen */
    if (own == NULL) {
        return 0;
    }
    if (length > 0) {
        memcpy(own, data + 1, length);
    }
    const char *type =
        size > 0 && data[0] == 'P' ? "application/pdf" : "application/vnd.oasis.opendocument.text";
    const enum active_content found = active_content_find(own, length, type);
    if (found != active_content_find(own, length, type) ||
        (active_content_reason(found)[0] == '\0') != (found == ACTIVE_CONTENT_NONE)) {
        abort();
    }
    if (kind_of(own, length) != kind_of(own, length)) {
        abort();
    }
    free(own);
    return 0;
}

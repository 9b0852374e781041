/* What people type as e-mail address; an accepted one must be accepted again, unchanged. */
#include "core/email.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct email email;
    struct email again;
    field_errors_init(&errors, &arena);
    const char *text = arena_strndup(&arena, (const char *)data, size);
    if (email_parse(&errors, "/email", text, &email) != ERR_NONE) {
        if (errors.count != 1) {
            abort();
        }
    } else if (strpbrk(email.address, "\r\n <>,") != NULL ||
               email_parse(&errors, "/email", email.address, &again) != ERR_NONE ||
               strcmp(email.address, again.address) != 0) {
        abort();
    }
    return 0;
}

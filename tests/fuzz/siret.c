/* What people type as SIRET. */
#include "core/siret.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    char siret[SIRET_TEXT_BYTES];
    field_errors_init(&errors, &arena);
    const char *text = arena_strndup(&arena, (const char *)data, size);
    const bool accepted = siret_parse(&errors, "/siret", text, siret) == ERR_NONE;
    if (accepted != (errors.count == 0) || accepted != siret_is_valid(siret)) {
        abort();
    }
    return 0;
}

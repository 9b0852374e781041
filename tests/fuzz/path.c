/* Paths: whatever is accepted holds no NUL, slash nor control character, is valid UTF-8, and never
 * grows. Then the route table itself. */
#include "base/utf8.h"
#include "http/uri.h"
#include "routes.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ARENA_AUTO(arena);
    const char *path = arena_strndup(&arena, (const char *)data, size);
    const char *segments[URI_SEGMENTS_MAX];
    size_t count = 0;
    route_table = ROUTES;
    check(route_table_check());
    if (uri_split_path(&arena, path, segments, &count) == ERR_NONE) {
        size_t total = 0;
        for (size_t i = 0; i < count; i++) {
            const size_t length = strlen(segments[i]);
            check(strchr(segments[i], '/') == NULL && !utf8_has_control(segments[i]) &&
                  utf8_is_valid(segments[i], length));
            total += 1 + length;
        }
        check(total <= strlen(path));
    }
    struct request request = {.path = path};
    struct route_match match;
    if (route_find(&arena, "GET", &request, &match) == ERR_NONE && match.route != NULL) {
        check(request.path_parameters_count <= EXCHANGE_PATH_PARAMETERS_MAX);
        for (size_t i = 0; i < request.path_parameters_count; i++) {
            check(request.path_parameters[i].value[0] != '\0');
        }
    }
    return 0;
}

/* Answers of a provider: the first byte says in what pieces they arrive, which must change nothing, and
 * by its highest bit that HEAD was asked. */
#include "outbound/http_reader.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_BYTES_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* HTTP_DONE with the answer, or why not. */
static enum http_progress read_answer(struct arena *arena, bool is_of_head, const uint8_t *data,
                                      size_t size, size_t step, struct http_response *response) {
    struct http_reader reader;
    enum http_progress progress = HTTP_MORE;
    http_reader_init(&reader, arena, is_of_head, BODY_BYTES_MAX);
    while (size > 0 && progress == HTTP_MORE) {
        size_t room = 0;
        char *at = http_reader_room(&reader, &room);
        size_t piece = size < step ? size : step;
        piece = piece < room ? piece : room;
        memcpy(at, data, piece);
        data += piece;
        size -= piece;
        progress = http_reader_take(&reader, piece);
    }
    progress = progress == HTTP_MORE ? http_reader_end(&reader) : progress;
    if (progress == HTTP_DONE) {
        http_reader_fill(&reader, response);
    }
    return progress;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    ARENA_AUTO(arena);
    struct http_response whole = {0};
    struct http_response pieces = {0};
    const size_t step = (size_t)(data[0] & 0x7f) + 1;
    const bool is_of_head = (data[0] & 0x80) != 0;
    const enum http_progress first =
        read_answer(&arena, is_of_head, data + 1, size - 1, SIZE_MAX, &whole);
    const enum http_progress second =
        read_answer(&arena, is_of_head, data + 1, size - 1, step, &pieces);
    /* Of an answer that is broken and too large, either may be seen first. */
    if ((first == HTTP_DONE) != (second == HTTP_DONE)) {
        abort();
    }
    if (first == HTTP_DONE &&
        (whole.status != pieces.status || whole.headers_count != pieces.headers_count ||
         (is_of_head && whole.body_bytes > 0) || whole.body_bytes != pieces.body_bytes ||
         whole.body_bytes > BODY_BYTES_MAX ||
         memcmp(whole.body, pieces.body, whole.body_bytes) != 0)) {
        abort();
    }
    return 0;
}

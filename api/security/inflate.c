#include "security/inflate.h"
#include <limits.h>
#include <stdint.h>
#include <zlib.h>

enum { PIECE_BYTES = 16 * 1024, BARE_WINDOW = -15, ZLIB_WINDOW = 15 };

static enum err run(z_stream *stream, size_t bytes_max, inflate_sink *sink, void *state) {
    unsigned char piece[PIECE_BYTES];
    size_t total = 0;
    for (;;) {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        const int outcome = inflate(stream, Z_NO_FLUSH);
        const size_t length = sizeof piece - stream->avail_out;
        total += length;
        if (total > bytes_max) {
            return ERR_TOO_LARGE;
        }
        if (length > 0 && !sink(state, piece, length)) {
            return ERR_NONE;
        }
        if (outcome == Z_STREAM_END) {
            return ERR_NONE;
        }
        if (outcome != Z_OK || (length == 0 && stream->avail_in == 0)) {
            return ERR_INVALID;
        }
    }
}

enum err inflate_each(const unsigned char *bytes, size_t length, enum inflate_frame frame,
                      size_t bytes_max, inflate_sink *sink, void *state) {
    z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)bytes,
                       .avail_in = length > UINT_MAX ? UINT_MAX : (uInt)length};
    if (inflateInit2(&stream, frame == INFLATE_BARE ? BARE_WINDOW : ZLIB_WINDOW) != Z_OK) {
        return ERR_UNAVAILABLE;
    }
    const enum err err = run(&stream, bytes_max, sink, state);
    (void)inflateEnd(&stream);
    return err;
}

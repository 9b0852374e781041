#ifndef GUICHET_OUTBOUND_HTTP_READER_H
#define GUICHET_OUTBOUND_HTTP_READER_H
/* Parses one response of HTTP/1.0 or 1.1 (RFC 9112) as its bytes come, strictly: whatever two programs
 * could read differently is malformed. Knows no connection. Everything is in the arena. One thread
 * uses a reader. */
#include "base/arena.h"
#include "outbound/http_client.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_READER_HEADERS_MAX = 100,
    HTTP_READER_HEAD_BYTES_MAX = 64 * 1024, /* with interim answers; as much again for trailers */
};

enum http_progress {
    HTTP_MORE, /* the answer goes on */
    HTTP_DONE,
    HTTP_BROKEN,
    HTTP_TOO_LARGE,
};

enum http_reader_state {
    HTTP_READER_HEAD,
    HTTP_READER_COUNTED, /* a body of Content-Length */
    HTTP_READER_CHUNK_SIZE,
    HTTP_READER_CHUNK_DATA,
    HTTP_READER_CHUNK_END,
    HTTP_READER_TRAILER,
    HTTP_READER_UNTIL_CLOSED,
};

/* Members are the reader's own. */
struct http_reader {
    struct arena *arena;
    size_t body_bytes_max;
    bool is_of_head; /* of a HEAD request: no body whatever the headers say */
    enum http_reader_state state;
    char *bytes; /* what was received, without chunk sizes already read */
    size_t capacity;
    size_t filled;
    size_t next;    /* first byte not read yet */
    size_t body_at; /* where the body begins, and where what is known of it ends */
    size_t body_end;
    size_t left; /* of the body, or of the chunk */
    size_t trailer_bytes;
    int status; /* 0: the status line is still to come */
    bool may_keep;
    bool is_chunked;
    bool has_length;
    struct http_header headers[HTTP_READER_HEADERS_MAX];
    size_t headers_count;
};

void http_reader_init(struct http_reader *reader, struct arena *arena, bool is_of_head,
                      size_t body_bytes_max);
/* Where to write the next bytes, and how many fit: never 0. */
char *http_reader_room(struct http_reader *reader, size_t *room);
/* Parses `received` bytes that were written there. */
enum http_progress http_reader_take(struct http_reader *reader, size_t received);
/* The connection was closed by its other end: HTTP_DONE or HTTP_BROKEN. */
enum http_progress http_reader_end(struct http_reader *reader);
/* True until the first byte came. */
bool http_reader_is_empty(const struct http_reader *reader);
/* After HTTP_DONE: whether the connection stays good for another request. */
bool http_reader_may_keep(const struct http_reader *reader);
/* After HTTP_DONE; in the arena. */
void http_reader_fill(const struct http_reader *reader, struct http_response *response);

#endif

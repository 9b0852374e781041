#include "outbound/http_reader.h"
#include <string.h>
#include <strings.h>

enum {
    FIRST_BYTES = 4096,
    ROOM_BYTES_MIN = 1024,
    CHUNK_LINE_BYTES_MAX = 1024, /* a size, and extensions that are ignored */
    CHUNK_DIGITS_MAX = 12,
    LENGTH_DIGITS_MAX = 15,
};

/* A line without its end; `text` may be written to. */
struct line {
    char *text;
    size_t length;
};

void http_reader_init(struct http_reader *reader, struct arena *arena, bool is_of_head,
                      size_t body_bytes_max) {
    reader->arena = arena;
    reader->body_bytes_max = body_bytes_max;
    reader->is_of_head = is_of_head;
    reader->state = HTTP_READER_HEAD;
    reader->bytes = NULL;
    reader->capacity = reader->filled = reader->next = 0;
    reader->body_at = reader->body_end = reader->left = reader->trailer_bytes = 0;
    reader->status = 0;
    reader->may_keep = reader->is_chunked = reader->has_length = false;
    reader->headers_count = 0;
}

char *http_reader_room(struct http_reader *reader, size_t *room) {
    /* One byte stays free for the NUL behind the body. */
    if (reader->capacity < reader->filled + ROOM_BYTES_MIN + 1) {
        const size_t capacity = reader->capacity == 0 ? FIRST_BYTES : reader->capacity * 2;
        char *bytes = arena_alloc(reader->arena, capacity);
        if (reader->filled > 0) {
            memcpy(bytes, reader->bytes, reader->filled);
        }
        reader->bytes = bytes; /* headers go on pointing into the piece before, which stays */
        reader->capacity = capacity;
    }
    *room = reader->capacity - reader->filled - 1;
    return reader->bytes + reader->filled;
}

/* The next whole line; RFC 9112, 2.2 allows for a line feed alone. */
static bool take_line(struct http_reader *reader, struct line *line) {
    char *start = reader->bytes + reader->next;
    char *feed = memchr(start, '\n', reader->filled - reader->next);
    if (feed == NULL) {
        return false;
    }
    reader->next = (size_t)(feed - reader->bytes) + 1;
    const size_t length = (size_t)(feed - start);
    *line = (struct line){start, length > 0 && feed[-1] == '\r' ? length - 1 : length};
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static bool read_status(struct http_reader *reader, const struct line *line) {
    const char *text = line->text;
    if (line->length < 12 || memcmp(text, "HTTP/1.", 7) != 0 ||
        (text[7] != '0' && text[7] != '1') || text[8] != ' ' || !is_digit(text[9]) ||
        !is_digit(text[10]) || !is_digit(text[11]) || (line->length > 12 && text[12] != ' ')) {
        return false;
    }
    reader->status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
    reader->may_keep = text[7] == '1';
    return reader->status >= 100;
}

/* True where the comma-separated list holds the word, in any case. */
static bool list_has(const char *list, const char *word) {
    const size_t length = strlen(word);
    while (*list != '\0') {
        list += strspn(list, ", \t");
        const size_t step = strcspn(list, ", \t");
        if (step == length && strncasecmp(list, word, length) == 0) {
            return true;
        }
        list += step;
    }
    return false;
}

/* The length of the body; twice the same is once. */
static bool read_length(struct http_reader *reader, const char *value) {
    const size_t digits = strspn(value, "0123456789");
    size_t length = 0;
    if (digits == 0 || digits > LENGTH_DIGITS_MAX || value[digits] != '\0') {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        length = length * 10 + (size_t)(value[i] - '0');
    }
    const bool same = !reader->has_length || reader->left == length;
    reader->has_length = true;
    reader->left = length;
    return same;
}

/* What of the headers says where the answer ends. */
static bool read_framing(struct http_reader *reader, const struct http_header *header) {
    if (strcasecmp(header->name, "Content-Length") == 0) {
        return read_length(reader, header->value);
    }
    if (strcasecmp(header->name, "Transfer-Encoding") == 0) {
        const bool good = !reader->is_chunked && strcasecmp(header->value, "chunked") == 0;
        reader->is_chunked = true;
        return good;
    }
    if (strcasecmp(header->name, "Connection") == 0) {
        reader->may_keep = (reader->may_keep || list_has(header->value, "keep-alive")) &&
                           !list_has(header->value, "close");
    }
    return true;
}

static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static enum http_progress read_header(struct http_reader *reader, const struct line *line) {
    char *end = line->text + line->length;
    char *colon = line->text;
    while (colon < end && is_name_character(*colon)) {
        colon++;
    }
    if (colon == line->text || colon == end || *colon != ':') {
        return HTTP_BROKEN;
    }
    char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    for (const char *c = value; c < end; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f) {
            return HTTP_BROKEN;
        }
    }
    if (reader->headers_count == HTTP_READER_HEADERS_MAX) {
        return HTTP_TOO_LARGE;
    }
    *colon = '\0';
    *end = '\0'; /* at most the line's own end */
    struct http_header *header = &reader->headers[reader->headers_count++];
    *header = (struct http_header){line->text, value};
    return read_framing(reader, header) ? HTTP_MORE : HTTP_BROKEN;
}

/* RFC 9112, 6.3. */
static enum http_progress begin_body(struct http_reader *reader) {
    if (reader->status < 200) { /* interim: the answer itself follows */
        const bool good = reader->status != 101;
        reader->status = 0;
        reader->headers_count = 0;
        reader->is_chunked = reader->has_length = false;
        return good ? HTTP_MORE : HTTP_BROKEN;
    }
    reader->body_at = reader->body_end = reader->next;
    if (reader->is_of_head || reader->status == 204 || reader->status == 304) {
        reader->left = 0;
        reader->state = HTTP_READER_COUNTED;
        return HTTP_MORE;
    }
    if (reader->is_chunked) {
        reader->state = HTTP_READER_CHUNK_SIZE;
        return reader->has_length ? HTTP_BROKEN : HTTP_MORE;
    }
    reader->state = reader->has_length ? HTTP_READER_COUNTED : HTTP_READER_UNTIL_CLOSED;
    return reader->has_length && reader->left > reader->body_bytes_max ? HTTP_TOO_LARGE : HTTP_MORE;
}

static enum http_progress read_head(struct http_reader *reader) {
    struct line line;
    while (reader->state == HTTP_READER_HEAD && take_line(reader, &line)) {
        enum http_progress progress = HTTP_MORE;
        if (reader->status == 0) {
            progress = read_status(reader, &line) ? HTTP_MORE : HTTP_BROKEN;
        } else if (line.length > 0) {
            progress = read_header(reader, &line);
        } else {
            progress = begin_body(reader);
        }
        if (progress != HTTP_MORE) {
            return progress;
        }
    }
    const size_t head = reader->state == HTTP_READER_HEAD ? reader->filled : reader->body_at;
    return head > HTTP_READER_HEAD_BYTES_MAX ? HTTP_TOO_LARGE : HTTP_MORE;
}

static enum http_progress read_counted(struct http_reader *reader) {
    const size_t there = reader->filled - reader->next;
    const size_t step = there < reader->left ? there : reader->left;
    reader->next += step;
    reader->left -= step;
    reader->body_end = reader->next;
    return reader->left == 0 ? HTTP_DONE : HTTP_MORE;
}

static enum http_progress read_until_closed(struct http_reader *reader) {
    reader->next = reader->body_end = reader->filled;
    return reader->body_end - reader->body_at > reader->body_bytes_max ? HTTP_TOO_LARGE : HTTP_MORE;
}

static int hex_of(char c) {
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static enum http_progress read_chunk_size(struct http_reader *reader, const struct line *line) {
    size_t size = 0;
    size_t digits = 0;
    while (digits < line->length && hex_of(line->text[digits]) >= 0) {
        size = size * 16 + (size_t)hex_of(line->text[digits]);
        if (++digits > CHUNK_DIGITS_MAX) {
            return HTTP_BROKEN;
        }
    }
    const char after = digits < line->length ? line->text[digits] : ';';
    if (digits == 0 || (after != ';' && after != ' ' && after != '\t')) {
        return HTTP_BROKEN;
    }
    if (size > reader->body_bytes_max - (reader->body_end - reader->body_at)) {
        return HTTP_TOO_LARGE;
    }
    reader->left = size;
    reader->state = size == 0 ? HTTP_READER_TRAILER : HTTP_READER_CHUNK_DATA;
    return HTTP_MORE;
}

/* Moves what is there of the chunk behind what is known of the body. */
static void read_chunk_data(struct http_reader *reader) {
    const size_t there = reader->filled - reader->next;
    const size_t step = there < reader->left ? there : reader->left;
    memmove(reader->bytes + reader->body_end, reader->bytes + reader->next, step);
    reader->body_end += step;
    reader->next += step;
    reader->left -= step;
    reader->state = reader->left == 0 ? HTTP_READER_CHUNK_END : HTTP_READER_CHUNK_DATA;
}

/* The line at the place where a chunk's size, its end or a trailer stands. */
static enum http_progress read_chunk_line(struct http_reader *reader, const struct line *line) {
    if (reader->state == HTTP_READER_CHUNK_SIZE) {
        return line->length > CHUNK_LINE_BYTES_MAX ? HTTP_BROKEN : read_chunk_size(reader, line);
    }
    if (reader->state == HTTP_READER_CHUNK_END) {
        reader->state = HTTP_READER_CHUNK_SIZE;
        return line->length == 0 ? HTTP_MORE : HTTP_BROKEN;
    }
    reader->trailer_bytes += line->length + 2;
    if (reader->trailer_bytes > HTTP_READER_HEAD_BYTES_MAX) {
        return HTTP_TOO_LARGE;
    }
    return line->length == 0 ? HTTP_DONE : HTTP_MORE; /* trailers are ignored */
}

/* What is read of the chunks' own lines is dropped, so that it takes no memory. */
static void drop_read(struct http_reader *reader) {
    memmove(reader->bytes + reader->body_end, reader->bytes + reader->next,
            reader->filled - reader->next);
    reader->filled -= reader->next - reader->body_end;
    reader->next = reader->body_end;
}

static enum http_progress read_chunks(struct http_reader *reader) {
    struct line line;
    while (true) {
        if (reader->state == HTTP_READER_CHUNK_DATA) {
            read_chunk_data(reader);
        }
        if (reader->state == HTTP_READER_CHUNK_DATA || !take_line(reader, &line)) {
            break;
        }
        const enum http_progress progress = read_chunk_line(reader, &line);
        if (progress != HTTP_MORE) {
            return progress;
        }
    }
    drop_read(reader);
    /* One more: a carriage return whose line feed is still to come. */
    const size_t most =
        reader->state == HTTP_READER_TRAILER ? HTTP_READER_HEAD_BYTES_MAX : CHUNK_LINE_BYTES_MAX;
    return reader->filled - reader->next > most + 1 ? HTTP_BROKEN : HTTP_MORE;
}

enum http_progress http_reader_take(struct http_reader *reader, size_t received) {
    enum http_progress progress = HTTP_MORE;
    reader->filled += received;
    if (reader->state == HTTP_READER_HEAD) {
        progress = read_head(reader);
    }
    if (progress != HTTP_MORE || reader->state == HTTP_READER_HEAD) {
        return progress;
    }
    switch (reader->state) {
    case HTTP_READER_COUNTED:
        return read_counted(reader);
    case HTTP_READER_UNTIL_CLOSED:
        return read_until_closed(reader);
    case HTTP_READER_HEAD:
    case HTTP_READER_CHUNK_SIZE:
    case HTTP_READER_CHUNK_DATA:
    case HTTP_READER_CHUNK_END:
    case HTTP_READER_TRAILER:
        break;
    }
    return read_chunks(reader);
}

enum http_progress http_reader_end(struct http_reader *reader) {
    return reader->state == HTTP_READER_UNTIL_CLOSED ? HTTP_DONE : HTTP_BROKEN;
}

bool http_reader_is_empty(const struct http_reader *reader) {
    return reader->filled == 0;
}

bool http_reader_may_keep(const struct http_reader *reader) {
    /* Bytes behind the response would be taken for the next one. */
    return reader->may_keep && reader->state != HTTP_READER_UNTIL_CLOSED &&
           reader->next == reader->filled;
}

void http_reader_fill(const struct http_reader *reader, struct http_response *response) {
    struct http_header *headers =
        ARENA_ARRAY(reader->arena, struct http_header, reader->headers_count + 1);
    memcpy(headers, reader->headers, reader->headers_count * sizeof *headers);
    reader->bytes[reader->body_end] = '\0';
    *response = (struct http_response){
        .status = reader->status,
        .headers = headers,
        .headers_count = reader->headers_count,
        .body = reader->bytes + reader->body_at,
        .body_bytes = reader->body_end - reader->body_at,
    };
}

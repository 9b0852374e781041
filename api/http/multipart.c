#include "http/multipart.h"
#include "base/utf8.h"
#include <string.h>
#include <strings.h>

enum { BOUNDARY_BYTES_MAX = 70 };

/* The bytes that are left to be parsed. */
struct cursor {
    const char *at;
    const char *end;
};

static size_t left_of(const struct cursor *cursor) {
    return (size_t)(cursor->end - cursor->at);
}

static bool skip(struct cursor *cursor, const char *text, size_t length) {
    if (left_of(cursor) < length || memcmp(cursor->at, text, length) != 0) {
        return false;
    }
    cursor->at += length;
    return true;
}

/* RFC 2046, section 5.1.1. */
static bool is_boundary_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("'()+_,-./:=?", c) != NULL);
}

/* "--" and the boundary; NULL where the header has none or a wrong one. */
static const char *read_delimiter(struct arena *arena, const char *content_type) {
    const char *at = strchr(content_type, ';');
    if (at == NULL) {
        return NULL;
    }
    at += 1 + strspn(at + 1, " \t");
    if (strncasecmp(at, "boundary=", 9) != 0) {
        return NULL;
    }
    at += 9;
    const bool quoted = *at == '"';
    at += quoted;
    size_t length = 0;
    while (is_boundary_character(at[length])) {
        length++;
    }
    const char *rest = at + length + (quoted && at[length] == '"');
    if (length == 0 || length > BOUNDARY_BYTES_MAX || (quoted && at[length] != '"') ||
        *rest != '\0') {
        return NULL;
    }
    return arena_printf(arena, "--%.*s", (int)length, at);
}

/* A quoted parameter of Content-Disposition: as browsers write it (%22 for a quote) or with \". */
static const char *read_quoted(struct arena *arena, struct cursor *line) {
    if (!skip(line, "\"", 1)) {
        return NULL;
    }
    char *out = arena_alloc(arena, left_of(line) + 1);
    size_t used = 0;
    while (line->at < line->end && *line->at != '"') {
        if (skip(line, "\\\"", 2) || skip(line, "%22", 3)) {
            out[used++] = '"';
        } else {
            out[used++] = *line->at++;
        }
    }
    const bool good = skip(line, "\"", 1) && memchr(out, '\0', used) == NULL &&
                      utf8_is_valid(out, used) && !utf8_has_control(out);
    return good ? out : NULL;
}

/* Content-Disposition: form-data; name="…"; filename="…" */
static bool read_disposition(struct arena *arena, struct cursor line, struct multipart_part *part) {
    if (!skip(&line, "form-data", 9) || part->name != NULL) {
        return false;
    }
    while (line.at < line.end) {
        if (!skip(&line, ";", 1)) {
            return false;
        }
        while (skip(&line, " ", 1)) {
        }
        const char **target = NULL;
        if (skip(&line, "name=", 5)) {
            target = &part->name;
        } else if (skip(&line, "filename=", 9)) {
            target = &part->file_name;
        }
        if (target == NULL || *target != NULL) {
            return false;
        }
        *target = read_quoted(arena, &line);
        if (*target == NULL) {
            return false;
        }
    }
    return part->name != NULL && *part->name != '\0';
}

/* True where the line is this header; the cursor then stands at its value. */
static bool is_header(struct cursor *line, const char *name) {
    const size_t length = strlen(name);
    if (left_of(line) <= length || strncasecmp(line->at, name, length) != 0 ||
        line->at[length] != ':') {
        return false;
    }
    line->at += length + 1;
    while (line->at < line->end && (*line->at == ' ' || *line->at == '\t')) {
        line->at++;
    }
    return true;
}

static bool read_header(struct arena *arena, struct cursor line, struct multipart_part *part) {
    if (is_header(&line, "Content-Disposition")) {
        return read_disposition(arena, line, part);
    }
    if (is_header(&line, "Content-Type")) {
        const char *type = arena_strndup(arena, line.at, left_of(&line));
        const bool good = part->content_type == NULL && strlen(type) == left_of(&line) &&
                          !utf8_has_control(type) && utf8_is_valid(type, strlen(type));
        part->content_type = type;
        return good;
    }
    /* Refused: no other header says how the bytes are encoded, base64 would have to be named here. */
    return is_header(&line, "Content-Length");
}

/* The header lines of one part up to its empty line. */
static bool read_headers(struct arena *arena, struct cursor *cursor, struct multipart_part *part) {
    const char *start = cursor->at;
    while (!skip(cursor, "\r\n", 2)) {
        const char *end = memmem(cursor->at, left_of(cursor), "\r\n", 2);
        if (end == NULL || end - start > MULTIPART_PART_HEADER_BYTES_MAX ||
            !read_header(arena, (struct cursor){cursor->at, end}, part)) {
            return false;
        }
        cursor->at = end + 2;
    }
    return part->name != NULL;
}

/* The bytes up to the next delimiter that stands on a line of its own. */
static bool read_content(struct cursor *cursor, const char *delimiter,
                         struct multipart_part *part) {
    const size_t length = strlen(delimiter);
    part->bytes = cursor->at;
    for (;;) {
        const char *end = memmem(cursor->at, left_of(cursor), "\r\n--", 4);
        if (end == NULL) {
            return false;
        }
        cursor->at = end + 2;
        struct cursor behind = *cursor;
        if (skip(&behind, delimiter, length) && left_of(&behind) >= 2 &&
            (memcmp(behind.at, "\r\n", 2) == 0 || memcmp(behind.at, "--", 2) == 0)) {
            part->length = (size_t)(end - part->bytes);
            *cursor = behind;
            return true;
        }
    }
}

enum err multipart_parse(struct arena *arena, const char *content_type, const char *body,
                         size_t length, struct multipart *out, const char **reason) {
    struct cursor cursor = {body, body + length};
    *out = (struct multipart){0};
    const char *delimiter = read_delimiter(arena, content_type);
    if (delimiter == NULL) {
        *reason = "La délimitation (boundary) du Content-Type manque ou est mal écrite.";
        return ERR_BAD_REQUEST;
    }
    *reason = "Le formulaire multipart est mal écrit.";
    if (!skip(&cursor, delimiter, strlen(delimiter))) {
        return ERR_BAD_REQUEST;
    }
    while (skip(&cursor, "\r\n", 2)) {
        struct multipart_part part = {0};
        if (out->count == MULTIPART_PARTS_MAX) {
            *reason = "Le formulaire a trop de parties.";
            return ERR_BAD_REQUEST;
        }
        if (!read_headers(arena, &cursor, &part) || !read_content(&cursor, delimiter, &part)) {
            return ERR_BAD_REQUEST;
        }
        if (multipart_find(out, part.name) != NULL) {
            *reason = "Une partie du formulaire vient deux fois.";
            return ERR_BAD_REQUEST;
        }
        out->parts[out->count++] = part;
    }
    const bool ended = skip(&cursor, "--", 2);
    (void)skip(&cursor, "\r\n", 2);
    return ended && cursor.at == cursor.end ? ERR_NONE : ERR_BAD_REQUEST;
}

const struct multipart_part *multipart_find(const struct multipart *multipart, const char *name) {
    for (size_t i = 0; i < multipart->count; i++) {
        if (strcmp(multipart->parts[i].name, name) == 0) {
            return &multipart->parts[i];
        }
    }
    return NULL;
}

const char *multipart_find_text(struct arena *arena, const struct multipart *multipart,
                                const char *name) {
    const struct multipart_part *part = multipart_find(multipart, name);
    if (part == NULL || part->file_name != NULL ||
        memchr(part->bytes, '\0', part->length) != NULL ||
        !utf8_is_valid(part->bytes, part->length)) {
        return NULL;
    }
    return arena_strndup(arena, part->bytes, part->length);
}

enum err request_multipart(struct exchange *exchange, struct multipart *out) {
    const char *reason = NULL;
    const char *type = request_header(exchange, "Content-Type");
    const enum err err =
        multipart_parse(exchange->arena, type == NULL ? "" : type, exchange->request.body,
                        exchange->request.body_bytes, out, &reason);
    if (err != ERR_NONE) {
        exchange->detail = reason;
    }
    return err;
}

#include "http/multipart.h"
#include "base/utf8.h"
#include "http/header_parameters.h"
#include <string.h>
#include <strings.h>

enum { BOUNDARY_BYTES_MAX = 70 };

static const char MALFORMED[] = "Le formulaire multipart est mal écrit.";

/* A part whose headers are being read. */
struct reading {
    struct multipart_part out;
    bool is_utf8; /* as its Content-Type says */
};

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

/* bchars of RFC 2046, section 5.1.1: a blank may not be the last. */
static bool is_boundary(const char *text) {
    const size_t length = strlen(text);
    return length > 0 && length <= BOUNDARY_BYTES_MAX && text[length - 1] != ' ' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "'()+_,-./:=? ") == length;
}

/* "--" and the boundary; NULL where the header has none or a wrong one. */
static const char *read_delimiter(struct arena *arena, const char *content_type) {
    struct header_parameters parameters;
    if (!header_parameters_read(arena, content_type, &parameters)) {
        return NULL;
    }
    const char *boundary = header_parameters_find(&parameters, "boundary");
    return boundary == NULL || !is_boundary(boundary) ? NULL
                                                      : arena_printf(arena, "--%s", boundary);
}

/* The name of the file: `filename*` first, which says how it is written (RFC 6266, section 4.3); False where one is
 * there that would have to be decoded (an encoded word of RFC 2047, another charset). */
static bool read_file_name(struct arena *arena, const struct header_parameters *parameters,
                           const char **out) {
    const char *extended = header_parameters_find(parameters, "filename*");
    *out = extended == NULL ? NULL : header_extended_text(arena, extended);
    if (*out != NULL) {
        return true;
    }
    *out = header_parameters_find(parameters, "filename");
    return *out == NULL ? extended == NULL : strncmp(*out, "=?", 2) != 0;
}

/* Content-Disposition: form-data; name="…"; filename="…". What else RFC 2183 knows (size, dates) is of no use here. */
static const char *read_disposition(struct arena *arena, const char *value, struct reading *part) {
    struct header_parameters parameters;
    if (part->out.name != NULL || !header_is(value, "form-data") ||
        !header_parameters_read(arena, value, &parameters)) {
        return "L’en-tête Content-Disposition d’une partie est mal écrit ou vient deux fois.";
    }
    part->out.name = header_parameters_find(&parameters, "name");
    if (part->out.name == NULL || *part->out.name == '\0') {
        return "Une partie du formulaire n’a pas de nom.";
    }
    if (!read_file_name(arena, &parameters, &part->out.file_name)) {
        return "Le nom du fichier est codé autrement qu’en UTF-8 : écrivez filename en UTF-8, ou "
               "filename*=UTF-8''…";
    }
    return NULL;
}

static const char *read_content_type(struct arena *arena, const char *value, struct reading *part) {
    struct header_parameters parameters;
    if (part->out.content_type != NULL || !header_parameters_read(arena, value, &parameters)) {
        return "L’en-tête Content-Type d’une partie est mal écrit ou vient deux fois.";
    }
    part->out.content_type = value;
    part->is_utf8 = header_charset_is_utf8(&parameters);
    return NULL;
}

/* What says that the bytes are not the file itself. Others are of no use here and left alone (RFC 7578, 4.8). */
static const char *read_other(const char *name, const char *value) {
    static const char *const AS_IS[] = {"7bit", "8bit", "binary"};
    if (strcasecmp(name, "Content-Encoding") == 0) {
        return strcasecmp(value, "identity") == 0
                   ? NULL
                   : "Une partie est comprimée (Content-Encoding) : envoyez-la telle quelle.";
    }
    if (strcasecmp(name, "Content-Transfer-Encoding") != 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof AS_IS / sizeof AS_IS[0]; i++) {
        if (strcasecmp(value, AS_IS[i]) == 0) {
            return NULL;
        }
    }
    return "Une partie est codée (Content-Transfer-Encoding) : envoyez-la telle quelle, en "
           "binaire.";
}

/* NULL, or what is wrong with the line. */
static const char *read_header(struct arena *arena, const char *line, struct reading *part) {
    const size_t length = strcspn(line, ":");
    if (length == 0 || line[length] == '\0' || strcspn(line, " \t") < length) {
        return "Un en-tête d’une partie est mal écrit.";
    }
    const char *name = arena_strndup(arena, line, length);
    const char *value = line + length + 1;
    value += strspn(value, " \t");
    size_t left = strlen(value);
    while (left > 0 && (value[left - 1] == ' ' || value[left - 1] == '\t')) {
        left--;
    }
    value = arena_strndup(arena, value, left);
    if (strcasecmp(name, "Content-Disposition") == 0) {
        return read_disposition(arena, value, part);
    }
    return strcasecmp(name, "Content-Type") == 0 ? read_content_type(arena, value, part)
                                                 : read_other(name, value);
}

/* The end of the header that begins at the cursor, behind the lines that it is folded over (RFC 822, section 3.1.1: they
 * begin with a blank); NULL where it has none. */
static const char *find_header_end(const struct cursor *cursor) {
    const char *end = memmem(cursor->at, left_of(cursor), "\r\n", 2);
    while (end != NULL && end + 2 < cursor->end && (end[2] == ' ' || end[2] == '\t')) {
        end = memmem(end + 2, (size_t)(cursor->end - end - 2), "\r\n", 2);
    }
    return end;
}

/* Puts blanks in place of the line ends of a folded header. */
static void unfold(char *line) {
    for (char *at = strstr(line, "\r\n"); at != NULL; at = strstr(at, "\r\n")) {
        at[0] = at[1] = ' ';
    }
}

/* The header lines of one part up to its empty line. NULL, or what is wrong with them. */
static const char *read_headers(struct arena *arena, struct cursor *cursor, struct reading *part) {
    const char *start = cursor->at;
    while (!skip(cursor, "\r\n", 2)) {
        const char *end = find_header_end(cursor);
        if (end == NULL || end - start > MULTIPART_PART_HEADER_BYTES_MAX) {
            return "Les en-têtes d’une partie ne finissent pas, ou dépassent 4 ko.";
        }
        const size_t length = (size_t)(end - cursor->at);
        char *line = arena_strndup(arena, cursor->at, length);
        unfold(line);
        const char *wrong = strlen(line) == length ? read_header(arena, line, part) : MALFORMED;
        if (wrong != NULL) {
            return wrong;
        }
        cursor->at = end + 2;
    }
    return part->out.name != NULL ? NULL : "Une partie du formulaire n’a pas de nom.";
}

static void skip_blanks(struct cursor *cursor) {
    while (skip(cursor, " ", 1) || skip(cursor, "\t", 1)) {
    }
}

/* Blanks may stand between a delimiter and the end of its line (RFC 2046, section 5.1.1). */
static bool skip_line_end(struct cursor *cursor) {
    struct cursor behind = *cursor;
    skip_blanks(&behind);
    if (!skip(&behind, "\r\n", 2)) {
        return false;
    }
    *cursor = behind;
    return true;
}

/* True at the end of a delimiter: "--" of the last one, or the end of its line. */
static bool ends_line(struct cursor cursor) {
    return skip(&cursor, "--", 2) || skip_line_end(&cursor);
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
        if (skip(&behind, delimiter, length) && ends_line(behind)) {
            part->length = (size_t)(end - part->bytes);
            *cursor = behind;
            return true;
        }
    }
}

static bool is_ascii(const struct multipart_part *part) {
    for (size_t i = 0; i < part->length; i++) {
        if ((unsigned char)part->bytes[i] > 0x7f) {
            return false;
        }
    }
    return true;
}

/* NULL, or what is wrong with the part behind the cursor. */
static const char *read_part(struct arena *arena, struct cursor *cursor, const char *delimiter,
                             struct multipart *out) {
    struct reading part = {.is_utf8 = true};
    if (out->count == MULTIPART_PARTS_MAX) {
        return "Le formulaire a trop de parties.";
    }
    const char *wrong = read_headers(arena, cursor, &part);
    if (wrong != NULL) {
        return wrong;
    }
    if (!read_content(cursor, delimiter, &part.out)) {
        return MALFORMED;
    }
    if (multipart_find(out, part.out.name) != NULL) {
        return "Une partie du formulaire vient deux fois.";
    }
    if (part.out.file_name == NULL && !part.is_utf8 && !is_ascii(&part.out)) {
        return "Un champ du formulaire n’est pas en UTF-8.";
    }
    out->parts[out->count++] = part.out;
    return NULL;
}

/* Moves behind the first delimiter, whatever stands before it (the preamble of RFC 2046, section 5.1.1). */
static bool skip_preamble(struct cursor *cursor, const char *delimiter) {
    struct cursor behind = *cursor;
    struct multipart_part preamble;
    if (skip(&behind, delimiter, strlen(delimiter)) && ends_line(behind)) {
        *cursor = behind;
        return true;
    }
    return read_content(cursor, delimiter, &preamble);
}

/* True where nothing follows the last delimiter on its line: what stands on those behind it (the epilogue) counts for
 * nothing. */
static bool is_over(struct cursor *cursor) {
    const bool is_last = skip(cursor, "--", 2);
    skip_blanks(cursor);
    return is_last && (left_of(cursor) == 0 || skip(cursor, "\r\n", 2));
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
    *reason = MALFORMED;
    if (!skip_preamble(&cursor, delimiter)) {
        return ERR_BAD_REQUEST;
    }
    while (skip_line_end(&cursor)) {
        const char *wrong = read_part(arena, &cursor, delimiter, out);
        if (wrong != NULL) {
            *reason = wrong;
            return ERR_BAD_REQUEST;
        }
    }
    return is_over(&cursor) ? ERR_NONE : ERR_BAD_REQUEST;
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

/* The names in the objects of a PDF. Readers find an object by its place, wherever that is: so every "1 0 obj"
 * of the file is looked at, inside of streams too, and what lies between objects is not. */
#include "security/active_content.h"
#include "security/inflate.h"
#include "security/link_address.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    NAME_BYTES = 16, /* longer than any name that is looked for */
    OBJECT_STREAM_BYTES_MAX = 32 * 1024 * 1024,
    ALL_STREAMS_BYTES_MAX = 128 * 1024 * 1024,
    READ_AGAIN_MAX = 4, /* how often each byte may be read, on average, because objects overlap */
};

/* Reads tokens byte by byte, so that they may come in pieces. */
struct lexer {
    enum { BETWEEN, IN_NAME, IN_WORD, IN_STRING, IN_HEX_STRING, IN_COMMENT } state;
    unsigned parentheses; /* open in a string */
    bool is_escaped;      /* the last byte of a string was a backslash */
    unsigned digits; /* of the character that a string is writing as \\046 or, in hexadecimal, 26 */
    unsigned character; /* what they have brought so far */
    unsigned depth;     /* of dictionaries */
    char name[NAME_BYTES];
    size_t length; /* of the name or word; NAME_BYTES where it is longer */
    unsigned code; /* of a name: what #61 has brought so far, with 1 or 16 in front; 0: none */
};

/* What the tokens of one object say. */
struct object {
    struct lexer lexer;
    enum active_content found;
    bool is_object_stream; /* by its type, or by the two members that every one has */
    bool has_n;
    bool has_first;
    bool has_filter;
    bool has_parameters; /* of a filter */
    bool is_deflated;
    unsigned filters;     /* that are known */
    bool is_address_next; /* the last token was a key whose value is an address */
    bool is_address;      /* the string is one */
    bool is_type_next;    /* the last token was /Type */
    struct link_address address;
    enum { OBJECT_GOES_ON, OBJECT_ENDS, OBJECT_STREAM_FOLLOWS } step;
};

static bool is_blank(unsigned char c) {
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool is_delimiter(unsigned char c) {
    return c != '\0' && strchr("()<>[]{}/%", c) != NULL;
}

static int digit_of(unsigned char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const unsigned char lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_named(const struct lexer *lexer, const char *name) {
    return lexer->length == strlen(name) && memcmp(lexer->name, name, lexer->length) == 0;
}

static void note(struct object *object, enum active_content found) {
    if (object->found == ACTIVE_CONTENT_NONE) {
        object->found = found;
    }
}

static bool is_other_filter(const struct lexer *lexer) {
    static const char *const FILTERS[] = {
        "ASCIIHexDecode",
        "ASCII85Decode",
        "LZWDecode",
        "RunLengthDecode",
        "Crypt",
        "AHx",
        "A85",
        "LZW",
        "RL",
    };
    for (size_t i = 0; i < sizeof FILTERS / sizeof FILTERS[0]; i++) {
        if (is_named(lexer, FILTERS[i])) {
            return true;
        }
    }
    return false;
}

/* ISO 32000-2: encryption (7.6.1), actions (12.6.4), file specifications (7.11), annotations (12.5.6), forms (12.7). */
static enum active_content meaning_of(const struct lexer *lexer) {
    static const struct meaning {
        const char *name;
        enum active_content means;
    } MEANINGS[] = {
        {"JavaScript", ACTIVE_CONTENT_SCRIPT},
        {"JS", ACTIVE_CONTENT_SCRIPT},
        {"XFA", ACTIVE_CONTENT_SCRIPT},
        {"Launch", ACTIVE_CONTENT_LAUNCH},
        {"EmbeddedFiles", ACTIVE_CONTENT_FILES},
        {"EmbeddedFile", ACTIVE_CONTENT_FILES},
        {"EF", ACTIVE_CONTENT_FILES},
        {"SubmitForm", ACTIVE_CONTENT_FORM},
        {"ImportData", ACTIVE_CONTENT_FORM},
        {"GoToR", ACTIVE_CONTENT_JUMP},
        {"GoToE", ACTIVE_CONTENT_JUMP},
        {"Encrypt", ACTIVE_CONTENT_ENCRYPTED},
        {"RichMedia", ACTIVE_CONTENT_MEDIA},
        {"Rendition", ACTIVE_CONTENT_MEDIA},
        {"GoTo3DView", ACTIVE_CONTENT_MEDIA},
        {"3D", ACTIVE_CONTENT_MEDIA},
        {"Movie", ACTIVE_CONTENT_MEDIA},
        {"Sound", ACTIVE_CONTENT_MEDIA},
    };
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++) {
        if (is_named(lexer, MEANINGS[i].name)) {
            return MEANINGS[i].means;
        }
    }
    return ACTIVE_CONTENT_NONE;
}

/* A jump into a thread, of another file as it may be; "/Type /Thread" in a dictionary is the thread itself. */
static bool is_thread_action(const struct object *object) {
    return is_named(&object->lexer, "Thread") && !(object->is_type_next && object->lexer.depth > 0);
}

static void end_name(struct object *object) {
    const struct lexer *lexer = &object->lexer;
    note(object, meaning_of(lexer));
    note(object, is_thread_action(object) ? ACTIVE_CONTENT_JUMP : ACTIVE_CONTENT_NONE);
    object->is_type_next = is_named(lexer, "Type");
    /* Of an action, and of the document's own address, which completes those of actions (12.6.4.8). */
    object->is_address_next = is_named(lexer, "URI") || is_named(lexer, "Base");
    if (is_named(lexer, "ObjStm")) {
        object->is_object_stream = true;
    } else if (is_named(lexer, "FlateDecode") || is_named(lexer, "Fl")) {
        object->is_deflated = true;
        object->filters++;
    } else if (is_other_filter(lexer)) {
        object->filters++;
    }
    object->has_n |= is_named(lexer, "N");
    object->has_first |= is_named(lexer, "First");
    object->has_filter |= is_named(lexer, "Filter");
    object->has_parameters |= is_named(lexer, "DecodeParms") || is_named(lexer, "DP");
    object->is_object_stream |= object->has_n && object->has_first;
}

static void end_word(struct object *object) {
    if (object->is_address_next) {
        note(object, ACTIVE_CONTENT_LINK); /* in another object: no program has need of that */
    }
    object->is_type_next = false;
    if (is_named(&object->lexer, "endobj") || is_named(&object->lexer, "startxref")) {
        object->step = OBJECT_ENDS;
    } else if (is_named(&object->lexer, "stream")) {
        object->step = OBJECT_STREAM_FOLLOWS;
    }
}

static void add(struct lexer *lexer, char c) {
    if (lexer->length < NAME_BYTES) {
        lexer->name[lexer->length++] = c;
    }
}

/* A name may write any of its characters as # and two digits. */
static void add_to_name(struct lexer *lexer, unsigned char c) {
    const int digit = digit_of(c);
    if (lexer->code == 0 && c == '#') {
        lexer->code = 1;
    } else if (lexer->code == 0 || digit < 0) {
        lexer->code = 0;
        add(lexer, (char)c);
    } else if (lexer->code == 1) {
        lexer->code = 16U + (unsigned)digit;
    } else {
        add(lexer, (char)((lexer->code - 16U) * 16U + (unsigned)digit));
        lexer->code = 0;
    }
}

/* --- Strings (7.3.4) ----------------------------------------------------------------------------------- */

static void add_character(struct object *object, unsigned char c) {
    if (object->is_address) {
        link_address_add(&object->address, c);
    }
}

static void begin_string(struct object *object) {
    object->is_address = object->is_address_next;
    object->is_address_next = false;
    object->address = (struct link_address){0};
    object->lexer.digits = 0;
    object->lexer.character = 0;
}

static void end_string(struct object *object) {
    const enum link_target target = link_address_target(&object->address);
    if (object->is_address && (target == LINK_TARGET_ANOTHER || target == LINK_TARGET_DATA)) {
        note(object, ACTIVE_CONTENT_LINK);
    }
    object->is_address = false;
    object->lexer.state = BETWEEN;
}

static void end_character(struct object *object) {
    struct lexer *lexer = &object->lexer;
    if (lexer->digits > 0) {
        add_character(object, (unsigned char)lexer->character);
    }
    lexer->digits = 0;
    lexer->character = 0;
}

/* Behind a backslash: up to three octal digits, a letter for a control character, or itself. */
static void read_escaped(struct object *object, unsigned char c) {
    struct lexer *lexer = &object->lexer;
    lexer->is_escaped = false;
    if (c >= '0' && c <= '7') {
        lexer->character = lexer->character * 8U + (unsigned)(c - '0');
        lexer->digits++;
        lexer->is_escaped = lexer->digits < 3;
    } else if (lexer->digits == 0 && (c == '\0' || strchr("nrtbf", c) == NULL)) {
        add_character(object, c);
    }
    if (!lexer->is_escaped) {
        end_character(object);
    }
}

static void read_in_string(struct object *object, unsigned char c) {
    struct lexer *lexer = &object->lexer;
    if (lexer->is_escaped) {
        const bool is_ended = lexer->digits > 0 && (c < '0' || c > '7');
        read_escaped(object, c);
        if (!is_ended) {
            return;
        }
    }
    if (c == '\\') {
        lexer->is_escaped = true;
    } else if (c == ')' && --lexer->parentheses == 0) {
        end_string(object);
    } else {
        lexer->parentheses += c == '(';
        add_character(object, c);
    }
}

static void begin_token(struct object *object, unsigned char c) {
    struct lexer *lexer = &object->lexer;
    lexer->length = 0;
    lexer->code = 0;
    lexer->state = BETWEEN;
    if (c == '/') {
        lexer->state = IN_NAME;
    } else if (c == '%') {
        lexer->state = IN_COMMENT;
    } else if (c == '(') {
        lexer->state = IN_STRING;
        lexer->parentheses = 1;
        lexer->is_escaped = false;
        begin_string(object);
    } else if (c == '<') {
        lexer->state = IN_HEX_STRING;
        begin_string(object);
    } else if (c == '>') {
        lexer->depth -= lexer->depth > 0;
    } else if (!is_blank(c) && !is_delimiter(c)) {
        lexer->state = IN_WORD;
        add(lexer, (char)c);
    }
    if (!is_blank(c) && c != '%' && lexer->state != IN_WORD) {
        object->is_address_next = false;
        object->is_type_next = object->is_type_next && c == '/';
    }
}

/* What is no digit, no blank and no end has no business here: read as if the string had ended. */
static void read_in_hex_string(struct object *object, unsigned char c) {
    struct lexer *lexer = &object->lexer;
    const int digit = digit_of(c);
    if (digit >= 0) {
        lexer->character = lexer->character * 16U + (unsigned)digit;
        lexer->digits++;
        if (lexer->digits == 2) {
            end_character(object);
        }
    } else if (c == '<') {
        lexer->state = BETWEEN;
        lexer->depth += 2;
    } else if (c == '>') {
        end_string(object);
    } else if (!is_blank(c)) {
        end_string(object);
        begin_token(object, c);
    }
}

static void read_byte(struct object *object, unsigned char c) {
    struct lexer *lexer = &object->lexer;
    const bool ends_token = is_blank(c) || is_delimiter(c);
    switch (lexer->state) {
    case IN_STRING:
        read_in_string(object, c);
        return;
    case IN_HEX_STRING:
        read_in_hex_string(object, c);
        return;
    case IN_COMMENT:
        lexer->state = c == '\n' || c == '\r' ? BETWEEN : IN_COMMENT;
        return;
    case IN_NAME:
        if (!ends_token) {
            add_to_name(lexer, c);
            return;
        }
        end_name(object);
        break;
    case IN_WORD:
        if (!ends_token) {
            add(lexer, (char)c);
            return;
        }
        end_word(object);
        break;
    case BETWEEN:
        break;
    }
    begin_token(object, c);
}

static bool read_piece(void *state, const unsigned char *piece, size_t length) {
    struct object *object = state;
    for (size_t i = 0; i < length && object->found == ACTIVE_CONTENT_NONE; i++) {
        read_byte(object, piece[i]);
    }
    return object->found == ACTIVE_CONTENT_NONE;
}

/* The file, and what may still be read of it. */
struct document {
    const unsigned char *bytes;
    size_t length;
    size_t reads_left;
    size_t stream_bytes_left;
};

struct count {
    struct object object;
    size_t bytes;
};

static bool read_counted(void *state, const unsigned char *piece, size_t length) {
    struct count *count = state;
    count->bytes += length;
    return read_piece(&count->object, piece, length);
}

/* The objects of an object stream (7.5.7), whose bytes begin at `at` behind the word "stream". */
static enum active_content judge_stream(struct document *document, const struct object *holder,
                                        size_t at) {
    struct count inside = {0};
    at += at < document->length && document->bytes[at] == '\r';
    at += at < document->length && document->bytes[at] == '\n';
    if (holder->filters != 1 || !holder->is_deflated || holder->has_parameters) {
        return ACTIVE_CONTENT_UNREADABLE; /* packed in a way that no program needs for this */
    }
    const size_t most = document->stream_bytes_left < OBJECT_STREAM_BYTES_MAX
                            ? document->stream_bytes_left
                            : OBJECT_STREAM_BYTES_MAX;
    const enum err err = inflate_each(document->bytes + at, document->length - at, INFLATE_ZLIB,
                                      most, read_counted, &inside);
    document->stream_bytes_left -= inside.bytes;
    read_byte(&inside.object, ' ');
    if (inside.object.found != ACTIVE_CONTENT_NONE) {
        return inside.object.found;
    }
    return err == ERR_NONE ? ACTIVE_CONTENT_NONE : ACTIVE_CONTENT_UNREADABLE;
}

/* From behind the word "obj" to the end of the object. An object stream in clear is read to its "endobj". */
static enum active_content judge_object(struct document *document, size_t at) {
    struct object object = {0};
    for (; at <= document->length; at++) {
        if (document->reads_left == 0) {
            return ACTIVE_CONTENT_UNREADABLE;
        }
        document->reads_left--;
        read_byte(&object, at < document->length ? document->bytes[at] : ' ');
        if (object.found != ACTIVE_CONTENT_NONE || object.step == OBJECT_ENDS) {
            return object.found;
        }
        if (object.step == OBJECT_STREAM_FOLLOWS) {
            if (!object.is_object_stream) {
                return ACTIVE_CONTENT_NONE;
            }
            if (object.has_filter) {
                return judge_stream(document, &object, at);
            }
            object.step = OBJECT_GOES_ON;
        }
    }
    return ACTIVE_CONTENT_NONE;
}

/* "1 0 obj", with blanks or a comment's end in front of the word: no "endobj". */
static bool begins_object(const unsigned char *bytes, size_t at) {
    return at > 0 && (is_blank(bytes[at - 1]) || digit_of(bytes[at - 1]) >= 0) &&
           (bytes[at - 1] | 0x20) != 'd';
}

/* The trailer dictionary (ISO 32000-2, 7.5.5). It belongs to no object, so it is read separately. */
static enum active_content judge_trailers(struct document *document) {
    static const char word[] = "trailer";
    enum active_content found = ACTIVE_CONTENT_NONE;
    const unsigned char *end = document->bytes + document->length;
    const unsigned char *at = document->bytes;
    while (found == ACTIVE_CONTENT_NONE &&
           (at = memmem(at, (size_t)(end - at), word, strlen(word))) != NULL) {
        at += strlen(word);
        found = judge_object(document, (size_t)(at - document->bytes));
    }
    return found;
}

static enum active_content judge_objects(struct document *document) {
    enum active_content worst = ACTIVE_CONTENT_NONE;
    const unsigned char *end = document->bytes + document->length;
    for (const unsigned char *word = document->bytes;
         (word = memmem(word, (size_t)(end - word), "obj", 3)) != NULL; word += 3) {
        const size_t at = (size_t)(word - document->bytes);
        const enum active_content found = begins_object(document->bytes, at)
                                              ? judge_object(document, at + 3)
                                              : ACTIVE_CONTENT_NONE;
        if (found != ACTIVE_CONTENT_NONE && found != ACTIVE_CONTENT_UNREADABLE) {
            return found;
        }
        worst = found == ACTIVE_CONTENT_NONE ? worst : found; /* a later one may say why */
    }
    return worst;
}

enum active_content active_content_find_in_pdf(const unsigned char *bytes, size_t length) {
    struct document document = {
        .bytes = bytes,
        .length = length,
        .reads_left = length < SIZE_MAX / READ_AGAIN_MAX ? length * READ_AGAIN_MAX : SIZE_MAX,
        .stream_bytes_left = ALL_STREAMS_BYTES_MAX,
    };
    const enum active_content found = judge_trailers(&document);
    return found == ACTIVE_CONTENT_NONE ? judge_objects(&document) : found;
}

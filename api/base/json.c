#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "base/value_json.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2^53: every whole number up to it is a double. */
static const double WHOLE_MOST = 9007199254740992.0;

void json_init(void) {
    json_set_alloc_funcs(memory_alloc,
                         memory_free); /* otherwise a lack of memory would look like invalid JSON */
    json_object_seed(0);
}

/* What a text may hold, counted before anything is built of it. */
struct bounds {
    size_t members; /* of one object */
    size_t items;   /* of one array */
};

static const struct bounds ANY = {SIZE_MAX, SIZE_MAX};
static const struct bounds OF_A_BODY = {JSON_BODY_MEMBERS_MAX, JSON_BODY_ITEMS_MAX};

/* The end of a string that begins behind its quote. */
static size_t skip_string(const char *text, size_t length, size_t at) {
    while (at < length && text[at] != '"') {
        at += text[at] == '\\' ? 2 : 1;
    }
    return at;
}

/* Counts on one level: a colon for each member, a comma for each item but the first. NULL, or what is too
 * much. jansson accepts a nesting of 2,048, which overflows a small stack. */
static const char *find_excess(const char *text, size_t length, const struct bounds *bounds) {
    struct {
        size_t colons;
        size_t commas;
    } levels[JSON_DEPTH_MAX + 1] = {{0}};
    size_t depth = 0;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (c == '"') {
            i = skip_string(text, length, i + 1);
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_DEPTH_MAX) {
                return "Le corps est imbriqué sur plus de 32 niveaux.";
            }
            levels[depth].colons = levels[depth].commas = 0;
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else if (c == ':' && ++levels[depth].colons > bounds->members) {
            return "Un objet du corps a plus de 256 membres.";
        } else if (c == ',' && ++levels[depth].commas >= bounds->items) {
            return "Une liste du corps a plus de 2048 éléments.";
        }
    }
    return NULL;
}

/* Does a string or a name hold a control character? jansson has refused U+0000 already. */
static bool has_control(const struct value *value) {
    for (size_t i = 0; i < value_count(value); i++) {
        if (has_control(value_item(value, i))) {
            return true;
        }
    }
    VALUE_EACH (member, value) {
        if (utf8_has_control(member.name) || has_control(member.value)) {
            return true;
        }
    }
    return value_is(value, VALUE_STRING) && utf8_has_control(value_text_of(value));
}

/* Whole, and not beyond what a double holds exactly? */
static bool is_whole(const json_t *json) {
    const double number = json_real_value(json);
    return json_is_real(json) && floor(number) == number && fabs(number) <= WHOLE_MOST;
}

/* 36.0 is the integer 36 (RFC 8259, section 6; JSON Schema 2020-12, 4.2.3): some languages know no other number.
 * Takes over the reference; the value that stands for it, which is itself but for a whole number. Not deeper than
 * JSON_DEPTH_MAX. */
static json_t *make_whole(json_t *json) {
    size_t index = 0;
    const char *name = NULL;
    json_t *child = NULL;
    json_array_foreach(json, index, child) {
        (void)json_array_set_new(json, index, make_whole(json_incref(child)));
    }
    json_object_foreach(json, name, child) {
        (void)json_object_set_new(json, name, make_whole(json_incref(child)));
    }
    if (!is_whole(json)) {
        return json;
    }
    json_t *integer = json_integer((json_int_t)json_real_value(json));
    json_decref(json);
    return integer;
}

static enum err parse(struct arena *arena, const char *text, size_t length,
                      const struct bounds *bounds, struct value **out, const char **why) {
    if (!utf8_is_valid(text, length)) {
        *why = "Le corps n’est pas de l’UTF-8 valide.";
        return ERR_BAD_REQUEST;
    }
    *why = find_excess(text, length, bounds);
    if (*why != NULL) {
        return ERR_BAD_REQUEST;
    }
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json == NULL) {
        *why = json_error_code(&error) == json_error_duplicate_key
                   ? "Le corps contient deux fois le même membre."
                   : "Le corps n’est pas du JSON valide.";
        return ERR_BAD_REQUEST;
    }
    if (bounds == &OF_A_BODY) {
        json = make_whole(json);
    }
    *out = value_adopt(arena, json);
    if (has_control(*out)) {
        *why = "Le corps contient un caractère de contrôle.";
        return ERR_BAD_REQUEST;
    }
    return ERR_NONE;
}

enum err json_parse(struct arena *arena, const char *text, size_t length, struct value **out,
                    const char **reason) {
    const char *unused = NULL;
    return parse(arena, text, length, &ANY, out, reason != NULL ? reason : &unused);
}

const char *json_explain(struct arena *arena, const char *text, size_t length) {
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json != NULL) {
        json_decref(json);
        return "more than 32 levels, or a control character in a text";
    }
    const enum json_error_code code = json_error_code(&error);
    return arena_printf(arena, "line %d: %s", error.line,
                        code == json_error_duplicate_key ? "a member stands twice in its object"
                        : code == json_error_numeric_overflow ? "a number beyond 64 bits"
                        : code == json_error_invalid_utf8     ? "bytes that are not UTF-8"
                                                              : "no valid JSON");
}

enum err json_parse_body(struct arena *arena, const char *text, size_t length, struct value **out,
                         const char **reason) {
    return parse(arena, text, length, &OF_A_BODY, out, reason);
}

/* How many of the next bytes are written as they are. */
static size_t plain_bytes(const unsigned char *c, size_t left) {
    size_t count = 0;
    while (count < left && c[count] >= 0x20 && c[count] < 0x80 && c[count] != '"' &&
           c[count] != '\\') {
        count++;
    }
    return count;
}

void json_write_text(struct buf *buf, const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    size_t left = strlen(text);
    buf_putc(buf, '"');
    while (left > 0) {
        const size_t plain = plain_bytes(c, left);
        const size_t step = plain > 0 ? plain : utf8_sequence(c, left);
        if (step == 0) {
            buf_puts(buf, "\xef\xbf\xbd");
        } else if (plain > 0) {
            buf_append(buf, c, plain);
        } else if (*c == '"' || *c == '\\') {
            buf_putc(buf, '\\');
            buf_putc(buf, (char)*c);
        } else if (*c == '\n') {
            buf_puts(buf, "\\n");
        } else if (*c == '\r') {
            buf_puts(buf, "\\r");
        } else if (*c == '\t') {
            buf_puts(buf, "\\t");
        } else if (*c < 0x20) {
            buf_printf(buf, "\\u%04x", *c);
        } else {
            buf_append(buf, c, step);
        }
        c += step == 0 ? 1 : step;
        left -= step == 0 ? 1 : step;
    }
    buf_putc(buf, '"');
}

/* A whole number keeps its ".0", so that it is read again as what it was. */
static void write_number(struct buf *buf, double number) {
    const size_t start = buf->length;
    buf_printf(buf, "%.17g", number);
    if (buf->length > start && strpbrk(buf->bytes + start, ".e") == NULL) {
        buf_puts(buf, ".0");
    }
}

static void write_members(struct buf *buf, const struct value *object) {
    const char *joint = "";
    buf_putc(buf, '{');
    VALUE_EACH (member, object) {
        buf_puts(buf, joint);
        json_write_text(buf, member.name);
        buf_putc(buf, ':');
        json_write(buf, member.value);
        joint = ",";
    }
    buf_putc(buf, '}');
}

void json_write(struct buf *buf, const struct value *value) {
    switch (value_kind_of(value)) {
    case VALUE_NULL:
        buf_puts(buf, "null");
        break;
    case VALUE_BOOLEAN:
        buf_puts(buf, value_boolean_of(value) ? "true" : "false");
        break;
    case VALUE_INTEGER:
        buf_printf(buf, "%lld", (long long)value_integer_of(value));
        break;
    case VALUE_NUMBER:
        write_number(buf, value_number_of(value));
        break;
    case VALUE_STRING:
        json_write_text(buf, value_text_of(value));
        break;
    case VALUE_ARRAY:
        buf_putc(buf, '[');
        for (size_t i = 0; i < value_count(value); i++) {
            if (i > 0) {
                buf_putc(buf, ',');
            }
            json_write(buf, value_item(value, i));
        }
        buf_putc(buf, ']');
        break;
    case VALUE_OBJECT:
        write_members(buf, value);
        break;
    }
}

const char *json_text(struct arena *arena, const struct value *value) {
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX / 2);
    json_write(&buf, value);
    return buf_text(&buf);
}

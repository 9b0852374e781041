#include "core/reader.h"
#include "base/buf.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include <string.h>

static bool is_known(const char *name, const char *const *known) {
    for (size_t i = 0; known[i] != NULL; i++) {
        if (strcmp(name, known[i]) == 0) {
            return true;
        }
    }
    return false;
}

const char *reader_pointer(const struct reader *reader, const char *name) {
    struct buf pointer;
    buf_init(&pointer, reader->arena, 4096);
    buf_puts(&pointer, reader->prefix);
    buf_putc(&pointer, '/');
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '~') {
            buf_puts(&pointer, "~0");
        } else if (*c == '/') {
            buf_puts(&pointer, "~1");
        } else {
            buf_putc(&pointer, *c);
        }
    }
    return buf_text(&pointer);
}

void reader_error(struct reader *reader, const char *name, const char *code, const char *message) {
    field_errors_add(reader->errors, reader_pointer(reader, name), code, "%s", message);
}

void reader_start(struct reader *reader, struct arena *arena, struct field_errors *errors,
                  const struct value *object, const char *prefix, const char *const *known) {
    *reader = (struct reader){.arena = arena, .errors = errors, .object = object, .prefix = prefix};
    if (!value_is(object, VALUE_OBJECT)) {
        return;
    }
    VALUE_EACH (member, object) {
        const char *name = member.name;
        if (!is_known(name, known)) {
            reader_error(reader, name, "unknown_member", "Cette donnée n’est pas connue ici.");
        }
    }
}

bool reader_has(const struct reader *reader, const char *name) {
    return value_get(reader->object, name) != NULL;
}

/* The string of a member; NULL where it is missing or null (`*given` false) or no string. */
static const char *string_member(struct reader *reader, const char *name, bool *given) {
    const struct value *value = value_get(reader->object, name);
    *given = value != NULL && !value_is(value, VALUE_NULL);
    if (!*given) {
        return NULL;
    }
    if (!value_is(value, VALUE_STRING)) {
        reader_error(reader, name, "wrong_type", "Un texte est attendu.");
        return NULL;
    }
    return value_text_of(value);
}

/* Nothing that can be seen. */
static bool is_blank(const struct reader *reader, const char *text) {
    return *unicode_plain(reader->arena, text) == '\0';
}

static bool check_characters(struct reader *reader, const char *name, const char *text,
                             size_t characters_max, bool one_line) {
    if (one_line && strpbrk(text, "\r\n\t") != NULL) {
        reader_error(reader, name, "control_character",
                     "Ce texte doit tenir sur une seule ligne, sans tabulation.");
        return false;
    }
    if (utf8_has_control(text)) {
        reader_error(reader, name, "control_character",
                     "Ce texte contient un caractère de contrôle, à retirer.");
        return false;
    }
    if (utf8_length(text) > characters_max) {
        field_errors_add(reader->errors, reader_pointer(reader, name), "too_long",
                         "Ce texte est trop long : %zu caractères au plus.", characters_max);
        return false;
    }
    return true;
}

/* A line names somebody or something: invisible marks (of direction, of zero width) would make two names of one. */
static const char *as_read(const struct reader *reader, const char *text, bool one_line) {
    return text != NULL && one_line ? unicode_visible(reader->arena, text) : text;
}

static const char *required(struct reader *reader, const char *name, size_t characters_max,
                            bool one_line) {
    bool given;
    const char *text = string_member(reader, name, &given);
    if (!given || (text != NULL && is_blank(reader, text))) {
        reader_error(reader, name, "required", "Cette information est nécessaire.");
        return NULL;
    }
    text = as_read(reader, text, one_line);
    return text != NULL && check_characters(reader, name, text, characters_max, one_line) ? text
                                                                                          : NULL;
}

static const char *optional(struct reader *reader, const char *name, size_t characters_max,
                            bool one_line) {
    bool given;
    const char *text = string_member(reader, name, &given);
    if (text == NULL || *text == '\0') {
        return NULL;
    }
    text = as_read(reader, text, one_line);
    return check_characters(reader, name, text, characters_max, one_line) ? text : NULL;
}

const char *reader_required_line(struct reader *reader, const char *name, size_t characters_max) {
    return required(reader, name, characters_max, true);
}

const char *reader_optional_line(struct reader *reader, const char *name, size_t characters_max) {
    return optional(reader, name, characters_max, true);
}

const char *reader_required_text(struct reader *reader, const char *name, size_t characters_max) {
    return required(reader, name, characters_max, false);
}

const char *reader_optional_text(struct reader *reader, const char *name, size_t characters_max) {
    return optional(reader, name, characters_max, false);
}

const char *reader_required_secret(struct reader *reader, const char *name, size_t bytes_max) {
    bool given;
    const char *text = string_member(reader, name, &given);
    if (!given || (text != NULL && *text == '\0')) {
        reader_error(reader, name, "required", "Cette information est nécessaire.");
        return NULL;
    }
    if (text != NULL && strlen(text) > bytes_max) {
        reader_error(reader, name, "too_long", "Ce texte est trop long.");
        return NULL;
    }
    return text;
}

const char *reader_required_choice(struct reader *reader, const char *name,
                                   const char *const *choices) {
    const char *text = reader_required_line(reader, name, READER_SHORT_MAX);
    if (text != NULL && !is_known(text, choices)) {
        reader_error(reader, name, "unknown_value", "Cette valeur n’est pas dans la liste.");
        return NULL;
    }
    return text;
}

bool reader_optional_boolean(struct reader *reader, const char *name, bool fallback) {
    const struct value *value = value_get(reader->object, name);
    if (value == NULL || value_is(value, VALUE_NULL)) {
        return fallback;
    }
    if (!value_is(value, VALUE_BOOLEAN)) {
        reader_error(reader, name, "wrong_type", "Vrai ou faux est attendu.");
        return fallback;
    }
    return value_boolean_of(value);
}

static void item_error(struct reader *reader, const char *name, size_t place, const char *code,
                       const char *message) {
    field_errors_add(reader->errors,
                     arena_printf(reader->arena, "%s/%zu", reader_pointer(reader, name), place),
                     code, "%s", message);
}

const struct value *reader_required_choices(struct reader *reader, const char *name,
                                            const char *const *choices) {
    const struct value *list = value_get(reader->object, name);
    const size_t errors_before = reader->errors->count;
    if (list == NULL || value_is(list, VALUE_NULL) ||
        (value_is(list, VALUE_ARRAY) && value_count(list) == 0)) {
        reader_error(reader, name, "required", "Choisissez au moins une valeur de la liste.");
    } else if (!value_is(list, VALUE_ARRAY)) {
        reader_error(reader, name, "wrong_type", "Une liste est attendue.");
        return NULL;
    }
    struct value *read = value_array(reader->arena);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_item(list, i);
        if (!value_is(item, VALUE_STRING)) {
            item_error(reader, name, i, "wrong_type", "Un texte est attendu.");
        } else if (!is_known(value_text_of(item), choices)) {
            item_error(reader, name, i, "unknown_value", "Cette valeur n’est pas dans la liste.");
        } else if (value_has_text(read, value_text_of(item))) {
            item_error(reader, name, i, "duplicate", "Cette valeur est déjà dans la liste.");
        } else {
            value_push(read, value_text(reader->arena, value_text_of(item)));
        }
    }
    return reader->errors->count == errors_before ? read : NULL;
}

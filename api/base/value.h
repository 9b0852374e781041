#ifndef GUICHET_BASE_VALUE_H
#define GUICHET_BASE_VALUE_H
/* A tree as JSON has them: what the reader of json.h gives, what forms and documents are made of. A thin
 * header over jansson: a value is a json_t, whose members are found by hash and keep their order. Every
 * value that was made or read belongs to its arena, and to the trees that it was put into: it is freed
 * with the last of them. So a value may be put into several trees, and a tree of a longer arena may share
 * parts of one of a shorter. Trees are immutable once shared; build them in one thread. */
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

struct value;

/* VALUE_NULL for NULL too. */
enum value_kind value_kind_of(const struct value *value);
bool value_is(const struct value *value, enum value_kind kind);
/* What a value holds; NULL, false or 0 where it is of another kind or NULL. */
const char *value_text_of(const struct value *value);
bool value_boolean_of(const struct value *value);
int64_t value_integer_of(const struct value *value);
double value_number_of(const struct value *value); /* of an integer too */

/* Array length; 0 for anything else. */
size_t value_count(const struct value *value);
/* NULL where there are not so many or `array` is no array. */
const struct value *value_item(const struct value *array, size_t index);

/* How many members an object has; 0 for anything else. */
size_t value_count_members(const struct value *value);
struct value_member {
    const char *name; /* NULL behind the last */
    const struct value *value;
    void *at; /* jansson's */
};
struct value_member value_first_member(const struct value *object);
struct value_member value_next_member(const struct value *object, struct value_member member);
/* `VALUE_EACH(member, object) { … member.name … member.value … }`: the members in their order, none
 * where `object` is no object. The object must not be changed meanwhile. */
#define VALUE_EACH(member, object)                                                                 \
    for (struct value_member member = value_first_member(object); member.name != NULL;             \
         member = value_next_member(object, member))

/* NULL where the member is missing or `object` is no object (or NULL). */
const struct value *value_get(const struct value *object, const char *name);
/* The text of a string member; NULL where missing or of another kind. */
const char *value_get_text(const struct value *object, const char *name);
/* The number of an integer member; `fallback` where missing or of another kind. */
int64_t value_get_integer(const struct value *object, const char *name, int64_t fallback);
bool value_get_boolean(const struct value *object, const char *name, bool fallback);
/* Follows a JSON pointer without escapes ("/contacts/technical/email"); NULL where it leads nowhere. */
const struct value *value_at(const struct value *root, const char *pointer);
bool value_equal(const struct value *a, const struct value *b);
/* True where an array holds this string. */
bool value_has_text(const struct value *array, const char *text);

struct value *value_null(struct arena *arena);
struct value *value_boolean(struct arena *arena, bool boolean);
struct value *value_integer(struct arena *arena, int64_t integer);
struct value *value_number(struct arena *arena, double number);  /* null where it is not finite */
struct value *value_text(struct arena *arena, const char *text); /* copied; NULL gives null */
struct value *value_array(struct arena *arena);
struct value *value_object(struct arena *arena);
/* Appends the item itself, no copy: the array shares it. */
void value_push(struct value *array, const struct value *item);
/* Sets or replaces a member; the name is copied, the value is not. What was there before is gone, and
 * its texts with it, unless its arena or another tree holds it. */
void value_set(struct value *object, const char *name, const struct value *value);
void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text);
void value_remove(struct value *object, const char *name); /* as value_set replaces */
/* A deep copy in `arena`. */
struct value *value_copy(struct arena *arena, const struct value *value);
/* A copy whose members stand in the order of their names (strcmp), at every depth: the same text for equal trees.
 */
struct value *value_sorted(struct arena *arena, const struct value *value);
/* The target after a merge patch (RFC 7396); neither argument is changed, both are shared in parts. */
struct value *value_merge_patch(struct arena *arena, const struct value *target,
                                const struct value *patch);

#endif

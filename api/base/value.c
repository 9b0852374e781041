#include "base/value.h"
#include "base/memory.h"
#include "base/value_json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *json_of(const struct value *value) {
    return (json_t *)value;
}

static void release(void *json) {
    json_decref(json);
}

struct value *value_adopt(struct arena *arena, json_t *json) {
    if (json == NULL) {
        memory_exhausted();
    }
    arena_on_clear(arena, release, json);
    return (struct value *)json;
}

const struct value *value_get(const struct value *object, const char *name) {
    return (const struct value *)json_object_get(json_of(object), name);
}

const char *value_get_text(const struct value *object, const char *name) {
    return value_text_of(value_get(object, name));
}

int64_t value_get_integer(const struct value *object, const char *name, int64_t fallback) {
    const struct value *value = value_get(object, name);
    return value_is(value, VALUE_INTEGER) ? value_integer_of(value) : fallback;
}

bool value_get_boolean(const struct value *object, const char *name, bool fallback) {
    const struct value *value = value_get(object, name);
    return value_is(value, VALUE_BOOLEAN) ? value_boolean_of(value) : fallback;
}

const struct value *value_at(const struct value *root, const char *pointer) {
    const struct value *value = root;
    const char *at = pointer;
    while (value != NULL && *at == '/') {
        char name[128];
        const size_t length = strcspn(at + 1, "/");
        if (length >= sizeof name) {
            return NULL;
        }
        memcpy(name, at + 1, length);
        name[length] = '\0';
        value = value_get(value, name);
        at += 1 + length;
    }
    return value;
}

enum value_kind value_kind_of(const struct value *value) {
    static const enum value_kind KINDS[] = {
        [JSON_NULL] = VALUE_NULL,       [JSON_TRUE] = VALUE_BOOLEAN, [JSON_FALSE] = VALUE_BOOLEAN,
        [JSON_INTEGER] = VALUE_INTEGER, [JSON_REAL] = VALUE_NUMBER,  [JSON_STRING] = VALUE_STRING,
        [JSON_ARRAY] = VALUE_ARRAY,     [JSON_OBJECT] = VALUE_OBJECT};
    return value == NULL ? VALUE_NULL : KINDS[json_typeof(json_of(value))];
}

bool value_is(const struct value *value, enum value_kind kind) {
    return value != NULL && value_kind_of(value) == kind;
}

const char *value_text_of(const struct value *value) {
    return json_string_value(json_of(value));
}

bool value_boolean_of(const struct value *value) {
    return json_is_true(json_of(value));
}

int64_t value_integer_of(const struct value *value) {
    return json_integer_value(json_of(value));
}

double value_number_of(const struct value *value) {
    return json_number_value(json_of(value));
}

size_t value_count(const struct value *value) {
    return json_array_size(json_of(value));
}

const struct value *value_item(const struct value *array, size_t index) {
    return (const struct value *)json_array_get(json_of(array), index);
}

size_t value_count_members(const struct value *value) {
    return json_object_size(json_of(value));
}

static struct value_member member_at(void *at) {
    if (at == NULL) {
        return (struct value_member){0};
    }
    return (struct value_member){json_object_iter_key(at),
                                 (const struct value *)json_object_iter_value(at), at};
}

struct value_member value_first_member(const struct value *object) {
    return member_at(json_object_iter(json_of(object)));
}

struct value_member value_next_member(const struct value *object, struct value_member member) {
    return member_at(json_object_iter_next(json_of(object), member.at));
}

bool value_equal(const struct value *a, const struct value *b) {
    return a == b || json_equal(json_of(a), json_of(b)) != 0;
}

bool value_has_text(const struct value *array, const char *text) {
    for (size_t i = 0; i < value_count(array); i++) {
        const char *item = value_text_of(value_item(array, i));
        if (item != NULL && strcmp(item, text) == 0) {
            return true;
        }
    }
    return false;
}

/* null, true and false are there once for all. */
struct value *value_null(struct arena *arena) {
    (void)arena;
    return (struct value *)json_null();
}

struct value *value_boolean(struct arena *arena, bool boolean) {
    (void)arena;
    return (struct value *)json_boolean(boolean);
}

struct value *value_integer(struct arena *arena, int64_t integer) {
    return value_adopt(arena, json_integer(integer));
}

struct value *value_number(struct arena *arena, double number) {
    return isfinite(number) ? value_adopt(arena, json_real(number)) : value_null(arena);
}

struct value *value_text(struct arena *arena, const char *text) {
    return text == NULL ? value_null(arena) : value_adopt(arena, json_string_nocheck(text));
}

struct value *value_array(struct arena *arena) {
    return value_adopt(arena, json_array());
}

struct value *value_object(struct arena *arena) {
    return value_adopt(arena, json_object());
}

/* What they return says that the container is none, or an item NULL or the container itself. */
void value_push(struct value *array, const struct value *item) {
    (void)json_array_append(json_of(array), json_of(item));
}

void value_set(struct value *object, const char *name, const struct value *value) {
    (void)json_object_set_nocheck(json_of(object), name, json_of(value));
}

void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text) {
    value_set(object, name, value_text(arena, text));
}

void value_remove(struct value *object, const char *name) {
    (void)json_object_del(json_of(object), name);
}

struct value *value_copy(struct arena *arena, const struct value *value) {
    return value_adopt(arena, json_deep_copy(json_of(value)));
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct value_member *)a)->name, ((const struct value_member *)b)->name);
}

static struct value *sorted_members(struct arena *arena, const struct value *object) {
    struct value *sorted = value_object(arena);
    struct value_member *members =
        ARENA_ARRAY(arena, struct value_member, value_count_members(object) + 1);
    size_t count = 0;
    VALUE_EACH (member, object) {
        members[count++] = member;
    }
    qsort(members, count, sizeof *members, by_name);
    for (size_t i = 0; i < count; i++) {
        value_set(sorted, members[i].name, value_sorted(arena, members[i].value));
    }
    return sorted;
}

struct value *value_sorted(struct arena *arena, const struct value *value) {
    if (value_is(value, VALUE_OBJECT)) {
        return sorted_members(arena, value);
    }
    if (!value_is(value, VALUE_ARRAY)) {
        return value_copy(arena, value);
    }
    struct value *items = value_array(arena);
    for (size_t i = 0; i < value_count(value); i++) {
        value_push(items, value_sorted(arena, value_item(value, i)));
    }
    return items;
}

struct value *value_merge_patch(struct arena *arena, const struct value *target,
                                const struct value *patch) {
    if (!value_is(patch, VALUE_OBJECT)) {
        return value_copy(arena, patch);
    }
    struct value *merged = value_object(arena);
    if (value_is(target, VALUE_OBJECT)) {
        (void)json_object_update(json_of(merged), json_of(target));
    }
    VALUE_EACH (member, patch) {
        if (value_is(member.value, VALUE_NULL)) {
            value_remove(merged, member.name);
        } else {
            const struct value *former = value_get(merged, member.name);
            value_set(merged, member.name, value_merge_patch(arena, former, member.value));
        }
    }
    return merged;
}

#include "base/value.h"
#include <math.h>
#include <string.h>

struct member {
    const char *name;
    const struct value *value;
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
        const char *text;
        struct {
            const struct value **items;
            size_t count;
            size_t capacity;
        } array;
        struct {
            struct member *members;
            size_t count;
            size_t capacity;
        } object;
    };
};

static struct value *value_new(struct arena *arena, enum value_kind kind) {
    struct value *value = ARENA_NEW(arena, struct value);
    value->kind = kind;
    return value;
}

const struct value *value_get(const struct value *object, const char *name) {
    if (object == NULL || object->kind != VALUE_OBJECT) {
        return NULL;
    }
    for (size_t i = 0; i < object->object.count; i++) {
        if (strcmp(object->object.members[i].name, name) == 0) {
            return object->object.members[i].value;
        }
    }
    return NULL;
}

const char *value_get_text(const struct value *object, const char *name) {
    const struct value *value = value_get(object, name);
    return value_is(value, VALUE_STRING) ? value->text : NULL;
}

int64_t value_get_integer(const struct value *object, const char *name, int64_t fallback) {
    const struct value *value = value_get(object, name);
    return value_is(value, VALUE_INTEGER) ? value->integer : fallback;
}

bool value_get_boolean(const struct value *object, const char *name, bool fallback) {
    const struct value *value = value_get(object, name);
    return value_is(value, VALUE_BOOLEAN) ? value->boolean : fallback;
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
    return value == NULL ? VALUE_NULL : value->kind;
}

bool value_is(const struct value *value, enum value_kind kind) {
    return value != NULL && value->kind == kind;
}

const char *value_text_of(const struct value *value) {
    return value_is(value, VALUE_STRING) ? value->text : NULL;
}

bool value_boolean_of(const struct value *value) {
    return value_is(value, VALUE_BOOLEAN) && value->boolean;
}

int64_t value_integer_of(const struct value *value) {
    return value_is(value, VALUE_INTEGER) ? value->integer : 0;
}

double value_number_of(const struct value *value) {
    return value_is(value, VALUE_NUMBER) ? value->number : (double)value_integer_of(value);
}

size_t value_count(const struct value *value) {
    return value_is(value, VALUE_ARRAY) ? value->array.count : 0;
}

const struct value *value_item(const struct value *array, size_t index) {
    return index < value_count(array) ? array->array.items[index] : NULL;
}

size_t value_count_members(const struct value *value) {
    return value_is(value, VALUE_OBJECT) ? value->object.count : 0;
}

static struct value_member member_at(const struct value *object, const struct member *member) {
    return member == object->object.members + object->object.count
               ? (struct value_member){0}
               : (struct value_member){member->name, member->value, member};
}

struct value_member value_first_member(const struct value *object) {
    return value_count_members(object) == 0 ? (struct value_member){0}
                                            : member_at(object, object->object.members);
}

struct value_member value_next_member(const struct value *object, struct value_member member) {
    return member_at(object, (const struct member *)member.at + 1);
}

static bool arrays_equal(const struct value *a, const struct value *b) {
    if (a->array.count != b->array.count) {
        return false;
    }
    for (size_t i = 0; i < a->array.count; i++) {
        if (!value_equal(a->array.items[i], b->array.items[i])) {
            return false;
        }
    }
    return true;
}

static bool objects_equal(const struct value *a, const struct value *b) {
    if (a->object.count != b->object.count) {
        return false;
    }
    for (size_t i = 0; i < a->object.count; i++) {
        const struct member *member = &a->object.members[i];
        const struct value *other = value_get(b, member->name);
        if (other == NULL || !value_equal(member->value, other)) {
            return false;
        }
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b) {
    if (a == NULL || b == NULL) {
        return a == b;
    }
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOLEAN:
        return a->boolean == b->boolean;
    case VALUE_INTEGER:
        return a->integer == b->integer;
    case VALUE_NUMBER:
        return fabs(a->number - b->number) <= 0.0;
    case VALUE_STRING:
        return strcmp(a->text, b->text) == 0;
    case VALUE_ARRAY:
        return arrays_equal(a, b);
    case VALUE_OBJECT:
        return objects_equal(a, b);
    }
    return false;
}

bool value_has_text(const struct value *array, const char *text) {
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = array->array.items[i];
        if (item->kind == VALUE_STRING && strcmp(item->text, text) == 0) {
            return true;
        }
    }
    return false;
}

struct value *value_null(struct arena *arena) {
    return value_new(arena, VALUE_NULL);
}

struct value *value_boolean(struct arena *arena, bool boolean) {
    struct value *value = value_new(arena, VALUE_BOOLEAN);
    value->boolean = boolean;
    return value;
}

struct value *value_integer(struct arena *arena, int64_t integer) {
    struct value *value = value_new(arena, VALUE_INTEGER);
    value->integer = integer;
    return value;
}

struct value *value_number(struct arena *arena, double number) {
    struct value *value = value_new(arena, VALUE_NUMBER);
    value->number = number;
    return value;
}

struct value *value_text(struct arena *arena, const char *text) {
    if (text == NULL) {
        return value_null(arena);
    }
    struct value *value = value_new(arena, VALUE_STRING);
    value->text = arena_strdup(arena, text);
    return value;
}

struct value *value_array(struct arena *arena) {
    return value_new(arena, VALUE_ARRAY);
}

struct value *value_object(struct arena *arena) {
    return value_new(arena, VALUE_OBJECT);
}

void value_push(struct arena *arena, struct value *array, const struct value *item) {
    if (array->array.count == array->array.capacity) {
        const size_t capacity = array->array.capacity == 0 ? 8 : array->array.capacity * 2;
        const struct value **items = ARENA_ARRAY(arena, const struct value *, capacity);
        for (size_t i = 0; i < array->array.count; i++) {
            items[i] = array->array.items[i];
        }
        array->array.items = items;
        array->array.capacity = capacity;
    }
    array->array.items[array->array.count++] = item;
}

void value_set(struct arena *arena, struct value *object, const char *name,
               const struct value *value) {
    for (size_t i = 0; i < object->object.count; i++) {
        if (strcmp(object->object.members[i].name, name) == 0) {
            object->object.members[i].value = value;
            return;
        }
    }
    if (object->object.count == object->object.capacity) {
        const size_t capacity = object->object.capacity == 0 ? 8 : object->object.capacity * 2;
        struct member *members = ARENA_ARRAY(arena, struct member, capacity);
        for (size_t i = 0; i < object->object.count; i++) {
            members[i] = object->object.members[i];
        }
        object->object.members = members;
        object->object.capacity = capacity;
    }
    object->object.members[object->object.count++] =
        (struct member){.name = arena_strdup(arena, name), .value = value};
}

void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text) {
    value_set(arena, object, name, value_text(arena, text));
}

void value_remove(struct value *object, const char *name) {
    for (size_t i = 0; i < object->object.count; i++) {
        if (strcmp(object->object.members[i].name, name) == 0) {
            for (size_t j = i + 1; j < object->object.count; j++) {
                object->object.members[j - 1] = object->object.members[j];
            }
            object->object.count--;
            return;
        }
    }
}

struct value *value_copy(struct arena *arena, const struct value *value) {
    struct value *copy = value_new(arena, value->kind);
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_INTEGER:
    case VALUE_NUMBER:
        *copy = *value;
        break;
    case VALUE_STRING:
        copy->text = arena_strdup(arena, value->text);
        break;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->array.count; i++) {
            value_push(arena, copy, value_copy(arena, value->array.items[i]));
        }
        break;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->object.count; i++) {
            const struct member *member = &value->object.members[i];
            value_set(arena, copy, member->name, value_copy(arena, member->value));
        }
        break;
    }
    return copy;
}

struct value *value_merge_patch(struct arena *arena, const struct value *target,
                                const struct value *patch) {
    if (patch->kind != VALUE_OBJECT) {
        return value_copy(arena, patch);
    }
    struct value *merged =
        value_is(target, VALUE_OBJECT) ? value_copy(arena, target) : value_object(arena);
    for (size_t i = 0; i < patch->object.count; i++) {
        const struct member *member = &patch->object.members[i];
        if (member->value->kind == VALUE_NULL) {
            value_remove(merged, member->name);
        } else {
            value_set(arena, merged, member->name,
                      value_merge_patch(arena, value_get(merged, member->name), member->value));
        }
    }
    return merged;
}

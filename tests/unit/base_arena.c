/* Nothing of what an arena or a library held is left in memory that is given back: free is wrapped. */
#include "base/arena.h"
#include "base/json.h"
#include "base/memory.h"
#include "test.h"
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static const char SECRET[] = "girafe-turquoise-77-Mistral";
static atomic_bool is_watching;
static atomic_int given_back;
static atomic_int left_behind;

void __real_free(void *piece);
void __wrap_free(void *piece);
void __wrap_free(void *piece) {
    if (atomic_load(&is_watching) && piece != NULL) {
        atomic_fetch_add(&given_back, 1);
        if (memmem(piece, malloc_usable_size(piece), SECRET, sizeof SECRET - 1) != NULL) {
            atomic_fetch_add(&left_behind, 1);
        }
    }
    __real_free(piece);
}

static int watch(void **state) {
    (void)state;
    atomic_store(&given_back, 0);
    atomic_store(&left_behind, 0);
    atomic_store(&is_watching, true);
    return 0;
}

static int rest(void **state) {
    (void)state;
    atomic_store(&is_watching, false);
    return 0;
}

/* Small blocks are kept by the thread and freed at its end, large ones at once. */
static void *use_arena(void *argument) {
    (void)argument;
    struct arena arena;
    arena_init(&arena);
    for (int i = 0; i < 20000; i++) {
        (void)arena_strdup(&arena, SECRET);
    }
    arena_clear(&arena);
    for (size_t size = 1; size < 4096; size *= 2) {
        const unsigned char *piece = arena_alloc(&arena, size);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(piece[i], 0);
        }
        (void)arena_strdup(&arena, SECRET);
    }
    arena_clear(&arena);
    return NULL;
}

static void an_arena_is_wiped_when_freed(void **state) {
    (void)state;
    pthread_t thread;
    assert_ok(pthread_create(&thread, NULL, use_arena, NULL));
    assert_ok(pthread_join(thread, NULL));
    assert_true(atomic_load(&given_back) > 5);
    assert_int_equal(atomic_load(&left_behind), 0);
}

static void json_values_are_wiped_when_freed(void **state) {
    (void)state;
    static const char text[] =
        "{\"email\":\"a@b.example\",\"password\":\"girafe-turquoise-77-Mistral\"}";
    struct arena arena;
    struct value *value = NULL;
    arena_init(&arena);
    assert_ok(json_parse(&arena, text, sizeof text - 1, &value, NULL));
    assert_string_equal(value_get_text(value, "password"), SECRET);
    arena_clear(&arena);
    assert_true(atomic_load(&given_back) > 5);
    assert_int_equal(atomic_load(&left_behind), 0);
}

static void growth_wipes_the_former_memory(void **state) {
    (void)state;
    char *piece = NULL;
    size_t length = 0;
    for (int i = 0; i < 500; i++) {
        piece = memory_realloc(piece, length + sizeof SECRET);
        memcpy(piece + length, SECRET, sizeof SECRET);
        length += sizeof SECRET - 1;
    }
    for (int i = 0; i < 500; i++) {
        assert_memory_equal(piece + (size_t)i * (sizeof SECRET - 1), SECRET, sizeof SECRET - 1);
    }
    piece = memory_realloc(piece, sizeof SECRET);
    assert_memory_equal(piece, SECRET, sizeof SECRET - 1);
    memory_free(piece);
    assert_true(atomic_load(&given_back) > 5);
    assert_int_equal(atomic_load(&left_behind), 0);
}

int main(void) {
    json_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_arena_is_wiped_when_freed, watch, rest),
        cmocka_unit_test_setup_teardown(json_values_are_wiped_when_freed, watch, rest),
        cmocka_unit_test_setup_teardown(growth_wipes_the_former_memory, watch, rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

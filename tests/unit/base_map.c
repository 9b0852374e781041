#include "base/map.h"
#include "test.h"
#include <stdio.h>
#include <string.h>

enum { MANY = 5000 };

struct word {
    struct map_node node;
    char text[32];
};

static bool is_text(const struct map_node *node, const void *text) {
    return strcmp(((const struct word *)node)->text, text) == 0;
}

/* Spread over the upper half, from which buckets come. */
static uint64_t spread(size_t number) {
    return (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t all_the_same(size_t number) {
    (void)number;
    return UINT64_C(0x123456789abcdef0);
}

static struct word words[MANY];

static void fill(struct map *map, uint64_t (*hash)(size_t), size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(words[i].text, sizeof words[i].text, "word %zu", i);
        assert_true(map_add(map, &words[i].node, hash(i)));
    }
    assert_int_equal(map->count, count);
}

static void finds_every_entry_while_it_grows(void **state) {
    (void)state;
    struct map map;
    map_init(&map, MANY);
    assert_null(map_find(&map, spread(0), is_text, "word 0"));
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(words[i].text, sizeof words[i].text, "word %zu", i);
        assert_true(map_add(&map, &words[i].node, spread(i)));
        assert_ptr_equal(map_find(&map, spread(i / 2), is_text, words[i / 2].text), &words[i / 2]);
    }
    assert_true(map.capacity >= MANY && map.capacity < 4 * MANY);
    assert_null(map_find(&map, spread(MANY), is_text, "word 5000"));
    assert_null(map_find(&map, spread(1), is_text, "word 2"));
    map_clear(&map);
}

static void refuses_more_than_its_bound(void **state) {
    (void)state;
    struct map map;
    map_init(&map, 3);
    fill(&map, spread, 3);
    assert_false(map_add(&map, &words[3].node, spread(3)));
    assert_int_equal(map.count, 3);
    map_remove(&map, &words[1].node);
    assert_true(map_add(&map, &words[3].node, spread(3)));
    map_clear(&map);
    map_init(&map, 0);
    assert_false(map_add(&map, &words[0].node, spread(0)));
    map_clear(&map);
}

static void removes_one_entry_and_no_other(void **state) {
    (void)state;
    struct map map;
    map_init(&map, MANY);
    fill(&map, spread, 200);
    for (size_t i = 0; i < 200; i += 2) {
        map_remove(&map, &words[i].node);
    }
    assert_int_equal(map.count, 100);
    for (size_t i = 0; i < 200; i++) {
        const void *found = map_find(&map, spread(i), is_text, words[i].text);
        assert_ptr_equal(found, i % 2 == 0 ? NULL : &words[i]);
    }
    map_clear(&map);
}

static void distinguishes_keys_of_one_hash(void **state) {
    (void)state;
    struct map map;
    map_init(&map, MANY);
    fill(&map, all_the_same, 100);
    map_remove(&map, &words[0].node);
    map_remove(&map, &words[99].node);
    map_remove(&map, &words[50].node);
    for (size_t i = 0; i < 100; i++) {
        const bool is_out = i == 0 || i == 50 || i == 99;
        assert_ptr_equal(map_find(&map, all_the_same(i), is_text, words[i].text),
                         is_out ? NULL : &words[i]);
    }
    map_clear(&map);
}

static void iterates_over_each_entry_once_during_removals(void **state) {
    (void)state;
    struct map map;
    bool seen[300] = {false};
    map_init(&map, MANY);
    assert_null(map_next(&map, NULL));
    fill(&map, spread, 300);
    for (struct map_node *node = map_next(&map, NULL), *next; node != NULL; node = next) {
        const size_t index = (size_t)((struct word *)node - words);
        next = map_next(&map, node);
        assert_false(seen[index]);
        seen[index] = true;
        map_remove(&map, node);
    }
    for (size_t i = 0; i < 300; i++) {
        assert_true(seen[i]);
    }
    assert_int_equal(map.count, 0);
    assert_null(map_next(&map, NULL));
    map_clear(&map);
}

static void may_be_used_again_once_cleared(void **state) {
    (void)state;
    struct map map;
    map_init(&map, 10);
    fill(&map, spread, 10);
    map_clear(&map);
    assert_int_equal(map.count, 0);
    assert_null(map_find(&map, spread(0), is_text, words[0].text));
    fill(&map, spread, 10);
    map_clear(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_entry_while_it_grows),
        cmocka_unit_test(refuses_more_than_its_bound),
        cmocka_unit_test(removes_one_entry_and_no_other),
        cmocka_unit_test(distinguishes_keys_of_one_hash),
        cmocka_unit_test(iterates_over_each_entry_once_during_removals),
        cmocka_unit_test(may_be_used_again_once_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

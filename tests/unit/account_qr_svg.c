/* The QR code of the second factor, drawn as SVG: read back module by module. */
#include "account/qr_svg.h"
#include "test.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 200 };

static bool dark[SIDE_MAX][SIDE_MAX];

/* The picture's side; fills `dark` from its "M<x> <y>h1v1h-1z" or rows "M<x> <y>h<n>v1…". */
static int read_picture(const char *svg) {
    const char *box = strstr(svg, "viewBox=\"0 0 ");
    const char *path = strstr(svg, "\"/><path d=\"");
    assert_non_null(box);
    assert_non_null(path);
    memset(dark, 0, sizeof dark);
    const int side = (int)strtol(box + strlen("viewBox=\"0 0 "), NULL, 10);
    for (const char *at = strchr(path + 10, 'M'); at != NULL; at = strchr(at + 1, 'M')) {
        char *end = NULL;
        const long x = strtol(at + 1, &end, 10);
        const long y = strtol(end + 1, &end, 10);
        assert_int_equal(*end, 'h');
        const long width = strtol(end + 1, &end, 10);
        assert_true(x >= 0 && y >= 0 && width > 0 && x + width <= side && y < side);
        for (long i = 0; i < width; i++) {
            dark[y][x + i] = true;
        }
    }
    return side;
}

/* The pattern in three corners by which a camera finds the code: 7 modules, a ring and a core. */
static void assert_finder(int left, int top) {
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            const bool ring = x == 0 || x == 6 || y == 0 || y == 6;
            const bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            assert_int_equal(dark[top + y][left + x], ring || core);
        }
    }
}

static void draws_a_code_with_its_quiet_zone(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *svg = NULL;
    assert_ok(
        qr_svg_render(&arena, "otpauth://totp/Guichet:a@b.example?secret=ABCDEFGHIJKLMNOP", &svg));
    const int side = read_picture(svg);
    const int modules = side - 8; /* four light modules on each side */
    assert_int_equal((modules - 21) % 4, 0);
    assert_finder(4, 4);
    assert_finder(4 + modules - 7, 4);
    assert_finder(4, 4 + modules - 7);
    for (int i = 0; i < side; i++) {
        for (int edge = 0; edge < 4; edge++) {
            assert_false(dark[edge][i] || dark[i][edge] || dark[side - 1 - edge][i] ||
                         dark[i][side - 1 - edge]);
        }
    }
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "style"));
}

static void grows_with_the_text_and_refuses_what_does_not_fit(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    static char text[4000];
    const char *svg = NULL;
    assert_ok(qr_svg_render(&arena, "a", &svg));
    const int small = read_picture(svg);
    assert_int_equal(small, 21 + 8);
    memset(text, 'a', 200);
    assert_ok(qr_svg_render(&arena, text, &svg));
    assert_true(read_picture(svg) > small);
    memset(text, 'a', sizeof text - 1);
    assert_int_equal(qr_svg_render(&arena, text, &svg), ERR_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_a_code_with_its_quiet_zone),
        cmocka_unit_test(grows_with_the_text_and_refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

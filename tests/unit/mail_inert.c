#include "mail/mail_inert.h"
#include "test.h"
#include <string.h>

#define J "\u2060"
#define ISOLATED(text) "\u2068" text "\u2069"

static void assert_inert(const char *typed, const char *expected) {
    ARENA_AUTO(arena);
    assert_string_equal(mail_inert(&arena, typed), expected);
}

static void leaves_names_and_sentences_as_they_are(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "Hélène D’Août-Nguyễn",
        "L’article R. 2143-13. Vu ?",
        "Rendez-vous à 10:30, salle 2.5.",
        "Motif : voir\n- un\n- deux.",
        "Zoé 👩🏽‍💻",
        "fin.",
        "deux points :",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        assert_inert(TEXTS[i], TEXTS[i]);
    }
}

static void breaks_what_could_become_a_link(void **state) {
    (void)state;
    assert_inert("https://evil.example/a.b", "https:" J "//evil." J "example/a." J "b");
    assert_inert("www.evil.example", "www." J "evil." J "example");
    assert_inert("ana@evil.example", "ana@evil." J "example");
    assert_inert("mailto:ana@host", "mailto:" J "ana@host");
    assert_inert("http://[::1]/", "http:" J "//[:" J ":" J "1]/");
    assert_inert("http://1.2.3.4", "http:" J "//1.2.3.4");
    assert_inert("evil。example", "evil。" J "example");
    assert_inert("evil．example", "evil．" J "example");
    assert_inert("evil｡example", "evil｡" J "example");
    assert_inert("https：//evil", "https：" J "//evil");
}

static void drops_controls_of_direction(void **state) {
    (void)state;
    assert_inert("Ana\u202egnp.exe\u202c", "Anagnp." J "exe");
    assert_inert("\u2066a\u2067b\u2068c\u2069", "abc");
    assert_inert("\u200ea\u200fb\u061cc\u202ad\u202be\u202df", "abcdef");
    /* A control between the two halves of an address hides nothing. */
    assert_inert("evil\u200e.\u200eexample", "evil." J "example");
}

static void isolates_what_is_written_from_right_to_left(void **state) {
    (void)state;
    assert_inert("نورة", ISOLATED("نورة"));
    assert_inert("Ana בן־דוד", ISOLATED("Ana בן־דוד"));
}

static void keeps_bytes_that_are_no_text(void **state) {
    (void)state;
    assert_inert("a\xff.b", "a\xff." J "b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_names_and_sentences_as_they_are),
        cmocka_unit_test(breaks_what_could_become_a_link),
        cmocka_unit_test(drops_controls_of_direction),
        cmocka_unit_test(isolates_what_is_written_from_right_to_left),
        cmocka_unit_test(keeps_bytes_that_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/text.h"
#include "core/email.h"
#include "test.h"
#include <string.h>

static const char *const FREE_MAIL[] = {
#include "core/free_mail.def"
};

static void expect(const char *text, const char *address, const char *wire) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    struct email email;
    assert_ok(email_parse(&errors, "/email", text, &email));
    assert_string_equal(email.address, address);
    assert_string_equal(email.wire, wire);
    assert_string_equal(email.key, text_lower(&arena, wire));
    assert_string_equal(email_find_key(&arena, email.address), email.key);
}

static void accepts_addresses_in_use(void **state) {
    (void)state;
    expect("camille@mairie.fr", "camille@mairie.fr", "camille@mairie.fr");
    expect("Camille.Martin+api@Mairie.FR", "Camille.Martin+api@mairie.fr",
           "Camille.Martin+api@mairie.fr");
    expect("o'neill_x@sub.mairie-de-lyon.fr", "o'neill_x@sub.mairie-de-lyon.fr",
           "o'neill_x@sub.mairie-de-lyon.fr");
    expect("a@1and1.fr", "a@1and1.fr", "a@1and1.fr");
}

/* One row for each character that is not seen, or looks like another one. */
static void reads_every_spelling_of_one_address(void **state) {
    (void)state;
    static const char *const SPELLINGS[] = {
        "camille@mairie-évry.fr",
        "camille@xn--mairie-vry-h7a.fr",
        "camille@XN--MAIRIE-VRY-H7A.FR",
        "camille@MAIRIE-ÉVRY.FR",
        "camille@mairie-e\u0301vry.fr",           /* accent of its own */
        "\u00a0camille@mairie-évry.fr",           /* no-break blank */
        "camille@mairie-évry.fr\u202f",           /* narrow no-break blank */
        "\u2009camille@mairie-évry.fr\u2009",     /* thin blank */
        "\u2002camille@mairie-évry.fr\t\r\n",     /* en blank, tab, line break */
        "camille\u200b@mairie-évry.fr",           /* zero-width blank */
        "camille@mairie\u200d-évry.fr",           /* zero-width joiner */
        "camille@mairie-\u00adévry.fr",           /* soft hyphen */
        "\ufeffcamille@mairie-évry.fr",           /* byte order mark */
        "\u200ecamille@mairie-évry.fr\u200f",     /* marks of direction */
        "\u202acamille@mairie-évry.fr\u202c",     /* embedding */
        "\u202ecamille@mairie-évry.fr",           /* override */
        "\u2066camille@mairie-évry.fr\u2069",     /* isolate */
        "ｃａｍｉｌｌｅ＠ｍａｉｒｉｅ－évry．fr", /* full width */
        "camille@mairie-évry。fr",                /* ideographic full stop */
    };
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof *SPELLINGS; i++) {
        expect(SPELLINGS[i], "camille@mairie-évry.fr", "camille@xn--mairie-vry-h7a.fr");
    }
    expect("Camille@préfecture.fr", "Camille@préfecture.fr", "Camille@xn--prfecture-c4a.fr");
}

static void another_address_has_another_key(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    static const char *const OTHERS[] = {"camille@mairie-evry.fr", "camile@mairie-évry.fr",
                                         "camille@mairieévry.fr", "camille@sub.mairie-évry.fr"};
    const char *key = email_find_key(&arena, "camille@mairie-évry.fr");
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        assert_string_not_equal(email_find_key(&arena, OTHERS[i]), key);
    }
    assert_null(email_find_key(&arena, "camille"));
    assert_string_equal(email_show_domain(&arena, "xn--mairie-vry-h7a.fr"), "mairie-évry.fr");
    assert_string_equal(email_show_domain(&arena, "mairie.fr"), "mairie.fr");
}

static void refuses_with_a_message_for_each_mistake(void **state) {
    (void)state;
    char long_local[80] = "";
    memset(long_local, 'a', 65);
    memcpy(long_local + 65, "@b.fr", 6);
    char too_long[300] = "";
    memset(too_long, 'a', 280);
    const char *rows[][3] = {
        {"", "required", "Indiquez"},
        {"camille", "invalid_format", "manque le signe @"},
        {"a@b@c.fr", "invalid_format", "seul signe @"},
        {"a@b.fr,c@d.fr", "invalid_format", "virgule"},
        {"a@b.fr;", "invalid_format", "virgule"},
        {"\"a b\"@c.fr", "invalid_format", "espace"},
        {"\"ab\"@c.fr", "invalid_format", "guillemets"},
        {"Ab <a@b.fr>", "invalid_format", "espace"},
        {"<a@b.fr>", "invalid_format", "chevrons"},
        {"a@[127.0.0.1]", "invalid_format", "guillemets"},
        {"a@b.fr\r\nBcc: c@d.fr", "invalid_format", "espace"},
        {"a\u202fb@c.fr", "invalid_format", "espace"},
        {"\u200b\u00a0", "required", "Indiquez"},
        {"@b.fr", "invalid_format", "manque le nom"},
        {"a@", "invalid_format", "domaine"},
        {"a@b", "invalid_format", "domaine"},
        {"a@b.", "invalid_format", "domaine"},
        {"a@.fr", "invalid_format", "domaine"},
        {"a@b..fr", "invalid_format", "domaine"},
        {"a@-b.fr", "invalid_format", "domaine"},
        {"a@b_c.fr", "invalid_format", "domaine"},
        {"a@127.0.0.1", "invalid_format", "domaine"},
        {"a@b\xff.fr", "invalid_format", "domaine"},
        {".a@b.fr", "invalid_format", "points"},
        {"a.@b.fr", "invalid_format", "points"},
        {"a..b@c.fr", "invalid_format", "points"},
        {"hélène@b.fr", "invalid_format", "accentuées"},
        {long_local, "invalid_format", "64"},
        {too_long, "too_long", "254"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        field_errors_init(&errors, &arena);
        struct email email;
        assert_int_equal(email_parse(&errors, "/email", rows[i][0], &email), ERR_INVALID);
        assert_int_equal(errors.count, 1);
        assert_string_equal(errors.first->code, rows[i][1]);
        assert_non_null(strstr(errors.first->message, rows[i][2]));
    }
}

/* RFC 1035: 63 bytes a label, 253 a name. */
static void bounds_labels_and_names(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    char label[65] = "";
    memset(label, 'b', 64);
    const char *longest = label + 1; /* 63 */
    assert_non_null(email_parse_domain(&arena, arena_printf(&arena, "%s.fr", longest)));
    assert_null(email_parse_domain(&arena, arena_printf(&arena, "%s.fr", label)));
    const char *three = arena_printf(&arena, "%s.%s.%s", longest, longest, longest); /* 191 */
    assert_non_null(email_parse_domain(
        &arena, arena_printf(&arena, "%s.%.58s.fr", three, longest))); /* 191 + 1 + 58 + 3 = 253 */
    assert_null(email_parse_domain(&arena, arena_printf(&arena, "%s.%.59s.fr", three, longest)));
}

static void compares_whole_domains(void **state) {
    (void)state;
    assert_true(email_domains_agree("mairie.fr", "mairie.fr"));
    assert_false(email_domains_agree("mairie.fr", "sub.mairie.fr"));
    assert_false(email_domains_agree("airie.fr", "mairie.fr"));
}

static void recognises_free_mail_domains(void **state) {
    (void)state;
    const char *domains[] = {"gmail.com", "orange.fr",   "wanadoo.fr", "laposte.net",
                             "free.fr",   "outlook.com", "yahoo.fr",   "yopmail.com"};
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        assert_true(email_is_free_mail(domains[i]));
        assert_false(email_domains_agree(domains[i], domains[i]));
    }
    assert_false(email_is_free_mail("laposte.fr"));
    assert_false(email_is_free_mail("mairie.fr"));
    for (size_t i = 1; i < sizeof FREE_MAIL / sizeof FREE_MAIL[0]; i++) {
        assert_true(strcmp(FREE_MAIL[i - 1], FREE_MAIL[i]) < 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_addresses_in_use),
        cmocka_unit_test(reads_every_spelling_of_one_address),
        cmocka_unit_test(another_address_has_another_key),
        cmocka_unit_test(refuses_with_a_message_for_each_mistake),
        cmocka_unit_test(bounds_labels_and_names),
        cmocka_unit_test(compares_whole_domains),
        cmocka_unit_test(recognises_free_mail_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

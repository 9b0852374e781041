#include "security/password_policy.h"
#include "test.h"
#include <string.h>

static const char *const COMMON[] = {
#include "security/common_passwords.def"
};

static struct field_errors check(struct arena *arena, const char *password) {
    struct field_errors errors;
    field_errors_init(&errors, arena);
    password_policy_check(&errors, "/password", password, "camille.martin@mairie-lyon.fr", "Hélène",
                          "Le Goff");
    return errors;
}

static void expect(const char *password, const char *code) {
    ARENA_AUTO(arena);
    const struct field_errors errors = check(&arena, password);
    if (code == NULL) {
        assert_int_equal(errors.count, 0);
        return;
    }
    assert_true(errors.count >= 1);
    assert_string_equal(errors.first->code, code);
    assert_string_equal(errors.first->pointer, "/password");
}

static void counts_characters_not_bytes(void **state) {
    (void)state;
    expect("cheval-agraf", NULL);             /* 12 */
    expect("cheval-agra", "too_short");       /* 11 */
    expect("éèàùçôîêûë-ï", NULL);             /* 12 characters, 23 bytes */
    expect("éèàùçôîêûë-", "too_short");       /* 11 characters, 21 bytes */
    expect("e\u0301crins-agra", "too_short"); /* 11, the accent is no character of its own */
    expect("ma voisine he\u0301le\u0300ne", "contains_identity");
    char text[130] = "une phrase longue et singuliere ";
    for (size_t i = strlen(text); i < 129; i++) {
        text[i] = "abcdefgh"[i % 8];
    }
    text[129] = '\0';
    expect(text, "too_long");
    text[128] = '\0';
    expect(text, NULL);
}

static void refuses_common_ones_with_substitutions_and_affixes(void **state) {
    (void)state;
    const char *passwords[] = {"motdepasse1234",
                               "MotDePasse2024!",
                               "password1234",
                               "PASSWORD!!!!!!",
                               "azertyuiop12",
                               "qwertyuiop!!",
                               "administrateur",
                               "123456789012",
                               "!!!!!!!!!!!!",
                               "aaaaaaaaaaaa",
                               "bonjour12345",
                               "iloveyou1234",
                               "correcthorsebatterystaple",
                               "azertyuiopqsdfghjklm"};
    for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++) {
        expect(passwords[i], "too_common");
    }
    expect("kzqkzqkzqkzq", "too_common"); /* three characters, again and again */
    expect("kzkzqwkzkzqw", NULL);
}

static void refuses_email_and_names_inside(void **state) {
    (void)state;
    expect("xx-camille.martin-xx", "contains_identity");
    expect("CAMILLE.MARTIN-4242", "contains_identity");
    expect("la-belle-hélène-75", "contains_identity");
    expect("LA-BELLE-HÉLÈNE-75", "contains_identity");
    expect("le goff habite ici", "contains_identity");
    expect("camille fait du velo", NULL); /* only a part of the local part */
}

static void ignores_short_and_missing_names(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    password_policy_check(&errors, "/password", "neuf chevaux bleus", "a@b.fr", "Eve", "neu");
    password_policy_check(&errors, "/password", "neuf chevaux bleus", NULL, NULL, NULL);
    assert_int_equal(errors.count, 0);
}

static void compares_names_of_four_characters_and_local_parts_of_three(void **state) {
    (void)state;
    static const struct {
        const char *email;
        const char *given_name;
        const char *family_name;
        size_t count;
    } CASES[] = {
        {NULL, "Ève", "Roux", 1},    {NULL, "Zoé", "Rou", 0},    {NULL, "Loup", "Roux", 1},
        {"rou@b.fr", NULL, NULL, 1}, {"ro@b.fr", NULL, NULL, 0}, {"rou@b.fr", "Roux", NULL, 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        field_errors_init(&errors, &arena);
        password_policy_check(&errors, "/password", "neuf roux et un loup", CASES[i].email,
                              CASES[i].given_name, CASES[i].family_name);
        assert_int_equal(errors.count, CASES[i].count);
    }
}

static void reports_every_reason_at_once(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct field_errors errors = check(&arena, "le goff");
    assert_int_equal(errors.count, 2);
}

static void keeps_the_list_sorted_and_normalised(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++) {
        assert_true(i == 0 || strcmp(COMMON[i - 1], COMMON[i]) < 0);
        const char last = COMMON[i][strlen(COMMON[i]) - 1];
        assert_true(last >= 'a' && last <= 'z');
        assert_null(strpbrk(COMMON[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_characters_not_bytes),
        cmocka_unit_test(refuses_common_ones_with_substitutions_and_affixes),
        cmocka_unit_test(refuses_email_and_names_inside),
        cmocka_unit_test(ignores_short_and_missing_names),
        cmocka_unit_test(compares_names_of_four_characters_and_local_parts_of_three),
        cmocka_unit_test(reports_every_reason_at_once),
        cmocka_unit_test(keeps_the_list_sorted_and_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

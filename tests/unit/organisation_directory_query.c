#include "base/buf.h"
#include "organisation/directory_query.h"
#include "test.h"
#include <string.h>

static void keeps_significant_words(void **state) {
    (void)state;
    const struct {
        const char *typed, *words, *town_hall;
    } cases[] = {
        {"clamart", "clamart", NULL},
        {"Mairie de Clamart", "Clamart", "Mairie"},
        {"la ville de La Rochelle", "Rochelle", "ville"},
        {"commune d’Annecy, la mairie", "Annecy", "commune"},
        {"L’Haÿ-les-Roses", "Haÿ Roses", NULL},
        {"communauté de communes du Vexin normand", "communauté communes Vexin normand", NULL},
        {"communauté d'agglomération du bassin de Bourg", "communauté agglomération bassin Bourg",
         NULL},
        {"syndicat mixte des déchets du secteur Sud", "syndicat mixte déchets secteur", NULL},
        {"Villeurbanne", "Villeurbanne", NULL},
        {"la mairie", "la mairie", NULL},
        {"CCAS\u00a0(29370)", "CCAS 29370", NULL},
        {"a%b_c\\d\"e*", "a b c e", NULL},
        {"%%%", "", NULL},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ARENA_AUTO(arena);
        struct directory_query query;
        struct buf words;
        directory_query_read(&arena, cases[i].typed, &query);
        buf_init(&words, &arena, 256);
        for (size_t word = 0; word < query.count; word++) {
            buf_printf(&words, "%s%s", word == 0 ? "" : " ", query.words[word]);
        }
        assert_string_equal(buf_text(&words), cases[i].words);
        assert_int_equal(query.town_hall == NULL, cases[i].town_hall == NULL);
        if (query.town_hall != NULL) {
            assert_string_equal(query.town_hall, cases[i].town_hall);
        }
        assert_null(query.number);
    }
}

static void recognises_a_number_with_separators(void **state) {
    (void)state;
    const struct {
        const char *typed, *number;
    } cases[] = {
        {"219200235", "219200235"},
        {"219 200 235 00014", "21920023500014"},
        {"219\u00a0200\u202f235 000", "219200235000"},
        {"21920023", NULL},
        {"219200235000145", NULL},
        {"219-200-235", "219200235"},
        {"SIREN : 219\u2009200\u200b235", "219200235"},
        {"FR60 219200235", "219200235"},
        {"FR60 219200236", NULL},
        {"21920023A", NULL},
        {"75007 Paris", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ARENA_AUTO(arena);
        struct directory_query query;
        directory_query_read(&arena, cases[i].typed, &query);
        assert_int_equal(query.number == NULL, cases[i].number == NULL);
        if (query.number != NULL) {
            assert_string_equal(query.number, cases[i].number);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_significant_words),
        cmocka_unit_test(recognises_a_number_with_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

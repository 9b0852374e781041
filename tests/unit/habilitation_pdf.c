#include "habilitation/habilitation_pdf.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char FONTS[] = "/usr/share/fonts/truetype/dejavu";

static struct habilitation_paper example(void) {
    static const char *scopes[] = {"Chiffre d’affaires – DGFIP", "Bilans œuvre ç à É"};
    static const char *refused[] = {"Effectifs – GIP-MDS"};
    static const char *procedures[] = {"Aide à l’investissement", "Aide à l’emploi"};
    static const char *reasons[] = {"Bilans – Banque de France : analyse du risque"};
    static const char *files[] = {"délibération.pdf"};
    return (struct habilitation_paper){.number = "H45",
                                       .request_number = "D123",
                                       .product = "API Entreprise",
                                       .use_case = "Marchés publics",
                                       .organisation = "Commune de Clamart",
                                       .siret = "21920023500014",
                                       .applicant = "Zoé Lefèvre",
                                       .controller = "Ana Durand, maire",
                                       .officer = "dpo@ville.example",
                                       .procedures = {procedures, 2},
                                       .mission = "Délégation du réseau de chaleur",
                                       .retention_justification = "Prescription de cinq ans",
                                       .justifications = {reasons, 1},
                                       .files = {files, 1},
                                       .terms_version = "2026-11-01",
                                       .title = "<script>alert(1)</script> & été",
                                       .description = "Première ligne\nSeconde ligne",
                                       .legal_text = "Délibération",
                                       .recipients = "Les agents",
                                       .retention_months = 36,
                                       .scopes = {scopes, 2},
                                       .refused_scopes = {refused, 1},
                                       .printed_on = "24/12/2026",
                                       .approved_on = "23/11/2026",
                                       .is_active = true,
                                       .confirmation_code = "K7QX-MN4P",
                                       .confirmation_url =
                                           "https://guichet.example/confirmation/K7QX-MN4P"};
}

/* The text of the document, as a reader extracts it. */
static const char *text_of(struct arena *arena, const unsigned char *bytes, size_t length) {
    char in[] = "/tmp/guichet-pdf-XXXXXX";
    char out[] = "/tmp/guichet-txt-XXXXXX";
    const int file = mkstemp(in);
    const int text = mkstemp(out);
    char *content = arena_alloc(arena, 1 << 20);
    assert_true(file >= 0 && text >= 0);
    assert_int_equal(write(file, bytes, length), length);
    (void)close(file);
    const pid_t child = fork();
    if (child == 0) {
        execlp("pdftotext", "pdftotext", "-enc", "UTF-8", in, out, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(read(text, content, (1 << 20) - 1) > 0);
    (void)close(text);
    (void)unlink(in);
    (void)unlink(out);
    return content;
}

static void shows_granted_scopes_with_accents_and_markup_as_text(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct habilitation_paper paper = example();
    const unsigned char *bytes = NULL;
    size_t length = 0;
    assert_ok(habilitation_pdf_render(&arena, FONTS, &paper, &bytes, &length));
    assert_memory_equal(bytes, "%PDF-", 5);
    const char *text = text_of(&arena, bytes, length);
    static const char *const EXPECTED[] = {"Habilitation H45",
                                           "<script>alert(1)</script> & été",
                                           "21920023500014",
                                           "Bilans œuvre ç à É",
                                           "K7QX-MN4P",
                                           "Seconde ligne",
                                           "23/11/2026",
                                           "36 mois",
                                           "non accordées",
                                           "Effectifs – GIP-MDS",
                                           "24/12/2026",
                                           "page 1",
                                           "Ana Durand, maire",
                                           "dpo@ville.example",
                                           "Aide à l’emploi",
                                           "réseau de chaleur",
                                           "Prescription de cinq ans",
                                           "analyse du risque",
                                           "délibération.pdf",
                                           "version 2026-11-01"};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        assert_non_null(strstr(text, EXPECTED[i]));
    }
}

static void runs_over_as_many_pages_as_it_needs(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct habilitation_paper paper = example();
    const unsigned char *bytes = NULL;
    size_t length = 0;
    char *description = arena_alloc(&arena, 20001);
    for (size_t i = 0; i < 20000; i++) {
        description[i] = i % 7 == 6 ? ' ' : 'm';
    }
    paper.description = description;
    char *word = arena_alloc(&arena, 20001);
    memset(word, 'W', 20000);
    paper.recipients = word;
    assert_ok(habilitation_pdf_render(&arena, FONTS, &paper, &bytes, &length));
    assert_true(length > 10000);
}

static void tolerates_characters_that_the_font_lacks(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct habilitation_paper paper = example();
    const unsigned char *bytes = NULL;
    size_t length = 0;
    paper.title = "\xf0\x9f\x98\x80 漢字 \xe2\x80\xae txt \xe2\x80\x8b עברית \xef\xbf\xbe";
    assert_ok(habilitation_pdf_render(&arena, FONTS, &paper, &bytes, &length));
}

static void reports_missing_fonts(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct habilitation_paper paper = example();
    const unsigned char *bytes = NULL;
    size_t length = 0;
    assert_int_equal(habilitation_pdf_render(&arena, "/nowhere", &paper, &bytes, &length),
                     ERR_UNAVAILABLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_granted_scopes_with_accents_and_markup_as_text),
        cmocka_unit_test(runs_over_as_many_pages_as_it_needs),
        cmocka_unit_test(tolerates_characters_that_the_font_lacks),
        cmocka_unit_test(reports_missing_fonts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

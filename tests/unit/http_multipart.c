#include "http/multipart.h"
#include "test.h"
#include <string.h>

static const char TYPE[] = "multipart/form-data; boundary=XyZ";

static enum err parse(struct arena *arena, const char *type, const char *body,
                      struct multipart *out) {
    const char *reason = NULL;
    return multipart_parse(arena, type, body, strlen(body), out, &reason);
}

static void reads_fields_and_files(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct multipart form;
    const char *body = "--XyZ\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nmockup\r\n"
                       "--XyZ\r\ncontent-disposition: form-data; name=\"file\"; "
                       "filename=\"é%22a\\\".pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
                       "%PDF\r\n--XyZno\r\n-- \r\n--XyZ--\r\n";
    assert_ok(parse(&arena, TYPE, body, &form));
    assert_int_equal(form.count, 2);
    assert_string_equal(multipart_find_text(&arena, &form, "kind"), "mockup");
    const struct multipart_part *file = multipart_find(&form, "file");
    assert_string_equal(file->file_name, "é\"a\".pdf");
    assert_string_equal(file->content_type, "application/pdf");
    assert_int_equal(file->length, strlen("%PDF\r\n--XyZno\r\n-- "));
    assert_null(multipart_find_text(&arena, &form, "file"));
    assert_null(multipart_find(&form, "other"));
}

static void reads_empty_parts_and_quoted_boundaries(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct multipart form;
    const char *body =
        "--a.b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--a.b--";
    assert_ok(parse(&arena, "Multipart/Form-Data; boundary=\"a.b\"", body, &form));
    assert_int_equal(form.parts[0].length, 0);
    assert_string_equal(form.parts[0].file_name, "");
}

/* RFC 2046, section 5.1.1; RFC 822, section 3.1.1. */
static void ignores_what_stands_around_the_parts_and_unfolds_headers(void **state) {
    (void)state;
    static const char *const FORMS[] = {
        "This is a message in MIME format.\r\n--XyZno\r\n--XyZ\r\nContent-Disposition: form-data; "
        "name=\"a\"\r\n\r\nx\r\n--XyZ--",
        "\r\n\r\n--XyZ \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ-- \t",
        "--XyZ\r\nContent-Disposition: form-data; "
        "name=\"a\"\r\n\r\nx\r\n--XyZ--\r\nepilogue\r\n--XyZ",
        "--XyZ\r\nContent-Disposition: form-data;\r\n\t name=\"a\"\r\nX-A: b\r\n c: "
        "d\r\n\r\nx\r\n--XyZ--",
    };
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        ARENA_AUTO(arena);
        struct multipart form;
        assert_ok(parse(&arena, TYPE, FORMS[i], &form));
        assert_int_equal(form.count, 1);
        assert_string_equal(multipart_find_text(&arena, &form, "a"), "x");
    }
}

static void refuses_forms_that_break_a_rule(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        "--XyZ",
        "--XyZ--garbage",
        "--XyZ\r\n\r\nno name\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nx\n--XyZ--\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\x01\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; NAME=\"a\"; name=\"a\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=a b\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"\xe9\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-dataset; name=\"a\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n folded: x\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\nno colon\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n: none\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ-- epilogue",
        "a preamble alone",
        ("--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
         "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ny\r\n--XyZ--\r\n"),
    };
    ARENA_AUTO(arena);
    struct multipart form;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        if (parse(&arena, TYPE, WRONG[i], &form) != ERR_BAD_REQUEST) {
            fail_msg("accepted: %s", WRONG[i]);
        }
    }
}

static void refuses_wrong_boundaries(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "multipart/form-data",
        "multipart/form-data; charset=utf-8",
        "multipart/form-data; boundary=a; boundary=a",
        "multipart/form-data; boundary=a b=c",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"é\"",
        "multipart/form-data;",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=a b",
        ("multipart/form-data; boundary="
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    };
    ARENA_AUTO(arena);
    struct multipart form;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        if (parse(&arena, WRONG[i], "--a--", &form) != ERR_BAD_REQUEST) {
            fail_msg("accepted: %s", WRONG[i]);
        }
    }
}

static void refuses_more_parts_than_a_form_has(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct multipart form;
    struct buf body;
    buf_init(&body, &arena, 8192);
    for (int i = 0; i < MULTIPART_PARTS_MAX + 1; i++) {
        buf_printf(&body, "--XyZ\r\nContent-Disposition: form-data; name=\"n%d\"\r\n\r\nx\r\n", i);
    }
    buf_puts(&body, "--XyZ--\r\n");
    assert_int_equal(parse(&arena, TYPE, buf_text(&body), &form), ERR_BAD_REQUEST);
}

/* The reason why a form with this part is refused; NULL where it is taken. */
static const char *reason_of(struct arena *arena, const char *headers, const char *content) {
    struct multipart form;
    const char *reason = NULL;
    const char *body =
        arena_printf(arena, "--XyZ\r\n%s\r\n\r\n%s\r\n--XyZ--\r\n", headers, content);
    return multipart_parse(arena, TYPE, body, strlen(body), &form, &reason) == ERR_NONE ? NULL
                                                                                        : reason;
}

static void refuses_what_would_have_to_be_decoded_and_says_so(void **state) {
    (void)state;
    static const struct {
        const char *headers;
        const char *content;
        const char *reason;
    } CASES[] = {
        {"Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "eA==",
         "Une partie est codée (Content-Transfer-Encoding) : envoyez-la telle quelle, en binaire."},
        {"content-transfer-encoding: Quoted-Printable\r\nContent-Disposition: form-data; name=a",
         "x=3D",
         "Une partie est codée (Content-Transfer-Encoding) : envoyez-la telle quelle, en binaire."},
        {"Content-Disposition: form-data; name=a\r\nContent-Encoding: gzip", "x",
         "Une partie est comprimée (Content-Encoding) : envoyez-la telle quelle."},
        {"Content-Disposition: form-data; name=a; filename=\"=?UTF-8?B?w6k=?=\"", "x",
         "Le nom du fichier est codé autrement qu’en UTF-8 : écrivez filename en UTF-8, ou "
         "filename*=UTF-8''…"},
        {"Content-Disposition: form-data; name=a; filename*=iso-8859-1''%E9", "x",
         "Le nom du fichier est codé autrement qu’en UTF-8 : écrivez filename en UTF-8, ou "
         "filename*=UTF-8''…"},
        {"Content-Disposition: form-data; name=a; filename*=utf-8''%0D%0A", "x",
         "Le nom du fichier est codé autrement qu’en UTF-8 : écrivez filename en UTF-8, ou "
         "filename*=UTF-8''…"},
        {"Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=iso-8859-1",
         "\xe9", "Un champ du formulaire n’est pas en UTF-8."},
        {"Content-Disposition: form-data", "x", "Une partie du formulaire n’a pas de nom."},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const char *reason = reason_of(&arena, CASES[i].headers, CASES[i].content);
        if (reason == NULL || strcmp(reason, CASES[i].reason) != 0) {
            fail_msg("%s: %s", CASES[i].headers, reason == NULL ? "accepted" : reason);
        }
    }
}

static void reads_the_name_of_a_file_however_it_is_written(void **state) {
    (void)state;
    static const struct {
        const char *parameters;
        const char *name;
    } CASES[] = {
        {"name=f; filename=acte.pdf", "acte.pdf"},
        {"filename=\"acte.pdf\"; name=\"f\"", "acte.pdf"},
        {"name=f;filename=\"a;b=c.pdf\"", "a;b=c.pdf"},
        {"Name=f ; FileName = x", NULL}, /* no blank may stand around the sign of equality */
        {"name=f; filename=\"C:\\temp\\acte.pdf\"", "C:\\temp\\acte.pdf"},
        {"name=f; filename=\"a\\\\b\\\"c.pdf\"", "a\\b\"c.pdf"},
        {"name=f; filename=\"x.pdf\"; filename*=UTF-8'fr'%C3%A9t%C3%A9.pdf", "été.pdf"},
        {"name=f; filename*=utf-8''a%2Fb%20c.pdf; filename=x.pdf", "a/b c.pdf"},
        {"name=f; filename*=iso-8859-1''%E9.pdf; filename=\"e.pdf\"", "e.pdf"},
        {"name=f; filename=\"=?utf-8?B?w6k=?=\"; filename*=utf-8''%C3%A9", "é"},
        {"name=f; filename=x.pdf; size=12; creation-date=\"Mon, 30 Nov 2026 10:00:00 +0100\";",
         "x.pdf"},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct multipart form;
        const char *body =
            arena_printf(&arena, "--XyZ\r\nContent-Disposition: form-data; %s\r\n\r\nx\r\n--XyZ--",
                         CASES[i].parameters);
        const enum err err = parse(&arena, TYPE, body, &form);
        if (CASES[i].name == NULL
                ? err != ERR_BAD_REQUEST
                : err != ERR_NONE || strcmp(form.parts[0].file_name, CASES[i].name) != 0) {
            fail_msg("%s: %s", CASES[i].parameters,
                     err == ERR_NONE ? form.parts[0].file_name : "refused");
        }
    }
}

static void takes_what_says_nothing_about_the_bytes(void **state) {
    (void)state;
    static const char *const FINE[] = {
        "Content-Disposition: form-data; name=a\r\nX-Part: 1\r\nContent-ID: <a@b>",
        "Content-Length: 1\r\nContent-Disposition:form-data;name=a",
        "CONTENT-TRANSFER-ENCODING: Binary \r\nContent-Disposition: Form-Data; name=a",
        "Content-Disposition: form-data; name=a\r\nContent-Encoding: identity",
        "Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=ISO-8859-1",
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof FINE / sizeof FINE[0]; i++) {
        const char *reason = reason_of(&arena, FINE[i], "x");
        if (reason != NULL) {
            fail_msg("%s: %s", FINE[i], reason);
        }
    }
    struct multipart form;
    const char *type = "multipart/form-data; charset=\"utf-8\"; boundary=\"a b\";";
    const char *body = "\r\n--a b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n--a bc\r\n"
                       "--a b--\r\n\r\n";
    assert_ok(parse(&arena, type, body, &form));
    assert_string_equal(multipart_find_text(&arena, &form, "a"), "--a bc");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_and_files),
        cmocka_unit_test(reads_empty_parts_and_quoted_boundaries),
        cmocka_unit_test(ignores_what_stands_around_the_parts_and_unfolds_headers),
        cmocka_unit_test(refuses_forms_that_break_a_rule),
        cmocka_unit_test(refuses_wrong_boundaries),
        cmocka_unit_test(refuses_more_parts_than_a_form_has),
        cmocka_unit_test(refuses_what_would_have_to_be_decoded_and_says_so),
        cmocka_unit_test(reads_the_name_of_a_file_however_it_is_written),
        cmocka_unit_test(takes_what_says_nothing_about_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

static void refuses_forms_that_break_a_rule(void **state) {
    (void)state;
    static const char *const WRONG[] = {
        "",
        "--XyZ",
        "--XyZ--garbage",
        "preamble\r\n--XyZ--\r\n",
        "--XyZ\r\n\r\nno name\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=kind\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\nContent-Disposition: form-data; name=\"a\"\n\nx\n--XyZ--\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\x01\"\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ny\r\n--XyZ--\r\n",
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
        "multipart/form-data;",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=a; charset=utf-8",
        "multipart/form-data; charset=utf-8; boundary=a",
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_and_files),
        cmocka_unit_test(reads_empty_parts_and_quoted_boundaries),
        cmocka_unit_test(refuses_forms_that_break_a_rule),
        cmocka_unit_test(refuses_wrong_boundaries),
        cmocka_unit_test(refuses_more_parts_than_a_form_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

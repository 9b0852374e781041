#include "mail/mail_template.h"
#include "base/json.h"
#include "test.h"
#include <string.h>

static struct value *object(struct arena *arena, const char *json) {
    struct value *value = NULL;
    assert_ok(json_parse(arena, json, strlen(json), &value, NULL));
    return value;
}

/* Whatever the data, every template renders, has a subject on one line and no mark left over. */
static void renders_every_template(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    size_t count = 0;
    for (const struct mail_template *source = MAIL_TEMPLATES; source->name != NULL; source++) {
        struct rendered_mail mail;
        assert_ok(mail_template_render(&arena, source->name, value_object(&arena),
                                       value_object(&arena), &mail));
        assert_true(*mail.subject != '\0');
        assert_null(strchr(mail.subject, '\n'));
        assert_null(strstr(mail.text, "{{"));
        assert_null(strstr(mail.html, "{{"));
        count++;
    }
    assert_true(count > 0);
}

static void shows_user_input_as_text(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct rendered_mail mail;
    struct value *data =
        object(&arena, "{\"url\":\"<script>alert(1)</script>\\n- item\\n[x] http://evil.example\","
                       "\"failing_since\":\"{{public_url}}\"}");
    assert_ok(mail_template_render(&arena, "webhook_disabled", data, value_object(&arena), &mail));
    assert_null(strstr(mail.html, "<script>"));
    assert_non_null(strstr(mail.html, "&lt;script&gt;"));
    assert_null(strstr(mail.html, "<li>item"));
    assert_null(strstr(mail.html, "href=\"http://evil.example"));
    assert_non_null(strstr(mail.text, "\n> [x] http:\u2060//evil.\u2060example\n"));
    assert_non_null(strstr(mail.text, "{{public_url}}")); /* typed, not filled in */
}

static void refuses_a_name_without_template(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct rendered_mail mail;
    assert_int_equal(
        mail_template_render(&arena, "nothing", value_object(&arena), value_object(&arena), &mail),
        ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_every_template),
        cmocka_unit_test(shows_user_input_as_text),
        cmocka_unit_test(refuses_a_name_without_template),
    };
    json_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

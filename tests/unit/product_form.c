#include "base/json.h"
#include "product/form.h"
#include "product/form_format.h"
#include "test.h"
#include <stdio.h>
#include <string.h>

/* One product for all tests: the real ones, read as the program reads them. */
static struct arena catalogue_arena;
static struct products catalogue;

struct try {
    struct arena arena;
    struct field_errors errors;
    struct form_subject subject;
    const struct value *fields;
};

static int open_catalogue(void **state) {
    (void)state;
    struct field_errors errors;
    json_init();
    arena_init(&catalogue_arena);
    field_errors_init(&errors, &catalogue_arena);
    const enum err err = products_load(&catalogue_arena, PRODUCTS_DIR, &errors, &catalogue);
    for (const struct field_error *e = errors.first; e != NULL; e = e->next) {
        (void)fprintf(stderr, "%s: %s\n", e->pointer, e->message);
    }
    return err == ERR_NONE ? 0 : -1;
}

static int close_catalogue(void **state) {
    (void)state;
    arena_clear(&catalogue_arena);
    return 0;
}

static void start(struct try *try, const char *use_case) {
    const struct product *product = products_find(&catalogue, "api-entreprise");
    *try = (struct try){.subject = {.product = product,
                                    .use_case = product_find_use_case(product, use_case),
                                    .is_administration = true}};
    arena_init(&try->arena);
    field_errors_init(&try->errors, &try->arena);
    assert_non_null(try->subject.use_case);
    try->fields = form_new_fields(&try->arena, &try->subject);
}

static enum err patch(struct try *try, const char *json) {
    struct value *tree = NULL;
    struct value *out = NULL;
    field_errors_init(&try->errors, &try->arena);
    assert_ok(json_parse(&try->arena, json, strlen(json), &tree, NULL));
    const enum err err =
        form_apply_patch(&try->arena, &try->errors, &try->subject, try->fields, tree, &out);
    if (err == ERR_NONE) {
        try->fields = out;
    }
    return err;
}

/* The codes of all errors, as "pointer code" lines. */
static const char *faults(struct try *try) {
    const char *text = "";
    for (const struct field_error *e = try->errors.first; e != NULL; e = e->next) {
        text = arena_printf(&try->arena, "%s%s%s %s", text, *text == '\0' ? "" : "\n", e->pointer,
                            e->code);
        assert_true(strlen(e->message) > 10);
    }
    return text;
}

static void refused(struct try *try, const char *json, const char *expected) {
    assert_int_equal(patch(try, json), ERR_INVALID);
    assert_string_equal(faults(try), expected);
}

static void missing(struct try *try, const char *expected) {
    field_errors_init(&try->errors, &try->arena);
    form_check_complete(&try->arena, &try->errors, &try->subject, try->fields);
    assert_string_equal(faults(try), expected);
}

static void refuses_each_wrong_member_with_its_pointer(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"title\":3}", "/title wrong_type"},
        {"{\"title\":\"a\\nb\"}", "/title control_character"},
        {"{\"nope\":1}", "/nope unknown_member"},
        {"{\"a/b~c\":1}", "/a~1b~0c unknown_member"},
        {"{\"state\":\"approved\"}", "/state server_owned"},
        {"{\"retention_months\":-1}", "/retention_months out_of_range"},
        {"{\"retention_months\":1000000000}", "/retention_months out_of_range"},
        {"{\"retention_months\":1e9}", "/retention_months wrong_type"},
        {"{\"retention_months\":\"abc\"}", "/retention_months wrong_type"},
        {"{\"legal_basis\":{\"url\":\"javascript:alert(1)\"}}", "/legal_basis/url invalid_format"},
        {"{\"legal_basis\":\"texte\"}", "/legal_basis wrong_type"},
        {"{\"legal_basis\":{\"other\":\"x\"}}", "/legal_basis/other unknown_member"},
        {"{\"production_date\":\"2027-02-29\"}", "/production_date invalid_format"},
        {"{\"procedures\":[\"a\",\"a\"]}", "/procedures/1 duplicate"},
        {"{\"procedures\":[\"\"]}", "/procedures/0 too_short"},
        {"{\"scopes\":[\"nothing\"]}", "/scopes/0 unknown_value"},
        {"{\"scopes\":[7]}", "/scopes/0 wrong_type"},
        {"{\"scopes\":\"effectifs_urssaf\"}", "/scopes wrong_type"},
        {"{\"scope_justifications\":{\"nothing\":\"x\"}}",
         "/scope_justifications/nothing unknown_value"},
        {"{\"contacts\":{\"technical\":{\"email\":\"x\"}}}",
         "/contacts/technical/email invalid_format"},
        {"{\"contacts\":{\"technical\":{\"phone\":\"call me\"}}}",
         "/contacts/technical/phone invalid_format"},
        {"{\"contacts\":{\"technical\":{\"kind\":\"robot\"}}}",
         "/contacts/technical/kind unknown_value"},
        {"{\"contacts\":{\"technical\":{\"age\":3}}}", "/contacts/technical/age unknown_member"},
        {"{\"contacts\":{\"someone\":{}}}", "/contacts/someone unknown_member"},
        {"{\"terms_accepted\":\"yes\"}", "/terms_accepted wrong_type"},
        {"[]", " wrong_type"},
    };
    struct try try;
    start(&try, "demande-libre");
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        refused(&try, ROWS[i][0], ROWS[i][1]);
    }
    arena_clear(&try.arena);
}

static void reports_every_mistake_at_once(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    refused(&try, "{\"title\":1,\"nope\":2,\"contacts\":{\"business\":{\"email\":\"@\"}}}",
            "/title wrong_type\n/nope unknown_member\n/contacts/business/email invalid_format");
    arena_clear(&try.arena);
}

static void refuses_texts_past_their_length(void **state) {
    (void)state;
    struct try try;
    char title[300] = "";
    start(&try, "demande-libre");
    memset(title, 'x', 256);
    refused(&try, arena_printf(&try.arena, "{\"title\":\"%s\"}", title), "/title too_long");
    title[255] = '\0';
    assert_ok(patch(&try, arena_printf(&try.arena, "{\"title\":\"%s\"}", title)));
    arena_clear(&try.arena);
}

static void keeps_texts_as_typed_and_empties_by_null_or_empty_string(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try, "{\"title\":\"  <b>été</b> \\u200b\",\"legal_basis\":{\"text\":\"x\","
                          "\"url\":\"https://a.fr\"},\"expected_volume\":5}"));
    assert_string_equal(value_get_text(try.fields, "title"), "  <b>été</b> \xe2\x80\x8b");
    assert_ok(
        patch(&try, "{\"title\":\"\",\"legal_basis\":{\"url\":null},\"expected_volume\":\"\"}"));
    assert_null(value_get(try.fields, "title"));
    assert_null(value_get(try.fields, "expected_volume"));
    assert_null(value_at(try.fields, "/legal_basis/url"));
    assert_string_equal(value_text_of(value_at(try.fields, "/legal_basis/text")), "x");
    arena_clear(&try.arena);
}

static void locked_scopes_stay_and_hidden_ones_cannot_be_asked(void **state) {
    (void)state;
    struct try try;
    start(&try, "socle-de-base");
    refused(&try,
            "{\"scopes\":[\"unites_legales_etablissements_insee\","
            "\"data_subvention_subventions\"]}",
            "/scopes not_allowed");
    refused(&try,
            "{\"scopes\":[\"unites_legales_etablissements_insee\",\"data_subvention_subventions\","
            "\"associations_djepva\",\"effectifs_urssaf\"]}",
            "/scopes/3 not_allowed");
    assert_ok(patch(&try, "{\"scopes\":[\"unites_legales_etablissements_insee\","
                          "\"data_subvention_subventions\",\"associations_djepva\"]}"));
    arena_clear(&try.arena);
    start(&try, "marches-publics");
    refused(&try, "{\"scopes\":[\"beneficiaires_effectifs_inpi\"]}", "/scopes/0 not_allowed");
    arena_clear(&try.arena);
}

static void open_data_scopes_are_added_where_left_out(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try, "{\"scopes\":[\"chiffre_affaires_dgfip\"]}"));
    const struct value *scopes = value_get(try.fields, "scopes");
    assert_string_equal(value_text_of(value_item(scopes, 0)), "chiffre_affaires_dgfip");
    assert_true(value_has_text(scopes, "open_data_extrait_rcs_infogreffe"));
    assert_ok(patch(&try, "{\"scopes\":null}"));
    assert_true(value_has_text(value_get(try.fields, "scopes"), "open_data_associations_djepva"));
    assert_false(value_has_text(value_get(try.fields, "scopes"), "chiffre_affaires_dgfip"));
    arena_clear(&try.arena);
}

static void read_only_blocks_keep_the_values_of_the_use_case(void **state) {
    (void)state;
    struct try try;
    start(&try, "e-attestations");
    refused(&try, "{\"title\":\"Autre\",\"retention_months\":1}",
            "/title not_allowed\n/retention_months not_allowed");
    refused(&try, "{\"scopes\":[]}", "/scopes not_allowed");
    const char *same = json_text(&try.arena, value_get(try.fields, "title"));
    assert_ok(patch(&try, arena_printf(&try.arena, "{\"title\":%s,\"dpo_informed\":true}", same)));
    arena_clear(&try.arena);
}

#define PERSON(name_)                                                                              \
    "{\"kind\":\"person\",\"given_name\":\"Ana\",\"family_name\":\"" name_                         \
    "\",\"job_title\":\"Agent\",\"email\":\"ana@ville.fr\",\"phone\":\"0199001234\"}"

static const char COMPLETE[] =
    "{\"title\":\"T\",\"description\":\"D\",\"legal_basis\":{\"text\":\"Loi\"},\"recipients\":"
    "\"R\","
    "\"retention_months\":36,\"terms_accepted\":true,\"dpo_informed\":true,\"contacts\":{"
    "\"data_controller\":" PERSON("Un") ",\"data_protection_officer\":" PERSON(
        "Deux") ",\"business\":" PERSON("Trois") ",\"technical\":" PERSON("Quatre") "}}";

static void names_everything_that_is_missing(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    missing(&try,
            "/title required\n/description required\n/legal_basis/text required\n"
            "/recipients required\n/retention_months required\n"
            "/contacts/data_controller/kind required\n/contacts/data_controller/email required\n"
            "/contacts/data_controller/phone required\n"
            "/contacts/data_protection_officer/kind required\n"
            "/contacts/data_protection_officer/email required\n"
            "/contacts/data_protection_officer/phone required\n"
            "/contacts/business/kind required\n/contacts/business/email required\n"
            "/contacts/business/phone required\n/contacts/technical/kind required\n"
            "/contacts/technical/email required\n/contacts/technical/phone required\n"
            "/terms_accepted required\n/dpo_informed required");
    assert_ok(patch(&try, COMPLETE));
    missing(&try, "");
    assert_ok(patch(&try, "{\"title\":\" \",\"terms_accepted\":false}"));
    missing(&try, "/title required\n/terms_accepted required");
    arena_clear(&try.arena);
}

static void requires_fields_that_depend_on_other_answers(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try, COMPLETE));
    assert_ok(patch(&try, "{\"retention_months\":37,\"scopes\":[\"bilans_bdf\"],\"contacts\":{"
                          "\"business\":{\"given_name\":null}}}"));
    missing(&try, "/scope_justifications/bilans_bdf required\n/retention_justification required\n"
                  "/contacts/business/given_name required");
    assert_ok(patch(&try, "{\"retention_justification\":\"Contrôle\",\"scope_justifications\":{"
                          "\"bilans_bdf\":\"Analyse\"},\"contacts\":{\"business\":{\"kind\":"
                          "\"organisation\"}}}"));
    missing(&try, "");
    try.subject.is_administration = false;
    missing(&try, "/public_service_mission required\n/attachments required");
    assert_ok(patch(&try, "{\"public_service_mission\":\"Délégation\"}"));
    try.subject.attachment_kinds = (struct texts){(const char *[]){"public_service_mission"}, 1};
    missing(&try, "");
    arena_clear(&try.arena);
}

/* What applicants add themselves in every use case; the use case fills in the rest. */
static void every_startable_use_case_of_every_product_can_be_completed(void **state) {
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < catalogue.count; i++) {
        const struct product *product = &catalogue.items[i];
        for (size_t j = 0; j < product->use_cases_count; j++) {
            const struct use_case *use_case = &product->use_cases[j];
            struct try try = {.subject = {product, use_case, true, {NULL, 0}}};
            arena_init(&try.arena);
            field_errors_init(&try.errors, &try.arena);
            try.fields = form_new_fields(&try.arena, &try.subject);
            struct value *tree = NULL;
            assert_ok(json_parse(&try.arena, COMPLETE, strlen(COMPLETE), &tree, NULL));
            for (size_t k = 0; k < use_case->read_only_blocks.count; k++) {
                const struct form_block *block =
                    product_find_block(product, use_case->read_only_blocks.items[k]);
                for (size_t f = 0; f < block->fields_count; f++) {
                    char name[64] = "";
                    const char *pointer = block->fields[f].pointer + 1;
                    memcpy(name, pointer, strcspn(pointer, "/"));
                    value_remove(tree, name);
                }
            }
            struct value *justifications = value_object(&try.arena);
            for (size_t s = 0; s < product->scopes_count; s++) {
                if (product->scopes[s].is_sensitive &&
                    !texts_have(&use_case->read_only_blocks, "scopes")) {
                    value_set_text(&try.arena, justifications, product->scopes[s].id, "J");
                }
            }
            value_set(tree, "scope_justifications", justifications);
            if (use_case->preselected_scopes.count == 0 &&
                !texts_have(&use_case->read_only_blocks, "scopes")) {
                struct value *scopes = value_array(&try.arena);
                value_push(scopes, value_text(&try.arena, product->scopes[0].id));
                value_set(tree, "scopes", scopes);
            }
            const enum err done = patch(&try, json_text(&try.arena, tree));
            if (done != ERR_NONE) {
                fail_msg("%s: %s", use_case->id, faults(&try));
            }
            missing(&try, "");
            count += use_case->startable_by_applicant;
            arena_clear(&try.arena);
        }
    }
    assert_true(count > 10);
}

static void lists_changes_with_former_and_new_values(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try, COMPLETE));
    const struct value *former = try.fields;
    assert_ok(patch(&try, "{\"title\":\"U\",\"recipients\":null,\"contacts\":{\"business\":"
                          "{\"email\":\"b@ville.fr\"}}}"));
    assert_string_equal(
        json_text(&try.arena,
                  form_show_changes(&try.arena, form_list_changes(&try.arena, former, try.fields))),
        "[{\"pointer\":\"/title\",\"former\":\"T\",\"new\":\"U\"},"
        "{\"pointer\":\"/recipients\",\"former\":\"R\",\"new\":null},"
        "{\"pointer\":\"/contacts/business/"
        "email\",\"former\":\"ana@ville.fr\",\"new\":\"b@ville.fr\"}]");
    assert_int_equal(value_count(form_list_changes(&try.arena, former, former)), 0);
    arena_clear(&try.arena);
}

static void keeps_a_key_beside_what_was_typed(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try,
                    "{\"contacts\":{\"technical\":{\"email\":\" Ana@Mairie-\u00c9vry.fr\\u200e\","
                    "\"phone\":\"+33\u202f(0)1\u202f23\u202f45\u202f67\u202f89\"},"
                    "\"business\":{\"email\":\"b@XN--mairie-vry-h7a.fr\"}}}"));
    const struct value *technical = value_at(try.fields, "/contacts/technical");
    const struct value *business = value_at(try.fields, "/contacts/business");
    assert_string_equal(value_get_text(technical, "email"), "Ana@Mairie-\u00c9vry.fr");
    assert_string_equal(value_get_text(technical, "email_key"), "ana@xn--mairie-vry-h7a.fr");
    assert_string_equal(value_get_text(technical, "phone"), "+33 (0)1 23 45 67 89");
    assert_string_equal(value_get_text(technical, "phone_key"), "+33123456789");
    assert_string_equal(value_get_text(business, "email"), "b@mairie-\u00e9vry.fr");
    assert_string_equal(value_get_text(business, "email_key"), "b@xn--mairie-vry-h7a.fr");
    assert_ok(
        patch(&try, "{\"contacts\":{\"business\":{\"email\":null,\"job_title\":\"Agent\"}}}"));
    assert_null(value_at(try.fields, "/contacts/business/email_key"));
    assert_int_equal(patch(&try, "{\"contacts\":{\"business\":{\"email_key\":\"x@y.fr\"}}}"),
                     ERR_INVALID);
    arena_clear(&try.arena);
}

static void another_spelling_is_no_change(void **state) {
    (void)state;
    struct try try;
    start(&try, "demande-libre");
    assert_ok(patch(&try, COMPLETE));
    const struct value *former = try.fields;
    assert_ok(patch(&try, "{\"contacts\":{\"business\":{\"email\":\"ANA@ville.fr\","
                          "\"phone\":\"+33 1 99 00 12 34\"}}}"));
    assert_string_equal(value_get_text(value_at(try.fields, "/contacts/business"), "email"),
                        "ANA@ville.fr");
    assert_int_equal(value_count(form_list_changes(&try.arena, former, try.fields)), 0);
    /* Files of before have no keys: what was typed is compared. */
    struct value *old = value_copy(&try.arena, former);
    struct value *contact = value_object(&try.arena);
    value_set_text(&try.arena, contact, "email", "ANA@ville.fr");
    struct value *contacts = value_object(&try.arena);
    value_set(contacts, "business", contact);
    value_set(old, "contacts", contacts);
    const struct value *changes = form_list_changes(&try.arena, old, try.fields);
    for (size_t i = 0; i < value_count(changes); i++) {
        assert_null(strstr(value_get_text(value_item(changes, i), "pointer"), "business/email"));
    }
    arena_clear(&try.arena);
}

static void web_addresses_are_http_with_a_host(void **state) {
    (void)state;
    static const char *const GOOD[] = {"https://a.fr", "http://www.légifrance.fr/x?y=1#z",
                                       "HTTPS://A.FR:8443/"};
    static const char *const BAD[] = {"javascript:alert(1)",
                                      "https://a",
                                      "https://a.f",
                                      "ftp://a.fr",
                                      "https://u@a.fr",
                                      "https://a.fr/ x",
                                      "https://a..fr",
                                      "https://a.fr:x",
                                      "//a.fr",
                                      "https://",
                                      "https://1.2.3.4",
                                      "https://a.fr\"><script>"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(format_is_web_address(GOOD[i]));
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(format_is_web_address(BAD[i]));
    }
}

static void a_broken_product_is_refused_with_all_its_mistakes(void **state) {
    (void)state;
    static const char BROKEN[] =
        "{\"id\":\"x\",\"name\":\"\",\"description\":\"d\",\"form_version\":\"1\","
        "\"terms_version\":\"1\",\"token_lifetime_months\":0,\"scopes\":[{\"id\":\"a\",\"label\":"
        "\"A\"},{\"id\":\"a\",\"label\":\"A\"}],\"use_cases\":[{\"id\":\"u\",\"name\":\"U\","
        "\"preselected_scopes\":[\"b\"],\"locked_scopes\":[],\"hidden_scopes\":[],"
        "\"read_only_blocks\":[\"nowhere\"],\"defaults\":{}}],\"form\":{\"contact_fields\":[],"
        "\"blocks\":[{\"id\":\"k\",\"title\":\"K\",\"fields\":[{\"name\":\"t\",\"type\":\"sound\","
        "\"label\":\"T\",\"required\":true}]}]}}";
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct value *tree = NULL;
    struct product product;
    field_errors_init(&errors, &arena);
    assert_ok(json_parse(&arena, BROKEN, strlen(BROKEN), &tree, NULL));
    product_read(&arena, "x.json", tree, &errors, &product);
    assert_int_equal(errors.count, 7);
    assert_string_equal(errors.first->pointer, "x.json#/name");
}

/* The pointers of what is wrong with `four_eyes`, of a product with one scope; "" where nothing is. */
static const char *fault_of_four_eyes(struct arena *arena, const char *four_eyes,
                                      const char *sensitive, bool *is_on) {
    struct field_errors errors;
    struct value *tree = NULL;
    struct product product;
    const char *text =
        arena_printf(arena, "{%s\"scopes\":[{\"id\":\"a\",\"label\":\"A\",\"sensitive\":%s}]}",
                     four_eyes, sensitive);
    field_errors_init(&errors, arena);
    assert_ok(json_parse(arena, text, strlen(text), &tree, NULL));
    product_read(arena, "x.json", tree, &errors, &product);
    *is_on = product.four_eyes;
    for (const struct field_error *e = errors.first; e != NULL; e = e->next) {
        if (strstr(e->pointer, "four_eyes") != NULL) {
            return arena_printf(arena, "%s %s", e->pointer, e->code);
        }
    }
    return "";
}

static void two_instructors_are_asked_for_by_a_product_with_sensitive_scopes(void **state) {
    (void)state;
    static const struct {
        const char *four_eyes;
        const char *sensitive;
        const char *fault;
        bool is_on;
    } ROWS[] = {
        {"", "true", "", false},
        {"\"four_eyes\":false,", "true", "", false},
        {"\"four_eyes\":false,", "false", "", false},
        {"\"four_eyes\":true,", "true", "", true},
        {"\"four_eyes\":true,", "false", "x.json#/four_eyes not_allowed", true},
        {"\"four_eyes\":\"yes\",", "true", "x.json#/four_eyes wrong_type", false},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        bool is_on = false;
        assert_string_equal(
            fault_of_four_eyes(&arena, ROWS[i].four_eyes, ROWS[i].sensitive, &is_on),
            ROWS[i].fault);
        assert_int_equal(is_on, ROWS[i].is_on);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_instructors_are_asked_for_by_a_product_with_sensitive_scopes),
        cmocka_unit_test(refuses_each_wrong_member_with_its_pointer),
        cmocka_unit_test(reports_every_mistake_at_once),
        cmocka_unit_test(refuses_texts_past_their_length),
        cmocka_unit_test(keeps_texts_as_typed_and_empties_by_null_or_empty_string),
        cmocka_unit_test(locked_scopes_stay_and_hidden_ones_cannot_be_asked),
        cmocka_unit_test(open_data_scopes_are_added_where_left_out),
        cmocka_unit_test(read_only_blocks_keep_the_values_of_the_use_case),
        cmocka_unit_test(names_everything_that_is_missing),
        cmocka_unit_test(requires_fields_that_depend_on_other_answers),
        cmocka_unit_test(every_startable_use_case_of_every_product_can_be_completed),
        cmocka_unit_test(lists_changes_with_former_and_new_values),
        cmocka_unit_test(keeps_a_key_beside_what_was_typed),
        cmocka_unit_test(another_spelling_is_no_change),
        cmocka_unit_test(web_addresses_are_http_with_a_host),
        cmocka_unit_test(a_broken_product_is_refused_with_all_its_mistakes),
    };
    return cmocka_run_group_tests(tests, open_catalogue, close_catalogue);
}

/* The checks of a request, each by what it looks at: outcome, pointers, and whether a submission is refused. */
#include "request/request_check.h"
#include "body.h"

/* A product without form: what is missing is what the checks block. */
static const struct product_scope SCOPES_ASKED[] = {
    {.id = "usual", .label = "Habituel"},
    {.id = "rare", .label = "Rare"},
    {.id = "other", .label = "Autre"},
    {.id = "open", .label = "Ouvert", .is_open_data = true},
};
static const char *const USUAL[] = {"usual"};
static const struct use_case USE_CASE = {
    .id = "u", .preselected_scopes = {(const char **)(uintptr_t)USUAL, 1}};
static const struct use_case FREE = {.id = "free"};
static const struct product PRODUCT = {.id = "p", .scopes = SCOPES_ASKED, .scopes_count = 4};

static struct request_view view;
static struct request_check_facts facts;
static struct request_report report;

/* A request in which nothing stands out, but for the members of `fields`. */
static void start(const char *fields) {
    view = (struct request_view){.product = &PRODUCT,
                                 .use_case = &USE_CASE,
                                 .fields = body(fields),
                                 .organisation_state = "open",
                                 .legal_category = "7210"};
    struct value *domains = value_array(&arena);
    value_push(domains, value_text(&arena, "mairie.example"));
    facts = (struct request_check_facts){.domains = domains, .duplicates = value_array(&arena)};
}

/* "outcome pointer pointer…" of one check. */
static const char *check(const char *id) {
    request_check_apply(&arena, &view, &facts, &report);
    for (size_t i = 0; i < value_count(report.checks); i++) {
        const struct value *one = value_item(report.checks, i);
        if (strcmp(value_get_text(one, "id"), id) == 0) {
            const char *text = value_get_text(one, "outcome");
            const struct value *pointers = value_get(one, "pointers");
            for (size_t j = 0; j < value_count(pointers); j++) {
                text = arena_printf(&arena, "%s %s", text, value_text_of(value_item(pointers, j)));
            }
            return text;
        }
    }
    return NULL;
}

#define CONTACT(kind, address) "\"" kind "\":{\"email\":\"" address "\"}"
#define CONTROLLER(address) "{\"contacts\":{" CONTACT("data_controller", address) "}}"
#define OFFICER(address) "{\"contacts\":{" CONTACT("data_protection_officer", address) "}}"

static void a_closed_or_unconfirmed_establishment_blocks(void **state) {
    (void)state;
    static const char *const ROWS[][3] = {
        {"open", "ok", ""},
        {"closed", "blocking /siret", "/siret closed"},
        {"pending_directory", "unknown /siret", "/siret not_allowed"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        start("{}");
        view.organisation_state = ROWS[i][0];
        assert_string_equal(check("establishment_open"), ROWS[i][1]);
        assert_string_equal(faults_in(&report.missing), ROWS[i][2]);
    }
}

static void a_natural_person_is_blocked_and_a_company_is_warned_of(void **state) {
    (void)state;
    static const char *const ROWS[][3] = {
        {"7210", "ok", ""},
        {"1000", "blocking /siret", "/siret not_eligible"},
        {"5710", "warning /public_service_mission /attachments", ""},
        {NULL, "warning /public_service_mission /attachments", ""},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        start("{}");
        view.legal_category = ROWS[i][0];
        assert_string_equal(check("eligibility"), ROWS[i][1]);
        assert_string_equal(faults_in(&report.missing), ROWS[i][2]);
    }
}

static void the_controller_belongs_to_the_organisation(void **state) {
    (void)state;
    static const char POINTER[] = "/contacts/data_controller/email not_allowed";
    start("{}");
    assert_string_equal(check("controller_domain"), "unknown /contacts/data_controller/email");
    assert_string_equal(faults_in(&report.missing), "");
    start(CONTROLLER("a@mairie.example"));
    assert_string_equal(check("controller_domain"), "ok");
    start(CONTROLLER("a@elsewhere.example"));
    assert_string_equal(check("controller_domain"), "blocking /contacts/data_controller/email");
    assert_string_equal(faults_in(&report.missing), POINTER);
    facts.controller_is_member = true;
    assert_string_equal(check("controller_domain"), "ok");
    assert_string_equal(faults_in(&report.missing), "");
    start(CONTROLLER("a@sub.mairie.example"));
    assert_string_equal(check("controller_domain"), "blocking /contacts/data_controller/email");
}

static void the_officer_of_another_organisation_is_only_warned_of(void **state) {
    (void)state;
    start("{}");
    assert_string_equal(check("dpo_domain"), "unknown /contacts/data_protection_officer/email");
    start(OFFICER("a@mairie.example"));
    assert_string_equal(check("dpo_domain"), "ok");
    start(OFFICER("a@agglomeration.example"));
    assert_string_equal(check("dpo_domain"), "warning /contacts/data_protection_officer/email");
    assert_string_equal(faults_in(&report.missing), "");
}

static void contacts_with_free_mail_are_named(void **state) {
    (void)state;
    start("{\"contacts\":{" CONTACT("business", "a@gmail.com") "," CONTACT(
        "technical", "b@orange.fr") "," CONTACT("data_controller", "c@mairie.example") "}}");
    assert_string_equal(check("free_mail_contacts"),
                        "warning /contacts/business/email /contacts/technical/email");
    start(CONTROLLER("c@mairie.example"));
    assert_string_equal(check("free_mail_contacts"), "ok");
}

static void equal_requests_are_listed(void **state) {
    (void)state;
    start("{}");
    assert_string_equal(check("duplicate_request"), "ok");
    struct value *list = NULL;
    const char *json = "[{\"id\":\"1\",\"number\":\"D1\",\"state\":\"submitted\"}]";
    assert_ok(json_parse(&arena, json, strlen(json), &list, NULL));
    facts.duplicates = list;
    facts.duplicates_count = 12;
    assert_string_equal(check("duplicate_request"), "warning");
    for (size_t i = 0; i < value_count(report.checks); i++) {
        const struct value *one = value_item(report.checks, i);
        const bool is_it = strcmp(value_get_text(one, "id"), "duplicate_request") == 0;
        assert_string_equal(json_text(&arena, value_get(one, "requests")), is_it ? json : "[]");
        assert_int_equal(value_integer_of(value_get(one, "requests_count")), is_it ? 12 : 0);
    }
}

static void unusual_scopes_are_those_that_the_use_case_does_not_preselect(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "ok"},
        {"{\"scopes\":[\"usual\",\"open\"]}", "ok"},
        {"{\"scopes\":[\"usual\",\"rare\"]}", "warning /scopes"},
        {"{\"scopes\":[\"gone\"]}", "ok"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        start(ROWS[i][0]);
        assert_string_equal(check("unusual_scopes"), ROWS[i][1]);
    }
    start("{\"scopes\":[\"rare\",\"usual\",\"other\"]}");
    (void)check("unusual_scopes");
    assert_non_null(strstr(json_text(&arena, report.checks), ": « Rare », « Autre »."));
    view.use_case = &FREE; /* preselects nothing: nothing is unusual */
    assert_string_equal(check("unusual_scopes"), "ok");
}

static void retention_beyond_36_months_is_warned_of(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "unknown /retention_months"},
        {"{\"retention_months\":0}", "ok"},
        {"{\"retention_months\":36}", "ok"},
        {"{\"retention_months\":37}", "warning /retention_months"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        start(ROWS[i][0]);
        assert_string_equal(check("retention"), ROWS[i][1]);
    }
}

static void a_legal_basis_has_a_link_or_a_document(void **state) {
    (void)state;
    struct attachment_facts files[] = {{.kind = "other", .scan = "clean"},
                                       {.kind = "legal_basis", .scan = "clean"}};
    start("{}");
    facts.files = files;
    facts.files_count = 1;
    assert_string_equal(check("legal_basis_sources"), "warning /legal_basis/url /attachments");
    facts.files_count = 2;
    assert_string_equal(check("legal_basis_sources"), "ok");
    start("{\"legal_basis\":{\"url\":\"https://www.legifrance.gouv.fr/\"}}");
    assert_string_equal(check("legal_basis_sources"), "ok");
}

static void files_with_a_virus_or_not_scanned_block(void **state) {
    (void)state;
    struct attachment_facts files[] = {{.kind = "other", .scan = "infected"},
                                       {.kind = "other", .scan = "clean"},
                                       {.kind = "other", .scan = "pending"},
                                       {.kind = "other", .scan = "pending", .scan_given_up = true},
                                       {.kind = "other", .scan = "not_scanned"}};
    start("{}");
    facts.files = files;
    facts.files_count = sizeof files / sizeof *files;
    (void)check("retention");
    assert_string_equal(faults_in(&report.missing), "/attachments/0 infected\n"
                                                    "/attachments/2 not_scanned\n"
                                                    "/attachments/3 not_scanned");
    const struct field_error *given_up = report.missing.first->next->next;
    assert_non_null(strstr(given_up->message, "joignez-en un autre"));
    assert_ptr_equal(report.files, files);
    assert_int_equal(report.files_count, 5);
}

static void counts_warnings_and_what_blocks(void **state) {
    (void)state;
    start("{\"retention_months\":12,\"legal_basis\":{\"url\":\"https://a.example/\"}}");
    (void)check("retention");
    assert_int_equal(value_count(report.checks), 9);
    assert_int_equal(report.warnings_count, 0);
    start("{\"retention_months\":48}");
    view.organisation_state = "closed";
    (void)check("retention");
    assert_int_equal(report.warnings_count, 3); /* closed, retention, no legal source */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_or_unconfirmed_establishment_blocks),
        cmocka_unit_test(a_natural_person_is_blocked_and_a_company_is_warned_of),
        cmocka_unit_test(the_controller_belongs_to_the_organisation),
        cmocka_unit_test(the_officer_of_another_organisation_is_only_warned_of),
        cmocka_unit_test(contacts_with_free_mail_are_named),
        cmocka_unit_test(equal_requests_are_listed),
        cmocka_unit_test(unusual_scopes_are_those_that_the_use_case_does_not_preselect),
        cmocka_unit_test(retention_beyond_36_months_is_warned_of),
        cmocka_unit_test(a_legal_basis_has_a_link_or_a_document),
        cmocka_unit_test(files_with_a_virus_or_not_scanned_block),
        cmocka_unit_test(counts_warnings_and_what_blocks),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

/* The bodies of sign-up, log-in, one's own account and roles: what is read of them, and what is wrong. */
#include "account/account_json.h"
#include "body.h"

#define PERSON "\"given_name\":\"Ana\",\"family_name\":\"Benali\""
#define SIGN_UP "{\"email\":\"Ana@Mairie.example\",\"siret\":\"216 901 231 00011\"," PERSON

static const char *sign_up_faults(const char *json) {
    struct sign_up read;
    account_json_read_sign_up(&arena, &errors, body(json), &read);
    return faults();
}

static void reads_a_sign_up_as_typed(void **state) {
    (void)state;
    struct sign_up read;
    account_json_read_sign_up(
        &arena, &errors, body(SIGN_UP ",\"job_title\":\"Cheffe\",\"phone\":\"01 99 00 12 34\"}"),
        &read);
    assert_string_equal(faults(), "");
    assert_string_equal(read.email.address, "Ana@mairie.example");
    assert_string_equal(read.email.key, "ana@mairie.example");
    assert_string_equal(read.given_name, "Ana");
    assert_string_equal(read.family_name, "Benali");
    assert_string_equal(read.siret, "21690123100011");
    assert_string_equal(read.job_title, "Cheffe");
    assert_string_equal(read.phone, "01 99 00 12 34");
    account_json_read_sign_up(&arena, &errors, body(SIGN_UP "}"), &read);
    assert_null(read.job_title);
    assert_null(read.phone);
}

static void reports_every_mistake_of_a_sign_up(void **state) {
    (void)state;
    assert_string_equal(sign_up_faults("{}"),
                        "/email required\n/given_name required\n/family_name required\n"
                        "/siret required");
    assert_string_equal(
        sign_up_faults(
            "{\"email\":\"ana\",\"password\":\"p\",\"siret\":\"1\",\"phone\":\"call me\","
            "\"given_name\":\"a\\nb\",\"family_name\":\"\"}"),
        "/password unknown_member\n/email invalid_format\n/given_name control_character\n"
        "/family_name required\n/phone invalid_format\n/siret invalid_format");
}

/* The names may be corrected when the password is chosen. */
static void reads_an_activation_with_and_without_names(void **state) {
    (void)state;
    struct activation read;
    assert_ok(account_json_read_activation(
        &arena, &errors, body("{\"token\":\"t\",\"password\":\" secret \"}"), &read));
    assert_string_equal(read.token, "t");
    assert_string_equal(read.password, " secret ");
    assert_null(read.given_name);
    assert_null(read.family_name);
    assert_ok(account_json_read_activation(
        &arena, &errors, body("{\"token\":\"t\",\"password\":\"p\"," PERSON "}"), &read));
    assert_string_equal(read.given_name, "Ana");
    assert_string_equal(read.family_name, "Benali");
    assert_int_equal(
        account_json_read_activation(
            &arena, &errors, body("{\"given_name\":\"\",\"email\":\"ana@mairie.example\"}"), &read),
        ERR_INVALID);
    assert_string_equal(faults(), "/email unknown_member\n/token required\n/password required\n"
                                  "/given_name required");
}

static void leaves_out_what_was_not_read(void **state) {
    (void)state;
    struct sign_up read;
    account_json_read_sign_up(&arena, &errors,
                              body("{\"email\":\"ana\",\"siret\":\"21690123100012\"," PERSON "}"),
                              &read);
    assert_null(read.email.address);
    assert_string_equal(read.siret, "");
    assert_string_equal(read.given_name, "Ana");
}

static void reads_a_log_in_whatever_was_typed(void **state) {
    (void)state;
    struct credentials read;
    assert_ok(account_json_read_login(
        &arena, &errors, body("{\"email\":\"no address\",\"password\":\"p\"}"), &read));
    assert_string_equal(read.email, "no address");
    assert_string_equal(read.password, "p");
    assert_int_equal(account_json_read_login(&arena, &errors, body("{\"email\":\"\"}"), &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/email required\n/password required");
}

static void bounds_the_length_of_a_typed_password(void **state) {
    (void)state;
    struct credentials read;
    static char json[1200];
    for (int length = 1024; length <= 1025; length++) {
        char password[1026] = "";
        memset(password, 'p', (size_t)length);
        (void)snprintf(json, sizeof json, "{\"email\":\"a@b.example\",\"password\":\"%s\"}",
                       password);
        const enum err err = account_json_read_login(&arena, &errors, body(json), &read);
        assert_int_equal(err, length == 1024 ? ERR_NONE : ERR_INVALID);
        assert_string_equal(faults(), length == 1024 ? "" : "/password too_long");
    }
}

static void takes_a_password_only_with_the_link_that_asks_for_it(void **state) {
    (void)state;
    const char *token = NULL;
    const char *password = NULL;
    const char *both = "{\"token\":\"t\",\"password\":\"p\"}";
    assert_ok(account_json_read_link(&arena, &errors, body(both), &token, &password));
    assert_string_equal(token, "t");
    assert_string_equal(password, "p");
    assert_int_equal(account_json_read_link(&arena, &errors, body(both), &token, NULL),
                     ERR_INVALID);
    assert_string_equal(faults(), "/password unknown_member");
}

static void refuses_malformed_codes(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{\"code\":\"123456\"}", ""},
        {"{\"code\":\"ABCD-EFGH-IJKL\"}", ""},
        {"{\"code\":\"12345\"}", "/code too_short"},
        {"{\"code\":123456}", "/code wrong_type"},
        {"{\"code\":\"123456789012345678901234567890123\"}", "/code too_long"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *code = NULL;
        const enum err err = account_json_read_code(&arena, &errors, body(ROWS[i][0]), &code);
        assert_string_equal(faults(), ROWS[i][1]);
        assert_int_equal(err, *ROWS[i][1] == '\0' ? ERR_NONE : ERR_INVALID);
    }
}

static void reads_a_password_change_with_and_without_the_current_one(void **state) {
    (void)state;
    const char *current = "";
    const char *password = NULL;
    assert_ok(account_json_read_password(&arena, &errors, body("{\"password\":\"new\"}"), &current,
                                         &password));
    assert_null(current);
    assert_string_equal(password, "new");
    assert_int_equal(account_json_read_password(
                         &arena, &errors, body("{\"current_password\":\"\"}"), &current, &password),
                     ERR_INVALID);
    assert_string_equal(faults(), "/current_password required\n/password required");
}

static void a_patch_tells_an_emptied_member_from_one_that_was_not_given(void **state) {
    (void)state;
    struct account_patch read;
    assert_ok(account_json_read_patch(&arena, &errors, body("{}"), &read));
    assert_false(read.job_title_given || read.phone_given || read.current_siret_given);
    assert_null(read.given_name);
    assert_null(read.locale);
    assert_ok(account_json_read_patch(
        &arena, &errors,
        body("{\"job_title\":null,\"phone\":\"\",\"current_siret\":null,\"locale\":\"en\","
             "\"notifications\":{\"message\":false}}"),
        &read));
    assert_true(read.job_title_given && read.phone_given && read.current_siret_given);
    assert_null(read.job_title);
    assert_null(read.phone);
    assert_string_equal(read.current_siret, "");
    assert_string_equal(read.locale, "en");
    assert_true(read.notifications_given[NOTIFICATION_MESSAGE]);
    assert_false(read.notifications[NOTIFICATION_MESSAGE]);
    assert_false(read.notifications_given[NOTIFICATION_NEW_MEMBER]);
}

static void reports_every_mistake_of_a_patch(void **state) {
    (void)state;
    struct account_patch read;
    assert_int_equal(account_json_read_patch(
                         &arena, &errors,
                         body("{\"given_name\":null,\"email\":\"a@b.example\",\"locale\":\"de\","
                              "\"phone\":\"none\",\"current_siret\":\"x\",\"notifications\":[]}"),
                         &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/email unknown_member\n/given_name required\n"
                                  "/phone invalid_format\n/current_siret invalid_format\n"
                                  "/locale unknown_value\n/notifications wrong_type");
    assert_int_equal(
        account_json_read_patch(&arena, &errors,
                                body("{\"notifications\":{\"message\":1,\"other\":true}}"), &read),
        ERR_INVALID);
    assert_string_equal(faults(),
                        "/notifications/other unknown_member\n/notifications/message wrong_type");
}

static void reads_a_role_with_its_product(void **state) {
    (void)state;
    struct staff_change read = {0};
    assert_ok(account_json_read_role(
        &arena, &errors,
        body("{\"email\":\"Ana@Dinum.example\",\"role\":\"manager\",\"product\":\"p\"}"), &read));
    assert_string_equal(read.email_key, "ana@dinum.example");
    assert_int_equal(read.role, ROLE_MANAGER);
    assert_string_equal(read.product, "p");
    assert_int_equal(account_json_read_role(&arena, &errors,
                                            body("{\"email\":\"ana\",\"role\":\"owner\"}"), &read),
                     ERR_INVALID);
    assert_string_equal(faults(), "/email invalid_format\n/role unknown_value");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_sign_up_as_typed),
        cmocka_unit_test(reports_every_mistake_of_a_sign_up),
        cmocka_unit_test(reads_an_activation_with_and_without_names),
        cmocka_unit_test(leaves_out_what_was_not_read),
        cmocka_unit_test(reads_a_log_in_whatever_was_typed),
        cmocka_unit_test(bounds_the_length_of_a_typed_password),
        cmocka_unit_test(takes_a_password_only_with_the_link_that_asks_for_it),
        cmocka_unit_test(refuses_malformed_codes),
        cmocka_unit_test(reads_a_password_change_with_and_without_the_current_one),
        cmocka_unit_test(a_patch_tells_an_emptied_member_from_one_that_was_not_given),
        cmocka_unit_test(reports_every_mistake_of_a_patch),
        cmocka_unit_test(reads_a_role_with_its_product),
    };
    return cmocka_run_group_tests(tests, body_setup, body_teardown);
}

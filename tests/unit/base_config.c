#include "base/config.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int clean(void **state) {
    (void)state;
    clearenv();
    setenv("GUICHET_DATABASE_URL", "postgresql:///guichet", 1);
    return 0;
}

static enum err load(struct arena *arena, struct field_errors *errors, struct config *config) {
    field_errors_init(errors, arena);
    return config_load(arena, errors, config);
}

static void has_the_documented_defaults(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    assert_ok(load(&arena, &errors, &config));
    assert_int_equal(config.port, 8080);
    assert_string_equal(config.bind, "127.0.0.1");
    assert_string_equal(config.data_dir, ".guichet");
    assert_string_equal(config.public_url, "http://127.0.0.1:8080");
    assert_true(config.rate_limits);
    assert_int_equal(config.password_memory_mb, 64);
    assert_string_equal(config.database_owner_url, "postgresql:///guichet");
}

static void reports_all_mistakes_at_once(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    setenv("GUICHET_PORT", "eighty", 1);
    setenv("GUICHET_DEMO", "perhaps", 1);
    setenv("GUICHET_DATABASE_CONNECTIONS", "0", 1);
    setenv("GUICHET_CALL_DETAILS_DAYS", "400", 1);
    setenv("GUICHET_DRAIN", "61", 1);
    unsetenv("GUICHET_DATABASE_URL");
    assert_int_equal(load(&arena, &errors, &config), ERR_INVALID);
    assert_int_equal(errors.count, 6);
}

static void names_the_setting_that_a_misspelt_one_meant(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *said; /* a part of what is said */
    } CASES[] = {
        {"GUICHET_PROT", "did you mean GUICHET_PORT?"},
        {"GUICHET_DATABSE_URL", "did you mean GUICHET_DATABASE_URL?"},
        {"GUICHET_DATABASE_READ_URL_FIEL", "did you mean GUICHET_DATABASE_READ_URL_FILE?"},
        {"GUICHET_SMTP_PASSWD", "did you mean GUICHET_SMTP_PASSWORD?"},
        {"GUICHET_port", "did you mean GUICHET_PORT?"},
        {"GUICHET_PORT_FILE", "GUICHET_PORT is no secret and cannot come from a file"},
        {"GUICHET_TEST_FULL", "must not begin with GUICHET_"},
        {"GUICHET_BIN", "did you mean GUICHET_BIND?"},
        {"GUICHET_SOMETHING_ENTIRELY_DIFFERENT_THAT_IS_LONGER_THAN_THE_LONGEST_NAME_OF_ALL",
         "must not begin with GUICHET_"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        struct config config;
        setenv(CASES[i].name, "", 1);
        assert_int_equal(load(&arena, &errors, &config), ERR_INVALID);
        assert_int_equal(errors.count, 1);
        assert_string_equal(errors.first->pointer, CASES[i].name);
        if (strstr(errors.first->message, CASES[i].said) == NULL) {
            fail_msg("%s", errors.first->message);
        }
        unsetenv(CASES[i].name);
    }
}

static void knows_secrets_from_files_and_leaves_other_variables_alone(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    setenv("GUICHET_SMTP_PASSWORD_FILE", "", 1);
    setenv("GUICHETS", "x", 1);
    setenv("PATH", "/", 1);
    assert_ok(load(&arena, &errors, &config));
}

static void refuses_lifted_limits_unless_bound_to_loopback(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    setenv("GUICHET_RATE_LIMITS", "off", 1);
    assert_ok(load(&arena, &errors, &config));
    setenv("GUICHET_BIND", "0.0.0.0", 1);
    assert_int_equal(load(&arena, &errors, &config), ERR_INVALID);
    assert_string_equal(errors.first->pointer, "GUICHET_RATE_LIMITS");
}

static void refuses_cheap_password_hashes_off_loopback(void **state) {
    (void)state;
    static const struct {
        const char *memory_mb;
        const char *bind;
        const char *public_url;
        bool allowed;
    } CASES[] = {
        {"64", "0.0.0.0", "http://guichet.example", true},
        {"256", "0.0.0.0", "http://guichet.example", true},
        {"257", "127.0.0.1", "http://127.0.0.1:8080", false},
        {"0", "127.0.0.1", "http://127.0.0.1:8080", false},
        {"1", "127.0.0.1", "http://127.0.0.1:8080", true},
        {"63", "::1", "http://[::1]:8080", true},
        {"1", "127.0.0.1", "http://localhost", true},
        {"63", "0.0.0.0", "http://127.0.0.1:8080", false},
        {"63", "127.0.0.1", "http://guichet.example", false},
        {"63", "127.0.0.1", "http://localhost.example", false},
        {"63", "127.0.0.1", "http://127.0.0.1.example:8080", false},
    };
    ARENA_AUTO(arena);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct field_errors errors;
        struct config config;
        setenv("GUICHET_PASSWORD_MEMORY_MB", CASES[i].memory_mb, 1);
        setenv("GUICHET_BIND", CASES[i].bind, 1);
        setenv("GUICHET_PUBLIC_URL", CASES[i].public_url, 1);
        assert_int_equal(load(&arena, &errors, &config), CASES[i].allowed ? ERR_NONE : ERR_INVALID);
        if (!CASES[i].allowed) {
            assert_string_equal(errors.first->pointer, "GUICHET_PASSWORD_MEMORY_MB");
        }
    }
}

static void refuses_demo_accounts_off_loopback(void **state) {
    (void)state;
    static const struct {
        const char *bind;
        const char *public_url;
        bool allowed;
    } CASES[] = {
        {"127.0.0.1", "http://127.0.0.1:8080", true},
        {"::1", "http://localhost", true},
        {"0.0.0.0", "http://127.0.0.1:8080", false},
        {"127.0.0.1", "http://guichet.example", false},
    };
    ARENA_AUTO(arena);
    setenv("GUICHET_DEMO", "on", 1);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct field_errors errors;
        struct config config;
        setenv("GUICHET_BIND", CASES[i].bind, 1);
        setenv("GUICHET_PUBLIC_URL", CASES[i].public_url, 1);
        assert_int_equal(load(&arena, &errors, &config), CASES[i].allowed ? ERR_NONE : ERR_INVALID);
        if (!CASES[i].allowed) {
            assert_string_equal(errors.first->pointer, "GUICHET_DEMO");
        }
    }
}

static void reads_a_secret_from_its_file(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    char path[] = "/tmp/guichet-secret-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "hidden\n", 7), 7);
    (void)close(fd);
    setenv("GUICHET_SMTP_PASSWORD_FILE", path, 1);
    assert_ok(load(&arena, &errors, &config));
    assert_string_equal(config.smtp_password, "hidden");
    (void)unlink(path);
    assert_int_equal(load(&arena, &errors, &config), ERR_INVALID);
    assert_string_equal(errors.first->pointer, "GUICHET_SMTP_PASSWORD");
}

/* A setting with a value, and whether it is good. */
struct judged {
    const char *value;
    bool is_good;
};

static void judge(const char *name, const struct judged *cases, size_t count) {
    ARENA_AUTO(arena);
    for (size_t i = 0; i < count; i++) {
        struct field_errors errors;
        struct config config;
        setenv(name, cases[i].value, 1);
        assert_int_equal(load(&arena, &errors, &config), cases[i].is_good ? ERR_NONE : ERR_INVALID);
        if (!cases[i].is_good) {
            assert_string_equal(errors.first->pointer, name);
        }
    }
}

static void takes_an_address_or_a_path_for_the_monitoring(void **state) {
    (void)state;
    static const struct judged CASES[] = {
        {"127.0.0.1:9090", true},
        {"[::1]:9090", true},
        {"localhost:0", true},
        {"0.0.0.0:65535", true},
        {"127.0.0.1:+10000", true},
        {"127.0.0.1:+57456", false},
        {"127.0.0.1:+0", false},
        {"127.0.0.1:+", false},
        {"unix:/run/g", true},
        {"9090", false},
        {":9090", false},
        {"::1:9090", false},
        {"127.0.0.1", false},
        {"127.0.0.1:65536", false},
        {"127.0.0.1:", false},
        {"[]:1", false},
        {"unix:run/guichet", false},
        {"unix:", false},
        {"127.0.0.1:80x", false},
        {"unix:/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
         "0123456789/0123456789/12345678",
         false},
    };
    judge("GUICHET_MANAGEMENT_BIND", CASES, sizeof CASES / sizeof CASES[0]);
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    setenv("GUICHET_PORT", "18081", 1);
    setenv("GUICHET_MANAGEMENT_BIND", "[::1]:+10000", 1);
    assert_ok(load(&arena, &errors, &config));
    assert_string_equal(config.management_bind, "[::1]:28081");
    setenv("GUICHET_PORT", "0", 1);
    assert_int_equal(load(&arena, &errors, &config), ERR_INVALID);
}

static void names_itself_by_its_public_address_or_the_setting(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    setenv("GUICHET_PUBLIC_URL", "http://guichet.example", 1);
    assert_ok(load(&arena, &errors, &config));
    assert_string_equal(config.issuer, "http://guichet.example");
    static const struct judged ISSUERS[] = {
        {"https://other.example", true}, {"https://other.example/guichet", true},
        {"http://127.0.0.1:8080", true}, {"other.example", false},
        {"ftp://other.example", false},  {"https://", false},
        {"https:///a", false},           {"https://a?b", false},
        {"https://a#b", false},          {"https://a b", false},
        {"https://a,https://b", false},
    };
    judge("GUICHET_ISSUER", ISSUERS, sizeof ISSUERS / sizeof ISSUERS[0]);
}

static void takes_a_few_former_issuers(void **state) {
    (void)state;
    static const struct judged CASES[] = {
        {"https://a.example", true},
        {"https://a.example,http://b.example/c", true},
        {"https://a.example, https://b.example", false},
        {"https://a.example,,https://b.example", false},
        {",https://a.example", false},
        {"https://a.example,b.example", false},
        {"http://1,http://2,http://3,http://4,http://5,http://6,http://7,http://8", true},
        {"http://1,http://2,http://3,http://4,http://5,http://6,http://7,http://8,http://9", false},
    };
    judge("GUICHET_FORMER_ISSUERS", CASES, sizeof CASES / sizeof CASES[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(has_the_documented_defaults, clean),
        cmocka_unit_test_setup(reports_all_mistakes_at_once, clean),
        cmocka_unit_test_setup(names_the_setting_that_a_misspelt_one_meant, clean),
        cmocka_unit_test_setup(knows_secrets_from_files_and_leaves_other_variables_alone, clean),
        cmocka_unit_test_setup(refuses_lifted_limits_unless_bound_to_loopback, clean),
        cmocka_unit_test_setup(refuses_cheap_password_hashes_off_loopback, clean),
        cmocka_unit_test_setup(refuses_demo_accounts_off_loopback, clean),
        cmocka_unit_test_setup(reads_a_secret_from_its_file, clean),
        cmocka_unit_test_setup(takes_an_address_or_a_path_for_the_monitoring, clean),
        cmocka_unit_test_setup(names_itself_by_its_public_address_or_the_setting, clean),
        cmocka_unit_test_setup(takes_a_few_former_issuers, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

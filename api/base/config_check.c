#include "base/config.h"
#include "base/text.h"
#include <string.h>
#include <strings.h>

/* Passwords of examples and manuals: everybody who has read those knows them. */
static const char *const EXAMPLES[] = {
    "changeme", "change-me",    "change_me",  "secret",  "password", "passwd",
    "example",  "mot-de-passe", "motdepasse", "exemple", "guichet",  "postgres",
};

static bool is_example(const char *text, size_t length) {
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        if (strlen(EXAMPLES[i]) == length && strncasecmp(EXAMPLES[i], text, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The password inside of a connection string, of either form; "" without. */
static const char *password_in(const char *url, size_t *length) {
    const char *authority = strstr(url, "://");
    const char *at = authority == NULL ? NULL : strchr(authority, '@');
    const char *colon = authority == NULL ? NULL : strchr(authority + 3, ':');
    const char *named = strstr(url, "password=");
    *length = 0;
    if (at != NULL && colon != NULL && colon < at) {
        *length = (size_t)(at - colon) - 1;
        return colon + 1;
    }
    if (named != NULL) {
        named += strlen("password=");
        *length = strcspn(named, " &");
        return named;
    }
    return "";
}

/* A secret as it is, or the password inside of a connection string. */
static void check_secret(struct field_errors *errors, const char *name, const char *value) {
    size_t length = 0;
    const char *inside = password_in(value, &length);
    if (is_example(value, strlen(value)) || is_example(inside, length)) {
        field_errors_add(errors, name, "not_allowed",
                         "%s: this is the secret of an example; draw one of your own", name);
    }
}

void config_check_secrets(struct field_errors *errors, const struct config *config) {
#define CONFIG_CHECK_TEXT(environment, secret, value)                                              \
    if (secret) {                                                                                  \
        check_secret(errors, (environment), (value));                                              \
    }
#define CONFIG_CHECK_LINES CONFIG_CHECK_TEXT
#define CONFIG_CHECK_INTEGER(environment, secret, value)
#define CONFIG_CHECK_SWITCH(environment, secret, value)
#define SETTING(member, environment, type, unit, fallback, secret, help)                           \
    CONFIG_CHECK_##type(environment, secret, config->member)
#include "base/config.def"
#undef SETTING
    if (*config->smtp_user != '\0' && *config->smtp_password == '\0') {
        field_errors_add(errors, "GUICHET_SMTP_PASSWORD", "required",
                         "GUICHET_SMTP_PASSWORD is needed with GUICHET_SMTP_USER");
    }
    if (strcmp(config->directory, "insee") == 0 && *config->directory_key == '\0') {
        field_errors_add(errors, "GUICHET_DIRECTORY_KEY", "required",
                         "GUICHET_DIRECTORY_KEY is needed with GUICHET_DIRECTORY=insee");
    }
}

/* http://127.0.0.1:8080, http://localhost, http://[::1]:8080: not reachable from other machines. */
static bool is_loopback_url(const char *url) {
    char host[64];
    const char *at = strstr(url, "://");
    if (at == NULL) {
        return false;
    }
    at += 3;
    const bool bracketed = *at == '[';
    at += bracketed ? 1 : 0;
    const size_t length = strcspn(at, bracketed ? "]" : ":/");
    if (length >= sizeof host) {
        return false;
    }
    memcpy(host, at, length);
    host[length] = '\0';
    return config_is_loopback(host);
}

bool config_is_local(const struct config *config) {
    return config_is_loopback(config->bind) && is_loopback_url(config->public_url);
}

static void check_password_memory(struct field_errors *errors, const struct config *config) {
    static const char NAME[] = "GUICHET_PASSWORD_MEMORY_MB";
    if (config->password_memory_mb < 1 || config->password_memory_mb > 256) {
        field_errors_add(errors, NAME, "out_of_range", "%s: 64 to 256", NAME);
    } else if (config->password_memory_mb < 64 && !config_is_local(config)) {
        field_errors_add(errors, NAME, "not_allowed",
                         "%s below 64 is refused unless GUICHET_BIND and GUICHET_PUBLIC_URL are "
                         "loopback",
                         NAME);
    }
}

static void check_bind(struct field_errors *errors, const struct config *config) {
    const bool loopback = config_is_loopback(config->bind);
    if (!config->rate_limits && !loopback) {
        field_errors_add(errors, "GUICHET_RATE_LIMITS", "not_allowed",
                         "GUICHET_RATE_LIMITS=off is refused unless GUICHET_BIND is loopback");
    }
    if (config->demo && !config_is_local(config)) {
        field_errors_add(
            errors, "GUICHET_DEMO", "not_allowed",
            "GUICHET_DEMO=on is refused unless GUICHET_BIND and GUICHET_PUBLIC_URL are "
            "loopback: everybody knows the passwords of its accounts");
    }
    if (config->webhook_loopback && !loopback) {
        field_errors_add(errors, "GUICHET_WEBHOOK_LOOPBACK", "not_allowed",
                         "GUICHET_WEBHOOK_LOOPBACK=on is refused unless GUICHET_BIND is loopback");
    }
}

static void check_ranges(struct field_errors *errors, const struct config *config) {
    const struct {
        const char *name;
        int64_t value;
        int64_t least;
        int64_t most;
    } RANGES[] = {
        {"GUICHET_PORT", config->port, 0, 65535},
        {"GUICHET_DATABASE_CONNECTIONS", config->database_connections, 1, 64},
        {"GUICHET_DATABASE_HEAVY_CONNECTIONS", config->database_heavy_connections, 1, 16},
        {"GUICHET_EXPORT_HOURS", config->export_hours, 1, 168},
        {"GUICHET_EXPORT_MB", config->export_mb, 1, 2048},
        {"GUICHET_ACCESS_LOG_DAYS", config->access_log_days, 30, 3650},
        {"GUICHET_DRAIN", config->drain, 0, 60},
        {"GUICHET_ANSWER_CACHE_MB", config->answer_cache_mb, 0, 1024},
        {"GUICHET_CALL_DETAILS_DAYS", config->call_details_days, 2, 30},
        {"GUICHET_SENT_MAILS_DAYS", config->sent_mails_days, 1, 365},
        {"GUICHET_PARKED_MAILS_DAYS", config->parked_mails_days, 1, 365},
        {"GUICHET_INACTIVE_ACCOUNT_MONTHS", config->inactive_account_months, 6, 120},
        {"GUICHET_CLOSED_REQUEST_MONTHS", config->closed_request_months, 6, 120},
        {"GUICHET_ADDRESS_MONTHS", config->address_months, 1, 60},
        {"GUICHET_BODIES_MB", config->bodies_mb, 16, 4096},
        {"GUICHET_UPLOADS_MB", config->uploads_mb, 16, 65536},
        {"GUICHET_DRAFTS_PER_ACCOUNT", config->drafts_per_account, 1, 10000},
        {"GUICHET_JOINS_PER_DAY", config->joins_per_day, 1, 1000},
        {"GUICHET_MESSAGES_PER_HOUR", config->messages_per_hour, 1, 1000},
        {"GUICHET_TAKEOVERS_PER_DAY", config->takeovers_per_day, 1, 1000},
        {"GUICHET_UPLOAD_MB_PER_HOUR", config->upload_mb_per_hour, 10, 100000},
        {"GUICHET_STORAGE_MB_PER_ORGANISATION", config->storage_mb, 10, 1000000},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if (RANGES[i].value < RANGES[i].least || RANGES[i].value > RANGES[i].most) {
            field_errors_add(errors, RANGES[i].name, "out_of_range", "%s: %lld to %lld",
                             RANGES[i].name, (long long)RANGES[i].least, (long long)RANGES[i].most);
        }
    }
}

static bool is_log_level(const char *name) {
    return strcmp(name, "debug") == 0 || strcmp(name, "info") == 0 ||
           strcmp(name, "warning") == 0 || strcmp(name, "error") == 0;
}

/* "host:port", "[address]:port" or "unix:/path". */
static bool is_listening_place(const char *text) {
    enum { SOCKET_PATH_BYTES_MAX = 107, HOST_BYTES_MAX = 255 };
    if (text_starts_with(text, "unix:")) {
        const char *path = text + strlen("unix:");
        return *path == '/' && strlen(path) <= SOCKET_PATH_BYTES_MAX;
    }
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    if (colon == NULL || colon == text || colon - text > HOST_BYTES_MAX ||
        !text_parse_integer(colon + 1, 0, 65535, &port)) {
        return false;
    }
    return *text == '[' ? colon[-1] == ']' && colon - text > 2
                        : memchr(text, ':', (size_t)(colon - text)) == NULL;
}

/* RFC 8414, section 2: a URL without query and fragment. It is compared byte for byte. */
static bool is_issuer(const char *text, size_t length) {
    static const char *const SCHEMES[] = {"https://", "http://"};
    enum { ISSUER_BYTES_MAX = 255 };
    for (size_t i = 0; i < sizeof SCHEMES / sizeof SCHEMES[0]; i++) {
        const size_t scheme = strlen(SCHEMES[i]);
        if (length > scheme && length <= ISSUER_BYTES_MAX &&
            strncmp(text, SCHEMES[i], scheme) == 0 && text[scheme] != '/') {
            return strcspn(text, "?#,\"\\<> \t\r\n") >= length;
        }
    }
    return false;
}

static void check_issuers(struct field_errors *errors, const struct config *config) {
    size_t count = 0;
    if (strcmp(config->issuer, config->public_url) != 0 &&
        !is_issuer(config->issuer, strlen(config->issuer))) {
        field_errors_add(errors, "GUICHET_ISSUER", "invalid_format",
                         "GUICHET_ISSUER: http:// or https://, without query and fragment, is "
                         "expected");
    }
    for (const char *at = config->former_issuers; *at != '\0';) {
        const size_t length = strcspn(at, ",");
        count++;
        if (!is_issuer(at, length)) {
            field_errors_add(errors, "GUICHET_FORMER_ISSUERS", "invalid_format",
                             "GUICHET_FORMER_ISSUERS: «%.*s»: http:// or https://, without query, "
                             "fragment and blanks, is expected; several are separated by commas",
                             (int)length, at);
        }
        at += length;
        at += *at == ',' ? 1 : 0;
    }
    if (count > CONFIG_FORMER_ISSUERS_MAX) {
        field_errors_add(errors, "GUICHET_FORMER_ISSUERS", "too_many",
                         "GUICHET_FORMER_ISSUERS: at most %d", CONFIG_FORMER_ISSUERS_MAX);
    }
}

static bool is_any(const char *host) {
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 || strcmp(host, "*") == 0;
}

/* True where the metrics would be told on the port that serves everybody. */
static bool is_served_port(struct arena *arena, const struct config *config) {
    const char *place = config->management_bind;
    const char *colon = strrchr(place, ':');
    const bool is_bracketed = *place == '[';
    const char *host = arena_strndup(arena, place + is_bracketed,
                                     (size_t)(colon - place) - 2 * (size_t)is_bracketed);
    int64_t port = 0;
    return text_parse_integer(colon + 1, 1, 65535, &port) && port == config->port &&
           (strcmp(host, config->bind) == 0 || is_any(host) || is_any(config->bind));
}

static void check_management(struct field_errors *errors, const struct config *config) {
    if (*config->management_bind != '\0' && is_listening_place(config->management_bind) &&
        !text_starts_with(config->management_bind, "unix:") &&
        is_served_port(errors->arena, config)) {
        field_errors_add(errors, "GUICHET_MANAGEMENT_BIND", "conflict",
                         "GUICHET_MANAGEMENT_BIND: port %lld is GUICHET_PORT; give another",
                         (long long)config->port);
    }
    if (*config->management_bind != '\0' && !is_listening_place(config->management_bind)) {
        field_errors_add(errors, "GUICHET_MANAGEMENT_BIND", "invalid_format",
                         "GUICHET_MANAGEMENT_BIND: host:port, [address]:port, host:+N or "
                         "unix:/path is expected, with a port up to 65535");
    }
}

static void check_texts(struct field_errors *errors, const struct config *config) {
    if (*config->database_url == '\0') {
        field_errors_add(errors, "GUICHET_DATABASE_URL", "required",
                         "GUICHET_DATABASE_URL: none given and no private cluster runs in «%s»",
                         config->data_dir);
    }
    if (text_starts_with(config->public_url, "https://") && *config->smtp_url == '\0') {
        field_errors_add(
            errors, "GUICHET_SMTP_URL", "required",
            "GUICHET_SMTP_URL is needed with a GUICHET_PUBLIC_URL in https: without it "
            "no mail leaves, and nobody can activate an account");
    }
    const char *domain = strchr(config->support_email, '@');
    if (domain == NULL || domain == config->support_email || domain[1] == '\0' ||
        strpbrk(config->support_email, " \t\r\n<>,") != NULL) {
        field_errors_add(errors, "GUICHET_SUPPORT_EMAIL", "invalid_format",
                         "GUICHET_SUPPORT_EMAIL: one e-mail address is expected");
    }
    if (*config->operator_email != '\0' &&
        (strchr(config->operator_email, '@') == NULL ||
         strpbrk(config->operator_email, " \t\r\n<>,") != NULL)) {
        field_errors_add(errors, "GUICHET_OPERATOR_EMAIL", "invalid_format",
                         "GUICHET_OPERATOR_EMAIL: one e-mail address is expected");
    }
    if (*config->security_contact != '\0' &&
        ((!text_starts_with(config->security_contact, "mailto:") &&
          !text_starts_with(config->security_contact, "https://")) ||
         strpbrk(config->security_contact, " \t\r\n") != NULL)) {
        field_errors_add(errors, "GUICHET_SECURITY_CONTACT", "invalid_format",
                         "GUICHET_SECURITY_CONTACT: a mailto: or https:// address is expected");
    }
    if (!is_log_level(config->log_level)) {
        field_errors_add(errors, "GUICHET_LOG_LEVEL", "unknown_value",
                         "GUICHET_LOG_LEVEL: debug, info, warning or error is expected");
    }
}

void config_check(struct field_errors *errors, const struct config *config) {
    check_bind(errors, config);
    check_password_memory(errors, config);
    check_ranges(errors, config);
    check_texts(errors, config);
    check_issuers(errors, config);
    check_management(errors, config);
}

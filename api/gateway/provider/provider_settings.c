#include "gateway/provider/provider_settings.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "gateway/provider/provider.h"
#include "outbound/url.h"
#include "security/certificate.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    FILE_BYTES_MAX = 1 << 20,
    TIMEOUT_LEAST_MS = 100,
    TIMEOUT_MOST_MS = 60000,
    WINDOWS_MAX = 50,
    TEXT_BYTES_MAX = 8192,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A member that an object may have. */
struct member {
    const char *name;
    enum value_kind kind;
    bool is_required;
    bool (*fits)(const struct value *value); /* NULL: whatever of its kind */
    const char *expected;
};

struct reader {
    struct arena *arena;
    struct field_errors *errors;
    const char *path;
};

static const char *pointer_to(struct arena *arena, const char *path, const char *pointer) {
    return arena_printf(arena, "GUICHET_PROVIDERS_FILE: %s#%s", path, pointer);
}

static void mistake(const struct reader *reader, const char *pointer, const char *code,
                    const char *message) {
    field_errors_add(reader->errors, pointer_to(reader->arena, reader->path, pointer), code, "%s",
                     message);
}

/* The pointer to a member: "~" and "/" of its name escaped (RFC 6901). */
static const char *step_into(struct arena *arena, const char *pointer, const char *name) {
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 2);
    buf_puts(&out, pointer);
    buf_putc(&out, '/');
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            buf_puts(&out, *c == '~' ? "~0" : "~1");
        } else {
            buf_putc(&out, *c);
        }
    }
    return buf_text(&out);
}

/* --- what texts and numbers may be */

static bool is_visible(const char *text, size_t least) {
    const size_t length = strlen(text);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~') {
            return false;
        }
    }
    return length >= least && length <= TEXT_BYTES_MAX;
}

/* Of a header or a form: blanks at the ends would be lost on the way. */
static bool is_plain_value(const char *text) {
    const size_t length = strlen(text);
    return is_visible(text, 1) && *text != ' ' && text[length - 1] != ' ';
}

static bool is_value(const struct value *value) {
    return is_plain_value(value_text_of(value));
}

/* Of the connection or the framing of a message (RFC 9110, 7.6.1; RFC 9112, 6): libcurl writes those. */
static bool is_of_connection(const char *name) {
    static const char *const NAMES[] = {"Host",
                                        "Content-Length",
                                        "Transfer-Encoding",
                                        "Connection",
                                        "Keep-Alive",
                                        "TE",
                                        "Trailer",
                                        "Upgrade",
                                        "Expect",
                                        "Proxy-Connection",
                                        "Proxy-Authorization"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        if (strcasecmp(NAMES[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A token of HTTP (RFC 9110, 5.6.2). */
static bool is_header_name(const struct value *value) {
    const char *text = value_text_of(value);
    const size_t length = strlen(text);
    return length > 0 && length <= 100 && !is_of_connection(text) &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "!#$%&'*+-.^_`|~") == length;
}

static bool is_variable_name(const struct value *value) {
    const char *text = value_text_of(value);
    const size_t length = strlen(text);
    return *text >= 'A' && *text <= 'Z' && length <= 100 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length;
}

static bool is_path(const struct value *value) {
    return *value_text_of(value) == '/' && is_visible(value_text_of(value), 2);
}

static bool is_url(const struct value *value) {
    return url_is_base(value_text_of(value));
}

static bool is_timeout(const struct value *value) {
    const int64_t number = value_integer_of(value);
    return number >= TIMEOUT_LEAST_MS && number <= TIMEOUT_MOST_MS;
}

static bool is_time(const struct value *value) {
    return provider_parse_time(value_text_of(value)) >= 0;
}

static bool is_short_list(const struct value *value) {
    return value_count(value) <= WINDOWS_MAX;
}

static bool is_client_authentication(const struct value *value) {
    return strcmp(value_text_of(value), "client_secret_basic") == 0 ||
           strcmp(value_text_of(value), "client_secret_post") == 0;
}

static const char PATH_EXPECTED[] = "the absolute path of a file is expected";

static const struct member PROVIDER[] = {
    {"base_url", VALUE_STRING, true, is_url,
     "an address is expected, http:// or https://, without user, query and fragment"},
    {"timeout_ms", VALUE_INTEGER, false, is_timeout, "a whole number, 100 to 60000, is expected"},
    {"credentials", VALUE_OBJECT, false, NULL,
     "an object is expected: a header, and one of value, value_from and value_file"},
    {"oauth2", VALUE_OBJECT, false, NULL,
     "an object is expected: token_url, client_id, and one of client_secret_from and "
     "client_secret_file"},
    {"ca_file", VALUE_STRING, false, is_path, PATH_EXPECTED},
    {"client_certificate", VALUE_OBJECT, false, NULL,
     "an object is expected: certificate_file and key_file"},
    {"maintenance_windows", VALUE_ARRAY, false, is_short_list,
     "a list of at most 50 is expected, each {from, to}"},
};

static const struct member CREDENTIALS[] = {
    {"header", VALUE_STRING, true, is_header_name,
     "the name of a header is expected, none of the connection or the length of a message"},
    {"value", VALUE_STRING, false, is_value, "printable ASCII characters are expected"},
    {"value_from", VALUE_STRING, false, is_variable_name,
     "the name of an environment variable is expected"},
    {"value_file", VALUE_STRING, false, is_path, PATH_EXPECTED},
};

static const struct member OAUTH2[] = {
    {"token_url", VALUE_STRING, true, is_url,
     "an address is expected, http:// or https://, without user, query and fragment"},
    {"client_id", VALUE_STRING, true, is_value, "printable ASCII characters are expected"},
    {"client_secret_from", VALUE_STRING, false, is_variable_name,
     "the name of an environment variable is expected"},
    {"client_secret_file", VALUE_STRING, false, is_path, PATH_EXPECTED},
    {"scope", VALUE_STRING, false, is_value, "printable ASCII characters are expected"},
    {"audience", VALUE_STRING, false, is_value, "printable ASCII characters are expected"},
    {"client_authentication", VALUE_STRING, false, is_client_authentication,
     "client_secret_basic or client_secret_post is expected"},
};

static const struct member CLIENT_CERTIFICATE[] = {
    {"certificate_file", VALUE_STRING, true, is_path, PATH_EXPECTED},
    {"key_file", VALUE_STRING, true, is_path, PATH_EXPECTED},
    {"key_password_file", VALUE_STRING, false, is_path, PATH_EXPECTED},
};

static const struct member WINDOW[] = {
    {"from", VALUE_STRING, true, is_time, "a time of the day in Paris is expected, HH:MM"},
    {"to", VALUE_STRING, true, is_time, "a time of the day in Paris is expected, HH:MM"},
};

/* --- the walk */

static const char *list_names(struct arena *arena, const struct member *members, size_t count) {
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 2);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&out, i == 0 ? "" : ", ");
        buf_puts(&out, members[i].name);
    }
    return buf_text(&out);
}

static void check_known(const struct reader *reader, const char *pointer,
                        const struct value *object, const struct member *members, size_t count) {
    VALUE_EACH (given, object) {
        size_t i = 0;
        while (i < count && strcmp(members[i].name, given.name) != 0) {
            i++;
        }
        if (i == count) {
            mistake(reader, step_into(reader->arena, pointer, given.name), "unknown_member",
                    arena_printf(reader->arena, "unknown member; there are %s",
                                 list_names(reader->arena, members, count)));
        }
    }
}

/* Unknown and missing members, wrong kinds and values. Requires: an object. */
static void check_members(const struct reader *reader, const char *pointer,
                          const struct value *object, const struct member *members, size_t count) {
    check_known(reader, pointer, object, members, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *value = value_get(object, members[i].name);
        const char *at = step_into(reader->arena, pointer, members[i].name);
        if (value == NULL && members[i].is_required) {
            mistake(reader, at, "required",
                    arena_printf(reader->arena, "missing; %s", members[i].expected));
        } else if (value != NULL && (!value_is(value, members[i].kind) ||
                                     (members[i].fits != NULL && !members[i].fits(value)))) {
            mistake(reader, at, "invalid_format", members[i].expected);
        }
    }
}

/* One source of a secret, which can be read. Requires: the members are good. */
static void check_secret(const struct reader *reader, const char *pointer,
                         const struct value *object, const char *name) {
    const char *reason = NULL;
    if (provider_settings_secret(reader->arena, object, name, &reason) == NULL) {
        mistake(reader, pointer, "not_found", reason);
    }
}

static size_t count_given(const struct value *object, const char *const *names, size_t count) {
    size_t given = 0;
    for (size_t i = 0; i < count; i++) {
        given += value_get(object, names[i]) != NULL ? 1 : 0;
    }
    return given;
}

static void check_credentials(const struct reader *reader, const char *pointer,
                              const struct value *credentials) {
    static const char *const SOURCES[] = {"value", "value_from", "value_file"};
    const size_t before = reader->errors->count;
    check_members(reader, pointer, credentials, CREDENTIALS, COUNT(CREDENTIALS));
    if (count_given(credentials, SOURCES, COUNT(SOURCES)) != 1) {
        mistake(reader, pointer, "required",
                "exactly one of value, value_from and value_file is expected");
    } else if (reader->errors->count == before) {
        check_secret(reader, pointer, credentials, "value");
    }
}

static void check_oauth2(const struct reader *reader, const char *pointer,
                         const struct value *oauth2, const struct value *credentials) {
    static const char *const SOURCES[] = {"client_secret_from", "client_secret_file"};
    const size_t before = reader->errors->count;
    const char *header = value_get_text(credentials, "header");
    check_members(reader, pointer, oauth2, OAUTH2, COUNT(OAUTH2));
    if (header != NULL && strcasecmp(header, "Authorization") == 0) {
        mistake(reader, pointer, "not_allowed",
                "the access token is the Authorization: credentials need another header");
    }
    if (count_given(oauth2, SOURCES, COUNT(SOURCES)) != 1) {
        mistake(reader, pointer, "required",
                "exactly one of client_secret_from and client_secret_file is expected");
    } else if (reader->errors->count == before) {
        check_secret(reader, pointer, oauth2, "client_secret");
    }
}

static void check_client_certificate(const struct reader *reader, const char *pointer,
                                     const struct value *client) {
    const size_t before = reader->errors->count;
    const char *password = NULL;
    const char *reason = NULL;
    check_members(reader, pointer, client, CLIENT_CERTIFICATE, COUNT(CLIENT_CERTIFICATE));
    if (reader->errors->count == before && value_get(client, "key_password_file") != NULL) {
        password = provider_settings_secret(reader->arena, client, "key_password", &reason);
        if (password == NULL) {
            mistake(reader, pointer, "not_found", reason);
        }
    }
    if (reader->errors->count == before &&
        !certificate_check_pair(value_get_text(client, "certificate_file"),
                                value_get_text(client, "key_file"), password, &reason)) {
        mistake(reader, pointer, "invalid_format", reason);
    }
}

static void check_ca_file(const struct reader *reader, const char *pointer, const char *path) {
    const char *reason = NULL;
    if (path != NULL && *path == '/' && !certificate_check_file(path, &reason)) {
        mistake(reader, step_into(reader->arena, pointer, "ca_file"), "not_found",
                arena_printf(reader->arena, "%s: %s", path, reason));
    }
}

static void check_length(const struct reader *reader, const char *pointer,
                         const struct value *window) {
    const char *from = value_get_text(window, "from");
    const char *to = value_get_text(window, "to");
    if (from != NULL && to != NULL && strcmp(from, to) == 0) {
        mistake(reader, pointer, "not_allowed",
                "from and to are the same time: a window lasts less than a day");
    }
}

static void check_windows(const struct reader *reader, const char *pointer,
                          const struct value *windows) {
    for (size_t i = 0; i < value_count(windows) && i < WINDOWS_MAX; i++) {
        const char *at = arena_printf(reader->arena, "%s/%zu", pointer, i);
        const struct value *window = value_item(windows, i);
        if (value_is(window, VALUE_OBJECT)) {
            check_members(reader, at, window, WINDOW, COUNT(WINDOW));
            check_length(reader, at, window);
        } else {
            mistake(reader, at, "wrong_type", "an object is expected: {from, to}");
        }
    }
}

static void check_provider(const struct reader *reader, const char *pointer,
                           const struct value *provider) {
    const struct value *credentials = value_get(provider, "credentials");
    const struct value *oauth2 = value_get(provider, "oauth2");
    const struct value *client = value_get(provider, "client_certificate");
    if (!value_is(provider, VALUE_OBJECT)) {
        mistake(reader, pointer, "wrong_type", "an object is expected, with a base_url");
        return;
    }
    check_members(reader, pointer, provider, PROVIDER, COUNT(PROVIDER));
    if (value_is(oauth2, VALUE_OBJECT)) {
        check_oauth2(reader, step_into(reader->arena, pointer, "oauth2"), oauth2, credentials);
    }
    if (value_is(client, VALUE_OBJECT)) {
        check_client_certificate(reader, step_into(reader->arena, pointer, "client_certificate"),
                                 client);
    }
    check_ca_file(reader, pointer, value_get_text(provider, "ca_file"));
    if (value_is(credentials, VALUE_OBJECT)) {
        check_credentials(reader, step_into(reader->arena, pointer, "credentials"), credentials);
    }
    check_windows(reader, step_into(reader->arena, pointer, "maintenance_windows"),
                  value_get(provider, "maintenance_windows"));
}

/* --- who there is */

static const char *list_providers(struct arena *arena, const struct product *product) {
    const struct value *array = value_get(product->endpoints, "providers");
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 2);
    for (size_t i = 0; i < value_count(array); i++) {
        buf_printf(&out, "%s%s", i == 0 ? "" : ", ", value_get_text(value_item(array, i), "id"));
    }
    return buf_text(&out);
}

static bool has_provider(const struct product *product, const char *id) {
    const struct value *array = value_get(product->endpoints, "providers");
    for (size_t i = 0; i < value_count(array); i++) {
        const char *known = value_get_text(value_item(array, i), "id");
        if (known != NULL && strcmp(known, id) == 0) {
            return true;
        }
    }
    return false;
}

static const char *list_products(struct arena *arena, const struct products *products) {
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 2);
    for (size_t i = 0; i < products->count; i++) {
        buf_printf(&out, "%s%s", i == 0 ? "" : ", ", products->items[i].id);
    }
    return buf_text(&out);
}

static void check_product(const struct reader *reader, const char *pointer,
                          const struct product *product, const struct value *providers) {
    if (!value_is(providers, VALUE_OBJECT)) {
        mistake(reader, pointer, "wrong_type", "an object is expected: providers by their id");
        return;
    }
    VALUE_EACH (member, providers) {
        const char *at = step_into(reader->arena, pointer, member.name);
        if (!has_provider(product, member.name)) {
            mistake(reader, at, "unknown_value",
                    arena_printf(reader->arena, "no provider of this product; there are %s",
                                 list_providers(reader->arena, product)));
        }
        check_provider(reader, at, member.value);
    }
}

static void check_file(const struct reader *reader, const struct products *products,
                       const struct value *settings) {
    VALUE_EACH (member, settings) {
        const char *at = step_into(reader->arena, "", member.name);
        const struct product *product = products_find(products, member.name);
        if (strcmp(member.name, "$schema") == 0) {
            if (!value_is(member.value, VALUE_STRING)) {
                mistake(reader, at, "wrong_type", "the address of the schema is expected");
            }
        } else if (product == NULL) {
            mistake(reader, at, "unknown_value",
                    arena_printf(reader->arena, "no product has this name; there are %s",
                                 list_products(reader->arena, products)));
        } else {
            check_product(reader, at, product, member.value);
        }
    }
}

const char *provider_settings_secret(struct arena *arena, const struct value *object,
                                     const char *name, const char **reason) {
    const char *value = value_get_text(object, name);
    const char *from = value_get_text(object, arena_printf(arena, "%s_from", name));
    const char *path = value_get_text(object, arena_printf(arena, "%s_file", name));
    const char *secret = value != NULL  ? value
                         : from != NULL ? getenv(from)
                         : path != NULL ? config_read_file(arena, path, reason)
                                        : NULL;
    if (secret == NULL && path != NULL) {
        *reason = arena_printf(arena, "%s: %s", path, *reason);
    } else if (secret == NULL || *secret == '\0') {
        *reason = arena_printf(arena, "%s is not set in the environment of the program",
                               from == NULL ? name : from);
        secret = NULL;
    } else if (!is_plain_value(secret)) {
        *reason = "the value has characters other than printable ASCII, or a blank at an end";
        secret = NULL;
    }
    return secret;
}

const struct value *provider_settings_read(struct arena *arena, const struct config *config,
                                           const struct products *products,
                                           struct field_errors *errors) {
    const struct reader reader = {arena, errors, config->providers_file};
    char *content = NULL;
    size_t length = 0;
    struct value *settings = NULL;
    if (*reader.path == '\0') {
        return NULL;
    }
    const enum err err = file_read(arena, reader.path, FILE_BYTES_MAX, &content, &length);
    if (err != ERR_NONE) {
        mistake(&reader, "", "not_found",
                err == ERR_TOO_LARGE ? "the file is larger than 1 MiB" : "the file cannot be read");
    } else if (json_parse(arena, content, length, &settings, NULL) != ERR_NONE) {
        mistake(&reader, "", "invalid_format", json_explain(arena, content, length));
    } else if (!value_is(settings, VALUE_OBJECT)) {
        mistake(&reader, "", "wrong_type", "an object is expected: products by their id");
    } else {
        check_file(&reader, products, settings);
    }
    return settings;
}

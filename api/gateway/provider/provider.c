#include "gateway/provider/provider.h"
#include "base/text.h"
#include "core/gateway_port.h"
#include "gateway/provider/provider_settings.h"
#include "gateway/provider/remote.h"
#include "outbound/client_credentials.h"
#include <string.h>
#include <time.h>

enum { TIMEOUT_DEFAULT_MS = 10000, DAY_MINUTES = 24 * 60 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int provider_parse_time(const char *text) {
    if (text == NULL || strlen(text) != 5 || text[2] != ':' || !is_digit(text[0]) ||
        !is_digit(text[1]) || !is_digit(text[3]) || !is_digit(text[4])) {
        return -1;
    }
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static void read_windows(struct arena *arena, const struct value *array,
                         struct field_errors *errors, const char *pointer, struct provider *out) {
    struct maintenance_window *windows =
        ARENA_ARRAY(arena, struct maintenance_window, value_count(array));
    for (size_t i = 0; i < value_count(array); i++) {
        const struct value *item = value_item(array, i);
        windows[i].from_minute = provider_parse_time(value_get_text(item, "from"));
        windows[i].to_minute = provider_parse_time(value_get_text(item, "to"));
        if (windows[i].from_minute < 0 || windows[i].to_minute < 0) {
            field_errors_add(errors, pointer, "invalid_format",
                             "a maintenance window is {from, to} in HH:MM");
        }
    }
    out->windows = windows;
    out->windows_count = value_count(array);
}

static const struct value *pick(const struct value *document, const struct value *settings,
                                const char *name) {
    const struct value *own = value_get(settings, name);
    return own != NULL ? own : value_get(document, name);
}

static bool is_origin(const char *url) {
    return url != NULL && (text_starts_with(url, "https://") || text_starts_with(url, "http://"));
}

/* The header's value comes from the environment or from a file: secrets stay out of product files. */
static void read_credentials(struct arena *arena, const struct value *credentials,
                             struct field_errors *errors, const char *pointer,
                             struct provider *out) {
    const char *reason = NULL;
    if (!value_is(credentials, VALUE_OBJECT)) {
        return;
    }
    out->credential_header = value_get_text(credentials, "header");
    out->credential_value = provider_settings_secret(arena, credentials, "value", &reason);
    if (out->credential_header == NULL || out->credential_value == NULL) {
        field_errors_add(errors, pointer, "required", "credentials: %s",
                         reason == NULL ? "a header is expected" : reason);
    }
}

/* Which certificates count on either side of TLS. */
static void read_certificates(struct arena *arena, const struct value *settings,
                              struct provider *out) {
    const struct value *client = value_get(settings, "client_certificate");
    const char *reason = NULL;
    out->ca_file = value_get_text(settings, "ca_file");
    out->certificate_file = value_get_text(client, "certificate_file");
    out->key_file = value_get_text(client, "key_file");
    out->key_password = value_get(client, "key_password_file") == NULL
                            ? NULL
                            : provider_settings_secret(arena, client, "key_password", &reason);
}

static void read_oauth2(struct arena *arena, const struct value *oauth2, struct provider *out) {
    const char *authentication = value_get_text(oauth2, "client_authentication");
    const char *reason = NULL;
    if (oauth2 == NULL) {
        return;
    }
    struct client_credentials_options *options =
        ARENA_NEW(arena, struct client_credentials_options);
    *options = (struct client_credentials_options){
        .token_url = value_get_text(oauth2, "token_url"),
        .client_id = value_get_text(oauth2, "client_id"),
        .client_secret = provider_settings_secret(arena, oauth2, "client_secret", &reason),
        .scope = value_get_text(oauth2, "scope"),
        .audience = value_get_text(oauth2, "audience"),
        .is_in_body = authentication != NULL && strcmp(authentication, "client_secret_post") == 0,
    };
    out->oauth2 = options;
}

void provider_read(struct arena *arena, const struct config *config, const struct value *document,
                   const struct value *settings, struct field_errors *errors, const char *pointer,
                   struct provider *out) {
    const struct value *timeout = pick(document, settings, "timeout_ms");
    const char *base_url = value_text_of(pick(document, settings, "base_url"));
    const char *mode = value_get_text(document, "mode");
    *out = (struct provider){
        .id = value_get_text(document, "id"),
        .name = value_get_text(document, "name"),
        .code = value_get_text(document, "code"),
        .is_remote = settings != NULL || (mode != NULL && strcmp(mode, "remote") == 0),
        .timeout_ms =
            value_is(timeout, VALUE_INTEGER) ? value_integer_of(timeout) : TIMEOUT_DEFAULT_MS,
    };
    if (out->id == NULL || out->name == NULL || out->code == NULL) {
        field_errors_add(errors, pointer, "required", "a provider needs id, name and code");
        out->id = out->name = out->code = "";
    }
    if (out->is_remote && !is_origin(base_url)) {
        field_errors_add(errors, pointer, "required", "a remote provider needs a base_url");
    } else if (out->is_remote) {
        size_t length = strlen(base_url);
        while (length > 0 && base_url[length - 1] == '/') {
            length--;
        }
        out->base_url = arena_strndup(arena, base_url, length);
        read_credentials(arena, pick(document, settings, "credentials"), errors, pointer, out);
        read_certificates(arena, settings, out);
        read_oauth2(arena, value_get(settings, "oauth2"), out);
    }
    read_windows(arena, pick(document, settings, "maintenance_windows"), errors, pointer, out);
    if (out->base_url != NULL) {
        out->remote = remote_new(out, config);
    }
}

void provider_clear(struct provider *provider) {
    remote_free(provider->remote);
}

/* The last Sunday of March and of October, 01:00 UTC (directive 2000/84/EC). */
static bool is_summer_time(const struct tm *utc) {
    if (utc->tm_mon != 2 && utc->tm_mon != 9) {
        return utc->tm_mon > 2 && utc->tm_mon < 9;
    }
    const int last_sunday = 31 - (utc->tm_wday + 31 - utc->tm_mday) % 7;
    const bool is_past =
        utc->tm_mday > last_sunday || (utc->tm_mday == last_sunday && utc->tm_hour >= 1);
    return is_past == (utc->tm_mon == 2);
}

int64_t provider_maintenance_left_s(const struct provider *provider, int64_t now_ms) {
    if (provider->windows_count == 0) {
        return 0;
    }
    const time_t now = (time_t)(now_ms / 1000);
    struct tm utc;
    gmtime_r(&now, &utc);
    const int offset = is_summer_time(&utc) ? 120 : 60;
    const int minute = (utc.tm_hour * 60 + utc.tm_min + offset) % DAY_MINUTES;
    for (size_t i = 0; i < provider->windows_count; i++) {
        const struct maintenance_window *window = &provider->windows[i];
        const int length = (window->to_minute - window->from_minute + DAY_MINUTES) % DAY_MINUTES;
        const int since = (minute - window->from_minute + DAY_MINUTES) % DAY_MINUTES;
        if (since < length) {
            return (int64_t)(length - since) * 60 - utc.tm_sec;
        }
    }
    return 0;
}

void provider_get_state(const struct provider *provider, int64_t now_ms,
                        struct gateway_provider *out) {
    const int64_t maintenance_s = provider_maintenance_left_s(provider, now_ms);
    *out = (struct gateway_provider){
        .is_sandbox = !provider->is_remote, .state = "ok", .checked_at_ms = -1, .retry_at_ms = -1};
    if (provider->remote != NULL) {
        remote_get_state(provider->remote, now_ms, out);
    }
    if (maintenance_s > 0) {
        out->state = "maintenance";
        out->retry_at_ms = now_ms + maintenance_s * 1000;
    }
}

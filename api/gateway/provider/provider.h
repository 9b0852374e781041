#ifndef GUICHET_GATEWAY_PROVIDER_PROVIDER_H
#define GUICHET_GATEWAY_PROVIDER_PROVIDER_H
/* What answers a call: the built-in sandbox, or a remote provider over HTTP. */
#include "base/arena.h"
#include "base/field_errors.h"
#include "base/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client_credentials_options; /* outbound/client_credentials.h */
struct config;                     /* base/config.h */
struct gateway_provider;           /* core/gateway_port.h */
struct remote;                     /* gateway/provider/remote.h */

/* Daily, in minutes of the day in Paris; spans midnight where `to` is before `from`. */
struct maintenance_window {
    int from_minute;
    int to_minute;
};

struct provider {
    const char *id;
    const char *name;
    const char *code; /* two digits: the beginning of its error codes */
    bool is_remote;
    const char *base_url;          /* without final slash; NULL for the sandbox */
    const char *credential_header; /* NULL: none */
    const char *credential_value;
    const char *ca_file;          /* certificates that vouch for it; NULL: as for every call */
    const char *certificate_file; /* by which we prove who we are (TLS); NULL: none */
    const char *key_file;
    const char *key_password;                        /* NULL: the key is not encrypted */
    const struct client_credentials_options *oauth2; /* NULL: no access token is fetched */
    int64_t timeout_ms;
    const struct maintenance_window *windows;
    size_t windows_count;
    struct remote *remote; /* NULL for the sandbox */
};

/* "HH:MM" as minutes of the day; -1 for anything else. */
int provider_parse_time(const char *text);
/* Reads one element of `providers`. Members of `settings` override it: what provider_settings_read found good,
 * or NULL. `out` must not move until provider_clear, and `config` must outlive it. */
void provider_read(struct arena *arena, const struct config *config, const struct value *document,
                   const struct value *settings, struct field_errors *errors, const char *pointer,
                   struct provider *out);
/* Frees its connections. */
void provider_clear(struct provider *provider);
/* Seconds until the current maintenance ends; 0 outside of one. */
int64_t provider_maintenance_left_s(const struct provider *provider, int64_t now_ms);
/* In maintenance; else the sandbox is available, and a remote provider as its calls of the last ten minutes
 * show. */
void provider_get_state(const struct provider *provider, int64_t now_ms,
                        struct gateway_provider *out);

#endif

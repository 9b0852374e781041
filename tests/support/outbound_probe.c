/* Drives api/outbound from a test: one JSON command a line on standard input, one JSON answer a
 * line on standard output. The ports are those that the program would build from the same settings.
 *   {"do": "http", "method", "url", "headers": {}, "body", "timeout_ms", "body_bytes_max",
 *    "ca_file", "public_only", "allow"}  → {error, reason, status, headers: {}, body, body_bytes}
 *   {"do": "mail", "id", "recipient", "subject", "text", "html", "unsubscribe_url"}
 *                                        → {error, reason}
 *   {"do": "find", "siret"}              → {error, establishment}
 *   {"do": "search", "words", "limit", "offset"} → {error, establishments: []}
 *   {"do": "oidc_start", "again"}        → {error, login}
 *   {"do": "oidc_finish", "login", "code"} → {error, identity}
 *   {"do": "oidc_logout", "id_token", "return_url"} → {url}
 * `error` is the slug of the failure, "ok" without one. */
#include "base/json.h"
#include "base/log.h"
#include "organisation/directory_query.h"
#include "outbound/host_list.h"
#include "outbound/http_client.h"
#include "outbound/outbound.h"
#include "security/security.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES_MAX = 1 << 20, HEADERS_MAX = 16 };

static void set_text(struct arena *arena, struct value *object, const char *name,
                     const char *text) {
    value_set(object, name, value_text(arena, text));
}

static struct value *answer_with(struct arena *arena, enum err e) {
    struct value *answer = value_object(arena);
    set_text(arena, answer, "error", err_slug(e));
    return answer;
}

static size_t read_headers(const struct value *command, struct http_header headers[HEADERS_MAX]) {
    const struct value *object = value_get(command, "headers");
    size_t count = 0;
    VALUE_EACH (member, object) {
        if (count < HEADERS_MAX) {
            headers[count++] = (struct http_header){member.name, value_text_of(member.value)};
        }
    }
    return count;
}

static void describe_response(struct arena *arena, struct value *answer,
                              const struct http_response *response) {
    struct value *headers = value_object(arena);
    for (size_t i = 0; i < response->headers_count; i++) {
        set_text(arena, headers, response->headers[i].name, response->headers[i].value);
    }
    value_set(answer, "status", value_integer(arena, response->status));
    value_set(answer, "headers", headers);
    value_set(answer, "body_bytes", value_integer(arena, (int64_t)response->body_bytes));
    set_text(arena, answer, "body", response->body_bytes < 4096 ? response->body : NULL);
}

/* A client for each set of limits would hide that connections are kept: there is one for all calls
 * with the default ones. */
static struct http_client *choose_client(const struct config *config, struct host_list *allowed,
                                         const struct value *command, bool *is_shared) {
    static struct http_client *shared;
    const struct http_client_options options = {
        .connect_timeout_ms = 2000,
        .timeout_ms = value_get_integer(command, "timeout_ms", 2000),
        .body_bytes_max = (size_t)value_get_integer(command, "body_bytes_max", 1 << 20),
        .config = config,
        .ca_file = value_get_text(command, "ca_file"),
        .public_only = value_get_boolean(command, "public_only", false),
        .inner_allowed = value_get(command, "allow") == NULL ? NULL : allowed,
    };
    *is_shared = value_get(command, "timeout_ms") == NULL &&
                 value_get(command, "body_bytes_max") == NULL && options.ca_file == NULL &&
                 !options.public_only;
    if (*is_shared && shared != NULL) {
        return shared;
    }
    struct http_client *client = http_client_new(&options);
    shared = *is_shared ? client : shared;
    return client;
}

static struct value *do_http(struct arena *arena, const struct config *config,
                             const struct value *command) {
    const char *allow = value_get_text(command, "allow");
    struct host_list allowed;
    struct http_header headers[HEADERS_MAX];
    const char *method = value_get_text(command, "method");
    const char *body = value_get_text(command, "body");
    const struct http_request request = {
        .method = method != NULL ? method : "GET",
        .url = value_get_text(command, "url"),
        .headers = headers,
        .headers_count = read_headers(command, headers),
        .body = body,
        .body_bytes = body != NULL ? strlen(body) : 0,
    };
    struct http_response response = {0};
    const char *reason = NULL;
    bool is_shared = false;
    const enum err listed = host_list_parse(arena, allow == NULL ? "" : allow, &allowed);
    struct http_client *client = choose_client(config, &allowed, command, &is_shared);
    const enum err e =
        listed != ERR_NONE ? listed : http_client_send(client, arena, &request, &response, &reason);
    struct value *answer = answer_with(arena, e);
    set_text(arena, answer, "reason", reason);
    if (e == ERR_NONE) {
        describe_response(arena, answer, &response);
    }
    if (!is_shared) {
        http_client_free(client);
    }
    return answer;
}

static struct value *do_mail(struct arena *arena, const struct ports *ports,
                             const struct value *command) {
    const struct mail mail = {
        .id = value_get_text(command, "id"),
        .recipient = value_get_text(command, "recipient"),
        .subject = value_get_text(command, "subject"),
        .text = value_get_text(command, "text"),
        .html = value_get_text(command, "html"),
        .unsubscribe_url = value_get_text(command, "unsubscribe_url"),
    };
    const char *reason = NULL;
    struct value *answer =
        answer_with(arena, ports->mail_send(ports->mail_state, arena, &mail, &reason));
    set_text(arena, answer, "reason", reason);
    return answer;
}

static struct value *describe_establishment(struct arena *arena,
                                            const struct establishment *establishment) {
    struct value *object = value_object(arena);
    set_text(arena, object, "siret", establishment->siret);
    set_text(arena, object, "name", establishment->name);
    set_text(arena, object, "legal_category", establishment->legal_category);
    set_text(arena, object, "address", establishment->address);
    value_set(object, "open", value_boolean(arena, establishment->open));
    if (establishment->successor != NULL) {
        set_text(arena, object, "successor", establishment->successor);
    }
    return object;
}

static struct value *do_find(struct arena *arena, const struct ports *ports,
                             const struct value *command) {
    struct establishment found = {0};
    const enum err e = ports->directory_find(ports->directory_state, arena,
                                             value_get_text(command, "siret"), &found);
    struct value *answer = answer_with(arena, e);
    if (e == ERR_NONE) {
        value_set(answer, "establishment", describe_establishment(arena, &found));
    }
    return answer;
}

static struct value *do_search(struct arena *arena, const struct ports *ports,
                               const struct value *command) {
    struct establishment *found = NULL;
    size_t count = 0;
    struct directory_query query;
    directory_query_read(arena, value_get_text(command, "words"), &query);
    const enum err e = ports->directory_search(
        ports->directory_state, arena, &query, value_get_integer(command, "limit", 20),
        value_get_integer(command, "offset", 0), &found, &count);
    struct value *answer = answer_with(arena, e);
    struct value *list = value_array(arena);
    for (size_t i = 0; e == ERR_NONE && i < count; i++) {
        value_push(list, describe_establishment(arena, &found[i]));
    }
    value_set(answer, "establishments", list);
    return answer;
}

static struct value *do_oidc_start(struct arena *arena, const struct ports *ports,
                                   const struct value *command) {
    struct oidc_login login = {0};
    const enum err e = ports->oidc_start(ports->oidc_state, arena,
                                         value_get_boolean(command, "again", false), &login);
    struct value *answer = answer_with(arena, e);
    if (e == ERR_NONE) {
        struct value *object = value_object(arena);
        set_text(arena, object, "url", login.url);
        set_text(arena, object, "state", login.state);
        set_text(arena, object, "nonce", login.nonce);
        set_text(arena, object, "code_verifier", login.code_verifier);
        value_set(object, "asked_at_s", value_integer(arena, login.asked_at_s));
        value_set(answer, "login", object);
    }
    return answer;
}

static struct value *do_oidc_finish(struct arena *arena, const struct ports *ports,
                                    const struct value *command) {
    const struct value *given = value_get(command, "login");
    const struct oidc_login login = {
        .asked_at_s = value_get_integer(given, "asked_at_s", 0),
        .state = value_get_text(given, "state"),
        .nonce = value_get_text(given, "nonce"),
        .code_verifier = value_get_text(given, "code_verifier"),
    };
    struct oidc_identity identity = {0};
    const enum err e = ports->oidc_finish(ports->oidc_state, arena, &login,
                                          value_get_text(command, "code"), &identity);
    struct value *answer = answer_with(arena, e);
    if (e == ERR_NONE) {
        struct value *object = value_object(arena);
        set_text(arena, object, "issuer", identity.issuer);
        set_text(arena, object, "subject", identity.subject);
        set_text(arena, object, "email", identity.email);
        set_text(arena, object, "given_name", identity.given_name);
        set_text(arena, object, "usual_name", identity.usual_name);
        set_text(arena, object, "siret", identity.siret);
        set_text(arena, object, "id_token", identity.id_token);
        value_set(object, "email_verified", value_boolean(arena, identity.email_verified));
        value_set(object, "authenticated_at_s", value_integer(arena, identity.authenticated_at_s));
        value_set(answer, "identity", object);
    }
    return answer;
}

static struct value *do_oidc_logout(struct arena *arena, const struct ports *ports,
                                    const struct value *command) {
    struct value *answer = value_object(arena);
    set_text(arena, answer, "url",
             ports->oidc_logout_url(ports->oidc_state, arena, value_get_text(command, "id_token"),
                                    value_get_text(command, "return_url")));
    return answer;
}

static struct value *run(struct arena *arena, const struct config *config,
                         const struct ports *ports, const struct value *command) {
    const char *what = value_get_text(command, "do");
    if (strcmp(what, "http") == 0) {
        return do_http(arena, config, command);
    }
    if (strcmp(what, "mail") == 0) {
        return do_mail(arena, ports, command);
    }
    if (strcmp(what, "find") == 0) {
        return do_find(arena, ports, command);
    }
    if (strcmp(what, "search") == 0) {
        return do_search(arena, ports, command);
    }
    if (strcmp(what, "oidc_start") == 0) {
        return do_oidc_start(arena, ports, command);
    }
    return strcmp(what, "oidc_finish") == 0 ? do_oidc_finish(arena, ports, command)
                                            : do_oidc_logout(arena, ports, command);
}

static void serve(const struct config *config, const struct ports *ports) {
    char *line = malloc(LINE_BYTES_MAX);
    while (line != NULL && fgets(line, LINE_BYTES_MAX, stdin) != NULL) {
        ARENA_AUTO(arena);
        struct value *command = NULL;
        if (json_parse(&arena, line, strlen(line), &command, NULL) == ERR_NONE) {
            (void)puts(json_text(&arena, run(&arena, config, ports, command)));
            (void)fflush(stdout);
        }
    }
    free(line);
}

int main(void) {
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct config config;
    struct outbound *outbound = NULL;
    field_errors_init(&errors, &arena);
    json_init();
    enum err e = security_init();
    e = e == ERR_NONE ? config_load(&arena, &errors, &config) : e;
    e = e == ERR_NONE ? outbound_new(&config, &errors, &outbound) : e;
    if (e == ERR_NONE) {
        serve(&config, outbound_ports(outbound));
    }
    for (const struct field_error *error = errors.first; error != NULL; error = error->next) {
        (void)fprintf(stderr, "%s\n", error->message);
    }
    outbound_free(outbound);
    return e == ERR_NONE ? 0 : 2;
}

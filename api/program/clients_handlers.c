#include "program/client_admin.h"
#include "program/client_json.h"
#include "program/client_person.h"
#include "program/oauth.h"
#include "program/routes.h"
#include <string.h>

/* Those of the person, unless they ask for others; `*relation` is NULL for any. */
static bool read_relation(struct exchange *exchange, const char **relation) {
    static const char *const RELATIONS[] = {"responsible", "asked", "colleague"};
    const char *given = request_query(exchange, "relation");
    *relation = given == NULL ? RELATIONS[0] : NULL;
    for (size_t i = 0; given != NULL && i < sizeof RELATIONS / sizeof RELATIONS[0]; i++) {
        *relation = strcmp(given, RELATIONS[i]) == 0 ? RELATIONS[i] : *relation;
    }
    if (*relation != NULL || strcmp(given, "any") == 0) {
        return true;
    }
    exchange_error(exchange, "relation", "unknown_value",
                   "Choisissez responsible, asked, colleague ou any.");
    return false;
}

enum err handle_list_clients(struct exchange *exchange) {
    struct page page;
    const char *relation = NULL;
    const char *json = NULL;
    const bool is_relation = read_relation(exchange, &relation);
    if (!request_page_time(exchange, &page) || !is_relation) {
        return ERR_INVALID;
    }
    TRY(client_list(&exchange->context, relation, &page, &json));
    return response_json(exchange, 200, json);
}

enum err handle_create_client(struct exchange *exchange) {
    struct client_creation creation;
    TRY(client_json_read(&exchange->context, exchange->request.json, &creation));
    TRY(client_create(&exchange->context, &creation));
    return response_secret(exchange);
}

enum err handle_get_client(struct exchange *exchange) {
    const char *id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_read(&exchange->context, id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_update_client(struct exchange *exchange) {
    struct client_patch patch;
    const char *id = NULL;
    int64_t version = 0;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_if_match(exchange, &version));
    TRY(client_json_read_patch(&exchange->context, exchange->request.json, &patch));
    TRY(client_update(&exchange->context, id, version, &patch));
    return response_answer(exchange);
}

enum err handle_delete_client(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_delete(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_add_client_secret(struct exchange *exchange) {
    const char *id = NULL;
    const char *expires_at = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_json_read_secret(&exchange->context, exchange->request.json, &expires_at));
    TRY(client_add_secret(&exchange->context, id, expires_at));
    return response_secret(exchange);
}

enum err handle_delete_client_secret(struct exchange *exchange) {
    const char *id = NULL;
    const char *secret_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "secret_id", &secret_id));
    TRY(client_delete_secret(&exchange->context, id, secret_id));
    return response_answer(exchange);
}

enum err handle_ask_client_person(struct exchange *exchange) {
    const char *id = NULL;
    const char *email = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_json_read_person(&exchange->context, exchange->request.json, &email));
    TRY(client_person_ask(&exchange->context, id, email));
    return response_answer(exchange);
}

enum err handle_accept_client_person(struct exchange *exchange) {
    const char *id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_person_accept(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_remove_client_person(struct exchange *exchange) {
    const char *id = NULL;
    const char *account_id = NULL;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(request_path_uuid(exchange, "account_id", &account_id));
    TRY(client_person_remove(&exchange->context, id, account_id));
    return response_answer(exchange);
}

enum err handle_take_over_client(struct exchange *exchange) {
    const char *id = NULL;
    bool keep_secrets = false;
    TRY(request_path_uuid(exchange, "id", &id));
    TRY(client_json_read_takeover(&exchange->context, exchange->request.json, &keep_secrets));
    TRY(client_person_take_over(&exchange->context, id, keep_secrets));
    return response_answer(exchange);
}

enum err handle_get_own_client(struct exchange *exchange) {
    const char *secret_id = NULL;
    const char *json = NULL;
    int64_t version = 0;
    enum err err = ERR_NONE;
    if (!oauth_authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    TRY(client_read(&exchange->context, exchange->actor.client_id, &json, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, json);
}

enum err handle_rotate_client_secret(struct exchange *exchange) {
    struct client_rotation_order order;
    const char *secret_id = NULL;
    enum err err = ERR_NONE;
    if (!oauth_authenticate(exchange, &secret_id, &err)) {
        return err;
    }
    if (secret_id == NULL) {
        return oauth_refuse(exchange, 401, "invalid_client",
                            "Le secret suivant se demande avec l’identifiant et un secret du "
                            "programme, non avec un jeton d’accès.");
    }
    TRY(client_json_read_rotation(&exchange->context, exchange->request.json, &order));
    TRY(client_rotate_secret(&exchange->context, secret_id, &order));
    return response_secret(exchange);
}

#include "base/text.h"
#include "core/search.h"
#include "core/siret.h"
#include "request/request.h"
#include "request/request_check.h"
#include "request/request_json.h"
#include "request/request_view.h"
#include "request/request_workflow.h"
#include "request/routes.h"
#include <string.h>

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

enum err handle_create_request(struct exchange *exchange) {
    struct request_start start;
    TRY(request_json_start(exchange->arena, &exchange->errors, exchange->request.json, &start));
    TRY(request_create(&exchange->context, &start));
    return response_answer(exchange);
}

/* "draft,submitted" as an array of PostgreSQL; NULL after a mistake. */
static const char *read_states(struct exchange *exchange, const char *text) {
    const char *list = "";
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        const char *name = arena_strndup(exchange->arena, at, length);
        if (request_state_parse(name) == STATE_NONE) {
            exchange_error(exchange, "state", "unknown_value",
                           "Un état inconnu est demandé. Exemple : state=draft,submitted.");
            return NULL;
        }
        list = arena_printf(exchange->arena, "%s%s%s", list, *list == '\0' ? "" : ",", name);
        at += length;
        if (*at == '\0') {
            return arena_printf(exchange->arena, "{%s}", list);
        }
    }
}

static const char *read_choice(struct exchange *exchange, const char *name, const char *first,
                               const char *choices) {
    const char *text = request_query(exchange, name);
    const char *found = text == NULL || *text == '\0' ? NULL : strstr(choices, text);
    if (text == NULL) {
        return first;
    }
    const size_t length = strlen(text);
    if (found == NULL || (found != choices && found[-1] != ' ') ||
        (found[length] != ' ' && found[length] != '\0')) {
        exchange_error(exchange, name, "unknown_value", "Cette valeur n’est pas proposée.");
        return first;
    }
    return text;
}

static const char *read_assignee(struct exchange *exchange) {
    const char *text = request_query(exchange, "assignee");
    if (text == NULL || strcmp(text, "none") == 0 || text_is_uuid(text)) {
        return text;
    }
    if (strcmp(text, "me") == 0) {
        return exchange->actor.account_id;
    }
    exchange_error(exchange, "assignee", "invalid_format",
                   "Donnez « me », « none » ou l’identifiant d’un compte.");
    return NULL;
}

static const char *read_siret(struct exchange *exchange) {
    const char *text = request_query(exchange, "siret");
    char siret[SIRET_TEXT_BYTES];
    if (text == NULL || siret_parse(&exchange->errors, "siret", text, siret) != ERR_NONE) {
        return NULL;
    }
    return arena_strdup(exchange->arena, siret);
}

static const char *read_words(struct exchange *exchange) {
    const char *text = request_query(exchange, "q");
    (void)search_check_words(&exchange->errors, "q", text); /* told with the others */
    return text;
}

static enum err read_filter(struct exchange *exchange, struct request_filter *filter) {
    const char *states = request_query(exchange, "state");
    *filter = (struct request_filter){
        .states = states == NULL ? NULL : read_states(exchange, states),
        .product = request_query(exchange, "product"),
        .use_case = request_query(exchange, "use_case"),
        .siret = read_siret(exchange),
        .words = read_words(exchange),
        .assignee = read_assignee(exchange),
        .relation = read_choice(exchange, "relation", NULL, "applicant member contact staff"),
        .by_age = strcmp(read_choice(exchange, "sort", "updated", "updated age"), "age") == 0};
    return field_errors_verdict(&exchange->errors);
}

enum err handle_list_requests(struct exchange *exchange) {
    struct request_filter filter;
    struct page page;
    const char *document = NULL;
    const bool sound = request_page_time(exchange, &page);
    const enum err err = read_filter(exchange, &filter);
    if (!sound || err != ERR_NONE) {
        return ERR_INVALID;
    }
    if (request_wants_csv(exchange)) {
        TRY(request_export(&exchange->context, &filter, &document));
        return response_file(exchange, "text/csv; charset=utf-8", "demandes.csv", document,
                             strlen(document));
    }
    TRY(request_list(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_request(struct exchange *exchange) {
    const char *document = NULL;
    int64_t version = 0;
    TRY(request_view_show(&exchange->context, id_of(exchange), &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_update_request(struct exchange *exchange) {
    int64_t expected = 0;
    TRY(request_if_match(exchange, &expected));
    TRY(request_update(&exchange->context, id_of(exchange), expected, exchange->request.json));
    return response_answer(exchange);
}

enum err handle_delete_request(struct exchange *exchange) {
    TRY(request_delete(&exchange->context, id_of(exchange)));
    return response_answer(exchange);
}

enum err handle_copy_request(struct exchange *exchange) {
    TRY(request_copy(&exchange->context, id_of(exchange)));
    return response_answer(exchange);
}

enum err handle_transfer_request(struct exchange *exchange) {
    const char *email = NULL;
    TRY(request_json_email(exchange->arena, &exchange->errors, exchange->request.json, &email));
    TRY(request_transfer(&exchange->context, id_of(exchange), email));
    return response_answer(exchange);
}

enum err handle_assign_request(struct exchange *exchange) {
    const char *account_id = NULL;
    TRY(request_json_id(exchange->arena, &exchange->errors, exchange->request.json, "account_id",
                        true, &account_id));
    TRY(request_assign(&exchange->context, id_of(exchange), account_id));
    return response_answer(exchange);
}

enum err handle_get_request_checks(struct exchange *exchange) {
    const struct value *document = NULL;
    TRY(request_check_show(&exchange->context, id_of(exchange), &document));
    return response_value(exchange, 200, document);
}

/* Organisations, their members, and support's decisions about them. */
#include "base/text.h"
#include "core/search.h"
#include "core/siret.h"
#include "organisation/membership.h"
#include "organisation/organisation.h"
#include "organisation/organisation_json.h"
#include "organisation/routes.h"
#include <string.h>

/* The SIRET of a path is exactly 14 digits: nobody types it. */
static enum err path_siret(struct exchange *exchange, const char **siret) {
    *siret = request_path_parameter(exchange, "siret");
    return siret_is_valid(*siret) ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err path_id(struct exchange *exchange, const char **id) {
    *id = request_path_parameter(exchange, "id");
    return text_is_uuid(*id) ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err read_key_page(struct exchange *exchange, struct page *page) {
    int64_t limit = 0;
    const bool limited = request_limit(exchange, &limit);
    *page = page_of_key(limit, request_query(exchange, "cursor"));
    return limited ? ERR_NONE : ERR_INVALID;
}

static enum err check_state(struct exchange *exchange, const char *state) {
    static const char *const STATES[] = {"active", "suspended", "external", "refused"};
    for (size_t i = 0; state != NULL && i < sizeof STATES / sizeof STATES[0]; i++) {
        if (strcmp(state, STATES[i]) == 0) {
            return ERR_NONE;
        }
    }
    if (state != NULL) {
        exchange_error(exchange, "state", "unknown_value",
                       "Les états sont active, suspended, external et refused.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

enum err handle_list_organisations(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    TRY(read_key_page(exchange, &page));
    TRY(organisation_list(&exchange->context, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_organisation(struct exchange *exchange) {
    const char *siret = NULL;
    const char *document = NULL;
    int64_t version = 0;
    TRY(path_siret(exchange, &siret));
    TRY(organisation_read(&exchange->context, siret, &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_list_members(struct exchange *exchange) {
    struct page page;
    const char *siret = NULL;
    const char *document = NULL;
    const char *state = request_query(exchange, "state");
    TRY(path_siret(exchange, &siret));
    TRY(check_state(exchange, state));
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(membership_list_members(&exchange->context, siret, state, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_join_organisation(struct exchange *exchange) {
    char siret[SIRET_TEXT_BYTES];
    TRY(siret_parse(&exchange->errors, "siret", request_path_parameter(exchange, "siret"), siret));
    TRY(membership_join(&exchange->context, siret));
    return response_answer(exchange);
}

enum err handle_list_trusted_domains(struct exchange *exchange) {
    struct page page;
    const char *siret = NULL;
    const char *document = NULL;
    TRY(path_siret(exchange, &siret));
    TRY(read_key_page(exchange, &page));
    TRY(organisation_list_domains(&exchange->context, siret, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_add_trusted_domain(struct exchange *exchange) {
    const char *siret = NULL;
    const char *domain = NULL;
    TRY(path_siret(exchange, &siret));
    TRY(organisation_json_read_domain(exchange->arena, &exchange->errors, exchange->request.json,
                                      &domain));
    TRY(organisation_trust_domain(&exchange->context, siret, domain));
    return response_answer(exchange);
}

enum err handle_remove_trusted_domain(struct exchange *exchange) {
    const char *siret = NULL;
    TRY(path_siret(exchange, &siret));
    TRY(organisation_distrust_domain(&exchange->context, siret,
                                     request_path_parameter(exchange, "domain")));
    return response_answer(exchange);
}

static struct nullable_bool read_switch(struct exchange *exchange, const char *name) {
    const char *text = request_query(exchange, name);
    const bool is_true = text != NULL && strcmp(text, "true") == 0;
    if (text == NULL) {
        return (struct nullable_bool){0};
    }
    if (!is_true && strcmp(text, "false") != 0) {
        exchange_error(exchange, name, "unknown_value", "Écrivez true ou false.");
    }
    return nullable_bool(is_true);
}

static enum err read_filter(struct exchange *exchange, struct membership_filter *filter) {
    *filter = (struct membership_filter){
        .state = request_query(exchange, "state"),
        .reported = read_switch(exchange, "reported"),
        .by_free_mail = read_switch(exchange, "free_mail"),
        .siret = siret_read_optional(&exchange->errors, "siret", request_query(exchange, "siret")),
        .words = search_read_words(&exchange->errors, "q", request_query(exchange, "q"))};
    TRY(check_state(exchange, filter->state));
    return field_errors_verdict(&exchange->errors);
}

enum err handle_list_membership_cases(struct exchange *exchange) {
    struct page page;
    struct membership_filter filter;
    const char *document = NULL;
    TRY(read_filter(exchange, &filter));
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(organisation_list_cases(&exchange->context, &filter, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_leave_organisation(struct exchange *exchange) {
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(membership_leave(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_report_membership(struct exchange *exchange) {
    const char *id = NULL;
    const char *comment = NULL;
    TRY(path_id(exchange, &id));
    TRY(organisation_json_read_report(exchange->arena, &exchange->errors, exchange->request.json,
                                      &comment));
    TRY(membership_report(&exchange->context, id, comment));
    return response_answer(exchange);
}

enum err handle_resolve_membership(struct exchange *exchange) {
    struct membership_verdict verdict = {0};
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    int64_t version = 0;
    TRY(request_if_read(exchange, &version));
    TRY(organisation_json_read_verdict(exchange->arena, &exchange->errors, exchange->request.json,
                                       &verdict));
    verdict.version = version;
    TRY(organisation_resolve(&exchange->context, id, &verdict));
    return response_answer(exchange);
}

enum err handle_end_membership(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    TRY(path_id(exchange, &id));
    TRY(organisation_json_read_ending(exchange->arena, &exchange->errors, exchange->request.json,
                                      &reason));
    TRY(organisation_end_membership(&exchange->context, id, reason));
    return response_answer(exchange);
}

/* The directory of establishments, public. */
#include "base/json.h"
#include "core/email.h"
#include "core/search.h"
#include "core/siret.h"
#include "organisation/directory.h"
#include "organisation/membership.h"
#include "organisation/routes.h"
#include "security/token_hash.h"

static enum err read_words(struct exchange *exchange, const char **words) {
    *words = request_query(exchange, "q");
    if (*words == NULL || **words == '\0') {
        exchange_error(exchange, "q", "required",
                       "Écrivez un nom, une commune, un SIREN ou un SIRET.");
    } else {
        (void)search_read_words(&exchange->errors, "q", *words);
    }
    return field_errors_verdict(&exchange->errors);
}

enum err handle_search_establishments(struct exchange *exchange) {
    const char *words = NULL;
    const struct value *page = NULL;
    int64_t limit = 0;
    const bool limited = request_limit(exchange, &limit);
    TRY(read_words(exchange, &words));
    if (!limited) {
        return ERR_INVALID;
    }
    TRY(directory_search(&exchange->context, words, limit, request_query(exchange, "cursor"),
                         &page));
    return response_value(exchange, 200, page);
}

static enum err read_siret(struct exchange *exchange, char siret[SIRET_TEXT_BYTES]) {
    return siret_parse(&exchange->errors, "siret", request_path_parameter(exchange, "siret"),
                       siret);
}

/* ETag of an establishment: a hash of the document, since the directory has no versions. */
static int64_t fingerprint(const char *document) {
    unsigned char hash[TOKEN_HASH_BYTES];
    int64_t number = 0;
    token_hash_bytes(document, hash);
    for (size_t i = 0; i < 7; i++) {
        number = number << 8 | hash[i];
    }
    return number;
}

enum err handle_get_establishment(struct exchange *exchange) {
    char siret[SIRET_TEXT_BYTES];
    struct establishment establishment;
    TRY(read_siret(exchange, siret));
    const enum err found = directory_find(&exchange->context, siret, &establishment);
    if (found == ERR_NOT_FOUND) {
        exchange->detail = "Aucun établissement n’a ce SIRET dans l’annuaire.";
    } else if (found == ERR_UNAVAILABLE) {
        exchange->detail = "L’annuaire des établissements ne répond pas. Vous pouvez continuer : "
                           "nous le consulterons plus tard.";
    }
    TRY(found);
    const char *document =
        json_text(exchange->arena, directory_document(exchange->arena, &establishment));
    response_etag(exchange, fingerprint(document));
    return response_json(exchange, 200, document);
}

enum err handle_get_likely_case(struct exchange *exchange) {
    char siret[SIRET_TEXT_BYTES];
    enum membership_case found;
    const char *typed = request_query(exchange, "domain");
    const char *domain = typed == NULL ? NULL : email_parse_domain(exchange->arena, typed);
    const enum err read = read_siret(exchange, siret);
    if (domain == NULL) {
        exchange_error(exchange, "domain", typed == NULL ? "required" : "invalid_format",
                       "Donnez ce qui suit le @ de l’adresse e-mail.");
        return ERR_INVALID;
    }
    TRY(read);
    struct tx once = tx_once(exchange->services->pool, exchange->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(membership_foresee(&once, siret, domain, &found));
    struct value *answer = value_object(exchange->arena);
    value_set_text(exchange->arena, answer, "likely_case", membership_case_name(found));
    value_set_text(exchange->arena, answer, "domain", email_show_domain(exchange->arena, domain));
    return response_value(exchange, 200, answer);
}

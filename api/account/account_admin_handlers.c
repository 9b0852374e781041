/* Accounts of others. */
#include "account/account_admin.h"
#include "account/account_json.h"
#include "account/routes.h"
#include "base/text.h"
#include "base/utf8.h"
#include <string.h>

static enum err path_id(struct exchange *exchange, const char **id) {
    *id = request_path_parameter(exchange, "id");
    return text_is_uuid(*id) ? ERR_NONE : ERR_NOT_FOUND;
}

enum { WORD_CHARACTERS_MIN = 3, WORDS_CHARACTERS_MAX = 255 };

/* The index finds words of three characters; with shorter ones alone the whole table would be read. */
static bool has_a_long_word(struct arena *arena, const char *words) {
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (utf8_length(arena_strndup(arena, at, length)) >= WORD_CHARACTERS_MIN) {
            return true;
        }
        at += length;
    }
    return false;
}

static void check_words(struct exchange *exchange, const char *words) {
    if (words == NULL) {
        exchange_error(exchange, "q", "required", "Dites qui vous cherchez.");
    } else if (utf8_length(words) > WORDS_CHARACTERS_MAX) {
        exchange_error(exchange, "q", "too_long", "Au plus 255 caractères.");
    } else if (!has_a_long_word(exchange->arena, words)) {
        exchange_error(exchange, "q", "too_short",
                       "Écrivez au moins trois caractères de suite du nom ou de l’adresse e-mail.");
    }
}

enum err handle_list_accounts(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    const char *words = request_query(exchange, "q");
    check_words(exchange, words);
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(field_errors_verdict(&exchange->errors));
    TRY(account_admin_search(&exchange->context, words, &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_account_of(struct exchange *exchange) {
    const char *id = NULL;
    const char *document = NULL;
    int64_t version = 0;
    TRY(path_id(exchange, &id));
    TRY(account_admin_read(&exchange->context, id, &document, &version));
    response_etag(exchange, version);
    return response_json(exchange, 200, document);
}

enum err handle_suspend_account(struct exchange *exchange) {
    struct suspension suspension;
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_suspension(exchange->arena, &exchange->errors, exchange->request.json,
                                     &suspension));
    TRY(account_admin_suspend(&exchange->context, id, &suspension));
    return response_answer(exchange);
}

enum err handle_lift_suspension(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_reason(exchange->arena, &exchange->errors, exchange->request.json, false,
                                 &reason));
    TRY(account_admin_lift(&exchange->context, id, reason));
    return response_answer(exchange);
}

enum err handle_end_sessions_of(struct exchange *exchange) {
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_admin_end_sessions(&exchange->context, id));
    return response_answer(exchange);
}

enum err handle_reset_second_factor_of(struct exchange *exchange) {
    const char *id = NULL;
    const char *reason = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_json_read_reason(exchange->arena, &exchange->errors, exchange->request.json, true,
                                 &reason));
    TRY(account_admin_reset_factor(&exchange->context, id, reason));
    return response_answer(exchange);
}

enum err handle_cancel_second_factor_reset(struct exchange *exchange) {
    const char *id = NULL;
    TRY(path_id(exchange, &id));
    TRY(account_admin_cancel_reset(&exchange->context, id));
    return response_answer(exchange);
}

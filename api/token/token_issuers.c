#include "token/token_issuers.h"
#include "base/text.h"
#include "security/jwt.h"
#include "sql/token.h"
#include "token/token.h"
#include <stdio.h>
#include <string.h>

enum { BATCH = 500 };

static void count_refused(struct token_issuers *out, const char *issuer) {
    size_t i = 0;
    while (i < out->refused_count && strcmp(out->refused[i].issuer, issuer) != 0) {
        i++;
    }
    if (i == TOKEN_ISSUERS_MAX) {
        return;
    }
    if (i == out->refused_count) {
        (void)snprintf(out->refused[i].issuer, TOKEN_ISSUER_BYTES, "%s", issuer);
        out->refused_count++;
    }
    out->refused[i].tokens++;
}

static void compare_one(const struct services *services, struct arena *arena,
                        const struct token_living *token, struct token_issuers *out) {
    const char *string = NULL;
    const char *issuer = NULL;
    if (token_string_open(arena, services, token->id, token->sealed_jwt, &string) != ERR_NONE) {
        out->sealed++;
    } else if (jwt_read_issuer(arena, string, &issuer) == ERR_NONE &&
               !text_is_one_of(token_service_issuers(services->tokens), issuer)) {
        count_refused(out, issuer);
    }
}

enum err token_issuers_compare(const struct services *services, struct token_issuers *out) {
    char after[UUID_TEXT_BYTES] = "00000000-0000-0000-0000-000000000000";
    size_t count = BATCH;
    *out = (struct token_issuers){0};
    while (count == BATCH) {
        ARENA_AUTO(arena);
        struct token_living *tokens = NULL;
        struct tx once = tx_once(services->pool, &arena, IDENTITY_SYSTEM, TX_READ);
        TRY(sql_token_list_living(&once, &tokens, &count, .after = after, .limit = BATCH));
        for (size_t i = 0; i < count; i++) {
            compare_one(services, &arena, &tokens[i], out);
        }
        if (count > 0) {
            (void)snprintf(after, sizeof after, "%s", tokens[count - 1].id);
        }
    }
    return ERR_NONE;
}

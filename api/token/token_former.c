#include "token/token_former.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/act.h"
#include "product/product.h"
#include "security/seal.h"
#include "sql/token.h"
#include "token/token.h"
#include "token/token_service.h"
#include <string.h>
#include <strings.h>

static const char *seal_context(struct arena *arena, const char *name) {
    return arena_printf(arena, "former_system/%s", name);
}

static enum err open_secret(const struct services *services, struct arena *arena,
                            const struct former_system_row *row, unsigned char **secret,
                            size_t *length) {
    return seal_open(arena, services->tokens->seal_key, seal_context(arena, row->name),
                     row->sealed_secret, secret, length);
}

enum err token_former_load(const struct services *services, struct arena *arena,
                           struct jwt_keyset *keyset) {
    struct former_system_row *rows = NULL;
    size_t count = 0;
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_former_system_list(&once, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        unsigned char *secret = NULL;
        size_t length = 0;
        TRY(open_secret(services, arena, &rows[i], &secret, &length));
        TRY(jwt_keyset_add_former(keyset, rows[i].name, rows[i].issuer.or_null, secret, length));
    }
    return ERR_NONE;
}

/* The rules of a keyset, told by the option. */
static void check_system(struct context *context, const struct former_system *system) {
    struct jwt_keyset *keyset = jwt_keyset_new();
    if (*system->name == '\0' || utf8_length(system->name) > FORMER_SYSTEM_CHARACTERS_MAX) {
        field_errors_add(context->errors, "--system", "invalid_format",
                         "Le nom de l’ancien système a de 1 à %d caractères.",
                         FORMER_SYSTEM_CHARACTERS_MAX);
    }
    if (jwt_keyset_add_former(keyset, system->name, NULL, system->secret, strlen(system->secret)) !=
        ERR_NONE) {
        field_errors_add(context->errors, "--secret-file", "invalid_format",
                         "Le secret HS256 a de %d à %d octets et n’est pas une clé publique ou "
                         "privée (RFC 7518, 3.2).",
                         JWT_SECRET_BYTES_MIN, JWT_SECRET_BYTES_MAX);
    }
    jwt_keyset_release(keyset);
}

static bool is_same(const struct former_system_row *row, const struct former_system *system,
                    const char *secret) {
    const char *issuer = row->issuer.or_null;
    return strcmp(secret, system->secret) == 0 && (issuer == NULL) == (system->issuer == NULL) &&
           (issuer == NULL || strcmp(issuer, system->issuer) == 0);
}

static enum err list(struct tx *tx, struct former_system_row **rows, size_t *count,
                     const char *name, const struct former_system_row **found) {
    TRY(sql_former_system_list(tx, rows, count));
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*rows)[i].name, name) == 0) {
            *found = &(*rows)[i]; /* the name is the key */
            return ERR_NONE;
        }
    }
    return ERR_NONE;
}

static enum err add(struct tx *tx, const struct services *services,
                    const struct former_system *system) {
    const char *sealed =
        seal_close(tx->arena, services->tokens->seal_key, seal_context(tx->arena, system->name),
                   system->secret, strlen(system->secret));
    TRY(sql_former_system_add(tx, .name = system->name, .issuer = system->issuer,
                              .sealed_secret = sealed));
    return sql_signing_key_notify(tx);
}

/* Of two systems with one secret and one issuer, nobody could tell whose string it is. */
static enum err refuse_twin(struct context *context, const struct former_system_row *rows,
                            size_t count, const struct former_system *system) {
    for (size_t i = 0; i < count; i++) {
        unsigned char *secret = NULL;
        size_t length = 0;
        TRY(open_secret(context->services, context->arena, &rows[i], &secret, &length));
        if (is_same(&rows[i], system, (const char *)secret)) {
            return context_fail(context, ERR_CONFLICT,
                                arena_printf(context->arena,
                                             "Ce secret est celui de « %s » : donnez ce nom "
                                             "(--system).",
                                             rows[i].name));
        }
    }
    return ERR_NONE;
}

enum err token_former_add_system(struct context *context, const struct former_system *system,
                                 bool dry_run) {
    const struct former_system_row *found = NULL;
    struct former_system_row *rows = NULL;
    size_t count = 0;
    unsigned char *secret = NULL;
    size_t length = 0;
    check_system(context, system);
    TRY(field_errors_verdict(context->errors));
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(sql_signing_key_lock(&act.tx)); /* two that add at once would both see room */
    TRY(list(&act.tx, &rows, &count, system->name, &found));
    if (found != NULL) {
        TRY(open_secret(context->services, context->arena, found, &secret, &length));
        return is_same(found, system, (const char *)secret)
                   ? ERR_NONE
                   : context_fail(context, ERR_CONFLICT,
                                  "Cet ancien système est connu avec un autre secret ou un autre "
                                  "émetteur : donnez un autre nom (--system).");
    }
    TRY(refuse_twin(context, rows, count, system));
    if (count >= JWT_FORMER_SYSTEMS_MAX) {
        return context_fail(context, ERR_CONFLICT,
                            "Quatre anciens systèmes sont déjà connus, c’est le maximum.");
    }
    TRY(add(&act.tx, context->services, system));
    if (dry_run) {
        return ERR_NONE;
    }
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "former_system.add",
                                                            .subject_type = "former_system",
                                                            .subject_id = system->name}});
}

enum err token_former_find_system(struct context *context, const char *name) {
    const struct former_system_row *found = NULL;
    struct former_system_row *rows = NULL;
    size_t count = 0;
    struct tx once = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(list(&once, &rows, &count, name, &found));
    return found != NULL ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err refuse(struct context *context, const char *column, const char *code,
                       const char *message) {
    field_errors_add(context->errors, column, code, "%s", message);
    return ERR_INVALID;
}

static enum err check_token(struct context *context, bool is_known,
                            const struct token_former *token, const char *system) {
    if (!is_known) {
        return refuse(context, "token_id", "not_found",
                      "Ce jeton n’existe pas ici : importez-le d’abord (import-accounts), ou dites "
                      "de quelle demande il est (request_number).");
    }
    if (strcmp(token->state, "revoked") == 0) {
        return refuse(context, "token_id", "revoked", "Ce jeton est révoqué.");
    }
    if (token->former_system.or_null != NULL && strcmp(token->former_system.or_null, system) != 0) {
        return refuse(context, "token_id", "conflict", "Ce jeton vient d’un autre ancien système.");
    }
    return ERR_NONE;
}

/* The request that a row names, which has no other token. */
static enum err find_request(struct context *context, struct tx *tx,
                             const struct token_former_row *row,
                             struct token_former_request *request) {
    bool is_found = false;
    const char *number = row->request_number + (*row->request_number == 'D');
    TRY(sql_token_find_former_request(tx, &is_found, request, .product = row->product,
                                      .number = number));
    if (!is_found) {
        return refuse(context, "request_number", "not_found",
                      "Aucune demande de ce produit n’a été reprise sous ce numéro : reprenez-la "
                      "d’abord (import-requests).");
    }
    const char *token_id = request->token_id.or_null;
    if (token_id != NULL && strcasecmp(token_id, row->token_id) != 0) {
        return refuse(context, "request_number", "conflict",
                      "Cette demande a un autre jeton : ceux qui existent sont repris avant que "
                      "d’autres soient faits (import-requests --no-tokens).");
    }
    return ERR_NONE;
}

static enum err create(struct context *context, struct tx *tx, const struct token_former_row *row,
                       const struct token_former_request *request) {
    int64_t end_s = 0;
    struct value *scopes = NULL;
    const struct product *product = products_find(context->services->products, row->product);
    if (strcmp(request->state, "approved") != 0 || product == NULL) {
        return refuse(context, "request_number", "conflict",
                      "L’habilitation de cette demande ne vaut plus : elle n’a pas de jeton.");
    }
    if (!token_read_end(context->errors, row->expires_at, product->token_lifetime_months, &end_s)) {
        return ERR_INVALID;
    }
    TRY(json_parse(context->arena, request->scopes, strlen(request->scopes), &scopes, NULL));
    return token_adopt(tx, context->services,
                       &(struct token_grant){.request_id = request->request_id,
                                             .habilitation_id = request->habilitation_id,
                                             .product = row->product,
                                             .siret = request->siret,
                                             .scopes = scopes,
                                             .lifetime_months = product->token_lifetime_months},
                       row->token_id, end_s);
}

/* The token of the row, made where it is not here yet and the row says of which request it is. */
static enum err find_or_create(struct context *context, struct tx *tx,
                               const struct token_former_row *row, bool *is_known,
                               struct token_former *token, bool *is_created) {
    struct token_former_request request;
    if (*row->request_number != '\0') {
        TRY(find_request(context, tx, row, &request));
    }
    TRY(sql_token_find_former(tx, is_known, token, .token = row->token_id));
    *is_created = !*is_known && *row->request_number != '\0';
    if (*is_created) {
        TRY(create(context, tx, row, &request));
        return sql_token_find_former(tx, is_known, token, .token = row->token_id);
    }
    return *is_known && *row->request_number != '\0' && request.token_id.or_null == NULL
               ? refuse(context, "request_number", "conflict",
                        "Ce jeton est celui d’une autre demande.")
               : ERR_NONE;
}

enum err token_former_accept(struct context *context, const struct token_former_row *row,
                             const char *system, int64_t until_s, bool dry_run,
                             struct token_former_result *result) {
    struct token_former token;
    bool is_known = false;
    *result = (struct token_former_result){.outcome = FORMER_UNCHANGED};
    if (!text_is_uuid(row->token_id)) {
        return refuse(context, "token_id", "invalid_format",
                      "L’identifiant d’un jeton est un UUID.");
    }
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(find_or_create(context, &act.tx, row, &is_known, &token, &result->is_created));
    TRY(check_token(context, is_known, &token, system));
    if (nullable_int_or(token.former_until_s, -1) != until_s) {
        result->outcome = FORMER_ACCEPTED;
    }
    if (dry_run || result->outcome == FORMER_UNCHANGED) {
        return ERR_NONE;
    }
    TRY(sql_token_accept_former(&act.tx, .token = row->token_id, .system = system,
                                .until_s = until_s));
    return act_commit(
        &act,
        &(struct act_outcome){.audit = {.action = "token.accept_former",
                                        .subject_type = "token",
                                        .subject_id = text_lower(context->arena, row->token_id)}});
}

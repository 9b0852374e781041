#include "organisation/directory.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "core/page.h"
#include "organisation/directory_query.h"
#include "organisation/eligibility.h"
#include <string.h>

extern const unsigned char DIRECTORY_SAMPLE[]; /* JSON, made by CMake */

static void establishment_of_row(const struct rows *rows, size_t row, struct establishment *out) {
    *out = (struct establishment){.siret = rows_text(rows, row, "siret"),
                                  .name = rows_text(rows, row, "name"),
                                  .legal_category = rows_text(rows, row, "legal_category"),
                                  .address = rows_text(rows, row, "address"),
                                  .open = rows_boolean(rows, row, "open")};
}

static enum err find_in_table(struct context *context, const char *siret,
                              struct establishment *out) {
    struct rows *rows = NULL;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_NOBODY, TX_READ,
                   &SQL_DIRECTORY_FIND, &rows, P_TEXT(siret)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    establishment_of_row(rows, 0, out);
    return ERR_NONE;
}

/* `*fresh`: asked less than 24 hours ago. ERR_NOT_FOUND with fresh set: known to be unknown. */
static enum err find_in_cache(struct context *context, const char *siret, bool *fresh,
                              struct establishment *out) {
    struct rows *rows = NULL;
    *fresh = false;
    TRY(pool_query(context->services->pool, context->arena, IDENTITY_NOBODY, TX_READ,
                   &SQL_DIRECTORY_FIND_CACHED, &rows, P_TEXT(siret)));
    if (rows->count == 0) {
        return ERR_UNAVAILABLE;
    }
    *fresh = rows_boolean(rows, 0, "fresh");
    if (rows_text(rows, 0, "name") == NULL) {
        return ERR_NOT_FOUND;
    }
    establishment_of_row(rows, 0, out);
    return ERR_NONE;
}

static enum err cache_answer(struct context *context, const char *siret, enum err found,
                             const struct establishment *establishment) {
    const char *answer = NULL;
    if (found == ERR_NONE) {
        struct value *value = value_object(context->arena);
        value_set_text(context->arena, value, "name", establishment->name);
        value_set_text(context->arena, value, "legal_category", establishment->legal_category);
        value_set_text(context->arena, value, "address", establishment->address);
        value_set(context->arena, value, "open",
                  value_boolean(context->arena, establishment->open));
        answer = json_text(context->arena, value);
    }
    return pool_query(context->services->pool, context->arena, IDENTITY_NOBODY, TX_WRITE,
                      &SQL_DIRECTORY_CACHE, NULL, P_TEXT(siret), P_TEXT(answer));
}

static enum err find_remotely(struct context *context, const char *siret,
                              struct establishment *out) {
    const struct ports *ports = context->services->ports;
    bool fresh = false;
    const enum err cached = find_in_cache(context, siret, &fresh, out);
    if (fresh || (cached != ERR_NONE && cached != ERR_NOT_FOUND && cached != ERR_UNAVAILABLE)) {
        return cached;
    }
    struct establishment asked = {0};
    const enum err found =
        ports->directory_find(ports->directory_state, context->arena, siret, &asked);
    if (found != ERR_NONE && found != ERR_NOT_FOUND) {
        log_warning(LOG_DIRECTORY_DOWN, LOG_TEXT("error", err_slug(found)));
        return cached == ERR_NONE ? ERR_NONE : ERR_UNAVAILABLE;
    }
    *out = asked;
    TRY(cache_answer(context, siret, found, &asked));
    return found;
}

enum err directory_find(struct context *context, const char *siret, struct establishment *out) {
    return context->services->ports->directory_find == NULL ? find_in_table(context, siret, out)
                                                            : find_remotely(context, siret, out);
}

static void set_text_or_null(struct arena *arena, struct value *object, const char *name,
                             const char *text) {
    value_set(arena, object, name, value_text(arena, text));
}

struct value *directory_document(struct arena *arena, const struct establishment *establishment) {
    const enum eligibility_ground ground = eligibility_find_ground(establishment->legal_category);
    struct value *document = value_object(arena);
    set_text_or_null(arena, document, "siret", establishment->siret);
    set_text_or_null(arena, document, "name", establishment->name);
    set_text_or_null(arena, document, "legal_category", establishment->legal_category);
    set_text_or_null(arena, document, "address", establishment->address);
    value_set(arena, document, "open", value_boolean(arena, establishment->open));
    value_set(arena, document, "eligible", value_boolean(arena, eligibility_is_by_nature(ground)));
    set_text_or_null(arena, document, "eligibility_ground", eligibility_ground_name(ground));
    return document;
}

static const char *pattern(struct arena *arena, const char *word) {
    return word == NULL ? "%" : arena_printf(arena, "%%%s%%", word);
}

static enum err search_rows(struct context *context, const struct directory_query *query,
                            int64_t limit, int64_t offset, struct rows **rows) {
    struct pool *pool = context->services->pool;
    struct arena *arena = context->arena;
    if (query->number != NULL) {
        return pool_query(pool, arena, IDENTITY_NOBODY, TX_READ, &SQL_DIRECTORY_SEARCH_NUMBER, rows,
                          P_TEXT(query->number), P_INTEGER(limit), P_INTEGER(offset));
    }
    return pool_query(
        pool, arena, IDENTITY_NOBODY, TX_READ, &SQL_DIRECTORY_SEARCH, rows,
        P_TEXT(pattern(arena, query->words[0])), P_TEXT(pattern(arena, query->words[1])),
        P_TEXT(pattern(arena, query->words[2])), P_TEXT(pattern(arena, query->words[3])),
        P_TEXT(pattern(arena, query->town_hall)), P_INTEGER(limit), P_INTEGER(offset));
}

static enum err search_in_table(struct context *context, const struct directory_query *query,
                                int64_t limit, int64_t offset, struct establishment **out,
                                size_t *count) {
    struct rows *rows = NULL;
    *count = 0;
    if (query->number == NULL && query->count == 0) {
        return ERR_NONE;
    }
    TRY(search_rows(context, query, limit, offset, &rows));
    *out = ARENA_ARRAY(context->arena, struct establishment, rows->count);
    *count = rows->count;
    for (size_t i = 0; i < rows->count; i++) {
        establishment_of_row(rows, i, &(*out)[i]);
    }
    return ERR_NONE;
}

enum err directory_search(struct context *context, const char *typed, int64_t limit,
                          const char *cursor, const struct value **page) {
    const struct ports *ports = context->services->ports;
    struct directory_query query;
    struct establishment *found = NULL;
    size_t count = 0;
    struct page place;
    int64_t offset = 0;
    if (!page_read_number(context->errors, limit, cursor, &place)) {
        return ERR_INVALID;
    }
    (void)(cursor == NULL || text_parse_integer(cursor, 0, 1000, &offset));
    directory_query_read(context->arena, typed, &query);
    if (ports->directory_search == NULL) {
        TRY(search_in_table(context, &query, limit, offset, &found, &count));
    } else if (ports->directory_search(ports->directory_state, context->arena, &query, limit,
                                       offset, &found, &count) != ERR_NONE) {
        return context_fail(context, ERR_UNAVAILABLE,
                            "L’annuaire des établissements ne répond pas. Saisissez le SIRET, ou "
                            "réessayez plus tard.");
    }
    struct value *items = value_array(context->arena);
    for (size_t i = 0; i < count; i++) {
        value_push(context->arena, items, directory_document(context->arena, &found[i]));
    }
    struct value *document = value_object(context->arena);
    value_set(context->arena, document, "items", items);
    const bool more = (int64_t)count == limit && offset + limit <= 1000;
    value_set(context->arena, document, "next_cursor",
              more ? value_text(context->arena,
                                arena_printf(context->arena, "%lld", (long long)(offset + limit)))
                   : value_null(context->arena));
    *page = document;
    return ERR_NONE;
}

enum err directory_save(struct tx *tx, const struct establishment *establishment) {
    const enum eligibility_ground ground = eligibility_find_ground(establishment->legal_category);
    return tx_query(tx, &SQL_ORGANISATION_SAVE, NULL, P_TEXT(establishment->siret),
                    P_TEXT(establishment->name), P_TEXT(establishment->legal_category),
                    P_TEXT(establishment->address), P_BOOLEAN(establishment->open),
                    P_BOOLEAN(eligibility_is_by_nature(ground)),
                    P_TEXT(eligibility_ground_name(ground)));
}

enum err directory_ask(struct context *context, const char *siret, const char *pointer,
                       struct directory_answer *out) {
    const enum err found = directory_find(context, siret, &out->establishment);
    out->is_known = found == ERR_NONE;
    if (found == ERR_NOT_FOUND) {
        field_errors_add(
            context->errors, pointer, "not_found",
            "Aucun établissement n’a ce SIRET dans le répertoire. Vérifiez le numéro, ou "
            "cherchez votre organisation par son nom.");
        return ERR_INVALID;
    }
    return found == ERR_UNAVAILABLE ? ERR_NONE : found;
}

enum err directory_keep(struct tx *tx, const char *siret, const struct directory_answer *answer) {
    return answer->is_known ? directory_save(tx, &answer->establishment)
                            : tx_query(tx, &SQL_ORGANISATION_SAVE_PENDING, NULL, P_TEXT(siret));
}

static enum err complete_one(struct context *context, const char *siret) {
    struct directory_answer answer = {0};
    const enum err found = directory_find(context, siret, &answer.establishment);
    if (found == ERR_NOT_FOUND) {
        return pool_query(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE,
                          &SQL_ORGANISATION_CLOSE_UNKNOWN, NULL, P_TEXT(siret));
    }
    TRY(found);
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE, &tx));
    TRY(directory_save(&tx, &answer.establishment));
    return tx_commit(&tx);
}

enum err directory_complete_organisations(struct context *context) {
    struct rows *rows = NULL;
    TRY(pool_run(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ,
                 &SQL_ORGANISATION_LIST_PENDING, NULL, 0, &rows));
    for (size_t i = 0; i < rows->count; i++) {
        const enum err err = complete_one(context, rows_text(rows, i, "siret"));
        if (err == ERR_UNAVAILABLE) {
            return ERR_NONE; /* still away: the next run asks again */
        }
        TRY(err);
    }
    return ERR_NONE;
}

enum err directory_load_sample(struct pool *pool, struct arena *arena) {
    return pool_query(pool, arena, IDENTITY_NOBODY, TX_WRITE, &SQL_DIRECTORY_LOAD_SAMPLE, NULL,
                      P_TEXT((const char *)DIRECTORY_SAMPLE));
}

#include "organisation/directory.h"
#include "base/json.h"
#include "base/text.h"
#include "core/page.h"
#include "organisation/directory_query.h"
#include "organisation/eligibility.h"
#include "sql/organisation.h"
#include <inttypes.h>
#include <string.h>

extern const unsigned char DIRECTORY_SAMPLE[]; /* JSON, made by CMake */

static struct tx once(struct context *context, enum tx_mode mode) {
    return tx_once(context->services->pool, context->arena, IDENTITY_NOBODY, mode);
}

static struct establishment establishment_of(const struct directory_row *row) {
    return (struct establishment){.siret = row->siret,
                                  .name = row->name,
                                  .legal_category = row->legal_category.or_null,
                                  .address = row->address.or_null,
                                  .open = row->open};
}

static enum err find_in_table(struct context *context, const char *siret,
                              struct establishment *out) {
    struct directory_row row;
    struct tx tx = once(context, TX_READ);
    TRY(sql_directory_find(&tx, &row, .siret = siret));
    *out = establishment_of(&row);
    return ERR_NONE;
}

/* `*is_fresh`: asked less than 24 hours ago. ERR_NOT_FOUND: there was no such establishment;
 * ERR_UNAVAILABLE: never asked. */
static enum err find_in_cache(struct context *context, const char *siret, bool *is_fresh,
                              struct establishment *out) {
    struct directory_cached cached;
    bool found = false;
    struct tx tx = once(context, TX_READ);
    TRY(sql_directory_find_cached(&tx, &found, &cached, .siret = siret));
    *is_fresh = cached.is_fresh;
    if (!found) {
        return ERR_UNAVAILABLE;
    }
    if (cached.name.or_null == NULL) {
        return ERR_NOT_FOUND;
    }
    *out = (struct establishment){.siret = arena_strdup(context->arena, siret),
                                  .name = cached.name.or_null,
                                  .legal_category = cached.legal_category.or_null,
                                  .address = cached.address.or_null,
                                  .successor = cached.successor.or_null,
                                  .open = cached.open.value};
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
        value_set_text(context->arena, value, "successor", establishment->successor);
        value_set(value, "open", value_boolean(context->arena, establishment->open));
        answer = json_text(context->arena, value);
    }
    struct tx tx = once(context, TX_WRITE);
    return sql_directory_cache(&tx, .siret = siret, .answer = answer);
}

static enum err find_remotely(struct context *context, const char *siret,
                              struct establishment *out) {
    const struct ports *ports = context->services->ports;
    bool is_fresh = false;
    const enum err cached = find_in_cache(context, siret, &is_fresh, out);
    if (is_fresh || (cached != ERR_NONE && cached != ERR_NOT_FOUND && cached != ERR_UNAVAILABLE)) {
        return cached;
    }
    struct establishment asked = {0};
    const enum err found =
        ports->directory_find(ports->directory_state, context->arena, siret, &asked);
    if (found != ERR_NONE && found != ERR_NOT_FOUND) {
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
    value_set(object, name, value_text(arena, text));
}

struct value *directory_document(struct arena *arena, const struct establishment *establishment) {
    const enum eligibility_ground ground = eligibility_find_ground(establishment->legal_category);
    struct value *document = value_object(arena);
    set_text_or_null(arena, document, "siret", establishment->siret);
    set_text_or_null(arena, document, "name", establishment->name);
    set_text_or_null(arena, document, "legal_category", establishment->legal_category);
    set_text_or_null(arena, document, "address", establishment->address);
    value_set(document, "open", value_boolean(arena, establishment->open));
    set_text_or_null(arena, document, "successor", establishment->successor);
    value_set(document, "eligible", value_boolean(arena, eligibility_is_by_nature(ground)));
    set_text_or_null(arena, document, "eligibility_ground", eligibility_ground_name(ground));
    return document;
}

static const char *pattern(struct arena *arena, const char *word) {
    return word == NULL ? "%" : arena_printf(arena, "%%%s%%", word);
}

static enum err search_rows(struct context *context, const struct directory_query *query,
                            int64_t limit, int64_t offset, struct directory_row **rows,
                            size_t *count) {
    struct arena *arena = context->arena;
    struct pool *pool = context->actor->kind == ACTOR_ANONYMOUS ? context->services->heavy_pool
                                                                : context->services->pool;
    struct tx tx = tx_once(pool, arena, IDENTITY_NOBODY, TX_READ);
    if (query->number != NULL) {
        return sql_directory_search_number(&tx, rows, count, .digits = query->number,
                                           .limit = limit, .offset = offset);
    }
    return sql_directory_search(
        &tx, rows, count, .word_1 = pattern(arena, query->words[0]),
        .word_2 = pattern(arena, query->words[1]), .word_3 = pattern(arena, query->words[2]),
        .word_4 = pattern(arena, query->words[3]), .commune = pattern(arena, query->town_hall),
        .limit = limit, .offset = offset);
}

static enum err search_in_table(struct context *context, const struct directory_query *query,
                                int64_t limit, int64_t offset, struct establishment **out,
                                size_t *count) {
    struct directory_row *rows = NULL;
    *count = 0;
    if (query->number == NULL && query->count == 0) {
        return ERR_NONE;
    }
    TRY(search_rows(context, query, limit, offset, &rows, count));
    *out = ARENA_ARRAY(context->arena, struct establishment, *count);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = establishment_of(&rows[i]);
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
        value_push(items, directory_document(context->arena, &found[i]));
    }
    struct value *document = value_object(context->arena);
    value_set(document, "items", items);
    const bool more = (int64_t)count == limit && offset + limit <= 1000;
    value_set(
        document, "next_cursor",
        more ? value_text(context->arena, arena_printf(context->arena, "%" PRId64, offset + limit))
             : value_null(context->arena));
    *page = document;
    return ERR_NONE;
}

/* Writes what the directory says into the organisation's row. */
static enum err save(struct tx *tx, const struct establishment *establishment) {
    const enum eligibility_ground ground = eligibility_find_ground(establishment->legal_category);
    return sql_organisation_save(tx, .siret = establishment->siret, .name = establishment->name,
                                 .legal_category = establishment->legal_category,
                                 .address = establishment->address, .is_open = establishment->open,
                                 .is_eligible = eligibility_is_by_nature(ground),
                                 .ground = eligibility_ground_name(ground));
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
    return answer->is_known ? save(tx, &answer->establishment)
                            : sql_organisation_save_pending(tx, .siret = siret);
}

static enum err complete_one(struct context *context, const char *siret) {
    struct establishment establishment;
    const enum err found = directory_find(context, siret, &establishment);
    struct tx tx = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_WRITE);
    if (found == ERR_NOT_FOUND) {
        return sql_organisation_close_unknown(&tx, .siret = siret);
    }
    TRY(found);
    return save(&tx, &establishment);
}

enum err directory_complete_organisations(struct context *context) {
    const char **sirets = NULL;
    size_t count = 0;
    struct tx tx = tx_once(context->services->pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_organisation_list_pending(&tx, &sirets, &count));
    for (size_t i = 0; i < count; i++) {
        const enum err err = complete_one(context, sirets[i]);
        if (err == ERR_UNAVAILABLE) {
            return ERR_NONE; /* the directory does not answer: the next run asks again */
        }
        TRY(err);
    }
    return ERR_NONE;
}

enum err directory_load_sample(struct pool *pool, struct arena *arena) {
    struct tx tx = tx_once(pool, arena, IDENTITY_NOBODY, TX_WRITE);
    return sql_directory_load_sample(&tx, .establishments = (const char *)DIRECTORY_SAMPLE);
}

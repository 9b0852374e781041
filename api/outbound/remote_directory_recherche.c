/* API Recherche d’entreprises: GET /search?q=&page=&per_page=
 * https://recherche-entreprises.api.gouv.fr/docs — one result is a legal unit with its head office
 * and the establishments that match. */
#include "base/text.h"
#include "outbound/remote_directory.h"
#include <string.h>

enum { PER_PAGE_MAX = 25 };

/* This directory tells no successions, but that a closed establishment was once the head office of a unit that has
 * another one now: it moved there. */
static const char *find_head_office(const struct value *unit, const struct value *establishment) {
    const struct value *office = value_get(unit, "siege");
    const char *siret = value_get_text(office, "siret");
    const char *state = value_get_text(office, "etat_administratif");
    const bool moved = value_get_boolean(establishment, "ancien_siege", false);
    return moved && siret != NULL && text_is_digits(siret, 14) && state != NULL &&
                   strcmp(state, "A") == 0
               ? siret
               : NULL;
}

static bool read_establishment(const struct value *unit, const struct value *establishment,
                               struct establishment *out) {
    const char *siret = value_get_text(establishment, "siret");
    const char *state = value_get_text(establishment, "etat_administratif");
    const char *name = remote_directory_text(unit, "nom_complet");
    if (siret == NULL || !text_is_digits(siret, 14) || state == NULL) {
        return false;
    }
    *out = (struct establishment){
        .siret = siret,
        .name = name != NULL ? name : REMOTE_DIRECTORY_NAME_UNPUBLISHED,
        .legal_category = remote_directory_text(unit, "nature_juridique"),
        .address = remote_directory_text(establishment, "adresse"),
        .open = strcmp(state, "A") == 0,
    };
    out->successor = out->open ? NULL : find_head_office(unit, establishment);
    return true;
}

struct collection {
    struct establishment *entries;
    size_t count;
    size_t limit;
};

static void collect(struct collection *into, const struct value *unit,
                    const struct value *establishment) {
    struct establishment entry;
    if (into->count == into->limit || !read_establishment(unit, establishment, &entry)) {
        return;
    }
    for (size_t i = 0; i < into->count; i++) {
        if (strcmp(into->entries[i].siret, entry.siret) == 0) {
            return;
        }
    }
    into->entries[into->count++] = entry;
}

/* The establishments that match come first: the head office may be elsewhere. */
static void collect_unit(struct collection *into, const struct value *unit) {
    const struct value *matching = value_get(unit, "matching_etablissements");
    for (size_t i = 0; i < value_count(matching); i++) {
        collect(into, unit, value_item(matching, i));
    }
    collect(into, unit, value_get(unit, "siege"));
}

static enum err recherche_search(struct directory_call *call, const struct directory_query *query,
                                 int64_t limit, int64_t offset, struct establishment **out,
                                 size_t *count) {
    struct directory_answer_read answer = {0};
    struct arena *arena = call->arena;
    const int64_t per_page = limit < PER_PAGE_MAX ? limit : PER_PAGE_MAX;
    TRY(remote_directory_get(
        call,
        arena_printf(
            arena, "/search?q=%s&page=%lld&per_page=%lld",
            text_percent_encode(arena, query->number != NULL ? query->number : query->typed),
            (long long)(offset / per_page + 1), (long long)per_page),
        &answer));
    const struct value *results = value_get(answer.tree, "results");
    if (!value_is(results, VALUE_ARRAY)) {
        return remote_directory_refuse_answer(call, "no results in the answer");
    }
    struct collection found = {
        .entries = ARENA_ARRAY(arena, struct establishment, (size_t)limit + 1),
        .limit = (size_t)limit,
    };
    for (size_t i = 0; i < value_count(results); i++) {
        collect_unit(&found, value_item(results, i));
    }
    *out = found.entries;
    *count = found.count;
    return ERR_NONE;
}

static enum err recherche_find(struct directory_call *call, const char *siret,
                               struct establishment *out) {
    struct establishment *entries = NULL;
    size_t count = 0;
    const struct directory_query query = {.typed = siret, .number = siret};
    TRY(recherche_search(call, &query, PER_PAGE_MAX, 0, &entries, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].siret, siret) == 0) {
            *out = entries[i];
            return ERR_NONE;
        }
    }
    return remote_directory_unknown(call);
}

const struct remote_directory_kind remote_directory_recherche = {
    .name = "recherche-entreprises",
    .default_url = "https://recherche-entreprises.api.gouv.fr",
    .find = recherche_find,
    .search = recherche_search,
};

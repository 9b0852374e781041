/* INSEE, API Sirene 3.11: GET /siret/{siret}, GET /siret?q=…
 * https://portail-api.insee.fr — the state of an establishment is in the period without end. */
#include "base/buf.h"
#include "base/text.h"
#include "outbound/remote_directory.h"
#include <string.h>

enum { QUERY_BYTES_MAX = 4096 };

static const char *read_name(struct arena *arena, const struct value *unit) {
    const char *name = remote_directory_text(unit, "denominationUniteLegale");
    const char *first = remote_directory_text(unit, "prenomUsuelUniteLegale");
    const char *last = remote_directory_text(unit, "nomUsageUniteLegale");
    if (name == NULL) {
        const char *parts[] = {
            first != NULL ? first : remote_directory_text(unit, "prenom1UniteLegale"),
            last != NULL ? last : remote_directory_text(unit, "nomUniteLegale"),
        };
        name = remote_directory_join(arena, " ", parts, 2);
    }
    return name != NULL ? name : REMOTE_DIRECTORY_NAME_UNPUBLISHED;
}

/* "20 AVENUE DE SEGUR, 75007 PARIS" */
static const char *read_address(struct arena *arena, const struct value *address) {
    const char *street[] = {
        remote_directory_text(address, "numeroVoieEtablissement"),
        remote_directory_text(address, "indiceRepetitionEtablissement"),
        remote_directory_text(address, "typeVoieEtablissement"),
        remote_directory_text(address, "libelleVoieEtablissement"),
    };
    const char *place[] = {
        remote_directory_text(address, "codePostalEtablissement"),
        remote_directory_text(address, "libelleCommuneEtablissement"),
    };
    const char *lines[] = {remote_directory_join(arena, " ", street, 4),
                           remote_directory_join(arena, " ", place, 2)};
    return remote_directory_join(arena, ", ", lines, 2);
}

static enum err read_state(struct directory_call *call, const struct value *establishment,
                           bool *open) {
    const struct value *periods = value_get(establishment, "periodesEtablissement");
    for (size_t i = 0; i < value_count(periods); i++) {
        const struct value *period = value_item(periods, i);
        const char *state = value_get_text(period, "etatAdministratifEtablissement");
        if (value_is(value_get(period, "dateFin"), VALUE_NULL) && state != NULL) {
            *open = strcmp(state, "A") == 0;
            return ERR_NONE;
        }
    }
    return remote_directory_refuse_answer(call, "no current period");
}

static enum err read_establishment(struct directory_call *call, const struct value *establishment,
                                   struct establishment *out) {
    const char *siret = value_get_text(establishment, "siret");
    const struct value *unit = value_get(establishment, "uniteLegale");
    const struct value *address = value_get(establishment, "adresseEtablissement");
    if (siret == NULL || !text_is_digits(siret, 14) || !value_is(unit, VALUE_OBJECT)) {
        return remote_directory_refuse_answer(call, "no establishment in the answer");
    }
    *out = (struct establishment){
        .siret = siret,
        .name = read_name(call->arena, unit),
        .legal_category = remote_directory_text(unit, "categorieJuridiqueUniteLegale"),
        .address = read_address(call->arena, address),
    };
    return read_state(call, establishment, &out->open);
}

/* The latest link from an establishment to the one that took its place; NULL: none. */
static const char *latest_successor(const struct value *links, const char *siret) {
    const char *successor = NULL;
    const char *latest = "";
    for (size_t i = 0; i < value_count(links); i++) {
        const struct value *link = value_item(links, i);
        const char *to = value_get_text(link, "siretEtablissementSuccesseur");
        const char *at = value_get_text(link, "dateLienSuccession");
        at = at == NULL ? "" : at; /* ISO 8601: sorts as text */
        if (to != NULL && text_is_digits(to, 14) && strcmp(to, siret) != 0 &&
            (successor == NULL || strcmp(at, latest) > 0)) {
            successor = to;
            latest = at;
        }
    }
    return successor;
}

/* Of a closed establishment. Where this second question has no answer the first one stands: closed. */
static const char *find_successor(struct directory_call *call, const char *siret) {
    struct directory_answer_read answer = {0};
    const char *path = arena_printf(
        call->arena, "/siret/liensSuccession?q=siretEtablissementPredecesseur:%s", siret);
    const enum err err = remote_directory_get(call, path, &answer);
    call->outcome = DIRECTORY_FOUND;
    return err == ERR_NONE && answer.status == 200
               ? latest_successor(value_get(answer.tree, "liensSuccession"), siret)
               : NULL;
}

static enum err read_one(struct directory_call *call, const struct directory_answer_read *answer,
                         const char *siret, struct establishment *out) {
    TRY(read_establishment(call, value_get(answer->tree, "etablissement"), out));
    return strcmp(out->siret, siret) == 0
               ? ERR_NONE
               : remote_directory_refuse_answer(call, "another establishment");
}

static const char *path_of(struct arena *arena, const char *siret) {
    return arena_printf(arena, "/siret/%s", siret);
}

/* 301: this one was entered twice, and lives on under the number of the other. */
static enum err find_other(struct directory_call *call, const char *siret, const char *location,
                           struct establishment *out) {
    struct directory_answer_read answer = {0};
    const char *last = location == NULL ? NULL : strrchr(location, '/');
    if (last == NULL || !text_is_digits(last + 1, 14) || strcmp(last + 1, siret) == 0) {
        return remote_directory_unknown(call);
    }
    const char *other = arena_strdup(call->arena, last + 1);
    TRY(remote_directory_get(call, path_of(call->arena, other), &answer));
    if (answer.status != 200) {
        return remote_directory_unknown(call);
    }
    TRY(read_one(call, &answer, other, out));
    out->siret = siret;
    out->open = false;
    out->successor = other;
    return ERR_NONE;
}

static enum err insee_find(struct directory_call *call, const char *siret,
                           struct establishment *out) {
    struct directory_answer_read answer = {0};
    TRY(remote_directory_get(call, path_of(call->arena, siret), &answer));
    if (answer.status == 301) {
        return find_other(call, siret, answer.location, out);
    }
    if (answer.status != 200) {
        return remote_directory_unknown(call);
    }
    TRY(read_one(call, &answer, siret, out));
    out->successor = out->open ? NULL : find_successor(call, siret);
    return ERR_NONE;
}

/* Every word in the name or in the commune: (denomination:"w" OR commune:"w") AND … */
static const char *make_criteria(struct arena *arena, const struct directory_query *query) {
    struct buf buf;
    buf_init(&buf, arena, QUERY_BYTES_MAX);
    for (size_t i = 0; i < query->count; i++) {
        buf_printf(&buf, "%s(denominationUniteLegale:\"%s\" OR libelleCommuneEtablissement:\"%s\")",
                   i == 0 ? "" : " AND ", query->words[i], query->words[i]);
    }
    if (query->town_hall != NULL) {
        buf_printf(&buf,
                   " AND (categorieJuridiqueUniteLegale:7210 OR categorieJuridiqueUniteLegale:7229 "
                   "OR denominationUniteLegale:\"%s\")",
                   query->town_hall);
    }
    return buf.overflowed || query->count == 0 ? NULL : buf_text(&buf);
}

/* A SIREN, a SIRET, or the beginning of one. */
static const char *make_number_criteria(struct arena *arena, const char *number) {
    const bool is_siren = text_is_digits(number, 9);
    const bool is_whole = is_siren || text_is_digits(number, 14);
    return arena_printf(arena, "%s:%s%s", is_siren ? "siren" : "siret", number,
                        is_whole ? "" : "*");
}

static enum err insee_search(struct directory_call *call, const struct directory_query *query,
                             int64_t limit, int64_t offset, struct establishment **out,
                             size_t *count) {
    struct directory_answer_read answer = {0};
    struct arena *arena = call->arena;
    *count = 0;
    const char *criteria = query->number != NULL ? make_number_criteria(arena, query->number)
                                                 : make_criteria(arena, query);
    if (criteria == NULL) {
        return ERR_NONE;
    }
    const char *path = arena_printf(arena, "/siret?nombre=%lld&debut=%lld&q=%s", (long long)limit,
                                    (long long)offset, text_percent_encode(arena, criteria));
    TRY(remote_directory_get(call, path, &answer));
    if (answer.status != 200) { /* how this directory answers that nothing matches */
        return ERR_NONE;
    }
    const struct value *list = value_get(answer.tree, "etablissements");
    const size_t most = (size_t)limit;
    const size_t found = value_count(list) < most ? value_count(list) : most;
    *out = ARENA_ARRAY(arena, struct establishment, found + 1);
    for (size_t i = 0; i < found; i++) {
        TRY(read_establishment(call, value_item(list, i), &(*out)[i]));
    }
    *count = found;
    return ERR_NONE;
}

const struct remote_directory_kind remote_directory_insee = {
    .name = "insee",
    .default_url = "https://api.insee.fr/api-sirene/3.11",
    .find = insee_find,
    .search = insee_search,
};

#include "commands/seed_requests.h"
#include "base/json.h"
#include "core/email.h"
#include "request/request.h"
#include "request/request_act.h"
#include "sql/organisation.h"
#include <string.h>

static const char INSTRUCTOR[] = "sacha.leroy@dinum.example";
static const char PRODUCT[] = "api-entreprise";

/* What differs between the requests; the rest is the same for all. */
static const struct example {
    const char *applicant;
    const char *domain;
    const char *siret;
    const char *use_case;
    const char *title;
    const char *description;
    const char *recipients;
    int act; /* enum request_event that ends it; EVENT_EDIT: a draft, EVENT_SUBMIT: waits */
    const char *words;
} EXAMPLES[] = {
    {"camille.martin@clamart.example", "clamart.example", "21920023500014", "demande-libre",
     "Occupation du domaine public",
     "Nos agents vérifient l’existence des commerces qui demandent une terrasse.",
     "Le service du commerce", EVENT_EDIT, NULL},
    {"camille.martin@clamart.example", "clamart.example", "21920023500014", "demande-libre",
     "Subventions aux associations de quartier",
     "La commune reçoit 450 demandes de subvention par an et vérifie chaque association.",
     "Le service de la vie associative", EVENT_SUBMIT, NULL},
    {"camille.martin@clamart.example", "clamart.example", "21920023500014", "demande-libre",
     "Vérification des candidatures aux marchés de travaux",
     "Les acheteurs contrôlent l’identité et la situation des entreprises candidates.",
     "Les acheteurs de la commune", EVENT_APPROVE, "Bienvenue. Le jeton est disponible."},
    {"dominique.petit@occitanie.example", "occitanie.example", "20005379100014", "demande-libre",
     "Aides à l’investissement des petites entreprises",
     "La région instruit 2 000 dossiers d’aide par an.", "Les agents instructeurs des aides",
     EVENT_REQUEST_CHANGES, "Citez la délibération qui fonde le régime d’aide, avec sa date."},
    {"dominique.petit@occitanie.example", "occitanie.example", "20005379100014", "demande-libre",
     "Annuaire des entreprises de la région", "Publier un annuaire des entreprises du territoire.",
     "Le grand public", EVENT_REFUSE,
     "Un annuaire public n’entre pas dans une mission qui donne accès à ces données : les données "
     "ouvertes suffisent."},
};

static const char ANSWERS[] =
    "{\"scopes\":[\"unites_legales_etablissements_insee\",\"attestation_fiscale_dgfip\"],"
    "\"legal_basis\":{\"text\":\"Délibération du 12 mars 2026\",\"url\":"
    "\"https://www.legifrance.gouv.fr/\"},\"retention_months\":24,\"expected_volume\":450,"
    "\"terms_accepted\":true,\"dpo_informed\":true}";

static const struct contact {
    const char *member;
    const char *given_name;
    const char *family_name;
    const char *job_title;
    const char *local;
} CONTACTS[] = {
    {"data_controller", "Ariane", "Fontaine", "Directrice générale des services", "direction"},
    {"data_protection_officer", "Basile", "Renaud", "Délégué à la protection des données", "dpo"},
    {"business", "Chloé", "Girard", "Cheffe de service", "metier"},
    {"technical", "Driss", "Lambert", "Responsable informatique", "technique"},
};

static enum err become(struct command_session *session, const char *address,
                       const struct role_grant *role) {
    struct email email;
    struct account_row account;
    bool found = false;
    TRY(email_parse(&session->errors, "email", address, &email));
    struct tx once =
        tx_once(session->app.services.pool, &session->app.arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_account_find_by_email(&once, &found, &account, .email_key = email.key));
    if (!found) {
        return ERR_NOT_FOUND;
    }
    session->actor = (struct actor){.kind = ACTOR_ACCOUNT,
                                    .account_id = account.id,
                                    .email = email.address,
                                    .roles = role,
                                    .roles_count = role == NULL ? 0 : 1};
    return ERR_NONE;
}

static enum err answers_of(struct arena *arena, const struct example *example, struct value **out) {
    struct value *contacts = value_object(arena);
    TRY(json_parse(arena, ANSWERS, strlen(ANSWERS), out, NULL));
    value_set_text(arena, *out, "title", example->title);
    value_set_text(arena, *out, "description", example->description);
    value_set_text(arena, *out, "recipients", example->recipients);
    for (size_t i = 0; i < sizeof CONTACTS / sizeof *CONTACTS; i++) {
        struct value *contact = value_object(arena);
        value_set_text(arena, contact, "kind", "person");
        value_set_text(arena, contact, "given_name", CONTACTS[i].given_name);
        value_set_text(arena, contact, "family_name", CONTACTS[i].family_name);
        value_set_text(arena, contact, "job_title", CONTACTS[i].job_title);
        value_set_text(arena, contact, "phone", "01 99 00 12 34");
        value_set_text(arena, contact, "email",
                       arena_printf(arena, "%s@%s", CONTACTS[i].local, example->domain));
        value_set(contacts, CONTACTS[i].member, contact);
    }
    value_set(*out, "contacts", contacts);
    return ERR_NONE;
}

static enum err parse_id(struct arena *arena, const char *document, const char **id) {
    struct value *tree = NULL;
    TRY(json_parse(arena, document, strlen(document), &tree, NULL));
    *id = value_get_text(tree, "id");
    return ERR_NONE;
}

static enum err decide(struct command_session *session, const struct example *example,
                       const char *id) {
    static const struct role_grant ROLE = {ROLE_INSTRUCTOR, PRODUCT};
    const bool approves = example->act == EVENT_APPROVE;
    const struct request_act act = {.event = (enum request_event)example->act,
                                    .reason = approves ? NULL : example->words,
                                    .message = approves ? example->words : NULL};
    TRY(become(session, INSTRUCTOR, &ROLE));
    return request_act(&session->context, id, &act);
}

static enum err play(struct command_session *session, const struct example *example) {
    const struct request_start start = {PRODUCT, example->use_case, example->siret};
    const struct request_act submit = {.event = EVENT_SUBMIT};
    struct value *answers = NULL;
    const char *id = NULL;
    TRY(become(session, example->applicant, NULL));
    TRY(request_create(&session->context, &start));
    TRY(parse_id(&session->app.arena, session->context.answer.json, &id));
    TRY(answers_of(&session->app.arena, example, &answers));
    if (example->act == EVENT_EDIT) {
        value_remove(answers, "recipients");
        value_remove(answers, "contacts");
        value_remove(answers, "terms_accepted");
    }
    TRY(request_update(&session->context, id, -1, answers));
    if (example->act == EVENT_EDIT) {
        return ERR_NONE;
    }
    TRY(request_act(&session->context, id, &submit));
    return example->act == EVENT_SUBMIT ? ERR_NONE : decide(session, example, id);
}

static enum err has_requests(struct command_session *session, bool *found) {
    const struct request_filter filter = {.relation = "applicant",
                                          .states = "{draft,submitted,changes_requested,approved,"
                                                    "refused,revoked,archived}"};
    const struct page page = {.limit = 1};
    struct value *tree = NULL;
    const char *document = NULL;
    TRY(become(session, EXAMPLES[0].applicant, NULL));
    TRY(request_list(&session->context, &filter, &page, &document));
    TRY(json_parse(&session->app.arena, document, strlen(document), &tree, NULL));
    *found = value_count(value_get(tree, "items")) > 0;
    return ERR_NONE;
}

enum err seed_requests(struct command_session *session) {
    bool found = false;
    TRY(has_requests(session, &found));
    for (size_t i = 0; !found && i < sizeof EXAMPLES / sizeof *EXAMPLES; i++) {
        TRY(play(session, &EXAMPLES[i]));
    }
    return ERR_NONE;
}

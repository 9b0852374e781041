#include "request/request_check.h"
#include "base/json.h"
#include "core/email.h"
#include "organisation/eligibility.h"
#include <string.h>

enum { RETENTION_USUAL_MONTHS = 36 };

static const char *const CONTACTS[] = {"data_controller", "data_protection_officer", "business",
                                       "technical"};

struct inquiry {
    struct arena *arena;
    const struct request_view *view;
    const struct request_check_facts *facts;
    struct request_report *report;
    struct value *checks;
};

enum outcome { OUTCOME_OK, OUTCOME_WARNING, OUTCOME_BLOCKING, OUTCOME_UNKNOWN };

static const char *outcome_name(enum outcome outcome) {
    switch (outcome) {
    case OUTCOME_OK:
        return "ok";
    case OUTCOME_WARNING:
        return "warning";
    case OUTCOME_BLOCKING:
        return "blocking";
    case OUTCOME_UNKNOWN:
        return "unknown";
    }
    return "unknown";
}

/* One check of the report; `pointers` are separated by blanks. */
static struct value *add_check(struct inquiry *inquiry, const char *id, enum outcome outcome,
                               const char *message, const char *pointers) {
    struct value *check = value_object(inquiry->arena);
    struct value *list = value_array(inquiry->arena);
    for (const char *at = pointers; *at != '\0';) {
        const size_t length = strcspn(at, " ");
        value_push(list, value_text(inquiry->arena, arena_strndup(inquiry->arena, at, length)));
        at += length + (at[length] == ' ');
    }
    value_set_text(inquiry->arena, check, "id", id);
    value_set_text(inquiry->arena, check, "outcome", outcome_name(outcome));
    value_set_text(inquiry->arena, check, "message", message);
    value_set(check, "pointers", list);
    value_set(check, "requests", value_array(inquiry->arena));
    value_set(check, "requests_count", value_integer(inquiry->arena, 0));
    value_push(inquiry->checks, check);
    inquiry->report->warnings_count += outcome == OUTCOME_WARNING || outcome == OUTCOME_BLOCKING;
    return check;
}

static void block(struct inquiry *inquiry, const char *pointer, const char *code,
                  const char *message) {
    field_errors_add(&inquiry->report->missing, pointer, code, "%s", message);
}

/* The e-mail of a contact; false where it is missing. It was checked when it was saved. */
static bool read_email(struct arena *arena, const struct value *fields, const char *contact,
                       struct email *out) {
    struct field_errors ignored;
    const struct value *value =
        value_at(fields, arena_printf(arena, "/contacts/%s/email", contact));
    field_errors_init(&ignored, arena);
    return value_is(value, VALUE_STRING) &&
           email_parse(&ignored, "", value_text_of(value), out) == ERR_NONE;
}

static bool is_of_organisation(const struct inquiry *inquiry, const char *domain) {
    for (size_t i = 0; i < value_count(inquiry->facts->domains); i++) {
        if (email_domains_agree(domain, value_text_of(value_item(inquiry->facts->domains, i)))) {
            return true;
        }
    }
    return false;
}

static void check_establishment(struct inquiry *inquiry) {
    const char *state = inquiry->view->organisation_state;
    if (strcmp(state, "open") == 0) {
        add_check(inquiry, "establishment_open", OUTCOME_OK, "L’établissement est ouvert.", "");
    } else if (strcmp(state, "closed") == 0) {
        const char *message = "L’établissement est fermé : il ne peut pas demander d’accès.";
        add_check(inquiry, "establishment_open", OUTCOME_BLOCKING, message, "/siret");
        block(inquiry, "/siret", "closed", message);
    } else {
        const char *message = "Le répertoire n’a pas encore confirmé cet établissement. "
                              "Réessayez un peu plus tard.";
        add_check(inquiry, "establishment_open", OUTCOME_UNKNOWN, message, "/siret");
        block(inquiry, "/siret", "not_allowed", message);
    }
}

static void check_eligibility(struct inquiry *inquiry) {
    const enum eligibility_ground ground = eligibility_find_ground(inquiry->view->legal_category);
    if (eligibility_is_by_nature(ground)) {
        add_check(inquiry, "eligibility", OUTCOME_OK,
                  "L’organisation est une administration : elle est éligible.", "");
    } else if (eligibility_is_excluded(ground)) {
        const char *message = "Une personne physique ne peut pas demander d’accès.";
        add_check(inquiry, "eligibility", OUTCOME_BLOCKING, message, "/siret");
        block(inquiry, "/siret", "not_eligible", message);
    } else {
        add_check(inquiry, "eligibility", OUTCOME_WARNING,
                  "L’organisation n’est pas une administration : elle doit décrire sa mission de "
                  "service public et joindre l’acte qui la lui confie.",
                  "/public_service_mission /attachments");
    }
}

static void check_controller(struct inquiry *inquiry) {
    const char *pointer = "/contacts/data_controller/email";
    struct email email;
    if (!read_email(inquiry->arena, inquiry->view->fields, "data_controller", &email)) {
        add_check(inquiry, "controller_domain", OUTCOME_UNKNOWN,
                  "Le responsable du traitement n’est pas encore indiqué.", pointer);
    } else if (inquiry->facts->controller_is_member || is_of_organisation(inquiry, email.domain)) {
        add_check(inquiry, "controller_domain", OUTCOME_OK,
                  "Le responsable du traitement appartient à l’organisation.", "");
    } else {
        const char *message =
            "Le responsable du traitement doit appartenir à votre organisation : indiquez son "
            "adresse professionnelle, ou celle d’un membre de l’organisation.";
        add_check(inquiry, "controller_domain", OUTCOME_BLOCKING, message, pointer);
        block(inquiry, pointer, "not_allowed", message);
    }
}

static void check_officer(struct inquiry *inquiry) {
    const char *pointer = "/contacts/data_protection_officer/email";
    struct email email;
    if (!read_email(inquiry->arena, inquiry->view->fields, "data_protection_officer", &email)) {
        add_check(inquiry, "dpo_domain", OUTCOME_UNKNOWN,
                  "Le délégué à la protection des données n’est pas encore indiqué.", pointer);
    } else if (is_of_organisation(inquiry, email.domain)) {
        add_check(inquiry, "dpo_domain", OUTCOME_OK,
                  "Le délégué à la protection des données appartient à l’organisation.", "");
    } else {
        add_check(inquiry, "dpo_domain", OUTCOME_WARNING,
                  "Le délégué à la protection des données a une adresse d’une autre organisation. "
                  "C’est possible s’il est mutualisé.",
                  pointer);
    }
}

static void check_free_mail(struct inquiry *inquiry) {
    const char *pointers = "";
    for (size_t i = 0; i < sizeof CONTACTS / sizeof *CONTACTS; i++) {
        struct email email;
        if (read_email(inquiry->arena, inquiry->view->fields, CONTACTS[i], &email) &&
            email_is_free_mail(email.domain)) {
            pointers = arena_printf(inquiry->arena, "%s%s/contacts/%s/email", pointers,
                                    *pointers == '\0' ? "" : " ", CONTACTS[i]);
        }
    }
    add_check(inquiry, "free_mail_contacts", *pointers == '\0' ? OUTCOME_OK : OUTCOME_WARNING,
              *pointers == '\0'
                  ? "Les contacts ont des adresses professionnelles."
                  : "Un contact a une adresse de messagerie grand public : préférez une adresse "
                    "professionnelle.",
              pointers);
}

static void check_duplicates(struct inquiry *inquiry) {
    const bool found = value_count(inquiry->facts->duplicates) > 0;
    struct value *check = add_check(
        inquiry, "duplicate_request", found ? OUTCOME_WARNING : OUTCOME_OK,
        found ? "L’organisation a déjà une demande pour le même cas d’usage et les mêmes données."
              : "L’organisation n’a pas d’autre demande semblable.",
        "");
    value_set(check, "requests", value_copy(inquiry->arena, inquiry->facts->duplicates));
    value_set(check, "requests_count",
              value_integer(inquiry->arena, inquiry->facts->duplicates_count));
}

static void check_unusual_scopes(struct inquiry *inquiry) {
    const struct texts *usual = &inquiry->view->use_case->preselected_scopes;
    const struct value *asked = value_get(inquiry->view->fields, "scopes");
    const char *unusual = NULL;
    for (size_t i = 0; usual->count > 0 && i < value_count(asked); i++) {
        const struct product_scope *scope =
            product_find_scope(inquiry->view->product, value_text_of(value_item(asked, i)));
        if (scope != NULL && !scope->is_open_data && !texts_have(usual, scope->id)) {
            unusual = arena_printf(inquiry->arena, "%s%s« %s »", unusual == NULL ? "" : unusual,
                                   unusual == NULL ? "" : ", ", scope->label);
        }
    }
    add_check(inquiry, "unusual_scopes", unusual == NULL ? OUTCOME_OK : OUTCOME_WARNING,
              unusual == NULL
                  ? "Les données demandées sont habituelles pour ce cas d’usage."
                  : arena_printf(inquiry->arena, "Inhabituel pour ce cas d’usage : %s.", unusual),
              unusual == NULL ? "" : "/scopes");
}

static void check_retention(struct inquiry *inquiry) {
    const int64_t months = value_get_integer(inquiry->view->fields, "retention_months", -1);
    if (months < 0) {
        add_check(inquiry, "retention", OUTCOME_UNKNOWN,
                  "La durée de conservation n’est pas encore indiquée.", "/retention_months");
    } else {
        const bool is_long = months > RETENTION_USUAL_MONTHS;
        add_check(inquiry, "retention", is_long ? OUTCOME_WARNING : OUTCOME_OK,
                  is_long ? "La durée de conservation dépasse 36 mois."
                          : "La durée de conservation ne dépasse pas 36 mois.",
                  is_long ? "/retention_months" : "");
    }
}

static void check_legal_sources(struct inquiry *inquiry) {
    bool found = value_at(inquiry->view->fields, "/legal_basis/url") != NULL;
    for (size_t i = 0; i < inquiry->facts->files_count; i++) {
        found |= strcmp(inquiry->facts->files[i].kind, "legal_basis") == 0;
    }
    add_check(inquiry, "legal_basis_sources", found ? OUTCOME_OK : OUTCOME_WARNING,
              found ? "Le cadre juridique est accompagné d’un lien ou d’un document."
                    : "Le cadre juridique n’a ni lien ni document : joignez l’un ou l’autre.",
              found ? "" : "/legal_basis/url /attachments");
}

/* An error for each file that may not be submitted. */
static void check_files(struct inquiry *inquiry) {
    for (size_t i = 0; i < inquiry->facts->files_count; i++) {
        const struct attachment_facts *file = &inquiry->facts->files[i];
        const char *pointer = arena_printf(inquiry->arena, "/attachments/%zu", i);
        if (strcmp(file->scan, "infected") == 0) {
            block(inquiry, pointer, "infected",
                  "Ce fichier contient un virus : retirez-le et joignez un fichier sain.");
        } else if (strcmp(file->scan, "pending") == 0) {
            block(inquiry, pointer, "not_scanned",
                  file->scan_given_up
                      ? "L’antivirus ne peut pas analyser ce fichier : retirez-le et joignez-en un "
                        "autre."
                      : "Ce fichier n’est pas encore analysé par l’antivirus. Réessayez dans "
                        "quelques minutes.");
        }
    }
}

static struct texts kinds_of(struct arena *arena, const struct request_check_facts *facts) {
    struct texts kinds = {ARENA_ARRAY(arena, const char *, facts->files_count), 0};
    for (size_t i = 0; i < facts->files_count; i++) {
        kinds.items[kinds.count++] = facts->files[i].kind;
    }
    return kinds;
}

void request_check_apply(struct arena *arena, const struct request_view *view,
                         const struct request_check_facts *facts, struct request_report *report) {
    struct inquiry inquiry = {.arena = arena,
                              .view = view,
                              .facts = facts,
                              .report = report,
                              .checks = value_array(arena)};
    struct form_subject subject = request_view_subject(view);
    subject.attachment_kinds = kinds_of(arena, facts);
    *report = (struct request_report){
        .checks = inquiry.checks, .files = facts->files, .files_count = facts->files_count};
    field_errors_init(&report->missing, arena);
    check_files(&inquiry);
    form_check_complete(arena, &report->missing, &subject, view->fields);
    check_establishment(&inquiry);
    check_eligibility(&inquiry);
    check_controller(&inquiry);
    check_officer(&inquiry);
    check_free_mail(&inquiry);
    check_duplicates(&inquiry);
    check_unusual_scopes(&inquiry);
    check_retention(&inquiry);
    check_legal_sources(&inquiry);
}

static enum err read_facts(struct arena *arena, struct tx *tx, const struct request_view *view,
                           struct request_check_facts *facts) {
    struct request_ties ties;
    struct email controller;
    struct value *domains = NULL;
    struct value *duplicates = NULL;
    const bool known = read_email(arena, view->fields, "data_controller", &controller);
    TRY(sql_request_find_ties(tx, &ties, .request = view->facts.id,
                              .controller_key = known ? controller.key : NULL));
    TRY(json_parse(arena, ties.domains, strlen(ties.domains), &domains, NULL));
    TRY(json_parse(arena, ties.duplicates, strlen(ties.duplicates), &duplicates, NULL));
    *facts = (struct request_check_facts){.controller_is_member = ties.controller_is_member,
                                          .domains = domains,
                                          .duplicates = duplicates,
                                          .duplicates_count = ties.duplicates_count};
    return sql_attachment_list_facts(tx, &facts->files, &facts->files_count,
                                     .request = view->facts.id);
}

enum err request_check(struct context *context, struct tx *tx, const struct request_view *view,
                       struct request_report *report) {
    struct request_check_facts facts;
    TRY(read_facts(context->arena, tx, view, &facts));
    request_check_apply(context->arena, view, &facts, report);
    return ERR_NONE;
}

enum err request_check_show(struct context *context, const char *id,
                            const struct value **document) {
    struct request_view view;
    struct request_report report;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, id, VISIBILITY_FULL, &view));
    TRY(request_check(context, &tx, &view, &report));
    TRY(tx_commit(&tx));
    struct value *out = value_object(context->arena);
    value_set(out, "complete", value_boolean(context->arena, report.missing.count == 0));
    value_set(out, "missing", field_errors_value(context->arena, &report.missing));
    value_set(out, "checks", value_copy(context->arena, report.checks));
    *document = out;
    return ERR_NONE;
}

#include "account/account_import.h"
#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/act.h"
#include "core/email.h"
#include "core/reader.h"
#include "core/siret.h"
#include "organisation/directory.h"
#include "product/form.h"
#include "request/request_workflow.h"
#include "security/password.h"
#include "security/random.h"
#include "sql/account.h"
#include "sql/organisation.h"
#include "sql/request.h"
#include "token/token.h"
#include <string.h>

enum { CODE_GROUPS = 4, RETENTION_MONTHS = 36 };

static const char ORIGIN[] =
    "Accès accordé par l’ancien tableau de bord, où la demande est restée.";
/* request.terms_version of an imported token: its holder has not accepted the terms of this program. */
static const char FORMER_TERMS[] = "ancien tableau de bord";

/* A row of the file, parsed. */
struct parsed {
    const struct account_import_row *row;
    const char *given_name;
    const char *family_name;
    struct email email;
    char siret[SIRET_TEXT_BYTES];
    struct directory_answer establishment;
    const struct product *product; /* NULL: no token */
    struct value *scopes;
    int64_t expires_at_s;
};

static void refuse(struct context *context, const char *column, const char *code,
                   const char *message) {
    field_errors_add(context->errors, column, code, "%s", message);
}

static void read_scopes(struct context *context, struct parsed *parsed) {
    const char *at = parsed->row->scopes;
    parsed->scopes = value_array(context->arena);
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        const char *scope = arena_strndup(context->arena, at, strcspn(at, " "));
        at += strlen(scope);
        if (product_find_scope(parsed->product, scope) == NULL) {
            refuse(context, "scopes", "unknown_value",
                   arena_printf(context->arena, "Ce produit n’a pas de périmètre « %s ».", scope));
        } else if (!value_has_text(parsed->scopes, scope)) {
            value_push(parsed->scopes, value_text(context->arena, scope));
        }
    }
    if (value_count(parsed->scopes) == 0) {
        refuse(context, "scopes", "required", "Un jeton ouvre au moins un périmètre.");
    }
}

static void read_token(struct context *context, struct parsed *parsed) {
    const struct account_import_row *row = parsed->row;
    if (*row->token_id == '\0') {
        return;
    }
    if (!text_is_uuid(row->token_id)) {
        refuse(context, "token_id", "invalid_format", "L’identifiant d’un jeton est un UUID.");
    }
    parsed->product = products_find(context->services->products, row->product);
    if (parsed->product == NULL) {
        refuse(context, "product", "not_found", "Ce produit n’existe pas.");
        return;
    }
    (void)token_read_end(context->errors, row->expires_at, parsed->product->token_lifetime_months,
                         &parsed->expires_at_s);
    read_scopes(context, parsed);
}

/* As core/reader reads a line. */
static const char *read_name(struct context *context, const char *column, const char *text,
                             const char *missing) {
    if (*unicode_plain(context->arena, text) == '\0') {
        refuse(context, column, "required", missing);
    } else if (utf8_has_control(text) || strpbrk(text, "\r\n\t") != NULL ||
               utf8_length(text) > READER_SHORT_MAX) {
        refuse(
            context, column, "invalid_format",
            "Un nom tient sur une ligne, de 255 caractères au plus, sans caractère de contrôle.");
    }
    return unicode_visible(context->arena, text);
}

static enum err parse(struct context *context, const struct account_import_row *row,
                      struct parsed *parsed) {
    *parsed = (struct parsed){.row = row};
    const enum err addressed = email_parse(context->errors, "email", row->email, &parsed->email);
    const enum err numbered = siret_parse(context->errors, "siret", row->siret, parsed->siret);
    parsed->given_name =
        read_name(context, "given_name", row->given_name, "Le prénom est nécessaire.");
    parsed->family_name =
        read_name(context, "family_name", row->family_name, "Le nom est nécessaire.");
    if (*row->password_hash != '\0' && !password_hash_is_known(row->password_hash)) {
        refuse(context, "password_hash", "invalid_format",
               "L’empreinte du mot de passe est de bcrypt (coût 14 au plus) ou d’Argon2 "
               "(256 Mio et 12 passes au plus).");
    }
    read_token(context, parsed);
    if (numbered == ERR_NONE) {
        const enum err asked =
            directory_ask(context, parsed->siret, "siret", &parsed->establishment);
        TRY(asked == ERR_INVALID ? ERR_NONE : asked);
    }
    TRY(addressed);
    return field_errors_verdict(context->errors);
}

/* `*id` is NULL where the address has no active account. */
static enum err find_active(struct tx *tx, const char *email_key, const char **id) {
    struct account_row found;
    bool is_known = false;
    TRY(sql_account_find_by_email(tx, &is_known, &found, .email_key = email_key));
    *id = is_known && found.is_active ? found.id : NULL;
    return ERR_NONE;
}

enum err account_import_member(struct tx *tx, const struct account_import_person *person,
                               const char *siret, const struct directory_answer *establishment,
                               const char **id, enum account_import_outcome *outcome) {
    bool is_created = false;
    *outcome = IMPORT_PRESENT;
    TRY(find_active(tx, person->email->key, id));
    if (*id == NULL) {
        TRY(sql_account_create_active(
            tx, &is_created, id, .id = NULL, .email = person->email->address,
            .email_key = person->email->key, .given_name = person->given_name,
            .family_name = person->family_name, .job_title = NULL, .phone = NULL,
            .password_hash = person->password_hash));
        *outcome = is_created ? IMPORT_CREATED : IMPORT_PRESENT;
    }
    if (*id == NULL) { /* activated in between */
        TRY(find_active(tx, person->email->key, id));
        TRY(*id == NULL ? ERR_CONFLICT : ERR_NONE);
    }
    TRY(directory_keep(tx, siret, establishment));
    TRY(sql_membership_import(tx, .account = *id, .siret = siret));
    return sql_account_review_current_siret(tx, .account = *id);
}

static enum err write_account(struct tx *tx, const struct parsed *parsed, const char **id,
                              enum account_import_outcome *outcome) {
    const char *hash = parsed->row->password_hash;
    const struct account_import_person person = {.email = &parsed->email,
                                                 .given_name = parsed->given_name,
                                                 .family_name = parsed->family_name,
                                                 .password_hash = *hash == '\0' ? NULL : hash};
    return account_import_member(tx, &person, parsed->siret, &parsed->establishment, id, outcome);
}

/* The form of the request behind an imported token, with what is known. */
static const char *form_of(struct arena *arena, const struct parsed *parsed) {
    struct value *technical = value_object(arena);
    value_set_text(arena, technical, "kind", "person");
    value_set_text(arena, technical, "given_name", parsed->given_name);
    value_set_text(arena, technical, "family_name", parsed->family_name);
    value_set_text(arena, technical, "email", parsed->email.address);
    form_set_keys(arena, technical);
    struct value *contacts = value_object(arena);
    value_set(contacts, "technical", technical);
    struct value *fields = value_object(arena);
    value_set_text(arena, fields, "title", "Accès repris de l’ancien tableau de bord");
    value_set_text(arena, fields, "description", ORIGIN);
    value_set_text(arena, fields, "recipients", ORIGIN);
    value_set(fields, "retention_months", value_integer(arena, RETENTION_MONTHS));
    value_set(fields, "scopes", parsed->scopes);
    value_set(fields, "contacts", contacts);
    return json_text(arena, fields);
}

static enum err move_request(struct tx *tx, const char *id, enum request_event event,
                             enum request_state state, const char *habilitation_id) {
    const bool submits = event == EVENT_SUBMIT;
    struct request_moved moved;
    return sql_request_move(tx, &moved, .request = id, .transition = request_event_name(event),
                            .state = request_state_name(state), .is_reopened = false,
                            .submits = submits, .decides = !submits, .warnings = NULL_INT,
                            .habilitation = habilitation_id, .event = NULL, .account = NULL,
                            .as_staff = false, .detail = NULL);
}

/* Creates an approved request, whose decision names the applicant. */
static enum err write_request(struct tx *tx, const struct parsed *parsed, const char *account_id,
                              const char **request_id, const char **habilitation_id) {
    struct decision_made decision;
    const char *scopes = json_text(tx->arena, parsed->scopes);
    TRY(sql_request_create(tx, &(bool){false}, request_id, .product = parsed->product->id,
                           .use_case = parsed->product->use_cases[0].id,
                           .form_version = parsed->product->form_version, .siret = parsed->siret,
                           .account = account_id, .fields = "{}", .copied_from = NULL,
                           .drafts_max = INT64_MAX));
    TRY(sql_request_update_fields(tx, .request = *request_id, .fields = form_of(tx->arena, parsed),
                                  .terms_version = FORMER_TERMS));
    TRY(move_request(tx, *request_id, EVENT_SUBMIT, STATE_SUBMITTED, NULL));
    TRY(sql_decision_add(tx, &decision, .request = *request_id,
                         .outcome = request_event_name(EVENT_APPROVE),
                         .reason = "Reprise de l’ancien tableau de bord.", .message = NULL,
                         .granted_scopes = scopes, .refused_scopes = "[]", .account = account_id,
                         .confirmation_code = random_code(tx->arena, CODE_GROUPS),
                         .is_staff = false, .proposed_by = NULL, .program = NULL));
    *habilitation_id = decision.habilitation_id.or_null;
    return move_request(tx, *request_id, EVENT_APPROVE, STATE_APPROVED, *habilitation_id);
}

static enum err write_token(struct context *context, struct tx *tx, const struct parsed *parsed,
                            const char *account_id, enum account_import_outcome *outcome) {
    const char *request_id = NULL;
    const char *habilitation_id = NULL;
    bool is_known = false;
    TRY(sql_token_exists(tx, &is_known, .token = parsed->row->token_id));
    *outcome = is_known ? IMPORT_PRESENT : IMPORT_CREATED;
    if (*outcome == IMPORT_PRESENT) {
        return ERR_NONE;
    }
    TRY(write_request(tx, parsed, account_id, &request_id, &habilitation_id));
    return token_adopt(
        tx, context->services,
        &(struct token_grant){.request_id = request_id,
                              .habilitation_id = habilitation_id,
                              .product = parsed->product->id,
                              .siret = parsed->siret,
                              .scopes = parsed->scopes,
                              .lifetime_months = parsed->product->token_lifetime_months},
        parsed->row->token_id, parsed->expires_at_s);
}

enum err account_import_row(struct context *context, const struct account_import_row *row,
                            bool dry_run, struct account_import_result *result) {
    struct parsed parsed;
    const char *account_id = NULL;
    *result = (struct account_import_result){IMPORT_NONE, IMPORT_NONE, NULL};
    TRY(parse(context, row, &parsed));
    result->email_key = parsed.email.key;
    ACT_AUTO(act);
    TRY(act_begin_as(&act, context, IDENTITY_SYSTEM));
    TRY(write_account(&act.tx, &parsed, &account_id, &result->account));
    if (parsed.product != NULL) {
        TRY(write_token(context, &act.tx, &parsed, account_id, &result->token));
    }
    if (result->account != IMPORT_CREATED && result->token != IMPORT_CREATED) {
        return ERR_NONE;
    }
    if (dry_run) {
        return ERR_NONE;
    }
    return act_commit(&act, &(struct act_outcome){.audit = {.action = "account.import",
                                                            .subject_type = "account",
                                                            .subject_id = account_id,
                                                            .siret = parsed.siret}});
}

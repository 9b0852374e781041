#include "request/attachment.h"
#include "base/log.h"
#include "base/text.h"
#include "core/audit_event.h"
#include "core/idempotency.h"
#include "core/ports.h"
#include "request/request_view.h"
#include "security/file_type.h"
#include <string.h>

enum { SCANS_AT_ONCE = 50, SCAN_REFUSALS_MAX = 5 };

static bool kind_is_known(const char *kind) {
    static const char *const KINDS[] = {"legal_basis", "public_service_mission", "mockup", "other"};
    for (size_t i = 0; kind != NULL && i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strcmp(kind, KINDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum err check_upload(struct context *context, const struct attachment_upload *upload,
                             const char **media_type) {
    if (!kind_is_known(upload->kind)) {
        field_errors_add(context->errors, "/kind",
                         upload->kind == NULL ? "required" : "unknown_value",
                         "Dites ce qu’est ce document : legal_basis, public_service_mission, "
                         "mockup ou other.");
    }
    if (upload->bytes == NULL) {
        field_errors_add(context->errors, "/file", "required", "Choisissez un fichier.");
    } else if (upload->length == 0) {
        field_errors_add(context->errors, "/file", "too_short", "Ce fichier est vide.");
    }
    TRY(field_errors_verdict(context->errors));
    if (upload->length > ATTACHMENT_BYTES_MAX) {
        return context_fail(context, ERR_TOO_LARGE, "Un fichier pèse 10 Mo au plus.");
    }
    *media_type = file_type_find((const unsigned char *)upload->bytes, upload->length);
    return *media_type != NULL
               ? ERR_NONE
               : context_fail(context, ERR_UNSUPPORTED_TYPE,
                              "Joignez un PDF, une image PNG ou JPEG, un document ODT ou DOCX sans "
                              "macro : le contenu de ce fichier est autre chose.");
}

/* The verdict as the table has it, and why there is none (ERR_INVALID: the scanner refuses this file). No
 * transaction is open meanwhile. */
static const char *scan(const struct context *context, const char *bytes, size_t length,
                        enum err *outcome) {
    const struct ports *ports = context->services->ports;
    bool is_infected = false;
    *outcome = ERR_NONE;
    if (ports == NULL || ports->scan == NULL) {
        return "not_configured";
    }
    *outcome = ports->scan(ports->scan_state, bytes, length, &is_infected);
    if (*outcome != ERR_NONE) {
        log_warning(*outcome == ERR_INVALID ? LOG_SCAN_REFUSED : LOG_SCANNER_DOWN,
                    LOG_NUMBER("bytes", length));
        return "pending";
    }
    return is_infected ? "infected" : "clean";
}

static enum err open_for_edit(struct context *context, struct tx *tx, enum tx_mode mode,
                              const char *request_id, struct request_view *file) {
    const struct identity identity = context_identity(context);
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    TRY(tx_begin(context->services->pool, context->arena, &identity, mode, tx));
    TRY(request_view_open(context, tx, request_id, mode == TX_WRITE, false, file));
    return request_policy_check_event(context, &file->facts, EVENT_EDIT, &row, &actor_role);
}

/* Before the scanner is bothered. */
static enum err check_access(struct context *context, const char *request_id) {
    struct request_view file;
    TX_AUTO(tx);
    TRY(open_for_edit(context, &tx, TX_READ, request_id, &file));
    return tx_commit(&tx);
}

static enum err remember(struct context *context, struct tx *tx, const struct request_view *file,
                         const char *kind, const char *former, const char *now) {
    struct value *detail = value_object(context->arena);
    struct value *changes = value_array(context->arena);
    struct value *change = value_object(context->arena);
    value_set_text(context->arena, change, "pointer", "/attachments");
    value_set_text(context->arena, change, "former", former);
    value_set_text(context->arena, change, "new", now);
    value_push(context->arena, changes, change);
    value_set(context->arena, detail, "changes", changes);
    TRY(tx_query(tx, &SQL_REQUEST_TOUCH, NULL, P_TEXT(file->facts.id)));
    TRY(request_view_remember(context, tx, file, kind, file->facts.state, ACTOR_ROLE_APPLICANT,
                              detail));
    const struct audit_event record = {.action = arena_printf(context->arena, "request.%s", kind),
                                       .subject_type = "request",
                                       .subject_id = file->facts.id,
                                       .product = file->facts.product,
                                       .siret = file->facts.siret};
    TRY(idempotency_mark(tx, context->idempotency));
    return audit_event_add(context, tx, &record);
}

/* Takes away what the new file replaces; its name is told by the history. */
static enum err replace(struct context *context, struct tx *tx, const char *request_id,
                        const char *former, const char **name) {
    struct rows *rows = NULL;
    if (former == NULL) {
        return ERR_NONE;
    }
    if (text_is_uuid(former)) {
        TRY(tx_query(tx, &SQL_ATTACHMENT_TAKE_AWAY, &rows, P_TEXT(request_id), P_TEXT(former)));
    }
    if (rows == NULL || rows->count == 0) {
        field_errors_add(context->errors, "/replaces", "not_found",
                         "Le fichier à remplacer n’est plus joint à la demande.");
        return ERR_INVALID;
    }
    *name = rows_text(rows, 0, "file_name");
    return ERR_NONE;
}

enum err attachment_add(struct context *context, const char *request_id,
                        const struct attachment_upload *upload, const char **document) {
    const char *media_type = NULL;
    const char *former = NULL;
    struct request_view file;
    struct rows *rows = NULL;
    TRY(check_access(context, request_id));
    TRY(check_upload(context, upload, &media_type));
    const char *name = file_type_safe_name(context->arena, upload->file_name, media_type);
    enum err scanned = ERR_NONE;
    const char *verdict = scan(context, upload->bytes, upload->length, &scanned);
    TX_AUTO(tx);
    TRY(open_for_edit(context, &tx, TX_WRITE, request_id, &file));
    TRY(replace(context, &tx, request_id, upload->replaces, &former));
    TRY(tx_query(&tx, &SQL_ATTACHMENT_LIST_FACTS, &rows, P_TEXT(request_id)));
    if (rows->count >= ATTACHMENTS_MAX) {
        field_errors_add(context->errors, "/file", "too_many",
                         "Dix fichiers sont déjà joints : retirez-en un avant d’en ajouter.");
        return ERR_INVALID;
    }
    TRY(tx_query(&tx, &SQL_ATTACHMENT_ADD, &rows, P_TEXT(request_id), P_TEXT(upload->kind),
                 P_TEXT(name), P_TEXT(media_type), P_INTEGER(upload->length), P_TEXT(verdict),
                 P_TEXT(context->actor->account_id), P_BYTES(upload->bytes, upload->length)));
    *document = rows_text(rows, 0, "document");
    TRY(remember(context, &tx, &file, "attach", former, name));
    return tx_commit(&tx);
}

enum err attachment_list(struct context *context, const char *request_id, const struct page *page,
                         const char **document) {
    const struct identity identity = context_identity(context);
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(request_view_open(context, &tx, request_id, false, true, &file));
    TRY(tx_query(&tx, &SQL_ATTACHMENT_LIST, &rows, P_TEXT(request_id), P_PAGE_TIME(page)));
    *document = rows_text(rows, 0, "document");
    return tx_commit(&tx);
}

static enum err read_content(struct context *context, const struct rows *rows,
                             struct attachment_content *out) {
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    const char *verdict = rows_text(rows, 0, "scan");
    if (strcmp(verdict, "infected") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce fichier contient un virus : il ne peut pas être téléchargé.");
    }
    if (strcmp(verdict, "pending") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            rows_boolean(rows, 0, "scan_given_up")
                                ? "L’antivirus ne peut pas analyser ce fichier."
                                : "Ce fichier n’est pas encore analysé par l’antivirus.");
    }
    *out = (struct attachment_content){.file_name = rows_text(rows, 0, "file_name"),
                                       .media_type = rows_text(rows, 0, "content_type")};
    out->bytes = rows_bytes(context->arena, rows, 0, "content", &out->length);
    return ERR_NONE;
}

enum err attachment_find(struct context *context, const char *request_id, const char *id,
                         struct attachment_content *out) {
    const struct identity identity = context_identity(context);
    struct request_view file;
    struct rows *rows = NULL;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(request_view_open(context, &tx, request_id, false, true, &file));
    TRY(tx_query(&tx, &SQL_ATTACHMENT_FIND, &rows, P_TEXT(request_id), P_TEXT(id)));
    TRY(tx_commit(&tx));
    return read_content(context, rows, out);
}

enum err attachment_delete(struct context *context, const char *request_id, const char *id) {
    struct request_view file;
    struct rows *rows = NULL;
    TX_AUTO(tx);
    TRY(open_for_edit(context, &tx, TX_WRITE, request_id, &file));
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TRY(tx_query(&tx, &SQL_ATTACHMENT_TAKE_AWAY, &rows, P_TEXT(request_id), P_TEXT(id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(remember(context, &tx, &file, "detach", rows_text(rows, 0, "file_name"), NULL));
    return tx_commit(&tx);
}

enum err attachment_find_of_habilitation(struct context *context, const char *habilitation_id,
                                         const char *id, struct attachment_content *out) {
    const struct identity identity = context_identity(context);
    struct request_view file;
    struct rows *rows = NULL;
    if (!text_is_uuid(habilitation_id) || !text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(tx_query(&tx, &SQL_HABILITATION_FIND_REQUEST, &rows, P_TEXT(habilitation_id)));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    TRY(request_view_open(context, &tx, rows_text(rows, 0, "request_id"), false, true, &file));
    TRY(tx_query(&tx, &SQL_ATTACHMENT_FIND_OF_HABILITATION, &rows, P_TEXT(habilitation_id),
                 P_TEXT(id)));
    TRY(tx_commit(&tx));
    return read_content(context, rows, out);
}

/* `*goes_on` is false where no file waits, or the scanner is away. */
static enum err scan_next(const struct context *context, bool *goes_on) {
    ARENA_AUTO(arena); /* a file may have ten megabytes */
    struct pool *pool = context->services->pool;
    struct rows *rows = NULL;
    enum err outcome = ERR_NONE;
    size_t length = 0;
    TRY(pool_run(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_ATTACHMENT_CLAIM_UNSCANNED, NULL, 0,
                 &rows));
    *goes_on = rows->count > 0;
    if (!*goes_on) {
        return ERR_NONE;
    }
    const char *id = rows_text(rows, 0, "id");
    const unsigned char *bytes = rows_bytes(&arena, rows, 0, "content", &length);
    const char *verdict = scan(context, (const char *)bytes, length, &outcome);
    if (outcome == ERR_INVALID) {
        return pool_query(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_ATTACHMENT_NOTE_REFUSAL,
                          NULL, P_TEXT(id), P_INTEGER(SCAN_REFUSALS_MAX));
    }
    *goes_on = outcome == ERR_NONE;
    return *goes_on ? pool_query(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_ATTACHMENT_SET_SCAN,
                                 NULL, P_TEXT(id), P_TEXT(verdict))
                    : ERR_NONE;
}

enum err attachment_scan_pending(struct context *context) {
    bool goes_on = context->services->ports != NULL && context->services->ports->scan != NULL;
    for (size_t i = 0; goes_on && i < SCANS_AT_ONCE; i++) {
        TRY(scan_next(context, &goes_on));
    }
    return ERR_NONE;
}

#include "request/attachment.h"
#include "base/log.h"
#include "base/spool.h"
#include "base/text.h"
#include "core/act.h"
#include "core/ports.h"
#include "core/quota.h"
#include "request/request_view.h"
#include "security/active_content.h"
#include "security/file_type.h"
#include <string.h>

enum { SCANS_AT_ONCE = 50, SCAN_REFUSALS_MAX = 5, SLICE_BYTES = 64 * 1024 };

/* The database or the scanner is waited for: nothing looks at the file meanwhile. */
static void rest(const struct attachment_upload *upload) {
    if (upload->spool != NULL) {
        spool_rest(upload->spool);
    }
}

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
    const char *reason = NULL;
    *media_type = file_type_find((const unsigned char *)upload->bytes, upload->length, &reason);
    if (*media_type == NULL) {
        return context_fail(context, ERR_UNSUPPORTED_TYPE, reason);
    }
    const enum active_content active =
        active_content_find((const unsigned char *)upload->bytes, upload->length, *media_type);
    return active == ACTIVE_CONTENT_NONE
               ? ERR_NONE
               : context_fail(context, ERR_UNSUPPORTED_TYPE, active_content_reason(active));
}

/* The verdict, as the table has it, and why there is none (ERR_INVALID: the scanner refuses this file). Slow:
 * no transaction may be open meanwhile. */
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

static enum err check_edit(struct context *context, const struct request_view *view) {
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_APPLICANT;
    return request_policy_check_event(context, &view->facts, EVENT_EDIT, &row, &actor_role);
}

static enum err lock_for_edit(struct act *act, const char *request_id, struct request_view *view) {
    TRY(request_view_lock(act->context, &act->tx, request_id, view));
    return check_edit(act->context, view);
}

/* Before the scanner is called: whether the actor may add a file, and whether this upload was answered
 * before (context->is_replayed). Rolled back, so that the key is not locked meanwhile. */
static enum err check_access(struct context *context, const char *request_id) {
    struct request_view view;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(request_view_read(context, &act.tx, request_id, VISIBILITY_SUMMARY, &view));
    return check_edit(context, &view);
}

/* Counts as a change of the request, in its history too. `former` and `now` are names, NULL for none. */
static enum err add_history(struct act *act, const struct request_view *view, const char *event,
                            const char *former, const char *now) {
    struct arena *arena = act->context->arena;
    struct value *detail = value_object(arena);
    struct value *changes = value_array(arena);
    struct value *change = value_object(arena);
    value_set_text(arena, change, "pointer", "/attachments");
    value_set_text(arena, change, "former", former);
    value_set_text(arena, change, "new", now);
    value_push(changes, change);
    value_set(detail, "changes", changes);
    TRY(sql_request_touch(&act->tx, .request = view->facts.id));
    return request_view_add_history(act->context, &act->tx, view, event, view->facts.state,
                                    ACTOR_ROLE_APPLICANT, detail);
}

/* Removes the file that the new one replaces; the history tells its name. */
static enum err replace(struct act *act, const char *request_id, const char *replaced,
                        const char **name) {
    bool found = false;
    if (replaced == NULL) {
        return ERR_NONE;
    }
    if (text_is_uuid(replaced)) {
        TRY(sql_attachment_remove(&act->tx, &found, name, .request = request_id,
                                  .attachment = replaced));
    }
    if (!found) {
        field_errors_add(act->context->errors, "/replaces", "not_found",
                         "Le fichier à remplacer n’est plus joint à la demande.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

static enum err check_count(struct act *act, const char *request_id) {
    struct attachment_facts *files = NULL;
    size_t count = 0;
    TRY(sql_attachment_list_facts(&act->tx, &files, &count, .request = request_id));
    if (count >= ATTACHMENTS_MAX) {
        field_errors_add(act->context->errors, "/file", "too_many",
                         "Dix fichiers sont déjà joints : retirez-en un avant d’en ajouter.");
        return ERR_INVALID;
    }
    return ERR_NONE;
}

/* All files of the organisation together; its count is locked since the file was added. */
static enum err check_storage(struct act *act, const char *siret) {
    struct context *context = act->context;
    const int64_t most_mb = context->services->config->storage_mb;
    int64_t bytes = 0;
    TRY(sql_organisation_find_storage(&act->tx, &bytes, .siret = siret));
    return bytes <= most_mb * 1024 * 1024
               ? ERR_NONE
               : context_fail(context, ERR_CONFLICT,
                              arena_printf(context->arena,
                                           "Les fichiers de cette organisation occuperaient plus "
                                           "de %lld Mo : retirez-en de vos brouillons.",
                                           (long long)most_mb));
}

/* The content goes to the database slice by slice: libpq would keep room for the whole of it, in each of its
 * connections, for ever. */
static enum err add_slices(struct act *act, const struct attachment_upload *upload,
                           const char *slices) {
    for (size_t at = 0; at < upload->length; at += SLICE_BYTES) {
        const size_t left = upload->length - at;
        TRY(sql_attachment_add_slice(
            &act->tx, .upload = slices, .position = (int64_t)(at / SLICE_BYTES),
            .content = bytes_of(upload->bytes + at, left < SLICE_BYTES ? left : SLICE_BYTES)));
        rest(upload);
    }
    return ERR_NONE;
}

/* Its type is known. */
static void scan_upload(struct context *context, const struct attachment_upload *upload,
                        struct attachment_scanned *file) {
    enum err scanned = ERR_NONE; /* what is pending is left to the job */
    file->upload = upload;
    file->file_name = file_type_safe_name(context->arena, upload->file_name, file->media_type);
    file->verdict = scan(context, upload->bytes, upload->length, &scanned);
    rest(upload);
}

enum err attachment_scan(struct context *context, const struct attachment_upload *upload,
                         struct attachment_scanned *out) {
    TRY(check_upload(context, upload, &out->media_type));
    scan_upload(context, upload, out);
    return ERR_NONE;
}

enum err attachment_keep(struct act *act, const char *request_id, const char *siret,
                         const char *account_id, const struct attachment_scanned *file,
                         const char **document) {
    char slices[UUID_TEXT_BYTES];
    text_new_uuid(slices);
    TRY(check_count(act, request_id));
    TRY(add_slices(act, file->upload, slices));
    TRY(sql_attachment_add(&act->tx, document, .request = request_id, .kind = file->upload->kind,
                           .file_name = file->file_name, .content_type = file->media_type,
                           .scan = file->verdict, .account = account_id, .upload = slices));
    return check_storage(act, siret);
}

static enum err store(struct context *context, const char *request_id,
                      const struct attachment_scanned *file) {
    const char *former = NULL;
    struct request_view view;
    struct act_answer answer = {.status = 201};
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(lock_for_edit(&act, request_id, &view));
    TRY(replace(&act, request_id, file->upload->replaces, &former));
    TRY(attachment_keep(&act, request_id, view.facts.siret, context->actor->account_id, file,
                        &answer.json));
    TRY(add_history(&act, &view, "attach", former, file->file_name));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.attach", NULL),
                                    .answer = answer});
}

enum err attachment_add(struct context *context, const char *request_id,
                        const struct attachment_upload *upload) {
    const struct actor *actor = context->actor;
    const char *caller = actor->client_id != NULL ? actor->client_id : actor->account_id;
    struct attachment_scanned file;
    rest(upload);
    TRY(check_access(context, request_id));
    TRY(check_upload(context, upload, &file.media_type));
    rest(upload);
    TRY(quota_take(context, QUOTA_UPLOADS, caller, (int64_t)upload->length));
    scan_upload(context, upload, &file);
    const enum err stored = store(context, request_id, &file);
    if (stored != ERR_NONE) {
        (void)!quota_give_back(context, QUOTA_UPLOADS, caller, (int64_t)upload->length);
    }
    return stored;
}

enum err attachment_list(struct context *context, const char *request_id, const struct page *page,
                         const char **document) {
    struct request_view view;
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, request_id, VISIBILITY_FULL, &view));
    TRY(sql_attachment_list(&tx, document, .request = request_id, PAGE_TIME(page)));
    return tx_commit(&tx);
}

static enum err check_verdict(struct context *context, const struct attachment_file *content) {
    if (strcmp(content->scan, "infected") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Ce fichier contient un virus : il ne peut pas être téléchargé.");
    }
    if (strcmp(content->scan, "pending") == 0) {
        return context_fail(context, ERR_CONFLICT,
                            content->scan_given_up
                                ? "L’antivirus ne peut pas analyser ce fichier."
                                : "Ce fichier n’est pas encore analysé par l’antivirus.");
    }
    return ERR_NONE;
}

enum err attachment_find(struct context *context, const char *request_id, const char *id,
                         struct attachment_file *out) {
    struct request_view view;
    if (!text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(request_view_begin(context, &tx, request_id, VISIBILITY_FULL, &view));
    TRY(sql_attachment_find(&tx, out, .request = request_id, .attachment = id));
    TRY(tx_commit(&tx));
    return check_verdict(context, out);
}

enum err attachment_remove(struct context *context, const char *request_id, const char *id) {
    struct request_view view;
    const char *name = NULL;
    bool found = false;
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(lock_for_edit(&act, request_id, &view));
    if (text_is_uuid(id)) {
        TRY(sql_attachment_remove(&act.tx, &found, &name, .request = request_id, .attachment = id));
    }
    if (!found) {
        return ERR_NOT_FOUND;
    }
    TRY(add_history(&act, &view, "detach", name, NULL));
    return act_commit(
        &act, &(struct act_outcome){.audit = request_view_audit(&view, "request.detach", NULL),
                                    .answer = {.status = 204}});
}

enum err attachment_find_of_habilitation(struct context *context, const char *habilitation_id,
                                         const char *id, struct attachment_file *out) {
    const struct identity identity = context_identity(context);
    const char *request_id = NULL;
    struct request_view view;
    if (!text_is_uuid(habilitation_id) || !text_is_uuid(id)) {
        return ERR_NOT_FOUND;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_READ, &tx));
    TRY(sql_habilitation_find_request(&tx, &request_id, .habilitation = habilitation_id));
    TRY(request_view_read(context, &tx, request_id, VISIBILITY_FULL, &view));
    TRY(sql_attachment_find_of_habilitation(&tx, out, .habilitation = habilitation_id,
                                            .attachment = id));
    TRY(tx_commit(&tx));
    return check_verdict(context, out);
}

enum err attachment_read(const struct services *services, struct arena *arena, const char *id,
                         int64_t offset, struct bytes *out) {
    struct tx once = tx_once(services->pool, arena, IDENTITY_SYSTEM, TX_READ);
    return sql_attachment_find_slice(&once, out, .attachment = id, .offset = offset,
                                     .bytes = SLICE_BYTES);
}

/* Copies the whole file from the database into a temporary file. */
static enum err fetch(const struct services *services, const struct attachment_unscanned *file,
                      struct spool **out) {
    TRY(spool_new(services->config->data_dir, out));
    for (int64_t at = 0; at < file->size_bytes;) {
        ARENA_AUTO(arena);
        struct bytes slice;
        TRY(attachment_read(services, &arena, file->id, at, &slice));
        TRY(spool_write(*out, slice.data, slice.length));
        at += (int64_t)slice.length;
        if (slice.length == 0) {
            return err_internal("a file ends before its length");
        }
    }
    return ERR_NONE;
}

/* The verdict on a file of the database. */
static enum err scan_stored(const struct context *context, const struct attachment_unscanned *file,
                            const char **verdict, enum err *outcome) {
    struct spool *spool = NULL;
    const enum err fetched = fetch(context->services, file, &spool);
    const char *bytes = fetched == ERR_NONE ? spool_bytes(spool) : NULL;
    if (bytes != NULL) {
        *verdict = scan(context, bytes, spool_length(spool), outcome);
    }
    spool_free(spool);
    return bytes != NULL || fetched != ERR_NONE ? fetched : ERR_UNAVAILABLE;
}

/* `*goes_on` is false where no file waits, or the scanner does not answer. */
static enum err scan_next(const struct context *context, bool *goes_on) {
    ARENA_AUTO(arena);
    const char *verdict = NULL;
    struct tx once = tx_once(context->services->pool, &arena, IDENTITY_SYSTEM, TX_WRITE);
    struct attachment_unscanned file;
    enum err outcome = ERR_NONE;
    TRY(sql_attachment_claim_unscanned(&once, goes_on, &file));
    if (!*goes_on) {
        return ERR_NONE;
    }
    TRY(scan_stored(context, &file, &verdict, &outcome));
    if (outcome == ERR_INVALID) {
        return sql_attachment_note_refusal(&once, .attachment = file.id,
                                           .refusals_max = SCAN_REFUSALS_MAX);
    }
    *goes_on = outcome == ERR_NONE;
    return *goes_on ? sql_attachment_set_scan(&once, .attachment = file.id, .scan = verdict)
                    : ERR_NONE;
}

enum err attachment_scan_pending(struct context *context) {
    bool goes_on = context->services->ports != NULL && context->services->ports->scan != NULL;
    for (size_t i = 0; goes_on && i < SCANS_AT_ONCE; i++) {
        TRY(scan_next(context, &goes_on));
    }
    return ERR_NONE;
}

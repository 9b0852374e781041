#include "http/multipart.h"
#include "request/attachment.h"
#include "request/routes.h"
#include <string.h>

static const char *id_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "id");
}

static const char *attachment_of(const struct exchange *exchange) {
    return request_path_parameter(exchange, "attachment_id");
}

/* A file on its way to its reader. */
struct reading {
    const struct services *services;
    const char *attachment_id;
    int64_t offset;
    int64_t length;
};

static enum stream_step write_slice(void *state, struct buf *out) {
    struct reading *reading = state;
    struct bytes slice;
    ARENA_AUTO(arena);
    if (attachment_read(reading->services, &arena, reading->attachment_id, reading->offset,
                        &slice) != ERR_NONE ||
        slice.length == 0) {
        return STREAM_FAILS; /* deleted meanwhile, or the database is away */
    }
    buf_append(out, slice.data, slice.length);
    reading->offset += (int64_t)slice.length;
    return reading->offset < reading->length ? STREAM_CONTINUES : STREAM_ENDS;
}

static enum err answer_file(struct exchange *exchange, const struct attachment_file *file) {
    struct reading *reading = ARENA_NEW(exchange->arena, struct reading);
    *reading = (struct reading){.services = exchange->services,
                                .attachment_id = attachment_of(exchange),
                                .length = file->size_bytes};
    return response_file_stream(exchange, file->content_type, file->file_name, file->size_bytes,
                                write_slice, reading);
}

enum err handle_add_attachment(struct exchange *exchange) {
    struct multipart multipart;
    TRY(request_multipart(exchange, &multipart));
    const struct multipart_part *file = multipart_find(&multipart, "file");
    for (size_t i = 0; i < multipart.count; i++) {
        const char *name = multipart.parts[i].name;
        if (strcmp(name, "file") != 0 && strcmp(name, "kind") != 0 &&
            strcmp(name, "replaces") != 0) {
            exchange_error(exchange, arena_printf(exchange->arena, "/%s", name), "unknown_member",
                           "Ce membre n’existe pas.");
        }
    }
    const struct attachment_upload upload = {
        .kind = multipart_find_text(exchange->arena, &multipart, "kind"),
        .replaces = multipart_find_text(exchange->arena, &multipart, "replaces"),
        .file_name = file == NULL || file->file_name == NULL ? "" : file->file_name,
        .bytes = file == NULL ? NULL : file->bytes,
        .length = file == NULL ? 0 : file->length,
        .spool = exchange->request.spool};
    TRY(attachment_add(&exchange->context, id_of(exchange), &upload));
    return response_answer(exchange);
}

enum err handle_list_attachments(struct exchange *exchange) {
    struct page page;
    const char *document = NULL;
    if (!request_page_time(exchange, &page)) {
        return ERR_INVALID;
    }
    TRY(attachment_list(&exchange->context, id_of(exchange), &page, &document));
    return response_json(exchange, 200, document);
}

enum err handle_get_attachment(struct exchange *exchange) {
    struct attachment_file file;
    TRY(attachment_find(&exchange->context, id_of(exchange), attachment_of(exchange), &file));
    return answer_file(exchange, &file);
}

enum err handle_delete_attachment(struct exchange *exchange) {
    TRY(attachment_remove(&exchange->context, id_of(exchange), attachment_of(exchange)));
    return response_answer(exchange);
}

enum err handle_get_habilitation_attachment(struct exchange *exchange) {
    struct attachment_file file;
    TRY(attachment_find_of_habilitation(&exchange->context, id_of(exchange),
                                        attachment_of(exchange), &file));
    return answer_file(exchange, &file);
}

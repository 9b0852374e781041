#include "account/request_import_files.h"
#include "base/file.h"
#include "security/hash.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A link may lead out of the folder, to what nobody meant to hand over: none is followed. */
static bool refuse_link(struct context *context, const char *path, const char *name) {
    struct stat found;
    if (lstat(path, &found) != 0 || !S_ISLNK(found.st_mode)) {
        return false;
    }
    field_errors_add(context->errors, name, "not_allowed",
                     "C’est un lien, qui n’est pas suivi : mettez ici ce qu’il désigne.");
    return true;
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* The names in a folder, in their order; none where it cannot be read. */
static size_t list_names(struct arena *arena, const char *path, const char ***names) {
    struct dirent **entries = NULL;
    const int found = scandir(path, &entries, is_shown, alphasort);
    const size_t count = found < 0 ? 0 : (size_t)found;
    *names = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        (*names)[i] = arena_strdup(arena, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return count;
}

/* A mistake of attachment_scan, told by the name of the file; other failures stay what they are. */
static enum err tell(struct context *context, const struct context *apart, const char *name,
                     enum err err) {
    const struct field_error *wrong = apart->errors->first;
    if (err != ERR_INVALID && err != ERR_TOO_LARGE && err != ERR_UNSUPPORTED_TYPE) {
        return err;
    }
    field_errors_add(context->errors, name, "invalid_format", "%s",
                     wrong != NULL           ? wrong->message
                     : apart->detail != NULL ? apart->detail
                                             : err_title(err));
    return ERR_NONE;
}

static enum err judge(struct context *context, const char *name,
                      const struct attachment_upload *upload, struct attachment_scanned *out) {
    struct field_errors wrong;
    field_errors_init(&wrong, context->arena);
    struct context apart = *context;
    apart.errors = &wrong;
    const enum err err = attachment_scan(&apart, upload, out);
    if (err != ERR_NONE) {
        return tell(context, &apart, name, err);
    }
    if (strcmp(out->verdict, "infected") == 0) {
        field_errors_add(context->errors, name, "infected",
                         "L’antivirus refuse ce fichier : retirez-le du dossier.");
    }
    return ERR_NONE;
}

static enum err read_one(struct context *context, const char *path, const char *name,
                         const char *kind, struct request_import_files *out) {
    char *bytes = NULL;
    size_t length = 0;
    if (refuse_link(context, path, name)) {
        return ERR_NONE;
    }
    const enum err err = file_read(context->arena, path, ATTACHMENT_BYTES_MAX, &bytes, &length);
    if (err != ERR_NONE) {
        field_errors_add(context->errors, name, err == ERR_TOO_LARGE ? "too_long" : "not_found",
                         "%s",
                         err == ERR_TOO_LARGE ? "Un fichier pèse 10 Mo au plus."
                                              : "Ce fichier ne peut pas être lu.");
        return ERR_NONE;
    }
    struct attachment_upload *upload = &out->uploads[out->count];
    *upload = (struct attachment_upload){
        .kind = kind, .file_name = strrchr(path, '/') + 1, .bytes = bytes, .length = length};
    return judge(context, name, upload, &out->scanned[out->count++]);
}

static enum err read_document(struct context *context, const struct former_form *form,
                              const char *path, const char *document,
                              struct request_import_files *out) {
    struct arena *arena = context->arena;
    const char *kind = former_form_find_document(form, document);
    const char **names = NULL;
    const char *place = arena_printf(arena, "files/%s", document);
    if (refuse_link(context, path, place)) {
        return ERR_NONE;
    }
    const size_t count = list_names(arena, path, &names);
    if (kind == NULL) {
        field_errors_add(context->errors, place, "unknown_value",
                         "Ce document n’est pas dans datapass.json (documents).");
        return ERR_NONE;
    }
    if (out->count + count > ATTACHMENTS_MAX) {
        field_errors_add(context->errors, place, "too_many", "Une demande a %d fichiers au plus.",
                         ATTACHMENTS_MAX);
        return ERR_NONE;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(read_one(context, arena_printf(arena, "%s/%s", path, names[i]),
                     arena_printf(arena, "%s/%s", place, names[i]), kind, out));
    }
    return ERR_NONE;
}

enum err request_import_files_read(struct context *context, const struct former_form *form,
                                   const char *folder, const char *number,
                                   struct request_import_files *out) {
    out->count = 0;
    if (folder == NULL) {
        return ERR_NONE;
    }
    const char **documents = NULL;
    const char *path = arena_printf(context->arena, "%s/%s", folder, number);
    if (refuse_link(context, path, "files")) {
        return ERR_INVALID;
    }
    const size_t count = list_names(context->arena, path, &documents);
    for (size_t i = 0; i < count; i++) {
        TRY(read_document(context, form, arena_printf(context->arena, "%s/%s", path, documents[i]),
                          documents[i], out));
    }
    return field_errors_verdict(context->errors);
}

struct value *request_import_files_value(struct arena *arena,
                                         const struct request_import_files *files) {
    struct value *list = value_array(arena);
    for (size_t i = 0; i < files->count; i++) {
        struct value *file = value_object(arena);
        value_set_text(arena, file, "kind", files->uploads[i].kind);
        value_set_text(arena, file, "name", files->scanned[i].file_name);
        value_set_text(arena, file, "hash",
                       arena_printf(arena, "%016llx",
                                    (unsigned long long)hash_content(files->uploads[i].bytes,
                                                                     files->uploads[i].length)));
        value_push(list, file);
    }
    return list;
}

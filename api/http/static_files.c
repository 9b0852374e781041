#include "http/static_files.h"
#include "base/json.h"
#include "http/accept.h"
#include "http/uri.h"
#include "security/hash.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 4096, FILE_BYTES_MAX = 32 * 1024 * 1024, ETAG_BYTES = 40 };

enum coding { CODING_PLAIN, CODING_BR, CODING_GZIP, CODINGS_COUNT };

static const struct {
    const char *suffix;
    const char *name;
} CODINGS[CODINGS_COUNT] = {
    [CODING_PLAIN] = {"", NULL}, [CODING_BR] = {".br", "br"}, [CODING_GZIP] = {".gz", "gzip"}};

struct content {
    char *bytes; /* NULL: there is no such form of the file */
    size_t length;
    char etag[ETAG_BYTES];
};

struct static_file {
    const char *path; /* "/static/…/app.js" */
    const char *type;
    struct content forms[CODINGS_COUNT];
};

struct static_files {
    struct arena arena;
    struct static_file *files; /* sorted by path */
    size_t count;
    const struct value *pages; /* the rows of routes.json */
    const struct static_file *shell;
};

/* Our page runs its own scripts only and never turns text into markup. */
static const char PAGE_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";
/* Swagger UI turns text into markup itself: no trusted types there. */
static const char DOCS_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

static const struct pair TYPES[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
};

/* Paths for programs are answered by problems, not by pages. */
static const char *const PROGRAM_PATHS[] = {
    "/v1", "/gateway", "/health", "/metrics", "/openapi.yaml", "/.well-known", "/static",
};

static bool has_suffix(const char *text, const char *suffix) {
    const size_t length = strlen(text);
    const size_t end = strlen(suffix);
    return length >= end && strcmp(text + length - end, suffix) == 0;
}

static const char *type_of(const char *path) {
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (has_suffix(path, TYPES[i].name)) {
            return TYPES[i].value;
        }
    }
    return "application/octet-stream";
}

static void fill_etag(struct content *content, enum coding coding) {
    (void)snprintf(content->etag, sizeof content->etag, "\"%016" PRIx64 "%s%s\"",
                   hash_content(content->bytes, content->length), coding == CODING_PLAIN ? "" : "-",
                   coding == CODING_PLAIN ? "" : CODINGS[coding].name);
}

static void read_form(struct arena *arena, const char *on_disk, enum coding coding,
                      struct content *content) {
    struct stat status;
    FILE *file = fopen(arena_printf(arena, "%s%s", on_disk, CODINGS[coding].suffix), "re");
    if (file == NULL) {
        return;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size <= FILE_BYTES_MAX) {
        const size_t length = (size_t)status.st_size;
        char *bytes = arena_alloc(arena, length + 1);
        if (fread(bytes, 1, length, file) == length) {
            content->bytes = bytes;
            content->length = length;
            fill_etag(content, coding);
        }
    }
    (void)fclose(file);
}

static void add_file(struct static_files *files, const char *on_disk, const char *path) {
    if (files->count == FILES_MAX || has_suffix(path, ".br") || has_suffix(path, ".gz")) {
        return;
    }
    struct static_file *file = &files->files[files->count];
    file->path = path;
    file->type = type_of(path);
    for (int coding = 0; coding < CODINGS_COUNT; coding++) {
        read_form(&files->arena, on_disk, (enum coding)coding, &file->forms[coding]);
    }
    files->count += file->forms[CODING_PLAIN].bytes != NULL;
}

static bool walk(struct static_files *files, const char *on_disk, const char *path, int depth) {
    DIR *folder = depth > 8 ? NULL : opendir(on_disk);
    if (folder == NULL) {
        return false;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        struct stat status;
        const char *below = arena_printf(&files->arena, "%s/%s", on_disk, entry->d_name);
        const char *name = arena_printf(&files->arena, "%s/%s", path, entry->d_name);
        if (lstat(below, &status) == 0 && S_ISDIR(status.st_mode)) {
            (void)walk(files, below, name, depth + 1);
        } else if (S_ISREG(status.st_mode)) {
            add_file(files, below, name);
        }
    }
    (void)closedir(folder);
    return true;
}

static int compare(const void *a, const void *b) {
    return strcmp(((const struct static_file *)a)->path, ((const struct static_file *)b)->path);
}

static const struct static_file *find(const struct static_files *files, const char *path) {
    const struct static_file wanted = {.path = path};
    return bsearch(&wanted, files->files, files->count, sizeof wanted, compare);
}

struct static_files *static_files_load(const char *folder) {
    struct static_files *files = calloc(1, sizeof *files);
    if (files == NULL) {
        return NULL;
    }
    arena_init(&files->arena);
    files->files = ARENA_ARRAY(&files->arena, struct static_file, FILES_MAX);
    if (!walk(files, folder, "", 0)) {
        static_files_free(files);
        return NULL;
    }
    qsort(files->files, files->count, sizeof *files->files, compare);
    files->shell = find(files, "/index.html");
    const struct static_file *routes = find(files, "/routes.json");
    struct value *tree = NULL;
    if (routes != NULL && json_parse(&files->arena, routes->forms[CODING_PLAIN].bytes,
                                     routes->forms[CODING_PLAIN].length, &tree, NULL) == ERR_NONE) {
        files->pages = value_get(tree, "routes");
    }
    return files;
}

void static_files_free(struct static_files *files) {
    if (files != NULL) {
        arena_clear(&files->arena);
        free(files);
    }
}

static const struct content *choose_form(const struct static_file *file,
                                         const struct exchange *exchange, enum coding *coding) {
    const char *accepted = request_header(exchange, "Accept-Encoding");
    for (int i = CODING_PLAIN + 1; i < CODINGS_COUNT; i++) {
        if (file->forms[i].bytes != NULL && accept_quality(accepted, CODINGS[i].name) > 0) {
            *coding = (enum coding)i;
            return &file->forms[i];
        }
    }
    *coding = CODING_PLAIN;
    return &file->forms[CODING_PLAIN];
}

static enum err answer_file(const struct static_file *file, struct exchange *exchange, int status,
                            const char *policy) {
    enum coding coding = CODING_PLAIN;
    const struct content *content = choose_form(file, exchange, &coding);
    const bool immutable = text_starts_with(file->path, "/static/");
    response_header(exchange, "Content-Security-Policy", policy);
    response_header(exchange, "Vary", "Accept-Encoding");
    response_header(exchange, "ETag", content->etag);
    response_header(exchange, "Cache-Control",
                    immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (status == 200 && request_has_etag(exchange, content->etag)) {
        return response_empty(exchange, 304);
    }
    if (coding != CODING_PLAIN) {
        response_header(exchange, "Content-Encoding", CODINGS[coding].name);
    }
    exchange->response.status = status;
    exchange->response.content_type = file->type;
    exchange->response.body = content->bytes;
    exchange->response.body_bytes = content->length;
    exchange->response.is_lasting = true;
    return ERR_NONE;
}

/* True where the segments fit "/demandes/{id}". */
static bool fits(const char *pattern, const char *const *segments, size_t count) {
    size_t i = 0;
    for (const char *at = pattern; *at == '/'; i++) {
        const size_t length = strcspn(at + 1, "/");
        if (i == count) {
            return false;
        }
        const bool parameter = at[1] == '{';
        const bool same = strncmp(segments[i], at + 1, length) == 0 && segments[i][length] == '\0';
        if (parameter ? *segments[i] == '\0' : !same) {
            return false;
        }
        at += 1 + length;
    }
    return i == count;
}

static bool is_page(const struct static_files *files, const char *const *segments, size_t count) {
    for (size_t i = 0; i < value_count(files->pages); i++) {
        const char *pattern = value_get_text(value_item(files->pages, i), "path");
        if (pattern != NULL && fits(pattern, segments, count)) {
            return true;
        }
    }
    return false;
}

static bool belongs_to_programs(const char *path) {
    for (size_t i = 0; i < sizeof PROGRAM_PATHS / sizeof PROGRAM_PATHS[0]; i++) {
        const size_t length = strlen(PROGRAM_PATHS[i]);
        if (strncmp(path, PROGRAM_PATHS[i], length) == 0 &&
            (path[length] == '/' || path[length] == '\0')) {
            return true;
        }
    }
    return false;
}

enum err static_files_answer(const struct static_files *files, struct exchange *exchange) {
    const char *segments[URI_SEGMENTS_MAX];
    size_t count = 0;
    const char *path = exchange->request.path;
    TRY(uri_split_path(exchange->arena, path, segments, &count));
    const struct static_file *file = files == NULL ? NULL : find(files, path);
    const bool page = files != NULL && is_page(files, segments, count);
    if (file == NULL && (files == NULL || files->shell == NULL || belongs_to_programs(path))) {
        return ERR_NOT_FOUND;
    }
    if (strcmp(exchange->request.method_text, "GET") != 0 &&
        strcmp(exchange->request.method_text, "HEAD") != 0) {
        if (file == NULL && !page) {
            return ERR_NOT_FOUND;
        }
        response_header(exchange, "Allow", "GET, HEAD, OPTIONS");
        return ERR_METHOD_NOT_ALLOWED;
    }
    if (file != NULL) {
        return answer_file(file, exchange, 200, PAGE_POLICY);
    }
    return answer_file(files->shell, exchange, page ? 200 : 404, PAGE_POLICY);
}

enum err static_files_answer_docs(const struct static_files *files, struct exchange *exchange) {
    const struct static_file *file = files == NULL ? NULL : find(files, "/docs.html");
    return file == NULL ? ERR_NOT_FOUND : answer_file(file, exchange, 200, DOCS_POLICY);
}

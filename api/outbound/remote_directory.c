#include "outbound/remote_directory.h"
#include "base/json.h"
#include "base/log.h"
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 1000, ANSWER_BYTES_MAX = 1024 * 1024 };

struct remote_directory {
    const struct config *config;
    const struct remote_directory_kind *kind;
    struct http_client *client;
};

static const struct remote_directory_kind *find_kind(const char *name) {
    const struct remote_directory_kind *const kinds[] = {&remote_directory_insee,
                                                         &remote_directory_recherche};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

enum err remote_directory_new(const struct config *config, struct field_errors *errors,
                              struct remote_directory **out) {
    *out = NULL;
    if (strcmp(config->directory, "local") == 0) {
        return ERR_NONE;
    }
    const struct remote_directory_kind *kind = find_kind(config->directory);
    if (kind == NULL) {
        field_errors_add(errors, "GUICHET_DIRECTORY", "unknown_value",
                         "GUICHET_DIRECTORY: local, insee or recherche-entreprises is expected");
        return ERR_INVALID;
    }
    struct remote_directory *directory = calloc(1, sizeof *directory);
    if (directory == NULL) {
        return err_internal("no memory");
    }
    directory->config = config;
    directory->kind = kind;
    directory->client = http_client_new(&(struct http_client_options){
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = REMOTE_DIRECTORY_TIMEOUT_MS,
        .body_bytes_max = ANSWER_BYTES_MAX,
        .config = config,
    });
    *out = directory;
    return ERR_NONE;
}

void remote_directory_free(struct remote_directory *directory) {
    if (directory != NULL) {
        http_client_free(directory->client);
        free(directory);
    }
}

enum err remote_directory_find(void *state, struct arena *arena, const char *siret,
                               struct establishment *out) {
    const struct remote_directory *directory = state;
    return directory->kind->find(directory, arena, siret, out);
}

enum err remote_directory_search(void *state, struct arena *arena,
                                 const struct directory_query *query, int64_t limit, int64_t offset,
                                 struct establishment **out, size_t *count) {
    const struct remote_directory *directory = state;
    return directory->kind->search(directory, arena, query, limit, offset, out, count);
}

enum err remote_directory_refuse_answer(const char *reason) {
    log_warning(LOG_DIRECTORY_DOWN, LOG_TEXT("reason", reason));
    return ERR_UNAVAILABLE;
}

static enum err judge_status(int status) {
    if (status == 200) {
        return ERR_NONE;
    }
    if (status == 404 || status == 403 || status == 301) {
        return ERR_NOT_FOUND;
    }
    log_warning(LOG_DIRECTORY_DOWN, LOG_NUMBER("status", status));
    return ERR_UNAVAILABLE;
}

enum err remote_directory_get(const struct remote_directory *directory, struct arena *arena,
                              const char *path, const struct value **out) {
    const struct config *config = directory->config;
    const char *base =
        *config->directory_url != '\0' ? config->directory_url : directory->kind->default_url;
    const struct http_header headers[] = {
        {"Accept", "application/json"},
        {"X-INSEE-Api-Key-Integration", config->directory_key},
    };
    const struct http_request request = {
        .method = "GET",
        .url = arena_printf(arena, "%s%s", base, path),
        .headers = headers,
        .headers_count = *config->directory_key != '\0' ? 2 : 1,
    };
    struct http_response response = {0};
    const char *reason = NULL;
    if (http_client_send(directory->client, arena, &request, &response, &reason) != ERR_NONE) {
        return remote_directory_refuse_answer(reason);
    }
    TRY(judge_status(response.status));
    struct value *tree = NULL;
    if (json_parse(arena, response.body, response.body_bytes, &tree, NULL) != ERR_NONE) {
        return remote_directory_refuse_answer("answer is no JSON");
    }
    *out = tree;
    return ERR_NONE;
}

const char *remote_directory_text(const struct value *object, const char *member) {
    const char *text = value_get_text(object, member);
    const bool unpublished = text == NULL || *text == '\0' || strcmp(text, "[ND]") == 0 ||
                             strcmp(text, "[NON-DIFFUSIBLE]") == 0;
    return unpublished ? NULL : text;
}

const char *remote_directory_join(struct arena *arena, const char *separator,
                                  const char *const *parts, size_t count) {
    const char *joined = NULL;
    for (size_t i = 0; i < count; i++) {
        if (parts[i] != NULL) {
            joined = joined == NULL ? parts[i]
                                    : arena_printf(arena, "%s%s%s", joined, separator, parts[i]);
        }
    }
    return joined;
}

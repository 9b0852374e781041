#include "outbound/remote_directory.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 1000, ANSWER_BYTES_MAX = 1024 * 1024, LEFT_ALONE_S_MAX = 3600 };

static const char *const OUTCOMES[DIRECTORY_OUTCOMES] = {
    [DIRECTORY_FOUND] = "found",
    [DIRECTORY_UNKNOWN] = "unknown",
    [DIRECTORY_REFUSED] = "refused",
    [DIRECTORY_LIMITED] = "limited",
    [DIRECTORY_UNREACHABLE] = "unreachable",
    [DIRECTORY_BROKEN] = "broken",
};

struct remote_directory {
    const struct config *config;
    const struct remote_directory_kind *kind;
    struct http_client *client;
    atomic_int_fast64_t left_alone_until_ms; /* monotonic: what 429 asked for */
    atomic_uint_fast64_t calls[DIRECTORY_OUTCOMES];
};

static void write_calls(struct buf *out, void *state) {
    struct remote_directory *directory = state;
    metrics_describe(out, "guichet_directory_calls_total", "counter",
                     "Questions to the remote directory, by how they ended.");
    for (size_t i = 0; i < DIRECTORY_OUTCOMES; i++) {
        char label[64];
        (void)snprintf(label, sizeof label, "outcome=\"%s\"", OUTCOMES[i]);
        metrics_sample(out, "guichet_directory_calls_total", label,
                       (double)atomic_load(&directory->calls[i]));
    }
}

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
    metrics_register(write_calls, directory);
    *out = directory;
    return ERR_NONE;
}

void remote_directory_free(struct remote_directory *directory) {
    if (directory != NULL) {
        http_client_free(directory->client);
        free(directory);
    }
}

static struct directory_call begin(struct remote_directory *directory, struct arena *arena) {
    return (struct directory_call){
        .directory = directory,
        .arena = arena,
        .deadline_ms = clock_monotonic_ms() + REMOTE_DIRECTORY_TIMEOUT_MS,
    };
}

static enum err end(struct directory_call *call, enum err err) {
    atomic_fetch_add(&call->directory->calls[call->outcome], 1);
    return err;
}

enum err remote_directory_find(void *state, struct arena *arena, const char *siret,
                               struct establishment *out) {
    struct directory_call call = begin(state, arena);
    return end(&call, call.directory->kind->find(&call, siret, out));
}

enum err remote_directory_search(void *state, struct arena *arena,
                                 const struct directory_query *query, int64_t limit, int64_t offset,
                                 struct establishment **out, size_t *count) {
    struct directory_call call = begin(state, arena);
    return end(&call, call.directory->kind->search(&call, query, limit, offset, out, count));
}

enum err remote_directory_try(struct remote_directory *directory, struct arena *arena,
                              const char *siret, const char **said) {
    struct establishment found;
    struct directory_call call = begin(directory, arena);
    const enum err err = end(&call, directory->kind->find(&call, siret, &found));
    *said = call.said;
    return err;
}

/* --- What failed --------------------------------------------------------------------------------------- */

static enum err fail(struct directory_call *call, enum remote_directory_outcome outcome, int status,
                     const char *said) {
    call->outcome = outcome;
    call->said = said;
    log_warning(LOG_DIRECTORY_DOWN, LOG_TEXT("cause", OUTCOMES[outcome]),
                LOG_NUMBER("status", status), LOG_TEXT("reason", said));
    return ERR_UNAVAILABLE;
}

enum err remote_directory_refuse_answer(struct directory_call *call, const char *reason) {
    return fail(call, DIRECTORY_BROKEN, 200, reason);
}

enum err remote_directory_unknown(struct directory_call *call) {
    call->outcome = DIRECTORY_UNKNOWN;
    return ERR_NOT_FOUND;
}

/* Retry-After (RFC 9110, 10.2.3): seconds or a date; 0 where it is missing or cannot be read. */
static int64_t read_retry_after_s(const char *text) {
    int64_t seconds = 0;
    int64_t at_s = 0;
    if (text == NULL) {
        return 0;
    }
    if (http_date_parse(text, &at_s)) {
        seconds = at_s - clock_now_ms() / 1000;
    } else if (!text_parse_integer(text, 0, INT32_MAX, &seconds)) {
        return 0;
    }
    return seconds < 0 ? 0 : seconds > LEFT_ALONE_S_MAX ? LEFT_ALONE_S_MAX : seconds;
}

static enum err be_limited(struct directory_call *call, const struct http_response *response) {
    const int64_t seconds = read_retry_after_s(http_response_find(response, "Retry-After"));
    atomic_store(&call->directory->left_alone_until_ms, clock_monotonic_ms() + seconds * 1000);
    return fail(
        call, DIRECTORY_LIMITED, response->status,
        arena_printf(call->arena, "asked too often (429), again in %lld s", (long long)seconds));
}

/* INSEE answers 403 for an establishment that may not be shown, in a header of its own; its gateway answers 403 for
 * a key without rights. */
static bool is_not_to_be_shown(struct arena *arena, const struct http_response *response) {
    struct value *tree = NULL;
    if (response->status != 403 ||
        json_parse(arena, response->body, response->body_bytes, &tree, NULL) != ERR_NONE) {
        return false;
    }
    const char *message = value_get_text(value_get(tree, "header"), "message");
    return message != NULL && strcasestr(message, "diffus") != NULL;
}

static enum err judge_status(struct directory_call *call, const struct http_response *response) {
    const int status = response->status;
    if (status == 200 || status == 404 || status == 301) {
        return ERR_NONE;
    }
    if (status == 401 || status == 403) {
        return fail(call, DIRECTORY_REFUSED, status,
                    status == 401 ? "the key is not accepted (401)"
                                  : "the key has no right to this API (403)");
    }
    return status == 429 ? be_limited(call, response)
                         : fail(call, DIRECTORY_BROKEN, status,
                                arena_printf(call->arena, "it answers %d", status));
}

/* --- Requests ------------------------------------------------------------------------------------------- */

static enum err ask(struct directory_call *call, const char *path, struct http_response *response) {
    const struct config *config = call->directory->config;
    const char *base =
        *config->directory_url != '\0' ? config->directory_url : call->directory->kind->default_url;
    const struct http_header headers[] = {
        {"Accept", "application/json"},
        {"X-INSEE-Api-Key-Integration", config->directory_key},
    };
    const int64_t left_ms = call->deadline_ms - clock_monotonic_ms();
    const struct http_request request = {
        .method = "GET",
        .url = arena_printf(call->arena, "%s%s", base, path),
        .headers = headers,
        .headers_count = *config->directory_key != '\0' ? 2 : 1,
        .timeout_ms = left_ms > 1 ? left_ms : 1,
    };
    const char *reason = NULL;
    const enum err err =
        http_client_send(call->directory->client, call->arena, &request, response, &reason);
    return err == ERR_NONE
               ? ERR_NONE
               : fail(call, err == ERR_UPSTREAM ? DIRECTORY_BROKEN : DIRECTORY_UNREACHABLE, 0,
                      reason);
}

enum err remote_directory_get(struct directory_call *call, const char *path,
                              struct directory_answer_read *out) {
    struct http_response response = {0};
    struct value *tree = NULL;
    if (clock_monotonic_ms() < atomic_load(&call->directory->left_alone_until_ms)) {
        return fail(call, DIRECTORY_LIMITED, 0, "asked too often: left alone as it asked for");
    }
    TRY(ask(call, path, &response));
    if (is_not_to_be_shown(call->arena, &response)) {
        response.status = 404;
    }
    TRY(judge_status(call, &response));
    if (response.status == 200 &&
        json_parse(call->arena, response.body, response.body_bytes, &tree, NULL) != ERR_NONE) {
        return remote_directory_refuse_answer(call, "answer is no JSON");
    }
    *out = (struct directory_answer_read){.status = response.status,
                                          .tree = tree,
                                          .location = http_response_find(&response, "Location")};
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

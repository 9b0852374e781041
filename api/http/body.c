#include "http/body.h"
#include "base/memory.h"
#include "base/spool.h"
#include "http/http_state.h"
#include "http/refusal.h"
#include "http/request_reader.h"
#include "http/route.h"
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

enum {
    KIB = 1024,
    MIB = 1024 * KIB,
    WITHOUT_ROUTE_BYTES_MAX = 64 * KIB, /* read, so that 404 and 405 are told as what they are */
    SMALL_BYTES = 16 * KIB,             /* such bodies get in when larger ones have to wait */
    HEAP_BYTES_MAX = 64 * KIB,
};

static const struct route *find_route(const char *method, const char *target) {
    ARENA_AUTO(arena);
    struct request request = {
        .path = arena_strndup(&arena, target, strcspn(target, "?")),
    };
    struct route_match match;
    return route_find(&arena, method, &request, &match) == ERR_NONE ? match.route : NULL;
}

static void refuse(struct body *body, enum err err, const char *reason) {
    body->is_refused = true;
    refusal_send(body->head.socket, err, body->head.target, body->head.request_id, reason);
}

static void refuse_size(struct body *body) {
    ARENA_AUTO(arena);
    if (body->route != NULL && body->route->body == BODY_NONE) {
        refuse(body, ERR_BAD_REQUEST, "Cette adresse ne prend pas de corps.");
    } else {
        refuse(body, ERR_TOO_LARGE,
               arena_printf(&arena, "Le corps dépasse %zu octets.", body->bytes_max));
    }
}

static void refuse_crowd(struct body *body) {
    refuse(body, ERR_UNAVAILABLE, "Trop d’envois en même temps : recommencez.");
}

/* Of Content-Length; SIZE_MAX where it is not known beforehand, or no number. */
static size_t declared_length(const struct body_head *head) {
    int64_t length = 0;
    return head->coding == NULL && head->length != NULL &&
                   text_parse_integer(head->length, 0, INT64_MAX, &length)
               ? (size_t)length
               : SIZE_MAX;
}

/* The most that is read: of a request that will be refused as a whole, enough to say why. */
static size_t find_bound(const struct route *route) {
    if (route == NULL) {
        return WITHOUT_ROUTE_BYTES_MAX;
    }
    return route->body == BODY_NONE ? REQUEST_UNWANTED_BYTES_MAX : route->body_bytes_max;
}

static void give_room(struct body *body, size_t declared_bytes) {
    body->room = declared_bytes < body->bytes_max ? declared_bytes : body->bytes_max;
    if (body->room <= HEAP_BYTES_MAX) {
        body->bytes = memory_alloc(body->room);
        return;
    }
    void *mapped = mmap(NULL, body->room, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        memory_exhausted();
    }
    body->bytes = mapped;
}

void body_begin(struct body *body, struct http_state *http, const struct body_head *head) {
    const struct route *route = find_route(head->method, head->target);
    const size_t declared = declared_length(head);
    *body =
        (struct body){.http = http, .head = *head, .route = route, .bytes_max = find_bound(route)};
    if (head->coding != NULL && strcasecmp(head->coding, "chunked") != 0) {
        /* libmicrohttpd 0.9.75 reads the body of an unknown coding until the connection ends. */
        refuse(body, ERR_BAD_REQUEST, "Ce Transfer-Encoding n’est pas accepté.");
    } else if (declared != SIZE_MAX && declared > body->bytes_max) {
        refuse_size(body);
    } else if (route == NULL || route->body != BODY_MULTIPART) {
        give_room(body, declared);
    } else if (spool_new(http->services->config->data_dir, &body->spool) != ERR_NONE) {
        refuse_crowd(body);
    }
}

/* Counts the bytes first, so that many at once get no more than there is. Small bodies may use all of it,
 * larger ones three quarters: a log-in gets in beside a flood of large bodies. */
static bool take_share(const struct body *body, size_t length) {
    const struct config *config = body->http->services->config;
    atomic_size_t *under_way =
        body->spool != NULL ? &body->http->upload_bytes : &body->http->body_bytes;
    size_t most =
        (size_t)(body->spool != NULL ? config->uploads_mb : config->bodies_mb) * (size_t)MIB;
    if (body->spool == NULL && body->length + length > SMALL_BYTES) {
        most = most / 4 * 3;
    }
    if (atomic_fetch_add(under_way, length) + length <= most) {
        return true;
    }
    atomic_fetch_sub(under_way, length);
    return false;
}

void body_append(struct body *body, const char *bytes, size_t length) {
    /* The room may be less than the route takes, and is what a doubtful Content-Length said. */
    const size_t most = body->spool != NULL ? body->bytes_max : body->room;
    if (body->is_refused) {
        return;
    }
    if (length > most - body->length) {
        refuse_size(body);
        return;
    }
    if (!take_share(body, length)) {
        refuse_crowd(body);
        return;
    }
    body->length += length; /* counted, so that body_clear gives it back */
    if (body->spool == NULL) {
        memcpy(body->bytes + body->length - length, bytes, length);
    } else if (spool_write(body->spool, bytes, length) != ERR_NONE) {
        refuse_crowd(body);
    }
}

const char *body_text(struct body *body) {
    if (body->spool != NULL) {
        return spool_bytes(body->spool);
    }
    return body->bytes == NULL ? "" : body->bytes;
}

void body_clear(struct body *body) {
    if (body->http != NULL) {
        atomic_fetch_sub(body->spool != NULL ? &body->http->upload_bytes : &body->http->body_bytes,
                         body->length);
    }
    spool_free(body->spool);
    if (body->room > HEAP_BYTES_MAX) {
        (void)munmap(body->bytes, body->room);
    } else {
        memory_free(body->bytes);
    }
    *body = (struct body){0};
}

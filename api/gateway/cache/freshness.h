#ifndef GUICHET_GATEWAY_CACHE_FRESHNESS_H
#define GUICHET_GATEWAY_CACHE_FRESHNESS_H
/* What a provider allows us to keep of its answer, and for how long: the part of RFC 9111 that a
 * gateway needs. Nothing is kept that a provider did not allow; there is no guessing. */
#include "outbound/http_client.h"

struct freshness {
    bool is_storable;
    bool is_shared;   /* "public": the same for every token; else for the token that called alone */
    bool must_ask;    /* "no-cache": kept, and asked about each time */
    int64_t age_ms;   /* when it came */
    int64_t fresh_ms; /* from its making on; 0: to be asked about each time */
};

/* What a caller asks for by Cache-Control. */
struct cache_wish {
    bool must_ask;
    bool must_not_store;
    int64_t age_most_s; /* INT64_MAX: any */
};

/* Of an answer with status 200 or 304; `now_ms` since 1970. */
void freshness_read(const struct http_response *answer, int64_t now_ms, struct freshness *out);
/* `cache_control` may be NULL. */
void cache_wish_read(const char *cache_control, struct cache_wish *out);
/* Whether one of the entity tags of If-None-Match is this one, compared weakly (RFC 9110, 13.1.2). */
bool etag_is_listed(const char *list, const char *etag);

#endif

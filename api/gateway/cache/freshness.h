#ifndef GUICHET_GATEWAY_CACHE_FRESHNESS_H
#define GUICHET_GATEWAY_CACHE_FRESHNESS_H
/* Whether and how long an answer of a provider may be cached: the part of RFC 9111 that a gateway needs, without
 * heuristic freshness. Pure functions. */
#include "outbound/http_client.h"

struct freshness {
    bool is_storable;
    bool is_shared;   /* "public": for every token; else only for the token that called */
    bool must_ask;    /* "no-cache": cached, and revalidated each time */
    int64_t age_ms;   /* on arrival */
    int64_t fresh_ms; /* from its creation on; 0: to be revalidated each time */
};

/* The caller's Cache-Control. */
struct cache_demand {
    bool must_ask;
    bool must_not_store;
    int64_t age_most_s; /* INT64_MAX: any */
};

/* Of an answer with status 200 or 304; `now_ms` since 1970. */
void freshness_read(const struct http_response *answer, int64_t now_ms, struct freshness *out);
/* `cache_control` may be NULL. */
void cache_demand_read(const char *cache_control, struct cache_demand *out);
/* Whether one of the entity tags of If-None-Match is this one, compared weakly (RFC 9110, 13.1.2). */
bool etag_is_listed(const char *list, const char *etag);

#endif

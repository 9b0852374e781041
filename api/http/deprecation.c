#include "http/deprecation.h"
#include "base/clock.h"
#include "http/route.h"
#include <time.h>

enum { DAY_S = 24 * 3600, HTTP_DATE_BYTES = 32 };

/* Seconds since 1970 at the begin of a day in UTC, "2027-01-31"; -1 for anything else. */
static int64_t read_day(struct arena *arena, const char *day) {
    int64_t at_ms = 0;
    const char *text = arena_printf(arena, "%sT00:00:00Z", day == NULL ? "" : day);
    return clock_parse_rfc3339(text, &at_ms) ? at_ms / 1000 : -1;
}

const char *deprecation_find_mistake(const struct route *route) {
    if (route->deprecated_since == NULL && route->deprecated_until == NULL &&
        route->deprecated_page == NULL) {
        return NULL;
    }
    ARENA_AUTO(arena);
    const int64_t since_s = read_day(&arena, route->deprecated_since);
    const int64_t until_s = read_day(&arena, route->deprecated_until);
    if (since_s < 0 || until_s < 0) {
        return "a deprecated route needs the day of its begin and of its end, as 2027-01-31";
    }
    if (until_s - since_s < (int64_t)DEPRECATION_DAYS_MIN * DAY_S) {
        return "a deprecated route lives six months more";
    }
    return route->deprecated_page != NULL && route->deprecated_page[0] == '/'
               ? NULL
               : "a deprecated route needs the path of a page that names its successor";
}

/* The date of HTTP, IMF-fixdate (RFC 9110, 5.6.7); the locale of times is C. */
static const char *http_date(struct arena *arena, int64_t at_s) {
    const time_t at = (time_t)at_s;
    struct tm utc;
    char text[HTTP_DATE_BYTES];
    gmtime_r(&at, &utc);
    (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    return arena_strdup(arena, text);
}

void deprecation_add_headers(struct exchange *exchange) {
    const struct route *route = exchange->route;
    struct arena *arena = exchange->arena;
    if (route == NULL || route->deprecated_since == NULL) {
        return;
    }
    const int64_t since_s = read_day(arena, route->deprecated_since);
    response_header(exchange, "Deprecation", arena_printf(arena, "@%lld", (long long)since_s));
    response_header(exchange, "Sunset", http_date(arena, read_day(arena, route->deprecated_until)));
    response_header(exchange, "Link",
                    arena_printf(arena, "<%s%s>; rel=\"deprecation\"; type=\"text/html\"",
                                 exchange->services->config->public_url, route->deprecated_page));
}

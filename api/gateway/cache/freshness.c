#include "gateway/cache/freshness.h"
#include "base/text.h"
#include <string.h>
#include <strings.h>

enum { FRESH_MOST_S = 24 * 3600 };

/* One directive of Cache-Control, as it stands in the header. */
struct directive {
    const char *name;
    size_t name_length;
    const char *value; /* without quotes; NULL without */
    size_t value_length;
};

static const char *skip_separators(const char *at) {
    return at + strspn(at, " \t,");
}

/* The next directive; false at the end. */
static bool next_directive(const char **at, struct directive *out) {
    const char *c = skip_separators(*at);
    *out = (struct directive){.name = c, .name_length = strcspn(c, " \t,=")};
    c += out->name_length;
    if (*c == '=') {
        const bool is_quoted = *++c == '"';
        c += is_quoted ? 1 : 0;
        out->value = c;
        out->value_length = strcspn(c, is_quoted ? "\"" : " \t,");
        c += out->value_length;
        c += is_quoted && *c == '"' ? 1 : 0;
    }
    *at = c;
    return out->name_length > 0 || *skip_separators(c) != '\0';
}

static bool is_named(const struct directive *directive, const char *name) {
    return directive->name_length == strlen(name) &&
           strncasecmp(directive->name, name, directive->name_length) == 0;
}

/* Seconds of max-age or s-maxage; an unreadable value means stale (RFC 9111, 4.2.1). */
static int64_t seconds_of(const struct directive *directive) {
    int64_t seconds = 0;
    for (size_t i = 0; i < directive->value_length; i++) {
        const char c = directive->value[i];
        if (c < '0' || c > '9') {
            return 0;
        }
        seconds = seconds > INT32_MAX ? seconds : seconds * 10 + (c - '0');
    }
    return seconds;
}

/* The directives of all Cache-Control lines together. */
struct control {
    bool is_there;
    bool no_store;
    bool no_cache;
    bool is_public;
    bool is_private;
    int64_t age_most_s;    /* max-age; -1: missing */
    int64_t shared_most_s; /* s-maxage; -1: missing */
};

static void read_control(const char *text, struct control *out) {
    struct directive directive;
    while (next_directive(&text, &directive)) {
        out->is_there = true;
        if (is_named(&directive, "no-store")) {
            out->no_store = true;
        } else if (is_named(&directive, "no-cache")) {
            out->no_cache = true;
        } else if (is_named(&directive, "public")) {
            out->is_public = true;
        } else if (is_named(&directive, "private")) {
            out->is_private = true;
        } else if (is_named(&directive, "max-age")) {
            out->age_most_s = seconds_of(&directive);
        } else if (is_named(&directive, "s-maxage")) {
            out->shared_most_s = seconds_of(&directive);
        }
    }
}

static int64_t age_s(const struct http_response *answer) {
    const char *text = http_response_find(answer, "Age");
    int64_t seconds = 0;
    return text != NULL && text_parse_integer(text, 0, INT32_MAX, &seconds) ? seconds : 0;
}

/* Expires against Date, or against now where that is missing. -1 without. */
static int64_t expires_after_s(const struct http_response *answer, int64_t now_ms) {
    const char *expires = http_response_find(answer, "Expires");
    const char *date = http_response_find(answer, "Date");
    int64_t until_s = 0;
    int64_t from_s = now_ms / 1000;
    if (expires == NULL) {
        return -1;
    }
    if (!http_date_parse(expires, &until_s)) {
        return 0;
    }
    if (date != NULL) {
        (void)http_date_parse(date, &from_s);
    }
    return until_s > from_s ? until_s - from_s : 0;
}

/* Requests of the gateway to one URL differ in X-Request-ID only: other headers in Vary do not matter. */
static bool varies(const struct http_response *answer) {
    const char *vary = http_response_find(answer, "Vary");
    return vary != NULL && (strchr(vary, '*') != NULL || strcasestr(vary, "X-Request-ID") != NULL);
}

void freshness_read(const struct http_response *answer, int64_t now_ms, struct freshness *out) {
    struct control control = {.age_most_s = -1, .shared_most_s = -1};
    for (size_t i = 0; i < answer->headers_count; i++) {
        if (strcasecmp(answer->headers[i].name, "Cache-Control") == 0) {
            read_control(answer->headers[i].value, &control);
        }
    }
    *out = (struct freshness){
        .is_shared = control.is_public && !control.is_private &&
                     http_response_find(answer, "Set-Cookie") == NULL,
        .must_ask = control.no_cache,
        .age_ms = age_s(answer) * 1000,
    };
    int64_t fresh_s = out->is_shared && control.shared_most_s >= 0 ? control.shared_most_s
                      : control.age_most_s >= 0                    ? control.age_most_s
                                                : expires_after_s(answer, now_ms);
    const bool has_validator = http_response_find(answer, "ETag") != NULL ||
                               http_response_find(answer, "Last-Modified") != NULL;
    const bool is_allowed = fresh_s >= 0 || control.no_cache || control.is_public;
    fresh_s = fresh_s > FRESH_MOST_S ? FRESH_MOST_S : fresh_s;
    out->fresh_ms = fresh_s > 0 && !control.no_cache ? fresh_s * 1000 : 0;
    out->is_storable = is_allowed && !control.no_store && !varies(answer) &&
                       (has_validator || out->fresh_ms > out->age_ms);
}

void cache_demand_read(const char *cache_control, struct cache_demand *out) {
    struct control control = {.age_most_s = -1, .shared_most_s = -1};
    read_control(cache_control != NULL ? cache_control : "", &control);
    *out = (struct cache_demand){
        .must_ask = control.no_cache || control.no_store,
        .must_not_store = control.no_store,
        .age_most_s = control.age_most_s >= 0 ? control.age_most_s : INT64_MAX,
    };
}

/* Skips W/, which a weak comparison ignores. */
static const char *strong_part(const char *etag) {
    return text_starts_with(etag, "W/") ? etag + 2 : etag;
}

bool etag_is_listed(const char *list, const char *etag) {
    if (list == NULL || etag == NULL) {
        return false;
    }
    const char *wanted = strong_part(etag);
    const size_t length = strlen(wanted);
    const char *at = skip_separators(list);
    if (strcmp(at, "*") == 0) {
        return true;
    }
    while (*at != '\0') {
        const char *tag = strong_part(at);
        const char *end = *tag == '"' ? strchr(tag + 1, '"') : NULL;
        if (end == NULL) {
            return false;
        }
        if ((size_t)(end + 1 - tag) == length && strncmp(tag, wanted, length) == 0) {
            return true;
        }
        at = skip_separators(end + 1);
    }
    return false;
}

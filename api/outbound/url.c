#include "outbound/url.h"
#include "base/text.h"
#include <curl/curl.h>
#include <string.h>

enum { URL_BYTES_MAX = 8192 };

static bool is_visible(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~') {
            return false;
        }
    }
    return strlen(text) <= URL_BYTES_MAX;
}

static bool has(CURLU *url, CURLUPart part, CURLUcode missing) {
    char *value = NULL;
    const CURLUcode code = curl_url_get(url, part, &value, 0);
    const bool is_there = code != missing && (value == NULL || *value != '\0');
    curl_free(value);
    return is_there;
}

static bool has_dots(CURLU *url) {
    char *path = NULL;
    (void)curl_url_get(url, CURLUPART_PATH, &path, 0);
    const size_t length = path == NULL ? 0 : strlen(path);
    const bool climbs = path != NULL && (strstr(path, "/../") != NULL ||
                                         (length >= 3 && strcmp(path + length - 3, "/..") == 0));
    curl_free(path);
    return climbs;
}

/* The parsed text, or NULL; the caller frees it. libcurl forgives "https:///host". */
static CURLU *parse(const char *text) {
    CURLU *url = is_visible(text) && strstr(text, ":///") == NULL ? curl_url() : NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, text, CURLU_PATH_AS_IS) != CURLUE_OK) {
        curl_url_cleanup(url);
        return NULL;
    }
    return url;
}

bool url_is_base(const char *text) {
    CURLU *url = text_starts_with(text, "https://") || text_starts_with(text, "http://")
                     ? parse(text)
                     : NULL;
    const bool is_good = url != NULL && !has_dots(url) &&
                         !has(url, CURLUPART_USER, CURLUE_NO_USER) && strchr(text, '?') == NULL &&
                         strchr(text, '#') == NULL;
    curl_url_cleanup(url);
    return is_good;
}

bool url_is_proxy(const char *text) {
    CURLU *url = text_starts_with(text, "http://") ? parse(text) : NULL;
    char *path = NULL;
    const bool is_good = url != NULL && curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
                         strcmp(path, "/") == 0 && strchr(text, '?') == NULL &&
                         strchr(text, '#') == NULL;
    curl_free(path);
    curl_url_cleanup(url);
    return is_good;
}

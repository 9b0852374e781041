#include "outbound/certificate.h"
#include "outbound/egress.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { TIMEOUT_MS = 8000 };

static size_t ignore(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

/* "Expire Date:2027-02-28 12:00:00 GMT", a line of each certificate of the chain. */
static int64_t find_first_end(CURL *handle) {
    static const char NAME[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    int64_t first = -1;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL) {
        return -1;
    }
    for (int i = 0; i < chain->num_of_certs; i++) {
        for (const struct curl_slist *line = chain->certinfo[i]; line != NULL; line = line->next) {
            struct tm time = {0};
            if (strncasecmp(line->data, NAME, strlen(NAME)) == 0 &&
                strptime(line->data + strlen(NAME), "%Y-%m-%d %H:%M:%S", &time) != NULL) {
                const int64_t end = (int64_t)timegm(&time);
                first = first < 0 || end < first ? end : first;
            }
        }
    }
    return first;
}

static bool is_of_tls(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE;
}

/* Of "https://host:port/path", without brackets. */
static const char *host_of(struct arena *arena, const char *url) {
    const char *at = strstr(url, "://") + 3;
    return *at == '[' ? arena_strndup(arena, at + 1, strcspn(at + 1, "]"))
                      : arena_strndup(arena, at, strcspn(at, ":/"));
}

static void set_way(CURL *handle, struct arena *arena, const struct config *config,
                    const char *url) {
    const char *proxy = egress_proxy_for(config, host_of(arena, url));
    curl_easy_setopt(handle, CURLOPT_PROXY, proxy != NULL ? proxy : "");
    if (*config->ca_file != '\0') {
        curl_easy_setopt(handle, CURLOPT_CAINFO, config->ca_file);
    }
}

enum err certificate_try(struct arena *arena, const struct config *config, const char *url,
                         int64_t *expires_at_s, int *status, const char **reason) {
    char detail[CURL_ERROR_SIZE] = "";
    long answered = 0;
    CURL *handle = curl_easy_init();
    *expires_at_s = -1;
    *status = 0;
    if (handle == NULL) {
        return err_internal("no memory");
    }
    curl_easy_setopt(handle, CURLOPT_URL, url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    set_way(handle, arena, config, url);
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    const CURLcode code = curl_easy_perform(handle);
    (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answered);
    *expires_at_s = find_first_end(handle);
    *status = (int)answered;
    *reason = arena_strdup(arena, *detail != '\0' ? detail : curl_easy_strerror(code));
    curl_easy_cleanup(handle);
    return code == CURLE_OK ? ERR_NONE : is_of_tls(code) ? ERR_UPSTREAM : ERR_UNAVAILABLE;
}

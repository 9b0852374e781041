#include "security/certificate.h"
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

struct certificates {
    gnutls_x509_crt_t *items;
    unsigned int count;
};

static void free_certificates(struct certificates *list) {
    for (unsigned int i = 0; i < list->count; i++) {
        gnutls_x509_crt_deinit(list->items[i]);
    }
    gnutls_free(list->items);
}

/* Every certificate of the file; freed by free_certificates. */
static bool read_certificates(const char *path, struct certificates *out, const char **reason) {
    gnutls_datum_t bytes = {0};
    *out = (struct certificates){0};
    errno = 0;
    if (gnutls_load_file(path, &bytes) != GNUTLS_E_SUCCESS) {
        *reason = errno == 0 ? "cannot be read" : strerror(errno);
        return false;
    }
    const int code =
        gnutls_x509_crt_list_import2(&out->items, &out->count, &bytes, GNUTLS_X509_FMT_PEM, 0);
    gnutls_free(bytes.data);
    if (code < 0 || out->count == 0) {
        *reason = "no certificate in PEM";
        out->count = 0;
        return false;
    }
    return true;
}

bool certificate_check_file(const char *path, const char **reason) {
    struct certificates list;
    const bool good = read_certificates(path, &list, reason);
    if (good) {
        free_certificates(&list);
    }
    return good;
}

bool certificate_check_pair(const char *certificate_path, const char *key_path,
                            const char *password, const char **reason) {
    gnutls_certificate_credentials_t pair = NULL;
    if (!certificate_check_file(certificate_path, reason)) {
        return false;
    }
    if (gnutls_certificate_allocate_credentials(&pair) != GNUTLS_E_SUCCESS) {
        *reason = "no memory";
        return false;
    }
    const int code = gnutls_certificate_set_x509_key_file2(pair, certificate_path, key_path,
                                                           GNUTLS_X509_FMT_PEM, password, 0);
    gnutls_certificate_free_credentials(pair);
    *reason = code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH ? "the key belongs to another certificate"
              : code == GNUTLS_E_DECRYPTION_FAILED      ? "the password does not open the key"
              : code == GNUTLS_E_FILE_ERROR             ? "the key cannot be read"
                                                        : "the key cannot be used";
    return code >= 0;
}

bool certificate_find_end(const char *path, int64_t *at_s) {
    struct certificates list;
    const char *reason = NULL;
    if (!read_certificates(path, &list, &reason)) {
        return false;
    }
    const time_t at = gnutls_x509_crt_get_expiration_time(list.items[0]);
    free_certificates(&list);
    *at_s = (int64_t)at;
    return at != (time_t)-1;
}

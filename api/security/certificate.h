#ifndef GUICHET_SECURITY_CERTIFICATE_H
#define GUICHET_SECURITY_CERTIFICATE_H
/* Certificates in files of the operator (PEM, RFC 7468): whether they can be used, and until when.
 * Thread-safe. */
#include <stdbool.h>
#include <stdint.h>

/* A file of at least one certificate. False with the reason in English otherwise. */
bool certificate_check_file(const char *path, const char **reason);
/* A certificate and the key that belongs to it; `password` opens the key, NULL where it is not encrypted.
 * False with the reason in English otherwise. */
bool certificate_check_pair(const char *certificate_path, const char *key_path,
                            const char *password, const char **reason);
/* Until when the first certificate of the file is good, in seconds since 1970; false where it cannot be read. */
bool certificate_find_end(const char *path, int64_t *at_s);

#endif

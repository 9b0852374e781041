#include "security/signing_key.h"
#include "security/jwk.h"
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>

/* Copies a PEM of GnuTLS to the arena and wipes the original. */
static const char *take_pem(struct arena *arena, gnutls_datum_t *pem) {
    const char *text = arena_strndup(arena, (const char *)pem->data, pem->size);
    sodium_memzero(pem->data, pem->size);
    gnutls_free(pem->data);
    return text;
}

static enum err read_public_part(struct arena *arena, gnutls_x509_privkey_t private_key,
                                 gnutls_pubkey_t public_key, const char **pem) {
    gnutls_privkey_t wrapped = NULL;
    gnutls_datum_t text = {0};
    if (gnutls_privkey_init(&wrapped) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    const bool exported =
        gnutls_privkey_import_x509(wrapped, private_key, GNUTLS_PRIVKEY_IMPORT_COPY) == 0 &&
        gnutls_pubkey_import_privkey(public_key, wrapped, 0, 0) == 0 &&
        gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_PEM, &text) == 0;
    gnutls_privkey_deinit(wrapped);
    if (!exported) {
        return err_internal("GnuTLS refuses a key");
    }
    *pem = take_pem(arena, &text);
    return ERR_NONE;
}

static enum err describe(struct arena *arena, gnutls_x509_privkey_t key, struct signing_key *out) {
    gnutls_pubkey_t public_key = NULL;
    gnutls_datum_t text = {0};
    struct value *jwk = NULL;
    if (gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    out->private_pem = take_pem(arena, &text);
    if (gnutls_pubkey_init(&public_key) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    const enum err e = read_public_part(arena, key, public_key, &out->public_pem);
    gnutls_pubkey_deinit(public_key);
    TRY(e);
    TRY(jwk_from_pem(arena, out->public_pem, &jwk));
    out->public_jwk = jwk;
    out->kid = value_get_text(jwk, "kid");
    return ERR_NONE;
}

enum err signing_key_generate(struct arena *arena, struct signing_key *out) {
    gnutls_x509_privkey_t key = NULL;
    if (gnutls_x509_privkey_init(&key) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    enum err e = err_internal("GnuTLS refuses a key");
    if (gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0) {
        e = describe(arena, key, out);
    }
    gnutls_x509_privkey_deinit(key);
    return e;
}

enum err signing_key_load(struct arena *arena, const char *private_pem, struct signing_key *out) {
    const gnutls_datum_t text = {(unsigned char *)private_pem, (unsigned)strlen(private_pem)};
    gnutls_x509_privkey_t key = NULL;
    if (gnutls_x509_privkey_init(&key) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    enum err e = ERR_INVALID;
    if (gnutls_x509_privkey_import(key, &text, GNUTLS_X509_FMT_PEM) == 0) {
        e = describe(arena, key, out);
    }
    gnutls_x509_privkey_deinit(key);
    return e;
}

/* A number of a DER signature on exactly 32 bytes: DER drops or adds leading zeros. */
static bool put_number(const gnutls_datum_t *number, unsigned char out[32]) {
    const unsigned char *bytes = number->data;
    size_t length = number->size;
    while (length > 0 && *bytes == 0) {
        bytes++;
        length--;
    }
    if (length > 32) {
        return false;
    }
    memset(out, 0, 32 - length);
    memcpy(out + 32 - length, bytes, length);
    return true;
}

static enum err split_signature(const gnutls_datum_t *der,
                                unsigned char out[SIGNING_KEY_SIGNATURE_BYTES]) {
    gnutls_datum_t r = {0};
    gnutls_datum_t s = {0};
    if (gnutls_decode_rs_value(der, &r, &s) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    const bool fits = put_number(&r, out) && put_number(&s, out + 32);
    gnutls_free(r.data);
    gnutls_free(s.data);
    return fits ? ERR_NONE : err_internal("GnuTLS refuses a key");
}

enum err signing_key_sign(const struct signing_key *key, const char *message, size_t length,
                          unsigned char out[SIGNING_KEY_SIGNATURE_BYTES]) {
    const gnutls_datum_t text = {(unsigned char *)key->private_pem,
                                 (unsigned)strlen(key->private_pem)};
    const gnutls_datum_t data = {(unsigned char *)message, (unsigned)length};
    gnutls_datum_t der = {0};
    gnutls_privkey_t private_key = NULL;
    if (gnutls_privkey_init(&private_key) != 0) {
        return err_internal("GnuTLS refuses a key");
    }
    enum err e = err_internal("GnuTLS refuses a key");
    if (gnutls_privkey_import_x509_raw(private_key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) == 0 &&
        gnutls_privkey_sign_data2(private_key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &der) == 0) {
        e = split_signature(&der, out);
        gnutls_free(der.data);
    }
    gnutls_privkey_deinit(private_key);
    return e;
}

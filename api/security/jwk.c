#include "security/jwk.h"
#include "security/base64url.h"
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <string.h>

enum { COORDINATE_BYTES = 32, RSA_BITS_LEAST = 2048 };

static void free_pubkey(gnutls_pubkey_t *key) {
    if (*key != NULL) {
        gnutls_pubkey_deinit(*key);
    }
}

static void free_datum(gnutls_datum_t *datum) {
    gnutls_free(datum->data);
}

#define AUTO_PUBKEY __attribute__((cleanup(free_pubkey))) gnutls_pubkey_t
#define AUTO_DATUM __attribute__((cleanup(free_datum))) gnutls_datum_t

const char *jwt_algorithm_name(enum jwt_algorithm algorithm) {
    return algorithm == JWT_ALGORITHM_ES256 ? "ES256" : "RS256";
}

static enum err import_pem(const char *pem, gnutls_pubkey_t key) {
    const gnutls_datum_t text = {(unsigned char *)pem, (unsigned)strlen(pem)};
    return gnutls_pubkey_import(key, &text, GNUTLS_X509_FMT_PEM) == 0 ? ERR_NONE : ERR_INVALID;
}

static enum err find_algorithm(gnutls_pubkey_t key, enum jwt_algorithm *out) {
    unsigned bits = 0;
    const int kind = gnutls_pubkey_get_pk_algorithm(key, &bits);
    if (kind == GNUTLS_PK_RSA && bits >= RSA_BITS_LEAST) {
        *out = JWT_ALGORITHM_RS256;
        return ERR_NONE;
    }
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    if (kind == GNUTLS_PK_ECDSA && gnutls_pubkey_export_ecc_raw2(key, &curve, NULL, NULL, 0) == 0 &&
        curve == GNUTLS_ECC_CURVE_SECP256R1) {
        *out = JWT_ALGORITHM_ES256;
        return ERR_NONE;
    }
    return ERR_INVALID;
}

enum err jwk_check_pem(const char *pem, enum jwt_algorithm *out) {
    AUTO_PUBKEY key = NULL;
    if (gnutls_pubkey_init(&key) != 0) {
        return err_internal("GnuTLS refuses a public key");
    }
    TRY(import_pem(pem, key));
    return find_algorithm(key, out);
}

static enum err decode_member(struct arena *arena, const struct value *jwk, const char *name,
                              gnutls_datum_t *out) {
    const char *text = value_get_text(jwk, name);
    size_t length = 0;
    if (text == NULL || *text == '\0' ||
        base64url_decode(arena, text, strlen(text), &out->data, &length) != ERR_NONE) {
        return ERR_INVALID;
    }
    out->size = (unsigned)length;
    return ERR_NONE;
}

static enum err import_ec(struct arena *arena, const struct value *jwk, gnutls_pubkey_t key) {
    gnutls_datum_t x = {0};
    gnutls_datum_t y = {0};
    const char *curve = value_get_text(jwk, "crv");
    if (curve == NULL || strcmp(curve, "P-256") != 0) {
        return ERR_INVALID;
    }
    TRY(decode_member(arena, jwk, "x", &x));
    TRY(decode_member(arena, jwk, "y", &y));
    if (x.size != COORDINATE_BYTES || y.size != COORDINATE_BYTES) {
        return ERR_INVALID;
    }
    return gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) == 0 ? ERR_NONE
                                                                                      : ERR_INVALID;
}

static enum err import_rsa(struct arena *arena, const struct value *jwk, gnutls_pubkey_t key) {
    gnutls_datum_t modulus = {0};
    gnutls_datum_t exponent = {0};
    TRY(decode_member(arena, jwk, "n", &modulus));
    TRY(decode_member(arena, jwk, "e", &exponent));
    return gnutls_pubkey_import_rsa_raw(key, &modulus, &exponent) == 0 ? ERR_NONE : ERR_INVALID;
}

enum err jwk_to_pem(struct arena *arena, const struct value *jwk, const char **pem,
                    enum jwt_algorithm *algorithm) {
    const char *kind = value_get_text(jwk, "kty");
    const char *use = value_get_text(jwk, "use");
    const char *named = value_get_text(jwk, "alg");
    AUTO_PUBKEY key = NULL;
    AUTO_DATUM text = {0};
    if (kind == NULL || (use != NULL && strcmp(use, "sig") != 0)) {
        return ERR_INVALID;
    }
    if (gnutls_pubkey_init(&key) != 0) {
        return err_internal("GnuTLS refuses a public key");
    }
    if (strcmp(kind, "EC") == 0) {
        TRY(import_ec(arena, jwk, key));
    } else if (strcmp(kind, "RSA") == 0) {
        TRY(import_rsa(arena, jwk, key));
    } else {
        return ERR_INVALID;
    }
    TRY(find_algorithm(key, algorithm));
    if (named != NULL && strcmp(named, jwt_algorithm_name(*algorithm)) != 0) {
        return ERR_INVALID;
    }
    if (gnutls_pubkey_export2(key, GNUTLS_X509_FMT_PEM, &text) != 0) {
        return err_internal("GnuTLS refuses a public key");
    }
    *pem = arena_strndup(arena, (const char *)text.data, text.size);
    return ERR_NONE;
}

/* A coordinate as its 32 bytes: GnuTLS drops leading zeros. */
static const char *encode_coordinate(struct arena *arena, const gnutls_datum_t *number) {
    unsigned char bytes[COORDINATE_BYTES] = {0};
    memcpy(bytes + COORDINATE_BYTES - number->size, number->data, number->size);
    return base64url_encode(arena, bytes, sizeof bytes);
}

enum err jwk_from_pem(struct arena *arena, const char *pem, struct value **out) {
    AUTO_PUBKEY key = NULL;
    AUTO_DATUM x = {0};
    AUTO_DATUM y = {0};
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    if (gnutls_pubkey_init(&key) != 0) {
        return err_internal("GnuTLS refuses a public key");
    }
    TRY(import_pem(pem, key));
    if (gnutls_pubkey_export_ecc_raw2(key, &curve, &x, &y, GNUTLS_EXPORT_FLAG_NO_LZ) != 0 ||
        curve != GNUTLS_ECC_CURVE_SECP256R1 || x.size > COORDINATE_BYTES ||
        y.size > COORDINATE_BYTES) {
        return ERR_INVALID;
    }
    const char *x_text = encode_coordinate(arena, &x);
    const char *y_text = encode_coordinate(arena, &y);
    /* RFC 7638 section 3: the required members in this order, without blanks. */
    const char *canonical = arena_printf(
        arena, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x_text, y_text);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)canonical, strlen(canonical));
    struct value *jwk = value_object(arena);
    value_set_text(arena, jwk, "kty", "EC");
    value_set_text(arena, jwk, "crv", "P-256");
    value_set_text(arena, jwk, "x", x_text);
    value_set_text(arena, jwk, "y", y_text);
    value_set_text(arena, jwk, "kid", base64url_encode(arena, hash, sizeof hash));
    value_set_text(arena, jwk, "use", "sig");
    value_set_text(arena, jwk, "alg", "ES256");
    *out = jwk;
    return ERR_NONE;
}

#include "security/jwt.h"
#include "base/json.h"
#include "base/text.h"
#include "security/base64url.h"
#include "security/hmac.h"
#include "security/jwt_keyset.h"
#include <errno.h>
#include <jwt.h>
#include <limits.h>
#include <string.h>

struct segments {
    const struct value *header;
    const char *payload;
    size_t payload_bytes;
    const unsigned char *signature;
    size_t signature_bytes;
};

static jwt_alg_t to_libjwt(enum jwt_algorithm algorithm) {
    return algorithm == JWT_ALGORITHM_ES256 ? JWT_ALG_ES256 : JWT_ALG_RS256;
}

/* Three non-empty segments of strict base64url: libjwt skips what it does not know. */
static enum err split(struct arena *arena, const char *token, size_t length_max,
                      struct segments *out) {
    const size_t length = strnlen(token, length_max + 1);
    if (length == 0 || length > length_max) {
        return ERR_UNAUTHENTICATED;
    }
    const char *first = strchr(token, '.');
    const char *second = first == NULL ? NULL : strchr(first + 1, '.');
    if (second == NULL || first == token || second == first + 1 || second[1] == '\0' ||
        strchr(second + 1, '.') != NULL) {
        return ERR_UNAUTHENTICATED;
    }
    unsigned char *bytes = NULL;
    size_t count = 0;
    struct value *header = NULL;
    if (base64url_decode(arena, token, (size_t)(first - token), &bytes, &count) != ERR_NONE ||
        json_parse(arena, (const char *)bytes, count, &header, NULL) != ERR_NONE ||
        !value_is(header, VALUE_OBJECT)) {
        return ERR_UNAUTHENTICATED;
    }
    out->header = header;
    if (base64url_decode(arena, first + 1, (size_t)(second - first - 1), &bytes,
                         &out->payload_bytes) != ERR_NONE) {
        return ERR_UNAUTHENTICATED;
    }
    out->payload = (const char *)bytes;
    if (base64url_decode(arena, second + 1, strlen(second + 1), &bytes, &out->signature_bytes) !=
        ERR_NONE) {
        return ERR_UNAUTHENTICATED;
    }
    out->signature = bytes;
    return ERR_NONE;
}

/* Nothing in a header may lead to another key or change what is signed. */
static bool header_is_plain(const struct value *header) {
    static const char *const refused[] = {"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (value_get(header, refused[i]) != NULL) {
            return false;
        }
    }
    const struct value *kid = value_get(header, "kid");
    return kid == NULL || (value_is(kid, VALUE_STRING) && *value_text_of(kid) != '\0' &&
                           strlen(value_text_of(kid)) <= JWT_KID_BYTES_MAX);
}

static enum err check_signature(const char *token, const struct jwt_key *key) {
    const size_t pem_bytes = strlen(key->pem);
    if (pem_bytes == 0 || pem_bytes > INT_MAX) {
        return ERR_UNAUTHENTICATED;
    }
    jwt_t *jwt = NULL;
    errno = 0;
    const int outcome = jwt_decode(&jwt, token, (const unsigned char *)key->pem, (int)pem_bytes);
    /* Without memory libjwt returns EINVAL, or even success without having verified (1.10.2): only
     * errno shows that. */
    const bool is_starved = outcome == ENOMEM || errno == ENOMEM;
    const bool is_good = outcome == 0 && jwt_get_alg(jwt) == to_libjwt(key->algorithm);
    jwt_free(jwt);
    if (is_starved) {
        return ERR_UNAVAILABLE;
    }
    return is_good ? ERR_NONE : ERR_UNAUTHENTICATED;
}

static enum err verify_with(struct arena *arena, const char *token, const struct segments *segments,
                            const struct jwt_key *key, const struct value **claims) {
    const char *algorithm = value_get_text(segments->header, "alg");
    if (algorithm == NULL || strcmp(algorithm, jwt_algorithm_name(key->algorithm)) != 0) {
        return ERR_UNAUTHENTICATED;
    }
    if (key->algorithm == JWT_ALGORITHM_ES256 &&
        segments->signature_bytes != SIGNING_KEY_SIGNATURE_BYTES) {
        return ERR_UNAUTHENTICATED;
    }
    TRY(check_signature(token, key));
    struct value *tree = NULL;
    if (json_parse(arena, segments->payload, segments->payload_bytes, &tree, NULL) != ERR_NONE ||
        !value_is(tree, VALUE_OBJECT)) {
        return ERR_UNAUTHENTICATED;
    }
    *claims = tree;
    return ERR_NONE;
}

static bool read_claim_text(const struct value *claims, const char *name, const char **out) {
    *out = value_get_text(claims, name);
    return *out != NULL && **out != '\0';
}

static bool read_claim_time(const struct value *claims, const char *name, int64_t *out) {
    *out = value_get_integer(claims, name, -1);
    return *out >= 0;
}

/* Claim gen stands only where iat, which is never ahead of the clock, would not tell two strings apart. */
static bool read_string_number(const struct value *claims, struct jwt_claims *out) {
    out->string_number = out->iat_s;
    return value_get(claims, "gen") == NULL || read_claim_time(claims, "gen", &out->string_number);
}

static bool all_texts(const struct value *array) {
    if (!value_is(array, VALUE_ARRAY)) {
        return false;
    }
    for (size_t i = 0; i < value_count(array); i++) {
        if (!value_is(value_item(array, i), VALUE_STRING)) {
            return false;
        }
    }
    return true;
}

static enum err read_claims(const struct value *claims, struct jwt_claims *out) {
    const bool texts =
        read_claim_text(claims, "iss", &out->iss) && read_claim_text(claims, "aud", &out->aud) &&
        read_claim_text(claims, "sub", &out->sub) && read_claim_text(claims, "jti", &out->jti) &&
        text_is_uuid(out->jti) && read_claim_text(claims, "siret", &out->siret) &&
        read_claim_text(claims, "version", &out->version);
    const bool times = read_claim_time(claims, "iat", &out->iat_s) &&
                       read_claim_time(claims, "nbf", &out->nbf_s) &&
                       read_claim_time(claims, "exp", &out->exp_s) &&
                       read_string_number(claims, out);
    out->scopes = value_get(claims, "scopes");
    return texts && times && all_texts(out->scopes) ? ERR_NONE : ERR_UNAUTHENTICATED;
}

enum err jwt_read_issuer(struct arena *arena, const char *token, const char **issuer) {
    struct segments segments = {0};
    struct value *claims = NULL;
    TRY(split(arena, token, JWT_BYTES_MAX, &segments));
    return json_parse(arena, segments.payload, segments.payload_bytes, &claims, NULL) == ERR_NONE &&
                   value_is(claims, VALUE_OBJECT) && read_claim_text(claims, "iss", issuer)
               ? ERR_NONE
               : ERR_UNAUTHENTICATED;
}

enum err jwt_verify(struct arena *arena, const struct jwt_keyset *keyset,
                    const char *const *issuers, const char *token, struct jwt_claims *out) {
    struct segments segments = {0};
    const struct value *claims = NULL;
    TRY(split(arena, token, JWT_BYTES_MAX, &segments));
    const char *kid = value_get_text(segments.header, "kid");
    if (!header_is_plain(segments.header) || kid == NULL) {
        return ERR_UNAUTHENTICATED;
    }
    const struct jwt_key *key = jwt_keyset_find(keyset, kid);
    if (key == NULL || key->algorithm != JWT_ALGORITHM_ES256) {
        return ERR_UNAUTHENTICATED;
    }
    TRY(verify_with(arena, token, &segments, key, &claims));
    TRY(read_claims(claims, out));
    return text_is_one_of(issuers, out->iss) ? ERR_NONE : ERR_UNAUTHENTICATED;
}

enum err jwt_verify_foreign(struct arena *arena, const struct jwt_keyset *keyset,
                            enum jwt_algorithm algorithm, const char *token,
                            const struct value **claims) {
    struct segments segments = {0};
    TRY(split(arena, token, JWT_FOREIGN_BYTES_MAX, &segments));
    if (!header_is_plain(segments.header)) {
        return ERR_UNAUTHENTICATED;
    }
    const char *kid = value_get_text(segments.header, "kid");
    const struct jwt_key *key =
        kid != NULL ? jwt_keyset_find(keyset, kid) : jwt_keyset_find_only(keyset, algorithm);
    if (key == NULL) {
        return ERR_NOT_FOUND;
    }
    if (key->algorithm != algorithm) {
        return ERR_UNAUTHENTICATED;
    }
    return verify_with(arena, token, &segments, key, claims);
}

static bool is_former_header(const struct jwt_keyset *keyset, const struct value *header) {
    const char *algorithm = value_get_text(header, "alg");
    const char *kid = value_get_text(header, "kid");
    return header_is_plain(header) && algorithm != NULL && strcmp(algorithm, "HS256") == 0 &&
           (kid == NULL || jwt_keyset_find(keyset, kid) == NULL);
}

/* A claim that may be missing, but is no text where it is not: false. */
static bool read_optional_text(const struct value *claims, const char *name, const char **out) {
    *out = value_get_text(claims, name);
    return *out != NULL || value_get(claims, name) == NULL;
}

static bool is_equal(const char *one, const char *other) {
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* The system with this claim iss whose secret signed. Without libjwt, which takes any text for a secret. */
static const struct jwt_former_system *find_signer(const struct jwt_keyset *keyset,
                                                   const char *token,
                                                   const unsigned char *signature,
                                                   const char *issuer) {
    const size_t signed_bytes = (size_t)(strrchr(token, '.') - token);
    const struct jwt_former_system *system = jwt_keyset_next_former(keyset, NULL);
    while (system != NULL && !(is_equal(system->issuer, issuer) &&
                               hmac_sha256_is(system->secret, system->secret_bytes, token,
                                              signed_bytes, signature))) {
        system = jwt_keyset_next_former(keyset, system);
    }
    return system;
}

static bool read_former_claims(struct arena *arena, const struct segments *segments,
                               struct jwt_former_claims *out) {
    struct value *claims = NULL;
    if (json_parse(arena, segments->payload, segments->payload_bytes, &claims, NULL) != ERR_NONE ||
        !value_is(claims, VALUE_OBJECT)) {
        return false;
    }
    const char *jti = value_get_text(claims, "jti");
    if (jti == NULL || !text_is_uuid(jti)) {
        return false;
    }
    out->jti = text_lower(arena, jti);
    out->iat_s = value_get_integer(claims, "iat", -1);
    return read_optional_text(claims, "iss", &out->iss) &&
           read_optional_text(claims, "aud", &out->aud);
}

enum err jwt_verify_former(struct arena *arena, const struct jwt_keyset *keyset, const char *token,
                           struct jwt_former_claims *out) {
    struct segments segments = {0};
    if (jwt_keyset_next_former(keyset, NULL) == NULL) {
        return ERR_UNAUTHENTICATED;
    }
    TRY(split(arena, token, JWT_BYTES_MAX, &segments));
    if (!is_former_header(keyset, segments.header) ||
        segments.signature_bytes != HMAC_SHA256_BYTES ||
        !read_former_claims(arena, &segments, out)) {
        return ERR_UNAUTHENTICATED;
    }
    const struct jwt_former_system *system =
        find_signer(keyset, token, segments.signature, out->iss);
    if (system == NULL) {
        return ERR_UNAUTHENTICATED;
    }
    out->system = system->name;
    return ERR_NONE;
}

/* Not by libjwt: its GnuTLS variant (1.10.2) puts zeros in front of each half of an ES256 signature,
 * which only libjwt itself reads back. */
enum err jwt_sign(struct arena *arena, const struct signing_key *key, const struct value *claims,
                  const char **out) {
    const char *payload = json_text(arena, claims);
    struct value *header = value_object(arena);
    value_set_text(arena, header, "alg", "ES256");
    value_set_text(arena, header, "kid", key->kid);
    value_set_text(arena, header, "typ", "JWT");
    const char *header_text = json_text(arena, header);
    const char *message =
        arena_printf(arena, "%s.%s", base64url_encode(arena, header_text, strlen(header_text)),
                     base64url_encode(arena, payload, strlen(payload)));
    unsigned char signature[SIGNING_KEY_SIGNATURE_BYTES];
    TRY(signing_key_sign(key, message, strlen(message), signature));
    *out =
        arena_printf(arena, "%s.%s", message, base64url_encode(arena, signature, sizeof signature));
    return strlen(*out) <= JWT_BYTES_MAX ? ERR_NONE : ERR_TOO_LARGE;
}

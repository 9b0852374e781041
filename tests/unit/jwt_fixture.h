#ifndef GUICHET_TESTS_UNIT_JWT_FIXTURE_H
#define GUICHET_TESTS_UNIT_JWT_FIXTURE_H
/* A signing key, and a token that this program signs with it. */
#include "base/json.h"
#include "security/base64url.h"
#include "security/jwt.h"
#include "security/security.h"
#include "test.h"
#include <string.h>

#define ISSUER "https://guichet.example"

static struct arena arena;
static struct signing_key key;

static const char CLAIMS[] =
    "{\"iss\":\"" ISSUER "\",\"aud\":\"api-entreprise\",\"sub\":\"habilitation\","
    "\"jti\":\"3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a\",\"iat\":1,\"nbf\":1,\"exp\":4000000000,"
    "\"scopes\":[\"unites_legales\"],\"siret\":\"13002526500013\",\"version\":\"1.0\"}";

static void make_key(void) {
    json_init();
    arena_init(&arena);
    assert_ok(security_init());
    assert_ok(signing_key_generate(&arena, &key));
}

static const char *encode(const char *text) {
    return base64url_encode(&arena, text, strlen(text));
}

static struct value *parse(const char *json) {
    struct value *value = NULL;
    assert_ok(json_parse(&arena, json, strlen(json), &value, NULL));
    return value;
}

static const char *sign(const char *claims) {
    const char *token = NULL;
    assert_ok(jwt_sign(&arena, &key, parse(claims), &token));
    return token;
}

#endif

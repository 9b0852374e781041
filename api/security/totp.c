#include "security/totp.h"
#include "base/text.h"
#include "security/random.h"
#include "security/token_hash.h"
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_STEPS = 1, SHA1_BYTES = 20, CODES = 1000000 };

void totp_new_secret(unsigned char out[TOTP_SECRET_BYTES]) {
    random_bytes(out, TOTP_SECRET_BYTES);
}

const char *totp_secret_text(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES]) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *text = arena_alloc(arena, TOTP_SECRET_BYTES * 8 / 5 + 1);
    for (size_t i = 0; i < TOTP_SECRET_BYTES * 8 / 5; i++) {
        const size_t bit = i * 5;
        const unsigned first = secret[bit / 8];
        const unsigned second = bit / 8 + 1 < TOTP_SECRET_BYTES ? secret[bit / 8 + 1] : 0;
        text[i] = alphabet[((first << 8 | second) >> (11 - bit % 8)) & 31];
    }
    return text;
}

const char *totp_uri(struct arena *arena, const char *issuer, const char *account,
                     const unsigned char secret[TOTP_SECRET_BYTES]) {
    const char *encoded = text_percent_encode(arena, issuer);
    return arena_printf(
        arena, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30",
        encoded, text_percent_encode(arena, account), totp_secret_text(arena, secret), encoded);
}

void totp_code(const unsigned char secret[TOTP_SECRET_BYTES], int64_t step, char out[7]) {
    unsigned char counter[8];
    for (size_t i = 0; i < sizeof counter; i++) {
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    }
    unsigned char mac[SHA1_BYTES];
    if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, TOTP_SECRET_BYTES, counter, sizeof counter,
                         mac) != 0) {
        abort(); /* a library without HMAC-SHA-1: otherwise a constant code would be accepted */
    }
    const unsigned offset = mac[SHA1_BYTES - 1] & 15u; /* RFC 4226 section 5.3 */
    const uint32_t number = (uint32_t)(mac[offset] & 127u) << 24 | (uint32_t)mac[offset + 1] << 16 |
                            (uint32_t)mac[offset + 2] << 8 | mac[offset + 3];
    (void)snprintf(out, 7, "%06u", (unsigned)(number % CODES));
}

bool totp_verify(const unsigned char secret[TOTP_SECRET_BYTES], const char *code, int64_t now_s,
                 int64_t last_used_step, int64_t *used_step) {
    const int64_t now_step = now_s / TOTP_STEP_S;
    bool found = false;
    if (!text_is_digits(code, 6)) {
        return false;
    }
    for (int64_t step = now_step - WINDOW_STEPS; step <= now_step + WINDOW_STEPS; step++) {
        char expected[7];
        totp_code(secret, step, expected);
        if (token_hash_equal(expected, code) && step > last_used_step) {
            *used_step = step;
            found = true;
        }
    }
    return found;
}

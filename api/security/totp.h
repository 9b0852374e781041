#ifndef GUICHET_SECURITY_TOTP_H
#define GUICHET_SECURITY_TOTP_H
/* The second factor: time-based one-time codes (RFC 6238, SHA-1, 6 digits, 30 s), as authenticator
 * applications expect them. Thread-safe. */
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

enum { TOTP_SECRET_BYTES = 20, TOTP_STEP_S = 30 };

void totp_new_secret(unsigned char out[TOTP_SECRET_BYTES]);
/* Base32 without padding (RFC 4648), for people who type it. In the arena. */
const char *totp_secret_text(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES]);
/* otpauth://totp/… for the QR code. Issuer and account are percent-encoded. In the arena. */
const char *totp_uri(struct arena *arena, const char *issuer, const char *account,
                     const unsigned char secret[TOTP_SECRET_BYTES]);
/* The code of a step (seconds since 1970 / 30), six digits. */
void totp_code(const unsigned char secret[TOTP_SECRET_BYTES], int64_t step, char out[7]);
/* True where the code is that of the current step or of a neighbour, and later than
 * `last_used_step` (0: none yet), so that no code counts twice: `*used_step` is then to be stored
 * in the transaction that logs the person in. */
bool totp_verify(const unsigned char secret[TOTP_SECRET_BYTES], const char *code, int64_t now_s,
                 int64_t last_used_step, int64_t *used_step);

#endif

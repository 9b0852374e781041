#include "core/copy_cipher.h"
#include "base/file.h"
#include <stdio.h>
#include <string.h>

enum { RECIPIENTS_BYTES_MAX = 1024 * 1024, MAGIC_BYTES = 22, OPENPGP_PACKET = 0x80 };

const char *copy_cipher_name(enum copy_cipher cipher) {
    static const char *const names[] = {"none", "age", "gpg"};
    return names[cipher];
}

/* A packet of OpenPGP begins with this bit (RFC 4880, 4.2), armour with its line. */
static bool is_openpgp(const char *text, size_t length) {
    static const char armour[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    return length > 0 && (((unsigned char)*text & OPENPGP_PACKET) != 0 ||
                          memmem(text, length, armour, sizeof armour - 1) != NULL);
}

/* Recipients of age, or keys of SSH, which age takes as well: one a line, between comments and empty lines. */
static bool is_age(const char *text) {
    size_t count = 0;
    for (const char *line = text; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        const bool is_recipient = strncmp(line, "age1", 4) == 0 || strncmp(line, "ssh-", 4) == 0;
        if (!is_recipient && *line != '#' && strspn(line, " \t\r") < length) {
            return false;
        }
        count += is_recipient ? 1 : 0;
        line += length;
        line += *line == '\n' ? 1 : 0;
    }
    return count > 0;
}

enum err copy_cipher_choose(const struct config *config, enum copy_cipher *cipher,
                            const char **reason) {
    ARENA_AUTO(arena);
    char *text = NULL;
    size_t length = 0;
    *cipher = COPY_CLEAR;
    if (*config->copy_recipients_file == '\0') {
        return ERR_NONE;
    }
    if (file_read(&arena, config->copy_recipients_file, RECIPIENTS_BYTES_MAX, &text, &length) !=
        ERR_NONE) {
        *reason = "GUICHET_COPY_RECIPIENTS_FILE cannot be read";
        return ERR_INVALID;
    }
    if (strstr(text, "AGE-SECRET-KEY-") != NULL || strstr(text, "PRIVATE KEY") != NULL) {
        *reason = "GUICHET_COPY_RECIPIENTS_FILE holds a private key: give the public one";
        return ERR_INVALID;
    }
    if (!is_openpgp(text, length) && !is_age(text)) {
        *reason =
            "GUICHET_COPY_RECIPIENTS_FILE holds neither recipients of age alone (age1…, one a "
            "line) nor an OpenPGP public key";
        return ERR_INVALID;
    }
    *cipher = is_openpgp(text, length) ? COPY_GPG : COPY_AGE;
    return ERR_NONE;
}

static const char *const *keep(struct arena *arena, const char *const *words, size_t count) {
    const char **kept = ARENA_ARRAY(arena, const char *, count);
    memcpy(kept, words, count * sizeof *kept);
    return kept;
}

#define KEEP(arena, ...)                                                                           \
    keep(arena, (const char *const[]){__VA_ARGS__, NULL},                                          \
         sizeof((const char *const[]){__VA_ARGS__, NULL}) / sizeof(char *))

/* GnuPG gets no home: it needs neither a keyring nor to write anywhere. */
const char *const *copy_cipher_encrypter(struct arena *arena, const struct config *config,
                                         enum copy_cipher cipher) {
    switch (cipher) {
    case COPY_AGE:
        return KEEP(arena, "age", "--encrypt", "--recipients-file", config->copy_recipients_file);
    case COPY_GPG:
        return KEEP(arena, "gpg", "--batch", "--quiet", "--no-options", "--no-keyring",
                    "--no-random-seed-file", "--lock-never", "--trust-model", "always",
                    "--compress-algo", "none", "--recipient-file", config->copy_recipients_file,
                    "--encrypt", "--output", "-");
    case COPY_CLEAR:
        break;
    }
    return NULL;
}

enum err copy_cipher_recognise(const char *path, enum copy_cipher *cipher) {
    char magic[MAGIC_BYTES] = "";
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return ERR_NOT_FOUND;
    }
    const size_t length = fread(magic, 1, sizeof magic - 1, file);
    (void)fclose(file);
    *cipher = strncmp(magic, "age-encryption.org/v1", MAGIC_BYTES - 1) == 0 ? COPY_AGE
              : length > 0 && ((unsigned char)*magic & OPENPGP_PACKET) != 0 ? COPY_GPG
                                                                            : COPY_CLEAR;
    return ERR_NONE;
}

const char *const *copy_cipher_decrypter(struct arena *arena, const struct config *config,
                                         enum copy_cipher cipher, const char *path) {
    switch (cipher) {
    case COPY_AGE:
        return *config->copy_identity_file == '\0' ? NULL
                                                   : KEEP(arena, "age", "--decrypt", "--identity",
                                                          config->copy_identity_file, path);
    case COPY_GPG:
        return KEEP(arena, "gpg", "--batch", "--quiet", "--decrypt", path);
    case COPY_CLEAR:
        break;
    }
    return NULL;
}

#include "core/backup.h"
#include "base/file.h"
#include "base/text.h"
#include "core/sealed.h"
#include "engine/dump.h"
#include "engine/migrate.h"
#include "security/digest.h"
#include "security/seal.h"
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OWNER_ONLY = 0077,
    HEADS_BYTES_MAX = 1024 * 1024 * 1024,
    PIECE_BYTES = 64 * 1024,
    DIGEST_LINE_BYTES_MAX = 8192
};

static enum err cannot_write(struct arena *arena, struct backup_written *written, int failure) {
    written->reason = arena_printf(arena, "the copy cannot be written: %s", strerror(failure));
    return ERR_UNAVAILABLE;
}

static enum err write_line(struct arena *arena, const char *aside, const char *text,
                           struct backup_written *written) {
    FILE *file = fopen(aside, "we");
    if (file == NULL) {
        return cannot_write(arena, written, errno);
    }
    const bool is_written = fprintf(file, "%s\n", text) > 0;
    const int failure = errno;
    if (fclose(file) == 0 && is_written) {
        return ERR_NONE;
    }
    return cannot_write(arena, written, is_written ? errno : failure);
}

/* Writes the head of now to a file aside; "" where the database holds no seals yet. */
static enum err write_head(struct arena *arena, const char *owner_url, const char *aside,
                           struct backup_written *written) {
    struct audit_state state;
    struct pool *pool =
        pool_new(&(struct pool_options){.url = owner_url, .connections = 1, .as_owner = true});
    const enum err err = audit_state(pool, arena, &state);
    pool_free(pool);
    TRY(err);
    return write_line(arena, aside, state.head, written);
}

enum err backup_read_heads(struct arena *arena, const char *path, const char **heads) {
    const char *beside = arena_printf(arena, "%s.head", path);
    char *text = NULL;
    size_t length = 0;
    TRY(file_read(arena, access(beside, F_OK) == 0 ? beside : path, HEADS_BYTES_MAX, &text,
                  &length));
    *heads = text;
    return ERR_NONE;
}

struct target {
    FILE *file;
    struct digest *digest;
    int64_t bytes;
    int failure; /* errno; 0: none */
};

/* Keeps why the last call of the C library failed, unless an earlier one did. */
static void keep_failure(struct target *target, bool is_good) {
    if (!is_good && target->failure == 0) {
        target->failure = errno;
    }
}

static enum err write_piece(void *state, const char *bytes, size_t length) {
    struct target *target = state;
    digest_add(target->digest, bytes, length);
    target->bytes += (int64_t)length;
    keep_failure(target, fwrite(bytes, 1, length, target->file) == length);
    return target->failure == 0 ? ERR_NONE : ERR_UNAVAILABLE;
}

static enum err digest_file(struct arena *arena, const char *path, const char **text) {
    char bytes[PIECE_BYTES];
    struct digest *digest = digest_new(arena);
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return ERR_NOT_FOUND;
    }
    for (size_t length = 1; length > 0;) {
        length = fread(bytes, 1, sizeof bytes, file);
        digest_add(digest, bytes, length);
    }
    const bool is_read = ferror(file) == 0;
    (void)fclose(file);
    *text = digest_text(arena, digest);
    return is_read ? ERR_NONE : ERR_UNAVAILABLE;
}

/* The copy, on the disk. */
static enum err write_copy(struct arena *arena, const struct config *config, const char *aside,
                           struct backup_written *written) {
    const char *const dump[] = {"pg_dump",         "--format=custom",       "--no-owner",
                                "--no-privileges", "--enable-row-security", NULL};
    struct target target = {.file = fopen(aside, "wbe"), .digest = digest_new(arena)};
    enum err err = ERR_UNAVAILABLE;
    keep_failure(&target, target.file != NULL);
    if (target.file != NULL) {
        err =
            dump_write(arena, config->database_owner_url, dump,
                       copy_cipher_encrypter(arena, config, written->cipher), write_piece, &target);
        keep_failure(&target, fflush(target.file) == 0);
        keep_failure(&target, fsync(fileno(target.file)) == 0);
        keep_failure(&target, fclose(target.file) == 0);
    }
    written->bytes = target.bytes;
    written->digest = digest_text(arena, target.digest);
    return target.failure != 0 ? cannot_write(arena, written, target.failure) : err;
}

/* What the disk gives back is what was written, and begins as such a copy does. */
static enum err verify(struct arena *arena, const char *aside,
                       const struct backup_written *written) {
    const char *read = NULL;
    enum copy_cipher cipher = COPY_CLEAR;
    TRY(digest_file(arena, aside, &read));
    TRY(copy_cipher_recognise(aside, &cipher));
    return strcmp(read, written->digest) == 0 && cipher == written->cipher ? ERR_NONE
                                                                           : ERR_UNAVAILABLE;
}

/* A line for `sha256sum --check`, which looks for the file beside it. */
static enum err write_digest(struct arena *arena, const char *path, const char *aside,
                             struct backup_written *written) {
    const char *line =
        arena_printf(arena, "%s  %s", written->digest, basename(arena_strdup(arena, path)));
    return write_line(arena, aside, line, written);
}

/* Names of the files of a copy, until they are whole. */
struct names {
    const char *copy;
    const char *head;
    const char *digest;
};

static enum err write_aside(struct arena *arena, const struct config *config, const char *path,
                            const struct names *aside, struct backup_written *written) {
    TRY(copy_cipher_choose(config, &written->cipher, &written->reason));
    /* Before the copy, which holds it then. */
    TRY(write_head(arena, config->database_owner_url, aside->head, written));
    TRY(write_copy(arena, config, aside->copy, written));
    TRY(verify(arena, aside->copy, written));
    return write_digest(arena, path, aside->digest, written);
}

enum err backup_write(struct arena *arena, const struct config *config, const char *path,
                      struct backup_written *written) {
    const struct names aside = {.copy = arena_printf(arena, "%s.new", path),
                                .head = arena_printf(arena, "%s.head.new", path),
                                .digest = arena_printf(arena, "%s.sha256.new", path)};
    *written = (struct backup_written){.digest = ""};
    const mode_t former = umask(OWNER_ONLY);
    const enum err err = write_aside(arena, config, path, &aside, written);
    (void)umask(former);
    if (err == ERR_NONE && rename(aside.head, arena_printf(arena, "%s.head", path)) == 0 &&
        rename(aside.digest, arena_printf(arena, "%s.sha256", path)) == 0 &&
        rename(aside.copy, path) == 0) {
        return ERR_NONE;
    }
    (void)unlink(aside.copy);
    (void)unlink(aside.head);
    (void)unlink(aside.digest);
    return err == ERR_NONE ? ERR_UNAVAILABLE : err;
}

enum err backup_note(struct arena *arena, const char *owner_url, const char *failure) {
    struct pool *pool =
        pool_new(&(struct pool_options){.url = owner_url, .connections = 1, .as_owner = true});
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    const enum err err = failure == NULL ? sql_backup_mark(&once)
                                         : sql_backup_mark_failure(&once, .reason = failure);
    pool_free(pool);
    return err;
}

enum err backup_check_digest(struct arena *arena, const char *path, bool *is_same) {
    char *line = NULL;
    size_t length = 0;
    const char *read = NULL;
    TRY(file_read(arena, arena_printf(arena, "%s.sha256", path), DIGEST_LINE_BYTES_MAX, &line,
                  &length));
    TRY(digest_file(arena, path, &read));
    *is_same = strncmp(line, read, DIGEST_TEXT_BYTES - 1) == 0;
    return ERR_NONE;
}

enum err backup_is_readable(struct arena *arena, const struct config *config, const char *path,
                            bool *is_readable) {
    enum copy_cipher cipher = COPY_CLEAR;
    TRY(copy_cipher_recognise(path, &cipher));
    *is_readable =
        cipher == COPY_CLEAR || copy_cipher_decrypter(arena, config, cipher, path) != NULL;
    return ERR_NONE;
}

/* Restores in one transaction: all of it or nothing; an object that exists already is a failure. The empty
 * --dbname makes pg_restore connect to the database of its environment instead of printing SQL. */
static enum err fill(struct arena *arena, const struct config *config, const char *url,
                     const char *path) {
    enum copy_cipher cipher = COPY_CLEAR;
    struct migrate_report report;
    TRY(copy_cipher_recognise(path, &cipher));
    const char *const restore[] = {"pg_restore",
                                   "--no-owner",
                                   "--no-privileges",
                                   "--exit-on-error",
                                   "--single-transaction",
                                   "--dbname=",
                                   cipher == COPY_CLEAR ? path : NULL, /* else its input */
                                   NULL};
    if (cipher == COPY_CLEAR) {
        TRY(dump_run(arena, url, NULL, restore));
    } else {
        const char *const *decrypt = copy_cipher_decrypter(arena, config, cipher, path);
        TRY(decrypt == NULL ? ERR_FORBIDDEN : ERR_NONE);
        TRY(dump_read(arena, url, decrypt, restore));
    }
    return migrate_run(url, MIGRATE_TRIES, &report);
}

enum err backup_restore(struct arena *arena, const struct config *config, const char *path) {
    const char *url = config->database_owner_url;
    bool is_readable = false;
    bool is_empty = false;
    TRY(backup_is_readable(arena, config, path, &is_readable));
    TRY(is_readable ? ERR_NONE : ERR_FORBIDDEN);
    struct pool *pool =
        pool_new(&(struct pool_options){.url = url, .connections = 1, .as_owner = true});
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_READ);
    const enum err err = sql_database_is_empty(&once, &is_empty);
    pool_free(pool);
    TRY(err);
    return is_empty ? fill(arena, config, url, path) : ERR_CONFLICT;
}

/* With the head beside the copy, where there is one. */
static enum err check_audit(struct context *context, struct pool *pool, const char *path,
                            struct backup_report *report) {
    const char *beside = arena_printf(context->arena, "%s.head", path);
    const char *heads = NULL;
    if (access(beside, F_OK) == 0) {
        TRY(backup_read_heads(context->arena, beside, &heads));
        heads = *heads == '\n' ? NULL : heads; /* nothing was sealed yet */
    }
    return audit_verify(context->services, pool, context->arena, heads, &report->audit);
}

static enum err open_secrets(struct context *context, struct pool *pool,
                             struct backup_report *report) {
    for (size_t column = 0; column < SEALED_COLUMNS_COUNT; column++) {
        struct sealed_count count;
        TRY(sealed_open_column(pool, context->services->master_key, context->arena,
                               (enum sealed_column)column, false, &count));
        report->secrets_count += count.opened_count;
        report->secrets_unopened_count += count.unopened_count;
    }
    return ERR_NONE;
}

static enum err examine(struct context *context, const char *url, const char *path,
                        struct pool *pool, struct backup_report *report) {
    *report = (struct backup_report){0};
    struct tx once = tx_once(pool, context->arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_backup_count(&once, &report->counts));
    TRY(check_audit(context, pool, path, report));
    TRY(open_secrets(context, pool, report));
    return migrate_check(url, &report->is_current);
}

static enum err check_in(struct context *context, const char *url, const char *path,
                         struct backup_report *report) {
    TRY(fill(context->arena, context->services->config, url, path));
    struct pool *pool =
        pool_new(&(struct pool_options){.url = url, .connections = 1, .as_owner = true});
    const enum err err = examine(context, url, path, pool, report);
    pool_free(pool);
    return err;
}

enum err backup_check(struct context *context, const char *path, struct backup_report *report) {
    const char *owner_url = context->services->config->database_owner_url;
    char id[UUID_TEXT_BYTES];
    text_new_uuid(id);
    const char *name = arena_printf(context->arena, "guichet_check_%.8s", id);
    const char *const create[] = {"createdb", "--template=template0", name, NULL};
    const char *const drop[] = {"dropdb", "--force", name, NULL};
    const char *url = dump_url_of(context->arena, owner_url, name);
    if (url == NULL) {
        return ERR_INVALID;
    }
    TRY(dump_run(context->arena, owner_url, "postgres", create));
    const enum err err = check_in(context, url, path, report);
    const enum err dropped = dump_run(context->arena, owner_url, "postgres", drop);
    return err != ERR_NONE ? err : dropped;
}

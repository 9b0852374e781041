#include "core/backup.h"
#include "base/file.h"
#include "base/text.h"
#include "core/sealed.h"
#include "engine/dump.h"
#include "engine/migrate.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWNER_ONLY = 0077, HEADS_BYTES_MAX = 1024 * 1024 * 1024 };

/* Writes the head of now to a file aside; "" where the database holds no seals yet. */
static enum err write_head(struct arena *arena, const char *owner_url, const char *aside) {
    struct audit_state state;
    struct pool *pool =
        pool_new(&(struct pool_options){.url = owner_url, .connections = 1, .as_owner = true});
    const enum err err = audit_state(pool, arena, &state);
    pool_free(pool);
    TRY(err);
    FILE *file = fopen(aside, "we");
    if (file == NULL) {
        return ERR_UNAVAILABLE;
    }
    const bool is_written = fprintf(file, "%s\n", state.head) > 0;
    return fclose(file) == 0 && is_written ? ERR_NONE : ERR_UNAVAILABLE;
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

static enum err write_aside(struct arena *arena, const char *owner_url, const char *aside,
                            const char *head_aside) {
    const char *const dump[] = {"pg_dump",
                                "--format=custom",
                                "--no-owner",
                                "--no-privileges",
                                "--enable-row-security",
                                "--file",
                                aside,
                                NULL};
    TRY(write_head(arena, owner_url, head_aside)); /* before the copy, which holds it then */
    return dump_run(arena, owner_url, NULL, dump);
}

enum err backup_write(struct arena *arena, const char *owner_url, const char *path) {
    const char *aside = arena_printf(arena, "%s.new", path);
    const char *head = arena_printf(arena, "%s.head", path);
    const char *head_aside = arena_printf(arena, "%s.head.new", path);
    const mode_t former = umask(OWNER_ONLY);
    const enum err err = write_aside(arena, owner_url, aside, head_aside);
    (void)umask(former);
    if (err == ERR_NONE && rename(head_aside, head) == 0 && rename(aside, path) == 0) {
        return ERR_NONE;
    }
    (void)unlink(aside);
    (void)unlink(head_aside);
    return err == ERR_NONE ? ERR_UNAVAILABLE : err;
}

enum err backup_note(struct arena *arena, const char *owner_url) {
    struct pool *pool =
        pool_new(&(struct pool_options){.url = owner_url, .connections = 1, .as_owner = true});
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_WRITE);
    const enum err err = sql_backup_mark(&once);
    pool_free(pool);
    return err;
}

/* Restores in one transaction: all of it or nothing; an object that exists already is a failure. The empty
 * --dbname makes pg_restore connect to the database of its environment instead of printing SQL. */
static enum err fill(struct arena *arena, const char *url, const char *path) {
    const char *const restore[] = {"pg_restore",
                                   "--no-owner",
                                   "--no-privileges",
                                   "--exit-on-error",
                                   "--single-transaction",
                                   "--dbname=",
                                   path,
                                   NULL};
    struct migrate_report report;
    TRY(dump_run(arena, url, NULL, restore));
    return migrate_run(url, MIGRATE_TRIES, &report);
}

enum err backup_restore(struct arena *arena, const char *owner_url, const char *path) {
    return fill(arena, owner_url, path);
}

/* With the head beside the copy, where there is one. */
static enum err check_audit(struct context *context, struct pool *pool, const char *path,
                            struct backup_report *report) {
    const char *beside = arena_printf(context->arena, "%s.head", path);
    const char *heads = "";
    if (access(beside, F_OK) == 0) {
        TRY(backup_read_heads(context->arena, beside, &heads));
        heads += strspn(heads, "\n"); /* nothing was sealed yet */
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
    TRY(fill(context->arena, url, path));
    struct pool *pool =
        pool_new(&(struct pool_options){.url = url, .connections = 1, .as_owner = true});
    const enum err err = examine(context, url, path, pool, report);
    pool_free(pool);
    return err;
}

enum err backup_check(struct context *context, const char *owner_url, const char *path,
                      struct backup_report *report) {
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

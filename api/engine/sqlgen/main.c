/* sqlgen QUERIES OUT [MIGRATIONS ROLES]: writes OUT/sql/<room>.h and .c for each folder of QUERIES
 * and, with MIGRATIONS and ROLES, OUT/sql_catalogue.c. Files that would not change
 * are left alone, so that only what uses a changed statement is built again. */
#include "engine/sqlgen/sqlgen.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct names {
    char **items;
    size_t count;
};

__attribute__((noreturn)) static void end(const char *path) {
    (void)fprintf(stderr, "sqlgen: %s: %s\n", path, strerror(errno));
    exit(1);
}

static char *read_file(struct heap *heap, const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        end(path);
    }
    char *text = heap_alloc(heap, (size_t)about.st_size + 1);
    if (fread(text, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
        end(path);
    }
    (void)fclose(file);
    return text;
}

static bool has_text(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "rb");
    bool same = file != NULL;
    for (size_t i = 0; same && i <= length; i++) {
        same = fgetc(file) == (i < length ? (unsigned char)text[i] : EOF);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return same;
}

static void write_file(const char *path, const struct out *out) {
    if (has_text(path, out->text, out->length)) {
        return;
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(out->text, 1, out->length, file) != out->length ||
        fclose(file) != 0) {
        end(path);
    }
}

static void make_folder(const char *path) {
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        end(path);
    }
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *text, const char *end_) {
    const size_t length = strlen(text);
    const size_t end_length = strlen(end_);
    return length > end_length && strcmp(text + length - end_length, end_) == 0;
}

/* Sorted names in a folder that end so, without what they end with; hidden ones are left out. */
static struct names list_folder(struct heap *heap, const char *path, const char *suffix) {
    enum { NAMES_MAX = 4096 };
    struct names names = {.items = heap_alloc(heap, sizeof(char *) * NAMES_MAX)};
    DIR *folder = opendir(path);
    if (folder == NULL) {
        end(path);
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL && names.count < NAMES_MAX;
         entry = readdir(folder)) {
        if (entry->d_name[0] != '.' && ends_with(entry->d_name, suffix)) {
            names.items[names.count++] =
                heap_strndup(heap, entry->d_name, strlen(entry->d_name) - strlen(suffix));
        }
    }
    (void)closedir(folder);
    qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

static void add_room(struct heap *heap, struct mistakes *mistakes, const char *queries,
                     const char *room, struct statements *statements) {
    const char *folder = heap_printf(heap, "%s/%s", queries, room);
    const struct names names = list_folder(heap, folder, ".sql");
    struct statement *larger =
        heap_alloc(heap, sizeof *larger * (statements->count + names.count + 1));
    if (statements->count > 0) {
        memcpy(larger, statements->items, sizeof *larger * statements->count);
    }
    statements->items = larger;
    for (size_t i = 0; i < names.count; i++) {
        struct statement *statement = &larger[statements->count++];
        statement->room = room;
        statement->name = names.items[i];
        statement->path = heap_printf(heap, "%s/%s.sql", folder, names.items[i]);
        (void)statement_parse(heap, mistakes, read_file(heap, statement->path), statement);
    }
}

static bool is_folder(struct heap *heap, const char *parent, const char *name) {
    struct stat about;
    return stat(heap_printf(heap, "%s/%s", parent, name), &about) == 0 && S_ISDIR(about.st_mode);
}

static struct statements read_statements(struct heap *heap, struct mistakes *mistakes,
                                         const char *queries) {
    struct statements statements = {0};
    const struct names rooms = list_folder(heap, queries, "");
    for (size_t i = 0; i < rooms.count; i++) {
        if (is_folder(heap, queries, rooms.items[i])) {
            add_room(heap, mistakes, queries, rooms.items[i], &statements);
        }
    }
    if (mistakes->count == 0) {
        statements_check(&statements, mistakes);
    }
    return statements;
}

static void write_room(struct heap *heap, const char *folder, const struct statement *statements,
                       size_t count) {
    struct out header = {.heap = heap};
    struct out source = {.heap = heap};
    emit_header(&header, statements, count);
    emit_source(&source, statements, count);
    write_file(heap_printf(heap, "%s/sql/%s.h", folder, statements[0].room), &header);
    write_file(heap_printf(heap, "%s/sql/%s.c", folder, statements[0].room), &source);
}

static void write_rooms(struct heap *heap, const char *folder,
                        const struct statements *statements) {
    for (size_t i = 0; i < statements->count;) {
        const char *room = statements->items[i].room;
        size_t count = 1;
        while (i + count < statements->count &&
               strcmp(statements->items[i + count].room, room) == 0) {
            count++;
        }
        write_room(heap, folder, &statements->items[i], count);
        i += count;
    }
}

/* The files of `folder`/`below`, under "below/name"; at the end of `files`. */
static void read_files(struct heap *heap, const char *folder, const char *below,
                       struct migration_files *files) {
    const char *path = heap_printf(heap, "%s/%s", folder, below);
    const struct names names = list_folder(heap, path, ".sql");
    struct migration_file *grown =
        heap_alloc(heap, sizeof *grown * (files->count + names.count + 1));
    if (files->count > 0) {
        memcpy(grown, files->items, sizeof *grown * files->count);
    }
    for (size_t i = 0; i < names.count; i++) {
        grown[files->count + i] = (struct migration_file){
            .version = (int)strtol(names.items[i], NULL, 10),
            .name = heap_printf(heap, "%s/%s", below, names.items[i]),
            .text = read_file(heap, heap_printf(heap, "%s/%s.sql", path, names.items[i]))};
    }
    files->items = grown;
    files->count += names.count;
}

/* `sql`: the folder of migrations, functions, policies and roles.sql. */
static void write_catalogue(struct heap *heap, const char *folder,
                            const struct statements *statements, const char *sql) {
    struct migration_files migrations = {0};
    struct migration_files texts = {0};
    struct out catalogue = {.heap = heap};
    read_files(heap, sql, "migrations", &migrations);
    for (size_t i = 0; i < migrations.count; i++) {
        migrations.items[i].name += strlen("migrations/"); /* as recorded since the first one */
    }
    read_files(heap, sql, "functions", &texts);
    read_files(heap, sql, "policies", &texts);
    emit_catalogue(&catalogue, statements, &migrations, &texts,
                   read_file(heap, heap_printf(heap, "%s/roles.sql", sql)));
    write_file(heap_printf(heap, "%s/sql_catalogue.c", folder), &catalogue);
}

int main(int argc, char **argv) {
    struct heap heap = {0};
    struct mistakes mistakes = {.text = {.heap = &heap}};
    if (argc != 3 && argc != 4) {
        (void)fprintf(stderr, "usage: sqlgen QUERIES OUT [SQL]\n");
        return 2;
    }
    struct statements statements = read_statements(&heap, &mistakes, argv[1]);
    if (mistakes.count > 0) {
        (void)fputs(mistakes.text.text, stderr);
    } else {
        make_folder(argv[2]);
        make_folder(heap_printf(&heap, "%s/sql", argv[2]));
        write_rooms(&heap, argv[2], &statements);
        if (argc == 4) {
            write_catalogue(&heap, argv[2], &statements, argv[3]);
        }
    }
    heap_free(&heap);
    return mistakes.count > 0 ? 1 : 0;
}

#include "organisation/directory_import.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/csv.h"
#include "base/text.h"
#include "base/unpack.h"
#include "base/utf8.h"
#include "engine/copy.h"
#include "sql/organisation.h"
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    COLUMNS_MAX = 12,
    BATCH_BYTES_MAX = 64 * 1024 * 1024,
    SAMPLE_ROWS = 100000, /* at the head of a file, for the estimate */
    COMPLETE = -1,        /* instead of a number of rows: an earlier run stored all of them */
};

/* Columns are found by name: their order differs between editions of the files. */
enum unit_column {
    UNIT_SIREN,
    UNIT_CATEGORY,
    UNIT_DENOMINATION,
    UNIT_USUAL_FIRST_NAME,
    UNIT_FIRST_NAME,
    UNIT_USED_NAME,
    UNIT_NAME,
    UNIT_COLUMNS
};
static const char *const UNIT_NAMES[UNIT_COLUMNS] = {
    "siren",
    "categorieJuridiqueUniteLegale",
    "denominationUniteLegale",
    "prenomUsuelUniteLegale",
    "prenom1UniteLegale",
    "nomUsageUniteLegale",
    "nomUniteLegale",
};

enum establishment_column {
    PLACE_SIRET,
    PLACE_STATE,
    PLACE_SIGN,
    PLACE_USUAL_NAME,
    PLACE_NUMBER,
    PLACE_REPETITION,
    PLACE_WAY,
    PLACE_STREET,
    PLACE_POSTAL_CODE,
    PLACE_CITY,
    PLACE_COLUMNS
};
static const char *const PLACE_NAMES[PLACE_COLUMNS] = {
    "siret",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
};

struct kind {
    const char *name;
    const char *const *columns;
    size_t columns_count;
    const struct sql *copy;
    /* Appends the row in COPY's text format, without its line break. False: not a row of this kind. */
    bool (*append)(struct buf *batch, char **fields, const size_t *at);
};

struct reading {
    struct directory_import *import;
    struct bulk *bulk;
    const struct kind *kind;
    struct unpack *file;
    struct csv csv;
    size_t at[COLUMNS_MAX]; /* index of each column of the kind */
    size_t fields_count;
    int64_t skip_rows; /* stored by an earlier run */
    struct directory_import_progress progress;
};

/* NULL where the field is empty or not published. */
static const char *published(const char *field) {
    return *field == '\0' || strcmp(field, "[ND]") == 0 ? NULL : field;
}

static void append_escaped(struct buf *batch, const char *text) {
    for (const char *c = text; *c != '\0';) {
        const size_t plain = strcspn(c, "\\\t\r\n");
        buf_append(batch, c, plain);
        c += plain;
        if (*c != '\0') {
            buf_putc(batch, *c == '\\' ? '\\' : ' ');
            buf_puts(batch, *c == '\\' ? "\\" : "");
            c++;
        }
    }
}

/* A column of the parts that are published, separated by blanks; NULL (\N) without any. */
static void append_column(struct buf *batch, const char *const *parts, size_t count) {
    bool any = false;
    buf_putc(batch, '\t');
    for (size_t i = 0; i < count; i++) {
        if (parts[i] != NULL) {
            buf_puts(batch, any ? " " : "");
            append_escaped(batch, parts[i]);
            any = true;
        }
    }
    buf_puts(batch, any ? "" : "\\N");
}

static const char *either(const char *first, const char *second) {
    return first != NULL ? first : second;
}

static bool append_unit(struct buf *batch, char **fields, const size_t *at) {
    const char *value[UNIT_COLUMNS];
    for (size_t i = 0; i < UNIT_COLUMNS; i++) {
        value[i] = published(fields[at[i]]);
    }
    const char *siren = fields[at[UNIT_SIREN]];
    const char *person[] = {either(value[UNIT_USUAL_FIRST_NAME], value[UNIT_FIRST_NAME]),
                            either(value[UNIT_USED_NAME], value[UNIT_NAME])};
    const char *name[] = {value[UNIT_DENOMINATION]};
    if (!text_is_digits(siren, 9)) {
        return false;
    }
    buf_printf(batch, "\t%s", siren);
    if (name[0] != NULL) {
        append_column(batch, name, 1);
    } else {
        append_column(batch, person, 2);
    }
    append_column(batch, &value[UNIT_CATEGORY], 1);
    return true;
}

static bool append_establishment(struct buf *batch, char **fields, const size_t *at) {
    const char *value[PLACE_COLUMNS];
    for (size_t i = 0; i < PLACE_COLUMNS; i++) {
        value[i] = published(fields[at[i]]);
    }
    const char *siret = fields[at[PLACE_SIRET]];
    const char *sign = either(value[PLACE_SIGN], value[PLACE_USUAL_NAME]);
    if (!text_is_digits(siret, 14)) {
        return false;
    }
    buf_printf(batch, "\t%s", siret);
    append_column(batch, &sign, 1);
    append_column(batch, &value[PLACE_NUMBER], 4);
    append_column(batch, &value[PLACE_POSTAL_CODE], 1);
    append_column(batch, &value[PLACE_CITY], 1);
    buf_puts(batch, strcmp(fields[at[PLACE_STATE]], "A") == 0 ? "\tt" : "\tf");
    return true;
}

enum { KIND_UNITS, KIND_ESTABLISHMENTS };

static const struct kind KINDS[] = {
    {"units", UNIT_NAMES, UNIT_COLUMNS, &SQL_DIRECTORY_STOCK_COPY_UNITS, append_unit},
    {"establishments", PLACE_NAMES, PLACE_COLUMNS, &SQL_DIRECTORY_STOCK_COPY_ESTABLISHMENTS,
     append_establishment},
};

static enum err fail_at(struct reading *reading, enum err e, const char *what) {
    char row[32] = "";
    if (reading->csv.rows > 0) {
        (void)snprintf(row, sizeof row, ", row %lld", (long long)reading->csv.rows);
    }
    (void)snprintf(reading->import->message, sizeof reading->import->message, "%s%s: %s",
                   reading->progress.path, row, what);
    return e;
}

static enum err fail_in_database(struct reading *reading) {
    (void)snprintf(reading->import->message, sizeof reading->import->message, "database: %s",
                   bulk_message(reading->bulk));
    return err_internal("the import cannot write");
}

/* NULL where the header has all columns of the kind, else the first that it lacks; `*found` counts the others. */
static const char *find_columns(struct reading *reading, char **header, size_t count,
                                size_t *found) {
    const char *missing = NULL;
    *found = 0;
    for (size_t i = 0; i < reading->kind->columns_count; i++) {
        size_t at = 0;
        while (at < count && strcmp(header[at], reading->kind->columns[i]) != 0) {
            at++;
        }
        reading->at[i] = at;
        *found += at < count ? 1 : 0;
        missing = at == count && missing == NULL ? reading->kind->columns[i] : missing;
    }
    return missing;
}

/* The file is most likely the one of which the header has most columns. */
static enum err refuse_header(struct reading *reading, const char *missing, size_t found) {
    char what[128] = "neither the columns of StockUniteLegale nor of StockEtablissement";
    if (found > 1) {
        (void)snprintf(what, sizeof what, "the column %s is missing", missing);
    }
    return fail_at(reading, ERR_INVALID, what);
}

static enum err read_header(struct reading *reading) {
    char *header[CSV_FIELDS_MAX];
    if (csv_next(&reading->csv, header, &reading->fields_count) != ERR_NONE ||
        reading->fields_count == 0) {
        return fail_at(reading, ERR_INVALID, "cut, damaged or no CSV");
    }
    if (strncmp(header[0], "\xef\xbb\xbf", 3) == 0) {
        header[0] += 3; /* a byte order mark */
    }
    const char *missing = NULL;
    size_t most = 0;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        size_t found = 0;
        reading->kind = &KINDS[i];
        const char *lacks = find_columns(reading, header, reading->fields_count, &found);
        if (lacks == NULL) {
            return ERR_NONE;
        }
        missing = found > most ? lacks : missing;
        most = found > most ? found : most;
    }
    return refuse_header(reading, missing, most);
}

/* Asks how many rows of this file an earlier run stored. */
static enum err open_stock(struct reading *reading) {
    ARENA_AUTO(arena);
    struct stat status;
    if (stat(reading->progress.path, &status) != 0) {
        return fail_at(reading, ERR_NOT_FOUND, "the file is gone");
    }
    const char *fingerprint =
        arena_printf(&arena, "%s %lld %lld", basename(arena_strdup(&arena, reading->progress.path)),
                     (long long)status.st_size, (long long)status.st_mtime);
    struct tx tx = bulk_tx(reading->bulk, &arena);
    if (sql_directory_stock_open(&tx, &reading->skip_rows, .kind = reading->kind->name,
                                 .fingerprint = fingerprint) != ERR_NONE) {
        return fail_in_database(reading);
    }
    reading->progress.resumed_at_row = reading->skip_rows;
    return ERR_NONE;
}

static void report(struct reading *reading) {
    reading->progress.position_bytes = unpack_position_bytes(reading->file);
    reading->import->report(&reading->progress);
}

/* The next row that is not stored yet; `*more` is false at the end of the file. */
static enum err next_row(struct reading *reading, char **fields, bool *more) {
    do {
        size_t count = 0;
        const enum err read = csv_next(&reading->csv, fields, &count);
        if (read != ERR_NONE) {
            return fail_at(reading, read,
                           read == ERR_UNAVAILABLE ? "the disk does not give what follows"
                                                   : "cut, damaged or no CSV");
        }
        *more = count > 0;
        if (*more && count != reading->fields_count) {
            return fail_at(reading, ERR_INVALID, "not as many fields as columns");
        }
        reading->progress.rows += *more ? 1 : 0;
    } while (*more && reading->progress.rows <= reading->skip_rows);
    return ERR_NONE;
}

static enum err read_batch(struct reading *reading, struct buf *batch, bool *more) {
    char *fields[CSV_FIELDS_MAX];
    for (size_t rows = 0; rows < DIRECTORY_IMPORT_BATCH_ROWS; rows++) {
        TRY(next_row(reading, fields, more));
        if (!*more) {
            return ERR_NONE;
        }
        buf_printf(batch, "%lld", (long long)reading->progress.rows);
        if (!reading->kind->append(batch, fields, reading->at)) {
            return fail_at(reading, ERR_INVALID, "no SIREN or SIRET where one should be");
        }
        buf_putc(batch, '\n');
    }
    return ERR_NONE;
}

static enum err store_rows(struct reading *reading) {
    bool more = true;
    while (more) {
        struct buf batch;
        buf_init(&batch, NULL, BATCH_BYTES_MAX);
        enum err e = read_batch(reading, &batch, &more);
        if (e == ERR_NONE && (batch.overflowed || !utf8_is_valid(buf_text(&batch), batch.length))) {
            e = fail_at(reading, ERR_INVALID, "the rows before are too long or not UTF-8");
        }
        if (e == ERR_NONE && bulk_copy(reading->bulk, reading->kind->copy, buf_text(&batch),
                                       batch.length) != ERR_NONE) {
            e = fail_in_database(reading);
        }
        buf_clear(&batch);
        TRY(e);
        report(reading);
    }
    ARENA_AUTO(arena);
    struct tx tx = bulk_tx(reading->bulk, &arena);
    return sql_directory_stock_complete(&tx, .kind = reading->kind->name) == ERR_NONE
               ? ERR_NONE
               : fail_in_database(reading);
}

static enum err store_file(struct reading *reading) {
    TRY(open_stock(reading));
    return reading->skip_rows == COMPLETE ? ERR_NONE : store_rows(reading);
}

/* Opens the file, reads its header and calls `act`. */
static enum err read_file(struct reading *reading, enum err (*act)(struct reading *reading)) {
    const char *reason = NULL;
    const enum err opened = unpack_open(reading->progress.path, &reading->file, &reason);
    if (opened != ERR_NONE) {
        return fail_at(reading, opened, reason);
    }
    reading->progress.size_bytes = unpack_size_bytes(reading->file);
    enum err e = csv_init(&reading->csv, unpack_read, reading->file);
    e = e == ERR_NONE ? read_header(reading) : fail_at(reading, e, "no memory");
    e = e == ERR_NONE ? act(reading) : e;
    csv_clear(&reading->csv);
    unpack_close(reading->file);
    return e;
}

/* Counts the rows at the head, and from their share of the file, all of them. */
static enum err sample_rows(struct reading *reading) {
    char *fields[CSV_FIELDS_MAX];
    struct directory_import_progress *progress = &reading->progress;
    bool more = true;
    while (more && progress->rows < SAMPLE_ROWS) {
        TRY(next_row(reading, fields, &more));
    }
    const struct csv *csv = &reading->csv;
    const double parsed_share = 1 - (double)(csv->end - csv->start) / (double)csv->source_bytes;
    const double used_bytes = (double)unpack_used_bytes(reading->file);
    if (more) {
        progress->rows = (int64_t)((double)progress->rows * (double)progress->size_bytes /
                                   (used_bytes * parsed_share));
    }
    return ERR_NONE;
}

enum err directory_import_estimate(struct directory_import *import,
                                   struct directory_import_estimate *out) {
    int64_t rows[sizeof KINDS / sizeof KINDS[0]] = {0};
    bool is_there[sizeof KINDS / sizeof KINDS[0]] = {false};
    for (size_t i = 0; i < import->paths_count; i++) {
        struct reading reading = {.import = import, .progress = {.path = import->paths[i]}};
        TRY(read_file(&reading, sample_rows));
        rows[reading.kind - KINDS] = reading.progress.rows;
        is_there[reading.kind - KINDS] = true;
    }
    if (!is_there[KIND_UNITS] || !is_there[KIND_ESTABLISHMENTS]) {
        (void)snprintf(import->message, sizeof import->message,
                       "both files are needed, StockUniteLegale and StockEtablissement");
        return ERR_INVALID;
    }
    const int64_t establishments = rows[KIND_ESTABLISHMENTS];
    out->rows = rows[KIND_UNITS] + establishments;
    out->seconds = out->rows / DIRECTORY_IMPORT_ROWS_PER_S;
    out->peak_bytes = establishments * DIRECTORY_IMPORT_PEAK_BYTES;
    out->kept_bytes = establishments * DIRECTORY_IMPORT_KEPT_BYTES;
    return ERR_NONE;
}

static enum err refuse_shrinking(struct directory_import *import, struct bulk *bulk) {
    ARENA_AUTO(arena);
    struct directory_sizes sizes;
    struct tx tx = bulk_tx(bulk, &arena);
    if (sql_directory_stock_count(&tx, &sizes) != ERR_NONE) {
        (void)snprintf(import->message, sizeof import->message, "database: %s", bulk_message(bulk));
        return err_internal("the directory cannot be imported");
    }
    if (import->allow_shrink ||
        sizes.next * 100 >= sizes.present * (100 - DIRECTORY_IMPORT_SHRINK_PERCENT_MAX)) {
        return ERR_NONE;
    }
    (void)snprintf(import->message, sizeof import->message,
                   "the directory would shrink from %lld establishments to %lld, by more than %d "
                   "%%: is the file "
                   "cut? Nothing was changed. If this is meant, run it again with --allow-shrink",
                   (long long)sizes.present, (long long)sizes.next,
                   DIRECTORY_IMPORT_SHRINK_PERCENT_MAX);
    return ERR_INVALID;
}

/* Names the first number that stands twice in one of the files. False: there is none. */
static bool name_double(struct directory_import *import, struct bulk *bulk) {
    ARENA_AUTO(arena);
    struct directory_double twice;
    bool found = false;
    struct tx tx = bulk_tx(bulk, &arena);
    if (sql_directory_stock_find_double(&tx, &found, &twice) != ERR_NONE || !found) {
        return false;
    }
    (void)snprintf(import->message, sizeof import->message,
                   "%s, row %lld: %s %s stands already in row %lld (%lld such numbers in the "
                   "file). Nothing was "
                   "changed",
                   twice.file, (long long)twice.second_row + 1, twice.kind, twice.number,
                   (long long)twice.first_row + 1, (long long)twice.doubles);
    return true;
}

static enum err publish(struct directory_import *import, struct bulk *bulk) {
    ARENA_AUTO(arena);
    struct tx tx = bulk_tx(bulk, &arena);
    if (sql_directory_stock_publish(&tx, &import->published) == ERR_NONE) {
        return ERR_NONE;
    }
    (void)snprintf(import->message, sizeof import->message, "database: %s", bulk_message(bulk));
    return name_double(import, bulk) ? ERR_INVALID
                                     : err_internal("the directory cannot be imported");
}

static enum err run(struct directory_import *import, struct bulk *bulk) {
    for (size_t i = 0; i < import->paths_count; i++) {
        struct reading reading = {
            .import = import, .bulk = bulk, .progress = {.path = import->paths[i]}};
        TRY(read_file(&reading, store_file));
    }
    TRY(refuse_shrinking(import, bulk));
    import->report(&(struct directory_import_progress){.path = NULL});
    return publish(import, bulk);
}

enum err directory_import_run(struct directory_import *import) {
    struct bulk *bulk = NULL;
    import->message[0] = '\0';
    if (bulk_open(import->owner_url, &bulk) != ERR_NONE) {
        (void)snprintf(import->message, sizeof import->message, "the database cannot be reached");
        return ERR_UNAVAILABLE;
    }
    const enum err e = run(import, bulk);
    bulk_close(bulk);
    return e;
}

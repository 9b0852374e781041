#include "app.h"
#include "base/clock.h"
#include "base/json.h"
#include "commands/commands.h"
#include "organisation/directory_import.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, MINUTE_S = 60, MEGABYTE = 1000 * 1000 };

static int64_t started_at_ms;
static const char *current_path;

/* On a terminal one line that is overwritten, else one line per file. */
static void report(const struct directory_import_progress *progress) {
    const bool terminal = isatty(STDERR_FILENO) == 1;
    if (progress->path == NULL) {
        (void)fprintf(stderr, "%sMaking the directory out of the files\n", terminal ? "\n" : "");
        return;
    }
    if (current_path != progress->path) {
        current_path = progress->path;
        started_at_ms = clock_monotonic_ms();
        (void)fprintf(stderr, "%s%s%s", terminal ? "\n" : "", progress->path,
                      progress->resumed_at_row > 0 ? ": goes on where it was cut\n" : "\n");
    }
    if (!terminal) {
        return;
    }
    const int64_t size = progress->size_bytes > 0 ? progress->size_bytes : 1;
    const int done = (int)(progress->position_bytes * BAR_WIDTH / size);
    const int64_t spent_ms = clock_monotonic_ms() - started_at_ms + 1;
    const int64_t rows = progress->rows - progress->resumed_at_row;
    (void)fprintf(stderr, "\r[%-*.*s] %3d %%  %lld rows  %lld rows/s", BAR_WIDTH, done,
                  "##############################", (int)(progress->position_bytes * 100 / size),
                  (long long)progress->rows, (long long)(rows * 1000 / spent_ms));
}

static void announce(const struct directory_import_estimate *estimate) {
    (void)fprintf(stderr,
                  "About %lld rows: about %lld min, %lld MB of disk for PostgreSQL beside the "
                  "former directory, "
                  "%lld MB afterwards\n",
                  (long long)estimate->rows,
                  (long long)(estimate->seconds + MINUTE_S - 1) / MINUTE_S,
                  (long long)estimate->peak_bytes / MEGABYTE + 1,
                  (long long)estimate->kept_bytes / MEGABYTE + 1);
}

int command_import_directory(const struct command_input *input) {
    ARENA_AUTO(arena);
    json_init();
    struct config config;
    if (app_load_config(&arena, &config) != ERR_NONE) {
        return 1;
    }
    struct directory_import import = {
        .owner_url = config.database_owner_url,
        .paths = input->words,
        .paths_count = COMMAND_WORDS_MAX,
        .allow_shrink = input->options[COMMAND_OPTION_ALLOW_SHRINK] != NULL,
        .report = report,
    };
    struct directory_import_estimate estimate;
    const int64_t start_ms = clock_monotonic_ms();
    enum err err = directory_import_estimate(&import, &estimate);
    if (err == ERR_NONE) {
        announce(&estimate);
        err = directory_import_run(&import);
    }
    if (err != ERR_NONE) {
        (void)fprintf(stderr, "guichet import-directory: %s\n", import.message);
        return 1;
    }
    (void)printf("%lld establishments in %lld s\n", (long long)import.published,
                 (long long)(clock_monotonic_ms() - start_ms) / 1000);
    return 0;
}

/* guichet: finds the subcommand in commands.def and calls it. */
#include "commands/commands.h"
#include "routes.h"
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct row {
    const char *name; /* one word or two */
    command call;
    const char *synopsis;
    const char *help;
} ROWS[] = {
#define COMMAND(name_, function_, synopsis_, help_) {name_, function_, synopsis_, help_},
#include "commands/commands.def"
#undef COMMAND
};

enum { ROWS_COUNT = sizeof ROWS / sizeof ROWS[0] };

static void print_usage(FILE *out) {
    (void)fprintf(out, "usage: guichet COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        (void)fprintf(out, "  %s%s%s\n      %s\n", ROWS[i].name,
                      *ROWS[i].synopsis == '\0' ? "" : " ", ROWS[i].synopsis, ROWS[i].help);
    }
    (void)fprintf(out, "\nSettings come from the environment: guichet check-config --print-docs\n");
}

static void print_row(FILE *out, const struct row *row) {
    (void)fprintf(out, "usage: guichet %s %s\n%s\n", row->name, row->synopsis, row->help);
}

static bool is_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* How many words of argv are the row's name; 0 where they are not. */
static int match_words(const struct row *row, int count, char **words) {
    const char *blank = strchr(row->name, ' ');
    if (blank == NULL) {
        return count >= 1 && strcmp(words[0], row->name) == 0 ? 1 : 0;
    }
    const size_t first = (size_t)(blank - row->name);
    const bool same = count >= 2 && strlen(words[0]) == first &&
                      strncmp(words[0], row->name, first) == 0 && strcmp(words[1], blank + 1) == 0;
    return same ? 2 : 0;
}

static int run(const struct row *row, int count, char **arguments) {
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) {
            print_row(stdout, row);
            return 0;
        }
    }
    const int code = row->call(count, arguments);
    if (code == 2) {
        print_row(stderr, row);
    }
    return code;
}

int main(int argc, char **argv) {
    (void)setlocale(LC_ALL, "C.UTF-8");
    (void)setlocale(LC_NUMERIC, "C");
    route_table = ROUTES;
    if (argc >= 2 && is_help(argv[1])) {
        print_usage(stdout);
        return 0;
    }
    for (size_t i = 0; argc >= 2 && i < ROWS_COUNT; i++) {
        const int words = match_words(&ROWS[i], argc - 1, argv + 1);
        if (words > 0) {
            return run(&ROWS[i], argc - 1 - words, argv + 1 + words);
        }
    }
    print_usage(stderr);
    return 2;
}

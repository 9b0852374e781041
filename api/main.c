/* guichet: finds the subcommand in commands.def, reads its words and options by argp and calls it. What is
 * not understood ends the program with 2. */
#include "commands/commands.h"
#include "routes.h"
#include <argp.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAKES(option) (1U << COMMAND_OPTION_##option)

static const struct row {
    const char *name; /* one word or two */
    command call;
    unsigned words;
    unsigned options; /* bits TAKES(…) */
    const char *synopsis;
    const char *help;
} ROWS[] = {
#define COMMAND(name_, function_, words_, options_, synopsis_, help_)                              \
    {name_, function_, words_, options_, synopsis_, help_},
#include "commands/commands.def"
#undef COMMAND
};

static const struct argp_option OPTIONS[] = {
#define OPTION(id_, name_, value_, is_required_, help_)                                            \
    {.name = name_, .key = 256 + COMMAND_OPTION_##id_, .arg = value_, .doc = help_},
#include "commands/options.def"
#undef OPTION
};

static const bool IS_REQUIRED[] = {
#define OPTION(id_, name_, value_, is_required_, help_) is_required_,
#include "commands/options.def"
#undef OPTION
};

enum {
    ROWS_COUNT = sizeof ROWS / sizeof ROWS[0],
    FIRST_KEY = 256, /* of an option without a letter */
    EXIT_NOT_UNDERSTOOD = 2,
};

static const struct argp_option SHORT_HELP = {.key = 'h', .flags = OPTION_HIDDEN};

/* --- a subcommand */

struct reading {
    const struct row *row;
    struct command_input *input;
    unsigned words;
};

static void check_all_is_there(const struct reading *reading, struct argp_state *state) {
    if (reading->words < reading->row->words) {
        argp_error(state, "%u of %u arguments were given", reading->words, reading->row->words);
    }
    for (size_t i = 0; i < COMMAND_OPTIONS_COUNT; i++) {
        if ((reading->row->options >> i & 1U) != 0 && IS_REQUIRED[i] &&
            reading->input->options[i] == NULL) {
            argp_error(state, "--%s is missing", OPTIONS[i].name);
        }
    }
}

static error_t read_part(int key, char *text, struct argp_state *state) {
    struct reading *reading = state->input;
    if (key >= FIRST_KEY && key < FIRST_KEY + COMMAND_OPTIONS_COUNT) {
        reading->input->options[key - FIRST_KEY] = text != NULL ? text : "";
    } else if (key == 'h') {
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    } else if (key == ARGP_KEY_ARG && reading->words < reading->row->words) {
        reading->input->words[reading->words++] = text;
    } else if (key == ARGP_KEY_ARG) {
        argp_error(state, "one argument too many: %s", text);
    } else if (key == ARGP_KEY_END) {
        check_all_is_there(reading, state);
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* `words` begins with the last word of the command's name. */
static int run(const struct row *row, int count, char **words) {
    struct argp_option options[COMMAND_OPTIONS_COUNT + 2] = {SHORT_HELP};
    size_t options_count = 1;
    for (size_t i = 0; i < COMMAND_OPTIONS_COUNT; i++) {
        if ((row->options >> i & 1U) != 0) {
            options[options_count++] = OPTIONS[i];
        }
    }
    const struct argp argp = {
        .options = options, .parser = read_part, .args_doc = row->synopsis, .doc = row->help};
    struct command_input input = {0};
    struct reading reading = {.row = row, .input = &input};
    char name[64];
    (void)snprintf(name, sizeof name, "guichet %s", row->name);
    words[0] = name; /* as it stands in help and mistakes */
    (void)argp_parse(&argp, count, words, 0, NULL, &reading);
    return row->call(&input);
}

/* --- the program */

/* How many words are the row's name; 0 where they are not. */
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

/* Stops at the command, whose options are read by `run`; `input` is where it stands. */
static error_t read_command(int key, char *text, struct argp_state *state) {
    if (key == 'h' || (key == ARGP_KEY_ARG && strcmp(text, "help") == 0)) {
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    } else if (key == ARGP_KEY_ARG) {
        *(int *)state->input = state->next - 1;
        state->next = state->argc;
    } else if (key == ARGP_KEY_NO_ARGS) {
        argp_state_help(state, stderr, ARGP_HELP_STD_USAGE);
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_option COMMANDS[] = {
    {.key = 'h', .flags = OPTION_HIDDEN}, /* as SHORT_HELP */
#define COMMAND(name_, function_, words_, options_, synopsis_, help_)                              \
    {.name = name_, .doc = help_, .flags = OPTION_DOC | OPTION_NO_USAGE},
#include "commands/commands.def"
#undef COMMAND
    {0},
};

int main(int argc, char **argv) {
    static const struct argp argp = {
        .options = COMMANDS,
        .parser = read_command,
        .args_doc = "COMMAND [ARGUMENTS]",
        .doc = "Guichet: from the request for data to the gateway that serves it."
               "\vguichet COMMAND --help shows what a command takes. Settings come from the "
               "environment: guichet check-config --print-docs"};
    int at = 0;
    (void)setlocale(LC_ALL, "C.UTF-8");
    (void)setlocale(LC_NUMERIC, "C");
    route_table = ROUTES;
    argp_program_version = "guichet " GUICHET_VERSION;
    argp_err_exit_status = EXIT_NOT_UNDERSTOOD;
    (void)argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &at);
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        const int words = match_words(&ROWS[i], argc - at, argv + at);
        if (words > 0) {
            return run(&ROWS[i], argc - at - words + 1, argv + at + words - 1);
        }
    }
    (void)fprintf(stderr, "guichet: no such command: %s\nguichet --help lists them.\n", argv[at]);
    return EXIT_NOT_UNDERSTOOD;
}

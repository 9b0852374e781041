#ifndef GUICHET_COMMANDS_COMMANDS_H
#define GUICHET_COMMANDS_COMMANDS_H
/* The subcommands of the program. A row of commands.def names each, with the words and options that it
 * takes; main.c reads them by argp and calls it. */

enum command_option {
#define OPTION(id, name, value, is_required, help) COMMAND_OPTION_##id,
#include "commands/options.def"
#undef OPTION
    COMMAND_OPTIONS_COUNT
};

enum { COMMAND_WORDS_MAX = 2 };

/* What was given: as many words as the row says, every option that it asks for. */
struct command_input {
    const char *words[COMMAND_WORDS_MAX];
    const char *options[COMMAND_OPTIONS_COUNT]; /* NULL: not given; "" for one without a value */
};

/* Returns the exit code: 0 done, 1 failed. */
typedef int (*command)(const struct command_input *input);

#define COMMAND(name, function, words, options, synopsis, help)                                    \
    int function(const struct command_input *input);
#include "commands/commands.def"
#undef COMMAND

#endif

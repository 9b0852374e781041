#ifndef GUICHET_COMMANDS_COMMANDS_H
#define GUICHET_COMMANDS_COMMANDS_H
/* The subcommands of the program. A row of commands.def names each; main.c does nothing but find
 * the row and print help. */

/* `arguments` are those behind the command's name. Returns the exit code: 0 done, 1 failed, 2 not
 * understood (the usage is then printed by main). */
typedef int (*command)(int count, char **arguments);

#define COMMAND(name, function, synopsis, help) int function(int count, char **arguments);
#include "commands/commands.def"
#undef COMMAND

#endif

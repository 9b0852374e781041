#include "app.h"
#include "commands/commands.h"
#include <stdio.h>
#include <string.h>

int command_check_config(int count, char **arguments) {
    static struct app app;
    if (count == 1 && strcmp(arguments[0], "--print-docs") == 0) {
        config_print_docs(stdout);
        return 0;
    }
    if (count != 0) {
        return 2;
    }
    const enum err checked = app_init(&app);
    if (checked == ERR_NONE) {
        (void)puts("The settings are good.");
    }
    app_clear(&app);
    return checked == ERR_NONE ? 0 : 1;
}

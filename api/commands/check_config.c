#include "app.h"
#include "commands/commands.h"
#include <stdio.h>
#include <string.h>

int command_check_config(const struct command_input *input) {
    static struct app app;
    if (input->options[COMMAND_OPTION_PRINT_DOCS] != NULL) {
        config_print_docs(stdout);
        return 0;
    }
    const enum err checked = app_init(&app);
    if (checked == ERR_NONE) {
        (void)puts("The settings are good.");
    }
    app_clear(&app);
    return checked == ERR_NONE ? 0 : 1;
}

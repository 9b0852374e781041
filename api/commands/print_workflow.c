#include "commands/commands.h"
#include "request/request_workflow.h"

int command_print_workflow(const struct command_input *input) {
    (void)input;
    request_workflow_print(stdout);
    return 0;
}

#include "commands/commands.h"
#include "request/request_workflow.h"

int command_print_workflow(int count, char **words) {
    (void)words;
    if (count != 0) {
        return 2;
    }
    request_workflow_print(stdout);
    return 0;
}

#include "commands/commands.h"
#include "http/route.h"

int command_print_routes(const struct command_input *input) {
    (void)input;
    if (!route_table_check()) {
        return 1;
    }
    route_table_print();
    return 0;
}

#include "commands/commands.h"
#include "http/route.h"

int command_print_routes(int count, char **arguments) {
    (void)arguments;
    if (count != 0) {
        return 2;
    }
    if (!route_table_check()) {
        return 1;
    }
    route_table_print();
    return 0;
}

#ifndef GUICHET_COMMANDS_SIGNALS_H
#define GUICHET_COMMANDS_SIGNALS_H
/* How a long-running command is told to end. */

/* SIGTERM and SIGINT are blocked in this thread and those it starts, to be waited for; SIGPIPE is
 * ignored. Call before any thread is started. */
void signals_block(void);
/* Waits for SIGTERM or SIGINT; returns which. */
int signals_wait(void);

#endif

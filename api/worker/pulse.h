#ifndef GUICHET_WORKER_PULSE_H
#define GUICHET_WORKER_PULSE_H
/* Whether the worker of this machine gets on, told by a file in the data folder: a worker has no port that could
 * be asked. A folder that cannot be written to has no pulse. Thread-safe. */
#include <stdint.h>

enum { PULSE_S_MAX = 120 }; /* an older pulse is none: a mail may take 60 s, an idle wait 30 s */

/* Now. */
void pulse_beat(const char *data_dir);
/* Removes what a former worker left. */
void pulse_forget(const char *data_dir);
/* Seconds since the last one; -1 where there is none. */
int64_t pulse_get_age_s(const char *data_dir);

#endif

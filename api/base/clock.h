#ifndef GUICHET_BASE_CLOCK_H
#define GUICHET_BASE_CLOCK_H
/* Time. Thread-safe. */
#include "base/arena.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_ms(void);
/* Milliseconds of the monotonic clock, which is never set back: for deadlines and durations. */
int64_t clock_monotonic_ms(void);
/* Microseconds of the same. */
int64_t clock_monotonic_us(void);
/* Initialises a condition whose timed waits follow the monotonic clock, so that a step of the wall
 * clock neither ends nor prolongs them; destroyed by pthread_cond_destroy. */
void clock_cond_init(pthread_cond_t *cond);
/* `wait_ms` from now, for pthread_cond_timedwait on such a condition. */
struct timespec clock_deadline(int64_t wait_ms);
/* RFC 3339 in UTC with milliseconds: "2026-11-23T20:35:45.123Z". */
const char *clock_format_rfc3339(struct arena *arena, int64_t at_ms);
/* A date and time of RFC 3339 with its offset, years 1970 to 9999; false for anything else. Digits
 * beyond the milliseconds are dropped. */
bool clock_parse_rfc3339(const char *text, int64_t *at_ms);

#endif

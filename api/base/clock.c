#include "base/clock.h"
#include <time.h>

static int64_t read_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_ms(void) {
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void) {
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void) {
    return read_us(CLOCK_MONOTONIC);
}

static char *put_number(char *at, int number, int digits, char mark) {
    for (int i = digits - 1; i >= 0; i--, number /= 10) {
        at[i] = (char)('0' + number % 10);
    }
    at[digits] = mark;
    return at + digits + 1;
}

void clock_cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

struct timespec clock_deadline(int64_t wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    const int64_t nanoseconds = until.tv_nsec + wait_ms % 1000 * 1000000;
    until.tv_sec += (time_t)(wait_ms / 1000 + nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    return until;
}

const char *clock_format_rfc3339(struct arena *arena, int64_t at_ms) {
    const time_t seconds = (time_t)(at_ms / 1000);
    struct tm parts;
    char *text = arena_alloc(arena, sizeof "2000-01-01T00:00:00.000Z");
    char *at = text;
    gmtime_r(&seconds, &parts);
    at = put_number(at, parts.tm_year + 1900, 4, '-');
    at = put_number(at, parts.tm_mon + 1, 2, '-');
    at = put_number(at, parts.tm_mday, 2, 'T');
    at = put_number(at, parts.tm_hour, 2, ':');
    at = put_number(at, parts.tm_min, 2, ':');
    at = put_number(at, parts.tm_sec, 2, '.');
    (void)put_number(at, (int)(at_ms % 1000), 3, 'Z');
    return text;
}

/* Reads `digits` decimal digits and moves over them; false where there are others. */
static bool read_number(const char **at, int digits, int minimum, int maximum, int *out) {
    int number = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        number = number * 10 + (**at - '0');
    }
    *out = number;
    return number >= minimum && number <= maximum;
}

static bool read_mark(const char **at, char mark, char other) {
    if (**at != mark && **at != other) {
        return false;
    }
    (*at)++;
    return true;
}

/* ".123456": as milliseconds; nothing is zero. */
static bool read_fraction(const char **at, int *milliseconds) {
    *milliseconds = 0;
    if (**at != '.') {
        return true;
    }
    const char *first = ++*at;
    for (int weight = 100; **at >= '0' && **at <= '9'; (*at)++, weight /= 10) {
        *milliseconds += (**at - '0') * weight;
    }
    return *at > first;
}

static bool read_offset(const char **at, int *minutes) {
    int hours = 0;
    *minutes = 0;
    if (**at == 'Z' || **at == 'z') {
        (*at)++;
        return true;
    }
    const int sign = **at == '-' ? -1 : 1;
    if (!read_mark(at, '+', '-') || !read_number(at, 2, 0, 23, &hours) ||
        !read_mark(at, ':', ':') || !read_number(at, 2, 0, 59, minutes)) {
        return false;
    }
    *minutes = sign * (hours * 60 + *minutes);
    return true;
}

static int days_of_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool clock_parse_rfc3339(const char *text, int64_t *at_ms) {
    struct tm parts = {0};
    int year = 0;
    int month = 0;
    int milliseconds = 0;
    int offset = 0;
    const char *at = text;
    if (!read_number(&at, 4, 1970, 9999, &year) || !read_mark(&at, '-', '-') ||
        !read_number(&at, 2, 1, 12, &month) || !read_mark(&at, '-', '-') ||
        !read_number(&at, 2, 1, days_of_month(year, month), &parts.tm_mday) ||
        !read_mark(&at, 'T', 't') || !read_number(&at, 2, 0, 23, &parts.tm_hour) ||
        !read_mark(&at, ':', ':') || !read_number(&at, 2, 0, 59, &parts.tm_min) ||
        !read_mark(&at, ':', ':') || !read_number(&at, 2, 0, 60, &parts.tm_sec) ||
        !read_fraction(&at, &milliseconds) || !read_offset(&at, &offset) || *at != '\0') {
        return false;
    }
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    *at_ms = ((int64_t)timegm(&parts) - (int64_t)offset * 60) * 1000 + milliseconds;
    return true;
}

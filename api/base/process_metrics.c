#include "base/process_metrics.h"
#include "base/clock.h"
#include "base/metrics.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LINE_BYTES = 256 };

static int64_t started_at_ms;

static void write_one(struct buf *out, const char *name, const char *type, const char *help,
                      double value) {
    metrics_describe(out, name, type, help);
    metrics_sample(out, name, "", value);
}

/* proc(5), statm: all addresses, then what is in memory, in pages. */
static void write_memory(struct buf *out) {
    char line[LINE_BYTES] = "";
    char *end = line;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) {
        return;
    }
    const char *found = fgets(line, sizeof line, file);
    (void)fclose(file);
    if (found == NULL) {
        return;
    }
    const double page = (double)sysconf(_SC_PAGESIZE);
    const double whole = page * (double)strtoul(line, &end, 10);
    const double resident = page * (double)strtoul(end, NULL, 10);
    write_one(out, "process_resident_memory_bytes", "gauge", "Memory in use.", resident);
    write_one(out, "process_virtual_memory_bytes", "gauge", "Addresses in use.", whole);
}

static double seconds_of(const struct timeval *time) {
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void write_cpu(struct buf *out) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        write_one(out, "process_cpu_seconds_total", "counter", "Processor time, user and system.",
                  seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime));
    }
}

static void write_descriptors(struct buf *out) {
    struct rlimit limit;
    DIR *folder = opendir("/proc/self/fd");
    if (folder != NULL) {
        double open = -1; /* the folder itself is open too */
        for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
            open += entry->d_name[0] == '.' ? 0 : 1;
        }
        (void)closedir(folder);
        write_one(out, "process_open_fds", "gauge", "Open file descriptors.", open);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        write_one(out, "process_max_fds", "gauge", "File descriptors that may be open.",
                  (double)limit.rlim_cur);
    }
}

static void write_all(struct buf *out, void *state) {
    (void)state;
    write_one(out, "process_start_time_seconds", "gauge",
              "Start of the process, in seconds since 1970-01-01 UTC.",
              (double)started_at_ms / 1000.0);
    write_memory(out);
    write_cpu(out);
    write_descriptors(out);
}

void process_metrics_register(void) {
    started_at_ms = clock_now_ms();
    metrics_register(write_all, NULL);
}

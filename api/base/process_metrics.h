#ifndef GUICHET_BASE_PROCESS_METRICS_H
#define GUICHET_BASE_PROCESS_METRICS_H
/* What the process takes of its machine, under the names that every Prometheus client gives them: process_… */

/* Registers their writer; the process counts as started now. Before any thread is started. */
void process_metrics_register(void);

#endif

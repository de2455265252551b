/* What a daemon counts about itself. */
#include "common/self_metrics.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"

struct self_metrics {
	struct metric *ready, *refused;
	struct metric *warnings, *errors;
	struct metric *cpu, *resident, *fds, *most_fds;
};

static double
cpu_seconds(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) != 0)
		return NAN;
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The second number of statm, in pages. */
static double
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	double pages;

	if (f == NULL)
		return NAN;
	if (fscanf(f, "%*s %lf", &pages) != 1)
		pages = NAN;
	fclose(f);
	return pages * (double)sysconf(_SC_PAGESIZE);
}

/* But for the one that counting takes. */
static double
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	double n = -1;

	if (dir == NULL)
		return NAN;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static double
max_fds(void)
{
	struct rlimit files;

	return getrlimit(RLIMIT_NOFILE, &files) == 0 ? (double)files.rlim_cur
						     : NAN;
}

struct self_metrics *
self_metrics_new(struct metrics *m, int64_t started_us)
{
	static const char lines[] = "subnetd_log_lines_total";
	static const char said[] =
	    "Warnings and errors that were logged, or would have been.";
	struct self_metrics *self = xcalloc(1, sizeof(*self));

	self->ready = metrics_gauge(m, "subnetd_ready", NULL,
	    "1: all that it needs is there, as /readyz has it.");
	self->refused = metrics_gauge(m, "subnetd_config_refused", NULL,
	    "1: the configuration read last, on SIGHUP, was not taken.");
	self->warnings = metrics_counter(m, lines, "level=\"warn\"", said);
	self->errors = metrics_counter(m, lines, "level=\"error\"", said);
	metric_set(metrics_gauge(m, "process_start_time_seconds", NULL,
		       "When it was started, since 1970."),
	    (double)started_us / 1e6);
	self->cpu = metrics_counter(m, "process_cpu_seconds_total", NULL,
	    "Time on a processor, in user and kernel mode.");
	self->resident = metrics_gauge(m, "process_resident_memory_bytes", NULL,
	    "Memory that it has of the machine's.");
	self->fds = metrics_gauge(
	    m, "process_open_fds", NULL, "File descriptors that are open.");
	self->most_fds = metrics_gauge(
	    m, "process_max_fds", NULL, "File descriptors that may be open.");
	return self;
}

void
self_metrics_free(struct self_metrics *self)
{
	free(self);
}

void
self_metrics_read(struct self_metrics *self, bool is_ready)
{
	metric_set(self->ready, is_ready);
	metric_set(self->warnings, (double)log_count(LOG_WARN));
	metric_set(self->errors, (double)log_count(LOG_ERROR));
	metric_set(self->cpu, cpu_seconds());
	metric_set(self->resident, resident_bytes());
	metric_set(self->fds, open_fds());
	metric_set(self->most_fds, max_fds());
}

void
self_metrics_reloaded(struct self_metrics *self, bool is_refused)
{
	metric_set(self->refused, is_refused);
}

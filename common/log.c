/*
 * One line an event, written by a single write(2) so that lines of several
 * processes on one stderr do not mix.
 */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"

enum { MAX_LINE = 4096, N_REPEATS = 64, SECOND_US = 1000000 };

static const char *const level_names[] = {
    "debug", "info", "warn", "error", "fatal"};
/* The same as the journal has it: syslog's numbers. */
static const char *const priorities[] = {"<7>", "<6>", "<4>", "<3>", "<2>"};

struct repeat {
	char event[48];
	int64_t since_us;
	int written;
	int dropped;
};

/* The process has one stderr, so it has one of these. */
static struct {
	char program[32];
	enum log_level lowest;
	bool to_journal;
	struct repeat repeats[N_REPEATS];
	unsigned long counts[LOG_FATAL + 1];
} logger = {.program = "subnetd", .lowest = LOG_INFO};

/* $JOURNAL_STREAM is its device and inode, where systemd has it so; stderr may
 * have been sent elsewhere since. */
static bool
is_journal(const char *stream)
{
	unsigned long long device, inode;
	struct stat st;

	return stream != NULL &&
	       sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	       st.st_ino == inode;
}

void
log_init(const char *program, enum log_level lowest)
{
	snprintf(logger.program, sizeof(logger.program), "%s", program);
	logger.lowest = lowest;
	logger.to_journal = is_journal(getenv("JOURNAL_STREAM"));
}

void
log_set_level(enum log_level lowest)
{
	logger.lowest = lowest;
}

bool
log_level_parse(const char *text, enum log_level *level)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*level = i;
			return true;
		}
	}
	return false;
}

unsigned long
log_count(enum log_level level)
{
	return logger.counts[level];
}

static struct repeat *
repeat_of(const char *event)
{
	unsigned h = 5381;

	for (const char *p = event; *p != '\0'; p++)
		h = h * 33 + (unsigned char)*p;
	return &logger.repeats[h % N_REPEATS];
}

/* How many were dropped before this one, or -1 to drop this one, too. */
static int
repeat_check(const char *event)
{
	struct repeat *r = repeat_of(event);
	int64_t now = clock_mono_us();
	int dropped = 0;

	if (strcmp(r->event, event) != 0 || now - r->since_us > SECOND_US) {
		if (strcmp(r->event, event) == 0)
			dropped = r->dropped;
		snprintf(r->event, sizeof(r->event), "%s", event);
		r->since_us = now;
		r->written = r->dropped = 0;
	}
	if (r->written >= LOG_BURST) {
		r->dropped++;
		return -1;
	}
	r->written++;
	return dropped;
}

static void
clean(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[MAX_LINE];
	size_t len;
	va_list ap;
	int dropped = 0;

	logger.counts[level]++;
	if (level < logger.lowest)
		return;
	if (level == LOG_WARN || level == LOG_ERROR)
		dropped = repeat_check(event);
	if (dropped < 0)
		return;
	len = snprintf(line, sizeof(line), "%s%s %s %s ",
	    logger.to_journal ? priorities[level] : "", level_names[level],
	    logger.program, event);
	va_start(ap, fmt);
	len += vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	if (dropped > 0 && len < sizeof(line))
		len += snprintf(
		    line + len, sizeof(line) - len, " dropped=%d", dropped);
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	clean(line, len);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody is left to tell */
}

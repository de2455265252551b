/*
 * A program's log as it grows: lines of "level program event key=value ...".
 *
 * For proc.c. The file is read into memory from where it ended when this log
 * was opened, and searched from a cursor.
 */
#ifndef TESTS_PROC_LOG_H
#define TESTS_PROC_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

struct proc_log {
	int fd;	    /* for the child to append to */
	int watch;  /* inotify, so that an event is seen at once */
	long start; /* in the file */
	struct buf text;
	struct buf line; /* the one found last */
	size_t cursor;	 /* in text: behind the line found last */
};

int proc_log_open(struct proc_log *, const char *path);
void proc_log_clear(struct proc_log *);

void proc_log_read(struct proc_log *); /* what is new */
void proc_log_wait(struct proc_log *); /* for something new, but briefly */
const char *proc_log_next(
    struct proc_log *, const char *event, const char *pairs);
void proc_log_skip(struct proc_log *); /* to the last whole line's end */
void proc_log_show(struct proc_log *, size_t n_lines); /* on stderr */

/* Is it a line of this event, with all these pairs? Pure. */
bool proc_log_matches(const char *line, const char *event, const char *pairs);

#endif

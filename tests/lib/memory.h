/*
 * What is in a running process's memory, as far as this user may look.
 */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct memory_needle {
	const char *name;
	const uint8_t *data;
	size_t len;
	size_t found; /* filled in: how many times it is there */
};

/*
 * Look for each needle in all that the process could read itself. How many
 * bytes that was, or -1 with errno if the process cannot be read.
 */
long memory_search(pid_t, struct memory_needle *, size_t n);

/* A size in KiB of /proc/PID/status, "RssAnon" or "VmLck"; -1. */
long memory_status(pid_t, const char *name);

/* 0 if /proc/PID/mem can be opened, else errno. */
int memory_open_error(pid_t);

#endif

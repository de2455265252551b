/*
 * The cage that subnetd-probe looks at a file in: no more than a share of
 * memory and processor time, no file but standard input, no word but on
 * standard output, and no system call that it does not need for that. What
 * calls another one is killed (SIGSYS) before the call is made.
 */
#ifndef ORCHESTRATOR_PROBED_CAGE_H
#define ORCHESTRATOR_PROBED_CAGE_H

#include <stdint.h>

enum {
	PROBED_CAGE_MEMORY = 1024 * 1024 * 1024,
	PROBED_CAGE_CPU_S = 15,
};

/* For good. max_output: bytes, of an output that is a file. -1: it cannot be
 * closed, and nothing hostile may be read. */
int probed_cage(uint64_t max_output);

#endif

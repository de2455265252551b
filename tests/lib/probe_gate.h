/*
 * A gate before the program that looks at media: while it is closed, no probe
 * comes to an end, and results stay received.
 */
#ifndef TESTS_PROBE_GATE_H
#define TESTS_PROBE_GATE_H

struct suite;

/* Put it into the suite's configuration, open; orchestratord has it from its
 * next start on. 0, or -1. */
int probe_gate_add(struct suite *);

int probe_gate_close(struct suite *); /* 0, or -1 */
void probe_gate_open(struct suite *);

#endif

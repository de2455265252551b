/*
 * The demonstration's table of miners, and whether it came out as the
 * characters say it must.
 */
#ifndef TESTS_DEMO_REPORT_H
#define TESTS_DEMO_REPORT_H

struct cast;
struct suite;

/* Print the last proven run. 0; -1, having said why, if the silent miner has
 * weight or a worse character beats a better one. */
int report_miners(struct suite *, const struct cast *);

#endif

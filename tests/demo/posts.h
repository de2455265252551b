/*
 * The demonstration of engagement: miners that post, honest and not, through
 * six simulated days, to weights that are proven.
 */
#ifndef TESTS_DEMO_POSTS_H
#define TESTS_DEMO_POSTS_H

struct suite;

/* In that folder, printing what happens. The suite, which is the caller's to
 * end, is made here. 0, or -1 having said why. */
int posts_show(const char *dir, struct suite **);

#endif

/*
 * An event loop run until somebody breaks it, and no longer than a test has
 * patience: it fails then.
 */
#ifndef TESTS_PATIENCE_H
#define TESTS_PATIENCE_H

struct event_base;

void patience_dispatch(struct event_base *, int seconds);

#endif

/*
 * An event loop in a thread of its own, for peers that must answer while the
 * test is busy. What lives on the base is made before looper_start and freed
 * after looper_stop; in between only that thread touches it, and the test
 * rings when something waits for it.
 */
#ifndef TESTS_LOOPER_H
#define TESTS_LOOPER_H

struct event_base;
struct looper;

struct looper *looper_new(void);
struct event_base *looper_base(struct looper *);

/* on_bell runs in the thread after each ring, or once for several. */
void looper_start(struct looper *, void (*on_bell)(void *arg), void *arg);
void looper_ring(struct looper *);
void looper_stop(struct looper *); /* the thread is over when it returns */
void looper_free(struct looper *); /* stopped, or never started */

#endif

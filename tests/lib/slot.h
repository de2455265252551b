/*
 * A suite with one miner, played by hand, that takes one job at a time: what
 * shows in which order jobs that wait come to it.
 */
#ifndef TESTS_SLOT_H
#define TESTS_SLOT_H

struct hand;
struct hand_task;
struct suite;

struct slot {
	struct suite *s;
	struct hand *hand;
	struct hand_task *task; /* what it works on; NULL: nothing */
};

/* As cmocka's group state; ini: more configuration. The miner has been given
 * a job when it returns 0; else -1, having said why. */
int slot_set_up(void **state, const char *name, const char *ini);
int slot_tear_down(void **state);

/* Another job of the kind it takes; 0, or -1. */
int slot_submit(struct slot *, char id[40]);

/* The miner brings its result. 0, or -1 having said why. */
int slot_finish(struct slot *);
/* It has been given the next one; whose job that is. 0, or -1. */
int slot_next(struct slot *, char id[40]);

#endif

/*
 * A suite whose miners are played by hand, as cmocka's group state.
 */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include <jansson.h>
#include <stddef.h>

#include "tests/lib/hand.h"
#include "tests/lib/suite.h"

struct rig {
	struct suite *s;
	struct hand *hand;
	char *kinds; /* path of the file */
};

/* n miners who take every kind of the shipped file as edit changed it.
 * Ready when it returns 0; else -1, having said why. */
int rig_set_up(void **state, const struct suite_options *, int n,
    void (*edit)(json_t *kinds));
int rig_tear_down(void **state);

/* Submit it; the request for it that a miner got, and its id. Those of other
 * jobs that nobody took are dropped. NULL, having said why. */
struct hand_task *rig_task(struct rig *, const char *job_json, char id[40]);
/* The next one of a job that has more. */
struct hand_task *rig_next(struct rig *, const char *job_id);

#endif

/*
 * A suite whose kinds are asked for by Violet's miners, as cmocka's group
 * state; and tasks at its door.
 */
#ifndef TESTS_VIOLET_RIG_H
#define TESTS_VIOLET_RIG_H

#include <jansson.h>
#include <stddef.h>

#include "tests/lib/fetch.h"
#include "tests/lib/puller.h"
#include "tests/lib/suite.h"

enum { VIOLET_MINERS = 2 };

struct violet_rig {
	struct suite *s;
	char *kinds; /* path of the file */
	struct puller *miners[VIOLET_MINERS];
	const char *key; /* that requests carry; NULL: none */
};

/* ini: more configuration of the orchestrator, or "". Ready when it returns 0;
 * else -1, having said why. */
int violet_rig_set_up(void **state, const char *name, const char *ini);
int violet_rig_tear_down(void **state);

/* POST a task; its HTTP status. names and values in turn; file NULL: none.
 * answer: clear it. */
struct violet_file {
	const char *part, *name, *type;
	const void *data;
	size_t len;
};
int violet_post(struct violet_rig *, const char *path,
    const char *const fields[], const struct violet_file *,
    struct fetch_answer *);
int violet_get(struct violet_rig *, const char *path, struct fetch_answer *);
/* GET it: the body, which is the caller's; NULL, having said so, if the status
 * is another than that. */
json_t *violet_read(struct violet_rig *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A task of each sort, good as it is: its id; -1, having said why. */
int violet_submit(struct violet_rig *, const char *path, char id[40]);

/* A member's text, borrowed; "" if there is none. */
const char *violet_word(const json_t *, const char *name);

#endif

/* A request whose answer takes its time. */
#include "tests/lib/asking.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/xalloc.h"

struct asking {
	pthread_t thread;
	struct fetch_ask ask;
	struct fetch_answer answer;
};

static void *
run(void *arg)
{
	struct asking *a = arg;

	fetch(&a->ask, &a->answer);
	return NULL;
}

struct asking *
asking_begin(const struct fetch_ask *ask)
{
	struct asking *a = xcalloc(1, sizeof(*a));

	a->ask = *ask;
	if (pthread_create(&a->thread, NULL, run, a) != 0)
		abort();
	return a;
}

void
asking_end(struct asking *a, struct fetch_answer *answer)
{
	pthread_join(a->thread, NULL);
	*answer = a->answer;
	free(a);
}

/* An event loop in a thread of its own. */
#include "tests/lib/looper.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/proc.h"

struct looper {
	struct event_base *base;
	struct event *bell;
	int pipe[2]; /* the test rings at [1] */
	pthread_t thread;
	bool runs;
	atomic_bool stops;
	void (*on_bell)(void *arg);
	void *arg;
};

static void
on_ring(evutil_socket_t fd, short what, void *arg)
{
	struct looper *l = arg;
	char rings[64];

	(void)what;
	if (read(fd, rings, sizeof(rings)) < 0)
		return;
	if (l->on_bell != NULL)
		l->on_bell(l->arg);
	if (atomic_load(&l->stops))
		event_base_loopbreak(l->base);
}

struct looper *
looper_new(void)
{
	struct looper *l = xcalloc(1, sizeof(*l));

	l->base = event_base_new();
	if (pipe(l->pipe) != 0)
		abort();
	l->bell =
	    event_new(l->base, l->pipe[0], EV_READ | EV_PERSIST, on_ring, l);
	event_add(l->bell, NULL);
	return l;
}

struct event_base *
looper_base(struct looper *l)
{
	return l->base;
}

static void *
turn(void *arg)
{
	struct looper *l = arg;

	event_base_dispatch(l->base);
	return NULL;
}

void
looper_start(struct looper *l, void (*on_bell)(void *), void *arg)
{
	l->on_bell = on_bell;
	l->arg = arg;
	if (pthread_create(&l->thread, NULL, turn, l) != 0)
		abort();
	l->runs = true;
}

void
looper_ring(struct looper *l)
{
	while (write(l->pipe[1], "!", 1) != 1)
		proc_nap();
}

void
looper_stop(struct looper *l)
{
	if (!l->runs)
		return;
	atomic_store(&l->stops, true);
	looper_ring(l);
	pthread_join(l->thread, NULL);
	l->runs = false;
}

void
looper_free(struct looper *l)
{
	event_free(l->bell);
	event_base_free(l->base);
	close(l->pipe[0]);
	close(l->pipe[1]);
	free(l);
}

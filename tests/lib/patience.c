/* An event loop run no longer than a test has patience. */
#include "tests/lib/patience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	const int *seconds = arg;

	(void)fd;
	(void)what;
	fail_msg("nothing happened for %d s", *seconds);
}

void
patience_dispatch(struct event_base *base, int seconds)
{
	struct timeval tv = {seconds, 0};
	struct event *patience = evtimer_new(base, on_patience, &seconds);

	event_add(patience, &tv);
	event_base_dispatch(base);
	event_free(patience);
}

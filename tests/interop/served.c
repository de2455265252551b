/*
 * served: a whole suite with development miners, for clients in other
 * languages. Its URL is a line of JSON on standard output; it ends when
 * standard input does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/suite.h"

int
main(void)
{
	const struct suite_options o = {
	    .name = "served",
	    .n_miners = 2,
	    .miners = {{.alpha = 100}, {.alpha = 100}},
	    .leave_stopped = {[SUITE_VALIDATOR] = true},
	};
	struct suite *s = suite_new(&o);
	char byte;

	if (s == NULL || suite_wait_ready(s, o.n_miners) != 0)
		return EXIT_FAILURE;
	printf("{\"url\":\"%s\"}\n", s->api_url);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return suite_end(s, false) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * served: a whole suite with development miners, for clients in other
 * languages. A line of JSON on standard output is its URL, and API keys of a
 * client and of a validator; it ends when standard input does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/keyed.h"
#include "tests/lib/suite.h"

int
main(void)
{
	const struct suite_options o = {
	    .name = "served",
	    .ini = "[orchestrator]\nkeys = required\n",
	    .n_miners = 2,
	    .miners = {{.alpha = 100}, {.alpha = 100}},
	    .leave_stopped = {[SUITE_VALIDATOR] = true},
	};
	struct suite *s = suite_new(&o);
	struct keyed k = {.s = s};
	char *client, *validator, byte;

	if (s == NULL || suite_wait_ready(s, o.n_miners) != 0)
		return EXIT_FAILURE;
	client = keyed_new(&k, "client", NULL);
	validator = keyed_new(&k, "validator", NULL);
	if (client == NULL || validator == NULL)
		return EXIT_FAILURE;
	printf("{\"url\":\"%s\",\"client\":\"%s\",\"validator\":\"%s\"}\n",
	    s->api_url, client, validator);
	fflush(stdout);
	free(client);
	free(validator);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return suite_end(s, false) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * The HTTP client's cost: http_ask URL COUNT AT_ONCE asks, as many at once
 * as told, and prints requests a second and our own CPU time for each. To be
 * run against http_serve.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/clock.h"
#include "common/http_client.h"

struct bench {
	struct event_base *base;
	struct http_client *client;
	const char *url;
	long to_start, to_end, failed;
};

static void on_done(const struct http_answer *, void *);

static void
ask(struct bench *b)
{
	static const char body[] = "{\"kind\":\"audio.transcribe\"}";
	const struct http_call_options options = {
	    .method = "POST",
	    .url = b->url,
	    .body = body,
	    .body_len = sizeof(body) - 1,
	    .timeout_ms = 10000,
	    .max_answer = 1000,
	};

	b->to_start--;
	http_call_start(b->client, &options, on_done, b);
}

static void
on_done(const struct http_answer *answer, void *arg)
{
	struct bench *b = arg;

	b->failed += answer->status != 200;
	if (b->to_start > 0)
		ask(b);
	if (--b->to_end == 0)
		event_base_loopbreak(b->base);
}

static double
cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

int
main(int argc, char **argv)
{
	struct bench b = {.base = event_base_new()};
	struct http_client_options options = {.allow_private = true};
	long count, at_once;
	double took, cpu;

	if (argc != 4) {
		fprintf(stderr, "usage: http_ask url count at_once\n");
		return 2;
	}
	b.url = argv[1];
	b.to_start = b.to_end = count = atol(argv[2]);
	at_once = atol(argv[3]);
	options.max_connections = options.max_host_connections = at_once;
	b.client = http_client_new(b.base, &options);
	cpu = cpu_us();
	took = clock_mono_us();
	while (at_once-- > 0)
		ask(&b);
	event_base_dispatch(b.base);
	took = clock_mono_us() - took;
	cpu = cpu_us() - cpu;
	printf("%ld requests, %ld failed, %.0f a second, %.1f us CPU each\n",
	    count, b.failed, count / took * 1e6, cpu / count);
	http_client_free(b.client);
	event_base_free(b.base);
	return b.failed > 0;
}

/*
 * What it costs to have a post watched: CPU time a post of 256 miners with 50
 * each, asked through validator/watch.h, beside one bare libcurl request to
 * the same service, on a connection that is kept and on a new one. The
 * services are tests/fake/watch, whose own time does not count.
 *
 * usage: engagement    (ROUNDS: 5; a round is each arm once)
 *
 * Fails if a post costs more than twice the bare request on a kept connection.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/err.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "tests/lib/memory.h"
#include "tests/lib/paths.h"
#include "tests/lib/watched.h"
#include "validator/watch.h"
#include "validator/watch_wire.h"

#include <unistd.h>

enum { MINERS = 256, POSTS = 50, BARE = 4000, MAX_ROUNDS = 101 };
static const double limit = 2;

static struct {
	struct watched *services;
	char ids[MINERS * POSTS][24], urls[MINERS * POSTS][80];
	size_t answered, sound;
} b;

static double
cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static struct watch_question
question(enum watch_service service, size_t i)
{
	return (struct watch_question){.service = service,
	    .platform = "instagram/reel",
	    .id = b.ids[i],
	    .url = b.urls[i],
	    .caption = "Made with care"};
}

static void
script(void)
{
	json_t *posts = json_array();

	for (size_t i = 0; i < MINERS * POSTS; i++) {
		snprintf(b.ids[i], sizeof(b.ids[i]), "C%zu_%zu", i / POSTS,
		    i % POSTS);
		snprintf(b.urls[i], sizeof(b.urls[i]),
		    "https://media.example.org/instagram/reel/%s.mp4",
		    b.ids[i]);
		json_array_append_new(posts,
		    json_pack("{s:s, s:s, s:s}", "platform", "instagram/reel",
			"id", b.ids[i], "caption", "Made with care"));
	}
	watched_put_json(b.services, "/contents", posts);
	watched_hour(b.services, 30);
}

/* -- ours -------------------------------------------------------------------
 */

static void
on_answer(const struct watch_answer *a, void *base)
{
	b.sound += a->outcome == WATCH_OK;
	if (++b.answered == MINERS * POSTS)
		event_base_loopbreak(base);
}

/* All the posts of a cycle: microseconds each. */
static double
ours(enum watch_service service, size_t batch)
{
	struct event_base *base = event_base_new();
	struct metrics *metrics = metrics_new();
	struct watch_setup setup = {.base = base,
	    .metrics = metrics,
	    .development = true,
	    .batch = batch};
	struct watch *w;
	struct err err;
	double before;

	for (int i = 0; i < WATCH_SERVICES; i++)
		setup.services[i].url = watched_url(b.services);
	w = watch_new(&setup, &err);
	b.answered = b.sound = 0;
	before = cpu_us();
	for (size_t i = 0; i < MINERS * POSTS; i++) {
		const struct watch_question q = question(service, i);

		watch_ask(w, &q, on_answer, base);
	}
	event_base_dispatch(base);
	before = cpu_us() - before;
	if (b.sound != MINERS * POSTS) {
		fprintf(stderr, "%zu answers of %d are sound\n", b.sound,
		    MINERS * POSTS);
		exit(2);
	}
	watch_free(w);
	metrics_free(metrics);
	event_base_free(base);
	return before / (MINERS * POSTS);
}

/* -- the floor --------------------------------------------------------------
 */

static size_t
drop(char *data, size_t one, size_t n, void *arg)
{
	(void)data;
	*(size_t *)arg += n;
	return one * n;
}

static void
write_request(enum watch_service service, size_t i, struct watch_request *r)
{
	const struct watch_question q = question(service, i);
	const struct watch_question *const one[] = {&q};

	if (service == WATCH_TRACKER)
		watch_wire_metrics(WATCH_FORM_POST, one, 1, r);
	else if (service == WATCH_DETECTOR)
		watch_wire_detect(&q, 10, r);
	else
		watch_wire_moderate(&q, r);
}

/* One handle, one request after the other, nothing read of the answers. */
static double
bare(enum watch_service service, bool is_new)
{
	static struct watch_request requests[BARE];
	static char *urls[BARE];
	CURL *easy = curl_easy_init();
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	size_t bytes = 0;
	double before;

	for (size_t i = 0; i < BARE; i++) {
		write_request(service, i, &requests[i]);
		urls[i] = xasprintf(
		    "%s%s", watched_url(b.services), requests[i].path);
	}
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, is_new ? 1L : 0L);
	before = cpu_us();
	for (size_t i = 0; i < BARE; i++) {
		const char *body = requests[i].body;

		curl_easy_setopt(easy, CURLOPT_URL, urls[i]);
		curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDS, body != NULL ? body : "");
		if (curl_easy_perform(easy) != CURLE_OK)
			exit(2);
	}
	before = cpu_us() - before;
	for (size_t i = 0; i < BARE; i++) {
		watch_request_clear(&requests[i]);
		free(urls[i]);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(easy);
	return before / BARE;
}

/* -- rows -------------------------------------------------------------------
 */

struct row {
	const char *name;
	enum watch_service service;
	size_t batch;
};

static int
compare(const void *a, const void *c)
{
	double x = *(const double *)a, y = *(const double *)c;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

/* Whether it is within the limit. */
static bool
run(const struct row *row, size_t rounds)
{
	double mine[MAX_ROUNDS], kept[MAX_ROUNDS], new[MAX_ROUNDS];
	double ratio[MAX_ROUNDS], ratio_new[MAX_ROUNDS], middle;

	for (size_t i = 0; i < rounds; i++) {
		kept[i] = bare(row->service, false);
		mine[i] = ours(row->service, row->batch);
		new[i] = bare(row->service, true);
		ratio[i] = mine[i] / kept[i];
		ratio_new[i] = mine[i] / new[i];
	}
	middle = median(ratio, rounds);
	printf(
	    "%-28s %8.1f %8.1f %8.1f %7.2f   %.2f to %.2f   %7.2f   %.0f%s\n",
	    row->name, median(mine, rounds), median(kept, rounds),
	    median(new, rounds), middle, ratio[0], ratio[rounds - 1],
	    median(ratio_new, rounds), limit, middle > limit ? "   OVER" : "");
	fflush(stdout);
	return middle <= limit;
}

int
main(void)
{
	static const struct row rows[] = {
	    {"tracker, batches of 50", WATCH_TRACKER, 50},
	    {"tracker, one by one", WATCH_TRACKER, 1},
	    {"detector", WATCH_DETECTOR, 1},
	    {"moderator", WATCH_MODERATOR, 1},
	};
	const char *told = getenv("ROUNDS");
	size_t rounds = told != NULL ? strtoul(told, NULL, 10) : 5;
	char *dir = paths_make_tmp();
	bool is_good = true;
	long before, after;

	if (rounds < 1 || rounds > MAX_ROUNDS || dir == NULL)
		return 64;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	b.services = watched_new(dir);
	script();
	printf("%-28s %8s %8s %8s %7s   %-12s   %7s   %s\n",
	    "engagement, CPU us a post", "ours", "bare", "new", "ratio",
	    "spread", "to new", "limit");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_good &= run(&rows[i], rounds);
	before = memory_status(getpid(), "RssAnon");
	for (int i = 0; i < 10; i++)
		ours(WATCH_TRACKER, 50);
	after = memory_status(getpid(), "RssAnon");
	printf("memory before and after ten more cycles: %ld and %ld KiB\n",
	    before, after);
	watched_free(b.services);
	paths_remove(dir);
	free(dir);
	curl_global_cleanup();
	return is_good ? 0 : 1;
}

/*
 * The whole engagement cycle of a real validatord, hour by hour: what it costs
 * in its CPU time a post (commitments, gists, services, rows), beside one bare
 * libcurl request to the same service on a connection that is kept; and its
 * memory. The services are tests/fake/watch; their time, and PostgreSQL's, do
 * not count. In the first hour each line's signature is checked and each post
 * is shown to detector and moderator as well: it is printed, and not judged.
 *
 * usage: cycles [MINERS POSTS HOURS [EPOCH_BLOCKS]]   (255 50 4)
 *
 * cycles 40 3 1000 50: memory over a thousand cycles, with rounds. Fails if a
 * post costs more than twice the bare request, or if the memory of the last
 * half of more than a hundred hours grows by more than a twentieth.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/memory.h"
#include "tests/lib/posters.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/watched.h"

enum { BARE = 4000, MAX_MINERS = 255, MANY = 100, LINES = 20 };
static const double limit = 2, growth = 1.05;

struct place {
	struct suite *s;
	struct watched *w;
	struct posters *p;
	struct poster people[MAX_MINERS];
	size_t n, posts;
};

/* -- the world ----------------------------------------------------------- */

static int
open_place(struct place *pl, int epoch_blocks)
{
	const struct suite_options o = {.name = "cycles",
	    .block_ms = -1,
	    .leave_stopped = {
		[SUITE_ORCHESTRATOR] = true, [SUITE_VALIDATOR] = true}};
	char *ini = xasprintf("engagement_new_claims = 50\n"
			      "engagement_verdict_budget = 100\n"
			      "engagement_at_once = 8\n"
			      "engagement_old_after = 1000000\n"
			      "epoch_blocks = %d\n",
	    epoch_blocks);
	int failed = -1;

	for (size_t i = 0; i < pl->n; i++)
		pl->people[i] = (struct poster){.role = "honest",
		    .story = "\"rate\":100",
		    .account = "",
		    .posts = pl->posts,
		    .alpha = 100,
		    .other = -1};
	pl->s = suite_new(&o);
	if (pl->s != NULL) {
		pl->w = watched_new(sandbox_dir(pl->s->box));
		pl->p = posters_new(pl->s, pl->w, pl->people, pl->n);
	}
	if (pl->p != NULL && posters_configure(pl->s, pl->w, ini) == 0)
		failed = suite_start(pl->s, SUITE_VALIDATOR);
	free(ini);
	return failed;
}

static void
close_place(struct place *pl, bool failed)
{
	posters_free(pl->p);
	watched_free(pl->w);
	suite_end(pl->s, failed);
}

/* -- time ---------------------------------------------------------------- */

/* Of a process, so far. */
static double
cpu_us_of(pid_t pid)
{
	char *path = xasprintf("/proc/%d/stat", (int)pid), line[1024] = "";
	unsigned long user = 0, system = 0;
	FILE *f = fopen(path, "r");
	const char *end;

	free(path);
	if (f != NULL && fgets(line, sizeof(line), f) != NULL &&
	    (end = strrchr(line, ')')) != NULL)
		sscanf(end + 1,
		    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		    &user, &system);
	if (f != NULL)
		fclose(f);
	return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static double
cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static size_t
drop(char *data, size_t one, size_t n, void *arg)
{
	(void)data;
	*(size_t *)arg += n;
	return one * n;
}

/* One handle, one post after the other, nothing read of the answers. */
static double
bare(struct watched *w)
{
	static const char body[] =
	    "{\"platform\":\"instagram\",\"content_type\":\"reel\","
	    "\"content_id\":\"Cp00q0Zx\",\"get_direct_url\":false}";
	CURL *easy = curl_easy_init();
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	char *url = xasprintf("%s/get_metrics", watched_url(w));
	size_t bytes = 0;
	double before = cpu_us();

	for (int i = 0; i < BARE; i++) {
		curl_easy_setopt(easy, CURLOPT_URL, url);
		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
		curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
		if (curl_easy_perform(easy) != CURLE_OK)
			exit(2);
	}
	before = cpu_us() - before;
	curl_slist_free_all(headers);
	curl_easy_cleanup(easy);
	free(url);
	return before / BARE;
}

/* -- the hours ----------------------------------------------------------- */

/* What a post costs in the next hour, and how many were measured. */
static double
one_hour(struct place *pl, int64_t *measured)
{
	pid_t pid = proc_pid(pl->s->daemons[SUITE_VALIDATOR]);
	double before = cpu_us_of(pid);
	int64_t had =
	    db_int(pl->s->db, "select count(*) from post_observation");

	if (posters_hour(pl->p, true) != 0)
		exit(2);
	*measured =
	    db_int(pl->s->db, "select count(*) from post_observation") - had;
	return *measured > 0 ? (cpu_us_of(pid) - before) / *measured : 0;
}

struct sums {
	double ours, bare;
	int n;
};

static void
print_hour(struct place *pl, int hour, double mine, int64_t measured,
    long memory, struct sums *sums)
{
	double floor = bare(pl->w);

	printf("%5d %10ld %10lld %8.1f %8.1f %7.2f\n", hour, memory,
	    (long long)measured, mine, floor, mine / floor);
	fflush(stdout);
	if (hour == 0)
		return;
	sums->ours += mine;
	sums->bare += floor;
	sums->n++;
}

/* Over all hours but the first. */
static int
judge(const struct sums *sums, int hours)
{
	double ratio = sums->ours / sums->bare;

	if (hours > MANY || sums->n == 0)
		return 0;
	printf("%27s %8.1f %8.1f %7.2f%s\n", "mean", sums->ours / sums->n,
	    sums->bare / sums->n, ratio, ratio > limit ? "   OVER" : "");
	return ratio > limit;
}

static int
run(struct place *pl, int hours)
{
	pid_t pid = proc_pid(pl->s->daemons[SUITE_VALIDATOR]);
	int every = hours <= LINES ? 1 : hours / LINES;
	struct sums sums = {0};
	long middle = 0, last = 0;
	int64_t measured;

	printf("%5s %10s %10s %8s %8s %7s\n", "hour", "memory KiB", "posts",
	    "ours us", "bare us", "ratio");
	for (int hour = 0; hour < hours; hour++) {
		double mine = one_hour(pl, &measured);

		last = memory_status(pid, "RssAnon");
		if (hour == hours / 2)
			middle = last;
		if (hour % every == 0 || hour == hours - 1)
			print_hour(pl, hour, mine, measured, last, &sums);
	}
	if (hours > MANY && (double)last > (double)middle * growth) {
		printf(
		    "the memory has grown from %ld to %ld KiB\n", middle, last);
		return 1;
	}
	return judge(&sums, hours);
}

int
main(int argc, char **argv)
{
	static struct place pl = {.n = MAX_MINERS, .posts = 50};
	int hours = 4, epoch_blocks = 1000000, failed;

	if (argc > 3) {
		pl.n = strtoul(argv[1], NULL, 10);
		pl.posts = strtoul(argv[2], NULL, 10);
		hours = atoi(argv[3]);
	}
	if (argc > 4)
		epoch_blocks = atoi(argv[4]);
	if (pl.n == 0 || pl.n > MAX_MINERS || pl.posts > 50 || hours < 1)
		return 64;
	failed = open_place(&pl, epoch_blocks);
	if (!failed)
		failed = run(&pl, hours);
	close_place(&pl, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

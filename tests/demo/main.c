/*
 * The demonstration: the whole suite at work on real input, from nothing to
 * weights read back from the chain. Run by `make demo`.
 *
 *   KEEP=1       leave everything running at the end, and say where
 *   ENGAGEMENT=1 miners that post instead, and services that watch them
 *   DEMO_SEED=n  deal the miners' characters and stakes differently
 *
 * It exits 0 only if every job ended, every attempt was judged, the weights
 * were proven, and they follow the miners' characters.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/demo/cast.h"
#include "tests/demo/posts.h"
#include "tests/demo/proof.h"
#include "tests/demo/report.h"
#include "tests/demo/work.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { JOBS_MS = 240000, PROOF_MS = 90000, LOOK_MS = 2000 };

static volatile sig_atomic_t interrupted;

static void
on_signal(int signal)
{
	interrupted = signal;
}

static int
seconds_since(int64_t start_us)
{
	return (clock_mono_us() - start_us) / 1000000;
}

/* -- the parts of the show ---------------------------------------------- */

static int
watch_jobs(struct suite *s, struct work *w, int64_t start_us)
{
	int64_t end_us = clock_mono_us() + JOBS_MS * 1000LL;
	struct tally tally;

	do {
		if (interrupted || work_look(w, &tally) != 0)
			return -1;
		printf("%4d s  %s\n", seconds_since(start_us), tally.line);
		fflush(stdout);
		if (tally.over < w->n)
			usleep(LOOK_MS * 1000);
	} while (tally.over < w->n && clock_mono_us() < end_us);
	if (tally.done == w->n)
		return 0;
	fprintf(stderr, "demo: %zu of %zu jobs were done\n", tally.done, w->n);
	proc_show_log(s->daemons[SUITE_ORCHESTRATOR], 10);
	return -1;
}

/* Weights that count everything: proven, from a run after the last verdict. */
static int
wait_for_proof(struct suite *s)
{
	printf("        every job is done; waiting for the verdicts, the "
	       "epoch and the proof\n");
	fflush(stdout);
	if (db_wait_int(s->db, 0, PROOF_MS,
		"select count(*) from attempt where judged_at is null") != 0)
		return -1;
	return db_wait_int(s->db, 1, PROOF_MS,
	    "select count(*) from (select 1 from ledger l "
	    "join weight_vector v on v.id = l.vector_id "
	    "join score_run r on r.id = v.run_id "
	    "where l.state = 'proven' "
	    "and r.at > (select max(at) from judgement) limit 1) proven");
}

static int
show(struct suite *s, const struct cast *cast)
{
	int64_t start_us = clock_mono_us();
	struct work w;

	if (suite_wait_ready(s, s->n_miners) != 0)
		return -1;
	printf("the miners are found on the chain and up; API at %s\n",
	    s->api_url);
	if (work_submit(&w, s->api_url, sandbox_dir(s->box)) != 0)
		return -1;
	printf("%zu jobs submitted: recordings to transcribe, sentences to "
	       "speak, images\n\n",
	    w.n);
	if (watch_jobs(s, &w, start_us) != 0 || wait_for_proof(s) != 0)
		return -1;
	if (report_miners(s, cast) != 0 || proof_read_back(s) != 0)
		return -1;
	return proof_replay(s);
}

static void
keep(struct suite *s)
{
	printf("\nKEEP=1, everything is running until Ctrl-C:\n"
	       "  API      %s   (/v1/miners, /metrics)\n"
	       "  chain    %s   (WebSocket and HTTP)\n"
	       "  psql     psql '%s'\n"
	       "  redis    redis-cli -s %s\n"
	       "  logs     %s/*.log\n"
	       "  config   subnetctl -c %s scores show\n",
	    s->api_url, s->chain_url, sandbox_conninfo(s->box),
	    sandbox_redis_url(s->box) + strlen("unix:"), sandbox_dir(s->box),
	    s->ini);
	fflush(stdout);
	while (!interrupted)
		pause();
}

/* -- the whole ---------------------------------------------------------- */

static char *
write_kinds(void)
{
	char *build = paths_build();
	char *path = xasprintf("%s/demo-kinds.json", build);

	free(build);
	if (cast_write_kinds("deploy/kinds.json", path) == 0)
		return path;
	free(path);
	return NULL;
}

static int
jobs_show(const char *dir, const char *build, struct suite **s)
{
	const char *seed = getenv("DEMO_SEED");
	struct suite_options options = {
	    .name = "demo", .dir = dir, .durable = true};
	char *kinds = write_kinds();
	char *answers = xasprintf("%s/demo-answers", build);
	struct cast cast;

	cast_deal(&cast, seed != NULL ? strtoull(seed, NULL, 10) : 1);
	options.kinds = kinds;
	cast_fill(&cast, answers, &options);
	paths_remove(answers); /* nothing is copied of an earlier run */
	mkdir(answers, 0700);
	printf("starting PostgreSQL, Redis, a development chain, %zu miners "
	       "and four daemons in %s\n",
	    options.n_miners, dir);
	fflush(stdout);
	if (kinds != NULL)
		*s = suite_new(&options);
	free(answers);
	free(kinds);
	return *s != NULL ? show(*s, &cast) : -1;
}

int
main(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	char *build = paths_build(), *dir = xasprintf("%s/demo", build);
	struct suite *s = NULL;
	int failed;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	failed = getenv("ENGAGEMENT") != NULL ? posts_show(dir, &s)
					      : jobs_show(dir, build, &s);
	fflush(stdout);
	if (s != NULL && !failed && getenv("KEEP") != NULL)
		keep(s);
	if (failed)
		fprintf(stderr,
		    "demo: it did not all happen; the logs are "
		    "%s/*.log\n",
		    dir);
	suite_end(s, failed);
	free(dir);
	free(build);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

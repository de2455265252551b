/*
 * The demonstration: the whole suite at work on real input, from nothing to
 * weights read back from the chain. Run by `make demo`.
 *
 *   KEEP=1       leave everything running at the end, and say where
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
#include "tests/demo/chain.h"
#include "tests/demo/report.h"
#include "tests/demo/work.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

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

/* The chain's own word, against the row that says it is proven. */
static int
read_back(struct suite *s)
{
	struct chain_weights w;
	char *hash, *sent, *pairs;
	int same;

	if (chain_read_weights(s->chain_url, SUITE_NETUID, s->hotkey, &w) != 0)
		return -1;
	hash = db_text(s->db,
	    "select extrinsic_hash from ledger where state = 'proven' "
	    "order by proven_block desc limit 1");
	sent = db_text(s->db,
	    "select (select json_agg(json_build_array(u, w) order by u) "
	    "from unnest(uids, weights) as t (u, w))::jsonb::text from ledger "
	    "where state = 'proven' order by proven_block desc limit 1");
	pairs = json_dumps(w.pairs, 0);
	printf("\nread from the chain at finalized block %lld (%s):\n"
	       "  Weights[%d] = %s\n\n",
	    (long long)w.block, w.hash, SUITE_NETUID, pairs);
	same = sent != NULL && strcmp(sent, pairs) == 0;
	if (same)
		printf("weights proven at block %lld, extrinsic %s\n",
		    (long long)w.block, hash);
	else
		fprintf(stderr, "demo: the ledger has %s\n",
		    sent != NULL ? sent : "nothing");
	json_decref(w.pairs);
	free(pairs);
	free(sent);
	free(hash);
	return same ? 0 : -1;
}

/* The last round as subnetctl exports it, kept beside the logs, and made again
 * from nothing but that. */
static int
replay(struct suite *s)
{
	const char *const export[] = {"-c", s->ini, "export", NULL};
	const char *const again[] = {"replay", NULL};
	char *path = xasprintf("%s/round", sandbox_dir(s->box));
	struct tool_answer exported, got;
	FILE *f = fopen(path, "w");
	int failed = -1;

	tool_run(export, NULL, 0, &exported);
	if (f != NULL && exported.status == 0 &&
	    fputs(exported.out, f) != EOF && fclose(f) == 0) {
		tool_run(again, exported.out, strlen(exported.out), &got);
		failed = got.status;
		printf("the round of the epoch is in %s; made again it %s\n",
		    path, failed ? "comes to OTHER weights" : "is the same");
		tool_answer_clear(&got);
	} else {
		fprintf(
		    stderr, "demo: no round was exported: %s\n", exported.err);
	}
	tool_answer_clear(&exported);
	free(path);
	return failed;
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
	if (report_miners(s, cast) != 0 || read_back(s) != 0)
		return -1;
	return replay(s);
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

int
main(void)
{
	const char *seed = getenv("DEMO_SEED");
	struct suite_options options = {.name = "demo", .durable = true};
	struct sigaction act = {.sa_handler = on_signal};
	char *build = paths_build(), *dir = xasprintf("%s/demo", build);
	char *kinds = write_kinds();
	char *answers = xasprintf("%s/demo-answers", build);
	struct suite *s = NULL;
	struct cast cast;
	int failed = -1;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	cast_deal(&cast, seed != NULL ? strtoull(seed, NULL, 10) : 1);
	options.dir = dir;
	options.kinds = kinds;
	cast_fill(&cast, answers, &options);
	paths_remove(answers); /* nothing is copied of an earlier run */
	mkdir(answers, 0700);
	printf("starting PostgreSQL, Redis, a development chain, %zu miners "
	       "and four daemons in %s\n",
	    options.n_miners, dir);
	fflush(stdout);
	if (kinds != NULL)
		s = suite_new(&options);
	if (s != NULL)
		failed = show(s, &cast);
	fflush(stdout);
	if (s != NULL && !failed && getenv("KEEP") != NULL)
		keep(s);
	if (failed)
		fprintf(stderr,
		    "demo: it did not all happen; the logs are "
		    "%s/*.log\n",
		    dir);
	suite_end(s, failed);
	free(answers);
	free(kinds);
	free(dir);
	free(build);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

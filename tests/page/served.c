/*
 * served: a suite for the page's tests. It begins with nothing to show: no
 * chain is read, nothing is scored. A line "fill" on standard input lets it
 * work: miners good, slow and failing, jobs, rounds and proven weights, jobs
 * that nobody takes; and posts as a subnet of engagement has them (posts.sql).
 *
 * It answers each line, and says at first where it is, with a line of JSON, and
 * ends when standard input does.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/paths.h"
#include "tests/lib/suite.h"

enum {
	N_MINERS = 6,
	BLOCK_MS = 400,
	ROUNDS = 8,
	WORK_MS = 240000,
	/* In each of them: */
	TRANSLATIONS = 9,
	SUMMARIES = 6,
	PICTURES = 2,
	UNWANTED = 1,
};

struct world {
	struct keyed k;
	char *operator, * client;
};

/* -- kinds ----------------------------------------------------------------- */

/* One that no miner takes, and one that is tried once. The caller frees the
 * file's path. */
static char *
write_kinds(void)
{
	char *build = paths_build();
	char *path = xasprintf("%s/page-kinds.json", build);
	json_t *kinds = json_load_file("deploy/kinds.json", 0, NULL), *kind;
	json_t *more = NULL;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		const char *name =
		    json_string_value(json_object_get(kind, "name"));

		if (strcmp(name, "text.summarize") != 0)
			continue;
		json_object_set_new(kind, "retry_budget", json_integer(0));
		more = json_deep_copy(kind);
		json_object_set_new(more, "name", json_string("text.rhyme"));
		json_object_set_new(
		    more, "capacity_key", json_string("text.rhyme"));
	}
	json_array_append_new(kinds, more);
	if (json_dump_file(kinds, path, JSON_INDENT(1)) != 0)
		exit(EXIT_FAILURE);
	json_decref(kinds);
	free(build);
	return path;
}

/* -- work ------------------------------------------------------------------ */

static int
order(struct world *w, int n, const char *key, const char *job)
{
	const struct keyed_ask a = {
	    .path = "/v1/jobs", .key = key, .body = job};

	for (int i = 0; i < n; i++) {
		int status = keyed_status(&w->k, &a);

		if (status == 202)
			continue;
		fprintf(stderr, "served: %s: %d\n", job, status);
		return -1;
	}
	return 0;
}

static int
order_all(struct world *w)
{
	static const char translation[] =
	    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"the river "
	    "rose in the night\",\"language\":\"en\",\"target_language\":"
	    "\"de\"}}";
	static const char summary[] =
	    "{\"kind\":\"text.summarize\",\"params\":{\"text\":\"The river "
	    "rose in the night. The bridge was closed.\",\"language\":"
	    "\"en\"}}";
	static const char picture[] =
	    "{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"a "
	    "boat\"},\"priority\":2}";
	static const char unwanted[] =
	    "{\"kind\":\"text.rhyme\",\"params\":{\"text\":\"The river rose "
	    "in the night, and nobody could find a word that goes with "
	    "it.\",\"language\":\"en\"},\"deadline_ms\":1000}";

	if (order(w, TRANSLATIONS, w->client, translation) != 0 ||
	    order(w, PICTURES, w->operator, picture) != 0 ||
	    order(w, SUMMARIES, w->client, summary) != 0)
		return -1;
	return order(w, UNWANTED, w->client, unwanted);
}

/* The posts of a subnet that scores engagement. */
static int
add_posts(struct suite *s)
{
	struct err err;
	char *sql = config_read_file("tests/page/posts.sql", &err);
	int failed = -1;

	if (sql != NULL)
		failed = db_exec(s->db, "%s", sql);
	free(sql);
	return failed;
}

/* The next one. */
static int
await_round(struct suite *s)
{
	int64_t n = db_int(s->db, "select count(*) from score_run");

	return db_wait_int(s->db, 1, WORK_MS,
	    "select (count(*) > %lld)::integer from score_run", (long long)n);
}

static int
fill(struct world *w)
{
	struct suite *s = w->k.s;

	if (suite_start(s, SUITE_WEIGHTSETTER) != 0 ||
	    suite_start(s, SUITE_VALIDATOR) != 0 ||
	    suite_wait_ready(s, N_MINERS) != 0)
		return -1;
	for (int i = 0; i < ROUNDS; i++) {
		if (order_all(w) != 0 || await_round(s) != 0)
			return -1;
	}
	if (db_wait_int(s->db, 0, WORK_MS,
		"select count(*) from job where finished_at is null") != 0)
		return -1;
	if (db_wait_int(s->db, 1, WORK_MS,
		"select (count(*) >= 2)::integer from ledger where state = "
		"'proven'") != 0)
		return -1;
	return add_posts(s);
}

/* -- the whole ------------------------------------------------------------- */

static int
begin(struct world *w, const char *kinds)
{
	const struct suite_options o = {
	    .name = "page",
	    .ini = "[orchestrator]\nkeys = required\n",
	    .kinds = kinds,
	    .block_ms = BLOCK_MS,
	    .n_miners = N_MINERS,
	    .miners = {{.alpha = 320}, {.alpha = 180},
		{.alpha = 260, .flags = {"--delay-ms", "700"}},
		{.alpha = 300, .flags = {"--fail-every", "2"}},
		{.alpha = 90, .flags = {"--mute"}},
		{.alpha = 60, .flags = {"--delay-ms", "250"}}},
	    .leave_stopped =
		{[SUITE_WEIGHTSETTER] = true, [SUITE_VALIDATOR] = true},
	};

	w->k.s = suite_new(&o);
	if (w->k.s == NULL)
		return -1;
	w->k.ports[0] = w->k.s->ports[SUITE_ORCHESTRATOR];
	w->operator= keyed_new(&w->k, "operator", NULL);
	w->client = keyed_new(&w->k, "client", "acme");
	if (w->operator== NULL || w->client == NULL)
		return -1;
	printf("{\"url\":\"%s\",\"operator\":\"%s\",\"client\":\"%s\"}\n",
	    w->k.s->api_url, w->operator, w->client);
	fflush(stdout);
	return 0;
}

int
main(void)
{
	struct world w = {.operator= NULL };
	char *kinds = write_kinds(), line[64];
	int failed = begin(&w, kinds);

	while (!failed && fgets(line, sizeof(line), stdin) != NULL) {
		if (strcmp(line, "fill\n") == 0)
			failed = fill(&w);
		printf("{\"done\":%s}\n", failed ? "false" : "true");
		fflush(stdout);
	}
	if (w.k.s != NULL && suite_end(w.k.s, failed) != 0)
		failed = -1;
	free(w.operator);
	free(w.client);
	free(kinds);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

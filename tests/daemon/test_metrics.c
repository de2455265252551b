/*
 * /metrics of the whole suite at work: Prometheus' own tool reads it, the page
 * docs/metrics.md says all of it and nothing else, and the figures that alerts
 * are made of move when what they stand for does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { JOBS = 8, MINERS = 2, MAX_FAMILIES = 128, WAIT_MS = 120000 };

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"de\"}}";

static const char *const names[N_SUITE_DAEMONS] = {
    [SUITE_SIGNER] = "signerd",
    [SUITE_WEIGHTSETTER] = "weightsetterd",
    [SUITE_ORCHESTRATOR] = "orchestratord",
    [SUITE_VALIDATOR] = "validatord",
};

/* Every part has its metrics: services that nobody listens for, too. */
static const char every_part[] =
    "[validator]\nchallenge_per_hour = 0.001\ndevelopment = yes\n"
    "judge_url = http://127.0.0.1:9\n"
    "engagement_tracker_url = http://127.0.0.1:9\n";

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "metrics",
	    .block_ms = 500,
	    .n_miners = MINERS,
	    .ini = every_part,
	    .miners = {{.alpha = 100}, {.alpha = 400}}};
	struct jobs jobs = {0};
	struct suite *s = suite_new(&o);
	int failed;

	*state = s;
	failed = s == NULL || suite_wait_ready(s, MINERS) != 0;
	for (int i = 0; i < JOBS && !failed; i++)
		failed = jobs_submit(s, &jobs, job, 0);
	jobs_clear(&jobs);
	if (!failed && proc_wait_event(s->daemons[SUITE_WEIGHTSETTER],
			   "weights.proven", NULL, WAIT_MS) == NULL)
		failed = -1;
	return failed ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

/* -- pages --------------------------------------------------------------- */

/* The caller frees. */
static char *
page_of(struct suite *s, enum suite_daemon which)
{
	char *url = xasprintf("http://127.0.0.1:%d/metrics", s->ports[which]);
	struct fetch_answer answer;
	char *text;

	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	text = xstrdup(answer.body);
	fetch_clear(&answer);
	free(url);
	return text;
}

/* NaN if it is not there. */
static double
value_of(struct suite *s, enum suite_daemon which, const char *series)
{
	char *page = page_of(s, which);
	char *head = xasprintf("\n%s ", series);
	const char *at = strstr(page, head);
	double value = at != NULL ? strtod(at + strlen(head), NULL) : NAN;

	free(head);
	free(page);
	return value;
}

/* Until it is in [least, most]. */
static void
await(struct suite *s, enum suite_daemon which, const char *series,
    double least, double most)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	double value = value_of(s, which, series);

	while (!(value >= least && value <= most)) {
		if (clock_mono_us() > until_us)
			fail_msg("%s of %s is %g, not from %g to %g", series,
			    names[which], value, least, most);
		proc_nap();
		value = value_of(s, which, series);
	}
}

/* -- by others' reckoning ------------------------------------------------ */

static int
run_shell(const char *command, const char *path, struct proc_output *out)
{
	const char *const argv[] = {"sh", "-c", command, path, NULL};
	const struct proc_options o = {
	    .name = "sh", .log = "/dev/null", .argv = argv};

	proc_run(&o, 0, out);
	return out->status;
}

static void
promtool_finds_nothing_wrong(void **state)
{
	struct suite *s = *state;
	struct proc_output out;

	if (run_shell("command -v promtool", "", &out) != 0) {
		proc_output_clear(&out);
		skip();
	}
	proc_output_clear(&out);
	for (int i = 0; i < N_SUITE_DAEMONS; i++) {
		char *page = page_of(s, i);
		char *path = sandbox_write(s->box, names[i], 0600, page);

		run_shell("promtool check metrics <\"$0\"", path, &out);
		if (out.status != 0 || out.out[0] != '\0' || out.err[0] != '\0')
			fail_msg("%s: %d %s%s", names[i], out.status, out.out,
			    out.err);
		proc_output_clear(&out);
		free(path);
		free(page);
	}
}

/* -- the page that says it all ------------------------------------------- */

/* "name{label, label}", each once. */
struct families {
	char *items[MAX_FAMILIES];
	size_t n;
};

static void
families_clear(struct families *all)
{
	while (all->n > 0)
		free(all->items[--all->n]);
}

static bool
has(const struct families *all, const char *family)
{
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->items[i], family) == 0)
			return true;
	}
	return false;
}

/* It is taken. */
static void
add(struct families *all, char *family)
{
	assert_true(all->n < MAX_FAMILIES);
	if (has(all, family))
		free(family);
	else
		all->items[all->n++] = family;
}

/* Behind the label's value. */
static const char *
skip_value(const char *p)
{
	for (p += strlen("=\""); *p != '"'; p++)
		p += *p == '\\';
	return p + 1;
}

/* The names of a series' labels, but for a bucket's; the caller frees. */
static char *
labels_of(const char *line)
{
	const char *p = line + strcspn(line, "{ ");
	struct buf out = {0};

	while (*p == '{' || *p == ',') {
		int len = (int)strcspn(++p, "=}");

		if (p[0] == '}')
			break;
		if (len != 2 || strncmp(p, "le", 2) != 0)
			buf_printf(
			    &out, "%s%.*s", out.len > 0 ? ", " : "", len, p);
		p = skip_value(p + len);
	}
	return buf_take_str(&out);
}

/* Of the line that follows its TYPE. */
static char *
family_of(const char *name, const char *line)
{
	char *labels = labels_of(line);
	char *family = labels[0] != '\0' ? xasprintf("%s{%s}", name, labels)
					 : xstrdup(name);

	free(labels);
	return family;
}

static void
read_page(char *page, struct families *all)
{
	char *rest = page, *line, name[128] = "";

	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		if (sscanf(line, "# TYPE %127s", name) == 1)
			continue;
		if (name[0] != '\0' && line[0] != '#')
			add(all, family_of(name, line));
		if (line[0] != '#')
			name[0] = '\0';
	}
}

/* The rows of a part of docs/metrics.md. */
static void
read_docs(const char *part, struct families *all)
{
	char *text = edit_file("docs/metrics.md", NULL), *rest = text, *line;
	char *heading = xasprintf("## %s", part);
	bool is_in = false;

	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		if (strncmp(line, "## ", 3) == 0)
			is_in = strcmp(line, heading) == 0;
		else if (is_in && strncmp(line, "| `", 3) == 0)
			add(all, xstrndup(line + 3, strcspn(line + 3, "`")));
	}
	free(heading);
	free(text);
}

static void
say_missing(const struct families *of, const struct families *in,
    const struct families *or_in, const char *where, struct buf *out)
{
	for (size_t i = 0; i < of->n; i++) {
		if (!has(in, of->items[i]) && !has(or_in, of->items[i]))
			buf_printf(out, "%s: %s\n", where, of->items[i]);
	}
}

/* What one says and the other does not. */
static void
compare(struct suite *s, enum suite_daemon which, struct buf *wrong)
{
	struct families page = {.n = 0}, own = {.n = 0}, all = {.n = 0};
	struct families none = {.n = 0};
	char *text = page_of(s, which);

	read_page(text, &page);
	read_docs(names[which], &own);
	read_docs("Every daemon", &all);
	assert_true(own.n > 0 && all.n > 0);
	say_missing(&page, &own, &all, "not in docs/metrics.md", wrong);
	say_missing(&own, &page, &none, names[which], wrong);
	say_missing(&all, &page, &none, names[which], wrong);
	families_clear(&page);
	families_clear(&own);
	families_clear(&all);
	free(text);
}

/* Some are known only when something has happened: soon all has. */
static void
the_page_says_all_and_nothing_else(void **state)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	struct buf wrong = {0};

	do {
		buf_free(&wrong);
		for (int i = 0; i < N_SUITE_DAEMONS; i++)
			compare(*state, i, &wrong);
		if (wrong.len > 0)
			proc_nap();
	} while (wrong.len > 0 && clock_mono_us() < until_us);
	if (wrong.len > 0)
		fail_msg("\n%s", buf_str(&wrong));
	buf_free(&wrong);
}

/* What stands behind a node's address may be a key (tests/lib/suite.c): it is
 * in no label, and in no line of the log. */
static void
no_key_of_a_node_is_told(void **state)
{
	struct suite *s = *state;
	char *page = page_of(s, SUITE_WEIGHTSETTER);
	char *log = sandbox_path(s->box, "weightsetterd.log");
	char *lines = edit_file(log, NULL);

	assert_non_null(strstr(page, "subnetd_endpoint_up{url=\"ws://"));
	assert_null(strstr(page, "hidden"));
	assert_non_null(strstr(lines, "chain.up"));
	assert_null(strstr(lines, "hidden"));
	free(lines);
	free(log);
	free(page);
}

/* -- what alerts are made of --------------------------------------------- */

static void
weights_that_were_proven_are_not_late(void **state)
{
	struct suite *s = *state;

	await(s, SUITE_WEIGHTSETTER,
	    "subnetd_weights_tempos_behind{netuid=\"1\",mecid=\"0\"}", 0, 2);
	await(s, SUITE_WEIGHTSETTER,
	    "subnetd_weights_last_proven_block{netuid=\"1\",mecid=\"0\"}", 1,
	    1e6);
	await(s, SUITE_WEIGHTSETTER, "subnetd_hotkey_registered{netuid=\"1\"}",
	    1, 1);
	await(
	    s, SUITE_WEIGHTSETTER, "subnetd_hotkey_permit{netuid=\"1\"}", 1, 1);
	await(s, SUITE_VALIDATOR,
	    "subnetd_scorer_epochs_behind{netuid=\"1\",mecid=\"0\"}", 0, 1);
	await(s, SUITE_VALIDATOR,
	    "subnetd_scorer_age_seconds{netuid=\"1\",mecid=\"0\"}", 0, 60);
	await(s, SUITE_VALIDATOR,
	    "subnetd_outbox_age_seconds{outbox=\"judgements\"}", 0, 0);
}

/* What is proven is known after a start, and not only at the next proof. */
static void
the_last_proof_is_known_after_a_start(void **state)
{
	struct suite *s = *state;
	int64_t block;

	suite_kill(s, SUITE_WEIGHTSETTER);
	block = db_int(s->db, "select max(proven_block) from ledger");
	assert_int_equal(suite_start(s, SUITE_WEIGHTSETTER), 0);
	await(s, SUITE_WEIGHTSETTER,
	    "subnetd_weights_last_proven_block{netuid=\"1\",mecid=\"0\"}",
	    (double)block, 1e6);
}

static void
what_we_add_to_a_job_is_measured(void **state)
{
	static const char *const parts[] = {"accept", "dispatch", "result"};

	for (int i = 0; i < 3; i++) {
		char *series = xasprintf(
		    "subnetd_overhead_seconds_count{part=\"%s\"}", parts[i]);

		await(*state, SUITE_ORCHESTRATOR, series, JOBS, 1e6);
		free(series);
	}
}

/* An age grows while nothing else happens. */
static void
heads_that_stop_coming_grow_old(void **state)
{
	struct suite *s = *state;

	await(s, SUITE_WEIGHTSETTER, "subnetd_chain_head_lag_seconds", 0, 5);
	assert_int_equal(suite_chain_call(s, "dev_finality", "[]"), 0);
	await(s, SUITE_WEIGHTSETTER, "subnetd_chain_head_lag_seconds", 6, 100);
	assert_int_equal(suite_chain_call(s, "dev_finality", "[2]"), 0);
	await(s, SUITE_WEIGHTSETTER, "subnetd_chain_head_lag_seconds", 0, 5);
}

/* Of a kind; nobody may do it. */
static void
a_job_without_a_miner_grows_old_in_the_queue(void **state)
{
	static const char waits[] =
	    "subnetd_queue_jobs{netuid=\"1\",kind=\"text.translate\"}";
	static const char oldest[] = "subnetd_queue_oldest_seconds{"
				     "netuid=\"1\",kind=\"text.translate\"}";
	struct suite *s = *state;
	char id[40];

	await(s, SUITE_ORCHESTRATOR, waits, 0, 0);
	await(s, SUITE_ORCHESTRATOR, oldest, 0, 0);
	await(s, SUITE_ORCHESTRATOR, "subnetd_miners{state=\"up\"}", MINERS,
	    MINERS);
	assert_int_equal(db_exec(s->db, "update miner set banned_at = now(), "
					"ban_reason = 'test'"),
	    0);
	await(s, SUITE_ORCHESTRATOR, "subnetd_miners{state=\"banned\"}", MINERS,
	    MINERS);
	await(s, SUITE_ORCHESTRATOR, "subnetd_miners{state=\"up\"}", 0, 0);
	assert_int_equal(suite_submit(s, job, id), 202);
	await(s, SUITE_ORCHESTRATOR, waits, 1, 1);
	await(s, SUITE_ORCHESTRATOR, oldest, 1, 600);
	assert_true(value_of(s, SUITE_ORCHESTRATOR,
			"subnetd_queue_deadline_seconds{netuid=\"1\","
			"kind=\"text.translate\"}") == 600);
	assert_int_equal(db_exec(s->db, "update miner set banned_at = null, "
					"ban_reason = null"),
	    0);
	await(s, SUITE_ORCHESTRATOR, waits, 0, 0);
	await(s, SUITE_ORCHESTRATOR, oldest, 0, 0);
}

static void
a_snapshot_that_is_held_is_seen(void **state)
{
	struct suite *s = *state;
	struct db *reader = db_open(sandbox_conninfo(s->box));

	assert_non_null(reader);
	assert_int_equal(
	    db_exec(reader, "begin isolation level repeatable read"), 0);
	db_int(reader, "select count(*) from job");
	await(s, SUITE_ORCHESTRATOR, "subnetd_xmin_age_seconds", 8, 600);
	await(s, SUITE_ORCHESTRATOR, "subnetd_xmin_age_transactions", 2, 1e9);
	assert_int_equal(db_exec(reader, "rollback"), 0);
	await(s, SUITE_ORCHESTRATOR, "subnetd_xmin_age_seconds", 0, 2);
	db_close(reader);
}

/* One machine, one clock; of the chain's a slot's time is not told apart. */
static void
others_have_our_clock(void **state)
{
	await(*state, SUITE_ORCHESTRATOR,
	    "subnetd_clock_offset_seconds{against=\"postgresql\"}", -0.5, 0.5);
	await(*state, SUITE_WEIGHTSETTER,
	    "subnetd_clock_offset_seconds{against=\"chain\"}", -2, 2);
}

static void
answers_are_counted_by_their_class(void **state)
{
	static const char bad[] = "subnetd_api_answers_total{class=\"4xx\"}";
	struct suite *s = *state;
	double before = value_of(s, SUITE_ORCHESTRATOR, bad);
	char *url = xasprintf("%s/nowhere", s->api_url);
	struct fetch_answer answer;

	assert_true(before >= 0);
	fetch_get(url, &answer);
	assert_int_equal(answer.status, 404);
	assert_true(value_of(s, SUITE_ORCHESTRATOR, bad) == before + 1);
	assert_true(value_of(s, SUITE_ORCHESTRATOR,
			"subnetd_api_answers_total{class=\"2xx\"}") > JOBS);
	fetch_clear(&answer);
	free(url);
}

static void
the_disk_has_room(void **state)
{
	struct suite *s = *state;
	double size, room;

	await(s, SUITE_ORCHESTRATOR, "subnetd_disk_size_bytes{place=\"store\"}",
	    1, 1e18);
	size = value_of(
	    s, SUITE_ORCHESTRATOR, "subnetd_disk_size_bytes{place=\"store\"}");
	room = value_of(
	    s, SUITE_ORCHESTRATOR, "subnetd_disk_free_bytes{place=\"store\"}");
	assert_true(room > 0 && room <= size);
}

static void
what_is_missing_makes_it_not_ready(void **state)
{
	struct suite *s = *state;

	await(s, SUITE_ORCHESTRATOR, "subnetd_ready", 1, 1);
	await(s, SUITE_VALIDATOR, "subnetd_ready", 1, 1);
	sandbox_redis_halt(s->box);
	await(s, SUITE_ORCHESTRATOR, "subnetd_ready", 0, 0);
	await(s, SUITE_VALIDATOR, "subnetd_ready", 0, 0);
	assert_int_equal(sandbox_redis_start(s->box), 0);
	await(s, SUITE_ORCHESTRATOR, "subnetd_ready", 1, 1);
	await(s, SUITE_VALIDATOR, "subnetd_ready", 1, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_says_all_and_nothing_else),
	    cmocka_unit_test(promtool_finds_nothing_wrong),
	    cmocka_unit_test(no_key_of_a_node_is_told),
	    cmocka_unit_test(weights_that_were_proven_are_not_late),
	    cmocka_unit_test(the_last_proof_is_known_after_a_start),
	    cmocka_unit_test(what_we_add_to_a_job_is_measured),
	    cmocka_unit_test(heads_that_stop_coming_grow_old),
	    cmocka_unit_test(a_job_without_a_miner_grows_old_in_the_queue),
	    cmocka_unit_test(a_snapshot_that_is_held_is_seen),
	    cmocka_unit_test(others_have_our_clock),
	    cmocka_unit_test(answers_are_counted_by_their_class),
	    cmocka_unit_test(the_disk_has_room),
	    cmocka_unit_test(what_is_missing_makes_it_not_ready),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

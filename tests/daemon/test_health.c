/*
 * What operators and their machines ask the daemons: are you there, are you
 * ready, what did you count; and what a 202 is worth when the answer is the
 * last thing an orchestratord ever says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ctype.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

enum { KILLS = 4, MAX_SERIES = 512 };

#define TRANSLATE                                                              \
	"{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","      \
	"\"language\":\"en\",\"target_language\":\"de\"}}"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind = sample_kind(kinds, "text.translate");

	json_object_set_new(kind, "answer", json_string("1s"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "health"};

	return rig_set_up(state, &o, 4, edit_kinds);
}

/* -- ready -------------------------------------------------------------- */

static int
get(struct rig *r, const char *path, struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);

	fetch_get(url, answer);
	free(url);
	return answer->status;
}

/* Until /readyz says this, and names this and nothing else, or is well. */
static void
await_ready(struct rig *r, const char *missing)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	char *want =
	    missing != NULL ? xasprintf("%s\n", missing) : xstrdup("ready\n");
	struct fetch_answer answer;
	bool is = false;

	while (!is) {
		int status = get(r, "/readyz", &answer);

		is = status == (missing != NULL ? 503 : 200) &&
		     strcmp(answer.body, want) == 0;
		if (!is && clock_mono_us() > until_us)
			fail_msg("%d %s, not %s", status, answer.body, want);
		fetch_clear(&answer);
		if (!is)
			proc_nap();
	}
	free(want);
}

static void
assert_alive(struct rig *r)
{
	struct fetch_answer answer;

	assert_int_equal(get(r, "/livez", &answer), 200);
	assert_string_equal(answer.body, "ok\n");
	fetch_clear(&answer);
}

static void
ready_says_that_redis_is_missing(void **state)
{
	struct rig *r = *state;
	struct hand_task *task;
	struct callback_told told;
	char id[40];

	await_ready(r, NULL);
	sandbox_redis_halt(r->s->box);
	await_ready(r, "redis");
	assert_alive(r);
	/* Redis only wakes: a job goes its way without. */
	task = rig_task(r, TRANSLATE, id);
	assert_non_null(task);
	callback_json(task, task->secret, "{\"output\":1}", &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	hand_drop(r->hand, task);
	assert_int_equal(sandbox_redis_start(r->s->box), 0);
	await_ready(r, NULL);
}

static void
ready_says_that_signerd_is_missing(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	suite_kill(r->s, SUITE_SIGNER);
	await_ready(r, "signerd");
	assert_alive(r);
	/* Accepted, and kept until it can be sent. */
	assert_int_equal(suite_submit(r->s, TRANSLATE, id), 202);
	assert_int_equal(suite_start(r->s, SUITE_SIGNER), 0);
	await_ready(r, NULL);
	task = rig_next(r, id);
	assert_non_null(task);
	callback_json(task, task->secret, "{\"output\":1}", &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	hand_drop(r->hand, task);
}

/* Without the database nothing can be told or taken, and that is said, to
 * both who ask at once, when it has been waited for long enough. */
static void
assert_unavailable(struct rig *r)
{
	static const char body[] = TRANSLATE;
	char *post = xasprintf("POST /v1/jobs HTTP/1.1\r\nHost: x\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: %zu\r\n\r\n%s",
	    strlen(body), body);
	const char *const requests[] = {
	    "GET /v1/miners HTTP/1.1\r\nHost: x\r\n\r\n", post};
	static const char *const words[] = {
	    "the database is away", "nothing was"};
	struct raw_answer answer;
	int fds[2];

	for (int i = 0; i < 2; i++) {
		fds[i] = raw_dial(r->s->ports[SUITE_ORCHESTRATOR]);
		raw_send_str(fds[i], requests[i]);
	}
	for (int i = 0; i < 2; i++) {
		raw_read(fds[i], &answer, false);
		if (answer.status != 503 ||
		    strstr(answer.body, "\"code\":\"unavailable\"") == NULL ||
		    strstr(answer.body, words[i]) == NULL)
			fail_msg("%d %s", answer.status, answer.body);
		close(fds[i]);
	}
	free(post);
}

static void
ready_says_that_postgres_is_missing(void **state)
{
	struct rig *r = *state;
	int64_t jobs = db_int(r->s->db, "select count(*) from job");

	cluster_halt(sandbox_cluster(r->s->box), CLUSTER_FAST);
	await_ready(r, "postgresql");
	assert_alive(r);
	assert_unavailable(r);
	assert_int_equal(cluster_start(sandbox_cluster(r->s->box)), 0);
	await_ready(r, NULL);
	assert_int_equal(db_int(r->s->db, "select count(*) from job"), jobs);
}

/* -- metrics ------------------------------------------------------------ */

/* What has been read of one page. */
struct page {
	char family[128], kind[16];
	char *series[MAX_SERIES];
	size_t n;
	double below; /* the last bucket of a histogram */
};

static size_t
name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == ':')
		n++;
	return isdigit((unsigned char)s[0]) ? 0 : n;
}

/* {a="b",c="d"}, or nothing: its length, or -1. */
static int
labels_length(const char *s)
{
	const char *p = s;

	if (*p != '{')
		return 0;
	for (p++; *p != '}'; p += *p == ',') {
		size_t n = name_length(p);

		if (n == 0 || strncmp(p + n, "=\"", 2) != 0)
			return -1;
		for (p += n + 2; *p != '"'; p++) {
			if (*p == '\0' || *p == '\n')
				return -1;
			p += *p == '\\';
		}
		p++;
		if (*p != ',' && *p != '}')
			return -1;
	}
	return p + 1 - s;
}

/* A histogram's series are _bucket, rising, _sum and _count. */
static bool
is_of_family(struct page *page, const char *line, size_t name, double value)
{
	static const char *const suffixes[] = {"_bucket", "_sum", "_count"};
	size_t len = strlen(page->family);

	if (strncmp(line, page->family, len) != 0)
		return false;
	if (strcmp(page->kind, "histogram") != 0)
		return name == len;
	for (int i = 0; i < 3; i++) {
		if (name != len + strlen(suffixes[i]) ||
		    strncmp(line + len, suffixes[i], name - len) != 0)
			continue;
		if (i == 1)
			return true;
		if (value < page->below)
			return false;
		page->below = i == 0 ? value : 0;
		return true;
	}
	return false;
}

static bool
is_sample(struct page *page, const char *line)
{
	size_t name = name_length(line);
	int labels = name > 0 ? labels_length(line + name) : -1;
	double value;
	char *end;

	if (labels < 0 || line[name + labels] != ' ' || page->n == MAX_SERIES)
		return false;
	value = strtod(line + name + labels, &end);
	if (*end != '\0' || !is_of_family(page, line, name, value))
		return false;
	page->series[page->n] = xstrndup(line, name + labels);
	for (size_t i = 0; i < page->n; i++) {
		if (strcmp(page->series[i], page->series[page->n]) == 0)
			return false;
	}
	page->n++;
	return true;
}

static bool
is_line(struct page *page, const char *line)
{
	char family[128], kind[16], rest;

	if (strncmp(line, "# HELP ", 7) == 0)
		return sscanf(line + 7, "%127s %c", family, &rest) == 2;
	if (strncmp(line, "# TYPE ", 7) != 0)
		return is_sample(page, line);
	if (sscanf(line + 7, "%127s %15s %c", family, kind, &rest) != 2 ||
	    (strcmp(kind, "counter") != 0 && strcmp(kind, "gauge") != 0 &&
		strcmp(kind, "histogram") != 0))
		return false;
	snprintf(page->family, sizeof(page->family), "%s", family);
	snprintf(page->kind, sizeof(page->kind), "%s", kind);
	return true;
}

static void
metrics_are_prometheus_text(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < N_SUITE_DAEMONS; i++) {
		char *url =
		    xasprintf("http://127.0.0.1:%d/metrics", r->s->ports[i]);
		struct page page = {.family = ""};
		struct fetch_answer answer;
		char *rest, *line, *type;

		fetch_get(url, &answer);
		assert_int_equal(answer.status, 200);
		type = fetch_header(&answer, "Content-Type");
		assert_string_equal(type, "text/plain; version=0.0.4");
		assert_int_equal(answer.body[answer.len - 1], '\n');
		rest = answer.body;
		while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
			if (!is_line(&page, line))
				fail_msg("%s: %s", url, line);
		}
		assert_true(page.n > 0);
		while (page.n > 0)
			free(page.series[--page.n]);
		fetch_clear(&answer);
		free(type);
		free(url);
	}
}

static void
every_daemon_is_live_and_ready(void **state)
{
	static const char *const paths[] = {"/livez", "/readyz", "/healthz"};
	struct rig *r = *state;

	for (int i = 0; i < N_SUITE_DAEMONS; i++) {
		for (size_t k = 0; k < 3; k++) {
			char *url = xasprintf(
			    "http://127.0.0.1:%d%s", r->s->ports[i], paths[k]);
			struct fetch_answer answer;

			fetch_get(url, &answer);
			if (answer.status != 200)
				fail_msg("%s: %d %s", url, answer.status,
				    answer.body);
			fetch_clear(&answer);
			free(url);
		}
	}
}

/* -- committed ---------------------------------------------------------- */

/* Do what miners are asked until the job is done. */
static void
work_until_done(struct rig *r, const char *job_id)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (db_int(r->s->db,
		   "select count(*) from job where id = '%s' "
		   "and state = 'done'",
		   job_id) == 0) {
		struct hand_task *task = hand_take(r->hand, 100);
		struct callback_told told;

		if (task != NULL)
			callback_json(
			    task, task->secret, "{\"output\":1}", &told);
		hand_drop(r->hand, task);
		assert_true(clock_mono_us() < until_us);
	}
}

static void
what_was_answered_202_is_there_after_a_kill(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < KILLS; i++) {
		char id[40];

		assert_int_equal(suite_submit(r->s, TRANSLATE, id), 202);
		suite_kill(r->s, SUITE_ORCHESTRATOR);
		assert_int_equal(
		    db_int(r->s->db, "select count(*) from job where id = '%s'",
			id),
		    1);
		assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
		await_ready(r, NULL);
		work_until_done(r, id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_daemon_is_live_and_ready),
	    cmocka_unit_test(ready_says_that_redis_is_missing),
	    cmocka_unit_test(ready_says_that_signerd_is_missing),
	    cmocka_unit_test(ready_says_that_postgres_is_missing),
	    cmocka_unit_test(metrics_are_prometheus_text),
	    cmocka_unit_test(what_was_answered_202_is_there_after_a_kill),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

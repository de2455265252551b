/*
 * Jobs made by the clock: the file as an operator gets it wrong, jobs that
 * come and end, two instances that share each due time, and what a miner sees
 * of it all, which is nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/recorder.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#define PARAMS                                                                 \
	"{\"text\": \"good day\", \"language\": \"en\","                       \
	" \"target_language\": \"fr\"}"
#define PICTURE "{\"prompt\": \"a bicycle\", \"seed\": 7}"
#define SPOKEN(cron, more)                                                     \
	"{\"often\": {\"cron\": \"" cron "\", \"kind\": \"text.translate\","   \
	" \"params\": " PARAMS more "}}"

enum { ENOUGH = 3, SHARED = 8 };

static const char bad_first[] = SPOKEN("* * * * 9", "");
static const char capacity[] =
    "{\"text.translate\": 100, \"base-h100_pcie\": 100}";

struct place {
	struct suite *s;
	struct recorder *miner;
	char *file; /* the schedules */
};

static int
write_schedules(const struct place *p, const char *text)
{
	FILE *f = fopen(p->file, "w");
	int failed = f == NULL || fputs(text, f) < 0;

	if (f != NULL)
		failed |= fclose(f) != 0;
	return failed ? -1 : 0;
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "schedules", .n_miners = 1};
	struct place *p = xcalloc(1, sizeof(*p));
	char *build = paths_build(), *ini;

	*state = p;
	p->file = xasprintf("%s/test-schedules.json", build);
	free(build);
	p->miner = recorder_new(capacity);
	if (p->miner == NULL || write_schedules(p, bad_first) != 0)
		return -1;
	o.miners[0].alpha = 100;
	o.miners[0].port = recorder_port(p->miner);
	ini = xasprintf(
	    "[orchestrator]\nschedules = %s\ncapacity_start = 0\n", p->file);
	o.ini = ini;
	p->s = suite_new(&o);
	free(ini);
	return p->s == NULL || suite_wait_ready(p->s, 1) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int failed = suite_end(p->s, false);

	recorder_free(p->miner);
	free(p->file);
	free(p);
	return failed;
}

/* -- the file ------------------------------------------------------------- */

static void
assert_ready(struct place *p, int status, const char *says)
{
	char *url = xasprintf("%s/readyz", p->s->api_url);
	struct fetch_answer answer;

	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, status);
	if (says != NULL && strstr(answer.body, says) == NULL)
		fail_msg("no %s in: %s", says, answer.body);
	fetch_clear(&answer);
	free(url);
}

static const struct {
	const char *text, *why;
} refusals[] = {
    {bad_first, "schedule often: cron: weekday ?9?: only 0 to 7 is possible"},
    {SPOKEN("@hourly", ", \"miners\": 77"),
	"schedule often: miners must be a whole number between 1 and 5"},
    {SPOKEN("@hourly", ", \"prority\": 1"),
	"schedule often: prority is not a field of a job"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"text.translate\","
     " \"params\": {\"text\": \"a\", \"language\": \"en\"}}}",
	"schedule x: params.target_language"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"text.fly\"}}",
	"schedule x: there is no kind ?text.fly?"},
    {"{\"x\": {\"cron\": \"@daily\", \"kind\": \"audio.transcribe\","
     " \"params\": {\"language\": \"en\"}}}",
	"schedule x: kind audio.transcribe works on a file"},
};

/* A quote in a value is what the log makes of it. */
static bool
says(const char *line, const char *words)
{
	const char *at = strstr(line, "why=\"");

	for (at = at != NULL ? at + 5 : line; *words != '\0'; words++, at++) {
		if (*at == '\0' || (*words != '?' && *words != *at))
			return false;
	}
	return true;
}

/* By the one that is shipped. */
static void
a_bad_file_is_refused_until_it_is_put_right(void **state)
{
	struct place *p = *state;
	struct proc *daemon = p->s->daemons[SUITE_ORCHESTRATOR];
	json_t *example;
	size_t n;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const char *line;

		assert_int_equal(write_schedules(p, refusals[i].text), 0);
		do {
			line = proc_wait_event(
			    daemon, "schedules.refused", NULL, 0);
			if (line == NULL)
				fail_msg("never: %s", refusals[i].why);
		} while (!says(line, refusals[i].why));
	}
	assert_ready(p, 503, "schedules");
	assert_int_equal(db_int(p->s->db, "select count(*) from schedule"), 0);
	example = json_load_file("deploy/schedules.json.example", 0, NULL);
	assert_non_null(example);
	assert_int_equal(json_dump_file(example, p->file, 0), 0);
	n = json_object_size(example);
	json_decref(example);
	assert_non_null(proc_wait_event(daemon, "schedules.read", NULL, 0));
	assert_ready(p, 200, NULL);
	assert_int_equal(db_int(p->s->db, "select count(*) from schedule"), n);
}

/* -- jobs ----------------------------------------------------------------- */

static void
start_again(struct place *p, const char *schedules)
{
	assert_int_equal(write_schedules(p, schedules), 0);
	assert_int_equal(suite_stop(p->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(suite_start(p->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    p->s->daemons[SUITE_ORCHESTRATOR], "schedules.read", NULL, 0));
}

/* A request's body, the caller's to decref. */
static json_t *
body_of(const char *request)
{
	json_t *body =
	    json_loads(recorder_body(request), JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(body);
	return body;
}

static const char *
text_of(const json_t *body, const char *key)
{
	return json_string_value(json_object_get(body, key));
}

/* The next request there for a job from that source; the caller frees. */
static char *
request_of(struct place *p, const char *path, const char *source)
{
	char *line = xasprintf("POST %s ", path), *request;
	bool found = false;

	while (!found) {
		request = recorder_take(p->miner);
		if (request == NULL)
			fail_msg("nothing came of a %s", source);
		if (strncmp(request, line, strlen(line)) == 0) {
			json_t *body = body_of(request);

			found = db_int(p->s->db,
				    "select count(*) from attempt a join job "
				    "j on j.id = a.job_id where a.id = '%s' "
				    "and j.source = '%s'",
				    text_of(body, "job_id"), source) == 1;
			json_decref(body);
		}
		if (!found)
			free(request);
	}
	free(line);
	return request;
}

/* What came of it: a result. */
static void
bring_result(const json_t *body)
{
	struct hand_task task = {.id = text_of(body, "job_id"),
	    .callback_url = text_of(body, "callback_url")};
	struct callback_told told;

	callback_json(&task, text_of(body, "callback_secret"),
	    "{\"status\": \"completed\", \"output\": {\"text\": \"bon\"}}",
	    &told);
	assert_int_equal(told.status, 200);
	assert_string_equal(told.word, "accepted");
}

static void
assert_api_says(struct place *p, const char *id, const char *source)
{
	char *url = xasprintf("%s/v1/jobs/%s", p->s->api_url, id);
	struct fetch_answer answer;
	json_t *job;

	assert_int_equal(fetch_get(url, &answer), 0);
	job = fetch_json(&answer);
	assert_string_equal(text_of(job, "source"), source);
	json_decref(job);
	fetch_clear(&answer);
	free(url);
}

static void
jobs_come_and_end(void **state)
{
	struct place *p = *state;
	char *id;

	start_again(p, SPOKEN("@every 1s", ", \"miners\": 1"));
	for (int i = 0; i < ENOUGH; i++) {
		char *request =
		    request_of(p, "/jobs/text.translate", "schedule");
		json_t *body = body_of(request);

		bring_result(body);
		json_decref(body);
		free(request);
	}
	assert_int_equal(db_wait_int(p->s->db, 1, 0,
			     "select (count(*) >= %d)::int from job where "
			     "source = 'schedule' and state = 'done'",
			     ENOUGH),
	    0);
	id = db_text(p->s->db, "select id from job where state = 'done'");
	assert_api_says(p, id, "schedule");
	free(id);
}

/* -- two instances -------------------------------------------------------- */

/* Each line of schedule.fired, by its due time, as often as it is there. */
static void
count_fired(struct proc *daemon, json_t *times)
{
	const char *line;
	char due[32];

	proc_rewind(daemon);
	while (
	    (line = proc_find_event(daemon, "schedule.fired", NULL)) != NULL) {
		assert_int_equal(
		    proc_value(line, "due_us", due, sizeof(due)), 0);
		json_object_set_new(times, due,
		    json_integer(
			1 + json_integer_value(json_object_get(times, due))));
	}
}

static struct proc *
start_another(struct place *p)
{
	char *program = paths_program("bin/orchestratord");
	const char *argv[] = {
	    program, "-c", p->s->ini, "--listen", "127.0.0.1:0", NULL};
	struct proc *other =
	    sandbox_start(p->s->box, "orchestratord-2", argv, NULL);

	free(program);
	assert_non_null(other);
	assert_non_null(proc_wait_event(other, "schedules.read", NULL, 0));
	return other;
}

static void
two_instances_fire_each_due_time_once(void **state)
{
	struct place *p = *state;
	struct proc *one, *other;
	json_t *times = json_object(), *n;
	const char *due;

	assert_int_equal(suite_stop(p->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(db_exec(p->s->db, "delete from job"), 0);
	assert_int_equal(suite_start(p->s, SUITE_ORCHESTRATOR), 0);
	one = p->s->daemons[SUITE_ORCHESTRATOR];
	other = start_another(p);
	assert_int_equal(db_wait_int(p->s->db, 1, 0,
			     "select (count(*) >= %d)::int from job", SHARED),
	    0);
	assert_int_equal(proc_stop(other), 0);
	assert_int_equal(proc_stop(one), 0);
	count_fired(one, times);
	count_fired(other, times);
	json_object_foreach(times, due, n)
	{
		if (json_integer_value(n) != 1)
			fail_msg("%s: fired %d times", due,
			    (int)json_integer_value(n));
	}
	assert_int_equal(db_int(p->s->db, "select count(*) from job"),
	    json_object_size(times));
	json_decref(times);
}

/* -- what a miner sees ---------------------------------------------------- */

/* Whose values differ from one attempt to the next. */
static const char *const own_headers[] = {"Authorization", "Epistula-Signature",
    "Epistula-Timestamp", "Epistula-UUID", "traceparent", NULL};
static const char *const own_fields[] = {
    "job_id", "callback_url", "callback_secret", "deadline", NULL};

static bool
is_one_of(const char *const *words, const char *word, size_t len)
{
	while (*words != NULL &&
	       (strlen(*words) != len || strncasecmp(*words, word, len) != 0))
		words++;
	return *words != NULL;
}

/* The same but for hexadecimal digits, of which both have as many. */
static bool
have_one_shape(const char *a, size_t a_len, const char *b, size_t b_len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < a_len && i < b_len; i++) {
		if (a[i] != b[i] && (strchr(digits, a[i]) == NULL ||
					strchr(digits, b[i]) == NULL))
			return false;
	}
	return a_len == b_len;
}

/* Line by line, the request line first. */
static void
assert_same_heads(const char *a, const char *b)
{
	size_t n = 0;

	while (strncmp(a, "\r\n", 2) != 0) {
		size_t a_len = strcspn(a, "\r"), b_len = strcspn(b, "\r");
		size_t name = strcspn(a, ":");
		bool same = a_len == b_len && memcmp(a, b, a_len) == 0;

		if (is_one_of(own_headers, a, name))
			same = strncmp(a, b, name + 1) == 0 &&
			       have_one_shape(a, a_len, b, b_len);
		if (!same)
			fail_msg("\"%.*s\" and \"%.*s\"", (int)a_len, a,
			    (int)b_len, b);
		a += a_len + 2;
		b += b_len + 2;
		n++;
	}
	assert_true(n > sizeof(own_headers) / sizeof(own_headers[0]));
	assert_int_equal(strncmp(b, "\r\n", 2), 0);
}

static void
assert_same_field(const char *key, const json_t *a, const json_t *b)
{
	char *x = json_dumps(a, JSON_COMPACT | JSON_ENCODE_ANY);
	char *y = json_dumps(b, JSON_COMPACT | JSON_ENCODE_ANY);
	bool own = is_one_of(own_fields, key, strlen(key));

	if (own ? !have_one_shape(x, strlen(x), y, strlen(y))
		: strcmp(x, y) != 0)
		fail_msg("%s: %s and %s", key, x, y);
	free(x);
	free(y);
}

/* Field by field, in one order. */
static void
assert_same_bodies(const char *a_text, const char *b_text)
{
	json_t *a = body_of(a_text), *b = body_of(b_text);
	void *i = json_object_iter(a), *k = json_object_iter(b);

	for (; i != NULL && k != NULL;
	     i = json_object_iter_next(a, i), k = json_object_iter_next(b, k)) {
		assert_string_equal(
		    json_object_iter_key(i), json_object_iter_key(k));
		assert_same_field(json_object_iter_key(i),
		    json_object_iter_value(i), json_object_iter_value(k));
	}
	assert_null(i);
	assert_null(k);
	assert_int_equal(
	    strlen(recorder_body(a_text)), strlen(recorder_body(b_text)));
	json_decref(a);
	json_decref(b);
}

static void
assert_told_nothing(struct place *p, const char *path, const char *clients_job)
{
	char *scheduled = request_of(p, path, "schedule"), *clients;
	char id[40];

	assert_int_equal(suite_submit(p->s, clients_job, id), 202);
	clients = request_of(p, path, "client");
	assert_api_says(p, id, "client");
	assert_same_heads(clients, scheduled);
	assert_same_bodies(clients, scheduled);
	free(clients);
	free(scheduled);
}

static void
run_now(struct place *p, const char *name)
{
	const char *const args[] = {"schedules", "run", name, NULL};
	struct proc_output got;

	sandbox_ctl(p->s->box, args, &got);
	if (got.status != 0)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	proc_output_clear(&got);
}

/* In either form of the miner protocol; fired by the clock and by hand. */
static void
a_miner_is_not_told_where_a_job_comes_from(void **state)
{
	struct place *p = *state;

	start_again(p,
	    "{\"often\": {\"cron\": \"@every 1s\","
	    " \"kind\": \"text.translate\", \"params\": " PARAMS "},"
	    " \"rare\": {\"cron\": \"@monthly\", \"priority\": -5,"
	    " \"expect\": {\"known\": 1}, \"jitter_s\": 9,"
	    " \"kind\": \"image.generate\", \"params\": " PICTURE "}}");
	assert_told_nothing(p, "/jobs/text.translate",
	    "{\"kind\": \"text.translate\", \"params\": " PARAMS "}");
	run_now(p, "rare");
	assert_told_nothing(p, "/inference",
	    "{\"kind\": \"image.generate\", \"params\": " PICTURE "}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bad_file_is_refused_until_it_is_put_right),
	    cmocka_unit_test(jobs_come_and_end),
	    cmocka_unit_test(two_instances_fire_each_due_time_once),
	    cmocka_unit_test(a_miner_is_not_told_where_a_job_comes_from),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

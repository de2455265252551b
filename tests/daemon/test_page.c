/*
 * The page's door at orchestrators that ask for keys: its files; what the
 * public is shown of jobs, miners and weights, and what it is not; what a
 * client sees of its own; redrives; the stream.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/sse.h"
#include "tests/lib/suite.h"

enum { NOBODY, CLIENT, OTHER, OPERATOR, N_READERS };

#define SECRET "only-acme-knows"
#define HOTKEY "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"

static char *keys[N_READERS];

/* What nobody but the job's tenant, or who sees all, is to read. */
static const char *const secrets[] = {
    "acme", SECRET, "\"challenge\"", "0x5eed"};

static const char *const views[] = {"/v1/page/now", "/v1/page/jobs",
    "/v1/page/miners", "/v1/page/shares", "/v1/page/weights",
    "/v1/page/engagement", "/v1/page/failures", "/v1/page/reader"};
enum { N_VIEWS = sizeof(views) / sizeof(views[0]) };

static int
set_up(void **state)
{
	static const char *const made[N_READERS][2] = {
	    [CLIENT] = {"client", "acme"},
	    [OTHER] = {"client", "other"},
	    [OPERATOR] = {"operator", NULL}};

	if (keyed_set_up(state, "page", NULL) != 0)
		return -1;
	for (int i = CLIENT; i < N_READERS; i++) {
		keys[i] = keyed_new(*state, made[i][0], made[i][1]);
		if (keys[i] == NULL)
			return -1;
	}
	return keyed_restart(*state);
}

static int
tear_down(void **state)
{
	for (int i = 0; i < N_READERS; i++)
		free(keys[i]);
	return keyed_tear_down(state);
}

/* -- asking ---------------------------------------------------------------- */

static int
get(struct keyed *k, int who, const char *path, struct fetch_answer *answer)
{
	const struct keyed_ask a = {.path = path, .key = keys[who]};

	return keyed_ask(k, &a, answer);
}

static int
status(struct keyed *k, int who, const char *method, const char *path)
{
	const struct keyed_ask a = {
	    .method = method, .path = path, .key = keys[who]};

	return keyed_status(k, &a);
}

/* The caller decrefs. */
static json_t *
json_of(struct keyed *k, int who, const char *path)
{
	struct fetch_answer answer;
	json_t *json;

	if (get(k, who, path, &answer) != 200)
		fail_msg("%s: %d %s", path, answer.status, answer.body);
	json = fetch_json(&answer);
	assert_non_null(json);
	fetch_clear(&answer);
	return json;
}

/* A finished challenge of acme's kind, for one miner alone, with its receipt;
 * and a client's job of acme's. */
static void
make_jobs(struct keyed *k, char challenge[40], char mine[40])
{
	const struct keyed_ask a = {.path = "/v1/jobs",
	    .key = keys[CLIENT],
	    .body =
		"{\"kind\":\"text.translate\",\"params\":{\"text\":\"" SECRET
		"\",\"language\":\"en\",\"target_language\":\"de\"}}"};
	struct fetch_answer answer;
	char id[128], *text;

	assert_int_equal(keyed_ask(k, &a, &answer), 202);
	keyed_text(&answer, "id", id);
	snprintf(mine, 40, "%s", id);
	fetch_clear(&answer);
	assert_int_equal(
	    db_exec(k->s->db,
		"with j as (insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at, finished_at, source, tenant, "
		"only_hotkey) values (gen_random_uuid(), %d, 'text.translate', "
		"'done', '{\"text\": \"%s\"}', 1, 1, 0, now(), now(), now(), "
		"now(), 'challenge', 'acme', '%s') returning id) "
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at, "
		"finished_at) select gen_random_uuid(), id, %d, "
		"'text.translate', '%s', 3, 'x', 'delivered', '{\"seed\": "
		"\"0x5eed\", \"passed\": [[1, \"other\"]]}', now(), now(), "
		"now() from j",
		SUITE_NETUID, SECRET, HOTKEY, SUITE_NETUID, HOTKEY),
	    0);
	text = db_text(k->s->db,
	    "select id from job where source = 'challenge' order by id limit "
	    "1");
	snprintf(challenge, 40, "%s", text);
	free(text);
}

static void
assert_says_none(const char *path, const struct fetch_answer *answer)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (strstr(answer->body, secrets[i]) != NULL)
			fail_msg("%s says %s", path, secrets[i]);
	}
}

/* -- files ----------------------------------------------------------------- */

static void
assert_header(
    const struct fetch_answer *answer, const char *name, const char *word)
{
	char *value = fetch_header(answer, name);

	if (value == NULL || strstr(value, word) == NULL)
		fail_msg("%s: %s", name, value);
	free(value);
}

static void
its_files_are_for_everybody(void **state)
{
	struct keyed_ask a = {.path = "/"};
	struct fetch_answer answer;
	char *tag, *header;

	assert_int_equal(keyed_ask(*state, &a, &answer), 200);
	assert_header(&answer, "Content-Type", "text/html");
	assert_header(&answer, "Content-Security-Policy", "default-src 'none'");
	assert_header(&answer, "Content-Security-Policy", "script-src 'self'");
	assert_header(&answer, "X-Content-Type-Options", "nosniff");
	assert_non_null(strstr(answer.body, "/page/main.js"));
	tag = fetch_header(&answer, "ETag");
	assert_non_null(tag);
	fetch_clear(&answer);

	header = xasprintf("If-None-Match: %s", tag);
	a.header = header;
	assert_int_equal(keyed_ask(*state, &a, &answer), 304);
	assert_int_equal(answer.len, 0);
	fetch_clear(&answer);
	free(header);
	free(tag);

	a = (struct keyed_ask){
	    .path = "/page/main.js", .header = "Accept-Encoding: gzip"};
	assert_int_equal(keyed_ask(*state, &a, &answer), 200);
	assert_header(&answer, "Content-Type", "text/javascript");
	assert_header(&answer, "Content-Encoding", "gzip");
	assert_header(&answer, "ETag", "-gzip\"");
	assert_int_equal((unsigned char)answer.body[0], 0x1f);
	fetch_clear(&answer);
	assert_int_equal(
	    status(*state, NOBODY, "GET", "/page/nonsense.js"), 404);
}

/* -- who is shown what ----------------------------------------------------- */

static void
the_public_reads_and_learns_nothing_of_tenants(void **state)
{
	struct keyed *k = *state;
	char challenge[40], mine[40], *path;
	struct fetch_answer answer;

	make_jobs(k, challenge, mine);
	for (int i = 0; i < N_VIEWS; i++) {
		assert_int_equal(get(k, NOBODY, views[i], &answer), 200);
		assert_says_none(views[i], &answer);
		fetch_clear(&answer);
	}
	for (int i = 0; i < 2; i++) {
		path = xasprintf("/v1/page/jobs/%s", i == 0 ? challenge : mine);
		assert_int_equal(get(k, NOBODY, path, &answer), 200);
		assert_says_none(path, &answer);
		fetch_clear(&answer);
		assert_int_equal(get(k, OTHER, path, &answer), 200);
		assert_says_none(path, &answer);
		fetch_clear(&answer);
		free(path);
	}
}

static bool
shows(struct keyed *k, int who, const char *id, const char *word)
{
	char *path = xasprintf("/v1/page/jobs/%s", id);
	struct fetch_answer answer;
	bool does;

	assert_int_equal(get(k, who, path, &answer), 200);
	does = strstr(answer.body, word) != NULL;
	fetch_clear(&answer);
	free(path);
	return does;
}

static void
a_job_is_shown_to_whom_it_belongs(void **state)
{
	char challenge[40], mine[40];

	make_jobs(*state, challenge, mine);
	for (int who = CLIENT; who <= OPERATOR; who++)
		assert_int_equal(
		    shows(*state, who, mine, SECRET), who != OTHER);
	assert_true(shows(*state, OPERATOR, challenge, "challenge"));
	assert_true(shows(*state, OPERATOR, challenge, "0x5eed"));
}

static void
lists_go_by_kind_state_and_miner(void **state)
{
	static const struct {
		const char *query;
		bool has;
	} asks[] = {{"", true}, {"?state=done", true},
	    {"?state=cancelled", false}, {"?kind=text.translate", true},
	    {"?kind=audio.speak", false}, {"?hotkey=" HOTKEY, true}};
	char challenge[40], mine[40], *path;
	struct fetch_answer answer;

	make_jobs(*state, challenge, mine);
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		path = xasprintf("/v1/page/jobs%s", asks[i].query);
		assert_int_equal(get(*state, OPERATOR, path, &answer), 200);
		if ((strstr(answer.body, challenge) != NULL) != asks[i].has)
			fail_msg("%s", path);
		fetch_clear(&answer);
		free(path);
	}
}

static void
what_is_asked_wrongly_is_refused(void **state)
{
	static const char *const wrong[] = {"/v1/page/jobs?state=nonsense",
	    "/v1/page/jobs?limit=0", "/v1/page/jobs?limit=101",
	    "/v1/page/jobs?cursor=nonsense", "/v1/page/jobs?hotkey=5nonsense",
	    "/v1/page/jobs?kind=%ff", "/v1/page/miners/nonsense",
	    "/v1/page/miners/nonsense/work",
	    "/v1/page/miners/" HOTKEY "/work?limit=101",
	    "/v1/page/scores/nonsense", "/v1/page/live?job=nonsense"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int got = status(*state, NOBODY, "GET", wrong[i]);

		if (got != 400)
			fail_msg("%s: %d", wrong[i], got);
	}
	assert_int_equal(
	    status(*state, NOBODY, "GET", "/v1/page/miners/" HOTKEY), 404);
	assert_int_equal(
	    status(*state, NOBODY, "GET", "/v1/page/scores/" HOTKEY), 404);
	assert_int_equal(status(*state, NOBODY, "GET", "/v1/page/jobs/x"), 404);
}

/* A key that is given is looked at, though none is asked for. */
static void
a_wrong_key_is_not_nobody(void **state)
{
	const struct keyed_ask a = {
	    .path = "/v1/page/now", .header = "X-API-Key: nonsense"};

	assert_int_equal(keyed_status(*state, &a), 401);
	/* And the public is let in nowhere else. */
	assert_int_equal(status(*state, NOBODY, "GET", "/v1/miners"), 401);
	assert_int_equal(status(*state, NOBODY, "GET", "/v1/jobs"), 401);
}

static void
a_plan_is_not_the_publics_before_the_chain_has_it(void **state)
{
	struct keyed *k = *state;
	json_t *weights;

	assert_int_equal(
	    db_exec(k->s->db,
		"with v as (insert into weight_vector (id, netuid, block, "
		"created_at) values (gen_random_uuid(), %d, 7, now()) "
		"returning id) insert into weight_entry (vector_id, netuid, "
		"hotkey, uid, weight) select id, %d, '%s', 3, 1 from v",
		SUITE_NETUID, SUITE_NETUID, HOTKEY),
	    0);
	for (int who = NOBODY; who < N_READERS; who++) {
		weights = json_of(k, who, "/v1/page/weights");
		assert_int_equal(
		    json_array_size(json_object_get(weights, "plans")),
		    who == OPERATOR);
		assert_int_equal(
		    json_is_true(json_object_get(weights, "plans_are_said")),
		    who == OPERATOR);
		json_decref(weights);
	}
}

/* A table is not there: the database answers, and says no. */
static void
what_the_database_refuses_is_not_said_to_be_away(void **state)
{
	struct keyed *k = *state;
	struct fetch_answer answer;

	assert_int_equal(
	    db_exec(k->s->db, "alter table gist rename to gist_gone"), 0);
	/* What others were told is kept for a moment. */
	assert_int_equal(get(k, OPERATOR, "/v1/page/engagement", &answer), 503);
	assert_non_null(strstr(answer.body, "the database refused"));
	fetch_clear(&answer);
	assert_non_null(proc_wait_event(k->s->daemons[SUITE_ORCHESTRATOR],
	    "store.failed", "what=page_engagement", 0));
	assert_int_equal(
	    db_exec(k->s->db, "alter table gist_gone rename to gist"), 0);
}

/* -- redrives -------------------------------------------------------------- */

static void
make_failed(struct keyed *k, const char *kind, int n)
{
	assert_int_equal(
	    db_exec(k->s->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at, finished_at, reason) select "
		"gen_random_uuid(), %d, '%s', 'expired', '{}', 1, 1, 0, "
		"now(), now() + interval '1 hour', now(), now(), 'no_miner' "
		"from generate_series(1, %d)",
		SUITE_NETUID, kind, n),
	    0);
}

/* The caller decrefs. */
static json_t *
redrive(struct keyed *k, int who, const char *path, int wanted)
{
	const struct keyed_ask a = {
	    .method = "POST", .path = path, .key = keys[who]};
	struct fetch_answer answer;
	json_t *json;

	assert_int_equal(keyed_ask(k, &a, &answer), wanted);
	json = fetch_json(&answer);
	fetch_clear(&answer);
	return json;
}

static char *
group_path(struct keyed *k, const char *kind)
{
	char *group =
	    db_text(k->s->db, "select left(md5('%s|no_miner'), 8)", kind);
	char *path = xasprintf("/v1/failures/%s/redrive", group);

	free(group);
	return path;
}

static void
a_group_is_redriven_once_by_an_operator(void **state)
{
	struct keyed *k = *state;
	char *path = group_path(k, "text.summarize");
	json_t *json;

	make_failed(k, "text.summarize", 3);
	json_decref(redrive(k, NOBODY, path, 401));
	json_decref(redrive(k, CLIENT, path, 403));
	json = redrive(k, OPERATOR, path, 200);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 3);
	json_decref(json);
	json_decref(redrive(k, OPERATOR, path, 409));
	assert_int_equal(
	    db_int(k->s->db,
		"select count(*) from job where redrive_of is not null and "
		"kind = 'text.summarize'"),
	    3);
	free(path);
}

static void
one_job_is_redriven_once(void **state)
{
	struct keyed *k = *state;
	char *id, *path;
	json_t *json;

	make_failed(k, "document.translate", 1);
	id = db_text(
	    k->s->db, "select id from job where kind = 'document.translate'");
	path = xasprintf("/v1/jobs/%s/redrive", id);
	json_decref(redrive(k, CLIENT, path, 403));
	json = redrive(k, OPERATOR, path, 200);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 1);
	json_decref(json);
	json_decref(redrive(k, OPERATOR, path, 409));
	free(path);
	free(id);
}

static void
failures_are_grouped_by_cause(void **state)
{
	struct keyed *k = *state;
	json_t *json, *groups, *group;
	bool found = false;
	size_t i;

	make_failed(k, "audio.analyze", 4);
	json = json_of(k, NOBODY, "/v1/page/failures");
	groups = json_object_get(json, "groups");
	json_array_foreach(groups, i, group)
	{
		const char *kind =
		    json_string_value(json_object_get(group, "kind"));

		if (strcmp(kind, "audio.analyze") != 0)
			continue;
		found = true;
		assert_int_equal(
		    json_integer_value(json_object_get(group, "jobs")), 4);
		assert_int_equal(
		    json_integer_value(json_object_get(group, "open")), 4);
	}
	assert_true(found);
	json_decref(json);
}

/* -- the stream ------------------------------------------------------------ */

static void
the_stream_has_figures_and_a_jobs_changes(void **state)
{
	struct keyed *k = *state;
	char challenge[40], mine[40], *path, *cancel;
	bool has_figures = false, has_job = false;
	struct sse_event event;
	struct sse *s;

	make_jobs(k, challenge, mine);
	path = xasprintf("/v1/page/live?job=%s", mine);
	cancel = xasprintf("/v1/jobs/%s", mine);
	s = sse_open(k->ports[0], path, NULL);
	assert_int_equal(sse_status(s), 200);
	assert_int_equal(status(k, CLIENT, "DELETE", cancel), 200);
	while (!(has_figures && has_job) && sse_next(s, &event, 0)) {
		has_figures |= strcmp(event.name, "now") == 0;
		has_job |= strcmp(event.name, "job") == 0 &&
			   strstr(event.data, "cancelled") != NULL;
	}
	assert_true(has_figures);
	assert_true(has_job);
	sse_close(s);
	free(path);
	free(cancel);
}

/* -- otherwise configured -------------------------------------------------- */

static struct proc *
start_other(struct keyed *k, const char *name, const char *flag, int *port)
{
	char *program = paths_program("bin/orchestratord"), text[16];
	const char *argv[] = {
	    program, "-c", k->s->ini, "--listen", "127.0.0.1:0", flag, NULL};
	struct proc *p = sandbox_start(k->s->box, name, argv, NULL);
	const char *line = proc_wait_event(p, "api.listening", NULL, 0);

	assert_non_null(line);
	assert_int_equal(proc_value(line, "port", text, sizeof(text)), 0);
	*port = atoi(text);
	assert_non_null(proc_wait_event(p, "kinds.read", NULL, 0));
	free(program);
	return p;
}

static int
status_at(int port, const char *path)
{
	char *url = xasprintf("http://127.0.0.1:%d%s", port, path);
	struct fetch_answer answer;
	int status;

	fetch_get(url, &answer);
	status = answer.status;
	fetch_clear(&answer);
	free(url);
	return status;
}

static void
an_operator_may_keep_it_to_keys_or_have_none(void **state)
{
	struct keyed *k = *state;
	struct proc *p;
	int port;

	p = start_other(k, "page-keys", "--page=keys", &port);
	assert_int_equal(status_at(port, "/"), 200);
	for (int i = 0; i < N_VIEWS; i++)
		assert_int_equal(status_at(port, views[i]), 401);
	assert_int_equal(status_at(port, "/v1/page/live"), 401);
	sandbox_drop(k->s->box, p);

	p = start_other(k, "page-off", "--page=off", &port);
	assert_int_equal(status_at(port, "/"), 404);
	assert_int_equal(status_at(port, "/page/main.js"), 404);
	assert_int_equal(status_at(port, "/v1/page/now"), 401);
	sandbox_drop(k->s->box, p);
}

/* There a job is shown to whoever has its id. */
static void
where_dippys_door_is_open_ids_are_for_keys(void **state)
{
	static const char *const with_ids[] = {"/v1/page/jobs",
	    "/v1/page/jobs/0190a0a0-0000-7000-8000-000000000001",
	    "/v1/page/failures",
	    "/v1/page/live?job=0190a0a0-0000-7000-8000-000000000001"};
	struct keyed *k = *state;
	char *path = sandbox_write(k->s->box, "dippy", 0600, "a secret of it");
	char *flag = xasprintf("--dippy_secret=@%s", path);
	struct proc *p;
	int port;

	p = start_other(k, "page-dippy", flag, &port);
	for (size_t i = 0; i < sizeof(with_ids) / sizeof(with_ids[0]); i++)
		assert_int_equal(status_at(port, with_ids[i]), 403);
	assert_int_equal(status_at(port, "/v1/page/now"), 200);
	sandbox_drop(k->s->box, p);
	free(flag);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_files_are_for_everybody),
	    cmocka_unit_test(the_public_reads_and_learns_nothing_of_tenants),
	    cmocka_unit_test(a_job_is_shown_to_whom_it_belongs),
	    cmocka_unit_test(lists_go_by_kind_state_and_miner),
	    cmocka_unit_test(what_is_asked_wrongly_is_refused),
	    cmocka_unit_test(a_wrong_key_is_not_nobody),
	    cmocka_unit_test(a_plan_is_not_the_publics_before_the_chain_has_it),
	    cmocka_unit_test(what_the_database_refuses_is_not_said_to_be_away),
	    cmocka_unit_test(a_group_is_redriven_once_by_an_operator),
	    cmocka_unit_test(one_job_is_redriven_once),
	    cmocka_unit_test(failures_are_grouped_by_cause),
	    cmocka_unit_test(the_stream_has_figures_and_a_jobs_changes),
	    cmocka_unit_test(an_operator_may_keep_it_to_keys_or_have_none),
	    cmocka_unit_test(where_dippys_door_is_open_ids_are_for_keys),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

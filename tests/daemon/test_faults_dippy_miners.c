/*
 * What goes wrong in Dippy's orchestrator where it chooses, asks and calls
 * miners, shown not to go wrong here. A test has its number in Dippy's list of
 * weaknesses; docs/faults.md has them all, test_faults_dippy.c those of jobs.
 *
 * fault                          what is done instead
 * 01 clients name the miner, its address, or what is signed: they cannot
 * 05 any address is called, and what it redirects to: none that is not public
 *    (but under the development switch), and no redirect is followed
 * 06 bans fail open, and miners that failed an audit are drawn by the uniform
 *    fallback: who is out stays out, whatever was restarted or emptied
 * 14 some slow miners stall dispatch: each waits by itself
 * 16 one miner's capacity answer breaks routing for all: it is read in bounds
 * 16 failures at once overwrite each other: each is counted
 * 18 miners are probed one after the other: all who are due are, at once
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/throng.h"

enum {
	HANDS = 2,
	SLOW = 300, /* no less than a subnet has */
	PROBED = 24,
	AT_ONCE = 4,
	STAKE = 200,
	WAIT_MS = 30000,
};

#define THRONG "{\"throng\":100}"
#define THRONG_JOB PLAY_TRANSLATE("text.throng", "")

/* What the throng alone takes, and does not answer for long. */
static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	kind = sample_kind_copy(kinds, "text.translate", "text.throng");
	json_object_set_new(kind, "capacity_key", json_string("throng"));
	json_object_set_new(kind, "answer", json_string("2m"));
}

static int
set_up(void **state)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct suite_options o = {.name = "faults-miners"};

	*state = r;
	r->kinds = sample_kinds("faults-miners-kinds.json", edit_kinds);
	r->hand = hand_new(HANDS, "text.translate");
	if (r->kinds == NULL || r->hand == NULL)
		return -1;
	o.kinds = r->kinds;
	hand_join(r->hand, &o);
	r->s = suite_new(&o);
	if (r->s == NULL)
		return -1;
	hand_meet(r->hand, r->s);
	if (suite_wait_ready(r->s, HANDS) != 0)
		return -1;
	return suite_stop(r->s, SUITE_WEIGHTSETTER);
}

/* With more configuration, or NULL. */
static void
restart(struct rig *r, const char *ini)
{
	if (r->s->daemons[SUITE_ORCHESTRATOR] != NULL)
		suite_kill(r->s, SUITE_ORCHESTRATOR);
	if (ini != NULL)
		assert_int_equal(suite_configure(r->s, ini), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
}

static struct throng *
gather(struct rig *r, int n, const char *capacity)
{
	struct throng *c = throng_new(n, capacity);

	assert_non_null(c);
	assert_int_equal(throng_join(c, r->s, STAKE), 0);
	return c;
}

static void
disperse(struct rig *r, struct throng *c)
{
	assert_int_equal(throng_leave(c, r->s), 0);
	throng_free(c);
}

/* All attempts at the throng are over. */
static void
await_over(struct rig *r)
{
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from attempt where uid >= %d "
			     "and finished_at is null",
			     THRONG_UID),
	    0);
}

/* -- 01: who names the miner ---------------------------------------------- */

/* Refused for that word, which it names; nothing is stored. */
static void
refuse_word(struct rig *r, const char *word, const char *job)
{
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	struct fetch_answer answer;

	fetch_post_json(url, job, &answer);
	if (answer.status != 422 || strstr(answer.body, word) == NULL)
		fail_msg("%s: %d %s", job, answer.status, answer.body);
	fetch_clear(&answer);
	free(url);
}

static void
dippy_01_no_client_names_the_miner(void **state)
{
	static const char *const words[] = {"miner", "hotkey", "uid", "address",
	    "network_address", "job_id", "webhook_url", "callback_url",
	    "callback_secret", "route_to_auditor"};
	static const char *const doors[] = {"listen", "listen/remote",
	    "debug/listen", "_internal/job", "_internal/miners"};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *field = xasprintf(",\"%s\":\"x\"}", words[i]);
		struct buf job = {0};

		buf_add_str(&job, PLAY_TRANSLATE("text.translate", ""));
		job.len--; /* its brace */
		buf_add_str(&job, field);
		refuse_word(r, words[i], buf_str(&job));
		buf_reset(&job);
		buf_printf(&job,
		    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"x\","
		    "\"language\":\"en\",\"target_language\":\"de\"%s}",
		    field);
		refuse_word(r, words[i], buf_str(&job));
		buf_free(&job);
		free(field);
	}
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		char *url = xasprintf("%s/%s", r->s->api_url, doors[i]);
		struct fetch_answer answer;

		fetch_post_json(url, THRONG_JOB, &answer);
		assert_int_equal(answer.status, 404);
		fetch_clear(&answer);
		free(url);
	}
	assert_int_equal(db_int(r->s->db, "select count(*) from job"), 0);
}

/* -- 05: who is called ---------------------------------------------------- */

/* A socket that takes connections on all our addresses, and its port. */
static int
trap_new(int *port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), no = 0;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, SOMAXCONN), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin6_port);
	return fd;
}

/* How many were connected; the first is waited for so long. */
static int
trapped(int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n = 0, one;

	while (poll(&p, 1, n == 0 ? wait_ms : 0) == 1 &&
	       (one = accept(fd, NULL, NULL)) >= 0) {
		close(one);
		n++;
	}
	return n;
}

static const char *const inner[] = {"127.0.0.1", "localhost", "0.0.0.0",
    "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[::]"};

enum { N_INNER = sizeof(inner) / sizeof(inner[0]) };

/* The throng's addresses are these, and it is taken to be up. */
static void
move_in(struct rig *r, int port)
{
	for (int i = 0; i < N_INNER; i++)
		assert_int_equal(
		    db_exec(r->s->db,
			"update neuron set address = '%s:%d' where uid = %d",
			inner[i], port, THRONG_UID + i),
		    0);
}

static void
take_for_up(struct rig *r, const char *probed_at)
{
	assert_int_equal(db_exec(r->s->db,
			     "update miner set is_up = true, probed_at = %s, "
			     "capacity = '{\"throng\": 100}' where hotkey in "
			     "(select hotkey from neuron where uid >= %d)",
			     probed_at, THRONG_UID),
	    0);
}

static void
dippy_05_no_address_within_is_called(void **state)
{
	struct rig *r = *state;
	struct throng *c = gather(r, N_INNER, THRONG);
	int port, trap = trap_new(&port);
	struct jobs jobs = {0};

	suite_kill(r->s, SUITE_ORCHESTRATOR);
	move_in(r, port);
	take_for_up(r, "null");
	restart(r, "[orchestrator]\ndevelopment = no\n");
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from miner join neuron using "
			     "(hotkey) where uid >= %d and is_up",
			     THRONG_UID),
	    0);
	assert_int_equal(trapped(trap, 0), 0);
	/* Nor for work, should it be taken to be up. */
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	take_for_up(r, "now()");
	restart(r, "[orchestrator]\nprobe_interval = 1h\n");
	assert_int_equal(jobs_submit(r->s, &jobs, THRONG_JOB, 0), 0);
	assert_int_equal(attempt_await_job(r->s, jobs.ids[0], "failed"), 0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from attempt where job_id = '%s' "
			     "and reason = 'unreachable'",
			     jobs.ids[0]),
	    1);
	assert_int_equal(trapped(trap, 0), 0);
	/* The switch opens what was closed: the trap works. */
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	take_for_up(r, "null");
	restart(r, "[orchestrator]\ndevelopment = yes\nprobe_interval = 5s\n");
	assert_true(trapped(trap, WAIT_MS) > 0);
	close(trap);
	jobs_clear(&jobs);
	disperse(r, c);
}

/* The first sends us on to the second. */
static void
dippy_05_redirects_are_not_followed(void **state)
{
	struct rig *r = *state;
	struct throng *c = throng_new(2, "{}");
	const struct throng_answer takes = {.status = 200, .body = THRONG};
	char *work, *probe, id[40];
	struct throng_answer on = {.status = 307};

	work = xasprintf(
	    "http://127.0.0.1:%d/jobs/text.throng", throng_port(c, 1));
	probe = xasprintf("http://127.0.0.1:%d/jobs/probe", throng_port(c, 1));
	throng_say(c, 0, THRONG_PROBE, &takes);
	on.location = work;
	throng_say(c, 0, THRONG_WORK, &on);
	assert_int_equal(throng_join(c, r->s, STAKE), 0);
	assert_int_equal(suite_submit(r->s, THRONG_JOB, id), 202);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_int_equal(throng_called(c, 0, THRONG_WORK), 1);
	assert_int_equal(throng_called(c, 1, THRONG_WORK), 0);

	on.location = probe;
	throng_say(c, 0, THRONG_PROBE, &on);
	assert_int_equal(throng_probe(c, r->s), 0);
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and is_up",
			     throng_hotkey(c, 0)),
	    0);
	assert_int_equal(throng_called(c, 1, THRONG_WORK), 0);
	free(work);
	free(probe);
	disperse(r, c);
}

/* -- 06: who is out ------------------------------------------------------- */

static void
dippy_06_bans_do_not_fail_open(void **state)
{
	struct rig *r = *state;
	char id[40];

	assert_int_equal(db_exec(r->s->db,
			     "update miner set banned_at = now(), ban_reason = "
			     "'it lied' where hotkey = '%s'",
			     r->s->miner_hotkeys[0]),
	    0);
	assert_int_equal(
	    db_exec(r->s->db,
		"insert into audit_failure values (gen_random_uuid(), 1, "
		"'%s', now(), now() + interval '1 h', 'it lied')",
		r->s->miner_hotkeys[1]),
	    0);
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	sandbox_redis(r->s->box, "FLUSHALL");
	restart(r, NULL);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "miners.out", "n=2 of=2", 0));
	/* They are all there are, are up, and have the capacity. */
	assert_int_equal(
	    suite_submit(r->s,
		PLAY_TRANSLATE("text.translate", ",\"deadline_ms\":1000"), id),
	    202);
	assert_int_equal(play_asked_nobody(r->s, id), 0);
	/* Not by anybody's hand, but as the time comes. */
	assert_int_equal(
	    db_exec(r->s->db, "update miner set banned_at = null; "
			      "update audit_failure set expires_at = now()"),
	    0);
	assert_int_equal(play_job(r), 0);
}

/* -- 14: slow miners ------------------------------------------------------ */

/* Each has one job, and acknowledges none. */
static void
dippy_14_slow_miners_stall_nobody(void **state)
{
	const struct throng_answer nothing = {.status = 0};
	struct rig *r = *state;
	struct throng *c = gather(r, SLOW, "{\"throng\":1}");
	char id[40];

	throng_say(c, -1, THRONG_WORK, &nothing);
	for (int i = 0; i < SLOW; i++)
		assert_int_equal(suite_submit(r->s, THRONG_JOB, id), 202);
	assert_int_equal(throng_await(c, THRONG_WORK, SLOW), 0);
	assert_int_equal(play_job(r), 0);
	assert_int_equal(throng_waiting(c, THRONG_WORK), SLOW);
	throng_let_go(c, 503);
	await_over(r);
	disperse(r, c);
}

/* -- 16: capacity and counters -------------------------------------------- */

static const struct {
	int status;
	const char *says;
	bool is_up;
	const char *kept;
} capacities[] = {
    {200, "{\"inference\":true}", true, "{\"inference\": true}"},
    {200, "{\"inference\":[\"text.translate\"],\"a\":1}", true, "{\"a\": 1}"},
    {500, "{\"b\":1}", false, "{}"},
    {200, "[1,2,3]", true, "{}"},
    {200, "{\"b\":\"2\",\"c\":{\"d\":1},\"e\":1}", true, "{\"e\": 1}"},
    {200, "\"text.translate\"", true, "{}"},
    {200, "{\"text.translate\":-1,\"f\":1.5,\"g\":null}", true,
	"{\"text.translate\": -1}"},
    {200, "{\"h\":", true, "{}"},
    {200, "{\"h\":9223372036854775807}", true, "{\"h\": 9223372036854775807}"},
    {200, "{\"h\":99999999999999999999}", true, "{}"},
    {200, "{\"\":true,\"'; drop table job; --\":true,\"\\u00ff\":1}", true,
	"{\"\": true, \"''; drop table job; --\": true, \"\\u00ff\": 1}"},
    {204, "", false, "{}"},
    {200, "{\"i\":1}", true, "{\"i\": 1}"},
};

/* As often as it is asked, other jobs go on. */
static void
dippy_16_one_capacity_answer_breaks_nobody(void **state)
{
	struct rig *r = *state;
	struct throng *c = gather(r, 1, THRONG);

	for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]);
	     i++) {
		const struct throng_answer a = {
		    .status = capacities[i].status, .body = capacities[i].says};

		throng_say(c, 0, THRONG_PROBE, &a);
		assert_int_equal(throng_probe(c, r->s), 0);
		if (db_wait_int(r->s->db, 1, 0,
			"select count(*) from miner where hotkey = '%s' and "
			"is_up = %s and capacity = '%s'",
			throng_hotkey(c, 0),
			capacities[i].is_up ? "true" : "false",
			capacities[i].kept) != 0)
			fail_msg("%s", capacities[i].says);
		assert_int_equal(play_job(r), 0);
	}
	disperse(r, c);
}

static void
dippy_16_failures_at_once_are_all_counted(void **state)
{
	const struct throng_answer nothing = {.status = 0};
	struct rig *r = *state;
	struct throng *c = gather(r, 1, THRONG);
	char id[40];

	throng_say(c, 0, THRONG_WORK, &nothing);
	for (int i = 0; i < AT_ONCE; i++)
		assert_int_equal(suite_submit(r->s, THRONG_JOB, id), 202);
	assert_int_equal(throng_await(c, THRONG_WORK, AT_ONCE), 0);
	throng_let_go(c, 500);
	await_over(r);
	/* Half of one is lost in minutes, not between two of them. */
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and failures > %d - 0.5",
			     throng_hotkey(c, 0), AT_ONCE),
	    0);
	disperse(r, c);
}

/* -- 18: probes ----------------------------------------------------------- */

static void
dippy_18_probes_wait_for_no_other(void **state)
{
	const struct throng_answer nothing = {.status = 0};
	struct rig *r = *state;
	struct throng *c = gather(r, PROBED, THRONG);

	throng_say(c, -1, THRONG_PROBE, &nothing);
	assert_int_equal(throng_probe(c, r->s), 0);
	assert_int_equal(throng_await(c, THRONG_PROBE, PROBED), 0);
	assert_int_equal(play_job(r), 0);
	throng_let_go(c, 200);
	disperse(r, c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dippy_01_no_client_names_the_miner),
	    cmocka_unit_test(dippy_06_bans_do_not_fail_open),
	    cmocka_unit_test(dippy_16_one_capacity_answer_breaks_nobody),
	    cmocka_unit_test(dippy_16_failures_at_once_are_all_counted),
	    cmocka_unit_test(dippy_18_probes_wait_for_no_other),
	    cmocka_unit_test(dippy_05_redirects_are_not_followed),
	    cmocka_unit_test(dippy_05_no_address_within_is_called),
	    cmocka_unit_test(dippy_14_slow_miners_stall_nobody),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

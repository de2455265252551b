/*
 * URLs that others name, at each door of a whole suite: where one leads to an
 * address of ours, it is refused by name or fails, and nobody is connected to.
 * A trap listens on all our addresses and must stay empty; at the end the
 * development switch is turned, and it is not.
 *
 * The table of addresses is that of unit/ssrf; what leads to other machines
 * cannot be trapped here. Miners' axons and probes, and what these redirect
 * to: daemon/faults_dippy_miners (dippy_05).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <assert.h>
#include <cmocka.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/paths.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define SETTINGS                                                               \
	"[orchestrator]\nwebhook_key = @%s\ndippy_secret = @%s\n"              \
	"webhook_retry = 1ms\n"

enum { WAIT_MS = 30000 };

/* Each is an address of ours, or leads to one. */
static const char *const inner[] = {"127.0.0.1", "localhost", "0.0.0.0",
    "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"};

enum { N_INNER = sizeof(inner) / sizeof(inner[0]) };

struct place {
	struct rig *r; /* first: rig.h's group state */
	int trap, port;
};

/* A socket that takes connections on all our addresses. */
static int
trap_new(int *port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), no = 0;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	*port = ntohs(a.sin6_port);
	return fd;
}

/* How many were connected; the first is waited for so long. */
static int
trapped(const struct place *p, int wait_ms)
{
	struct pollfd poll_for = {.fd = p->trap, .events = POLLIN};
	int n = 0, one;

	while (poll(&poll_for, 1, n == 0 ? wait_ms : 0) == 1 &&
	       (one = accept(p->trap, NULL, NULL)) >= 0) {
		close(one);
		n++;
	}
	return n;
}

static void
leave_kinds(json_t *kinds)
{
	assert(json_is_array(kinds));
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct suite_options o = {.name = "ssrf"};
	char *build = paths_build(), *file, *ini;
	int status;
	FILE *f;

	*state = p;
	file = xasprintf("%s/test-ssrf.secret", build);
	f = fopen(file, "w");
	if (f == NULL || fputs(SECRET, f) < 0 || fclose(f) != 0)
		return -1;
	ini = xasprintf(SETTINGS, file, file);
	o.ini = ini;
	p->trap = trap_new(&p->port);
	status = rig_set_up((void **)&p->r, &o, 1, leave_kinds);
	free(ini);
	free(file);
	free(build);
	return p->trap < 0 ? -1 : status;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status = rig_tear_down((void **)&p->r);

	close(p->trap);
	free(p);
	return status;
}

static void
restart(struct place *p, const char *development)
{
	char *ini =
	    xasprintf("[orchestrator]\ndevelopment = %s\n", development);

	assert_int_equal(suite_stop(p->r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(suite_configure(p->r->s, ini), 0);
	assert_int_equal(suite_start(p->r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    p->r->s->daemons[SUITE_ORCHESTRATOR], "schedules.read", NULL, 0));
	free(ini);
}

/* POST; the status, and the body in *text, which the caller frees. */
static int
post(struct place *p, const char *path, const char *body, char **text)
{
	static const char *const headers[] = {"Content-Type: application/json",
	    "X-Service-Auth-Secret: " SECRET, NULL};
	char *url = xasprintf("%s%s", p->r->s->api_url, path);
	struct fetch_ask ask = {
	    .url = url, .headers = headers, .body = body, .len = strlen(body)};
	struct fetch_answer answer;
	int status;

	fetch(&ask, &answer);
	status = answer.status;
	*text = xstrdup(answer.body != NULL ? answer.body : answer.why);
	fetch_clear(&answer);
	free(url);
	return status;
}

/* Refused with that status; of the answer nothing but these words is said. */
static void
refuse(struct place *p, const char *path, const char *body, int status,
    const char *words)
{
	char *text;
	int got = post(p, path, body, &text);

	if (got != status || strstr(text, words) == NULL)
		fail_msg("%s %s: %d %s", path, body, got, text);
	free(text);
}

/* -- before anything is called ------------------------------------------- */

static void
no_webhook_within_is_registered(void **state)
{
	struct place *p = *state;

	restart(p, "no");
	for (int i = 0; i < N_INNER; i++) {
		char *body = xasprintf(
		    "{\"url\":\"https://%s:%d/hook\"}", inner[i], p->port);

		refuse(p, "/v1/webhooks", body, 422, "bad_webhook");
		free(body);
	}
	refuse(p, "/v1/webhooks", "{\"url\":\"http://example.org/\"}", 422,
	    "https");
	refuse(p, "/v1/webhooks", "{\"url\":\"https://a:b@example.org/\"}", 422,
	    "user");
	assert_int_equal(
	    db_int(p->r->s->db, "select count(*) from webhook"), 0);
	assert_int_equal(trapped(p, 0), 0);
}

/* By its form; a name is looked up when it is called. */
static void
no_job_names_a_webhook_within(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < N_INNER; i++) {
		char *body = xasprintf(PLAY_TRANSLATE("text.translate",
					   ",\"webhook_url\":\"https://%s:%d/"
					   "hook\""),
		    inner[i], p->port);

		if (strcmp(inner[i], "localhost") != 0)
			refuse(p, "/v1/jobs", body, 422, "webhook_url");
		free(body);
	}
	refuse(p, "/v1/jobs",
	    PLAY_TRANSLATE(
		"text.translate", ",\"webhook_url\":\"http://example.org/\""),
	    422, "webhook_url: the URL must be https");
	refuse(p, "/v1/jobs",
	    PLAY_TRANSLATE("text.translate", ",\"webhook_url\":7"), 422,
	    "webhook_url must be a URL");
	assert_int_equal(db_int(p->r->s->db, "select count(*) from job"), 0);
	assert_int_equal(trapped(p, 0), 0);
}

static void
no_input_within_is_fetched(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < N_INNER; i++) {
		char *body = xasprintf(
		    "{\"job_type\":\"img-h100_pcie\",\"payload\":{\"prompt\":"
		    "\"a\",\"image_url\":\"https://%s:%d/a.png\"}}",
		    inner[i], p->port);

		refuse(p, "/listen", body, 400, "detail");
		free(body);
	}
	assert_int_equal(db_int(p->r->s->db, "select count(*) from job"), 0);
	assert_int_equal(trapped(p, 0), 0);
}

/* -- when it is called --------------------------------------------------- */

/* As if each had been taken while it was public. */
static void
no_webhook_within_is_delivered_to(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < N_INNER; i++)
		for (int k = 0; k < 2; k++)
			assert_int_equal(
			    db_exec(p->r->s->db,
				"insert into webhook_delivery (netuid, tenant, "
				"url, receiver, event, created_at, "
				"next_try_at) values (1, '', '%s://%s:%d/', "
				"'r%d', 'webhook.test', now(), now())",
				k == 0 ? "https" : "http", inner[i], p->port,
				i),
			    0);
	assert_int_equal(db_wait_int(p->r->s->db, 2 * N_INNER, 0,
			     "select count(*) from webhook_delivery where "
			     "tries > 0 and status is null and why = case "
			     "when url ~ '^https' then 'refused_address' "
			     "else 'bad_url' end"),
	    0);
	assert_int_equal(trapped(p, 0), 0);
	assert_int_equal(
	    db_exec(p->r->s->db, "delete from webhook_delivery"), 0);
}

/* What a miner says in its callback is never called: its words only. */
static void
nothing_in_a_callback_is_fetched(void **state)
{
	struct place *p = *state;
	struct hand_task *task;
	struct callback_told told;
	char id[40], *body, *attempt;

	restart(p, "yes");
	assert_int_equal(suite_wait_ready(p->r->s, 1), 0);
	task = rig_task(p->r, PLAY_TRANSLATE("text.translate", ""), id);
	assert_non_null(task);
	body = xasprintf("{\"status\":\"completed\",\"output\":{\"text\":\"a\","
			 "\"url\":\"http://127.0.0.1:%d/a\",\"image_url\":"
			 "\"http://127.0.0.1:%d/b\"}}",
	    p->port, p->port);
	callback_json(task, task->secret, body, &told);
	assert_int_equal(play_told(&told, 200, "accepted"), 0);
	hand_drop(p->r->hand, task);
	assert_int_equal(attempt_await_job(p->r->s, id, "done"), 0);
	attempt = db_text(
	    p->r->s->db, "select id from attempt where job_id = '%s'", id);
	assert_int_equal(attempt_await_judged(p->r->s, attempt), 0);
	assert_int_equal(trapped(p, 0), 0);
	free(attempt);
	free(body);
}

/* The switch opens what was closed. */
static void
the_trap_works(void **state)
{
	struct place *p = *state;
	char *body, *text;

	assert_int_equal(
	    db_exec(p->r->s->db,
		"insert into webhook_delivery (netuid, tenant, url, receiver, "
		"event, created_at, next_try_at) values (1, '', "
		"'http://localhost:%d/', 'r', 'webhook.test', now(), now())",
		p->port),
	    0);
	assert_true(trapped(p, WAIT_MS) > 0);
	body = xasprintf("{\"url\":\"http://127.1:%d/hook\"}", p->port);
	assert_int_equal(post(p, "/v1/webhooks", body, &text), 201);
	free(text);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_webhook_within_is_registered),
	    cmocka_unit_test(no_job_names_a_webhook_within),
	    cmocka_unit_test(no_input_within_is_fetched),
	    cmocka_unit_test(no_webhook_within_is_delivered_to),
	    cmocka_unit_test(nothing_in_a_callback_is_fetched),
	    cmocka_unit_test(the_trap_works),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

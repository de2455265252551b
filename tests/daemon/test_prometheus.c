/*
 * A real Prometheus, with the configuration of a host and the shipped rules,
 * looks after the suite: it reaches every daemon, every rule can be reckoned,
 * and one that is killed is an alert. Needs Debian's prometheus, else skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/edit.h"
#include "tests/lib/fetch.h"
#include "tests/lib/port.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { WAIT_MS = 60000 };

struct place {
	struct suite *s;
	struct proc *prometheus; /* NULL: there is none here */
	char *url;
};

/* -- its configuration --------------------------------------------------- */

/* As it is shipped, but for the addresses and the pace. */
static char *
write_config(struct place *p, const char *own)
{
	char *at[N_SUITE_DAEMONS], *cwd = getcwd(NULL, 0), *rules, *text, *path;

	for (int i = 0; i < N_SUITE_DAEMONS; i++)
		at[i] = xasprintf("[127.0.0.1:%d]", p->s->ports[i]);
	rules = xasprintf("[%s/deploy/prometheus/rules.yml]", cwd);
	{
		const char *const edits[] = {"scrape_interval: 15s",
		    "scrape_interval: 1s", "evaluation_interval: 15s",
		    "evaluation_interval: 1s", "[rules.yml]", rules,
		    "[127.0.0.1:9093]", "[127.0.0.1:9]", "[127.0.0.1:9101]",
		    at[SUITE_ORCHESTRATOR], "[127.0.0.1:9102]",
		    at[SUITE_VALIDATOR], "[127.0.0.1:9103]",
		    at[SUITE_WEIGHTSETTER], "[127.0.0.1:9104]",
		    at[SUITE_SIGNER], "127.0.0.1:9090", own, NULL};

		text =
		    edit_file("deploy/prometheus/prometheus-host.yml", edits);
	}
	path = sandbox_write(p->s->box, "prometheus.yml", 0600, text);
	for (int i = 0; i < N_SUITE_DAEMONS; i++)
		free(at[i]);
	free(cwd);
	free(rules);
	free(text);
	return path;
}

static bool
is_there(void)
{
	const char *const argv[] = {"prometheus", "--version", NULL};
	const struct proc_options o = {
	    .name = "prometheus", .log = "/dev/null", .argv = argv};
	struct proc_output out;
	bool is;

	proc_run(&o, 0, &out);
	is = out.status == 0;
	proc_output_clear(&out);
	return is;
}

static void
start(struct place *p)
{
	char *own = xasprintf("127.0.0.1:%d", port_free());
	char *config = write_config(p, own);
	char *data = sandbox_path(p->s->box, "prometheus-data");
	char *args[] = {xasprintf("--config.file=%s", config),
	    xasprintf("--storage.tsdb.path=%s", data),
	    xasprintf("--web.listen-address=%s", own)};
	const char *const argv[] = {
	    "prometheus", args[0], args[1], args[2], NULL};

	p->url = xasprintf("http://%s", own);
	p->prometheus = sandbox_start(p->s->box, "prometheus", argv, NULL);
	for (int i = 0; i < 3; i++)
		free(args[i]);
	free(data);
	free(config);
	free(own);
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "prometheus", .block_ms = 1000};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->s = suite_new(&o);
	if (p->s == NULL)
		return -1;
	if (is_there())
		start(p);
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status = suite_end(p->s, false);

	free(p->url);
	free(p);
	return status;
}

/* -- what it says -------------------------------------------------------- */

/* The data of an answer, the caller's to decref; NULL: there is none yet. */
static json_t *
ask(struct place *p, const char *path)
{
	char *url = xasprintf("%s/api/v1/%s", p->url, path);
	struct fetch_answer answer;
	json_t *json = NULL, *data = NULL;

	if (fetch_get(url, &answer) == 0 && answer.status == 200)
		json = fetch_json(&answer);
	data = json_incref(json_object_get(json, "data"));
	json_decref(json);
	fetch_clear(&answer);
	free(url);
	return data;
}

/* Ask until check is content, which says why it is not. */
static void
await(
    struct place *p, const char *path, const char *(*check)(const json_t *data))
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	const char *why = "there is no answer";

	if (p->prometheus == NULL)
		skip();
	while (why != NULL) {
		json_t *data = ask(p, path);

		if (data != NULL)
			why = check(data);
		if (why != NULL && clock_mono_us() > until_us) {
			char *text = json_dumps(data, JSON_COMPACT);

			fail_msg("%s: %s: %s", path, why, text);
		}
		json_decref(data);
		if (why != NULL)
			proc_nap();
	}
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* -- what it sees -------------------------------------------------------- */

static const char *
all_are_up(const json_t *data)
{
	const json_t *targets = json_object_get(data, "activeTargets"), *target;
	size_t i;

	json_array_foreach(targets, i, target)
	{
		if (strcmp(text_of(target, "health"), "up") != 0)
			return "one is not up";
	}
	return json_array_size(targets) == N_SUITE_DAEMONS + 1
		   ? NULL
		   : "they are not all there";
}

static void
every_daemon_is_reached(void **state)
{
	await(*state, "targets", all_are_up);
}

static const char *
all_are_well(const json_t *data)
{
	const json_t *groups = json_object_get(data, "groups"), *group, *rule;
	size_t i, k, n = 0;

	json_array_foreach(groups, i, group)
	{
		json_array_foreach(json_object_get(group, "rules"), k, rule)
		{
			if (strcmp(text_of(rule, "health"), "ok") != 0)
				return "a rule is not well";
			n++;
		}
	}
	return n > 0 ? NULL : "there are no rules";
}

static void
every_rule_can_be_reckoned(void **state)
{
	await(*state, "rules", all_are_well);
}

/* Pending: it fires only when it has been so for a while. */
static const char *
setter_is_missed(const json_t *data)
{
	const json_t *alerts = json_object_get(data, "alerts"), *alert;
	size_t i;

	json_array_foreach(alerts, i, alert)
	{
		const json_t *labels = json_object_get(alert, "labels");

		if (strcmp(text_of(labels, "alertname"), "DaemonAway") == 0 &&
		    strcmp(text_of(labels, "job"), "weightsetterd") == 0)
			return NULL;
	}
	return "nobody misses weightsetterd";
}

static const char *
setter_is_not_missed(const json_t *data)
{
	return setter_is_missed(data) == NULL ? "it is missed" : NULL;
}

static void
a_daemon_that_was_killed_is_an_alert(void **state)
{
	struct place *p = *state;

	await(p, "alerts", setter_is_not_missed);
	suite_kill(p->s, SUITE_WEIGHTSETTER);
	await(p, "alerts", setter_is_missed);
	assert_int_equal(suite_start(p->s, SUITE_WEIGHTSETTER), 0);
	await(p, "alerts", setter_is_not_missed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_daemon_is_reached),
	    cmocka_unit_test(every_rule_can_be_reckoned),
	    cmocka_unit_test(a_daemon_that_was_killed_is_an_alert),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* An API that asks for keys. */
#include "tests/lib/keyed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/pair.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { MAX_WORDS = 16 };

const char keyed_job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"de\"}}";

/* -- the two ------------------------------------------------------------ */

static int
start_second(struct keyed *k)
{
	char *program = paths_program("bin/orchestratord");
	char *listen = xasprintf("127.0.0.1:%d", k->ports[1]);
	const char *argv[] = {
	    program, "-c", k->s->ini, "--listen", listen, NULL};

	k->second = sandbox_start(k->s->box, "orchestratord-2", argv, NULL);
	free(program);
	free(listen);
	if (k->second != NULL &&
	    proc_wait_event(k->second, "kinds.read", NULL, 0) != NULL)
		return 0;
	fprintf(stderr, "keyed: the second orchestrator did not start\n");
	return -1;
}

static int
await_first(struct keyed *k)
{
	struct proc *first = k->s->daemons[SUITE_ORCHESTRATOR];

	return proc_wait_event(first, "kinds.read", NULL, 0) != NULL ? 0 : -1;
}

int
keyed_set_up(void **state, const char *name, const char *ini)
{
	char *more = xasprintf(
	    "[orchestrator]\nkeys = required\n%s", ini != NULL ? ini : "");
	const struct suite_options o = {.name = name,
	    .ini = more,
	    .leave_stopped = {[SUITE_SIGNER] = true,
		[SUITE_WEIGHTSETTER] = true,
		[SUITE_ORCHESTRATOR] = true,
		[SUITE_VALIDATOR] = true}};
	struct keyed *k = xcalloc(1, sizeof(*k));
	struct pair ports;

	*state = k;
	pair_choose_ports(&ports);
	k->ports[1] = ports.ports[1];
	k->s = suite_new(&o);
	free(more);
	if (k->s == NULL)
		return -1;
	k->ports[0] = k->s->ports[SUITE_ORCHESTRATOR];
	return 0;
}

int
keyed_restart(struct keyed *k)
{
	if (k->s->daemons[SUITE_ORCHESTRATOR] != NULL)
		suite_kill(k->s, SUITE_ORCHESTRATOR);
	if (suite_start(k->s, SUITE_ORCHESTRATOR) != 0 || await_first(k) != 0)
		return -1;
	return k->second == NULL ? start_second(k) : 0;
}

void
keyed_kill(struct keyed *k)
{
	suite_kill(k->s, SUITE_ORCHESTRATOR);
}

int
keyed_tear_down(void **state)
{
	struct keyed *k = *state;
	int status = suite_end(k->s, false);

	free(k);
	return status;
}

/* -- subnetctl ---------------------------------------------------------- */

int
keyed_ctl(struct keyed *k, const char *const *words, char **out)
{
	const char *argv[MAX_WORDS] = {"keys"};
	struct proc_output got;
	int n = 1, status;

	for (; *words != NULL && n < MAX_WORDS - 1; words++)
		argv[n++] = *words;
	sandbox_ctl(k->s->box, argv, &got);
	status = got.status;
	if (out != NULL)
		*out = xstrdup(got.out);
	if (status != 0 && out == NULL)
		fprintf(stderr, "keyed: %s%s", got.out, got.err);
	proc_output_clear(&got);
	return status;
}

char *
keyed_new(struct keyed *k, const char *role, const char *tenant)
{
	const char *words[] = {"new", "--json", "--role", role,
	    tenant != NULL ? "--tenant" : NULL, tenant, NULL};
	char *out = NULL, *key = NULL;
	json_t *json;
	const char *text;
	int status = keyed_ctl(k, words, &out);

	json = json_loads(out, 0, NULL);
	text = json_string_value(
	    json_object_get(json_object_get(json, "key"), "key"));
	if (text != NULL)
		key = xstrdup(text);
	else
		fprintf(stderr, "keyed: keys new: %d: %s\n", status, out);
	json_decref(json);
	free(out);
	return key;
}

void
keyed_id(const char *key, char out[40])
{
	const char *id = key + strlen("snk_");

	snprintf(out, 40, "%.*s", (int)strcspn(id, "_"), id);
}

/* -- asking ------------------------------------------------------------- */

int
keyed_ask(
    struct keyed *k, const struct keyed_ask *ask, struct fetch_answer *answer)
{
	char *url =
	    xasprintf("http://127.0.0.1:%d%s", k->ports[ask->at], ask->path);
	char *bearer = xasprintf(
	    "Authorization: Bearer %s", ask->key != NULL ? ask->key : "");
	const char *headers[4];
	int n = 0;
	struct fetch_ask f = {.method = ask->method,
	    .url = url,
	    .headers = headers,
	    .body = ask->body,
	    .len = ask->body != NULL ? strlen(ask->body) : 0,
	    .parts = ask->parts};

	if (ask->key != NULL)
		headers[n++] = bearer;
	if (ask->header != NULL)
		headers[n++] = ask->header;
	if (ask->body != NULL)
		headers[n++] = "Content-Type: application/json";
	headers[n] = NULL;
	fetch(&f, answer);
	free(url);
	free(bearer);
	return answer->status;
}

int
keyed_status(struct keyed *k, const struct keyed_ask *ask)
{
	struct fetch_answer answer;
	int status = keyed_ask(k, ask, &answer);

	fetch_clear(&answer);
	return status;
}

void
keyed_text(const struct fetch_answer *answer, const char *member, char out[128])
{
	json_t *body = fetch_json(answer);
	const char *text = json_string_value(json_object_get(body, member));

	snprintf(out, 128, "%s", text != NULL ? text : "");
	json_decref(body);
}

char *
keyed_make(struct keyed *k, const char *admin, const char *body)
{
	const struct keyed_ask ask = {
	    .method = "POST", .path = "/v1/keys", .key = admin, .body = body};
	struct fetch_answer answer;
	char text[128] = "";

	if (keyed_ask(k, &ask, &answer) == 201)
		keyed_text(&answer, "key", text);
	else
		fprintf(stderr, "keyed: %d %s\n", answer.status,
		    answer.body != NULL ? answer.body : answer.why);
	fetch_clear(&answer);
	return text[0] != '\0' ? xstrdup(text) : NULL;
}

/*
 * API keys at the real door: each role at each route; keys that are none,
 * revoked or expired; whose jobs a client sees; keys made over HTTP; what
 * happens while PostgreSQL is away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/gate.h"
#include "tests/lib/api_routes.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/keyed.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#define NO_ID "0190a0a0-0000-7000-8000-000000000001"
#define HOTKEY "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

static const char *const role_names[] = {
    "client", "miner", "validator", "operator", "admin"};

static char *keys[5]; /* one of each role */

static int
set_up(void **state)
{
	struct keyed *k;

	if (keyed_set_up(state, "keys", NULL) != 0)
		return -1;
	k = *state;
	if (keyed_restart(k) != 0)
		return -1;
	for (int i = 0; i < 5; i++) {
		keys[i] = keyed_new(k, role_names[i], NULL);
		if (keys[i] == NULL)
			return -1;
	}
	return 0;
}

static int
tear_down(void **state)
{
	for (int i = 0; i < 5; i++)
		free(keys[i]);
	return keyed_tear_down(state);
}

/* Another secret of the same form. */
static void
spoil(char *key)
{
	char *last = &key[strlen(key) - 1];

	*last = *last == '0' ? '1' : '0';
}

/* Of a problem; or of a refusal in OpenAI's form. */
static void
take_code(const struct fetch_answer *answer, char code[128])
{
	json_t *body = fetch_json(answer);
	const char *text = json_string_value(
	    json_object_get(json_object_get(body, "error"), "code"));

	keyed_text(answer, "code", code);
	if (text != NULL)
		snprintf(code, 128, "%s", text);
	json_decref(body);
}

/* Its status and code, as "403 forbidden". */
static void
ask(struct keyed *k, const struct keyed_ask *a, char out[160])
{
	struct fetch_answer answer;
	char code[128];
	int status = keyed_ask(k, a, &answer);

	take_code(&answer, code);
	snprintf(out, 160, "%d %s", status, code);
	fetch_clear(&answer);
}

/* Ask until it is so: what was changed elsewhere is seen after a while. */
static void
await(struct keyed *k, const struct keyed_ask *a, const char *wanted)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	char got[160];

	for (;;) {
		ask(k, a, got);
		if (strcmp(got, wanted) == 0)
			return;
		if (clock_mono_us() > until_us)
			fail_msg("%s, not %s", got, wanted);
		proc_nap();
	}
}

/* -- each role at each route -------------------------------------------- */

/* A route's path with something for its parameters; the caller frees. */
static char *
fill_path(const char *pattern)
{
	struct buf path = {0};

	for (; *pattern != '\0'; pattern++) {
		bool is_hotkey = strncmp(pattern, "{hotkey}", 8) == 0;

		if (*pattern != '{') {
			buf_add_byte(&path, *pattern);
			continue;
		}
		buf_add_str(&path, is_hotkey ? HOTKEY : NO_ID);
		pattern = strchr(pattern, '}');
	}
	/* A stream that never ends is asked for wrongly. */
	if (strcmp(buf_str(&path), "/v1/page/live") == 0)
		buf_add_str(&path, "?job=x");
	return buf_take_str(&path);
}

/* What the gate says; "" if it lets one through. */
static void
gate_says(
    struct keyed *k, const struct api_route *r, const char *key, char out[160])
{
	char *path = fill_path(r->path);
	struct keyed_ask a = {.method = r->method, .path = path, .key = key};

	if (strcmp(r->method, "POST") == 0 || strcmp(r->method, "PATCH") == 0)
		a.body = "{}";
	ask(k, &a, out);
	free(path);
	if (strstr(out, " key_") == NULL &&
	    strstr(out, " invalid_api_key") == NULL &&
	    strstr(out, " forbidden") == NULL)
		out[0] = '\0';
}

/* What it says to who has no key. */
static const char *
without_key(const struct api_route *r)
{
	static const char *const openai[] = {
	    "/v1/audio/", "/v1/images/", "/v1/models"};

	/* The page is public here. */
	if (r->roles & GATE_PUBLIC)
		return "";
	for (size_t i = 0; i < 3 && r->roles != 0; i++) {
		if (strncmp(r->path, openai[i], strlen(openai[i])) == 0)
			return "401 invalid_api_key";
	}
	return r->roles != 0 ? "401 key_missing" : "";
}

static void
each_route_takes_its_roles(void **state)
{
	char got[160];

	assert_true(n_api_routes > 20);
	for (size_t i = 0; i < n_api_routes; i++) {
		const struct api_route *r = &api_routes_known[i];

		gate_says(*state, r, NULL, got);
		if (strcmp(got, without_key(r)) != 0)
			fail_msg("%s %s without a key: \"%s\"", r->method,
			    r->path, got);
		for (int role = 0; role < 5; role++) {
			bool may = r->roles == 0 || r->roles & 1u << role;

			gate_says(*state, r, keys[role], got);
			if (strcmp(got, may ? "" : "403 forbidden") != 0)
				fail_msg("%s %s by a %s: \"%s\"", r->method,
				    r->path, role_names[role], got);
		}
	}
}

static void
a_refusal_names_the_roles(void **state)
{
	const struct keyed_ask a = {
	    .method = "GET", .path = "/v1/jobs/" NO_ID, .key = keys[1]};
	struct fetch_answer answer;
	char text[128];

	keyed_ask(*state, &a, &answer);
	keyed_text(&answer, "detail", text);
	assert_string_equal(text,
	    "this takes a key of role client, validator, operator or admin; "
	    "the one given is of role miner");
	fetch_clear(&answer);
}

/* -- keys that are none ------------------------------------------------- */

static void
what_is_no_good_key_is_refused(void **state)
{
	char *wrong = xstrdup(keys[0]);
	char *scheme = xasprintf("Authorization: bearer %s", keys[0]);
	char *api_key = xasprintf("X-API-Key: %s", keys[0]);
	char *query =
	    xasprintf("/v1/miners?key=%s&api_key=%s", keys[0], keys[0]);
	const struct {
		const char *what, *path, *key, *header, *wanted;
	} cases[] = {
	    {"a good one", NULL, keys[0], NULL, "200 "},
	    {"a scheme in small letters", NULL, NULL, scheme, "200 "},
	    {"the other header", NULL, NULL, api_key, "200 "},
	    {"none", NULL, NULL, NULL, "401 key_missing"},
	    {"in the query", query, NULL, NULL, "401 key_missing"},
	    {"another scheme", NULL, NULL,
		"Authorization: Basic c25rOg==", "401 key_missing"},
	    {"another form", NULL, "sk-1234", NULL, "401 key_malformed"},
	    {"nothing behind the scheme", NULL, "", NULL, "401 key_missing"},
	    {"another secret", NULL, wrong, NULL, "401 key_refused"},
	    {"an id that nobody has", NULL,
		"snk_aaaaaaaaaaaaaaaa_0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef",
		NULL, "401 key_refused"},
	    {"SQL", NULL, "snk_' or true --_0", NULL, "401 key_malformed"},
	};
	char got[160];

	spoil(wrong);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct keyed_ask a = {.method = "GET",
		    .path =
			cases[i].path != NULL ? cases[i].path : "/v1/miners",
		    .key = cases[i].key,
		    .header = cases[i].header};

		ask(*state, &a, got);
		if (strcmp(got, cases[i].wanted) != 0)
			fail_msg("%s: %s, not %s", cases[i].what, got,
			    cases[i].wanted);
	}
	free(wrong);
	free(scheme);
	free(api_key);
	free(query);
}

static void
a_refusal_says_what_to_send(void **state)
{
	const struct keyed_ask none = {.method = "GET", .path = "/v1/miners"};
	const struct keyed_ask bad = {
	    .method = "GET", .path = "/v1/miners", .key = "sk-1"};
	struct fetch_answer answer;
	char *challenge;

	keyed_ask(*state, &none, &answer);
	challenge = fetch_header(&answer, "WWW-Authenticate");
	assert_string_equal(challenge, "Bearer realm=\"subnetd\"");
	free(challenge);
	fetch_clear(&answer);
	keyed_ask(*state, &bad, &answer);
	challenge = fetch_header(&answer, "WWW-Authenticate");
	assert_string_equal(
	    challenge, "Bearer realm=\"subnetd\", error=\"invalid_token\"");
	free(challenge);
	fetch_clear(&answer);
}

/* The whole text of the orchestrator's log; the caller frees. */
static char *
read_log(struct keyed *k)
{
	char *path = sandbox_path(k->s->box, "orchestratord.log");
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	fclose(f);
	free(path);
	return text;
}

static void
tries_are_counted_and_secrets_are_nowhere(void **state)
{
	struct keyed *k = *state;
	struct proc *p = k->s->daemons[SUITE_ORCHESTRATOR];
	char *wrong = xstrdup(keys[2]), *log;
	const struct keyed_ask a = {
	    .method = "GET", .path = "/v1/miners", .key = wrong};
	const char series[] = "subnetd_key_refusals_total{why=\"secret\"}";
	int64_t before;
	char id[40], pairs[80];

	for (int i = 0; i < 5; i++) {
		const struct keyed_ask good = {
		    .method = "GET", .path = "/v1/miners", .key = keys[i]};

		assert_int_equal(keyed_status(k, &good), 200);
	}
	before = jobs_metric(k->ports[0], series);
	spoil(wrong);
	keyed_id(wrong, id);
	snprintf(pairs, sizeof(pairs), "id=%s why=secret", id);
	assert_int_equal(keyed_status(k, &a), 401);
	assert_int_equal(jobs_metric(k->ports[0], series), before + 1);
	assert_non_null(proc_wait_event(p, "key.refused", pairs, 0));
	log = read_log(k);
	assert_non_null(strstr(log, id));
	assert_null(strstr(log, strrchr(wrong, '_') + 1));
	for (int i = 0; i < 5; i++)
		assert_null(strstr(log, strrchr(keys[i], '_') + 1));
	assert_int_equal(db_int(k->s->db,
			     "select count(*) from api_key where position("
			     "'%s' in api_key::text) > 0",
			     strrchr(keys[2], '_') + 1),
	    0);
	free(log);
	free(wrong);
}

static void
a_key_is_revoked_and_expires_everywhere(void **state)
{
	struct keyed *k = *state;
	char *revoked = keyed_new(k, "client", NULL);
	char *expired = keyed_new(k, "client", NULL);
	char id[40], old[40];
	const char *const words[] = {"revoke", id, NULL};

	keyed_id(revoked, id);
	keyed_id(expired, old);
	for (int at = 0; at < 2; at++) {
		struct keyed_ask a = {.at = at,
		    .method = "GET",
		    .path = "/v1/miners",
		    .key = revoked};

		assert_int_equal(keyed_status(k, &a), 200);
		a.key = expired;
		assert_int_equal(keyed_status(k, &a), 200);
	}
	assert_int_equal(keyed_ctl(k, words, NULL), 0);
	assert_int_equal(
	    db_exec(k->s->db,
		"update api_key set expires_at = now() - interval '1 s' "
		"where id = '%s'",
		old),
	    0);
	for (int at = 0; at < 2; at++) {
		struct keyed_ask a = {.at = at,
		    .method = "GET",
		    .path = "/v1/miners",
		    .key = revoked};

		await(k, &a, "401 key_revoked");
		a.key = expired;
		await(k, &a, "401 key_expired");
	}
	free(revoked);
	free(expired);
}

static void
another_secret_ends_the_old_one(void **state)
{
	struct keyed *k = *state;
	char *key = keyed_new(k, "client", NULL), *out, *found;
	char id[40];
	const char *const words[] = {"rotate", id, NULL};
	struct keyed_ask a = {
	    .method = "GET", .path = "/v1/miners", .key = key};

	keyed_id(key, id);
	assert_int_equal(keyed_status(k, &a), 200);
	assert_int_equal(keyed_ctl(k, words, &out), 0);
	found = strstr(out, "snk_");
	assert_non_null(found);
	found[strcspn(found, "\n")] = '\0';
	await(k, &a, "401 key_refused");
	a.key = found;
	assert_int_equal(keyed_status(k, &a), 200);
	free(out);
	free(key);
}

static void
subnetctl_refuses_what_makes_no_sense(void **state)
{
	static const char *const cases[][6] = {
	    {"new", NULL},
	    {"new", "--role", "root", NULL},
	    {"new", "--role", "client", "--tenant", "a b", NULL},
	    {"revoke", NULL},
	    {"rotate", NULL},
	};
	static const char *const nobody[] = {
	    "revoke", "aaaaaaaaaaaaaaaa", NULL};
	char *out;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(keyed_ctl(*state, cases[i], &out), 64);
		free(out);
	}
	assert_int_equal(keyed_ctl(*state, nobody, &out), 1);
	free(out);
}

static void
a_list_shows_no_secret(void **state)
{
	static const char *const words[] = {"list", "--limit", "100", NULL};
	char id[40], *out;

	assert_int_equal(keyed_ctl(*state, words, &out), 0);
	keyed_id(keys[4], id);
	assert_non_null(strstr(out, id));
	assert_null(strstr(out, "snk_"));
	free(out);
}

/* -- whose jobs --------------------------------------------------------- */

/* The id of a job that this key orders. */
static void
order(struct keyed *k, const char *key, const char *body, char id[128])
{
	const struct keyed_ask a = {
	    .method = "POST", .path = "/v1/jobs", .key = key, .body = body};
	struct fetch_answer answer;

	if (keyed_ask(k, &a, &answer) != 202)
		fail_msg("%d %s", answer.status, answer.body);
	keyed_text(&answer, "id", id);
	fetch_clear(&answer);
}

static void
assert_tenant(struct keyed *k, const char *id, const char *wanted)
{
	char *tenant =
	    db_text(k->s->db, "select tenant from job where id = '%s'", id);

	assert_string_equal(tenant, wanted);
	free(tenant);
}

#define FOR(tenant)                                                            \
	"{\"kind\":\"text.translate\",\"tenant\":\"" tenant                    \
	"\",\"params\":{\"text\":\"x\",\"language\":\"en\","                   \
	"\"target_language\":\"de\"}}"

static void
a_client_has_its_own_jobs(void **state)
{
	struct keyed *k = *state;
	char *ann = keyed_new(k, "client", "acme");
	char *bob = keyed_new(k, "client", "acme");
	char *eve = keyed_new(k, "client", "other");
	const struct {
		const char *method, *more, *key, *wanted;
	} cases[] = {
	    {"GET", "", ann, "200 "},
	    {"GET", "", bob, "200 "},
	    {"GET", "", eve, "404 not_found"},
	    {"GET", "", keys[2], "200 "},
	    {"GET", "", keys[3], "200 "},
	    {"GET", "/result", ann, "409 no_result"},
	    {"GET", "/result", eve, "404 not_found"},
	    {"GET", "/result", keys[3], "409 no_result"},
	    {"DELETE", "", eve, "404 not_found"},
	    {"DELETE", "", keys[2], "403 forbidden"},
	    {"GET", "", ann, "200 "},
	    {"DELETE", "", bob, "200 "},
	};
	char id[128], got[160];

	order(k, ann, keyed_job, id);
	assert_tenant(k, id, "acme");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = xasprintf("/v1/jobs/%s%s", id, cases[i].more);
		const struct keyed_ask a = {.method = cases[i].method,
		    .path = path,
		    .key = cases[i].key};

		/* Whatever eve tried, it is as it was. */
		if (i == 10)
			assert_int_equal(db_int(k->s->db,
					     "select count(*) from job where "
					     "id = '%s' and state = 'queued'",
					     id),
			    1);
		ask(k, &a, got);
		if (strcmp(got, cases[i].wanted) != 0)
			fail_msg("%zu: %s %s: %s, not %s", i, cases[i].method,
			    path, got, cases[i].wanted);
		free(path);
	}
	free(ann);
	free(bob);
	free(eve);
}

static void
a_tenant_is_the_keys_or_an_operators_to_name(void **state)
{
	struct keyed *k = *state;
	const struct keyed_ask a = {.method = "POST",
	    .path = "/v1/jobs",
	    .key = keys[0],
	    .body = FOR("acme")};
	char *ann = keyed_new(k, "client", "acme");
	struct fetch_answer answer;
	char id[128], own[40], text[128];

	keyed_id(keys[0], own);
	order(k, keys[0], keyed_job, id);
	assert_tenant(k, id, own);
	order(k, ann, FOR("acme"), id);
	assert_tenant(k, id, "acme");
	order(k, keys[3], FOR("acme"), id);
	assert_tenant(k, id, "acme");
	order(k, keys[4], FOR("else"), id);
	assert_tenant(k, id, "else");
	assert_int_equal(keyed_ask(k, &a, &answer), 422);
	keyed_text(&answer, "detail", text);
	assert_non_null(strstr(text, own));
	fetch_clear(&answer);
	free(ann);
}

/* -- keys over HTTP ----------------------------------------------------- */

static void
an_admin_makes_keys(void **state)
{
	struct keyed *k = *state;
	struct keyed_ask a = {.method = "POST",
	    .path = "/v1/keys",
	    .key = keys[4],
	    .body = "{\"role\":\"client\",\"name\":\"Ann's\",\"tenant\":"
		    "\"acme\",\"expires_in_s\":3600,\"quotas\":[{\"kind\":"
		    "\"*\",\"jobs\":10,\"window_s\":60}]}"};
	struct fetch_answer answer;
	char id[128], key[128], text[128], *location, *path;

	assert_int_equal(keyed_ask(k, &a, &answer), 201);
	keyed_text(&answer, "id", id);
	keyed_text(&answer, "key", key);
	location = fetch_header(&answer, "Location");
	fetch_clear(&answer);
	path = xasprintf("/v1/keys/%s", id);
	assert_string_equal(location, path);
	a = (struct keyed_ask){.method = "GET", .path = path, .key = keys[4]};
	assert_int_equal(keyed_ask(k, &a, &answer), 200);
	keyed_text(&answer, "tenant", text);
	assert_string_equal(text, "acme");
	keyed_text(&answer, "name", text);
	assert_string_equal(text, "Ann's");
	keyed_text(&answer, "key", text);
	assert_string_equal(text, "");
	assert_non_null(strstr(answer.body, "\"jobs\" : 10"));
	assert_null(strstr(answer.body, "hash"));
	fetch_clear(&answer);
	a = (struct keyed_ask){
	    .method = "GET", .path = "/v1/miners", .key = key};
	assert_int_equal(keyed_status(k, &a), 200);
	/* Revoked here it is refused here at once. */
	a = (struct keyed_ask){
	    .method = "DELETE", .path = path, .key = keys[4]};
	assert_int_equal(keyed_ask(k, &a, &answer), 200);
	keyed_text(&answer, "revoked_at", text);
	assert_string_not_equal(text, "");
	fetch_clear(&answer);
	a = (struct keyed_ask){
	    .method = "GET", .path = "/v1/miners", .key = key};
	assert_int_equal(keyed_status(k, &a), 401);
	free(location);
	free(path);
}

static void
what_an_admin_cannot_mean_is_refused(void **state)
{
	static const struct {
		const char *body, *wanted, *words;
	} cases[] = {
	    {"{", "400 bad_body", "line 1"},
	    {"[]", "422 bad_key", "JSON object"},
	    {"{}", "422 bad_key", "role must be client"},
	    {"{\"role\":\"root\"}", "422 bad_key", "role must be client"},
	    {"{\"role\":\"client\",\"id\":\"x\"}", "422 bad_key", "id is not"},
	    {"{\"role\":\"client\",\"tenant\":\"a b\"}", "422 bad_key",
		"tenant must be"},
	    {"{\"role\":\"client\",\"name\":7}", "422 bad_key", "name must be"},
	    {"{\"role\":\"client\",\"expires_in_s\":0}", "422 bad_key",
		"expires_in_s must be"},
	    {"{\"role\":\"client\",\"quotas\":{}}", "422 bad_key",
		"quotas must be an array"},
	    {"{\"role\":\"client\",\"quotas\":[{\"kind\":\"*\",\"jobs\":0,"
	     "\"window_s\":1}]}",
		"422 bad_key", "quotas[0].jobs must be"},
	    {"{\"role\":\"client\",\"quotas\":[{\"kind\":\"*\",\"jobs\":1,"
	     "\"window_s\":1},{\"kind\":\"*\",\"jobs\":2,\"window_s\":1}]}",
		"422 bad_key", "quotas[1].kind stands there twice"},
	};
	int64_t before = db_int(
	    ((struct keyed *)*state)->s->db, "select count(*) from api_key");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct keyed_ask a = {.method = "POST",
		    .path = "/v1/keys",
		    .key = keys[4],
		    .body = cases[i].body};
		struct fetch_answer answer;
		char code[128], got[160], text[128];

		keyed_ask(*state, &a, &answer);
		keyed_text(&answer, "code", code);
		keyed_text(&answer, "detail", text);
		snprintf(got, sizeof(got), "%d %s", answer.status, code);
		if (strcmp(got, cases[i].wanted) != 0 ||
		    strstr(text, cases[i].words) == NULL)
			fail_msg("%s: %s: %s", cases[i].body, got, text);
		fetch_clear(&answer);
	}
	assert_int_equal(db_int(((struct keyed *)*state)->s->db,
			     "select count(*) from api_key"),
	    before);
}

static void
keys_are_listed_by_pages(void **state)
{
	struct keyed *k = *state;
	int64_t all = db_int(k->s->db, "select count(*) from api_key");
	int64_t seen = 0;
	char next[128] = "";

	do {
		char *path = xasprintf("/v1/keys?limit=3%s%s",
		    next[0] != '\0' ? "&before=" : "", next);
		const struct keyed_ask a = {
		    .method = "GET", .path = path, .key = keys[4]};
		struct fetch_answer answer;
		json_t *body;

		assert_int_equal(keyed_ask(k, &a, &answer), 200);
		body = fetch_json(&answer);
		seen += json_array_size(json_object_get(body, "keys"));
		keyed_text(&answer, "next", next);
		assert_null(strstr(answer.body, "hash"));
		json_decref(body);
		fetch_clear(&answer);
		free(path);
	} while (next[0] != '\0' && seen <= all);
	assert_int_equal(seen, all);
}

/* -- while PostgreSQL is away ------------------------------------------- */

/* A key that was good before stays so; of another nobody can tell. */
static void
a_known_key_stays_good_while_postgresql_is_away(void **state)
{
	struct keyed *k = *state;
	struct cluster *pg = sandbox_cluster(k->s->box);
	char *fresh = keyed_new(k, "client", NULL);
	char *wrong = xstrdup(keys[0]);
	/* Refused before the database is asked: for its body. */
	struct keyed_ask a = {
	    .method = "POST", .path = "/v1/jobs", .key = keys[0], .body = "{"};

	spoil(wrong);
	await(k, &a, "400 bad_body");
	proc_skip_to_now(k->s->daemons[SUITE_ORCHESTRATOR]);
	cluster_halt(pg, CLUSTER_FAST);
	assert_non_null(proc_wait_event(
	    k->s->daemons[SUITE_ORCHESTRATOR], "pg.down", NULL, 0));
	await(k, &a, "400 bad_body");
	a.key = wrong;
	await(k, &a, "401 key_refused");
	a.key = fresh;
	await(k, &a, "503 unavailable");
	assert_int_equal(cluster_start(pg), 0);
	await(k, &a, "400 bad_body");
	free(fresh);
	free(wrong);
}

static void
what_was_used_is_noted(void **state)
{
	struct keyed *k = *state;
	char id[40];

	keyed_id(keys[0], id);
	assert_int_equal(db_wait_int(k->s->db, 1, 0,
			     "select count(*) from api_key where id = '%s' and "
			     "last_used_at > created_at",
			     id),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    /* First: of many refusals a second few are logged. */
	    cmocka_unit_test(tries_are_counted_and_secrets_are_nowhere),
	    cmocka_unit_test(each_route_takes_its_roles),
	    cmocka_unit_test(a_refusal_names_the_roles),
	    cmocka_unit_test(what_is_no_good_key_is_refused),
	    cmocka_unit_test(a_refusal_says_what_to_send),
	    cmocka_unit_test(a_key_is_revoked_and_expires_everywhere),
	    cmocka_unit_test(another_secret_ends_the_old_one),
	    cmocka_unit_test(subnetctl_refuses_what_makes_no_sense),
	    cmocka_unit_test(a_list_shows_no_secret),
	    cmocka_unit_test(a_client_has_its_own_jobs),
	    cmocka_unit_test(a_tenant_is_the_keys_or_an_operators_to_name),
	    cmocka_unit_test(an_admin_makes_keys),
	    cmocka_unit_test(what_an_admin_cannot_mean_is_refused),
	    cmocka_unit_test(keys_are_listed_by_pages),
	    cmocka_unit_test(what_was_used_is_noted),
	    cmocka_unit_test(a_known_key_stays_good_while_postgresql_is_away),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

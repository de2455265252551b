/*
 * What is asked of miners, by which scheme, and what their answers come to:
 * of classic axons, too, who need not know what they are asked. The others
 * are played by the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "orchestrator/prober.c"

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	bool is_axon, is_up;
	struct signed_call_request call;
	char said[80]; /* of its capacity, to be kept */
};

static struct world *world; /* of the test that runs */

/* -- the others ------------------------------------------------------------ */

bool
signer_client_is_up(const struct signer_client *s)
{
	(void)s;
	return true;
}

/* One miner is due. */
void
store_miner_probe(struct orchestrator *o, int64_t before_us,
    pg_on_answer *on_answer, void *arg)
{
	PGresAttDesc columns[] = {
	    {.name = "hotkey"}, {.name = "address"}, {.name = "is_axon"}};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	struct pg_answer answer = {PG_DONE, &res, 1, "", ""};

	(void)o, (void)before_us;
	PQsetResultAttrs(res, 3, columns);
	PQsetvalue(res, 0, 0, "hotkey", 6);
	PQsetvalue(res, 0, 1, "1.1.1.1:8091", 12);
	PQsetvalue(res, 0, 2, world->is_axon ? "t" : "f", 1);
	on_answer(&answer, arg);
	PQclear(res);
}

char *
dispatch_url(const struct orchestrator *o, const char *address,
    const char *path, bool is_plain)
{
	(void)o;
	return xasprintf(
	    "%s://%s%s", is_plain ? "http" : "https", address, path);
}

void
signed_call_new(struct orchestrator *o, const struct signed_call_request *r)
{
	(void)o;
	world->call = *r;
}

void
signed_call_send(struct signed_call *c)
{
	(void)c;
}

void
store_miner_seen(struct orchestrator *o, const char *hotkey, bool is_up,
    const json_t *capacity)
{
	char *text = json_dumps(capacity, JSON_COMPACT);

	(void)o;
	assert_string_equal(hotkey, "hotkey");
	world->is_up = is_up;
	snprintf(world->said, sizeof(world->said), "%s", text);
	free(text);
}

struct miner *
table_find(const struct table *t, const char *hotkey)
{
	(void)t, (void)hotkey;
	return NULL;
}

void
miners_say(struct miner *m, const struct kinds *kinds, bool pulled,
    const json_t *capacity, const json_t *earned)
{
	(void)m, (void)kinds, (void)pulled, (void)capacity, (void)earned;
}

void
miner_up(struct miner *m, bool is_up, int64_t now_us)
{
	(void)m, (void)is_up, (void)now_us;
}

json_t *
protocol_axon_capacity(const struct kinds *kinds)
{
	(void)kinds;
	return json_pack("{s:i, s:i}", "audio.task", 4, "other.task", 1);
}

/* -- the tests ------------------------------------------------------------- */

static void
its_scheme_is_its_doors(void **state)
{
	static const struct {
		bool is_axon;
		const char *url;
	} cases[] = {
	    {false, "https://1.1.1.1:8091/capacity"},
	    {true, "http://1.1.1.1:8091/capacity"},
	};
	struct http_answer nobody = {.why = "connect", .detail = "refused"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w = {.is_axon = cases[i].is_axon};

		world = &w;
		prober_run(&w.o, 0);
		assert_string_equal(w.call.url, cases[i].url);
		assert_int_equal(w.call.is_plain, cases[i].is_axon);
		w.call.on_answer(&nobody, w.call.arg);
		assert_false(w.is_up);
		assert_string_equal(w.said, "{}");
		free(w.call.url);
		free(w.call.body);
	}
}

static void
what_it_answers_is_its_capacity(void **state)
{
	static const struct {
		bool is_axon;
		int status;
		const char *body;
		bool is_up;
		const char *said;
	} cases[] = {
	    {false, 200, "{\"a\":2,\"b\":true}", true, "{\"a\":2,\"b\":true}"},
	    {false, 200, "{\"a\":\"2\",\"b\":[]}", true, "{}"},
	    {false, 200, "garbage", true, "{}"},
	    {false, 404, "{\"a\":2}", false, "{}"},
	    /* An axon is there whatever it says, and has what its kinds say. */
	    {true, 404, "{\"message\":\"?\"}", true,
		"{\"audio.task\":4,\"other.task\":1}"},
	    {true, 200, "garbage", true, "{\"audio.task\":4,\"other.task\":1}"},
	    {true, 200, "{\"audio.task\":9}", true, "{\"audio.task\":9}"},
	    /* Of other kinds it has none. */
	    {true, 200, "{\"audio.speak\":9,\"other.task\":2}", true,
		"{\"other.task\":2}"},
	    {true, 200, "{\"audio.speak\":9}", true,
		"{\"audio.task\":4,\"other.task\":1}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w = {.is_axon = cases[i].is_axon};
		struct http_answer answer = {.status = cases[i].status,
		    .body = cases[i].body,
		    .len = strlen(cases[i].body)};

		world = &w;
		prober_run(&w.o, 0);
		w.call.on_answer(&answer, w.call.arg);
		assert_int_equal(w.is_up, cases[i].is_up);
		assert_string_equal(w.said, cases[i].said);
		free(w.call.url);
		free(w.call.body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_scheme_is_its_doors),
	    cmocka_unit_test(what_it_answers_is_its_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

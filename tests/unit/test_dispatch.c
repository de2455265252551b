/*
 * One attempt on its way to its miner: its request is made, signed and sent
 * in whatever order its input, its signature and its row come; what becomes
 * of it when one of them does not; and by which scheme it goes. The others are
 * played by the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "orchestrator/dispatch.c"

#define ATTEMPT "0190a0a0-0000-7000-8000-000000000001"

#define HOUR_US 3600000000LL

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kind kind;
	struct protocol protocol;
	struct miner miner;
	struct job job;
	struct flight flight;
	bool is_unbuildable, is_unknown;
	/* the input, while it is read */
	void (*on_loaded)(const char *, const void *, size_t, void *);
	void *load_arg;
	int64_t load_ms;
	/* the request, while it is signed or out */
	struct signed_call_request call;
	char url[80], body[80];
	/* what was done: words, each with a space behind */
	char done[160];
	int n_overhead;
};

static struct world *world; /* of the test that runs */

static void
note(const char *word)
{
	size_t len = strlen(world->done);

	snprintf(world->done + len, sizeof(world->done) - len, "%s ", word);
}

/* What was done since this was last asked. */
static void
expect(struct world *w, const char *done)
{
	assert_string_equal(w->done, done);
	w->done[0] = '\0';
}

/* -- the others ------------------------------------------------------------ */

struct input_load *
input_load_start(struct orchestrator *o, const struct job *job,
    int64_t timeout_ms,
    void (*on_done)(const char *, const void *, size_t, void *), void *arg)
{
	(void)o;
	assert_string_equal(job->input_sha256, "hash");
	assert_string_equal(job->input_of, "of");
	assert_int_equal(job->input_bytes, 5);
	world->load_ms = timeout_ms;
	world->on_loaded = on_done;
	world->load_arg = arg;
	note("load");
	return (struct input_load *)world;
}

void
input_load_cancel(struct input_load *l)
{
	assert_ptr_equal(l, world);
	note("unload");
}

static int
build(const struct protocol_ask *ask, struct protocol_sending *out,
    struct err *err)
{
	const char *said =
	    json_string_value(json_object_get(ask->job->params, "said"));

	assert_string_equal(ask->attempt_id, ATTEMPT);
	if (world->is_unbuildable)
		return err_set(err, "it cannot be");
	out->body =
	    xasprintf("%s %s %.*s", ask->job->id, said, (int)ask->input_len,
		ask->input_len > 0 ? (const char *)ask->input : "");
	return 0;
}

const struct protocol *
protocol_find(const char *name)
{
	assert_string_equal(name, "wire");
	return world->is_unknown ? NULL : &world->protocol;
}

void
trace_make(
    const struct secrets *secrets, const char *job_id, char out[TRACE_TEXT])
{
	(void)secrets;
	snprintf(out, TRACE_TEXT, "of %.40s", job_id);
}

void
protocol_sending_clear(struct protocol_sending *s)
{
	free(s->body);
}

void
signed_call_new(struct orchestrator *o, const struct signed_call_request *r)
{
	(void)o;
	assert_memory_equal(r->traceparent, "of ", 3); /* the job has none */
	world->call = *r;
	snprintf(world->url, sizeof(world->url), "%s", r->url);
	snprintf(world->body, sizeof(world->body), "%s", r->body);
	note(r->is_plain ? "sign-plain" : "sign");
}

bool
signed_call_is_stale(const struct signed_call *c)
{
	(void)c;
	return false;
}

void
signed_call_free(struct signed_call *c)
{
	assert_ptr_equal(c, world);
	note("unsent");
}

void
signed_call_send(struct signed_call *c)
{
	assert_ptr_equal(c, world);
	note("send");
}

struct flight *
flights_add(struct flights *f, const char *id)
{
	(void)f;
	assert_string_equal(id, ATTEMPT);
	return &world->flight;
}

struct flight *
flights_find(struct flights *f, const char *id)
{
	(void)f, (void)id;
	return &world->flight;
}

void
flights_accepted(
    struct flights *f, struct flight *flight, int64_t sent_us, int64_t at_us)
{
	(void)f, (void)flight, (void)sent_us, (void)at_us;
	note("accepted");
}

void
overhead_note(
    struct overhead *o, enum overhead_part part, int64_t from_us, int64_t to_us)
{
	(void)o;
	assert_int_equal(part, OVERHEAD_DISPATCH);
	assert_true(from_us > 0 && from_us <= to_us);
	world->n_overhead++;
}

void
hedges_watch(struct hedges *h, struct flight *flight)
{
	(void)h, (void)flight;
}

void
store_attempt_step(struct orchestrator *o, const char *job_id, const char *id,
    enum attempt_event event, enum attempt_state to, const char *reason,
    const struct attempt_result *result, void (*on_done)(bool, void *),
    void *arg)
{
	(void)o, (void)job_id, (void)event, (void)to, (void)result;
	assert_string_equal(id, ATTEMPT);
	note(reason);
	on_done(true, arg);
}

void
jobs_settle(struct orchestrator *o, const char *job_id)
{
	(void)o;
	assert_string_equal(job_id, "job");
	note("settle");
}

void
brought_take(struct orchestrator *o, const struct brought *b,
    const struct http_answer *answer, void (*on_over)(void *), void *arg)
{
	(void)o, (void)answer;
	assert_string_equal(b->attempt_id, ATTEMPT);
	note("brought");
	on_over(arg);
}

/* -- the scene ------------------------------------------------------------- */

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	*state = world = w;
	w->kind = (struct kind){.name = "kind",
	    .protocol = "wire",
	    .path = "/Path",
	    .answer_ms = 1000,
	    .max_input_bytes = 10};
	w->protocol = (struct protocol){
	    .name = "wire", .takes_input = true, .build = build};
	w->miner.hotkey = "hotkey";
	w->miner.address = "198.41.0.4:1";
	w->job = (struct job){.id = "job",
	    .kind = &w->kind,
	    .wanted = 1,
	    .input_type = "audio/wav",
	    .input_of = "of",
	    .input_sha256 = "hash",
	    .input_bytes = 5,
	    .params = json_pack("{s:s}", "said", "yes")};
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	assert_true(LIST_EMPTY(&w->o.dispatches));
	free(w->call.url);
	free(w->call.body);
	json_decref(w->job.params);
	free(w);
	return 0;
}

/* Of a job that is gone from memory right after. */
static struct dispatch *
begin(struct world *w)
{
	struct dispatch *d = dispatch_new(
	    &w->o, &w->job, ATTEMPT, &w->miner, clock_wall_us() + HOUR_US);

	json_decref(w->job.params);
	w->job = (struct job){0};
	return d;
}

static void
loaded(struct world *w, const char *why)
{
	w->on_loaded(why, "bytes", why == NULL ? 5 : 0, w->load_arg);
}

static void
signed_now(struct world *w)
{
	w->call.on_signed((struct signed_call *)w, NULL, w->call.arg);
}

/* It comes to a good answer: no more is to be done. */
static void
answered(struct world *w)
{
	struct http_answer answer = {.status = 200};

	w->call.on_answer(&answer, w->call.arg);
	expect(w, "accepted ");
}

/* -- in whatever order ----------------------------------------------------- */

static void
it_is_sent_when_it_is_read_signed_and_written(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	expect(w, "load ");
	/* Most of the attempt's time is the miner's. */
	assert_true(w->load_ms > 0 && w->load_ms <= HOUR_US / 1000 / 4);
	dispatch_start(d);
	expect(w, "");
	loaded(w, NULL);
	expect(w, "sign ");
	assert_string_equal(w->body, "job yes bytes");
	assert_string_equal(w->url, "https://198.41.0.4:1/Path");
	assert_int_equal(w->n_overhead, 0);
	signed_now(w);
	expect(w, "send ");
	assert_int_equal(w->n_overhead, 1);
	answered(w);
}

static void
its_row_may_come_last(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	loaded(w, NULL);
	signed_now(w);
	expect(w, "load sign ");
	dispatch_start(d);
	expect(w, "send ");
	answered(w);
}

static void
what_has_no_input_is_signed_at_once(void **state)
{
	struct world *w = *state;
	struct dispatch *d;

	w->job.input_type = NULL;
	d = begin(w);
	expect(w, "sign ");
	assert_string_equal(w->body, "job yes ");
	dispatch_start(d);
	signed_now(w);
	expect(w, "send ");
	answered(w);
}

static void
an_input_behind_a_url_is_not_read(void **state)
{
	struct world *w = *state;
	struct dispatch *d;

	w->protocol.takes_input = false;
	d = begin(w);
	expect(w, "sign ");
	signed_now(w);
	dispatch_start(d);
	expect(w, "send ");
	answered(w);
}

/* -- what does not come ---------------------------------------------------- */

/* Whether the row is there before or after. */
static void
without_its_input_it_is_not_sent(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	dispatch_start(d);
	loaded(w, "gone");
	expect(w, "load not_sent settle ");
}

static void
without_its_input_it_is_not_sent_once_written(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	loaded(w, "gone");
	expect(w, "load ");
	dispatch_start(d);
	expect(w, "not_sent settle ");
}

static void
what_cannot_be_made_is_not_sent(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	w->is_unbuildable = true;
	dispatch_start(d);
	loaded(w, NULL);
	expect(w, "load not_sent settle ");
}

static void
what_nobody_knows_how_to_say_is_not_sent(void **state)
{
	struct world *w = *state;

	w->is_unknown = true;
	dispatch_start(begin(w));
	expect(w, "not_sent settle ");
}

static void
a_file_of_no_size_that_goes_along_is_not_read(void **state)
{
	static const int64_t sizes[] = {0, 11};
	struct world *w = *state;
	struct job job = w->job;

	for (size_t i = 0; i < 2; i++) {
		w->job = job;
		w->job.params = json_object();
		w->job.input_bytes = sizes[i];
		dispatch_start(begin(w));
		expect(w, "not_sent settle ");
	}
	w->job = job;
}

/* -- what is not wanted any more ------------------------------------------- */

static void
one_that_is_not_made_is_not_read_on(void **state)
{
	struct world *w = *state;

	dispatch_drop(begin(w));
	expect(w, "load unload ");
}

static void
one_that_is_not_made_is_not_sent(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	loaded(w, NULL);
	dispatch_drop(d);
	expect(w, "load sign "); /* its signature is on its way */
	signed_now(w);
	expect(w, "unsent ");
}

static void
one_that_failed_and_is_not_made_is_gone(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	loaded(w, "gone");
	dispatch_drop(d);
	expect(w, "load ");
}

static void
one_that_is_over_is_not_read_on(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	dispatch_start(d);
	dispatch_over(&w->o, "another");
	expect(w, "load ");
	dispatch_over(&w->o, ATTEMPT);
	expect(w, "unload ");
	dispatch_over(&w->o, ATTEMPT); /* it is gone */
}

/* We hear of its end before we hear that its row is there. */
static void
one_that_is_over_is_not_sent_once_written(void **state)
{
	struct world *w = *state;
	struct dispatch *d = begin(w);

	dispatch_over(&w->o, ATTEMPT);
	expect(w, "load unload ");
	dispatch_start(d);
	expect(w, "not_sent settle ");
}

static void
at_the_end_nothing_is_read_on(void **state)
{
	struct world *w = *state;

	begin(w);
	dispatches_drop(&w->o);
	expect(w, "load unload ");
}

/* -- by which scheme ------------------------------------------------------- */

static void
only_a_kind_for_axons_goes_to_an_axon_by_plain_http(void **state)
{
	static const struct {
		bool development, kind, miner; /* for axons; is one */
		const char *url, *done;
	} cases[] = {
	    {false, false, false, "https://198.41.0.4:1/Path", "sign "},
	    {false, false, true, "https://198.41.0.4:1/Path", "sign "},
	    /* It has committed an address, where it does TLS. */
	    {false, true, false, "https://198.41.0.4:1/Path", "sign "},
	    {false, true, true, "http://198.41.0.4:1/Path", "sign-plain "},
	    {true, false, false, "http://198.41.0.4:1/Path", "sign "},
	};
	struct world *w = *state;

	w->job.input_type = NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dispatch *d;

		w->o.development = cases[i].development;
		w->protocol.is_of_axons = cases[i].kind;
		w->miner.is_axon = cases[i].miner;
		d = dispatch_new(&w->o, &w->job, ATTEMPT, &w->miner,
		    clock_wall_us() + HOUR_US);
		assert_string_equal(w->url, cases[i].url);
		expect(w, cases[i].done);
		dispatch_drop(d);
		signed_now(w);
		expect(w, "unsent ");
		free(w->call.url);
		free(w->call.body);
		w->call.url = w->call.body = NULL;
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(it_is_sent_when_it_is_read_signed_and_written),
	    TEST(its_row_may_come_last),
	    TEST(what_has_no_input_is_signed_at_once),
	    TEST(an_input_behind_a_url_is_not_read),
	    TEST(without_its_input_it_is_not_sent),
	    TEST(without_its_input_it_is_not_sent_once_written),
	    TEST(what_cannot_be_made_is_not_sent),
	    TEST(what_nobody_knows_how_to_say_is_not_sent),
	    TEST(a_file_of_no_size_that_goes_along_is_not_read),
	    TEST(one_that_is_not_made_is_not_read_on),
	    TEST(one_that_is_not_made_is_not_sent),
	    TEST(one_that_failed_and_is_not_made_is_gone),
	    TEST(one_that_is_over_is_not_read_on),
	    TEST(one_that_is_over_is_not_sent_once_written),
	    TEST(at_the_end_nothing_is_read_on),
	    TEST(only_a_kind_for_axons_goes_to_an_axon_by_plain_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

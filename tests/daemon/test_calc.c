/*
 * subnetctl calc against the reference subnets' cases, section by section, as
 * somebody who checks us would ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "tests/lib/tool.h"

static const double exact = 1e-11; /* as many digits as the references have */

/* -- asking ------------------------------------------------------------- */

/* The answer's member, the caller's to decref; fails if there is none. */
static json_t *
ask(const char *name, const char *in, const char *member)
{
	const char *const args[] = {"calc", name, NULL};
	struct tool_answer got;
	json_t *value;

	tool_run(args, in, strlen(in), &got);
	if (got.status != 0 || got.json == NULL)
		fail_msg("%s %s: %d %s", name, in, got.status, got.err);
	value = json_incref(json_object_get(got.json, member));
	tool_answer_clear(&got);
	if (value == NULL)
		fail_msg("%s %s: no %s", name, in, member);
	return value;
}

static double
number_of(const json_t *v)
{
	if (json_is_string(v))
		return strcmp(json_string_value(v), "-inf") == 0 ? -INFINITY
								 : NAN;
	return json_number_value(v);
}

static bool
is_near(double got, double want, double tolerance)
{
	if (isinf(want))
		return got == want;
	return fabs(got - want) <= tolerance * (fabs(want) > 1 ? want : 1);
}

static void
check(const char *name, const char *in, const char *member, double want,
    double tolerance)
{
	json_t *v = ask(name, in, member);
	double got = number_of(v);

	json_decref(v);
	if (!is_near(got, want, tolerance))
		fail_msg("%s %s: %s is %.15g, not %.15g", name, in, member, got,
		    want);
}

static void
check_list(const char *name, const char *in, const char *member,
    const double *want, size_t n, double tolerance)
{
	json_t *list = ask(name, in, member);

	assert_int_equal(json_array_size(list), n);
	for (size_t i = 0; i < n; i++) {
		double got = number_of(json_array_get(list, i));

		if (!is_near(got, want[i], tolerance))
			fail_msg("%s %s: %s[%zu] is %.15g, not %.15g", name, in,
			    member, i, got, want[i]);
	}
	json_decref(list);
}

static void
counted(const char *section, size_t n)
{
	print_message("%s: %zu of %zu cases\n", section, n, n);
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* -- Dippy 10.1: job scores --------------------------------------------- */

static const struct {
	const char *job;
	double raw, weighted; /* NAN: not given */
} jobs[] = {
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 0", 1, .8},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 1000", .983333333333,
	.786666666667},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 5000", .916666666667,
	.733333333333},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 8000", .866666666667,
	.693333333333},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 12933", .78445, .62756},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 13532", .774466666667,
	.619573333333},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 15000", .75, .6},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 30000", .5, .4},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 54000", .1, .08},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 60000", 0, 0},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': 90000", 0, 0},
    {"'job_type': 'img-h100_pcie', 'total_runtime_ms': -5", 1, .8},
    {"'job_type': 'base-h100_pcie', 'total_runtime_ms': 1000", NAN,
	.196666666667},
    {"'job_type': 'base-h100_pcie', 'total_runtime_ms': 13532", NAN,
	.154893333333},
    {"'job_type': 'base-h100_pcie', 'total_runtime_ms': 60000", NAN, 0},
    {"'job_type': 'generate', 'total_runtime_ms': 1000", NAN, 0},
    {"'job_type': 'lora', 'total_runtime_ms': 1", NAN, 0},
    {"'job_type': ' IMG-H100_PCIE ', 'total_runtime_ms': 1000", NAN,
	.786666666667},
    /* which latency */
    {"'job_type': 'img-h100_pcie', 'execution_duration_ms': 1000, "
     "'response_payload': {'total_runtime_ms': 30000}",
	.983333333333, NAN},
    {"'job_type': 'img-h100_pcie', 'response_payload': "
     "{'total_runtime_ms': 30000, 'latency_ms': 10000}",
	.5, .4},
    {"'job_type': 'img-h100_pcie', 'latency_ms': 2000, "
     "'response_payload': {'total_runtime_ms': 30000}",
	.966666666667, NAN},
    {"'job_type': 'img-h100_pcie', 'response_payload': "
     "{'latency_ms': '7500'}",
	.875, NAN},
    {"'job_type': 'img-h100_pcie', 'response_payload': "
     "{'latency_ms': 'abc'}",
	0, 0},
};

/* Text with ' for ", which the caller frees by buf_free. */
static const char *
quoted(struct buf *out, const char *before, const char *text, const char *after)
{
	buf_reset(out);
	buf_add_str(out, before);
	buf_add_str(out, text);
	buf_add_str(out, after);
	for (size_t i = 0; i < out->len; i++) {
		if (out->data[i] == '\'')
			out->data[i] = '"';
	}
	return buf_str(out);
}

static void
dippys_job_scores(void **state)
{
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(jobs); i++) {
		quoted(&in, "{'job': {", jobs[i].job, "}}");
		if (!isnan(jobs[i].raw))
			check("dippy.job_score", buf_str(&in), "raw",
			    jobs[i].raw, exact);
		if (!isnan(jobs[i].weighted))
			check("dippy.job_score", buf_str(&in), "weighted",
			    jobs[i].weighted, exact);
	}
	buf_free(&in);
	counted("dippy 10.1", LENGTH(jobs));
}

/* -- Dippy 10.2: the moving average ------------------------------------- */

#define IMG(t, status, ms)                                                     \
	"{'t': " #t ", 'status': '" status                                     \
	"', 'job_type': 'img-h100_pcie', 'latency_ms': " #ms "}"
#define BASE(t, status, ms)                                                    \
	"{'t': " #t ", 'status': '" status                                     \
	"', 'job_type': 'base-h100_pcie', 'latency_ms': " #ms "}"

static const struct {
	const char *name, *events;
	double reference, first, later; /* scores by the two settings */
	int successes, failures;	/* -1: not given */
} replays[] = {
    {"E1", IMG(0, "success", 1000), 0, .786666666666667, .786666666666667, 1,
	0},
    {"E2", IMG(0, "success", 1000), 604800, .393333333333333, .393333333333333,
	1, 0},
    {"E4", IMG(0, "success", 1000) "," IMG(60, "failed", null), 120,
	.235967545339995, .629246787573319, 1, 1},
    {"E5", IMG(0, "failed", null) "," IMG(60, "success", 1000), 60,
	.786666666666667, .786666666666667, 1, 1},
    {"E6", IMG(0, "failed", null), 0, 0, 0, 0, 1},
    {"E8", IMG(0, "success", 15000), 0, .6, .6, 1, 0},
    {"E9", BASE(0, "success", 16000), 0, .146666666666667, .146666666666667, 1,
	0},
    {"E10", IMG(0, "success", 8000) "," BASE(60, "success", 1000), 60,
	.544299960727635, .196666666666667, 2, 0},
    {"E13", IMG(0, "success", 1000) "," IMG(60, "pending", null), 60,
	.786612573706881, .786612573706881, 1, 0},
    {"E14", IMG(0, "success", null), 0, 0, 0, 0, 1},
    {"E22", IMG(0, "success", 1000) "," IMG(0, "failed", null), 0, .236,
	.629333333333333, 1, 1},
    {"E23", IMG(0, "failed", null) "," IMG(0, "success", 1000), 0,
	.786666666666667, .786666666666667, 1, 1},
    {"E25", IMG(60, "success", 1000), 0, .786666666666667, .786666666666667, 1,
	0},
    {"15001 ms", IMG(0, "success", 15001), 0, 0, 0, 0, 1},
    {"timeout", IMG(0, "success", 1000) "," IMG(0, "timeout", null), 0, .236,
	.629333333333333, 1, 1},
    {"of other types",
	IMG(0, "success", 1000) ",{'t': 0, 'status': 'failed', "
				"'job_type': 'generate'}",
	0, .786666666666667, .786666666666667, 1, 0},
};

static void
check_replay(size_t i, const char *setting, double want)
{
	struct buf in = {0}, events = {0};

	buf_printf(&events, "'reference': %.0f, 'events': [%s]",
	    replays[i].reference, replays[i].events);
	quoted(&in, setting, buf_str(&events), "}");
	check("dippy.ema", buf_str(&in), "scores", want, 1e-14);
	check("dippy.ema", buf_str(&in), "success_count", replays[i].successes,
	    0);
	check(
	    "dippy.ema", buf_str(&in), "failure_count", replays[i].failures, 0);
	buf_free(&in);
	buf_free(&events);
}

static void
dippys_moving_average(void **state)
{
	static const char first[] =
	    "{'alpha': 0.3, 'half_life_s': 604800, 'penalty': 0.7, ";
	static const char later[] =
	    "{'alpha': 1, 'half_life_s': 604800, 'penalty': 0.2, ";
	static const char e19[] =
	    "'reference': 60, 'stored': {'alpha': 0.5, 'half_life_s': 60, "
	    "'penalty': 0.5}, 'events': [" IMG(0, "success", 1000) "," IMG(
		60, "failed", null) "]}";
	static const char e18[] =
	    "'reference': 604800, 'stored': {'scores': 1.0, 'ema_score': 1.0, "
	    "'ema_last_update_at': 0}, 'events': []}";
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(replays); i++) {
		check_replay(i, first, replays[i].first);
		check_replay(i, later, replays[i].later);
	}
	check("dippy.ema", quoted(&in, first, e19, ""), "scores",
	    .196666666666667, 1e-14);
	check("dippy.ema", quoted(&in, later, e19, ""), "scores",
	    .196666666666667, 1e-14);
	check("dippy.ema", quoted(&in, first, e18, ""), "scores", 0, 0);
	buf_free(&in);
	counted("dippy 10.2", LENGTH(replays) + 2);
}

/* -- Dippy 10.3: selection ---------------------------------------------- */

static void
dippys_selection(void **state)
{
	static const struct {
		const char *miner;
		double weight;
	} rows[] = {
	    {"'alpha_stake': 1", 1},
	    {"'alpha_stake': 1, 'failure_count': 3", .25},
	    {"'alpha_stake': 1, 'scores': null", 1},
	    {"'alpha_stake': 1, 'scores': 0", .05},
	    {"'alpha_stake': 1, 'scores': 0.5, 'ema_score': 0.3", .5},
	    {"'alpha_stake': 1, 'scores': 2", 1},
	    {"'alpha_stake': 1, 'scores': -1", .05},
	    {"'alpha_stake': 1, 'failure_count': 4", .2},
	    {"'alpha_stake': 1, 'failure_count': 9, 'scores': 0.01", .005},
	    {"'alpha_stake': 1, 'failed_audits': 1, 'scores': 0.9", 0},
	    {"'alpha_stake': 1, 'failure_count': 1, 'scores': 0.8, "
	     "'ema_score': 0.8",
		.4},
	    {"'alpha_stake': 1, 'scores': 'high'", 1},
	    {"'alpha_stake': 1, 'failure_count': 99, 'scores': 1", .01},
	    {"'alpha_stake': -3", 0},
	    {"'alpha_stake': 0", 0},
	    {"'alpha_stake': 499", 499},
	    {"'alpha_stake': 500", 500},
	    {"'alpha_stake': 501", 500},
	    {"'alpha_stake': 6000", 500},
	};
	static const double chances[] = {.8, .2, 0}, even[] = {.5, .5};
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		quoted(&in, "{'cap': 500, 'miners': [{", rows[i].miner, "}]}");
		check_list("dippy.select_weights", buf_str(&in), "weights",
		    &rows[i].weight, 1, exact);
	}
	quoted(&in, "{'cap': 500, 'miners': [",
	    "{'alpha_stake': 400}, {'alpha_stake': 100}, "
	    "{'alpha_stake': 400, 'failed_audits': 2}",
	    "]}");
	check_list("dippy.select_weights", buf_str(&in), "probabilities",
	    chances, 3, exact);
	quoted(&in, "{'cap': 500, 'miners': [",
	    "{'alpha_stake': 0}, {'alpha_stake': 0}", "]}");
	check_list("dippy.select_weights", buf_str(&in), "probabilities", even,
	    2, exact);
	buf_free(&in);
	counted("dippy 10.3", LENGTH(rows) + 2);
}

/* -- Dippy 10.7: the time penalty --------------------------------------- */

/* An incumbent's 1 at block 0 against a newcomer's just below and just above
 * 1 / (1 - p), d blocks later. */
static void
check_gap(double p, int d, double penalty)
{
	struct buf in = {0};
	const double limit = 1 / (1 - penalty);

	for (int above = 0; above < 2; above++) {
		const double wins[] = {1 - above, above};

		buf_reset(&in);
		buf_printf(&in,
		    "{\"penalty\": {\"mode\": \"gap\", \"p\": %.17g}, "
		    "\"miners\": [{\"score\": 1, \"block\": 0}, "
		    "{\"score\": %.17g, \"block\": %d}]}",
		    p, limit * (1 + (above ? 1e-9 : -1e-9)), d);
		check_list("win_rate", buf_str(&in), "wins", wins, 2, 0);
	}
	buf_free(&in);
}

static void
dippys_time_penalty(void **state)
{
	static const struct {
		double p;
		int d;
		double penalty;
	} rows[] = {
	    {.03, 1, .00387109230132},
	    {.03, 2, .00724267274912},
	    {.03, 5, .0149643829912},
	    {.03, 10, .0224643407055},
	    {.03, 20, .0281071279666},
	    {.03, 25, .0290513167019},
	    {.03, 50, .02997},
	    {.03, 75, .0299990513167},
	    {.03, 99, .0299999655554},
	    {.03, 100, .03},
	    {.03, 5000, .03},
	    {.025, 1, .0032259102511},
	    {.025, 10, .0187202839212},
	    {.025, 50, .024975},
	};
	static const double tie[] = {0, 0}, second[] = {0, 1};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		check_gap(rows[i].p, rows[i].d, rows[i].penalty);
	check_list("win_rate",
	    "{\"penalty\": {\"mode\": \"gap\", \"p\": 0.03}, \"miners\": "
	    "[{\"score\": 1, \"block\": 7}, {\"score\": 1, \"block\": 7}]}",
	    "wins", tie, 2, 0);
	check_list("win_rate", /* both at least the threshold: none */
	    "{\"penalty\": {\"mode\": \"gap\", \"p\": 0.03, "
	    "\"threshold\": 0.96}, \"miners\": [{\"score\": 0.96, "
	    "\"block\": 1}, {\"score\": 0.961, \"block\": 500}]}",
	    "wins", second, 2, 0);
	counted("dippy 10.7", LENGTH(rows) + 2);
}

/* -- Dippy 10.8: win rates and weights ---------------------------------- */

static void
dippys_win_rates(void **state)
{
	static const struct {
		const char *scores;
		size_t n;
		double rates[5];
	} rows[] = {
	    {"{'score': 0.5}, {'score': 0.6}, {'score': 0.7}, {'score': 0}", 4,
		{1. / 3, 2. / 3, 1, -INFINITY}},
	    {"{'score': 0.4}, {'score': 0.4}", 2, {0, 0}},
	    {"{'score': 0}, {'score': 0.3}, {'score': 0}, {'score': 0}", 4,
		{-INFINITY, 1, -INFINITY, -INFINITY}},
	    {"{'score': 0.2}, {'score': 0.1}, {'score': 0}", 3,
		{1, .5, -INFINITY}},
	    {"{'score': 0.3}", 1, {0}},
	    /* who shares a coldkey loses, and is beaten all the same */
	    {"{'score': 0.5, 'coldkey': 'a'}, {'score': 0.4, 'coldkey': 'a'}, "
	     "{'score': 0.45, 'coldkey': 'b'}",
		3, {-INFINITY, -INFINITY, .5}},
	    {"{'score': 0.5, 'banned': true}, {'score': 0.4}", 2,
		{-INFINITY, 0}},
	    {"{'score': 0.5, 'invalid': true}, {'score': 0.4}", 2,
		{-INFINITY, 1}},
	};
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		quoted(&in, "{'miners': [", rows[i].scores, "]}");
		check_list("win_rate", buf_str(&in), "win_rate", rows[i].rates,
		    rows[i].n, exact);
	}
	buf_free(&in);
	counted("dippy 10.8, win rates", LENGTH(rows));
}

static void
dippys_weights(void **state)
{
	static const char three[] =
	    "'win_rate': [0.3333333333333333, 0.6666666666666666, 1, '-inf'], "
	    "'uids': [0, 1, 2, 74], 'owner_uid': 74, 'mode': 'compat'";
	static const struct {
		const char *in;
		size_t n;
		double weights[5], tolerance; /* some of them in 32 bits */
	} rows[] = {
	    {"{'burn': 0.75, ", 4,
		{3.40733459e-05, .00290143304, .247064501, .75}, 1e-7},
	    {"{'burn': 1, ", 4, {0, 0, 0, 1}, 0},
	    {"{'burn': 0, ", 4, {.000136293369, .0116057312, .988257945, 0},
		1e-7},
	};
	static const struct {
		const char *in;
		size_t n;
		double weights[5];
		double tolerance;
	} others[] = {
	    {"'win_rate': [0, 0], 'uids': [1, 2], 'owner_uid': 74, "
	     "'burn': 0.75",
		2, {.5, .5}, exact},
	    {"'win_rate': ['-inf', '-inf'], 'scores': [0, 0], "
	     "'uids': [1, 74], 'owner_uid': 74, 'burn': 0.75",
		2, {0, 1}, 0},
	    {"'win_rate': ['-inf', '-inf'], 'uids': [1, 2], 'owner_uid': 74", 2,
		{.5, .5}, exact},
	    {"'win_rate': [1, '-inf', '-inf', '-inf'], "
	     "'uids': [1, 2, 3, 74], 'owner_uid': 74, 'burn': 0.6",
		4, {.4, 0, 0, .6}, exact},
	    {"'win_rate': [1, 0.5, '-inf'], 'uids': [1, 2, 3]", 3,
		{.998728931, .00127101643, 0}, 1e-6},
	    {"'win_rate': [1, 0.5, 0], 'uids': [1, 2, 3]", 3,
		{.998727368257, .00127101420717, 1.61753564202e-06}, exact},
	    {"'win_rate': [1, 0.75, 0.5, 0.25, 0], 'uids': [1, 2, 3, 4, 5]", 5,
		{.964326062369, .0344013615335, .00122723394248,
		    4.37803354997e-05, 1.56181939736e-06},
		exact},
	    {"'win_rate': [0.9, 0.8], 'uids': [1, 2]", 2,
		{.791391472674, .208608527326}, exact},
	    /* every one out, though some scored: the owner, or nobody */
	    {"'win_rate': ['-inf', '-inf'], 'scores': [0.4, 0], "
	     "'uids': [1, 74], 'owner_uid': 74, 'burn': 0.75",
		2, {0, 1}, 0},
	    {"'win_rate': ['-inf'], 'scores': [0.4], 'uids': [1]", 1, {0}, 0},
	};
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		quoted(&in, rows[i].in, three, "}");
		check_list("weights.curve", buf_str(&in), "weights",
		    rows[i].weights, rows[i].n, rows[i].tolerance);
	}
	for (size_t i = 0; i < LENGTH(others); i++) {
		quoted(&in, "{'mode': 'compat', 'temperature': 0.075, ",
		    others[i].in, "}");
		check_list("weights.curve", buf_str(&in), "weights",
		    others[i].weights, others[i].n, others[i].tolerance);
	}
	buf_free(&in);
	counted("dippy 10.8, weights", LENGTH(rows) + LENGTH(others));
}

static void
dippys_integers(void **state)
{
	static const struct {
		const char *burn;
		size_t n;
		double uids[4], values[4];
	} rows[] = {
	    {"0.75", 4, {0, 1, 2, 74}, {3, 254, 21588, 65535}},
	    {"1", 1, {74}, {65535}},
	    {"0.99", 3, {1, 2, 74}, {8, 654, 65535}},
	    {"0", 3, {0, 1, 2}, {9, 770, 65535}},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct buf in = {0};
		json_t *u16;
		size_t j;

		quoted(&in, "{'mode': 'compat', 'owner_uid': 74, 'burn': ",
		    rows[i].burn,
		    ", 'win_rate': [0.3333333333333333, 0.6666666666666666, "
		    "1, '-inf'], 'uids': [0, 1, 2, 74]}");
		u16 = ask("weights.curve", buf_str(&in), "u16");
		for (j = 0; j < rows[i].n; j++) {
			assert_true(number_of(json_array_get(
					json_object_get(u16, "uids"), j)) ==
				    rows[i].uids[j]);
			assert_true(number_of(json_array_get(
					json_object_get(u16, "values"), j)) ==
				    rows[i].values[j]);
		}
		assert_int_equal(
		    json_array_size(json_object_get(u16, "uids")), j);
		json_decref(u16);
		buf_free(&in);
	}
	counted("dippy 10.8, u16", LENGTH(rows));
}

/* -- Violet 4.1: task scores -------------------------------------------- */

#define LONG                                                                   \
	"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggg" \
	"gghhhhhhhhhhiiiiiiiiiijjjjjjjjjjkkkkkkkkkkllllllllllmmmmmmmmmmnnnnnn"

static void
violets_task_scores(void **state)
{
	static const struct {
		const char *in;
		double score;
	} rows[] = {
	    {"'type': 'transcription', 't': 1.5, 'output': "
	     "{'transcript': 'hi'}",
		357.5},
	    {"'type': 'transcription', 't': 1.5, 'output': "
	     "{'transcript': '" LONG "'}",
		390},
	    {"'type': 'transcription', 't': 1.5, 'output': "
	     "{'transcript': ''}",
		130},
	    {"'type': 'transcription', 't': 0, 'output': "
	     "{'transcript': '" LONG "'}",
		340},
	    {"'type': 'tts', 't': 3, 'output': {'audio_file': 'x'}", 290},
	    {"'type': 'summarization', 't': 2, 'output': "
	     "{'summary': 'short'}",
		110},
	    {"'type': 'summarization', 't': 2, 'output': "
	     "{'summary': 'a decent summary'}",
		320},
	    {"'type': 'text_translation', 't': 1, 'output': "
	     "{'translated_text': ''}",
		350},
	    {"'type': 'document_translation', 't': 9, 'output': "
	     "{'translated_text': null}",
		330},
	    {"'type': 'of no kind', 't': 1, 'output': {'a': 1}", 342.5},
	    {"'type': 'transcription', 't': 1.5, 'transcript': 'hi', "
	     "'accuracy_score': 0.99, 'speed_score': 0.5",
		481.75},
	    {"'type': 'transcription', 'output': {'transcript': 'hi'}", 302.5},
	};
	struct buf in = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		check("violet.score_v2", quoted(&in, "{", rows[i].in, "}"),
		    "score", rows[i].score, exact);
	buf_free(&in);
	counted("violet 4.1", LENGTH(rows));
}

/* -- Violet 4.2: a miner's weight --------------------------------------- */

static void
violets_final_weights(void **state)
{
	static const struct {
		const char *in;
		double score;
	} rows[] = {
	    {"{\"tasks\": 0}", 0},
	    {"{\"tasks\": 1}", 135.25},
	    {"{\"tasks\": 2}", 145.5},
	    {"{\"tasks\": 5}", 176.25},
	    {"{\"tasks\": 10}", 227.5},
	    {"{\"tasks\": 50}", 337.5},
	    {"{\"tasks\": 100}", 475},
	    {"{\"tasks\": 1000}", 475},
	    {"{\"uptime\": 1, \"invocation\": 1, \"diversity\": 1, "
	     "\"bounty\": 1}",
		500},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		check("violet.final_v2", rows[i].in, "score", rows[i].score,
		    exact);
	counted("violet 4.2", LENGTH(rows));
}

/* -- Violet 4.5: its tracker --------------------------------------------- */

static void
violets_tracker(void **state)
{
	static const struct {
		const char *in;
		double performance;
	} rows[] = {
	    {"{\"tasks\": 0}", .5},
	    {"{\"tasks\": 1, \"done\": 1, \"recent\": 1, \"mean_s\": 2.5, "
	     "\"load\": 4}",
		.795},
	    {"{\"tasks\": 10, \"done\": 8, \"recent\": 0.8, "
	     "\"mean_s\": 4.6, \"task_success\": 0.8}",
		.814},
	    {"{\"tasks\": 10, \"done\": 3, \"recent\": 0.3, "
	     "\"mean_s\": 16.4, \"task_success\": 0.3}",
		.346},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		check("violet.tracker", rows[i].in, "performance",
		    rows[i].performance, exact);
	check("violet.tracker",
	    "{\"tasks\": 0, \"stake\": 4, \"max_stake\": 10}", "composite", .52,
	    exact);
	counted("violet 4.5", LENGTH(rows) + 1);
}

/* -- Violet 4.3: what is sent ------------------------------------------- */

static void
violets_integers(void **state)
{
	static const struct {
		const char *in;
		size_t n;
		double uids[3], values[3];
	} rows[] = {
	    {"{\"weights\": [0.5, 0.3, 0.2]}", 3, {0, 1, 2},
		{65535, 39321, 26214}},
	    {"{\"weights\": [475, 135.25, 135.25]}", 3, {0, 1, 2},
		{65535, 18660, 18660}},
	    {"{\"weights\": [1, 1e-6]}", 1, {0}, {65535}},
	    {"{\"weights\": [0, 2, 1]}", 2, {1, 2}, {65535, 32768}},
	    {"{\"weights\": [0, 0]}", 0, {0}, {0}},
	};
	static const char *const negative[] = {"calc", "u16", NULL};
	static const char in[] = "{\"weights\": [1, -1]}";
	struct tool_answer got;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		check_list(
		    "u16", rows[i].in, "uids", rows[i].uids, rows[i].n, 0);
		check_list(
		    "u16", rows[i].in, "values", rows[i].values, rows[i].n, 0);
	}
	tool_run(negative, in, strlen(in), &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "the weight of uid 1 is -1"));
	tool_answer_clear(&got);
	counted("violet 4.3", LENGTH(rows) + 1);
}

/* -- Violet 4.4: the first form, difflib -------------------------------- */

static void
violets_first_form(void **state)
{
	static const struct {
		double t, accuracy, stake, max_stake, score;
	} rows[] = {
	    {0, 1, 1000, 1000, .6},
	    {1, 1, 1000, 1000, .961935},
	    {2, .9, 500, 1000, .787492},
	    {10, 1, 0, 1000, .547152},
	    {10, .5, 1000, 1000, .547152},
	    {30, 0, 0, 0, .019915},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct buf in = {0};

		buf_printf(&in,
		    "{\"t\": %g, \"accuracy\": %g, \"stake\": %g, "
		    "\"max_stake\": %g}",
		    rows[i].t, rows[i].accuracy, rows[i].stake,
		    rows[i].max_stake);
		check("violet.score_v1", buf_str(&in), "score", rows[i].score,
		    5e-7);
		buf_free(&in);
	}
	counted("violet 4.4, first form", LENGTH(rows));
}

/* `text` so often. */
static void
add_often(struct buf *out, const char *text, int times)
{
	while (times-- > 0)
		buf_add_str(out, text);
}

static void
check_ratio(const char *a, const char *b, double want)
{
	struct buf in = {0};

	buf_printf(
	    &in, "{\"reference\": \"%s\", \"hypothesis\": \"%s\"}", a, b);
	check("difflib", buf_str(&in), "value", want, 5e-7);
	buf_free(&in);
}

static void
violets_ratios(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	check_ratio("identical", "identical", 1);
	check_ratio(
	    "how are you doing today?", "how are you doing today!", 46. / 48);
	check_ratio("the quick brown fox", "the quick brown dog", .894737);
	check_ratio("kitten", "sitting", .615385);
	check_ratio("", "x", 0);
	add_often(&a, "abcdefghij", 30); /* autojunk: no letter begins a run */
	buf_add_str(&b, "x");
	add_often(&b, "abcdefghij", 30);
	check_ratio(buf_str(&a), buf_str(&b), 0);
	check_ratio(buf_str(&b), buf_str(&a), 0);
	check_ratio(buf_str(&a), buf_str(&a), 1);
	buf_free(&a);
	buf_free(&b);
	counted("violet 4.4, difflib", 8);
}

/* -- what is wrong ------------------------------------------------------ */

static void
bad_input_is_named(void **state)
{
	static const struct {
		const char *name, *in, *says;
	} rows[] = {
	    {"no.such", "{}", "there is no formula no.such"},
	    {"win_rate", "[]", "not a JSON object"},
	    {"win_rate", "{", "not JSON"},
	    {"win_rate", "{}", "\"miners\" is missing"},
	    {"win_rate", "{\"miners\": [{}]}",
		"miners[0]: \"score\" is missing"},
	    {"win_rate", "{\"miners\": [{\"score\": 1, \"block\": -1}]}",
		"\"block\" is no whole number"},
	    {"win_rate", "{\"miners\": [], \"penalty\": {\"mode\": \"steep\"}}",
		"\"mode\" is none of the words"},
	    {"win_rate", "{\"miners\": [], \"penalty\": {\"p\": 2}}",
		"not between 0 and 1"},
	    {"weights.curve", "{\"win_rate\": [1], \"uids\": []}",
		"1 win rates, 0 uids"},
	    {"weights.curve", "{\"win_rate\": [1], \"uids\": [70000]}",
		"uids[0] is not from 0 to 65535"},
	    {"weights.curve", "{\"win_rate\": [\"x\"], \"uids\": [1]}",
		"win_rate[0] is no number"},
	    {"dippy.ema", "{\"events\": []}", "\"alpha\" is missing"},
	    {"dippy.job_score", "{\"job\": {}}", "\"job_type\" is missing"},
	    {"violet.score_v1", "{\"t\": true}", "\"t\" is not a number"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *const args[] = {"calc", rows[i].name, NULL};
		struct tool_answer got;

		tool_run(args, rows[i].in, strlen(rows[i].in), &got);
		assert_int_equal(got.status, 1);
		if (strstr(got.err, rows[i].says) == NULL)
			fail_msg("%zu: %s", i, got.err);
		tool_answer_clear(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dippys_job_scores),
	    cmocka_unit_test(dippys_moving_average),
	    cmocka_unit_test(dippys_selection),
	    cmocka_unit_test(dippys_time_penalty),
	    cmocka_unit_test(dippys_win_rates),
	    cmocka_unit_test(dippys_weights),
	    cmocka_unit_test(dippys_integers),
	    cmocka_unit_test(violets_task_scores),
	    cmocka_unit_test(violets_final_weights),
	    cmocka_unit_test(violets_tracker),
	    cmocka_unit_test(violets_integers),
	    cmocka_unit_test(violets_first_form),
	    cmocka_unit_test(violets_ratios),
	    cmocka_unit_test(bad_input_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

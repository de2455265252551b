/* Verdicts on attempts, under the shipped policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "validator/judge.c"
#include "validator/metric.c"

static const struct judge_case blank = {
    .id = "0190a0a0-0000-7000-8000-000000000001",
    .hotkey = "5F",
    .kind = "audio.transcribe",
    .state = "delivered",
    .scoring = "transcript",
    .params = "{}",
    .miner_ms = 2500,
};

struct expected {
	const char *what;
	struct judge_case c; /* NULL members are taken from blank */
	bool no_params;
	bool counts, success;
	double speed, accuracy;
};

static const char fox[] = "{\"text\":\"The quick brown fox.\"}";
static const char nine[] = "{\"text\":\"The quick brown fox jumps over the "
			   "lazy dog\",\"voice\":\"rms\"}";

static const struct expected cases[] = {
    {"a perfect transcript",
	{.expect = fox, .result_json = "{\"text\":\"the quick brown fox\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 1},
    {"one word of four lost",
	{.expect = fox, .result_json = "{\"text\":\"the quick brown\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0.75},
    {"a transcript without a text",
	{.expect = fox, .result_json = "{\"txt\":\"the quick brown fox\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"a text that is a number", {.expect = fox, .result_json = "{\"text\":4}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"a result that is no JSON", {.expect = fox, .result_json = "{\"text\":"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"no result at all", {.expect = fox}, .counts = true, .success = true,
	.speed = 0.75, .accuracy = 0},
    {"a job that does not know its text",
	{.result_json = "{\"text\":\"anything\"}"}, .counts = true,
	.success = true, .speed = 0.75, .accuracy = NAN},
    {"a job whose known text has no words",
	{.expect = "{\"text\":\"...\"}",
	    .result_json = "{\"text\":\"anything\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = NAN},
    {"Chinese goes by letters",
	{.params = "{\"language\":\"zh\"}",
	    .expect = "{\"text\":"
		      "\"\u4eca\u5929\u5929\u6c14\u5f88\u597d\u5440\u5462\"}",
	    .result_json =
		"{\"text\":"
		"\"\u4eca\u5929\u5929\u6c23\u5f88\u597d\u5440\u5462\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0.875},
    {"a failed transcript is wrong in every word",
	{.state = "failed",
	    .reason = "miner_failed",
	    .side = "miner",
	    .expect = fox,
	    .miner_ms = 100,
	    .result_json = "{\"text\":\"the quick brown fox\"}"},
	.counts = true, .success = false, .speed = 0, .accuracy = 0},
    {"a silent miner",
	{.state = "timed_out",
	    .reason = "no_result",
	    .side = "miner",
	    .expect = fox,
	    .miner_ms = NAN},
	.counts = true, .success = false, .speed = 0, .accuracy = 0},
    {"a late result",
	{.state = "late",
	    .reason = "came_late",
	    .side = "miner",
	    .expect = fox,
	    .miner_ms = 31000},
	.counts = true, .success = false, .speed = 0, .accuracy = 0},
    {"a failure with nothing to measure by",
	{.state = "refused",
	    .reason = "refused",
	    .side = "miner",
	    .miner_ms = NAN},
	.counts = true, .success = false, .speed = 0, .accuracy = NAN},
    {"a good result of who did not prove who it is",
	{.expect = fox,
	    .result_json = "{\"text\":\"the quick brown fox\"}",
	    .is_unproven = true},
	.counts = false},
    {"a failure of who did not prove who it is",
	{.state = "timed_out",
	    .reason = "no_result",
	    .side = "miner",
	    .is_unproven = true},
	.counts = false},
    {"our failure",
	{.state = "abandoned",
	    .reason = "crashed",
	    .side = "us",
	    .expect = fox},
	.counts = false},
    {"the client's wish",
	{.state = "cancelled", .reason = "cancelled", .side = "client"},
	.counts = false},
    {"not needed any more",
	{.state = "cancelled", .reason = "not_needed", .side = "us"},
	.counts = false},
    {"an end without a reason is nobody's", {.state = "cancelled"},
	.counts = false},
    {"speech that fits its text",
	{.kind = "audio.speak",
	    .scoring = "speech",
	    .params = nine,
	    .measured = "{\"duration_s\":3.47,\"rms_db\":-21.6,\"peak_db\":"
			"-6.6,\"voiced\":0.8,\"rate\":16000}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 1},
    {"speech cut to a third",
	{.kind = "audio.speak",
	    .scoring = "speech",
	    .params = nine,
	    .measured = "{\"duration_s\":1.15,\"rms_db\":-21.6,\"peak_db\":"
			"-6.6,\"voiced\":0.8,\"rate\":16000}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"a tone as long as its text",
	{.kind = "audio.speak",
	    .scoring = "speech",
	    .params = nine,
	    .measured = "{\"duration_s\":3.47,\"rms_db\":-21.6,\"peak_db\":"
			"-6.6,\"voiced\":1,\"rate\":16000,\"uneven\":0}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"voiced as yes and no",
	{.kind = "audio.speak",
	    .scoring = "speech",
	    .params = nine,
	    .measured = "{\"duration_s\":3.47,\"voiced\":false}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 0},
    {"speech that we did not measure",
	{.kind = "audio.speak", .scoring = "speech", .params = nine},
	.counts = true, .success = true, .speed = 0.75, .accuracy = NAN},
    {"failed speech",
	{.kind = "audio.speak",
	    .scoring = "speech",
	    .params = nine,
	    .state = "failed",
	    .reason = "bad_media",
	    .side = "miner"},
	.counts = true, .success = false, .speed = 0, .accuracy = 0},
    {"an image has a speed of its own kind",
	{.kind = "image.generate", .scoring = "image", .miner_ms = 15000},
	.counts = true, .success = true, .speed = 0.75, .accuracy = NAN},
    {"a failed image",
	{.kind = "image.generate",
	    .scoring = "image",
	    .state = "failed",
	    .reason = "miner_failed",
	    .side = "miner"},
	.counts = true, .success = false, .speed = 0, .accuracy = NAN},
    {"a time we did not measure", {.scoring = "none", .miner_ms = NAN},
	.counts = true, .success = true, .speed = NAN, .accuracy = NAN},
    {"a picture",
	{.scoring = "image",
	    .measured = "{\"width\":256,\"height\":256,"
			"\"blank\":false}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = NAN},
    {"one pixel",
	{.scoring = "image",
	    .measured = "{\"width\":1,\"height\":1,"
			"\"blank\":true}"},
	.counts = true, .success = false, .speed = 0, .accuracy = NAN},
    {"a picture of one colour",
	{.scoring = "image",
	    .measured = "{\"width\":256,\"height\":256,"
			"\"blank\":true}"},
	.counts = true, .success = false, .speed = 0, .accuracy = NAN},
    {"a picture too narrow",
	{.scoring = "image",
	    .measured = "{\"width\":31,\"height\":256,"
			"\"blank\":false}"},
	.counts = true, .success = false, .speed = 0, .accuracy = NAN},
    {"a picture nobody looked at", {.scoring = "image"}, .counts = true,
	.success = true, .speed = 0.75, .accuracy = NAN},
    {"slower than the slowest", {.scoring = "none", .miner_ms = 1e9},
	.counts = true, .success = true, .speed = 0, .accuracy = NAN},
    {"parameters that are no JSON",
	{.params = "[",
	    .expect = fox,
	    .result_json = "{\"text\":\"the quick brown fox\"}"},
	.counts = true, .success = true, .speed = 0.75, .accuracy = 1},
    {"no parameters",
	{.expect = fox, .result_json = "[\"the quick brown fox\"]"},
	.no_params = true, .counts = true, .success = true, .speed = 0.75,
	.accuracy = 0},
};

static struct policy policy;

static int
load_policy(void **state)
{
	char *text = config_read_file("deploy/policies/default.ini", NULL);
	struct err err = {"cannot be read"};

	(void)state;
	if (text == NULL || policy_parse(text, &policy, &err) != 0) {
		print_error("%s\n", err.text);
		return -1;
	}
	free(text);
	return 0;
}

static struct judge_case
filled(const struct expected *e)
{
	struct judge_case c = e->c;

	c.id = blank.id;
	c.hotkey = blank.hotkey;
	if (c.kind == NULL)
		c.kind = blank.kind;
	if (c.state == NULL)
		c.state = blank.state;
	if (c.scoring == NULL)
		c.scoring = blank.scoring;
	if (c.params == NULL && !e->no_params)
		c.params = blank.params;
	if (c.miner_ms == 0)
		c.miner_ms = blank.miner_ms;
	return c;
}

static bool
same(double a, double b)
{
	return isnan(a) ? isnan(b) : fabs(a - b) < 1e-12;
}

static void
verdicts_are_as_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judge_case c = filled(&cases[i]);
		struct judgement j;

		judge_attempt(&c, &policy, &j);
		if (j.counts != cases[i].counts ||
		    j.success != cases[i].success ||
		    !same(j.speed, cases[i].speed) ||
		    !same(j.accuracy, cases[i].accuracy))
			fail_msg("%s: counts %d success %d speed %g "
				 "accuracy %g",
			    cases[i].what, j.counts, j.success, j.speed,
			    j.accuracy);
		judgement_clear(&j);
	}
}

static void
a_verdict_says_how_it_came_about(void **state)
{
	struct judge_case c = filled(&cases[1]);
	struct judgement j;

	(void)state;
	judge_attempt(&c, &policy, &j);
	assert_string_equal(j.detail,
	    "{\"error_rate\":0.25,\"max_ms\":10000.0,"
	    "\"miner_ms\":2500.0,\"policy\":\"default\","
	    "\"rule\":\"transcript\",\"state\":\"delivered\"}");
	judgement_clear(&j);
}

static void
a_verdict_names_what_is_wrong_with_speech(void **state)
{
	static const struct {
		const char *measured, *faults;
	} tones[] = {
	    {"{\"duration_s\":3.47,\"uneven\":0}", "[\"even\"]"},
	    {"{\"duration_s\":0.5,\"uneven\":0}", "[\"too_short\", \"even\"]"},
	    {"{\"duration_s\":3.47,\"uneven\":0.4}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++) {
		struct judge_case c = filled(&cases[1]);
		struct judgement j;
		json_t *detail, *faults;
		char *text;

		c.kind = "audio.speak";
		c.scoring = "speech";
		c.params = nine;
		c.measured = tones[i].measured;
		judge_attempt(&c, &policy, &j);
		detail = json_loads(j.detail, 0, NULL);
		faults = json_object_get(detail, "faults");
		text = faults != NULL ? json_dumps(faults, 0) : NULL;
		if (tones[i].faults == NULL)
			assert_null(text);
		else
			assert_string_equal(text, tones[i].faults);
		free(text);
		json_decref(detail);
		judgement_clear(&j);
	}
}

/* -- what it was judged against ------------------------------------------- */

#define OWN "0190a0a0-0000-7000-8000-000000000001"

struct against {
	const char *what;
	struct judge_case c;
	const char *metric, *reference, *reason;
	const char *reference_text; /* NULL: none */
	double accuracy;
};

static const char heard[] = "{\"text\":\"the quick brown\"}";
static const char service_text[] = "The quick, brown fox!";

static const struct against againsts[] = {
    {"a known answer goes before one that was found",
	{.expect = fox,
	    .result_json = heard,
	    .found_by = "service",
	    .found_text = "another text"},
	"wer", "known", "error_rate 0.2500 against the known reference",
	"The quick brown fox.", 0.75},
    {"a service's text",
	{.result_json = heard,
	    .found_by = "service",
	    .found_text = service_text},
	"wer", "service", "error_rate 0.2500 against the service reference",
	service_text, 0.75},
    {"by letters where there are no spaces",
	{.params = "{\"language\":\"zh\"}",
	    .result_json = heard,
	    .found_by = "service",
	    .found_text = "the quick brown"},
	"cer", "service", "error_rate 0.0000 against the service reference",
	"the quick brown", 1},
    {"by letters where the kind assumes such a language",
	{.language = "ja",
	    .result_json = heard,
	    .found_by = "service",
	    .found_text = "the quick brown"},
	"cer", "service", "error_rate 0.0000 against the service reference",
	"the quick brown", 1},
    {"a job's language, whatever its kind assumes",
	{.params = "{\"language\":\"en\"}",
	    .language = "ja",
	    .result_json = heard,
	    .found_by = "service",
	    .found_text = "the quick brown"},
	"wer", "service", "error_rate 0.0000 against the service reference",
	"the quick brown", 1},
    {"what a miner says it heard is no language of ours",
	{.result_json = "{\"text\":\"the quick brown\",\"language\":\"ja\"}",
	    .found_by = "service",
	    .found_text = "the quick brown"},
	"wer", "service", "error_rate 0.0000 against the service reference",
	"the quick brown", 1},
    {"a service that did not answer",
	{.result_json = heard,
	    .found_by = "service",
	    .found_not = "the service did not answer: timeout"},
	"wer", "none", "not measured: the service did not answer: timeout",
	NULL, NAN},
    {"nothing was looked for", {.result_json = heard}, "wer", "none",
	"not measured: no reference", NULL, NAN},
    {"a reference without words",
	{.result_json = heard, .found_by = "service", .found_text = "-"}, "wer",
	"service", "not measured: the reference has no words or too many", "-",
	NAN},
    {"a failure where the service answered",
	{.state = "failed",
	    .reason = "miner_failed",
	    .side = "miner",
	    .found_by = "service",
	    .found_text = service_text},
	"wer", "service", "failed: miner_failed", service_text, 0},
    {"a failure where it did not",
	{.state = "failed",
	    .reason = "miner_failed",
	    .side = "miner",
	    .found_by = "service",
	    .found_not = "the service is out"},
	"wer", "none", "failed: miner_failed", NULL, NAN},
    {"one of those who agree",
	{.result_json = heard,
	    .found_by = "consensus",
	    .found_text = service_text,
	    .medoid = "another",
	    .outliers = "[\"5G\"]"},
	"wer", "consensus", "error_rate 0.2500 against the consensus reference",
	service_text, 0.75},
    {"the one they agree with",
	{.result_json = heard,
	    .found_by = "consensus",
	    .found_text = "the quick brown",
	    .medoid = OWN,
	    .agreement = 0.875,
	    .outliers = "[]"},
	"wer", "consensus", "the others agree with it by 0.8750",
	"the quick brown", 0.875},
    {"the one they do not agree with",
	{.result_json = heard,
	    .found_by = "consensus",
	    .found_text = "the brown hare was there",
	    .medoid = "another",
	    .outliers = "[\"5F\"]"},
	"wer", "consensus", "an outlier: 0.2000 like what most miners said",
	"the brown hare was there", 0.2},
    {"a summary",
	{.kind = "text.summarize",
	    .scoring = "summary",
	    .result_json = heard,
	    .found_by = "service",
	    .found_text = "the quick fox"},
	"rouge_l", "service", "score 0.6667 against the service reference",
	"the quick fox", 2.0 / 3},
    {"a translation that is known",
	{.kind = "text.translate",
	    .scoring = "translation",
	    .expect = "{\"text\":\"the quick brown\"}",
	    .result_json = heard},
	"chrf", "known", "score 1.0000 against the known reference",
	"the quick brown", 1},
    {"an image",
	{.kind = "image.generate",
	    .scoring = "image",
	    .found_text = "x",
	    .found_by = "service"},
	"none", "none", "not measured: nothing to measure image.generate by",
	NULL, NAN},
    {"speech is measured against what it should say",
	{.kind = "audio.speak", .scoring = "speech", .params = nine}, "speech",
	"known", "not measured: the recording was not looked at",
	"The quick brown fox jumps over the lazy dog", NAN},
};

static void
a_verdict_says_against_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(againsts) / sizeof(againsts[0]); i++) {
		const struct against *a = &againsts[i];
		struct expected e = {.c = a->c};
		struct judge_case c = filled(&e);
		char sha[JUDGE_SHA256] = "";
		struct judgement j;

		if (a->reference_text != NULL)
			judge_hash(a->reference_text, sha);
		judge_attempt(&c, &policy, &j);
		if (strcmp(j.metric, a->metric) != 0 ||
		    strcmp(j.reference, a->reference) != 0 ||
		    strcmp(j.reason, a->reason) != 0 ||
		    strcmp(j.reference_sha256, sha) != 0 ||
		    !same(j.accuracy, a->accuracy))
			fail_msg("%s: %s %s \"%s\" %s %g", a->what, j.metric,
			    j.reference, j.reason, j.reference_sha256,
			    j.accuracy);
		judgement_clear(&j);
	}
}

static void
a_verdict_names_what_it_judged(void **state)
{
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad";
	struct judge_case c = filled(&cases[0]);
	struct judgement j;

	(void)state;
	c.result_json = "{\"text\":\"abc\"}";
	c.queue_ms = 40;
	c.source = "challenge";
	judge_attempt(&c, &policy, &j);
	assert_string_equal(j.result_sha256, abc);
	assert_string_equal(j.source, "challenge");
	assert_true(j.total_ms == 2540);
	judgement_clear(&j);

	c.result_sha256 = "f00d"; /* a file's goes before its text's */
	c.source = NULL;
	c.queue_ms = NAN;
	judge_attempt(&c, &policy, &j);
	assert_string_equal(j.result_sha256, "f00d");
	assert_string_equal(j.source, "client");
	assert_true(isnan(j.total_ms));
	judgement_clear(&j);
}

/* Nobody gets off by sending more than is read. */
static void
a_text_beyond_all_bounds_is_wrong(void **state)
{
	struct judge_case c = filled(&cases[0]);
	char *text = xcalloc(600001, 1), *json;
	struct judgement j;

	(void)state;
	memset(text, 'a', 600000);
	json = xasprintf("{\"text\":\"%s\"}", text);
	c.result_json = json;
	judge_attempt(&c, &policy, &j);
	assert_true(j.accuracy == 0);
	judgement_clear(&j);
	free(json);
	free(text);
}

static void
what_does_not_count_has_no_detail(void **state)
{
	struct judge_case c = blank;
	struct judgement j;

	(void)state;
	c.state = "abandoned";
	c.side = "us";
	judge_attempt(&c, &policy, &j);
	assert_null(j.detail);
	judgement_clear(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verdicts_are_as_expected),
	    cmocka_unit_test(a_verdict_says_how_it_came_about),
	    cmocka_unit_test(a_verdict_names_what_is_wrong_with_speech),
	    cmocka_unit_test(a_verdict_says_against_what),
	    cmocka_unit_test(a_verdict_names_what_it_judged),
	    cmocka_unit_test(a_text_beyond_all_bounds_is_wrong),
	    cmocka_unit_test(what_does_not_count_has_no_detail),
	};

	return cmocka_run_group_tests(tests, load_policy, NULL);
}

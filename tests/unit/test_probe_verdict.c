/* What is made of what was measured, and the closed list of faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/kinds.c"
#include "orchestrator/params.c"
#include "orchestrator/probe_verdict.c"
#include "sql.h"

enum { N_FAULTS = sizeof(known_faults) / sizeof(known_faults[0]) };

static struct kind
kind_of(bool is_speech)
{
	return (struct kind){.name = "k",
	    .input_types = json_pack("[s, s]", "audio/wav", "audio/mpeg"),
	    .output_types = json_pack("[s]", "audio/wav"),
	    .is_speech = is_speech};
}

static void
kind_end(struct kind *k)
{
	json_decref(k->input_types);
	json_decref(k->output_types);
}

static const struct {
	const char *what;
	enum probe_outcome outcome;
	const char *measured;
	int status;	  /* of an input */
	const char *code; /* of an input */
	const char *words;
	const char *reason; /* of a result of speech; "": none */
} cases[] = {
    {"good", PROBE_MEASURED, "{\"type\": \"audio/wav\", \"silence\": 0.5}", 200,
	"", "", ""},
    {"of another type", PROBE_MEASURED, "{\"type\": \"image/png\"}", 415,
	"wrong_input_type",
	"input is image/png by its bytes; k takes audio/wav, audio/mpeg",
	"wrong_type"},
    {"silent", PROBE_MEASURED, "{\"type\": \"audio/wav\", \"silence\": 1}", 200,
	"", "", "silent"},
    {"nearly silent", PROBE_MEASURED,
	"{\"type\": \"audio/wav\", \"silence\": 0.9999}", 200, "", "", ""},
    {"nobody could look", PROBE_BROKEN, "{}", 503, "unavailable",
	"nothing was stored", NULL},
    {"cut", PROBE_BAD,
	"{\"type\": \"audio/wav\", \"fault\": \"truncated\", \"why\": \"the "
	"container says 2.0 s, 1.0 s decode\"}",
	422, "truncated",
	"input is broken: the container says 2.0 s, 1.0 s decode; send the "
	"whole file; k takes audio/wav, audio/mpeg",
	"truncated"},
    {"of a type that is not known", PROBE_BAD, "{\"fault\": \"bomb\"}", 422,
	"bomb", "it does not decode; send the contents plainly", "bomb"},
    {"of no use even whole", PROBE_BAD,
	"{\"type\": \"image/png\", \"fault\": \"truncated\"}", 415,
	"wrong_input_type", "image/png", "wrong_type"},
    {"for a reason nobody knows", PROBE_BAD, "{\"fault\": \"tired\"}", 422,
	"bad_media", "make the file again", "bad_media"},
    {"for no reason", PROBE_BAD, "{}", 422, "bad_media", "does not decode",
	"bad_media"},
    {"for one that is no word", PROBE_BAD, "{\"fault\": 7, \"why\": []}", 422,
	"bad_media", "does not decode", "bad_media"},
};

static void
one_thing_is_made_of_each(void **state)
{
	struct kind k = kind_of(true);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *measured = json_loads(cases[i].measured, 0, NULL);
		struct probe_verdict v;
		const char *reason;

		assert_non_null(measured);
		probe_judge_input(&k, cases[i].outcome, measured, &v);
		if (v.status != cases[i].status ||
		    strcmp(v.code, cases[i].code) != 0 ||
		    strstr(v.why, cases[i].words) == NULL)
			fail_msg("%s: %d %s %s", cases[i].what, v.status,
			    v.code, v.why);
		if (cases[i].reason != NULL) {
			reason =
			    probe_judge_result(&k, cases[i].outcome, measured);
			assert_string_equal(
			    reason != NULL ? reason : "", cases[i].reason);
		}
		json_decref(measured);
	}
	kind_end(&k);
}

/* Of a child that said nothing at all. */
static void
nothing_measured_is_bad_media(void **state)
{
	struct kind k = kind_of(false);
	struct probe_verdict v;

	(void)state;
	probe_judge_input(&k, PROBE_BAD, NULL, &v);
	assert_int_equal(v.status, 422);
	assert_string_equal(v.code, "bad_media");
	assert_string_equal(
	    probe_judge_result(&k, PROBE_BAD, NULL), "bad_media");
	kind_end(&k);
}

static void
silence_is_a_fault_of_speech_alone(void **state)
{
	struct kind sound = kind_of(false), speech = kind_of(true);
	json_t *silence =
	    json_pack("{s:s, s:f}", "type", "audio/wav", "silence", 1.0);

	(void)state;
	assert_null(probe_judge_result(&sound, PROBE_MEASURED, silence));
	assert_string_equal(
	    probe_judge_result(&speech, PROBE_MEASURED, silence), "silent");
	json_decref(silence);
	kind_end(&sound);
	kind_end(&speech);
}

static bool
is_a_miners_reason(const char *code)
{
	char *row = xasprintf("('%s', 'miner', '", code);
	bool found = false;

	for (size_t i = 0; i < n_sql_migrations; i++)
		found |= strstr(sql_migrations[i].text, row) != NULL;
	free(row);
	return found;
}

static void
every_fault_is_a_reason_and_has_a_fix(void **state)
{
	(void)state;
	assert_int_equal(N_FAULTS, 8);
	for (int i = 0; i < N_FAULTS; i++) {
		if (!is_a_miners_reason(known_faults[i].code))
			fail_msg(
			    "%s is not in table reason", known_faults[i].code);
		assert_non_null(probe_fault_fix(known_faults[i].code));
	}
	assert_null(probe_fault_fix("tired"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_thing_is_made_of_each),
	    cmocka_unit_test(nothing_measured_is_bad_media),
	    cmocka_unit_test(silence_is_a_fault_of_speech_alone),
	    cmocka_unit_test(every_fault_is_a_reason_and_has_a_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

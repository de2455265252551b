/* Violet's words, and what its miners say, as results of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "orchestrator/states.c"
#include "orchestrator/violet_answer.c"
#include "orchestrator/violet_words.c"

static void
every_state_has_a_status_of_violets(void **state)
{
	static const char *const expected[N_JOB_STATES] = {"pending",
	    "assigned", "in_progress", "completed", "failed", "failed",
	    "cancelled"};

	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++) {
		const char *states;

		assert_string_equal(violet_status(s), expected[s]);
		states = violet_states(expected[s]);
		assert_non_null(states);
		assert_non_null(strstr(states, job_state_name(s)));
	}
	assert_null(violet_states("approved"));
	assert_string_equal(violet_states("processing"), "{running}");
}

static void
types_are_found_by_path_and_by_kind(void **state)
{
	const struct violet_type *all;
	size_t n;

	(void)state;
	all = violet_types(&n);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(violet_type_by_path(all[i].path), &all[i]);
		assert_ptr_equal(violet_type_of(all[i].kind), &all[i]);
	}
	assert_null(violet_type_by_path("translation"));
	assert_null(violet_type_of("image.generate"));
}

static void
priorities_are_points_and_back(void **state)
{
	static const struct {
		const char *word;
		int points;
	} rows[] = {{"low", -10}, {"normal", 0}, {"high", 10}, {"urgent", 30}};
	int points;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(violet_priority(rows[i].word, &points), 0);
		assert_int_equal(points, rows[i].points);
		assert_string_equal(violet_priority_word(points), rows[i].word);
	}
	assert_int_equal(violet_priority("High", &points), -1);
	assert_int_equal(violet_priority("", &points), -1);
	assert_string_equal(violet_priority_word(-100), "low");
	assert_string_equal(violet_priority_word(9), "normal");
	assert_string_equal(violet_priority_word(100), "urgent");
}

static void
names_are_made_safe(void **state)
{
	static const struct {
		const char *given, *safe;
	} rows[] = {
	    {"../../etc/pa ss.wav", ".._.._etc_pa_ss.wav"},
	    {"a-b_c.9.mp3", "a-b_c.9.mp3"},
	    {"x\r\ny\"z", "x__y_z"},
	    {"", "unnamed_file.wav"},
	    {"0123456789012345678901234567890123456789",
		"0123456789012345678901234567890"},
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		violet_safe_name(rows[i].given, out, sizeof(out));
		assert_string_equal(out, rows[i].safe);
	}
}

static void
numbers_are_whole_and_within_limits(void **state)
{
	static const char *const none[] = {
	    "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "6", "99999999999999999"};
	int64_t n;

	(void)state;
	assert_true(violet_number("0", 0, 5, &n));
	assert_int_equal(n, 0);
	assert_true(violet_number("5", 0, 5, &n));
	assert_int_equal(n, 5);
	assert_false(violet_number(NULL, 0, 5, &n));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(violet_number(none[i], 0, 5, &n));
}

static void
lengths_are_of_characters_and_words(void **state)
{
	(void)state;
	assert_int_equal(violet_length("gr\xc3\xbc\xc3\x9f"), 4);
	assert_int_equal(violet_words("  a bc\n\td "), 3);
	assert_int_equal(violet_words(" "), 0);
}

/* -- what miners say ---------------------------------------------------- */

static const struct {
	const char *type, *said;
	const char *text; /* NULL: none */
	bool failed;	  /* by what it says; neither: it is refused */
} answers[] = {
    {"transcription", "{\"output_data\":{\"transcript\":\"hi\"}}", "hi", 0},
    {"transcription", "{\"transcript\":\"hi\",\"confidence\":1}", "hi", 0},
    {"transcription", "just words", "just words", 0},
    {"transcription", "{\"output_data\":\"words\"}", "words", 0},
    {"summarization", "{\"summary\":\"short\"}", "short", 0},
    {"text-translation", "{\"translated_text\":\"x\"}", "x", 0},
    {"transcription", "{\"summary\":\"of another type\"}", NULL, 0},
    {"transcription", "{\"transcript\":\"  \"}", NULL, 0},
    {"transcription", "{\"transcript\":7}", NULL, 0},
    {"transcription", "[1]", NULL, 0},
    {"transcription", "", NULL, 0},
    {"transcription", "{\"output_data\":{}}", NULL, 0},
    {"transcription", "\"words\"", "words", 0},
    {"transcription", "7", "7", 0},
    {"transcription", "null", "null", 0},
    /* Meant as JSON, and none: not the words themselves. */
    {"transcription", " {\"transcript\":\"a", NULL, 0},
    {"transcription", "{\"transcript\":\"a\\u0000b\"}", NULL, 0},
    {"transcription", "{\"transcript\":\"a\",\"transcript\":\"b\"}", NULL, 0},
    {"tts", "{\"audio_file\":{}}", NULL, 0},
    {"tts", "words", NULL, 0},
    {"tts", "{\"error\":\"out of memory\"}", NULL, 1},
    {"transcription", "{\"transcript\":\"broken file\"}", NULL, 1},
    {"transcription",
	"{\"output_data\":{\"transcript\":\"x\",\"status\":"
	"\"completed_broken_file\"}}",
	NULL, 1},
    {"transcription", "{\"transcript\":\"x\",\"status\":\"failed\"}", NULL, 1},
    {"transcription", "{\"transcript\":\"x\",\"error\":\" \"}", "x", 0},
};

static void
what_a_miner_says_is_a_text_a_failure_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct violet_answer a;
		struct err err = {""};
		int failed =
		    violet_answer_parse(violet_type_by_path(answers[i].type),
			answers[i].said, &a, &err);
		const char *text =
		    json_string_value(json_object_get(a.output, "text"));

		assert_int_equal(failed,
		    answers[i].text == NULL && !answers[i].failed ? -1 : 0);
		assert_int_equal(failed != 0, err.text[0] != '\0');
		assert_int_equal(a.says_failed, answers[i].failed);
		if (answers[i].text != NULL)
			assert_string_equal(text, answers[i].text);
		else
			assert_null(text);
		violet_answer_clear(&a);
	}
}

static void
what_it_says_of_itself_is_left_out(void **state)
{
	static const char said[] =
	    "{\"output_data\":{\"transcript\":\"x\",\"confidence\":1,"
	    "\"processing_time\":0,\"language\":\"en\",\"segments\":[1]},"
	    "\"accuracy_score\":1,\"speed_score\":1}";
	struct violet_answer a;
	struct err err;
	char *kept;

	(void)state;
	assert_int_equal(
	    violet_answer_parse(
		violet_type_by_path("transcription"), said, &a, &err),
	    0);
	kept = json_dumps(a.output, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(
	    kept, "{\"language\":\"en\",\"segments\":[1],\"text\":\"x\"}");
	free(kept);
	violet_answer_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_state_has_a_status_of_violets),
	    cmocka_unit_test(types_are_found_by_path_and_by_kind),
	    cmocka_unit_test(priorities_are_points_and_back),
	    cmocka_unit_test(names_are_made_safe),
	    cmocka_unit_test(numbers_are_whole_and_within_limits),
	    cmocka_unit_test(lengths_are_of_characters_and_words),
	    cmocka_unit_test(what_a_miner_says_is_a_text_a_failure_or_refused),
	    cmocka_unit_test(what_it_says_of_itself_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

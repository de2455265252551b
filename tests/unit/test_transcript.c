/* A miner's answer to a recording in the forms that clients ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "orchestrator/transcript.c"

#define SEGMENT(start, end, text)                                              \
	"{\"start\":" start ",\"end\":" end ",\"text\":\"" text "\"}"
#define ANSWER(text, segments)                                                 \
	"{\"text\":\"" text "\",\"segments\":[" segments "]}"

/* Written, or why not, as text. */
static char *
write_as(const char *answer_text, const struct transcript_ask *ask, int *result)
{
	json_t *answer = json_loads(answer_text, 0, NULL);
	struct buf out = {0};
	struct err err = {""};

	assert_non_null(answer);
	*result = transcript_write(answer, ask, &out, &err);
	json_decref(answer);
	if (*result != 0) {
		buf_reset(&out);
		buf_add_str(&out, err.text);
	}
	return buf_take_str(&out);
}

static void
assert_written(const char *answer, enum transcript_form form, const char *want)
{
	const struct transcript_ask ask = {
	    .form = form, .segments = true, .task = "transcribe"};
	int result;
	char *got = write_as(answer, &ask, &result);

	if (result != 0 || strcmp(got, want) != 0)
		fail_msg("%s as %s is\n%s\nnot\n%s", answer,
		    transcript_forms[form], got, want);
	free(got);
}

static void
assert_refused(const char *answer, enum transcript_form form, const char *words)
{
	const struct transcript_ask ask = {
	    .form = form, .segments = true, .task = "transcribe"};
	int result;
	char *why = write_as(answer, &ask, &result);

	if (result == 0 || strstr(why, words) == NULL)
		fail_msg("%s as %s: %s, not \"%s\"", answer,
		    transcript_forms[form], why, words);
	free(why);
}

/* -- times ---------------------------------------------------------------- */

static const struct {
	double s;
	const char *srt, *vtt;
} times[] = {
    {0, "00:00:00,000", "00:00:00.000"},
    {125.5, "00:02:05,500", "00:02:05.500"},
    {0.9999, "00:00:00,999", "00:00:00.999"},
    {59.9996, "00:00:59,999", "00:00:59.999"},
    {1.0006, "00:00:01,000", "00:00:01.000"},
    {2.3, "00:00:02,300", "00:00:02.300"},
    {4.35, "00:00:04,350", "00:00:04.350"},
    {3599.999, "00:59:59,999", "00:59:59.999"},
    {3600, "01:00:00,000", "01:00:00.000"},
    {86400.001, "24:00:00,001", "24:00:00.001"},
    {360000, "100:00:00,000", "100:00:00.000"},
};

static void
a_time_is_cut_to_milliseconds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct buf srt = {0}, vtt = {0};

		transcript_time(times[i].s, ',', &srt);
		transcript_time(times[i].s, '.', &vtt);
		assert_string_equal(buf_str(&srt), times[i].srt);
		assert_string_equal(buf_str(&vtt), times[i].vtt);
		buf_free(&srt);
		buf_free(&vtt);
	}
}

/* Each millisecond of some hours is itself, as a number with three places. */
static void
every_millisecond_is_itself(void **state)
{
	(void)state;
	for (int ms = 0; ms < 4 * 3600 * 1000; ms += 7) {
		struct buf got = {0};
		char text[32], want[32];

		snprintf(text, sizeof(text), "%d.%03d", ms / 1000, ms % 1000);
		snprintf(want, sizeof(want), "%02d:%02d:%02d,%03d",
		    ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
		transcript_time(strtod(text, NULL), ',', &got);
		assert_string_equal(buf_str(&got), want);
		buf_free(&got);
	}
}

/* -- forms ---------------------------------------------------------------- */

static const char two[] = ANSWER(
    "one two", SEGMENT("0", "1.5", "one") "," SEGMENT("1.5", "125.5", "two"));

static void
a_transcript_in_each_form(void **state)
{
	(void)state;
	assert_written(two, TRANSCRIPT_JSON, "{\"text\":\"one two\"}");
	assert_written(two, TRANSCRIPT_TEXT, "one two\n");
	assert_written(two, TRANSCRIPT_SRT,
	    "1\n00:00:00,000 --> 00:00:01,500\none\n\n"
	    "2\n00:00:01,500 --> 00:02:05,500\ntwo\n");
	assert_written(two, TRANSCRIPT_VTT,
	    "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\none\n\n"
	    "00:00:01.500 --> 00:02:05.500\ntwo\n");
	assert_written(two, TRANSCRIPT_VERBOSE,
	    "{\"task\":\"transcribe\",\"duration\":125.5,\"text\":\"one two\","
	    "\"segments\":[{\"id\":0,\"start\":0.0,\"end\":1.5,\"text\":"
	    "\"one\"},{\"id\":1,\"start\":1.5,\"end\":125.5,\"text\":\"two\"}]"
	    "}");
}

static void
forms_have_names_and_types(void **state)
{
	(void)state;
	assert_string_equal(transcript_forms[TRANSCRIPT_JSON], "json");
	assert_string_equal(
	    transcript_forms[TRANSCRIPT_VERBOSE], "verbose_json");
	assert_null(transcript_forms[TRANSCRIPT_VERBOSE + 1]);
	assert_string_equal(
	    transcript_type(TRANSCRIPT_VERBOSE), "application/json");
	assert_non_null(strstr(transcript_type(TRANSCRIPT_VTT), "text/vtt"));
}

/* They may overlap, but are told in their order; what began together, as it
 * came. */
static void
cues_are_in_the_order_of_their_beginnings(void **state)
{
	(void)state;
	assert_written(
	    ANSWER("c a b", SEGMENT("2", "3", "c") "," SEGMENT(
				"0", "2.5", "a") "," SEGMENT("0", "1", "b")),
	    TRANSCRIPT_SRT,
	    "1\n00:00:00,000 --> 00:00:02,500\na\n\n"
	    "2\n00:00:00,000 --> 00:00:01,000\nb\n\n"
	    "3\n00:00:02,000 --> 00:00:03,000\nc\n");
}

static const struct {
	const char *text, *srt, *vtt; /* without number and times */
} texts[] = {
    {" padded\\t", "padded\n", "padded\n"},
    {"one\\ntwo", "one\ntwo\n", "one\ntwo\n"},
    {"one\\r\\ntwo\\r", "one\ntwo\n", "one\ntwo\n"},
    {"one\\n\\n \\n\\ntwo\\n", "one\ntwo\n", "one\ntwo\n"},
    {"a --> b", "a -> b\n", "a --&gt; b\n"},
    {"a ----> b -- c", "a -> b -- c\n", "a ----&gt; b -- c\n"},
    {"a --", "a --\n", "a --\n"},
    {"<i>x</i> & y", "<i>x</i> & y\n", "&lt;i&gt;x&lt;/i&gt; &amp; y\n"},
    {"&amp;", "&amp;\n", "&amp;amp;\n"},
    {"\\u00e4\\u4e2d", "\xc3\xa4\xe4\xb8\xad\n", "\xc3\xa4\xe4\xb8\xad\n"},
    {"NOTE x", "NOTE x\n", "NOTE x\n"},
};

static void
a_text_does_not_end_or_become_a_cue(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf answer = {0}, srt = {0}, vtt = {0};

		buf_printf(&answer, ANSWER("x", SEGMENT("0", "1", "%s")),
		    texts[i].text);
		buf_printf(
		    &srt, "1\n00:00:00,000 --> 00:00:01,000\n%s", texts[i].srt);
		buf_printf(&vtt, "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n%s",
		    texts[i].vtt);
		assert_written(buf_str(&answer), TRANSCRIPT_SRT, buf_str(&srt));
		assert_written(buf_str(&answer), TRANSCRIPT_VTT, buf_str(&vtt));
		buf_free(&answer);
		buf_free(&srt);
		buf_free(&vtt);
	}
}

static void
empty_cues_are_left_out_and_not_counted(void **state)
{
	static const char answer[] =
	    ANSWER("a b", SEGMENT("0", "1", "a") "," SEGMENT(
			      "1", "2", " \\n") "," SEGMENT("2", "3", "b"));

	(void)state;
	assert_written(answer, TRANSCRIPT_SRT,
	    "1\n00:00:00,000 --> 00:00:01,000\na\n\n"
	    "2\n00:00:02,000 --> 00:00:03,000\nb\n");
	assert_written(answer, TRANSCRIPT_VTT,
	    "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na\n\n"
	    "00:00:02.000 --> 00:00:03.000\nb\n");
}

static void
silence_has_no_cues(void **state)
{
	(void)state;
	assert_written(ANSWER(" ", ""), TRANSCRIPT_SRT, "");
	assert_written(ANSWER("", ""), TRANSCRIPT_VTT, "WEBVTT\n");
	assert_written(ANSWER("", ""), TRANSCRIPT_VERBOSE,
	    "{\"task\":\"transcribe\",\"duration\":0.0,\"text\":\"\","
	    "\"segments\":[]}");
}

/* -- verbose_json --------------------------------------------------------- */

static const char with_words[] =
    "{\"text\":\"a b\",\"language\":\"de\",\"duration\":9.25,\"words\":["
    "{\"word\":\"a\",\"start\":0.5,\"end\":1},"
    "{\"word\":\"b\",\"start\":1,\"end\":2}]}";

static void
words_are_given_where_they_are_asked_for(void **state)
{
	const struct transcript_ask words = {.form = TRANSCRIPT_VERBOSE,
	    .words = true,
	    .task = "transcribe",
	    .language = "en"};
	struct transcript_ask both = words;
	int result;
	char *got = write_as(with_words, &words, &result);

	(void)state;
	assert_string_equal(got,
	    "{\"task\":\"transcribe\",\"language\":\"de\",\"duration\":9.25,"
	    "\"text\":\"a b\",\"words\":[{\"word\":\"a\",\"start\":0.5,"
	    "\"end\":1.0},{\"word\":\"b\",\"start\":1.0,\"end\":2.0}]}");
	free(got);
	both.segments = true;
	got = write_as(with_words, &both, &result);
	assert_int_equal(result, -1);
	assert_non_null(strstr(got, "no segments"));
	free(got);
	got = write_as(two, &words, &result);
	assert_int_equal(result, -1);
	assert_non_null(strstr(got, "no words"));
	free(got);
}

static void
the_language_is_the_miners_or_what_was_asked(void **state)
{
	const struct transcript_ask ask = {.form = TRANSCRIPT_VERBOSE,
	    .segments = true,
	    .task = "translate",
	    .language = "fr"};
	int result;
	char *got = write_as(two, &ask, &result);

	(void)state;
	assert_non_null(strstr(got, "\"language\":\"fr\""));
	assert_non_null(strstr(got, "\"task\":\"translate\""));
	free(got);
}

/* -- no times ------------------------------------------------------------- */

static const char *const bad_segments[] = {
    "{}",
    "7",
    SEGMENT("-1", "1", "a"),
    SEGMENT("2", "1", "a"),
    SEGMENT("\"0\"", "1", "a"),
    SEGMENT("0", "null", "a"),
    SEGMENT("0", "1e9", "a"),
    "{\"start\":0,\"end\":1}",
    "{\"start\":0,\"end\":1,\"text\":null}",
};

static void
without_times_there_is_no_form_that_needs_them(void **state)
{
	static const char plain[] = "{\"text\":\"a\",\"model\":\"m\"}";

	(void)state;
	assert_written(plain, TRANSCRIPT_JSON, "{\"text\":\"a\"}");
	for (int f = TRANSCRIPT_SRT; f <= TRANSCRIPT_VERBOSE; f++) {
		assert_refused(plain, f, "no segments");
		assert_refused(plain, f, "it has text, model");
		assert_refused(ANSWER("a", ""), f, "no segments");
		assert_refused(
		    "{\"text\":\"a\",\"segments\":{}}", f, "no segments");
		for (size_t i = 0;
		     i < sizeof(bad_segments) / sizeof(bad_segments[0]); i++) {
			struct buf answer = {0};

			buf_printf(&answer, ANSWER("a", "%s"), bad_segments[i]);
			assert_refused(buf_str(&answer), f, "segments[0]");
			buf_free(&answer);
		}
	}
}

static void
without_a_text_there_is_nothing(void **state)
{
	(void)state;
	for (int f = TRANSCRIPT_JSON; f <= TRANSCRIPT_VERBOSE; f++) {
		assert_refused("{}", f, "no text");
		assert_refused("{\"text\":7}", f, "no text");
		assert_refused("{\"transcript\":\"a\"}", f, "has transcript");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_time_is_cut_to_milliseconds),
	    cmocka_unit_test(every_millisecond_is_itself),
	    cmocka_unit_test(a_transcript_in_each_form),
	    cmocka_unit_test(forms_have_names_and_types),
	    cmocka_unit_test(cues_are_in_the_order_of_their_beginnings),
	    cmocka_unit_test(a_text_does_not_end_or_become_a_cue),
	    cmocka_unit_test(empty_cues_are_left_out_and_not_counted),
	    cmocka_unit_test(silence_has_no_cues),
	    cmocka_unit_test(words_are_given_where_they_are_asked_for),
	    cmocka_unit_test(the_language_is_the_miners_or_what_was_asked),
	    cmocka_unit_test(without_times_there_is_no_form_that_needs_them),
	    cmocka_unit_test(without_a_text_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

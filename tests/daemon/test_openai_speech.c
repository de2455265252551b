/*
 * The OpenAI door: texts spoken, in each form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/openai_ask.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "openai-speech"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- speech ---------------------------------------------------------------- */

static const struct {
	const char *more, *type;
	size_t at;
	const char *magic; /* there */
	double seconds;	   /* of 16-bit mono at 24 kHz; 0: not looked at */
} speeches[] = {
    {"", "audio/mpeg", 0, "ID3", 0},
    {",\"response_format\":\"mp3\"", "audio/mpeg", 0, "ID3", 0},
    {",\"response_format\":\"opus\"", "audio/ogg", 28, "OpusHead", 0},
    {",\"response_format\":\"aac\"", "audio/aac", 0, "\xff\xf1", 0},
    {",\"response_format\":\"flac\"", "audio/flac", 0, "fLaC", 0},
    {",\"response_format\":\"wav\"", "audio/wav", 8, "WAVEfmt ", 0},
    {",\"response_format\":\"pcm\"", "audio/pcm", 0, "", 1},
    {",\"response_format\":\"pcm\",\"speed\":2", "audio/pcm", 0, "", 0.5},
    {",\"response_format\":\"pcm\",\"speed\":0.25", "audio/pcm", 0, "", 4},
};

static void
assert_speech(struct asking *asking, size_t i)
{
	struct fetch_answer a;
	double bytes = speeches[i].seconds * 24000 * 2;
	char *type;

	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	type = fetch_header(&a, "Content-Type");
	assert_string_equal(type, speeches[i].type);
	assert_true(a.len > 100);
	assert_memory_equal(a.body + speeches[i].at, speeches[i].magic,
	    strlen(speeches[i].magic));
	if (bytes > 0 && (a.len < bytes * 0.9 || a.len > bytes * 1.1))
		fail_msg("%s: %zu bytes", speeches[i].more, a.len);
	free(type);
	fetch_clear(&a);
}

static void
a_text_is_spoken_in_each_form(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/speech");
	struct buf wav = {0};

	sample_wav(440, 1, &wav);
	for (size_t i = 0; i < sizeof(speeches) / sizeof(speeches[0]); i++) {
		char *json = xasprintf("{\"model\":\"tts-1\",\"input\":\"one "
				       "two\",\"voice\":\"alloy\"%s}",
		    speeches[i].more);
		struct asking *asking = openai_send_json(url, json);
		struct hand_task *task = openai_task(r);

		assert_string_equal(task->path, "/jobs/audio.speak");
		assert_string_equal(openai_task_param(task, "text"), "one two");
		assert_string_equal(openai_task_param(task, "voice"), "slt");
		openai_bring_wav(r, task, &wav);
		assert_speech(asking, i);
		free(json);
	}
	buf_free(&wav);
	free(url);
}

/* What a miner gave in the form asked for is what the client has. */
static void
a_wav_is_the_miners_own(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/speech");
	struct asking *asking = openai_send_json(url,
	    "{\"model\":\"audio.speak\",\"input\":\"x\",\"voice\":\"rms\","
	    "\"response_format\":\"wav\",\"language\":\"de\"}");
	struct hand_task *task = openai_task(r);
	struct fetch_answer a;
	struct buf wav = {0};

	assert_string_equal(openai_task_param(task, "voice"), "rms");
	assert_string_equal(openai_task_param(task, "language"), "de");
	sample_wav(880, 0.5, &wav);
	openai_bring_wav(r, task, &wav);
	asking_end(asking, &a);
	assert_int_equal(a.len, wav.len);
	assert_memory_equal(a.body, wav.data, wav.len);
	fetch_clear(&a);
	buf_free(&wav);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_is_spoken_in_each_form),
	    cmocka_unit_test(a_wav_is_the_miners_own),
	};

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

/*
 * Recordings made by the real programs: of each file type, as a client's file
 * is, and said so that a recogniser understands it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <unistd.h>

#include "common/blobs.h"
#include "scorer/wer.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sample.h"
#include "validator/challenge_child.c"
#include "validator/challenge_dice.c"
#include "validator/challenge_english.c"
#include "validator/challenge_lexicon.c"
#include "validator/challenge_sentence.c"
#include "validator/challenge_sound.c"
#include "validator/challenge_speech.c"

#define ID "01890000-0000-7000-8000-000000000012"

struct place {
	char *folder, *probe;
	struct event_base *base;
	struct blobs *blobs;
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	char *build = paths_build();
	struct blobs_options o = {0};
	struct err err;

	*state = p;
	p->folder = xasprintf("%s/speech-%d", build, (int)getpid());
	p->probe = paths_program("bin/subnetd-probe");
	p->base = event_base_new();
	o.store = p->folder;
	p->blobs = blobs_new(p->base, &o, &err);
	free(build);
	return p->blobs == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	char *inner = xasprintf("%s/12", p->folder);

	remove_folder(inner);
	remove_folder(p->folder);
	blobs_free(p->blobs);
	event_base_free(p->base);
	free(inner);
	free(p->probe);
	free(p->folder);
	free(p);
	return 0;
}

/* -- a client's file ------------------------------------------------------ */

static void
run_ok(const char *const *argv)
{
	struct err err;

	if (challenge_child_run(argv, -1, NULL, &err) != 0)
		fail_msg("%s", err.text);
}

/* A tone of 3 s as ffmpeg makes it of these arguments; kept as a client's. */
static void
keep_client_file(struct place *p, const char *const *how, char sha256[65])
{
	char *wav = xasprintf("%s/in.wav", p->folder);
	char *out = xasprintf("%s/out", p->folder);
	const char *argv[24] = {
	    "ffmpeg", "-nostdin", "-v", "error", "-y", "-i", wav};
	struct challenge_speech s = {.blobs = p->blobs, .id = ID};
	struct buf tone = {0};
	struct err err = {""};
	size_t n = 7;
	json_t *kept;

	while (*how != NULL)
		argv[n++] = *how++;
	argv[n] = out;
	sample_wav(440, 3, &tone);
	assert_int_equal(write_file(wav, tone.data, tone.len, &err), 0);
	run_ok(argv);
	kept = keep(&s, out, &err);
	assert_non_null(kept);
	snprintf(sha256, 65, "%s",
	    json_string_value(json_object_get(kept, "sha256")));
	json_decref(kept);
	buf_free(&tone);
	free(wav);
	free(out);
}

static json_t *
look_at(struct place *p, const char *sha256)
{
	struct challenge_look look = {p->blobs, ID, sha256, p->probe};
	struct err err = {""};
	json_t *like = challenge_speech_look(&look, p->folder, &err);

	if (like == NULL)
		fail_msg("%s", err.text);
	return like;
}

static json_t *
make_like(struct place *p, const char *type, const char *language,
    const json_t *like, const char *recording)
{
	struct challenge_speech s = {.language = language,
	    .type = type,
	    .like = like,
	    .recording = recording,
	    .blobs = p->blobs,
	    .id = ID};
	struct err err = {""};
	json_t *made;

	memset(s.dice.key, type[6] + language[0], sizeof(s.dice.key));
	made = challenge_speech_make(&s, p->folder, &err);
	if (made == NULL)
		fail_msg("%s %s: %s", type, language, err.text);
	return made;
}

static void
assert_within(const char *type, const char *what, const json_t *a,
    const json_t *b, double ratio)
{
	double x = number_of(a, what), y = number_of(b, what);

	if (x > y * ratio || y > x * ratio)
		fail_msg("%s: %s %g and %g", type, what, x, y);
}

static void
assert_same(
    const char *type, const char *what, const json_t *a, const json_t *b)
{
	if (!json_equal(json_object_get(a, what), json_object_get(b, what)))
		fail_msg("%s: %s", type, what);
}

/* -- tests ---------------------------------------------------------------- */

static const struct {
	const char *type;
	const char *how[12];
} files[] = {
    {"audio/wav", {"-bitexact", "-f", "wav", NULL}},
    {"audio/wav",
	{"-c:a", "pcm_s24le", "-ar", "44100", "-ac", "2", "-f", "wav", NULL}},
    {"audio/wav",
	{"-c:a", "pcm_u8", "-ar", "8000", "-bitexact", "-f", "wav", NULL}},
    {"audio/mpeg", {"-b:a", "128k", "-ar", "44100", "-f", "mp3", NULL}},
    {"audio/mpeg", {"-b:a", "32k", "-ar", "22050", "-id3v2_version", "0",
		       "-bitexact", "-f", "mp3", NULL}},
    {"audio/flac", {"-f", "flac", NULL}},
    {"audio/ogg", {"-c:a", "libopus", "-b:a", "24k", "-f", "ogg", NULL}},
    {"audio/ogg",
	{"-c:a", "libvorbis", "-ar", "44100", "-ac", "2", "-f", "ogg", NULL}},
    {"audio/mp4", {"-c:a", "aac", "-b:a", "64k", "-f", "ipod", NULL}},
    {"audio/mp4", {"-c:a", "aac", "-movflags", "+faststart", "-bitexact", "-f",
		      "ipod", NULL}},
    {"audio/webm", {"-c:a", "libopus", "-b:a", "48k", "-f", "webm", NULL}},
};

static void
a_file_is_as_its_template(void **state)
{
	static const char *const same[] = {
	    "rate", "channels", "codec", "tagged", "id3", "xing", "moov_first"};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *type = files[i].type;
		json_t *like, *made, *is;
		char sha256[65];

		keep_client_file(p, files[i].how, sha256);
		like = look_at(p, sha256);
		made = make_like(p, type, "en", like, NULL);
		is = look_at(
		    p, json_string_value(json_object_get(made, "sha256")));
		assert_within(type, "seconds", like, is, 1.12);
		for (size_t k = 0; k < sizeof(same) / sizeof(*same); k++)
			assert_same(type, same[k], like, is);
		if (strcmp(type, "audio/wav") == 0)
			assert_same(type, "bits", like, is);
		json_decref(like);
		json_decref(made);
		json_decref(is);
	}
}

static void
every_language_is_spoken(void **state)
{
	struct place *p = *state;
	json_t *like = json_pack("{s:f, s:f, s:f, s:f, s:f}", "seconds", 6.0,
	    "rate", 16000.0, "channels", 1.0, "bits", 16.0, "kbps", 256.0);

	for (int i = 0; i < n_challenge_lexicons; i++) {
		const char *language = challenge_lexicons[i].language;
		json_t *made = make_like(p, "audio/wav", language, like, NULL);
		json_t *is = look_at(
		    p, json_string_value(json_object_get(made, "sha256")));
		const json_t *expect = json_object_get(made, "expect");
		const char *text =
		    json_string_value(json_object_get(expect, "text"));
		double letters = challenge_sentence_letters(text) /
				 challenge_sentence_rate(language);

		assert_within(language, "seconds", like, is, 1.15);
		/* As much text as there is time, give or take a sentence. */
		assert_true(letters > 2 && letters < 10);
		assert_in_range((int)number_of(expect, "snr_db"), 12, 35);
		json_decref(made);
		json_decref(is);
	}
	json_decref(like);
}

/* flite's best voice through noise, heard by a recogniser: well above what
 * any wrong text gets. */
static void
what_is_said_is_the_text(void **state)
{
	struct place *p = *state;
	char *wav = xasprintf("%s/said.wav", p->folder);
	struct challenge_noise noise = {25, false, 3};
	struct challenge_dice dice = {.n = 0};
	struct voice voice = {.is_flite = true,
	    .name = "rms",
	    .speed = "duration_stretch=1.0",
	    .pitch = "int_f0_target_mean=100"};
	const char *const hear[] = {
	    "pocketsphinx_continuous", "-infile", wav, NULL};
	struct challenge_speech s = {.language = "en"};
	struct challenge_sound sound = {.v = NULL};
	struct buf bytes = {0}, heard = {0};
	struct err err = {""};
	double rate, other;
	char *text;

	memset(s.dice.key, 9, sizeof(s.dice.key));
	text = say_something(&s, &voice, 15, p->folder, &sound, &err);
	assert_non_null(text);
	challenge_sound_set(&sound, 15, &noise, &dice);
	challenge_sound_write(&sound, &bytes);
	assert_int_equal(write_file(wav, bytes.data, bytes.len, &err), 0);
	if (challenge_child_run(hear, -1, &heard, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(wer_words(text, buf_str(&heard), &rate), 0);
	assert_int_equal(
	    wer_words("the quick brown fox jumps over the lazy dog and then "
		      "it goes home to eat its supper with all of its friends",
		buf_str(&heard), &other),
	    0);
	if (rate > 0.6 || other < 0.8)
		fail_msg("%.2f, other %.2f: \"%s\" heard as \"%s\"", rate,
		    other, text, buf_str(&heard));
	challenge_sound_clear(&sound);
	buf_free(&bytes);
	buf_free(&heard);
	free(text);
	free(wav);
}

static void
what_is_no_sound_is_not_looked_at(void **state)
{
	struct place *p = *state;
	struct challenge_look look = {p->blobs, ID, "00", p->probe};
	struct err err = {""};

	assert_null(challenge_speech_look(&look, p->folder, &err));
	assert_string_equal(err.text, "its file is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_as_its_template),
	    cmocka_unit_test(every_language_is_spoken),
	    cmocka_unit_test(what_is_said_is_the_text),
	    cmocka_unit_test(what_is_no_sound_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

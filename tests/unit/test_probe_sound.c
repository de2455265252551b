/*
 * Recordings through subnetd-probe, and what the shipped policy makes of them
 * as speech: the voices we have in each language, and what is no speech. And
 * their samples, as a recording is compared with another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "scorer/sdr.h"
#include "tests/lib/media.h"
#include "tests/lib/paths.h"

struct place {
	char *dir, *a, *b; /* files in it */
	struct policy policy;
};

static int
make_place(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct err err;
	char *text = config_read_file("deploy/policies/default.ini", &err);

	assert_non_null(text);
	assert_int_equal(policy_parse(text, &p->policy, &err), 0);
	free(text);
	p->dir = paths_make_tmp();
	p->a = xasprintf("%s/a.wav", p->dir);
	p->b = xasprintf("%s/b.wav", p->dir);
	*state = p;
	return 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	paths_remove(p->dir);
	free(p->dir);
	free(p->a);
	free(p->b);
	free(p);
	return 0;
}

#define CONVERT(from, to, ...)                                                 \
	media_convert(from, to, (const char *const[]){__VA_ARGS__, NULL})

static double
number(const json_t *measured, const char *name)
{
	const json_t *v = json_object_get(measured, name);

	if (!json_is_number(v))
		fail_msg("no %s", name);
	return json_number_value(v);
}

static struct speech_sound
sound_of(const char *path)
{
	json_t *m = media_probe(path);
	struct speech_sound sound;

	assert_non_null(m);
	sound = (struct speech_sound){number(m, "duration_s"),
	    number(m, "rms_db"), number(m, "peak_db"), number(m, "voiced"),
	    number(m, "rate"), number(m, "uneven")};
	json_decref(m);
	return sound;
}

/* Printed, too: what it was measured as, and its faults. */
static double
score(const struct place *p, const char *path, const char *what,
    const char *text, const char *language)
{
	const struct speech_rule *rule = &p->policy.speech;
	struct speech_sound sound = sound_of(path);
	double words =
	    speech_words(rule, text, policy_is_by_letter(&p->policy, language));
	double got = speech_score(rule, &sound, words);
	unsigned faults = speech_faults(rule, &sound, words);

	print_message("%-28s %5.2f s, %4.1f words, voiced %.2f, uneven %.3f: "
		      "%.3f",
	    what, sound.duration_s, words, sound.voiced, sound.uneven, got);
	for (int i = 0; i < SPEECH_N_FAULTS; i++) {
		if (faults >> i & 1)
			print_message(" %s", speech_fault_name(i));
	}
	print_message("\n");
	return got;
}

/* -- speech --------------------------------------------------------------- */

static const char sentence[] =
    "The quick brown fox jumps over the lazy dog, and nobody is there.";

static void
say(const char *voice, const char *text, const char *path)
{
	media_make((const char *const[]){
	    "flite", "-voice", voice, "-t", text, "-o", path, NULL});
}

static void
every_flite_voice_has_full_marks(void **state)
{
	static const char *const voices[] = {
	    "rms", "slt", "awb", "kal", "kal16"};
	/* the last is as even as speech gets */
	static const char *const texts[] = {
	    sentence, "Yes.", "Roll my yellow lemon"};
	struct place *p = *state;

	for (int v = 0; v < 5; v++) {
		for (int t = 0; t < 3; t++) {
			say(voices[v], texts[t], p->a);
			assert_true(
			    score(p, p->a, voices[v], texts[t], "en") == 1);
		}
	}
}

static const struct {
	const char *language, *voice, *text;
} spoken[] = {
    {"en", "en", sentence},
    {"es", "es", "El perro corre por el parque y nadie lo mira."},
    {"fr", "fr",
	"Le renard traverse lentement la for\u00eat pendant que personne ne "
	"regarde."},
    {"de", "de",
	"Der Hund l\u00e4uft durch den Park und niemand sieht ihm zu."},
    {"it", "it", "Il cane corre nel parco e nessuno lo guarda."},
    {"pt", "pt", "O cachorro corre no parque e ningu\u00e9m olha."},
    {"ru", "ru",
	"\u0421\u043e\u0431\u0430\u043a\u0430 \u0431\u0435\u0436\u0438\u0442 "
	"\u043f\u043e \u043f\u0430\u0440\u043a\u0443 \u0438 "
	"\u043d\u0438\u043a\u0442\u043e "
	"\u043d\u0435 \u0441\u043c\u043e\u0442\u0440\u0438\u0442."},
    {"zh", "cmn",
	"\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c"
	"\u56ed\u8d70\u8d70\u3002"},
    {"ja", "ja",
	"\u304d\u3087\u3046\u306f\u3044\u3044\u3066\u3093\u304d\u3067\u3059"
	"\u306d\u3002"},
    {"ko", "ko",
	"\uac15\uc544\uc9c0\uac00 \uacf5\uc6d0\uc5d0\uc11c \ub6f0\uace0 "
	"\uc544\ubb34\ub3c4 "
	"\ubcf4\uc9c0 \uc54a\ub294\ub2e4."},
    {"ar", "ar",
	"\u0627\u0644\u0643\u0644\u0628 \u064a\u062c\u0631\u064a \u0641\u064a "
	"\u0627\u0644\u062d\u062f\u064a\u0642\u0629 \u0648\u0644\u0627 "
	"\u0623\u062d\u062f "
	"\u064a\u0646\u0638\u0631."},
    {"hi", "hi",
	"\u0915\u0941\u0924\u094d\u0924\u093e \u092a\u093e\u0930\u094d\u0915 "
	"\u092e\u0947\u0902 "
	"\u0926\u094c\u0921\u093c\u0924\u093e \u0939\u0948\u0964"},
};

static void
every_language_of_espeak_has_full_marks(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++) {
		media_make((const char *const[]){"espeak-ng", "-v",
		    spoken[i].voice, "-w", p->a, spoken[i].text, NULL});
		assert_true(score(p, p->a, spoken[i].language, spoken[i].text,
				spoken[i].language) == 1);
	}
}

/* -- what is no speech ---------------------------------------------------- */

static void
what_is_no_speech_has_none(void **state)
{
	static const struct {
		const char *what, *source;
	} sources[] = {
	    {"tone of 440 Hz", "lavfi:sine=440:d=4"},
	    {"hum of 50 Hz", "lavfi:sine=50:d=4"},
	    {"white noise", "lavfi:anoisesrc=d=4:a=0.3:r=16000:s=1"},
	    {"silence", "lavfi:anullsrc=r=16000:d=4"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		CONVERT(sources[i].source, p->a, "-t", "4");
		assert_true(
		    score(p, p->a, sources[i].what, sentence, "en") == 0);
	}
	CONVERT(
	    "lavfi:sine=440:d=3", p->a, "-af", "adelay=500,apad=pad_dur=0.5");
	assert_true(
	    score(p, p->a, "tone between silences", sentence, "en") == 0);
}

/* That it is the same second again and again is not seen. */
static void
speech_that_was_changed_has_what_is_left(void **state)
{
	struct place *p = *state;

	say("rms", sentence, p->a);
	CONVERT(p->a, p->b, "-af", "atrim=0.5:1.5,aloop=3:16000");
	assert_true(
	    score(p, p->b, "one second, four times", sentence, "en") == 1);
	CONVERT(p->a, p->b, "-t", "2.5");
	assert_true(fabs(score(p, p->b, "cut after 2.5 s", sentence, "en") -
			 .52) < .01);
	CONVERT(p->a, p->b, "-t", "1");
	assert_true(score(p, p->b, "cut after 1 s", sentence, "en") == 0);
	CONVERT(p->a, p->b, "-af", "volume=30dB");
	assert_true(score(p, p->b, "clipped", sentence, "en") == .5);
	CONVERT(p->a, p->b, "-af", "volume=-35dB");
	assert_true(score(p, p->b, "whispered", sentence, "en") < .5);
	CONVERT(p->a, p->b, "-ar", "4000");
	assert_true(score(p, p->b, "at 4 kHz", sentence, "en") == 0);
}

static void
the_rest_is_measured_too(void **state)
{
	struct place *p = *state;
	json_t *m;

	say("rms", sentence, p->a);
	CONVERT(p->a, p->b, "-af", "volume=30dB");
	m = media_probe(p->b);
	print_message("clipped: %.3f of the samples\n", number(m, "clipped"));
	assert_true(number(m, "clipped") > .1);
	json_decref(m);
	/* a tone, a second of nothing, a tone; half a second of it behind */
	CONVERT("lavfi:aevalsrc='0.1+if(lt(mod(t,2),1),0.5*sin(2*PI*440*t),-"
		"0.1)':d=3.5",
	    p->a, "-af", "adelay=300,apad=pad_dur=0.5", "-c:a", "pcm_s16le");
	m = media_probe(p->a);
	assert_true(number(m, "clipped") == 0);
	assert_true(fabs(number(m, "lead_s") - .3) < .03);
	assert_true(fabs(number(m, "gap_s") - 1) < .05);
	assert_true(fabs(number(m, "trail_s") - 1) < .05);
	/* 0.1 for two seconds of 4.3 */
	assert_true(fabs(number(m, "offset") - .2 / 4.3) < .001);
	json_decref(m);
}

/* -- samples -------------------------------------------------------------- */

static double
si_sdr_of(const char *reference, const char *estimate, int rate_hz)
{
	struct err err = {""};
	struct sdr_sound sounds[2];
	double *copies[2], db;

	for (int i = 0; i < 2; i++) {
		float *at = media_samples(
		    i == 0 ? reference : estimate, rate_hz, &sounds[i].n);

		assert_non_null(at);
		copies[i] = xcalloc(sounds[i].n, sizeof(double));
		for (size_t k = 0; k < sounds[i].n; k++)
			copies[i][k] = at[k];
		sounds[i].at = copies[i];
		free(at);
	}
	if (sdr_si(sounds[0], sounds[1], true, &db, &err) != 0)
		fail_msg("%s", err.text);
	free(copies[0]);
	free(copies[1]);
	return db;
}

static void
samples_are_the_files_own(void **state)
{
	struct place *p = *state;
	size_t n;
	float *at;

	CONVERT("lavfi:aevalsrc='0.5*sin(2*PI*500*t)|0.25':d=1:s=16000", p->a,
	    "-c:a", "pcm_f32le");
	at = media_samples(p->a, 16000, &n);
	assert_int_equal(n, 16000);
	for (int i = 0; i < 16000; i++)
		assert_true(
		    fabs(at[i] - (.25 * sin(2 * M_PI * i / 32) + .125)) < 1e-6);
	free(at);
	at = media_samples(p->a, 8000, &n);
	assert_int_equal(n, 8000);
	for (int i = 100; i < 7900; i++)
		assert_true(
		    fabs(at[i] - (.25 * sin(2 * M_PI * i / 16) + .125)) < 1e-4);
	free(at);
}

static void
an_enhanced_recording_is_compared_with_a_clean_one(void **state)
{
	struct place *p = *state;
	double softer, other_rate, noisy, noisier;

	say("rms", sentence, p->a);
	CONVERT(p->a, p->b, "-af", "volume=0.5", "-c:a", "pcm_f32le");
	softer = si_sdr_of(p->a, p->b, 16000);
	CONVERT(p->a, p->b, "-ar", "48000", "-c:a", "pcm_f32le");
	other_rate = si_sdr_of(p->a, p->b, 8000);
	CONVERT(p->a, p->b, "-af", "aeval=val(0)+0.01*(random(0)-0.5)");
	noisy = si_sdr_of(p->a, p->b, 16000);
	CONVERT(p->a, p->b, "-af", "aeval=val(0)+0.1*(random(0)-0.5)");
	noisier = si_sdr_of(p->a, p->b, 16000);
	print_message("SI-SDR: softer %.2f dB, by way of 48 kHz %.2f dB, "
		      "noise %.2f dB, ten times as much %.2f dB\n",
	    softer, other_rate, noisy, noisier);
	assert_true(softer == SDR_MAX_DB);
	assert_true(other_rate > 30);
	assert_true(noisy > 20 && fabs(noisy - noisier - 20) < .5);
}

static void
samples_have_an_end(void **state)
{
	struct place *p = *state;
	size_t n;

	CONVERT("lavfi:sine=440:r=8000:d=910", p->a, "-c:a", "pcm_u8");
	free(media_samples(p->a, 8000, &n));
	assert_int_equal(n, 15 * 60 * 8000);
}

static void
what_has_no_sound_has_no_samples(void **state)
{
	struct place *p = *state;
	char *png = xasprintf("%s/a.png", p->dir);
	size_t n;

	CONVERT("lavfi:color=red:s=64x64", png, "-frames:v", "1");
	assert_null(media_samples(png, 16000, &n));
	CONVERT("lavfi:sine=440:d=1", p->a, "-t", "1");
	media_make((const char *const[]){"truncate", "-s", "40", p->a, NULL});
	assert_null(media_samples(p->a, 16000, &n));
	media_make((const char *const[]){
	    "sh", "-c", "echo once upon a time >\"$0\"", p->a, NULL});
	assert_null(media_samples(p->a, 16000, &n));
	free(png);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_flite_voice_has_full_marks),
	    TEST(every_language_of_espeak_has_full_marks),
	    TEST(what_is_no_speech_has_none),
	    TEST(speech_that_was_changed_has_what_is_left),
	    TEST(the_rest_is_measured_too),
	    TEST(samples_are_the_files_own),
	    TEST(an_enhanced_recording_is_compared_with_a_clean_one),
	    TEST(samples_have_an_end),
	    TEST(what_has_no_sound_has_no_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

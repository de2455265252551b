/*
 * All of this runs in the child but the last two functions: it reads files,
 * waits for programs, and keeps what comes of it in the store.
 *
 * A file has its template's length, give or take a fourteenth, its sampling
 * rate, channels and bit rate. The text is made to that length by guess; too
 * long a one is made again, shorter, and what is left over is noise.
 */
#include "validator/challenge_speech.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "validator/challenge_child.h"
#include "validator/challenge_sentence.h"
#include "validator/challenge_sound.h"

enum {
	PEEK = 65536, /* of a file's beginning and end */
	TRIES = 4,
	MAX_ARGS = 40,
	MAX_FILE = 1 << 30,
};

static const double near_least = 0.93, near_most = 1.07;

/* -- a client's file ------------------------------------------------------ */

struct peek {
	char head[PEEK], tail[PEEK];
	size_t n_head, n_tail;
};

static void
take_peek(int fd, uint64_t bytes, struct peek *peek)
{
	uint64_t at = bytes > PEEK ? bytes - PEEK : 0;
	ssize_t head = pread(fd, peek->head, PEEK, 0);
	ssize_t tail = pread(fd, peek->tail, PEEK, at);

	peek->n_head = head > 0 ? head : 0;
	peek->n_tail = tail > 0 ? tail : 0;
}

static bool
has(const char *data, size_t n, const char *word)
{
	return memmem(data, n, word, strlen(word)) != NULL;
}

/* The muxer's name with its version, as it writes it unless told not to. */
static bool
has_name(const char *data, size_t n)
{
	static const char name[] = "Lavf";
	const size_t len = sizeof(name) - 1;
	const char *at = memmem(data, n, name, len);

	while (at != NULL) {
		size_t rest = n - (at - data) - len;

		if (rest > 0 && at[len] >= '0' && at[len] <= '9')
			return true;
		at = memmem(at + len, rest, name, len);
	}
	return false;
}

static double
number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static json_t *
describe(const json_t *measured, const struct peek *peek, uint64_t bytes)
{
	double seconds = number_of(measured, "duration_s");
	double rate = number_of(measured, "rate");
	double channels = number_of(measured, "channels");
	const char *codec = "";

	if (!(seconds > 0 && rate > 0 && channels > 0))
		return NULL;
	if (has(peek->head, peek->n_head, "OpusHead"))
		codec = "opus";
	else if (has(peek->head, peek->n_head, "vorbis"))
		codec = "vorbis";
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:s, s:b, s:b, s:b, s:b}",
	    "seconds", seconds, "rate", rate, "channels", channels, "bits",
	    8 * round(bytes / (seconds * rate * channels)), "kbps",
	    bytes * 8 / seconds / 1000, "codec", codec, "tagged",
	    has_name(peek->head, peek->n_head) ||
		has_name(peek->tail, peek->n_tail),
	    "id3", peek->n_head > 3 && memcmp(peek->head, "ID3", 3) == 0,
	    "xing",
	    has(peek->head, peek->n_head, "Xing") ||
		has(peek->head, peek->n_head, "Info"),
	    "moov_first", has(peek->head, peek->n_head, "moov"));
}

json_t *
challenge_speech_look(const void *arg, const char *folder, struct err *err)
{
	const struct challenge_look *look = arg;
	const char *const argv[] = {look->probe, NULL};
	struct peek *peek = xcalloc(1, sizeof(*peek));
	struct buf text = {0};
	json_t *measured = NULL, *like = NULL;
	uint64_t bytes;
	int fd = blob_open_here(look->blobs, look->id, look->sha256, &bytes);

	(void)folder;
	if (fd < 0) {
		err_set(err, "its file is gone");
	} else if (challenge_child_run(argv, fd, &text, err) == 0) {
		measured = json_loadb((char *)text.data, text.len, 0, NULL);
		take_peek(fd, bytes, peek);
		like = describe(measured, peek, bytes);
		if (like == NULL)
			err_set(err, "its file has no sound");
	}
	json_decref(measured);
	buf_free(&text);
	free(peek);
	if (fd >= 0)
		close(fd);
	return like;
}

/* -- files ---------------------------------------------------------------- */

static int
write_file(const char *path, const void *data, size_t len, struct err *err)
{
	FILE *f = fopen(path, "we");
	bool failed = f == NULL || fwrite(data, 1, len, f) != len;

	if (f != NULL)
		failed |= fclose(f) != 0;
	return failed
		   ? err_set(err, "cannot write %s: %s", path, strerror(errno))
		   : 0;
}

static int
read_file(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (fd >= 0 && out->len < MAX_FILE &&
	       (n = read(fd, buf_reserve(out, PEEK), PEEK)) > 0)
		out->len += n;
	if (fd >= 0)
		close(fd);
	return n != 0 ? err_set(err, "cannot read %s", path) : 0;
}

static json_t *
keep(const struct challenge_speech *s, const char *path, struct err *err)
{
	struct blob_writer *w = blob_begin(s->blobs, MAX_FILE, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	static char piece[PEEK];
	char sha256[65];
	uint64_t bytes;
	ssize_t n = -1;

	if (w == NULL || fd < 0)
		goto fail;
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		if (blob_write(w, piece, n, err) != 0)
			goto fail;
	}
	bytes = blob_bytes(w);
	if (n < 0 || bytes == 0)
		goto fail;
	close(fd);
	if (blob_commit_here(w, s->id, sha256, err) != 0)
		return NULL;
	return json_pack(
	    "{s:s, s:I}", "sha256", sha256, "bytes", (json_int_t)bytes);
fail:
	if (err->text[0] == '\0')
		err_set(err, "cannot read %s", path);
	blob_abort(w);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* -- speaking ------------------------------------------------------------- */

/* One voice, for all tries. */
struct voice {
	bool is_flite;
	char name[32];
	char speed[48], pitch[48]; /* as the program wants them */
};

static void
draw_flite(struct challenge_dice *dice, struct voice *v)
{
	/* The one that is understood best more often than the others. */
	static const struct {
		const char *name;
		double low, high; /* Hz */
	} voices[] = {{"rms", 88, 112}, {"rms", 88, 112}, {"slt", 155, 190},
	    {"slt", 155, 190}, {"awb", 105, 135}};
	size_t i =
	    challenge_dice_below(dice, sizeof(voices) / sizeof(voices[0]));

	v->is_flite = true;
	snprintf(v->name, sizeof(v->name), "%s", voices[i].name);
	snprintf(v->speed, sizeof(v->speed), "duration_stretch=%.3f",
	    challenge_dice_between(dice, 0.92, 1.12));
	snprintf(v->pitch, sizeof(v->pitch), "int_f0_target_mean=%.1f",
	    challenge_dice_between(dice, voices[i].low, voices[i].high));
}

static void
draw_espeak(const char *language, struct challenge_dice *dice, struct voice *v)
{
	bool is_pinyin = strcmp(language, "zh") == 0;
	size_t i = challenge_dice_below(dice, 12);

	v->is_flite = false;
	snprintf(v->name, sizeof(v->name), "%s+%c%zu",
	    is_pinyin ? "cmn-latn-pinyin" : language, i < 7 ? 'm' : 'f',
	    i < 7 ? i + 1 : i - 6);
	snprintf(v->speed, sizeof(v->speed), "%zu",
	    130 + challenge_dice_below(dice, 50));
	snprintf(v->pitch, sizeof(v->pitch), "%zu",
	    30 + challenge_dice_below(dice, 40));
}

static void
draw_voice(const char *language, struct challenge_dice *dice, struct voice *v)
{
	if (strcmp(language, "en") == 0 && challenge_child_finds("flite"))
		draw_flite(dice, v);
	else
		draw_espeak(language, dice, v);
}

static int
speak(const struct voice *v, const char *text, const char *folder,
    struct challenge_sound *sound, struct err *err)
{
	char *in = xasprintf("%s/text", folder);
	char *out = xasprintf("%s/speech.wav", folder);
	const char *const flite[] = {"flite", "-voice", v->name, "--setf",
	    v->speed, "--setf", v->pitch, "-f", in, "-o", out, NULL};
	const char *const espeak[] = {"espeak-ng", "-v", v->name, "-s",
	    v->speed, "-p", v->pitch, "-f", in, "-w", out, NULL};
	struct buf wav = {0};
	int failed = write_file(in, text, strlen(text), err);

	if (!failed)
		failed = challenge_child_run(
		    v->is_flite ? flite : espeak, -1, NULL, err);
	if (!failed)
		failed = read_file(out, &wav, err);
	if (!failed)
		failed = challenge_sound_read(wav.data, wav.len, sound, err);
	buf_free(&wav);
	free(in);
	free(out);
	return failed;
}

/* Text and sound of at most so many seconds, unless TRIES do not come to it.
 * The caller's to free and clear. */
static char *
say_something(struct challenge_speech *s, const struct voice *v, double seconds,
    const char *folder, struct challenge_sound *sound, struct err *err)
{
	double letters = challenge_sentence_rate(s->language) * seconds * 0.9;
	char *written = NULL, *spoken;

	for (int i = 0; i < TRIES; i++) {
		double got;
		int failed;

		free(written);
		challenge_sound_clear(sound);
		challenge_sentence_text(s->language,
		    letters > 1 ? (size_t)letters : 1, &s->dice, &written,
		    &spoken);
		failed = speak(v, spoken, folder, sound, err);
		free(spoken);
		if (failed) {
			free(written);
			return NULL;
		}
		challenge_sound_trim(sound);
		got = challenge_sound_seconds(sound);
		if (got <= seconds)
			break;
		letters *= 0.95 * seconds / got;
	}
	return written;
}

/* -- the file ------------------------------------------------------------- */

struct args {
	const char *argv[MAX_ARGS];
	size_t n;
	char texts[8][32];
	size_t n_texts;
};

static void
add(struct args *a, const char *one, const char *two)
{
	a->argv[a->n++] = one;
	if (two != NULL)
		a->argv[a->n++] = two;
}

static const char *
number(struct args *a, double v, const char *unit)
{
	char *text = a->texts[a->n_texts++];

	snprintf(text, sizeof(a->texts[0]), "%.0f%s", v, unit);
	return text;
}

static const struct form {
	const char *type, *muxer, *codec;
	bool has_bit_rate;
} forms[] = {
    {"audio/wav", "wav", "pcm_s16le", false},
    {"audio/mpeg", "mp3", "libmp3lame", true},
    {"audio/flac", "flac", "flac", false},
    {"audio/ogg", "ogg", "libopus", true},
    {"audio/mp4", "ipod", "aac", true},
    {"audio/webm", "webm", "libopus", true},
};

static const struct form *
form_of(const char *type)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].type, type) == 0)
			return &forms[i];
	}
	return NULL;
}

static const char *
codec_of(const struct form *f, const json_t *like)
{
	static const char *const pcm[] = {
	    "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le"};
	const char *codec = json_string_value(json_object_get(like, "codec"));
	int bytes = (int)number_of(like, "bits") / 8;

	if (strcmp(f->muxer, "wav") == 0 && bytes >= 1 && bytes <= 4)
		return pcm[bytes - 1];
	if (strcmp(f->codec, "libopus") == 0 && codec != NULL &&
	    strcmp(codec, "vorbis") == 0)
		return "libvorbis";
	return f->codec;
}

/* What is in the file but sound, as it is in the template's. */
static void
add_manners(struct args *a, const struct form *f, const json_t *like)
{
	if (!json_is_true(json_object_get(like, "tagged"))) {
		add(a, "-fflags", "+bitexact");
		add(a, "-flags:a", "+bitexact");
	}
	if (strcmp(f->muxer, "mp3") == 0 &&
	    !json_is_true(json_object_get(like, "id3")))
		add(a, "-id3v2_version", "0");
	if (strcmp(f->muxer, "mp3") == 0 &&
	    !json_is_true(json_object_get(like, "xing")))
		add(a, "-write_xing", "0");
	if (strcmp(f->muxer, "ipod") == 0 &&
	    json_is_true(json_object_get(like, "moov_first")))
		add(a, "-movflags", "+faststart");
}

static int
encode(const struct challenge_speech *s, const char *in, const char *out,
    bool with_rate, struct err *err)
{
	const struct form *f = form_of(s->type);
	struct args a = {.n = 0};
	double rate = number_of(s->like, "rate");

	add(&a, "ffmpeg", "-nostdin");
	add(&a, "-v", "error");
	add(&a, "-y", NULL);
	add(&a, "-threads", "1");
	add(&a, "-i", in);
	add(&a, "-vn", NULL);
	add(&a, "-map_metadata", "-1");
	add(&a, "-c:a", codec_of(f, s->like));
	add(&a, "-ar", number(&a, rate, ""));
	add(&a, "-ac", number(&a, number_of(s->like, "channels"), ""));
	if (f->has_bit_rate && with_rate)
		add(&a, "-b:a",
		    number(&a, fmax(8, number_of(s->like, "kbps")), "k"));
	add_manners(&a, f, s->like);
	add(&a, "-f", f->muxer);
	add(&a, out, NULL);
	return challenge_child_run(a.argv, -1, NULL, err);
}

/* Some encoders do not know every bit rate. */
static json_t *
encode_and_keep(const struct challenge_speech *s, const char *in,
    const char *folder, struct err *err)
{
	char *out = xasprintf("%s/file", folder);
	json_t *kept = NULL;

	if (encode(s, in, out, true, err) == 0 ||
	    encode(s, in, out, false, err) == 0)
		kept = keep(s, out, err);
	free(out);
	return kept;
}

/* -- the whole ------------------------------------------------------------ */

static json_t *
make_new(struct challenge_speech *s, const char *folder, struct err *err)
{
	double seconds =
	    number_of(s->like, "seconds") *
	    challenge_dice_between(&s->dice, near_least, near_most);
	struct challenge_noise noise = {
	    .snr_db = challenge_dice_between(&s->dice, 12, 35),
	    .is_pink = challenge_dice_below(&s->dice, 2) == 0,
	    .peak_db = challenge_dice_between(&s->dice, 0.5, 9)};
	char *wav = xasprintf("%s/noisy.wav", folder), *text;
	struct challenge_sound sound = {.v = NULL};
	struct buf bytes = {0};
	struct voice voice;
	json_t *kept = NULL;

	draw_voice(s->language, &s->dice, &voice);
	text = say_something(s, &voice, seconds, folder, &sound, err);
	if (text != NULL) {
		challenge_sound_set(&sound, seconds, &noise, &s->dice);
		challenge_sound_write(&sound, &bytes);
		if (write_file(wav, bytes.data, bytes.len, err) == 0)
			kept = encode_and_keep(s, wav, folder, err);
	}
	if (kept != NULL)
		json_object_set_new(kept, "expect",
		    json_pack("{s:s, s:s, s:f, s:s}", "text", text, "voice",
			voice.name, "snr_db", noise.snr_db, "noise",
			noise.is_pink ? "pink" : "white"));
	challenge_sound_clear(&sound);
	buf_free(&bytes);
	free(text);
	free(wav);
	return kept;
}

json_t *
challenge_speech_make(const void *arg, const char *folder, struct err *err)
{
	struct challenge_speech s = *(const struct challenge_speech *)arg;

	if (s.as_it_is)
		return keep(&s, s.recording, err);
	if (s.recording != NULL)
		return encode_and_keep(&s, s.recording, folder, err);
	return make_new(&s, folder, err);
}

bool
challenge_speech_has(const char *language)
{
	bool is_english = strcmp(language, "en") == 0;

	return challenge_child_finds("ffmpeg") &&
	       ((is_english && challenge_child_finds("flite")) ||
		   challenge_child_finds("espeak-ng"));
}

bool
challenge_speech_writes(const char *type)
{
	return form_of(type) != NULL;
}

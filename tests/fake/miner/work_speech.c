/*
 * Transcribing by pocketsphinx, speaking by flite and espeak-ng: a file in,
 * a program beside the loop, a file out.
 */
#include "tests/fake/miner/work_speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "tests/fake/miner/child.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/wav.h"
#include "tests/fake/miner/work.h"

enum {
	MAX_OUTPUT = 64 << 20,
	CHILD_MS = 120000,
	SPHINX_RATE = 16000, /* its model's */
};

static const char in_wav[] = "in.wav", out_wav[] = "out.wav",
		  in_txt[] = "in.txt", out_txt[] = "out.txt";

const char *const work_files[] = {in_wav, out_wav, in_txt, out_txt, NULL};

static const json_t *
param(const struct job *job, const char *name)
{
	return json_object_get(json_object_get(job->body, "params"), name);
}

static const char *
text_param(const struct job *job, const char *name, const char *otherwise)
{
	const char *text = json_string_value(param(job, name));

	return text != NULL ? text : otherwise;
}

static bool
is_english(const char *language)
{
	return strncmp(language, "en", 2) == 0 &&
	       (language[2] == '\0' || language[2] == '-');
}

/* -- files -------------------------------------------------------------- */

static int
write_file(
    const struct job *job, const char *name, const void *data, size_t len)
{
	char *path = job_path(job, name);
	FILE *f = fopen(path, "w");
	int failed = f == NULL || fwrite(data, 1, len, f) != len;

	if (f != NULL)
		failed |= fclose(f);
	free(path);
	return failed ? -1 : 0;
}

static int
read_file(const struct job *job, const char *name, struct buf *out)
{
	char *path = job_path(job, name);
	FILE *f = fopen(path, "r");
	size_t n = 0;

	free(path);
	if (f == NULL)
		return -1;
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->len += n;
	} while (n > 0 && out->len <= MAX_OUTPUT);
	fclose(f);
	return out->len <= MAX_OUTPUT ? 0 : -1;
}

/* -- children ----------------------------------------------------------- */

/* Not beyond the job's own deadline. */
static int
child_ms(const struct job *job)
{
	int64_t left = job->deadline_ms - clock_wall_ms();

	if (job->deadline_ms == 0 || left > CHILD_MS)
		return CHILD_MS;
	return left > 1 ? (int)left : 1;
}

static void
run(struct job *job, const char *const *argv, child_on_end *on_end)
{
	char *out = job_path(job, out_txt);

	job->child = child_start(
	    job->miner->children, argv, out, child_ms(job), on_end, job);
	free(out);
}

/* -- transcribing ------------------------------------------------------- */

/* The words of all lines with single spaces, but for the fraction at the end
 * that this miner loses. */
static char *
words_of(const char *text, double lost)
{
	static const char space[] = " \t\r\n";
	struct buf out = {0};
	size_t n = 0, keep;

	for (const char *p = text; *(p += strspn(p, space)) != '\0'; n++)
		p += strcspn(p, space);
	keep = (size_t)(n * (1 - lost));
	for (const char *p = text; keep > 0; keep--) {
		size_t len;

		p += strspn(p, space);
		len = strcspn(p, space);
		if (out.len > 0)
			buf_add_byte(&out, ' ');
		buf_add(&out, p, len);
		p += len;
	}
	return buf_take_str(&out);
}

static void
on_heard(bool ok, void *arg)
{
	struct job *job = arg;
	struct buf text = {0};

	job->child = NULL;
	if (!ok || read_file(job, out_txt, &text) != 0) {
		work_fail(job, "the recogniser failed", ok ? "output" : "exit");
	} else {
		job->outcome.text =
		    words_of(buf_str(&text), job->miner->persona.truncate);
		job_worked(job);
	}
	buf_free(&text);
}

void
work_transcribe(struct job *job)
{
	char *path = job_path(job, in_wav);
	const char *const argv[] = {"pocketsphinx_continuous", "-infile", path,
	    "-logfn", "/dev/null", NULL};
	struct wav wav;
	struct err err = {""};

	if (!is_english(text_param(job, "language", "en")))
		work_fail(job, "no model for this language",
		    text_param(job, "language", ""));
	else if (wav_parse(job->input.data, job->input.len, &wav, &err) != 0)
		work_fail(
		    job, "the input is not a recording we read", err.text);
	else if (wav.rate != SPHINX_RATE || wav.channels != 1)
		work_fail(job, "the input is not mono at 16 kHz", "format");
	else if (write_file(job, in_wav, job->input.data, job->input.len) != 0)
		work_fail(job, "no room for the input", path);
	else
		run(job, argv, on_heard);
	free(path);
}

/* -- speaking ----------------------------------------------------------- */

static const char *
espeak_voice(const char *language)
{
	return strncmp(language, "zh", 2) == 0 ? "cmn" : language;
}

static void
on_spoken(bool ok, void *arg)
{
	struct job *job = arg;
	struct outcome *o = &job->outcome;
	struct err err = {"exit"};

	job->child = NULL;
	if (!ok || read_file(job, out_wav, &o->file) != 0 ||
	    wav_cut(&o->file, job->miner->persona.truncate, &err) != 0) {
		buf_free(&o->file);
		work_fail(job, "the voice failed", err.text);
		return;
	}
	o->type = "audio/wav";
	job_worked(job);
}

void
work_speak(struct job *job)
{
	const char *language = text_param(job, "language", "en");
	const char *text = text_param(job, "text", "");
	char *in = job_path(job, in_txt), *out = job_path(job, out_wav);
	const char *const flite[] = {
	    "flite", "-voice", "rms", "-f", in, "-o", out, NULL};
	const char *const espeak[] = {"espeak-ng", "-v", espeak_voice(language),
	    "-f", in, "-w", out, NULL};
	bool by_flite =
	    is_english(language) && !job->miner->persona.speaks_by_espeak;

	if (language[0] == '-' || strchr(language, '/') != NULL)
		work_fail(job, "no voice for this language", language);
	else if (write_file(job, in_txt, text, strlen(text)) != 0)
		work_fail(job, "no room for the text", in);
	else
		run(job, by_flite ? flite : espeak, on_spoken);
	free(in);
	free(out);
}

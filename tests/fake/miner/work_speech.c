/*
 * Transcribing by pocketsphinx, speaking by flite and espeak-ng. What is not
 * mono at 16 kHz yet, a video's sound among it, goes through ffmpeg first.
 */
#include "tests/fake/miner/work_speech.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "tests/fake/miner/heard.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/tool.h"
#include "tests/fake/miner/wav.h"
#include "tests/fake/miner/work.h"

enum { SPHINX_RATE = 16000 /* its model's */ };

static bool
is_english(const char *language)
{
	return strncmp(language, "en", 2) == 0 &&
	       (language[2] == '\0' || language[2] == '-');
}

/* -- transcribing ------------------------------------------------------- */

static void
on_heard(bool ok, void *arg)
{
	struct job *job = arg;
	struct buf text = {0};

	job->child = NULL;
	if (!ok || tool_read(job, tool_out_txt, &text) != 0) {
		work_fail(job, "the recogniser failed", ok ? "output" : "exit");
	} else {
		work_done(job,
		    heard_answer(buf_str(&text), job->miner->persona.truncate));
	}
	buf_free(&text);
}

static void
recognise(struct job *job)
{
	char *path = job_path(job, tool_in_wav);
	const char *const argv[] = {"pocketsphinx_continuous", "-infile", path,
	    "-logfn", "/dev/null", "-time", "yes", NULL};

	tool_run(job, argv, on_heard);
	free(path);
}

static void
on_converted(bool ok, void *arg)
{
	struct job *job = arg;

	job->child = NULL;
	if (ok)
		recognise(job);
	else
		work_fail(
		    job, "the input is not a recording we read", "ffmpeg");
}

static void
convert(struct job *job)
{
	char *in = job_path(job, tool_in), *out = job_path(job, tool_in_wav);
	const char *const argv[] = {"ffmpeg", "-nostdin", "-v", "error",
	    "-protocol_whitelist", "file", "-i", in, "-vn", "-ac", "1", "-ar",
	    "16000", "-y", out, NULL};

	tool_run(job, argv, on_converted);
	free(in);
	free(out);
}

static bool
is_as_wanted(const struct buf *input)
{
	struct wav wav;

	return wav_parse(input->data, input->len, &wav, NULL) == 0 &&
	       wav.rate == SPHINX_RATE && wav.channels == 1;
}

void
work_transcribe(struct job *job)
{
	const char *language = tool_param(job, "language", "en");
	bool is_wav = is_as_wanted(&job->input);

	if (!is_english(language))
		work_fail(job, "no model for this language", language);
	else if (tool_write(job, is_wav ? tool_in_wav : tool_in,
		     job->input.data, job->input.len) != 0)
		work_fail(job, "no room for the input", job->dir);
	else if (is_wav)
		recognise(job);
	else
		convert(job);
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
	if (!ok || tool_read(job, tool_out_wav, &o->file) != 0 ||
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
	const char *language = tool_param(job, "language", "en");
	const char *text = tool_param(job, "text", "");
	const char *voice = tool_param(job, "voice", "rms");
	char *in = job_path(job, tool_in_txt);
	char *out = job_path(job, tool_out_wav);
	const char *const flite[] = {
	    "flite", "-voice", voice, "-f", in, "-o", out, NULL};
	const char *const espeak[] = {"espeak-ng", "-v", espeak_voice(language),
	    "-f", in, "-w", out, NULL};
	bool by_flite =
	    is_english(language) && !job->miner->persona.speaks_by_espeak;

	if (language[0] == '-' || strchr(language, '/') != NULL ||
	    voice[0] == '-' || strchr(voice, '/') != NULL)
		work_fail(job, "no voice for this language", language);
	else if (tool_write(job, tool_in_txt, text, strlen(text)) != 0)
		work_fail(job, "no room for the text", in);
	else
		tool_run(job, by_flite ? flite : espeak, on_spoken);
	free(in);
	free(out);
}

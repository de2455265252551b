/* Enhancing and analysing, a program after the other. */
#include "tests/fake/miner/work_sound.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/tool.h"
#include "tests/fake/miner/work.h"

static int
keep_input(struct job *job)
{
	if (tool_write(job, tool_in, job->input.data, job->input.len) == 0)
		return 0;
	work_fail(job, "no room for the input", job->dir);
	return -1;
}

/* -- enhancing ------------------------------------------------------------ */

static void
on_enhanced(bool ok, void *arg)
{
	struct job *job = arg;

	job->child = NULL;
	if (!ok || tool_read(job, tool_out_wav, &job->outcome.file) != 0) {
		buf_free(&job->outcome.file);
		work_fail(job, "the recording could not be enhanced", "ffmpeg");
		return;
	}
	job->outcome.type = "audio/wav";
	job_worked(job);
}

void
work_enhance(struct job *job)
{
	char *in = job_path(job, tool_in), *out = job_path(job, tool_out_wav);
	const char *const argv[] = {"ffmpeg", "-nostdin", "-v", "error",
	    "-protocol_whitelist", "file", "-i", in, "-vn", "-af",
	    "highpass=f=80,afftdn=nr=12,dynaudnorm", "-y", out, NULL};

	if (keep_input(job) == 0)
		tool_run(job, argv, on_enhanced);
	free(in);
	free(out);
}

/* -- analysing ------------------------------------------------------------ */

/* The last value that astats printed under a key; the sums are running. */
static double
last_value(const char *text, const char *key)
{
	const char *at = text, *last = NULL;

	while ((at = strstr(at, key)) != NULL)
		last = at += strlen(key);
	return last == NULL ? 0 : strtod(last, NULL);
}

static void
on_measured(bool ok, void *arg)
{
	struct job *job = arg;
	struct buf text = {0};

	job->child = NULL;
	if (!ok || tool_read(job, tool_out_txt, &text) != 0) {
		work_fail(job, "the recording could not be measured", "ffmpeg");
	} else {
		json_object_set_new(job->outcome.output, "rms_db",
		    json_real(last_value(
			buf_str(&text), "lavfi.astats.Overall.RMS_level=")));
		json_object_set_new(job->outcome.output, "peak_db",
		    json_real(last_value(
			buf_str(&text), "lavfi.astats.Overall.Peak_level=")));
		job_worked(job);
	}
	buf_free(&text);
}

static void
measure(struct job *job)
{
	char *in = job_path(job, tool_in);
	const char *const argv[] = {"ffmpeg", "-nostdin", "-v", "error",
	    "-protocol_whitelist", "file", "-i", in, "-vn", "-af",
	    "astats=metadata=1,ametadata=mode=print:file=-", "-f", "null", "-",
	    NULL};

	tool_run(job, argv, on_measured);
	free(in);
}

/* ffprobe gives every number of a format as a text. */
static double
number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? strtod(json_string_value(value), NULL)
				     : json_number_value(value);
}

static void
on_probed(bool ok, void *arg)
{
	struct job *job = arg;
	struct buf text = {0};
	json_t *all = NULL, *stream;

	job->child = NULL;
	if (ok && tool_read(job, tool_out_txt, &text) == 0)
		all = json_loads(buf_str(&text), 0, NULL);
	buf_free(&text);
	stream = json_array_get(json_object_get(all, "streams"), 0);
	if (stream == NULL) {
		json_decref(all);
		work_fail(
		    job, "the input is not a recording we read", "ffprobe");
		return;
	}
	job->outcome.output = json_pack("{s:f, s:i, s:i, s:s}", "duration_s",
	    number(json_object_get(all, "format"), "duration"), "sample_rate",
	    (int)number(stream, "sample_rate"), "channels",
	    (int)number(stream, "channels"), "codec",
	    json_string_value(json_object_get(stream, "codec_name")));
	json_decref(all);
	measure(job);
}

void
work_analyze(struct job *job)
{
	char *in = job_path(job, tool_in);
	const char *const argv[] = {"ffprobe", "-v", "error",
	    "-protocol_whitelist", "file", "-of", "json", "-show_format",
	    "-show_streams", "-select_streams", "a", in, NULL};

	if (keep_input(job) == 0)
		tool_run(job, argv, on_probed);
	free(in);
}

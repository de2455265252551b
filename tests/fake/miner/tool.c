/* Files in, a program beside the loop, files out. */
#include "tests/fake/miner/tool.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "tests/fake/miner/job.h"

enum { MAX_OUTPUT = 64 << 20, CHILD_MS = 120000 };

const char tool_in[] = "in.bin", tool_in_wav[] = "in.wav",
	   tool_out_wav[] = "out.wav", tool_in_txt[] = "in.txt",
	   tool_out_txt[] = "out.txt";

const char *const tool_files[] = {
    tool_in, tool_in_wav, tool_out_wav, tool_in_txt, tool_out_txt, NULL};

const char *
tool_param(const struct job *job, const char *name, const char *otherwise)
{
	const char *text = json_string_value(
	    json_object_get(json_object_get(job->body, "params"), name));

	return text != NULL ? text : otherwise;
}

int
tool_write(
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

int
tool_read(const struct job *job, const char *name, struct buf *out)
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

static int
child_ms(const struct job *job)
{
	int64_t left = job->deadline_ms - clock_wall_ms();

	if (job->deadline_ms == 0 || left > CHILD_MS)
		return CHILD_MS;
	return left > 1 ? (int)left : 1;
}

void
tool_run(struct job *job, const char *const *argv, child_on_end *on_end)
{
	char *out = job_path(job, tool_out_txt);

	job->child = child_start(
	    job->miner->children, argv, out, child_ms(job), on_end, job);
	free(out);
}

/* Bodies of callbacks. */
#include "tests/fake/miner/callback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/fake/miner/job.h"

static void
add_field(
    struct buf *body, const char *boundary, const char *name, const char *value)
{
	buf_printf(body,
	    "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
	    boundary, name, value);
}

static void
add_file(struct buf *body, const char *boundary, const char *name,
    const char *filename, const struct outcome *outcome)
{
	buf_printf(body,
	    "--%s\r\nContent-Disposition: form-data; name=\"%s\"; "
	    "filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
	    boundary, name, filename, outcome->type);
	buf_add(body, outcome->file.data, outcome->file.len);
	buf_add_str(body, "\r\n");
}

static void
add_now(struct buf *body, const char *boundary)
{
	int64_t ms = clock_wall_ms();
	time_t s = ms / 1000;
	char text[64];
	struct tm tm;
	size_t len;

	gmtime_r(&s, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(
	    text + len, sizeof(text) - len, ".%03d000+00:00", (int)(ms % 1000));
	add_field(body, boundary, "completed_at", text);
}

static const char *
extension(const char *type)
{
	if (type == NULL)
		return "";
	if (strncmp(type, "image/", 6) == 0)
		return ".png";
	return strcmp(type, "audio/wav") == 0 ? ".wav" : "";
}

/* Fields in Dippy's order; its file is called image, ours result. */
static void
build_multipart(const struct job *job, struct callback *c)
{
	const struct outcome *o = &job->outcome;
	char boundary[UUID_TEXT], filename[64];

	uuid_new(boundary);
	snprintf(c->type, sizeof(c->type),
	    "Content-Type: multipart/form-data; boundary=%s", boundary);
	add_field(&c->body, boundary, "job_id", job->id);
	add_field(&c->body, boundary, "status",
	    o->error != NULL ? "failed" : "completed");
	add_now(&c->body, boundary);
	if (o->error != NULL)
		add_field(&c->body, boundary, "error", o->error);
	snprintf(
	    filename, sizeof(filename), "%s%s", job->id, extension(o->type));
	if (o->file.len > 0)
		add_file(&c->body, boundary,
		    job->task->is_dippy ? "image" : "result", filename, o);
	buf_printf(&c->body, "--%s--\r\n", boundary);
}

static void
build_json(const struct job *job, struct callback *c)
{
	const struct outcome *o = &job->outcome;
	json_t *body;
	char *text;

	if (o->error != NULL)
		body = json_pack(
		    "{s:s s:s}", "status", "failed", "error", o->error);
	else
		body = json_pack(
		    "{s:s s:O}", "status", "completed", "output", o->output);
	text = json_dumps(body, JSON_COMPACT);
	snprintf(c->type, sizeof(c->type), "Content-Type: application/json");
	buf_add_str(&c->body, text);
	free(text);
	json_decref(body);
}

void
callback_build(const struct job *job, const char *secret, struct callback *c)
{
	memset(c, 0, sizeof(*c));
	c->secret = xasprintf("X-Callback-Secret: %s", secret);
	if (job->task->is_dippy || job->outcome.file.len > 0)
		build_multipart(job, c);
	else
		build_json(job, c);
}

void
callback_clear(struct callback *c)
{
	buf_free(&c->body);
	free(c->secret);
	memset(c, 0, sizeof(*c));
}

/* What a miner is sent, by protocol. */
#include "orchestrator/protocol.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/job_seed.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"

/* A miner may fetch its input a little beyond the attempt's end. */
enum { INPUT_GRACE_S = 60 };

static json_t *
callback_secret(const struct orchestrator *o, const char *attempt_id)
{
	char secret[SECRET_TEXT];

	secrets_callback(&o->secrets, attempt_id, secret);
	return json_string(secret);
}

char *
protocol_input_url(
    const struct orchestrator *o, const char *attempt_id, int64_t deadline_us)
{
	int64_t expires_s = deadline_us / 1000000 + INPUT_GRACE_S;
	char signature[SECRET_TEXT];

	secrets_input(&o->secrets, attempt_id, expires_s, signature);
	return xasprintf("%s/v1/attempts/%s/input?expires=%lld&signature=%s",
	    o->public_url, attempt_id, (long long)expires_s, signature);
}

static void
set_string(json_t *body, const char *key, char *text)
{
	json_object_set_new(body, key, json_string(text));
	free(text);
}

static json_t *
native_body(const struct orchestrator *o, const struct job *job,
    const char *attempt_id, int64_t deadline_us)
{
	time_t deadline_s = deadline_us / 1000000;
	char deadline[32];
	struct tm tm;
	json_t *body, *input;

	gmtime_r(&deadline_s, &tm);
	strftime(deadline, sizeof(deadline), "%Y-%m-%dT%H:%M:%SZ", &tm);
	body = json_pack("{s:s, s:s, s:O, s:o, s:s}", "job_id", attempt_id,
	    "kind", job->kind->name, "params", job->params, "callback_secret",
	    callback_secret(o, attempt_id), "deadline", deadline);
	set_string(body, "callback_url",
	    xasprintf("%s/v1/attempts/%s/result", o->public_url, attempt_id));
	if (job->input_type != NULL) {
		input = json_pack("{s:s, s:I, s:s}", "type", job->input_type,
		    "bytes", (json_int_t)job->input_bytes, "sha256",
		    job->input_sha256);
		set_string(input, "url",
		    protocol_input_url(o, attempt_id, deadline_us));
		json_object_set_new(body, "input", input);
	}
	return body;
}

static json_t *
dippy_body(const struct orchestrator *o, const struct job *job,
    const char *attempt_id, int64_t deadline_us)
{
	bool edits = job->input_type != NULL;
	json_t *body = json_copy(job->params);

	if (json_object_get(body, "seed") == NULL)
		json_object_set_new(
		    body, "seed", json_integer(job_seed(job->id)));
	json_object_set_new(
	    body, "task_type", json_string(job->kind->capacity_key));
	json_object_set_new(
	    body, "flux_mode", json_string(edits ? "kontext" : "dev"));
	json_object_set_new(body, "job_id", json_string(attempt_id));
	set_string(body, "callback_url",
	    xasprintf("%s/results/callback", o->public_url));
	json_object_set_new(
	    body, "callback_secret", callback_secret(o, attempt_id));
	if (edits)
		set_string(body, "image_url",
		    protocol_input_url(o, attempt_id, deadline_us));
	return body;
}

static const struct {
	const char *name;
	json_t *(*build)(const struct orchestrator *, const struct job *,
	    const char *attempt_id, int64_t deadline_us);
} protocols[] = {{"native", native_body}, {"dippy", dippy_body}};

char *
protocol_body(const struct orchestrator *o, const struct job *job,
    const char *attempt_id, int64_t deadline_us)
{
	json_t *body = NULL;
	char *text;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, job->kind->protocol) == 0)
			body =
			    protocols[i].build(o, job, attempt_id, deadline_us);
	}
	text = json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(body);
	return text;
}

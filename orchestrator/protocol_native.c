/*
 * Our own form: parameters by themselves, the input behind a signed URL, the
 * result to the attempt's own URL (docs/protocols.md).
 */
#include <time.h>

#include "common/python_text.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/protocol_parts.h"

static int
build(const struct protocol_ask *ask, struct protocol_sending *out,
    struct err *err)
{
	const struct job *job = ask->job;
	time_t deadline_s = ask->deadline_us / 1000000;
	char deadline[32];
	struct tm tm;
	json_t *body, *input;

	(void)err;
	gmtime_r(&deadline_s, &tm);
	strftime(deadline, sizeof(deadline), "%Y-%m-%dT%H:%M:%SZ", &tm);
	body = json_pack("{s:s, s:s, s:O}", "job_id", ask->attempt_id, "kind",
	    job->kind->name, "params", job->params);
	protocol_set_secret(body, ask);
	json_object_set_new(body, "deadline", json_string(deadline));
	protocol_set(body, "callback_url",
	    xasprintf("%s/v1/attempts/%s/result", ask->o->public_url,
		ask->attempt_id));
	if (job->input_type != NULL) {
		input = json_pack("{s:s, s:I, s:s}", "type", job->input_type,
		    "bytes", (json_int_t)job->input_bytes, "sha256",
		    job->input_sha256);
		protocol_set(input, "url", protocol_input_url(ask));
		json_object_set_new(body, "input", input);
	}
	out->body = python_json(body);
	json_decref(body);
	return 0;
}

const struct protocol protocol_native = {
    .name = "native",
    .is_withdrawn = true,
    .build = build,
};

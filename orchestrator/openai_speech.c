/*
 * POST /v1/audio/speech: one job; what the miner gave, or made of it by
 * ffmpeg where the client wants another form or speed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/convert.h"
#include "orchestrator/kinds.h"
#include "orchestrator/openai.h"
#include "orchestrator/openai_call.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_request.h"
#include "orchestrator/orchestrator.h"

struct speech {
	struct openai_request r; /* first */
	int form;		 /* of forms */
	double speed;		 /* that is ours to make */
};

static const char *const names[] = {
    "mp3", "opus", "aac", "flac", "wav", "pcm", NULL};

/* given: what a miner may give as it is. Opus is one of what Ogg holds. */
static const struct {
	const char *type, *given;
} forms[] = {
    {"audio/mpeg", "audio/mpeg"},
    {"audio/ogg", NULL},
    {"audio/aac", NULL},
    {"audio/flac", "audio/flac"},
    {"audio/wav", "audio/wav"},
    {"audio/pcm", NULL},
};

/* -- the answer ------------------------------------------------------------ */

static void
refuse(struct openai_call *call, int status, const char *code, const char *why)
{
	const struct openai_error e = {.status = status,
	    .code = code,
	    .param = "response_format",
	    .why = why,
	    .is_final = true};

	openai_call_refuse(call, &e);
}

static void
on_converted(enum convert_outcome outcome, int fd, uint64_t bytes, void *arg)
{
	struct openai_call *call = arg;
	const struct speech *s = openai_call_arg(call);

	if (!openai_call_back(call)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	switch (outcome) {
	case CONVERT_DONE:
		openai_call_answer_file(call, forms[s->form].type, fd, bytes);
		return;
	case CONVERT_BAD:
		refuse(call, 502, "not_converted",
		    "the miner's recording cannot be converted");
		return;
	case CONVERT_BROKEN:
		refuse(call, 503, "unavailable",
		    "recordings cannot be converted here now; ask for "
		    "response_format wav");
		return;
	case CONVERT_LATE:
		refuse(call, 504, "conversion_timeout",
		    "converting the recording took too long");
		return;
	}
}

static void
convert(struct openai_call *call, const struct speech *s,
    const struct openai_result *result, int fd)
{
	char why[256];

	if (strcmp(result->type, "audio/wav") != 0) {
		close(fd);
		snprintf(why, sizeof(why),
		    "the miner's recording is %.64s; %s is made of audio/wav "
		    "alone",
		    result->type, names[s->form]);
		refuse(call, 502, "not_converted", why);
		return;
	}
	openai_call_away(call);
	convert_start(openai_call_orchestrator(call)->converts, fd,
	    names[s->form], s->speed, on_converted, call);
}

static void
on_open(struct openai_call *call, void *arg)
{
	const struct speech *s = arg;
	const struct openai_result *result = openai_call_result(call, 0);
	const char *given = forms[s->form].given;
	uint64_t bytes;
	int fd = openai_call_take_file(call, 0, &bytes);

	if (s->speed == 1 && given != NULL && strcmp(given, result->type) == 0)
		openai_call_answer_file(call, given, fd, bytes);
	else
		convert(call, s, result, fd);
}

static void
on_spoken(struct openai_call *call, void *arg)
{
	(void)arg;
	openai_call_open(call, on_open);
}

/* -- the request ----------------------------------------------------------- */

static int
take(struct speech *s, struct openai_fault *fault)
{
	json_t *input = openai_field(&s->r.fields, "input");
	bool is_text = json_is_string(input);

	json_decref(input);
	if (!is_text)
		return openai_fault_set(fault, "input",
		    "input is missing or no string: it is the text to speak");
	s->form = openai_request_word(&s->r, "response_format", names, fault);
	s->speed = 1;
	if (s->form < 0 || openai_request_number(
			       &s->r, "speed", 0.25, 4, &s->speed, fault) != 0)
		return -1;
	if (openai_has_field(s->r.kind, s->r.table, "speed"))
		s->speed = 1; /* the miner's affair */
	return 0;
}

static void
start(struct openai_call *call, struct openai_request *r)
{
	struct speech *s = (struct speech *)r;
	struct openai_order order = {.n = 1, .table = r->table};
	struct openai_fault fault;
	json_t *job = NULL;

	if (take(s, &fault) == 0)
		job = openai_request_job(r, &fault);
	if (job == NULL) {
		openai_call_fault(call, &fault);
		return;
	}
	order.jobs[0] = job;
	openai_call_place(call, &order, on_spoken);
	json_decref(job);
}

void
openai_speak(struct http_req *req, void *orchestrator)
{
	openai_request_read(
	    req, orchestrator, OPENAI_SPEECH, sizeof(struct speech), start);
}

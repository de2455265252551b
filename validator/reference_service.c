/* Questions to a reference service. */
#include "validator/reference_service.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/breaker.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "validator/store_reference.h"

enum {
	MAX_ASKS = 4,	  /* at once */
	GRACE_MS = 5000,  /* to write an answer down, behind its deadline */
	MAX_SCORING = 16, /* letters of a rule's name */
	MAX_WHY = 160,	  /* of a reason */
};

/* One question under way. */
struct ask {
	LIST_ENTRY(ask) link;
	struct reference_service *s;
	char job_id[UUID_TEXT];
	char scoring[MAX_SCORING];
	char *params, *input_type; /* of its question */
	struct http_call *call;	   /* NULL: its file is being opened, or its
				      outcome written */
};

struct reference_service {
	struct reference_service_setup setup;
	struct http_client *client;
	struct blobs *blobs;
	struct breaker breaker;
	struct breaker_policy policy;
	LIST_HEAD(, ask) asks;
	int n_asks;
	bool is_taking, is_closed;
	struct metric *found, *missing;
};

static void
ask_free(struct ask *a)
{
	LIST_REMOVE(a, link);
	a->s->n_asks--;
	free(a->params);
	free(a->input_type);
	free(a);
}

/* -- the breaker ---------------------------------------------------------- */

static void
note_failure(struct reference_service *s, const char *why)
{
	int64_t now_us = clock_wall_us();

	if (breaker_fail(&s->breaker, &s->policy, now_us))
		log_warn("reference.service_out",
		    "failures=%d for_ms=%lld why=\"%s\"", s->breaker.streak,
		    (long long)(s->breaker.until_us - now_us) / 1000, why);
}

static void
note_success(struct reference_service *s)
{
	bool was_out = s->breaker.ejected_us != 0;

	if (breaker_deliver(&s->breaker, clock_wall_us()) && was_out)
		log_info("reference.service_well", "failures=0");
}

bool
reference_service_is_out(const struct reference_service *s)
{
	return breaker_state(&s->breaker, clock_wall_us()) == BREAKER_OUT;
}

/* -- the outcome ---------------------------------------------------------- */

static void
on_settled(enum store_outcome outcome, const char *why, void *arg)
{
	struct ask *a = arg;
	struct reference_service *s = a->s;

	if (outcome == STORE_FAILED)
		log_warn("reference.not_settled", "job=%s why=\"%s\"",
		    a->job_id, why);
	ask_free(a);
	s->setup.on_settled(s->setup.arg);
	reference_service_look(s);
}

/* text is NULL: there is none, and why. */
static void
settle(struct ask *a, const char *text, const char *why)
{
	struct reference_service *s = a->s;
	const struct reference_settled settled = {
	    .job_id = a->job_id,
	    .source = "service",
	    .text = text,
	    .why = why,
	    .agreement = NAN,
	    .has_trusted = s->setup.has_trusted,
	};

	metric_add(text != NULL ? s->found : s->missing, 1);
	log_info("reference.settled",
	    "job=%s source=service found=%s why=\"%s\"", a->job_id,
	    text != NULL ? "yes" : "no", why != NULL ? why : "");
	store_settle_reference(s->setup.store, &settled, clock_wall_us(),
	    s->setup.wait_ms, on_settled, a);
}

/* It says that it does not take this one, and says nothing of the next. */
static bool
is_of_the_question(int status)
{
	return status == 400 || status == 413 || status == 415 || status == 422;
}

static void
fail(struct ask *a, const struct http_answer *answer)
{
	char why[MAX_WHY];

	if (answer->status != 0)
		snprintf(why, sizeof(why), "the service answered %d",
		    answer->status);
	else
		snprintf(why, sizeof(why), "the service did not answer: %s",
		    answer->why);
	if (!is_of_the_question(answer->status))
		note_failure(a->s, why);
	settle(a, NULL, why);
}

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct ask *a = arg;
	char why[MAX_WHY], *text;
	struct err err;

	a->call = NULL;
	if (answer->status != 200) {
		fail(a, answer);
		return;
	}
	text = reference_wire_text(a->scoring, answer->body, answer->len, &err);
	if (text != NULL) {
		note_success(a->s);
		settle(a, text, NULL);
	} else {
		snprintf(why, sizeof(why), "%.*s", MAX_WHY - 1, err.text);
		note_failure(a->s, why);
		settle(a, NULL, why);
	}
	free(text);
}

/* -- the question --------------------------------------------------------- */

/* The job's file, read whole; empty if it is too large. fd is closed. */
static void
read_input(int fd, uint64_t bytes, struct buf *out)
{
	ssize_t n;

	while (bytes <= REFERENCE_MAX_FILE && out->len < bytes) {
		n = read(
		    fd, buf_reserve(out, bytes - out->len), bytes - out->len);
		if (n <= 0)
			break;
		out->len += n;
	}
	close(fd);
	if (out->len != bytes)
		buf_free(out);
}

static int
build(struct ask *a, const struct buf *input, struct reference_request *request,
    struct err *err)
{
	struct reference_question q = {
	    .scoring = a->scoring,
	    .params = a->params,
	    .input_type = a->input_type,
	};
	char boundary[UUID_TEXT];

	if (input->len > 0) {
		q.input = input->data;
		q.input_len = input->len;
	}
	uuid_new(boundary);
	return reference_wire_build(
	    &q, &a->s->setup.models, boundary, request, err);
}

static void
send_request(struct ask *a, const struct reference_request *request)
{
	struct reference_service *s = a->s;
	char *url = reference_wire_url(s->setup.url, request->path);
	char *key = xasprintf("Authorization: Bearer %s", s->setup.key);
	const char *const headers[] = {
	    request->content_type, s->setup.key[0] != '\0' ? key : NULL, NULL};
	const struct http_call_options o = {
	    .method = "POST",
	    .url = url,
	    .headers = headers,
	    .body = request->body.data,
	    .body_len = request->body.len,
	    .timeout_ms = (int)s->setup.deadline_ms,
	    .max_answer = REFERENCE_MAX_ANSWER,
	};

	a->call = http_call_start(s->client, &o, on_answer, a);
	free(url);
	free(key);
}

static void
ask(struct ask *a, const struct buf *input)
{
	struct reference_request request;
	struct err err;

	if (build(a, input, &request, &err) == 0)
		send_request(a, &request);
	else
		settle(a, NULL, err.text);
	reference_request_clear(&request);
}

static void
on_input(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct ask *a = arg;
	struct buf input = {0};

	if (outcome == BLOB_FAILED)
		log_warn(
		    "references.no_file", "job=%s why=\"%s\"", a->job_id, why);
	if (fd >= 0)
		read_input(fd, bytes, &input);
	if (a->s->is_closed)
		ask_free(a);
	else
		ask(a, &input);
	buf_free(&input);
}

static char *
copy(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

static void
begin(struct reference_service *s, const struct reference_ask *of)
{
	struct ask *a = xcalloc(1, sizeof(*a));
	const struct buf nothing = {0};

	a->s = s;
	snprintf(a->job_id, sizeof(a->job_id), "%s", of->job_id);
	snprintf(a->scoring, sizeof(a->scoring), "%s", of->scoring);
	a->params = copy(of->params);
	a->input_type = copy(of->input_type);
	LIST_INSERT_HEAD(&s->asks, a, link);
	s->n_asks++;
	if (reference_wire_wants_file(a->scoring) && s->blobs != NULL &&
	    of->input_sha256 != NULL)
		blob_open(
		    s->blobs, of->input_of, of->input_sha256, on_input, a);
	else
		ask(a, &nothing);
}

static void
on_asks(const struct reference_ask *asks, size_t n, const char *why, void *arg)
{
	struct reference_service *s = arg;

	s->is_taking = false;
	if (why != NULL)
		log_warn("references.not_read", "why=\"%s\"", why);
	for (size_t i = 0; i < n && !s->is_closed; i++)
		begin(s, &asks[i]);
}

static int
room_of(const struct reference_service *s)
{
	switch (breaker_state(&s->breaker, clock_wall_us())) {
	case BREAKER_CLOSED:
		return MAX_ASKS - s->n_asks;
	case BREAKER_HALF_OPEN:
		return 1 - s->n_asks;
	case BREAKER_OUT:
		break;
	}
	return 0;
}

void
reference_service_look(struct reference_service *s)
{
	int64_t now_us = clock_wall_us();
	int room = room_of(s);

	if (s->is_closed || s->is_taking || room <= 0)
		return;
	s->is_taking = true;
	store_take_references(s->setup.store, now_us,
	    now_us + (s->setup.deadline_ms + GRACE_MS) * 1000, room, on_asks,
	    s);
}

/* -- the whole ------------------------------------------------------------ */

struct reference_service *
reference_service_new(const struct reference_service_setup *setup)
{
	static const char help[] =
	    "References looked for, and what came of it.";
	static const char name[] = "subnetd_references_total";
	const struct http_client_options client = {
	    .allow_private = setup->is_development,
	    .max_connections = MAX_ASKS,
	    .max_host_connections = MAX_ASKS,
	};
	struct reference_service *s = xcalloc(1, sizeof(*s));
	struct err err;

	s->setup = *setup;
	s->policy = (struct breaker_policy){
	    .after = setup->failures, .eject_us = setup->out_ms * 1000};
	s->client = http_client_new(setup->base, &client);
	s->blobs = blobs_new(setup->base, &setup->files, &err);
	if (s->blobs == NULL)
		log_warn("references.no_files", "why=\"%s\"", err.text);
	LIST_INIT(&s->asks);
	s->found = metrics_counter(
	    setup->metrics, name, "source=\"service\",found=\"yes\"", help);
	s->missing = metrics_counter(
	    setup->metrics, name, "source=\"service\",found=\"no\"", help);
	return s;
}

void
reference_service_close(struct reference_service *s)
{
	struct ask *a, *next;

	s->is_closed = true;
	for (a = LIST_FIRST(&s->asks); a != NULL; a = next) {
		next = LIST_NEXT(a, link);
		if (a->call == NULL)
			continue;
		http_call_cancel(a->call);
		ask_free(a);
	}
}

bool
reference_service_is_idle(const struct reference_service *s)
{
	return !s->is_taking && s->n_asks == 0;
}

void
reference_service_free(struct reference_service *s)
{
	if (s == NULL)
		return;
	reference_service_close(s);
	while (!LIST_EMPTY(&s->asks))
		ask_free(LIST_FIRST(&s->asks));
	http_client_free(s->client);
	blobs_free(s->blobs);
	free(s);
}

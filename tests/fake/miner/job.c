/* The life of a job. */
#include "tests/fake/miner/job.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/miner/callback.h"
#include "tests/fake/miner/cheat.h"
#include "tests/fake/miner/child.h"
#include "tests/fake/miner/reply.h"
#include "tests/fake/miner/tool.h"
#include "tests/fake/miner/work.h"

enum { MAX_CALLBACK_ANSWER = 65536, CALLBACK_MS = 30000 };

static size_t *
running(struct miner *m, const struct task *task)
{
	return &m->running[task - tasks];
}

char *
job_path(const struct job *job, const char *name)
{
	return xasprintf("%s/%s", job->dir, name);
}

static void
remove_files(struct job *job)
{
	for (size_t i = 0; tool_files[i] != NULL; i++) {
		char *path = job_path(job, tool_files[i]);

		unlink(path);
		free(path);
	}
	rmdir(job->dir);
}

static void
job_free(struct job *job)
{
	struct miner *m = job->miner;

	TAILQ_REMOVE(&m->jobs, job, link);
	--*running(m, job->task);
	if (job->call != NULL)
		http_call_cancel(job->call);
	child_cancel(job->child);
	if (job->timer != NULL)
		event_free(job->timer);
	remove_files(job);
	free(job->dir);
	json_decref(job->outcome.output);
	buf_free(&job->outcome.file);
	buf_free(&job->input);
	json_decref(job->body);
	free(job);
}

void
jobs_free(struct miner *m)
{
	while (!TAILQ_EMPTY(&m->jobs))
		job_free(TAILQ_FIRST(&m->jobs));
}

static void
answer_accepted(struct job *job)
{
	json_t *body = json_pack("{s:b s:s s:s}", "accepted", 1, "job_id",
	    job->id, "status", "queued");

	reply_json(job->req, 202, body);
	job->req = NULL;
}

int
job_cancel(struct miner *m, const char *id)
{
	struct job *job;

	TAILQ_FOREACH(job, &m->jobs, link)
	{
		if (strcmp(job->id, id) != 0)
			continue;
		log_info("miner.cancelled", "job=%s", id);
		if (job->req != NULL)
			answer_accepted(job);
		job_free(job);
		return 0;
	}
	return -1;
}

/* -- accepting ---------------------------------------------------------- */

static bool
is_running(const struct miner *m, const char *id)
{
	const struct job *job;

	TAILQ_FOREACH(job, &m->jobs, link)
	{
		if (strcmp(job->id, id) == 0)
			return true;
	}
	return false;
}

int64_t
job_parse_deadline(const json_t *deadline)
{
	const char *text = json_string_value(deadline), *end;
	struct tm tm = {0};

	if (json_is_integer(deadline))
		return json_integer_value(deadline);
	if (text == NULL)
		return 0;
	end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end == NULL)
		return 0;
	return (int64_t)timegm(&tm) * 1000 +
	       (*end == '.' ? (int64_t)(strtod(end, NULL) * 1000) : 0);
}

static struct job *
job_new(struct miner *m, struct http_req *req, const struct task *task,
    json_t *body)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->miner = m;
	job->req = req;
	job->task = task;
	job->body = body;
	snprintf(job->id, sizeof(job->id), "%s",
	    json_string_value(json_object_get(body, "job_id")));
	job->callback_url =
	    json_string_value(json_object_get(body, "callback_url"));
	job->secret =
	    json_string_value(json_object_get(body, "callback_secret"));
	job->deadline_ms =
	    job_parse_deadline(json_object_get(body, "deadline"));
	job->dir = xasprintf("%s/%s", m->dir, job->id);
	job->calls_left = m->persona.calls_back_twice ? 2 : 1;
	mkdir(job->dir, 0700);
	TAILQ_INSERT_TAIL(&m->jobs, job, link);
	++*running(m, task);
	m->accepted++;
	return job;
}

/* NULL, or what is wrong with the part that all forms share. */
static const char *
check(const json_t *body)
{
	const char *id = json_string_value(json_object_get(body, "job_id"));

	if (id == NULL || !uuid_is_valid(id))
		return "job_id: a uuid is wanted";
	if (!json_is_string(json_object_get(body, "callback_url")))
		return "callback_url: a string is wanted";
	if (!json_is_string(json_object_get(body, "callback_secret")))
		return "callback_secret: a string is wanted";
	return NULL;
}

static void
begin(struct job *job)
{
	const struct persona *p = &job->miner->persona;

	if (p->is_silent) {
		if (job->req != NULL)
			answer_accepted(job);
		job_free(job);
		return;
	}
	if (p->fail_every > 0 && job->miner->accepted % p->fail_every == 0) {
		job->outcome.error = "out of luck";
		job_worked(job);
		return;
	}
	if (p->copies && p->answers != NULL)
		cheat_copy(job);
	else
		work_start(job);
}

void
job_accept(struct miner *m, struct http_req *req, const struct task *task,
    json_t *body)
{
	const char *wrong = check(body);
	struct job *job;

	if (wrong == NULL)
		wrong = task->check(body);
	if (wrong != NULL) {
		reply_detail(req, 422, wrong);
	} else if (is_running(
		       m, json_string_value(json_object_get(body, "job_id")))) {
		reply_detail(req, 409, "the job is running");
	} else if (*running(m, task) >= (size_t)m->persona.capacity) {
		reply_detail(req, 503, "at capacity");
	} else {
		job = job_new(m, req, task, json_incref(body));
		log_info(
		    "miner.accepted", "job=%s kind=%s", job->id, task->name);
		if (!m->persona.calls_back_early)
			answer_accepted(job);
		begin(job);
	}
	json_decref(body);
}

/* -- calling back ------------------------------------------------------- */

static void call_back(struct job *);

static void
on_called_back(const struct http_answer *answer, void *arg)
{
	struct job *job = arg;

	job->call = NULL;
	job->calls_left--;
	log_info("miner.called_back", "job=%s status=%s http=%d%s%s", job->id,
	    job->outcome.error != NULL ? "failed" : "completed", answer->status,
	    answer->status == 0 ? " why=" : "",
	    answer->status == 0 ? answer->why : "");
	if (job->calls_left > 0) {
		call_back(job);
		return;
	}
	if (job->req != NULL)
		answer_accepted(job);
	job_free(job);
}

static void
call_back(struct job *job)
{
	bool is_wrong = job->miner->persona.has_wrong_secret;
	struct callback callback;
	const char *headers[3] = {NULL};
	struct http_call_options options = {
	    .method = "POST",
	    .url = job->callback_url,
	    .headers = headers,
	    .timeout_ms = CALLBACK_MS,
	    .max_answer = MAX_CALLBACK_ANSWER,
	};

	callback_build(job, is_wrong ? "wrong" : job->secret, &callback);
	headers[0] = callback.type;
	headers[1] = callback.secret;
	options.body = callback.body.data;
	options.body_len = callback.body.len;
	job->call =
	    http_call_start(job->miner->client, &options, on_called_back, job);
	callback_clear(&callback);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	call_back(arg);
}

/* How long a finished job rests before its callback. */
static int64_t
rest_ms(const struct job *job)
{
	const struct persona *p = &job->miner->persona;
	int64_t left;

	if (p->late_ms < 0)
		return p->delay_ms;
	left = job->deadline_ms > 0 ? job->deadline_ms - clock_wall_ms() : 0;
	return (left > 0 ? left : 0) + p->late_ms + p->delay_ms;
}

void
job_worked(struct job *job)
{
	int64_t ms = rest_ms(job);
	struct timeval in = {ms / 1000, ms % 1000 * 1000};

	cheat_answer(job);
	job->timer = event_new(job->miner->base, -1, 0, on_timer, job);
	event_add(job->timer, &in);
}

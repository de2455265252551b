/* Jobs as a client of the whole suite sees them. */
#include "tests/lib/jobs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { SUBMIT_MS = 30000 };

void
jobs_add(struct jobs *jobs, const char *id)
{
	jobs->ids = xrealloc(jobs->ids, jobs->n + 1, sizeof(*jobs->ids));
	snprintf(jobs->ids[jobs->n++], sizeof(*jobs->ids), "%s", id);
}

void
jobs_clear(struct jobs *jobs)
{
	free(jobs->ids);
	*jobs = (struct jobs){0};
}

char *
jobs_array(const struct jobs *jobs)
{
	struct buf text = {0};

	buf_add_str(&text, "{");
	for (size_t i = 0; i < jobs->n; i++)
		buf_printf(&text, "%s%s", i > 0 ? "," : "", jobs->ids[i]);
	buf_add_str(&text, "}");
	return buf_take_str(&text);
}

/* 202 with an id in the body: true. */
static bool
take_id(struct jobs *jobs, const struct fetch_answer *answer)
{
	json_t *body = fetch_json(answer);
	const char *id = json_string_value(json_object_get(body, "id"));
	bool taken = answer->status == 202 && id != NULL;

	if (taken)
		jobs_add(jobs, id);
	json_decref(body);
	return taken;
}

int
jobs_submit(
    struct suite *s, struct jobs *jobs, const char *job_json, int timeout_ms)
{
	int64_t until = clock_mono_us() +
			(timeout_ms > 0 ? timeout_ms : SUBMIT_MS) * 1000LL;
	char *url = xasprintf("%s/v1/jobs", s->api_url);
	struct fetch_answer answer;
	bool taken, again;

	do {
		fetch_post_json(url, job_json, &answer);
		taken = take_id(jobs, &answer);
		again = !taken &&
			(answer.status == 503 || answer.status == 0) &&
			clock_mono_us() < until;
		if (again) {
			jobs->refused++;
			proc_nap();
		} else if (!taken) {
			fprintf(stderr, "jobs: submit: %d %s %s\n",
			    answer.status, answer.why, answer.body);
		}
		fetch_clear(&answer);
	} while (again);
	free(url);
	return taken ? 0 : -1;
}

int
jobs_cancel(struct suite *s, const char *id)
{
	char *url = xasprintf("%s/v1/jobs/%s", s->api_url, id);
	struct fetch_ask ask = {.method = "DELETE", .url = url};
	struct fetch_answer answer;
	int status;

	fetch(&ask, &answer);
	status = answer.status;
	fetch_clear(&answer);
	free(url);
	return status;
}

int
jobs_wait_quiet(struct suite *s, int timeout_ms)
{
	return db_wait_int(s->db, 0, timeout_ms,
	    "select (select count(*) from job where finished_at is null) + "
	    "(select count(*) from attempt "
	    "where finished_at is null or judged_at is null)");
}

static int64_t
count(struct suite *s, const char *table, const char *key, const char *ids,
    const char *where)
{
	return db_int(s->db,
	    "select count(*) from %s where %s = any('%s'::uuid[]) and %s",
	    table, key, ids, where);
}

int
jobs_tally(struct suite *s, const struct jobs *jobs, int64_t since_us,
    int timeout_ms, struct jobs_tally *t)
{
	char *ids = jobs_array(jobs);
	int failed = jobs_wait_quiet(s, timeout_ms);

	t->quiet_s = (clock_mono_us() - since_us) / 1e6;
	t->submitted = jobs->n;
	t->finished = count(s, "job", "id", ids, "finished_at is not null");
	t->done = count(s, "job", "id", ids, "state = 'done'");
	t->attempts = count(s, "attempt", "job_id", ids, "true");
	t->judged = count(s, "attempt", "job_id", ids, "judged_at is not null");
	free(ids);
	if (t->finished != t->submitted || t->judged != t->attempts) {
		fprintf(stderr,
		    "jobs: %lld of %lld finished, %lld of %lld judged\n",
		    (long long)t->finished, (long long)t->submitted,
		    (long long)t->judged, (long long)t->attempts);
		failed = -1;
	}
	return jobs_audit_rows(s) != 0 ? -1 : failed;
}

int64_t
jobs_metric(int port, const char *series)
{
	char *url = xasprintf("http://127.0.0.1:%d/metrics", port);
	struct fetch_answer answer;
	const char *line;
	size_t len = strlen(series);
	int64_t value = -1;

	fetch_get(url, &answer);
	for (line = answer.body; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, series, len) == 0 && line[len] == ' ') {
			value = strtoll(line + len, NULL, 10);
			break;
		}
	}
	fetch_clear(&answer);
	free(url);
	return value;
}

/* What a suite holds of an attempt. */
#include "tests/lib/attempt.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

static int
await(struct suite *s, const char *table, const char *id, const char *state)
{
	char *is;

	if (db_wait_int(s->db, 1, 0,
		"select count(*) from %s where id = '%s' and state = '%s'",
		table, id, state) == 0)
		return 0;
	is = db_text(s->db,
	    "select state || ' ' || coalesce(reason, '-') from %s where "
	    "id = '%s'",
	    table, id);
	fprintf(stderr, "%s %s is %s, not %s\n", table, id,
	    is != NULL ? is : "absent", state);
	free(is);
	return -1;
}

int
attempt_await(struct suite *s, const char *id, const char *state)
{
	return await(s, "attempt", id, state);
}

int
attempt_await_job(struct suite *s, const char *job_id, const char *state)
{
	return await(s, "job", job_id, state);
}

int
attempt_await_judged(struct suite *s, const char *id)
{
	return db_wait_int(s->db, 1, 0,
	    "select count(*) from attempt where id = '%s' and judged_at "
	    "is not null",
	    id);
}

char *
attempt_all(struct suite *s, const char *id)
{
	char *rows = db_text(s->db,
	    "select (to_jsonb(j) - 'lease_until')::text || chr(10) || "
	    "to_jsonb(a)::text || chr(10) || "
	    "coalesce(m.failures::text || m.failures_at::text, '') || "
	    "coalesce(to_jsonb(v)::text, '') from attempt a "
	    "join job j on j.id = a.job_id "
	    "left join miner m on m.netuid = a.netuid and m.hotkey = a.hotkey "
	    "left join judgement v on v.attempt_id = a.id where a.id = '%s'",
	    id);
	char *all = xasprintf(
	    "%s\n%d files", rows != NULL ? rows : "", attempt_files(s, id));

	free(rows);
	return all;
}

char *
attempt_column(struct suite *s, const char *id, const char *column)
{
	return db_text(
	    s->db, "select %s::text from attempt where id = '%s'", column, id);
}

static int
count_files(struct suite *s, char *name)
{
	char *pattern = xasprintf("%s/files/%s", sandbox_dir(s->box), name);
	glob_t found = {0};
	int n = glob(pattern, 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;

	globfree(&found);
	free(pattern);
	free(name);
	return n;
}

int
attempt_files(struct suite *s, const char *id)
{
	return count_files(s, xasprintf("*/%s.*", id));
}

int
attempt_files_open(struct suite *s)
{
	return count_files(s, xstrdup("tmp.*"));
}

int
attempt_await_files(struct suite *s, const char *id, int n)
{
	int64_t until_us = clock_mono_us() + DB_WAIT_MS * 1000LL;

	while (attempt_files(s, id) != n || attempt_files_open(s) != 0) {
		if (clock_mono_us() > until_us) {
			fprintf(stderr, "attempt %s: %d files, %d open\n", id,
			    attempt_files(s, id), attempt_files_open(s));
			return -1;
		}
		proc_nap();
	}
	return 0;
}

double
attempt_metric(struct suite *s, const char *series)
{
	char *url = xasprintf("%s/metrics", s->api_url);
	char *head = xasprintf("\n%s ", series);
	struct fetch_answer answer;
	double value = NAN;
	const char *at;

	fetch_get(url, &answer);
	at = answer.body != NULL ? strstr(answer.body, head) : NULL;
	if (at != NULL)
		value = strtod(at + strlen(head), NULL);
	fetch_clear(&answer);
	free(head);
	free(url);
	return value;
}

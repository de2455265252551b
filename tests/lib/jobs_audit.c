/* What holds of jobs, attempts and judgements once nothing is under way. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/proc.h"
#include "tests/lib/proc_log.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

/* Each counts what must not be. An attempt counts if it was delivered, or if
 * its end was the miner's doing. */
static const struct {
	const char *name, *sql;
} rules[] = {
    {"a job is not over", "select count(*) from job where finished_at is null"},
    {"an attempt is not over",
	"select count(*) from attempt where finished_at is null"},
    {"an attempt is not judged",
	"select count(*) from attempt where judged_at is null"},
    {"judgements are not those of the attempts that count",
	"select count(*) from (select a.id from attempt a "
	"left join reason r on r.name = a.reason "
	"where a.state = 'delivered' or r.side = 'miner') counted "
	"full join judgement j on j.attempt_id = counted.id "
	"where j.attempt_id is null or counted.id is null"},
    {"a judgement says the opposite of its attempt",
	"select count(*) from judgement j join attempt a on a.id = "
	"j.attempt_id where j.success <> (a.state = 'delivered') "
	"and j.metric <> 'picture'"},
    {"a job was delivered more often than it asked for",
	"select count(*) from job j where miners_wanted < (select count(*) "
	"from attempt where job_id = j.id and state = 'delivered')"},
    {"a job is done without results",
	"select count(*) from job j where state = 'done' and miners_min > "
	"(select count(*) from attempt "
	"where job_id = j.id and state = 'delivered')"},
    {"a job is not done though it has results enough",
	"select count(*) from job j where state in ('failed', 'expired') "
	"and miners_min <= (select count(*) from attempt "
	"where job_id = j.id and state = 'delivered')"},
    {"the best attempt of a job is none of its delivered ones",
	"select count(*) from job j left join attempt a on a.id = "
	"j.best_attempt where j.state = 'done' and (a.id is null "
	"or a.job_id <> j.id or a.state <> 'delivered')"},
    {"a result that was kept is lost",
	"select count(*) from attempt a join job j on j.id = a.job_id "
	"where received_at is not null and not (a.state in ('delivered', "
	"'failed', 'late') or (a.state = 'cancelled' and j.state in ('done', "
	"'cancelled', 'expired')) "
	"or (a.state = 'abandoned' and a.reason = 'lost_result'))"},
    {"an end has no reason, or success has one",
	"select (select count(*) from attempt "
	"where (state = 'delivered') = (reason is not null)) + "
	"(select count(*) from job "
	"where (state = 'done') = (reason is not null))"},
};

int
jobs_audit_rows(struct suite *s)
{
	int broken = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int64_t n = db_int(s->db, "%s", rules[i].sql);

		if (n == 0)
			continue;
		fprintf(
		    stderr, "jobs: %s (%lld)\n", rules[i].name, (long long)n);
		broken++;
	}
	return broken;
}

/* -- logs --------------------------------------------------------------- */

struct keys {
	char **items;
	size_t n;
};

static void
keys_take(struct keys *keys, char *key)
{
	keys->items = xrealloc(keys->items, keys->n + 1, sizeof(*keys->items));
	keys->items[keys->n++] = key;
}

static void
keys_clear(struct keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		free(keys->items[i]);
	free(keys->items);
	*keys = (struct keys){0};
}

/* Lines of an event with these pairs in one log: the values of one or two of
 * their keys. */
static void
gather_from(const char *path, const char *event, const char *pairs,
    const char *first, const char *second, struct keys *out)
{
	char a[80], b[80], *line = NULL;
	FILE *f = fopen(path, "r");
	size_t cap = 0;

	while (f != NULL && getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		b[0] = '\0';
		if (proc_log_matches(line, event, pairs) &&
		    proc_value(line, first, a, sizeof(a)) == 0 &&
		    (second == NULL ||
			proc_value(line, second, b, sizeof(b)) == 0))
			keys_take(out, xasprintf("%s %s", a, b));
	}
	if (f != NULL)
		fclose(f);
	free(line);
}

/* The same of all logs of such a name. */
static void
gather(struct suite *s, const char *log, const char *event, const char *pairs,
    const char *first, const char *second, struct keys *out)
{
	char *path = sandbox_path(s->box, log);
	glob_t found;

	if (glob(path, 0, NULL, &found) != 0)
		fprintf(stderr, "jobs: there is no %s\n", path);
	for (size_t i = 0; i < found.gl_pathc; i++)
		gather_from(
		    found.gl_pathv[i], event, pairs, first, second, out);
	globfree(&found);
	free(path);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* How many come more than once; the keys are done with. */
static int
count_twice(const char *what, struct keys *keys)
{
	int n = 0;

	if (keys->n > 0)
		qsort(keys->items, keys->n, sizeof(*keys->items), by_text);
	for (size_t i = 1; i < keys->n; i++) {
		if (strcmp(keys->items[i - 1], keys->items[i]) != 0)
			continue;
		fprintf(stderr, "jobs: %s twice: %s\n", what, keys->items[i]);
		n++;
	}
	keys_clear(keys);
	return n;
}

/* What a miner was told of in time or late is there. */
static int
audit_kept(struct suite *s, const struct keys *attempts)
{
	struct buf ids = {0};
	int64_t n;

	for (size_t i = 0; i < attempts->n; i++)
		buf_printf(
		    &ids, "%s%.36s", i > 0 ? "," : "", attempts->items[i]);
	n = db_int(s->db,
	    "select count(*) from unnest('{%s}'::uuid[]) as told (id) "
	    "left join attempt a on a.id = told.id "
	    "where a.received_at is null",
	    buf_str(&ids));
	buf_free(&ids);
	if (n == 0)
		return 0;
	fprintf(stderr,
	    "jobs: %lld results that miners were thanked for are "
	    "not there\n",
	    (long long)n);
	return 1;
}

static int
audit_miners(struct suite *s)
{
	struct keys asked = {0}, thanked = {0};
	int broken;

	for (size_t i = 0; i < s->n_miners; i++) {
		char *log = xasprintf("miner-%zu.log", i + 1);

		if (s->miners[i] == NULL) {
			free(log);
			continue;
		}
		gather(s, log, "miner.accepted", NULL, "job", NULL, &asked);
		gather(s, log, "miner.called_back", "status=completed http=200",
		    "job", NULL, &thanked);
		free(log);
	}
	broken = audit_kept(s, &thanked);
	keys_clear(&thanked);
	return broken + count_twice("miners took", &asked);
}

int
jobs_audit_logs(struct suite *s)
{
	static const char *const ends[] = {
	    "to=done", "to=failed", "to=expired", "to=cancelled", NULL};
	struct keys keys = {0};
	int broken;

	gather(
	    s, "orchestratord*.log", "attempt.step", NULL, "id", "to", &keys);
	broken = count_twice("an attempt went", &keys);
	for (int i = 0; ends[i] != NULL; i++)
		gather(s, "orchestratord*.log", "job.step", ends[i], "id", NULL,
		    &keys);
	broken += count_twice("a job ended", &keys);
	gather(s, "validatord.log", "attempt.judged", NULL, "id", NULL, &keys);
	broken += count_twice("an attempt was judged", &keys);
	return broken + audit_miners(s);
}

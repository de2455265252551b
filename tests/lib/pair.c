/* Two orchestrators under load. */
#include "tests/lib/pair.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/crowd.h"
#include "tests/lib/db.h"
#include "tests/lib/dice.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/paths.h"
#include "tests/lib/port.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { READY_MS = 60000, QUIET_MS = 120000, BLOCK_MS = 1000 };
enum { LEAST_MS = 20, MOST_MS = 600, MOST_DEAD_MS = 300 }; /* of kills */

static const char kinds[] =
    "[{\"name\": \"chore\", \"protocol\": \"native\", "
    "\"path\": \"/jobs/chore\", \"capacity_key\": \"chore\", "
    "\"deadline\": \"10m\", \"attempt\": \"%s\", \"answer\": \"1s\", "
    "\"retry_budget\": 5, \"miners_min\": 1, \"miners_wanted\": 1, "
    "\"miners_max\": 1, \"input_types\": [], \"max_input_bytes\": 0, "
    "\"output_types\": [], \"max_output_bytes\": 65536, "
    "\"scoring\": \"none\", \"params\": {\"text\": {\"type\": \"string\", "
    "\"required\": true}}}]";
const char pair_job[] =
    "{\"kind\":\"chore\",\"params\":{\"text\":\"a small thing\"}}";

/* -- one of the two ----------------------------------------------------- */

static int
await_ready(struct pair *p, int i)
{
	int64_t until_us = clock_mono_us() + READY_MS * 1000LL;
	char *url = xasprintf("http://127.0.0.1:%d/readyz", p->ports[i]);
	struct fetch_answer answer;
	int status = 0;

	while (status != 200 && proc_is_alive(p->at[i]) &&
	       clock_mono_us() < until_us) {
		fetch_get(url, &answer);
		status = answer.status;
		fetch_clear(&answer);
		if (status != 200)
			proc_nap();
	}
	free(url);
	if (status == 200)
		return 0;
	fprintf(stderr, "pair: the orchestrator is not ready\n");
	proc_show_log(p->at[i], 20);
	return -1;
}

int
pair_start(struct pair *p, int i)
{
	char *program = paths_program("bin/orchestratord");
	char *listen = xasprintf("127.0.0.1:%d", p->ports[i]);
	char *name = xasprintf("orchestratord-%d", i + 1);
	char *url = xasprintf(
	    "%s application_name=%s", sandbox_conninfo(p->s->box), name);
	const char *argv[] = {program, "-c", p->s->ini, "--listen", listen,
	    "--db.url", url, NULL};

	p->at[i] = sandbox_start(p->s->box, name, argv, NULL);
	free(program);
	free(listen);
	free(name);
	free(url);
	if (p->at[i] == NULL) {
		fprintf(stderr, "pair: it does not start\n");
		return -1;
	}
	return await_ready(p, i);
}

void
pair_kill(struct pair *p, int i)
{
	proc_kill(p->at[i]);
	sandbox_drop(p->s->box, p->at[i]);
	p->at[i] = NULL;
}

int
pair_stop(struct pair *p, int i)
{
	proc_signal(p->at[i], SIGTERM);
	return pair_await_end(p, i);
}

int
pair_await_end(struct pair *p, int i)
{
	int status = proc_wait(p->at[i], READY_MS);

	sandbox_drop(p->s->box, p->at[i]);
	p->at[i] = NULL;
	return status;
}

int64_t
pair_at_miners(struct pair *p, int i)
{
	return db_int(p->s->db,
	    "select count(*) from attempt where state = 'accepted' and "
	    "instance = (select id from instance where "
	    "url = 'http://127.0.0.1:%d' order by started_at desc limit 1)",
	    p->ports[i]);
}

int
pair_kill_often(struct pair *p, struct dice *dice, int n)
{
	for (int i = 0; i < n; i++) {
		int which = dice_between(dice, 0, 1);

		pair_rest(dice_between(dice, LEAST_MS, MOST_MS));
		pair_kill(p, which);
		pair_rest(dice_between(dice, 0, MOST_DEAD_MS));
		if (pair_start(p, which) != 0)
			return -1;
		if (i % 20 == 19)
			fprintf(stderr, "pair: killed %d of %d\n", i + 1, n);
	}
	return 0;
}

/* -- the whole ---------------------------------------------------------- */

char *
pair_kinds(const char *name, const char *attempt)
{
	char *build = paths_build();
	char *path = xasprintf("%s/%s-kinds.json", build, name);
	FILE *f = fopen(path, "w");

	free(build);
	if (f != NULL && fprintf(f, kinds, attempt) >= 0 && fclose(f) == 0)
		return path;
	fprintf(stderr, "pair: cannot write %s\n", path);
	free(path);
	return NULL;
}

static int
start(struct pair *p, const struct pair_options *o)
{
	struct crowd_options crowd = {.n = o->n_miners,
	    .capacity_key = "chore",
	    .least_ms = o->least_ms,
	    .most_ms = o->most_ms,
	    .slow_every = o->slow_every,
	    .slow_ms = o->slow_ms,
	    .seed = o->seed,
	    .ports = {p->ports[0], p->ports[1]},
	    .strict_every = o->strict_every};
	struct load_options load = {.ports = {p->ports[0], p->ports[1]},
	    .per_second = o->per_second,
	    .job = pair_job};
	struct suite_options suite = {.name = o->name,
	    .durable = o->durable,
	    .block_ms = BLOCK_MS,
	    .leave_stopped = {[SUITE_ORCHESTRATOR] = true}};
	char *path =
		 pair_kinds(o->name, o->attempt != NULL ? o->attempt : "20s"),
	     *ini;

	if (path == NULL)
		return -1;
	ini = xasprintf(
	    "\n[orchestrator]\ndrain = 25s\n%s", o->ini != NULL ? o->ini : "");
	p->crowd = crowd_new(&crowd);
	crowd_join(p->crowd, &suite);
	suite.kinds = path;
	suite.ini = ini;
	p->s = suite_new(&suite);
	free(path);
	free(ini);
	if (p->s == NULL)
		return -1;
	pair_join(p, p->s);
	if (pair_start(p, 0) != 0 || pair_start(p, 1) != 0 ||
	    suite_wait_ready(p->s, o->n_miners) != 0)
		return -1;
	p->load = load_new(&load);
	return 0;
}

void
pair_choose_ports(struct pair *p)
{
	for (int i = 0; i < 2; i++)
		p->ports[i] = port_free();
}

void
pair_join(struct pair *p, struct suite *s)
{
	p->s = s;
	free(s->api_url);
	s->api_url = xasprintf("http://127.0.0.1:%d", p->ports[0]);
}

struct pair *
pair_new(const struct pair_options *o)
{
	struct pair *p = xcalloc(1, sizeof(*p));

	pair_choose_ports(p);
	if (start(p, o) == 0)
		return p;
	pair_end(p, true);
	return NULL;
}

int
pair_end(struct pair *p, bool failed)
{
	int status;

	if (p == NULL)
		return 0;
	load_free(p->load);
	status = suite_end(p->s, failed);
	crowd_free(p->crowd);
	free(p);
	return status;
}

void
pair_rest(int ms)
{
	int64_t until_us = clock_mono_us() + ms * 1000LL;

	while (clock_mono_us() < until_us)
		proc_nap();
}

/* -- counting ----------------------------------------------------------- */

double
pair_rate(struct pair *p, int64_t from_us, int64_t until_us)
{
	double n = db_real(p->s->db,
	    "select count(*) from job where state = 'done' and finished_at "
	    "between to_timestamp(%f) and to_timestamp(%f)",
	    from_us / 1e6, until_us / 1e6);

	return n / ((until_us - from_us) / 1e6);
}

static double
longest_gap(struct pair *p, int64_t from_us, int64_t until_us)
{
	return db_real(p->s->db,
	    "select max(extract(epoch from at - before)) from (select at, "
	    "lag(at) over (order by at) as before from (select finished_at as "
	    "at from job where state = 'done' and finished_at >= "
	    "to_timestamp(%f) union all select to_timestamp(%f) union all "
	    "select to_timestamp(%f)) ends) gaps where at <= to_timestamp(%f)",
	    from_us / 1e6, from_us / 1e6, until_us / 1e6, until_us / 1e6);
}

/* Results that their miners were told are kept, and are not. */
static int64_t
count_vain(struct pair *p)
{
	struct jobs thanked = {0};
	char *ids;
	int64_t n;

	crowd_thanked(p->crowd, &thanked);
	ids = jobs_array(&thanked);
	n = db_int(p->s->db,
	    "select count(*) from unnest('%s'::uuid[]) as told (id) "
	    "left join attempt a on a.id = told.id "
	    "where a.received_at is null",
	    ids);
	free(ids);
	jobs_clear(&thanked);
	return n;
}

static int64_t
count_doubled(struct pair *p, int64_t from_us)
{
	return db_int(p->s->db,
	    "select coalesce(sum(n - miners_wanted), 0)::bigint from (select "
	    "j.miners_wanted, count(*) as n from job j join attempt a on "
	    "a.job_id = j.id where a.state = 'delivered' and j.created_at >= "
	    "to_timestamp(%f) group by j.id) got where n > miners_wanted",
	    from_us / 1e6);
}

static void
count_jobs(struct pair *p, const struct jobs *jobs, struct pair_toll *toll)
{
	char *ids = jobs_array(jobs);

	toll->jobs = jobs->n;
	toll->lost = db_int(p->s->db,
	    "select count(*) from unnest('%s'::uuid[]) as told (id) "
	    "left join job j on j.id = told.id "
	    "where j.state is distinct from 'done'",
	    ids);
	toll->rerun = db_int(p->s->db,
	    "select count(*) from (select job_id from attempt where job_id = "
	    "any('%s'::uuid[]) group by 1 having count(*) > 1) again",
	    ids);
	free(ids);
}

int
pair_count(struct pair *p, int64_t from_us, struct pair_toll *toll)
{
	int64_t until_us = clock_wall_us();
	struct jobs jobs = {0};
	int failed = load_pause(p->load);

	*toll = (struct pair_toll){0};
	if (jobs_wait_quiet(p->s, QUIET_MS) != 0)
		failed = -1;
	load_take(p->load, &jobs);
	count_jobs(p, &jobs, toll);
	toll->lost += count_vain(p);
	jobs_clear(&jobs);
	toll->doubled = count_doubled(p, from_us);
	toll->gap_s = longest_gap(p, from_us, until_us);
	if (jobs_audit_rows(p->s) != 0)
		failed = -1;
	return failed;
}

int
pair_begin(struct pair *p, struct hand *hand, struct suite_options *o,
    const char *attempt)
{
	char *kinds = pair_kinds(o->name, attempt);
	struct suite *s;

	if (kinds == NULL)
		return -1;
	hand_join(hand, o);
	o->kinds = kinds;
	pair_choose_ports(p);
	s = suite_new(o);
	free(kinds);
	if (s == NULL)
		return -1;
	hand_meet(hand, s);
	pair_join(p, s);
	return pair_start(p, 1);
}

/*
 * subnetctl scores explain: one miner's line of a round, what each of its jobs
 * gave, and what would have raised the score. The round is made again from its
 * rows, so that every figure is the round's own.
 *
 * This says where jobs came from, and is for the operator.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "scorer/explain.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/rounds.h"
#include "subnetctl/show.h"

/* What a job gave is worked out of all of the miner's: no more than so many
 * are folded for one answer. */
enum { MAX_FOLDED = 20 * 1000 * 1000 };

struct explained {
	struct run *run;
	size_t miner;
	PGresult *round, *jobs;
};

static void
clear(void *arg)
{
	struct explained *x = arg;

	PQclear(x->round);
	PQclear(x->jobs);
	run_free(x->run);
}

static const struct run_miner *
miner_of(const struct explained *x)
{
	size_t n;

	return &run_miners(x->run, &n)[x->miner];
}

static const struct run_entry *
entry_of(const struct explained *x)
{
	size_t n;

	return &run_entries(x->run, &n)[x->miner];
}

static size_t
count_passed_over(const struct explained *x)
{
	size_t n;
	const struct run_event *events = run_events(x->run, &n);
	const struct run_entry *e = entry_of(x);

	n = 0;
	for (size_t i = e->first; i < e->first + e->n; i++)
		n += !events[i].counted;
	return n;
}

/* -- the jobs ----------------------------------------------------------- */

enum { ATTEMPT, SPEED, ACCURACY, VALUE, GAVE, N_COLUMNS };

static void
add_real(struct buf *column, double v)
{
	if (isnan(v))
		buf_add_str(column, "null");
	else
		buf_printf(column, "%.17g", v);
}

static void
add_job(struct buf columns[N_COLUMNS], const struct run_event *e, double gave)
{
	for (int i = 0; i < N_COLUMNS; i++)
		buf_add_str(&columns[i], columns[i].len == 0 ? "{" : ",");
	buf_add_str(&columns[ATTEMPT], e->attempt);
	add_real(&columns[SPEED], e->speed);
	add_real(&columns[ACCURACY], e->accuracy);
	add_real(&columns[VALUE], e->value);
	add_real(&columns[GAVE], gave);
}

/* The newest that count, as arrays of PostgreSQL. */
static void
add_jobs(const struct explained *x, size_t limit, struct buf *columns)
{
	size_t n, listed = 0;
	const struct run_event *events = run_events(x->run, &n);
	const struct run_entry *e = entry_of(x);

	for (size_t i = e->first + e->n; i > e->first && listed < limit; i--) {
		const struct run_event *event = &events[i - 1];

		if (!event->counted)
			continue;
		listed++;
		add_job(columns, event,
		    listed * e->n <= MAX_FOLDED
			? explain_gave(x->run, x->miner, i - 1)
			: NAN);
	}
	for (int i = 0; i < N_COLUMNS; i++)
		buf_add_str(&columns[i], listed == 0 ? "{}" : "}");
}

static int
read_jobs(
    const struct ctl *ctl, PGconn *conn, struct explained *x, struct err *err)
{
	struct buf columns[N_COLUMNS] = {{0}};
	const char *params[N_COLUMNS];

	add_jobs(x, config_int(ctl->config, "subnetctl.limit"), columns);
	for (int i = 0; i < N_COLUMNS; i++)
		params[i] = buf_str(&columns[i]);
	x->jobs = db_query(conn, sql_ctl_explain_jobs, N_COLUMNS, params, err);
	for (int i = 0; i < N_COLUMNS; i++)
		buf_free(&columns[i]);
	return x->jobs != NULL ? 0 : -1;
}

/* -- the whole ---------------------------------------------------------- */

static int
find_miner(const struct ctl *ctl, struct explained *x, struct err *err)
{
	long miner = run_find(x->run, ctl->args[0]);

	if (miner < 0)
		return err_set(err,
		    "%s was no neuron in the round of epoch %lld", ctl->args[0],
		    (long long)run_round(x->run)->epoch);
	x->miner = miner;
	run_finish(x->run); /* even if nobody earned anything */
	return 0;
}

static int
load(const struct ctl *ctl, PGconn *conn, void *arg, struct err *err)
{
	struct explained *x = arg;
	char vector[ROUNDS_ID];
	const char *const id[] = {vector};

	x->run = rounds_read(
	    ctl, conn, config_int(ctl->config, "subnetctl.epoch"), vector, err);
	if (x->run == NULL || find_miner(ctl, x, err) != 0)
		return -1;
	x->round = db_query(conn, sql_ctl_explain_run, 1, id, err);
	return x->round != NULL ? read_jobs(ctl, conn, x, err) : -1;
}

/* -- as JSON ------------------------------------------------------------ */

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static void
add_stand(json_t *to, const struct explain_stand *s)
{
	json_object_set_new(to, "rank",
	    s->rank > 0 ? json_integer((json_int_t)s->rank) : json_null());
	json_object_set_new(to, "percentile", real_or_null(s->percentile));
	json_object_set_new(to, "scored", json_integer((json_int_t)s->scored));
}

/* Where posts count: what they came to, and the shares of the whole. */
static void
add_shares(json_t *to, const struct explained *x)
{
	const struct run_entry *e = entry_of(x);

	if (run_policy(x->run)->fold != POLICY_ENGAGEMENT)
		return;
	json_object_update_new(
	    to, json_pack("{s:I s:f s:f s:f s:f s:f}", "posts",
		    (json_int_t)e->n_posts, "points", e->points, "posts_share",
		    e->posts_share, "paid_share", e->paid_share, "jobs_share",
		    e->jobs_share, "collateral_share", e->collateral_share));
}

static json_t *
miner_json(const struct explained *x)
{
	const struct run_entry *e = entry_of(x);
	struct explain_stand stand;
	json_t *json = json_pack(
	    "{s:s s:i s:I s:I s:I s:o s:o s:o s:f s:f s:I s:o s:f s:s?}",
	    "hotkey", miner_of(x)->hotkey, "uid", miner_of(x)->uid, "jobs",
	    (json_int_t)e->jobs, "successes", (json_int_t)e->successes,
	    "not_counted", (json_int_t)count_passed_over(x), "latency_p50_ms",
	    real_or_null(e->latency_p50_ms), "speed", real_or_null(e->speed),
	    "accuracy", real_or_null(e->accuracy), "stake_share",
	    e->stake_share, "score", e->score, "wins", (json_int_t)e->wins,
	    "win_rate", real_or_null(e->win_rate), "weight", e->weight, "out",
	    e->out);

	explain_stand(x->run, x->miner, &stand);
	add_stand(json, &stand);
	add_shares(json, x);
	return json;
}

static json_t *
raises_json(const struct explained *x)
{
	struct explain_change changes[RUN_N_CHANGES];
	size_t n = explain_changes(x->run, x->miner, changes);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct explain_change *c = &changes[i];
		json_t *json = json_pack("{s:s s:f s:o s:f}", "what",
		    explain_change_name(c->what), "score", c->score, "win_rate",
		    real_or_null(c->win_rate), "weight", c->weight);

		add_stand(json, &c->stand);
		json_array_append_new(list, json);
	}
	return list;
}

static void
print_json(const struct explained *x)
{
	show_json(json_pack("{s:o s:o s:o s:o}", "round", show_row(x->round, 0),
	    "miner", miner_json(x), "jobs", show_rows(x->jobs), "raises",
	    raises_json(x)));
}

/* -- for people --------------------------------------------------------- */

static void
print_real(const char *name, double v)
{
	if (isfinite(v))
		printf("%-16s %.5g\n", name, v);
}

static void
print_shares(const struct explained *x)
{
	const struct run_entry *e = entry_of(x);

	if (run_policy(x->run)->fold != POLICY_ENGAGEMENT)
		return;
	printf("%-16s %zu\n", "posts", e->n_posts);
	print_real("points", e->points);
	print_real("posts_share", e->posts_share);
	print_real("paid_share", e->paid_share);
	print_real("jobs_share", e->jobs_share);
	print_real("collateral_share", e->collateral_share);
}

static void
print_miner(const struct explained *x)
{
	const struct run_entry *e = entry_of(x);
	struct explain_stand stand;

	explain_stand(x->run, x->miner, &stand);
	printf("%-16s %s\n%-16s %d\n", "hotkey", miner_of(x)->hotkey, "uid",
	    miner_of(x)->uid);
	printf(
	    "%-16s %zu, %zu of them delivered", "jobs", e->jobs, e->successes);
	printf("; %zu more were not counted\n", count_passed_over(x));
	print_real("latency_p50_ms", e->latency_p50_ms);
	print_real("speed", e->speed);
	print_real("accuracy", e->accuracy);
	print_real("stake_share", e->stake_share);
	print_shares(x);
	print_real("score", e->score);
	if (stand.rank > 0)
		printf("%-16s %zu of %zu that scored: not below %.3g%%\n",
		    "rank", stand.rank, stand.scored, 100 * stand.percentile);
	printf("%-16s %zu\n", "wins", e->wins);
	print_real("win_rate", e->win_rate);
	print_real("weight", e->weight);
	if (e->out != NULL)
		printf("%-16s %s\n", "out", e->out);
}

static void
print_raises(const struct explained *x)
{
	struct explain_change changes[RUN_N_CHANGES];
	size_t n = explain_changes(x->run, x->miner, changes);
	const struct run_entry *e = entry_of(x);

	puts(n > 0 ? "\nwhat would have raised the score, the most first:"
		   : "\nneither speed nor accuracy nor fewer failures would "
		     "have raised the score");
	for (size_t i = 0; i < n; i++)
		printf("  %s: score %.5g -> %.5g, rank %zu of %zu, weight "
		       "%.5g -> %.5g\n",
		    explain_change_name(changes[i].what), e->score,
		    changes[i].score, changes[i].stand.rank,
		    changes[i].stand.scored, e->weight, changes[i].weight);
}

static void
print_text(const struct explained *x)
{
	show_pairs(x->round, 0);
	putchar('\n');
	print_miner(x);
	puts("\nits jobs that count, the newest first:");
	show_table(x->jobs);
	print_raises(x);
}

static void
show(const struct ctl *ctl, const void *arg)
{
	if (ctl->json)
		print_json(arg);
	else
		print_text(arg);
}

int
ctl_scores_explain(const struct ctl *ctl)
{
	static const struct ctl_steps steps = {load, show, clear};
	struct explained x = {.run = NULL};

	return ctl_about_hotkey(ctl, &steps, &x);
}

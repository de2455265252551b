/* What the page shows, as the database makes it. */
#include "orchestrator/store_page.h"

#include "common/clock.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page_ask.h"
#include "orchestrator/store_miners.h"
#include "orchestrator/store_op.h"
#include "sql.h"

enum {
	ROUNDS = 24,	    /* of each miner, in the list of them */
	MINER_ROUNDS = 120, /* of one */
	LEDGER_ROWS = 50,
	BUCKETS = 168, /* a week of hours */
	POSTS = 100,
	GROUPS = 200,
};

/* "" is null. */
static void
add_word(struct pg_params *p, const char *word)
{
	pg_add_text(p, word[0] != '\0' ? word : NULL);
}

static void
add_reader(struct pg_params *p, const struct page_ask *ask)
{
	pg_add_bool(p, ask->sees_all);
	add_word(p, ask->own);
}

static const char *
now(struct orchestrator *o, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_us(p, clock_wall_us());
	pg_add_int(p, o->mecid);
	return sql_page_now;
}

static const char *
jobs(struct orchestrator *o, const struct page_ask *ask, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_us(p, ask->has_behind ? ask->behind.created_us : 0);
	pg_add_text(p, ask->has_behind ? ask->behind.id : NULL);
	add_word(p, ask->kind);
	add_word(p, ask->state);
	add_word(p, ask->hotkey);
	pg_add_int(p, ask->limit);
	add_reader(p, ask);
	return sql_page_jobs;
}

static const char *
job(struct orchestrator *o, const struct page_ask *ask, struct pg_params *p)
{
	pg_add_text(p, ask->id);
	pg_add_int(p, o->netuid);
	add_reader(p, ask);
	return sql_page_job;
}

static const char *
miners(struct orchestrator *o, const struct page_ask *ask, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_us(p, clock_wall_us());
	pg_add_int(p, o->mecid);
	add_word(p, ask->hotkey);
	pg_add_int(p, ask->view == PAGE_MINER ? MINER_ROUNDS : ROUNDS);
	pg_add_bool(p, ask->sees_all);
	return sql_page_miners;
}

static const char *
work(struct orchestrator *o, const struct page_ask *ask, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_text(p, ask->hotkey);
	pg_add_int(p, o->mecid);
	pg_add_int(p, ask->limit);
	add_reader(p, ask);
	return sql_page_miner_work;
}

static const char *
weights(struct orchestrator *o, const struct page_ask *ask, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_int(p, LEDGER_ROWS);
	pg_add_bool(p, ask->sees_all);
	return sql_page_weights;
}

static const char *
engagement(struct orchestrator *o, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_int(p, o->mecid);
	pg_add_int(p, BUCKETS);
	pg_add_int(p, POSTS);
	return sql_page_engagement;
}

static const char *
failures(struct orchestrator *o, struct pg_params *p)
{
	pg_add_int(p, o->netuid);
	pg_add_us(p, clock_wall_us());
	pg_add_int(p, GROUPS);
	return sql_page_failures;
}

void
store_page(struct orchestrator *o, const struct page_ask *ask,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	const char *sql = NULL;

	switch (ask->view) {
	case PAGE_NOW:
		sql = now(o, &p);
		break;
	case PAGE_JOBS:
		sql = jobs(o, ask, &p);
		break;
	case PAGE_JOB:
		sql = job(o, ask, &p);
		break;
	case PAGE_MINERS:
	case PAGE_MINER:
		sql = miners(o, ask, &p);
		break;
	case PAGE_WORK:
		sql = work(o, ask, &p);
		break;
	case PAGE_SCORE:
		store_score_show(
		    o, ask->hotkey, ask->limit, NULL, on_answer, arg);
		return;
	case PAGE_WEIGHTS:
		sql = weights(o, ask, &p);
		break;
	case PAGE_ENGAGEMENT:
		sql = engagement(o, &p);
		break;
	case PAGE_FAILURES:
		sql = failures(o, &p);
		break;
	}
	pg_query(o->look, sql, p.n, p.values, on_answer, arg);
}

void
store_page_receipts(struct orchestrator *o, const char *before, int limit,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, before);
	pg_add_int(&p, limit);
	pg_query(o->look, sql_page_receipts, p.n, p.values, on_answer, arg);
}

void
store_redrive(struct orchestrator *o, const char *what, const char *ids,
    int64_t since_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, what);
	pg_add_text(&p, ids);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, since_us);
	store_query_back(o, sql_ctl_job_redrive, &p, on_answer, arg);
}

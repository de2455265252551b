/*
 * subnetctl miners explain: why a miner gets the jobs it gets. First what might
 * keep all work from it; then its weight, term by term, and its share of the
 * draws by the table that was drawn from last; then what would bring it more.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/pg.h"
#include "orchestrator/replay.h"
#include "sql.h"
#include "subnetctl/check.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/miner_facts.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"

struct explained {
	struct miner_facts facts;
	struct check checks[MINER_CHECKS];
	bool is_kept_out;
	PGresult *table;       /* ctl_route_newest.sql */
	struct replay *replay; /* NULL: nothing was drawn yet */
	PGresult *shares;
	struct replay_standing standing; /* of any key: the terms are one's */
	bool stands;			 /* it is in that table */
};

static const struct rows_column columns[] = {{"key", ROWS_TEXT},
    {"kinds", ROWS_TEXT}, {"said", ROWS_TEXT}, {"earned", ROWS_REAL},
    {"open", ROWS_INT}, {"out", ROWS_TEXT}, {"rivals", ROWS_INT},
    {"share", ROWS_REAL}, {"got", ROWS_INT}, {"of", ROWS_INT},
    {"got_share", ROWS_REAL}};

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* -- reading --------------------------------------------------------------- */

static int
read_table(
    const struct ctl *ctl, PGconn *conn, struct explained *x, struct err *err)
{
	const char *const params[] = {ctl->netuid};

	x->table = db_query(conn, sql_ctl_route_newest, 1, params, err);
	if (x->table == NULL)
		return -1;
	if (PQntuples(x->table) == 0)
		return 0;
	x->replay = replay_new(
	    pg_text(x->table, 0, "id"), pg_text(x->table, 0, "body"), err);
	return x->replay != NULL ? 0 : -1;
}

/* One capacity key: what the draw gives it, and what it had. */
static void
add_share(struct explained *x, const char *hotkey, int i)
{
	const PGresult *lanes = x->facts.lanes;
	const char *key = pg_text(lanes, i, "key");
	double got = pg_real(lanes, i, "got"), all = pg_real(lanes, i, "all");
	int row = PQntuples(x->shares);
	bool stands = x->replay != NULL &&
		      replay_stand(x->replay, hotkey, key, &x->standing) == 0;

	x->stands = x->stands || stands;
	for (int k = 0; k < N_COLUMNS; k++)
		rows_text(x->shares, row, k, NULL);
	rows_text(x->shares, row, 0, key);
	rows_text(x->shares, row, 1, pg_text(lanes, i, "kinds"));
	if (!pg_is_null(lanes, i, "said"))
		rows_text(x->shares, row, 2, pg_text(lanes, i, "said"));
	if (!pg_is_null(lanes, i, "earned"))
		rows_real(x->shares, row, 3, pg_real(lanes, i, "earned"));
	rows_int(x->shares, row, 4, pg_int(lanes, i, "open"));
	if (stands) {
		rows_text(x->shares, row, 5, x->standing.out);
		rows_int(x->shares, row, 6, (long long)x->standing.rivals);
		rows_real(x->shares, row, 7, x->standing.share);
	}
	rows_int(x->shares, row, 8, (long long)got);
	rows_int(x->shares, row, 9, (long long)all);
	if (all > 0)
		rows_real(x->shares, row, 10, got / all);
}

static int
load(const struct ctl *ctl, PGconn *conn, void *arg, struct err *err)
{
	struct explained *x = arg;
	int64_t now_us = clock_wall_us();

	if (miner_facts_read(ctl, conn, ctl->args[0], now_us, &x->facts, err) !=
		0 ||
	    read_table(ctl, conn, x, err) != 0)
		return -1;
	miner_facts_check(&x->facts, now_us, x->checks);
	for (int i = 0; i < MINER_CHECKS; i++)
		x->is_kept_out =
		    x->is_kept_out || x->checks[i].result == CHECK_FAIL;
	x->shares = rows_new(columns, N_COLUMNS);
	for (int i = 0; i < PQntuples(x->facts.lanes); i++)
		add_share(x, ctl->args[0], i);
	return 0;
}

static void
clear(void *arg)
{
	struct explained *x = arg;

	miner_facts_clear(&x->facts);
	PQclear(x->table);
	PQclear(x->shares);
	replay_free(x->replay);
}

/* -- what would bring it more ---------------------------------------------- */

enum { N_RAISES = 3 };

/* A term at its best, and what its weight would be multiplied by. */
struct raise {
	const char *what;
	double is, best, factor;
};

static size_t
find_raises(const struct explained *x, struct raise raises[N_RAISES])
{
	const struct replay_standing *s = &x->standing;
	double cap = x->replay != NULL ? replay_stake_cap(x->replay) : 0;
	const struct raise all[N_RAISES] = {
	    {"stake", s->stake_term, cap, cap / s->stake_term},
	    {"score", s->score_term, 1, 1 / s->score_term},
	    {"failures", s->failures_term, 1, 1 / s->failures_term}};
	size_t n = 0;

	if (!x->stands)
		return 0;
	for (size_t i = 0; i < N_RAISES; i++) {
		if (isfinite(all[i].factor) && all[i].factor > 1.0005)
			raises[n++] = all[i];
	}
	return n;
}

/* -- showing --------------------------------------------------------------- */

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *
weight_json(const struct explained *x)
{
	const struct replay_standing *s = &x->standing;

	if (!x->stands)
		return json_null();
	return json_pack("{s:f, s:o, s:f, s:f, s:f, s:f, s:f}", "alpha",
	    s->alpha, "score", real_or_null(s->score), "failures", s->failures,
	    "stake_term", s->stake_term, "score_term", s->score_term,
	    "failures_term", s->failures_term, "weight", s->weight);
}

static void
print_json(const struct explained *x)
{
	struct raise raises[N_RAISES];
	size_t n = find_raises(x, raises);
	json_t *checks = json_array(), *more = json_array();

	for (int i = 0; i < MINER_CHECKS; i++)
		json_array_append_new(checks, check_json(&x->checks[i]));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    more, json_pack("{s:s, s:f, s:f, s:f}", "what",
			      raises[i].what, "is", raises[i].is, "best",
			      raises[i].best, "factor", raises[i].factor));
	show_json(json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "miner",
	    show_row(x->facts.row, 0), "drawn", !x->is_kept_out, "checks",
	    checks, "weight", weight_json(x), "shares", show_rows(x->shares),
	    "raises", more, "reasons", show_rows(x->facts.reasons)));
}

static void
print_weight(const struct explained *x)
{
	const struct replay_standing *s = &x->standing;

	if (!x->stands) {
		puts(x->replay == NULL ? "\nnothing was drawn yet on this "
					 "subnet"
				       : "\nit was not in the table that was "
					 "drawn from last");
		return;
	}
	printf("\nits weight in the table drawn from last, made at %.19s:\n"
	       "  stake %.7g (of %.10g alpha, the cap is %.7g) x score %.4g%s "
	       "x %.4g for %.4g recent failures = %.5g\n",
	    pg_text(x->table, 0, "made_at"), s->stake_term, s->alpha,
	    replay_stake_cap(x->replay), s->score_term,
	    isnan(s->score) ? " (not scored yet)" : "", s->failures_term,
	    s->failures, s->weight);
}

static void
print_text(const struct explained *x)
{
	struct raise raises[N_RAISES];
	size_t n = find_raises(x, raises);

	for (int i = 0; i < MINER_CHECKS; i++)
		check_print(&x->checks[i]);
	print_weight(x);
	puts("\nits share of the draws, and what it had of the attempts:");
	show_table(x->shares);
	if (n > 0)
		puts("\nwhat would bring it more:");
	for (size_t i = 0; i < n; i++)
		printf("  %s %.4g instead of %.4g: %.3g times the weight\n",
		    raises[i].what, raises[i].best, raises[i].is,
		    raises[i].factor);
	puts("\nwhy attempts came to nothing:");
	show_table(x->facts.reasons);
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
ctl_miners_explain(const struct ctl *ctl)
{
	static const struct ctl_steps steps = {load, show, clear};
	struct explained x = {.table = NULL};
	int code = ctl_about_hotkey(ctl, &steps, &x);

	return code == CTL_OK && x.is_kept_out ? CTL_REFUSED : code;
}

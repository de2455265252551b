/*
 * subnetctl miners shares: what each miner was to expect of the draws, and what
 * it got, with a band that a fair draw stays in 99 times of 100.
 *
 * Every receipt is drawn again. A miner that was drawn and full, say, was drawn
 * as often as it should be, and got less: its own doing, and so it is shown.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/replay.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/routes.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"

/* Of the normal distribution, two-sided, 99 in 100. */
static const double band = 2.576;

enum { COL_RECEIPT = 4, COL_STICKY };

struct counts {
	int receipts, replayed, sticky;
	struct err first; /* that did not replay */
};

/* -- drawing again --------------------------------------------------------- */

static void
count_one(struct routes *routes, const PGresult *res, int i, struct counts *c)
{
	const char *sticky = PQgetisnull(res, i, COL_STICKY)
				 ? NULL
				 : PQgetvalue(res, i, COL_STICKY);
	json_t *receipt = json_loads(PQgetvalue(res, i, COL_RECEIPT), 0, NULL);
	struct err err = {""};
	struct replay *replay = routes_find(routes, receipt, &err);

	c->receipts++;
	if (replay != NULL &&
	    replay_receipt(replay, receipt, sticky, NULL, NULL, &err) == 0)
		c->replayed++;
	else if (c->first.text[0] == '\0')
		c->first = err;
	c->sticky += json_is_true(json_object_get(receipt, "sticky"));
	json_decref(receipt);
}

/* -- all tables together --------------------------------------------------- */

static int
by_hotkey(const void *a, const void *b)
{
	const struct replay_share *x = a, *y = b;

	return strcmp(x->hotkey, y->hotkey);
}

/* The shares of all tables, those of one hotkey added up. The caller frees. */
static struct replay_share *
add_up(const struct routes *routes, size_t *n)
{
	struct replay_share *all = NULL;
	size_t have = 0, used = 0;

	for (size_t t = 0; t < routes_count(routes); t++) {
		const struct replay *r = routes_at(routes, t);
		size_t size = replay_size(r);

		all = xrealloc(all, have + size + 1, sizeof(*all));
		for (size_t i = 0; i < size; i++)
			all[have++] = replay_share(r, i);
	}
	if (have > 0)
		qsort(all, have, sizeof(*all), by_hotkey);
	for (size_t i = 0; i < have; i++) {
		struct replay_share *last = used > 0 ? &all[used - 1] : NULL;

		if (last == NULL || strcmp(last->hotkey, all[i].hotkey) != 0) {
			all[used++] = all[i];
			continue;
		}
		last->expected += all[i].expected;
		last->variance += all[i].variance;
		last->drawn += all[i].drawn;
		last->won += all[i].won;
	}
	*n = used;
	return all;
}

/* -- showing --------------------------------------------------------------- */

static const struct rows_column columns[] = {{"hotkey", ROWS_TEXT},
    {"uid", ROWS_INT}, {"expected", ROWS_REAL}, {"low", ROWS_REAL},
    {"high", ROWS_REAL}, {"drawn", ROWS_INT}, {"within", ROWS_BOOL},
    {"received", ROWS_INT}, {"share", ROWS_REAL}};

static PGresult *
rows_of(const struct replay_share *shares, size_t n)
{
	PGresult *rows = rows_new(columns, 9);
	size_t won = 0;

	for (size_t i = 0; i < n; i++)
		won += shares[i].won;
	for (size_t i = 0; i < n; i++) {
		const struct replay_share *s = &shares[i];
		double wide = band * sqrt(s->variance);
		double low = fmax(s->expected - wide, 0);
		double high = s->expected + wide;
		int row = PQntuples(rows);

		rows_text(rows, row, 0, s->hotkey);
		rows_int(rows, row, 1, s->uid);
		rows_real(rows, row, 2, s->expected);
		rows_real(rows, row, 3, low);
		rows_real(rows, row, 4, high);
		rows_int(rows, row, 5, (long long)s->drawn);
		rows_bool(rows, row, 6,
		    (double)s->drawn >= floor(low) &&
			(double)s->drawn <= ceil(high));
		rows_int(rows, row, 7, (long long)s->won);
		rows_real(
		    rows, row, 8, won > 0 ? (double)s->won / (double)won : 0);
	}
	return rows;
}

static void
show(const struct ctl *ctl, const PGresult *rows, const struct counts *c)
{
	if (ctl->json) {
		show_json(json_pack("{s:i, s:i, s:i, s:o}", "receipts",
		    c->receipts, "replayed", c->replayed, "sticky", c->sticky,
		    "shares", show_rows(rows)));
		return;
	}
	show_table(rows);
	printf("\n%d of %d receipts replayed; %d by a key, which are not "
	       "counted here\n",
	    c->replayed, c->receipts, c->sticky);
}

static PGresult *
read_receipts(const struct ctl *ctl, PGconn *conn, struct err *err)
{
	int64_t since_ms = config_ms(ctl->config, "subnetctl.since");
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, NULL);
	pg_add_us(&p, clock_wall_us() - since_ms * 1000);
	pg_add_int(&p, config_int(ctl->config, "subnetctl.receipts"));
	return db_query(conn, sql_ctl_route_receipts, p.n, p.values, err);
}

int
ctl_miners_shares(const struct ctl *ctl)
{
	PGconn *conn = ctl_connect(ctl);
	struct counts counts = {.first = {""}};
	struct replay_share *shares;
	struct routes *routes;
	PGresult *res, *rows;
	struct err err;
	size_t n;

	if (conn == NULL)
		return CTL_FAILED;
	res = read_receipts(ctl, conn, &err);
	if (res == NULL) {
		PQfinish(conn);
		return ctl_fail(ctl, CTL_FAILED, &err);
	}
	routes = routes_new(conn, ctl->netuid);
	for (int i = 0; i < PQntuples(res); i++)
		count_one(routes, res, i, &counts);
	shares = add_up(routes, &n);
	rows = rows_of(shares, n);
	show(ctl, rows, &counts);
	PQclear(rows);
	free(shares);
	routes_free(routes);
	PQclear(res);
	PQfinish(conn);
	if (counts.replayed == counts.receipts)
		return CTL_OK;
	return ctl_fail(ctl, CTL_REFUSED, &counts.first);
}

/* What each miner was to expect of the latest draws, and what it got. */
#include "orchestrator/page_shares.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/replay.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_page.h"

enum {
	SAMPLE = 500, /* receipts */
	LOT = 20,     /* in one turn of the loop */
	KEEP_MS = 30000,
	MAX_WAITING = 256,
	MAX_ID = 32, /* of a table: hex digits */
};

/* Of the normal distribution, two-sided, 99 in 100. */
static const double band = 2.576;

struct drawn_from {
	char id[MAX_ID + 1];
	struct replay *replay; /* NULL: it is not kept, or is no such table */
};

/* Receipts being drawn again. */
struct run {
	struct drawn_from *tables;
	size_t n_tables;
	int receipts, replayed, sticky;
	char before[UUID_TEXT];
};

struct page_shares {
	struct orchestrator *o;
	char *body; /* NULL: none yet */
	int64_t until_us;
	struct run *run; /* NULL: none is under way */
	struct http_req *waiting[MAX_WAITING];
	int n;
};

static void
run_free(struct run *run)
{
	if (run == NULL)
		return;
	for (size_t i = 0; i < run->n_tables; i++)
		replay_free(run->tables[i].replay);
	free(run->tables);
	free(run);
}

/* -- drawing again --------------------------------------------------------- */

static struct replay *
table_of(struct run *run, const PGresult *res, int row)
{
	const char *id = pg_text(res, row, "table_id");
	struct drawn_from *t;
	struct err err;

	for (size_t i = 0; i < run->n_tables; i++) {
		if (strcmp(run->tables[i].id, id) == 0)
			return run->tables[i].replay;
	}
	if (pg_is_null(res, row, "body") || strlen(id) > MAX_ID)
		return NULL;
	run->tables =
	    xrealloc(run->tables, run->n_tables + 1, sizeof(*run->tables));
	t = &run->tables[run->n_tables++];
	snprintf(t->id, sizeof(t->id), "%s", id);
	t->replay = replay_new(id, pg_text(res, row, "body"), &err);
	return t->replay;
}

static void
draw_again(struct run *run, const PGresult *res, int row)
{
	const char *sticky =
	    pg_is_null(res, row, "sticky") ? NULL : pg_text(res, row, "sticky");
	json_t *receipt = json_loads(pg_text(res, row, "receipt"), 0, NULL);
	struct replay *replay = table_of(run, res, row);
	struct err err;

	run->receipts++;
	if (replay != NULL && receipt != NULL &&
	    replay_receipt(replay, receipt, sticky, NULL, NULL, &err) == 0)
		run->replayed++;
	run->sticky += json_is_true(json_object_get(receipt, "sticky"));
	json_decref(receipt);
}

/* -- adding up ------------------------------------------------------------- */

static int
by_hotkey(const void *a, const void *b)
{
	const struct replay_share *x = a, *y = b;

	return strcmp(x->hotkey, y->hotkey);
}

/* Those of one hotkey, in however many tables, as one. */
static size_t
merge(struct replay_share *all, size_t n)
{
	size_t used = 0;

	qsort(all, n, sizeof(*all), by_hotkey);
	for (size_t i = 0; i < n; i++) {
		struct replay_share *to = used > 0 ? &all[used - 1] : NULL;

		if (to == NULL || strcmp(to->hotkey, all[i].hotkey) != 0) {
			all[used++] = all[i];
			continue;
		}
		to->expected += all[i].expected;
		to->variance += all[i].variance;
		to->drawn += all[i].drawn;
		to->won += all[i].won;
	}
	return used;
}

static struct replay_share *
add_up(const struct run *run, size_t *n)
{
	struct replay_share *all;
	size_t have = 0;

	for (size_t t = 0; t < run->n_tables; t++)
		have += run->tables[t].replay != NULL
			    ? replay_size(run->tables[t].replay)
			    : 0;
	all = xcalloc(have + 1, sizeof(*all));
	have = 0;
	for (size_t t = 0; t < run->n_tables; t++) {
		const struct replay *r = run->tables[t].replay;

		for (size_t i = 0; r != NULL && i < replay_size(r); i++)
			all[have++] = replay_share(r, i);
	}
	*n = merge(all, have);
	return all;
}

static json_t *
share_json(const struct replay_share *s, double expected, double won)
{
	double wide = band * sqrt(s->variance);
	double low = fmax(s->expected - wide, 0), high = s->expected + wide;
	double drawn = (double)s->drawn;

	return json_pack("{s:s, s:i, s:f, s:f, s:f, s:I, s:b, s:I, s:f, s:f}",
	    "hotkey", s->hotkey, "uid", s->uid, "expected", s->expected, "low",
	    low, "high", high, "drawn", (json_int_t)s->drawn, "within",
	    drawn >= floor(low) && drawn <= ceil(high), "received",
	    (json_int_t)s->won, "expected_share",
	    expected > 0 ? s->expected / expected : 0, "received_share",
	    won > 0 ? (double)s->won / won : 0);
}

/* The caller frees. */
static char *
result(const struct run *run)
{
	size_t n;
	struct replay_share *all = add_up(run, &n);
	json_t *shares = json_array(), *body;
	double expected = 0, won = 0;
	char *text;

	for (size_t i = 0; i < n; i++) {
		expected += all[i].expected;
		won += (double)all[i].won;
	}
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    shares, share_json(&all[i], expected, won));
	body = json_pack("{s:i, s:i, s:i, s:o}", "receipts", run->receipts,
	    "replayed", run->replayed, "by_key", run->sticky, "shares", shares);
	text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(body);
	free(all);
	return text;
}

/* -- answers --------------------------------------------------------------- */

/* why: there are none; NULL: here they are. */
static void
reply_all(struct page_shares *s, const char *why)
{
	for (int i = 0; i < s->n; i++) {
		if (why != NULL) {
			http_reply_problem(
			    s->waiting[i], 503, "unavailable", "%s", why);
			continue;
		}
		http_reply_header(s->waiting[i], "Cache-Control", "no-store");
		http_reply(s->waiting[i], 200, "application/json", s->body,
		    strlen(s->body));
	}
	s->n = 0;
}

static void
finish(struct page_shares *s)
{
	free(s->body);
	s->body = result(s->run);
	s->until_us = clock_mono_us() + KEEP_MS * 1000LL;
	run_free(s->run);
	s->run = NULL;
	reply_all(s, NULL);
}

static void
on_receipts(const struct pg_answer *answer, void *arg)
{
	struct page_shares *s = arg;
	int n;

	if (!store_is_done(answer, "page_receipts")) {
		run_free(s->run);
		s->run = NULL;
		reply_all(s, store_why(answer));
		return;
	}
	n = PQntuples(answer->results[0]);
	for (int i = 0; i < n; i++)
		draw_again(s->run, answer->results[0], i);
	if (n < LOT || s->run->receipts >= SAMPLE) {
		finish(s);
		return;
	}
	memcpy(s->run->before, pg_text(answer->results[0], n - 1, "id"),
	    sizeof(s->run->before));
	store_page_receipts(s->o, s->run->before, LOT, on_receipts, s);
}

void
page_shares_reply(struct page_shares *s, struct http_req *req)
{
	if (s->n == MAX_WAITING) {
		http_reply_problem(req, 503, "unavailable",
		    "%d requests wait for the shares, which is the most",
		    MAX_WAITING);
		return;
	}
	s->waiting[s->n++] = req;
	if (s->body != NULL && clock_mono_us() < s->until_us) {
		reply_all(s, NULL);
		return;
	}
	if (s->run != NULL)
		return;
	s->run = xcalloc(1, sizeof(*s->run));
	store_page_receipts(s->o, NULL, LOT, on_receipts, s);
}

/* -- the whole ------------------------------------------------------------- */

struct page_shares *
page_shares_new(struct orchestrator *o)
{
	struct page_shares *s = xcalloc(1, sizeof(*s));

	s->o = o;
	return s;
}

void
page_shares_free(struct page_shares *s)
{
	if (s == NULL)
		return;
	run_free(s->run);
	free(s->body);
	free(s);
}

/* Keeping the table of miners true. */
#include "orchestrator/miners.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/pace.h"
#include "orchestrator/prober.h"
#include "orchestrator/rollups.h"
#include "orchestrator/router.h"
#include "orchestrator/shares.h"
#include "orchestrator/store_miners.h"
#include "orchestrator/store_op.h"
#include "orchestrator/sweep.h"

/* The table's reading; and the beat: as often, and so many times a lease. */
enum { READ_MS = 5000, BEAT_MS = 1000, BEATS = 8 };

struct miners {
	struct orchestrator *o;
	int64_t probe_ms;
	struct event *beat;
	struct shares shares;
	bool is_reading, is_beating;
	int64_t read_us, beat_us; /* wall: when it was last asked for, sent */
	struct pace count;	  /* what is open; at once, if there is news */
	struct peer known[ROSTER_MAX]; /* when it was counted last */
	size_t n_known;
};

/* -- reading the table ----------------------------------------------------- */

/* Whether an earlier kind has the same key. */
static bool
is_repeated(const struct kinds *kinds, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(kinds->items[k].capacity_key,
			kinds->items[i].capacity_key) == 0)
			return true;
	}
	return false;
}

void
miners_say(struct miner *m, const struct kinds *kinds, bool pulled,
    const json_t *capacity, const json_t *earned)
{
	for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
		const char *key = kinds->items[i].capacity_key;
		const json_t *has = json_object_get(earned, key);

		if (!is_repeated(kinds, i) &&
		    kind_is_pulled(&kinds->items[i]) == pulled)
			miner_say(m, key,
			    capacity_said(json_object_get(capacity, key)),
			    has != NULL ? json_number_value(has) : NAN);
	}
}

static void
miner_from_row(
    struct miner *m, const struct kinds *kinds, const PGresult *res, int i)
{
	json_t *capacity = json_loads(pg_text(res, i, "capacity"), 0, NULL);
	json_t *pulls = json_loads(pg_text(res, i, "pulls"), 0, NULL);
	json_t *earned = json_loads(pg_text(res, i, "earned"), 0, NULL);

	m->hotkey = xstrdup(pg_text(res, i, "hotkey"));
	m->uid = (int)pg_int(res, i, "uid");
	m->address = xstrdup(pg_text(res, i, "address"));
	m->polls = pulls != NULL;
	m->is_axon = pg_bool(res, i, "is_axon");
	m->alpha = pg_real(res, i, "alpha");
	m->score = pg_real(res, i, "score");
	m->failures = pg_real(res, i, "failures");
	m->failures_us = pg_int(res, i, "failures_us");
	m->is_up = pg_bool(res, i, "is_up");
	m->is_out = pg_bool(res, i, "is_out");
	m->down_us = pg_int(res, i, "down_us");
	m->breaker = store_breaker_from_row(res, i);
	miners_say(m, kinds, false, capacity, earned);
	miners_say(m, kinds, true, pulls, earned);
	json_decref(capacity);
	json_decref(pulls);
	json_decref(earned);
}

static size_t
count_out(const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->miners[i].is_out;
	return n;
}

static void
on_table(const struct pg_answer *answer, void *arg)
{
	struct miners *ms = arg;
	struct orchestrator *o = ms->o;
	size_t was_out = count_out(&o->table);
	struct table fresh = {.policy = o->table.policy};

	ms->is_reading = false;
	if (!store_is_done(answer, "miner_table"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		miner_from_row(
		    table_add(&fresh), o->kinds, answer->results[0], i);
		fresh.block = pg_int(answer->results[0], i, "block");
	}
	rollups_take(o->rollups);
	table_replace(&o->table, &fresh, ms->read_us, clock_wall_us());
	router_free(o->router);
	o->router = router_new(&o->table, &o->policy, clock_wall_us());
	if (count_out(&o->table) != was_out)
		log_info("miners.out", "n=%zu of=%zu", count_out(&o->table),
		    o->table.n);
	claim_in(o->claim, 0);
	prober_run(o, clock_wall_us() - ms->probe_ms * 1000);
}

void
miners_read(struct miners *ms)
{
	if (ms->is_reading || !pg_is_up(ms->o->pg) || ms->o->kinds == NULL)
		return;
	ms->is_reading = true;
	ms->read_us = clock_wall_us();
	store_miner_table(ms->o, on_table, ms);
}

/* What it takes from now on. */
static void
take_pulls(struct miner *m, const struct kinds *kinds, const json_t *pulls,
    int64_t now_us)
{
	for (size_t i = 0; i < kinds->n; i++) {
		const char *key = kinds->items[i].capacity_key;

		if (!is_repeated(kinds, i) && kind_is_pulled(&kinds->items[i]))
			miner_tells(m, key,
			    capacity_said(json_object_get(pulls, key)), now_us);
	}
}

void
miners_polled(struct orchestrator *o, const char *hotkey, const json_t *pulls)
{
	struct miner *m = table_find(&o->table, hotkey);
	int64_t now_us = clock_wall_us();

	if (m == NULL || !m->polls) {
		log_info("miner.polls", "hotkey=%s", hotkey);
		miners_read(o->miners);
		return;
	}
	take_pulls(m, o->kinds, pulls, now_us);
	miner_up(m, true, now_us);
	claim_room(o->claim);
}

/* -- the beat -------------------------------------------------------------- */

static void
count_open(struct table *t, const PGresult *res)
{
	table_count_clear(t);
	for (int i = 0; i < PQntuples(res); i++)
		table_count(t, pg_text(res, i, "hotkey"),
		    pg_text(res, i, "capacity_key"),
		    (int)pg_int(res, i, "ours"), (int)pg_int(res, i, "others"),
		    (int)pg_int(res, i, "probes"));
	table_count_end(t, clock_wall_us());
}

static void
on_open(const struct pg_answer *answer, void *arg)
{
	struct miners *ms = arg;

	if (!store_is_done(answer, "miner_open")) {
		pace_failed(&ms->count, clock_mono_us());
		return;
	}
	pace_answered(&ms->count, clock_mono_us());
	ms->n_known =
	    store_peers_from_rows(answer->results[0], ms->known, ROSTER_MAX);
	if (shares_read(&ms->shares, ms->known, ms->n_known))
		log_info("miners.shared", "among=%zu in=%s", ms->n_known,
		    ms->shares.is_in ? "yes" : "no");
	count_open(&ms->o->table, answer->results[1]);
	claim_room(ms->o->claim);
}

/* Others come and go without a word: we reckon with them only by a roster that
 * was read just before what is in flight was counted. */
static bool
is_news(const struct miners *ms, const struct peer *peers, size_t n)
{
	if (n != ms->n_known)
		return true;
	for (size_t i = 0; i < n; i++) {
		const struct peer *a = &peers[i], *b = &ms->known[i];

		if (strcmp(a->id, b->id) != 0 || a->joined_us != b->joined_us ||
		    strcmp(a->roster, b->roster) != 0)
			return true;
	}
	return false;
}

static int64_t
seen_since_us(const struct miners *ms)
{
	return ms->beat_us - ms->o->lease_ms * 1000;
}

static void
on_peers(const struct pg_answer *answer, void *arg)
{
	struct miners *ms = arg;
	struct peer peers[ROSTER_MAX];
	size_t n;

	ms->is_beating = false;
	if (!store_is_done(answer, "instance_roster") || ms->count.is_asked ||
	    !pg_is_up(ms->o->back))
		return;
	n = store_peers_from_rows(answer->results[0], peers, ROSTER_MAX);
	if (!is_news(ms, peers, n) &&
	    !pace_is_over(&ms->count, clock_mono_us()))
		return;
	pace_asked(&ms->count, clock_mono_us());
	table_count_begin(&ms->o->table);
	store_miner_open(ms->o, seen_since_us(ms),
	    sweep_attempts_from_us(ms->o->sweep), on_open, ms);
}

static void
on_seen(const struct pg_answer *answer, void *arg)
{
	struct miners *ms = arg;

	if (!store_is_done(answer, "instance_seen")) {
		ms->is_beating = false;
		return;
	}
	shares_beaten(&ms->shares, ms->beat_us);
	store_instance_roster(ms->o, seen_since_us(ms), on_peers, ms);
}

/* What we say must be there before we read what others say: of two that come
 * at the same time, one at least sees the other. */
static void
beat(struct miners *ms)
{
	struct orchestrator *o = ms->o;

	if (ms->is_beating || ms->shares.has_left || !pg_is_up(o->pg))
		return;
	ms->is_beating = true;
	ms->beat_us = clock_wall_us();
	store_miner_learnt(o, &o->table);
	shares_beat(&ms->shares, ms->beat_us);
	store_instance_seen(o, &ms->shares.me, ms->beat_us, on_seen, ms);
}

static void
on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct miners *ms = arg;

	(void)fd;
	(void)what;
	beat(ms);
	if (clock_wall_us() - ms->read_us > READ_MS * 1000LL)
		miners_read(ms);
}

void
miners_now(struct miners *ms)
{
	beat(ms);
	miners_read(ms);
}

void
miners_connected(struct miners *ms)
{
	shares_lost(&ms->shares);
	store_instance_lock(ms->o);
}

void
miners_leave(struct miners *ms)
{
	if (ms->shares.has_left)
		return;
	shares_leave(&ms->shares);
	store_miner_learnt(ms->o, &ms->o->table);
	store_instance_left(ms->o);
}

struct miners *
miners_new(struct orchestrator *o, int64_t probe_ms)
{
	struct miners *ms = xcalloc(1, sizeof(*ms));
	int64_t ms_each =
	    o->lease_ms / BEATS < BEAT_MS ? o->lease_ms / BEATS : BEAT_MS;
	struct timeval each = {ms_each / 1000, ms_each % 1000 * 1000};

	ms->o = o;
	ms->count.parts = PACE_WHOLE;
	ms->probe_ms = probe_ms;
	shares_init(&ms->shares, o->id, o->lease_ms * 1000);
	o->table.shares = &ms->shares;
	ms->beat = event_new(o->service.base, -1, EV_PERSIST, on_beat, ms);
	event_add(ms->beat, &each);
	return ms;
}

void
miners_free(struct miners *ms)
{
	if (ms == NULL)
		return;
	ms->o->table.shares = NULL;
	event_free(ms->beat);
	free(ms);
}

/* -- what attempts come to ------------------------------------------------- */

static void
log_ejected(const char *hotkey, const struct breaker *b)
{
	log_info("miner.ejected", "hotkey=%s streak=%d for_ms=%ld", hotkey,
	    b->streak, (long)((b->until_us - b->ejected_us) / 1000));
}

struct failed {
	struct orchestrator *o;
	char hotkey[64];
};

static void
on_failed(const struct pg_answer *answer, void *arg)
{
	struct failed *failed = arg;
	struct miner *m = table_find(&failed->o->table, failed->hotkey);
	struct breaker row;

	if (store_is_done(answer, "miner_failed") && m != NULL) {
		row = store_breaker_from_row(answer->results[0], 0);
		if (miner_merge(m, &row, clock_wall_us())) {
			log_ejected(m->hotkey, &m->breaker);
			store_miner_ejected(failed->o, m->hotkey, &m->breaker);
		}
	}
	free(failed);
}

static void
note_failure(
    struct orchestrator *o, const char *hotkey, const struct breaker *ejected)
{
	struct failed *failed = xcalloc(1, sizeof(*failed));

	failed->o = o;
	snprintf(failed->hotkey, sizeof(failed->hotkey), "%s", hotkey);
	store_miner_failed(o, hotkey, ejected, on_failed, failed);
}

static void
note_outcome(struct orchestrator *o, struct miner *m,
    const struct breaker *before, enum miner_outcome outcome, int64_t now_us)
{
	bool is_ejected = m->breaker.ejections > before->ejections;
	bool is_well = outcome == MINER_DELIVERED && m->breaker.streak == 0 &&
		       (before->streak > 0 || before->ejected_us != 0);

	if (outcome == MINER_FAILED) {
		m->failures =
		    1 + failures_decayed(m->failures, m->failures_us, now_us);
		m->failures_us = now_us;
		note_failure(o, m->hotkey, is_ejected ? &m->breaker : NULL);
	}
	if (is_ejected)
		log_ejected(m->hotkey, &m->breaker);
	if (is_well)
		store_miner_well(o, m->hotkey);
	if (is_well && before->ejected_us != 0)
		log_info("miner.well", "hotkey=%s", m->hotkey);
}

void
miners_ended(struct orchestrator *o, const char *hotkey, const char *kind,
    const char *instance, enum miner_outcome outcome)
{
	const struct kind *k = kinds_find(o->kinds, kind);
	const char *key = k != NULL ? k->capacity_key : "";
	struct miner *m = table_find(&o->table, hotkey);
	int64_t now_us = clock_wall_us();
	struct breaker before;

	if (m == NULL) {
		if (outcome == MINER_FAILED)
			note_failure(o, hotkey, NULL);
		return;
	}
	before = m->breaker;
	if (strcmp(instance, o->id) == 0)
		miner_end(m, key, outcome, now_us);
	else
		miner_end_other(m, key, outcome, now_us);
	note_outcome(o, m, &before, outcome, now_us);
}

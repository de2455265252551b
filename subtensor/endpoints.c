/* All of the endpoints: who is used, who is caught, what is told. */
#include "subtensor/endpoints.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/endpoints_impl.h"
#include "subtensor/rpc.h"

enum {
	TICK_LEAST_MS = 50,
	TICK_MOST_MS = 1000,
	DEAD_LEAST_MS = 10000, /* no head for so long, on a fast chain */
	DEAD_MOST_MS = 60000,
	SLOT_LEAST_MS = 50,
	SLOT_MOST_MS = 600000,
};

int64_t
endpoints_now_ms(void)
{
	return clock_mono_us() / 1000;
}

static void
destroy(struct endpoints *all)
{
	for (size_t i = 0; i < all->rank.n; i++)
		rpc_free(all->each[i].rpc);
	agreement_clear(all);
	event_free(all->tick);
	free(all);
}

void
endpoints_enter(struct endpoints *all)
{
	all->busy++;
}

void
endpoints_leave(struct endpoints *all)
{
	if (--all->busy == 0 && all->doomed)
		destroy(all);
}

void
endpoints_tell(struct endpoint *e, enum endpoint_news news, const char *text)
{
	const struct endpoints_options *o = &e->all->options;

	if (news == ENDPOINT_NEWS_UP)
		e->said = ENDPOINT_UP;
	if (!e->all->doomed)
		o->on_news(news, rpc_url(e->rpc), text, o->arg);
}

void
endpoints_wake(struct endpoints *all)
{
	event_active(all->tick, EV_TIMEOUT, 0);
}

void
endpoints_lost(struct endpoint *e, const char *why)
{
	struct rank *rank = &e->all->rank;
	char text[160];

	if (rank->views[e->index].is_up)
		rank_closed(rank, e->index, endpoints_now_ms());
	snprintf(text, sizeof(text), "why=\"%s\"", why);
	if (e->said != ENDPOINT_DOWN)
		endpoints_tell(e, ENDPOINT_NEWS_DOWN, text);
	e->said = ENDPOINT_DOWN;
	endpoints_wake(e->all);
}

/* -- what they told ------------------------------------------------------- */

/* Once, until it is trusted again. */
void
endpoints_caught(struct endpoint *e, const char *text)
{
	struct rank *rank = &e->all->rank;
	int64_t now_ms = endpoints_now_ms();

	if (!rank_is_trusted(rank, e->index, now_ms))
		return;
	rank_lied(rank, e->index, now_ms);
	endpoints_tell(e, ENDPOINT_NEWS_LIED, text);
	endpoints_wake(e->all);
}

void
endpoints_settle(struct endpoints *all, const struct told_block *b)
{
	if (b->number > all->agreed.number)
		all->agreed = *b;
}

static const struct told_block *
word_of(const struct endpoints *all, size_t i, uint64_t number)
{
	if (!all->rank.views[i].is_up ||
	    !rank_is_trusted(&all->rank, i, endpoints_now_ms()))
		return NULL;
	return told_at(&all->each[i].told, number);
}

static bool
is_same(const struct told_block *a, const struct told_block *b)
{
	return memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

/* How many told of that very block. */
static size_t
count_words(const struct endpoints *all, const struct told_block *b)
{
	size_t same = 0;

	for (size_t i = 0; i < all->rank.n; i++) {
		const struct told_block *word = word_of(all, i, b->number);

		same += word != NULL && is_same(word, b);
	}
	return same;
}

static void
catch_others(struct endpoints *all, const struct told_block *b)
{
	char text[96];

	snprintf(text, sizeof(text),
	    "block=%llu why=\"it told of another one than was agreed on\"",
	    (unsigned long long)b->number);
	for (size_t i = 0; i < all->rank.n; i++) {
		const struct told_block *word = word_of(all, i, b->number);

		if (word != NULL && !is_same(word, b))
			endpoints_caught(&all->each[i], text);
	}
}

/* The block that most told of, if there is one. Those who have not spoken yet
 * count: else whoever comes first would be right. */
static void
weigh(struct endpoints *all, uint64_t number)
{
	if (number != 0 && number == all->agreed.number) {
		catch_others(all, &all->agreed);
		return;
	}
	for (size_t i = 0; i < all->rank.n; i++) {
		const struct told_block *word = word_of(all, i, number);

		if (word == NULL ||
		    !rank_is_most(
			&all->rank, count_words(all, word), endpoints_now_ms()))
			continue;
		endpoints_settle(all, word);
		catch_others(all, word);
		return;
	}
}

static void
tell_newest(struct endpoints *all)
{
	struct head head;
	const struct told_block *b;
	size_t i = all->rank.current;

	if (i == RANK_NOBODY || all->doomed ||
	    !rank_is_trusted(&all->rank, i, endpoints_now_ms()))
		return;
	b = told_last(&all->each[i].told);
	if (b == NULL || b->number <= all->told || b->number <= all->read)
		return;
	all->told = b->number;
	head.number = b->number;
	memcpy(head.hash, "0x", 2);
	hex_encode(b->hash, sizeof(b->hash), head.hash + 2);
	all->options.on_head(&head, all->options.arg);
}

void
endpoints_heard(struct endpoint *e, uint64_t number)
{
	weigh(e->all, number);
	if (e->all->rank.current == e->index)
		tell_newest(e->all);
	else if (e->all->rank.current == RANK_NOBODY)
		endpoints_wake(e->all);
}

/* -- who is used ---------------------------------------------------------- */

static const char *
why_left(const struct rank *r, size_t i, int64_t now_ms)
{
	if (!r->views[i].is_up)
		return "why=\"it is down\"";
	if (!rank_is_trusted(r, i, now_ms))
		return "why=\"it lied\"";
	if (rank_is_usable(r, i, now_ms))
		return "why=\"another is better\"";
	if (rank_is_stale(r, i, now_ms))
		return "why=\"no head for too long\"";
	if (rank_lag(r, i, now_ms) >= RANK_MAX_LAG)
		return "why=\"it is behind the others\"";
	if (rank_errors(r, i, now_ms) >= RANK_MAX_ERRORS)
		return "why=\"too many errors\"";
	return "why=\"it is ahead of the others\"";
}

/* What is under way at a node that is merely worse may end there; at one
 * that is no use it is given up. */
static void
leave(struct endpoints *all, size_t old, int64_t now_ms)
{
	struct endpoint *e = &all->each[old];
	bool is_fine = rank_is_usable(&all->rank, old, now_ms);

	endpoints_tell(
	    e, ENDPOINT_NEWS_LEFT, why_left(&all->rank, old, now_ms));
	if (is_fine)
		return;
	if (all->rank.views[old].is_up)
		rpc_drop(e->rpc, "another endpoint is used");
	if (!all->doomed)
		all->options.on_down(all->options.arg);
}

static void
choose(struct endpoints *all, int64_t now_ms)
{
	size_t old = all->rank.current;

	if (!rank_choose(&all->rank, now_ms))
		return;
	if (old != RANK_NOBODY)
		leave(all, old, now_ms);
	if (all->rank.current == RANK_NOBODY)
		return;
	all->used = all->rank.current;
	all->told = 0;
	endpoints_tell(&all->each[all->used], ENDPOINT_NEWS_CHOSEN, "");
	tell_newest(all);
}

/* -- time ----------------------------------------------------------------- */

static int64_t
within(int64_t ms, int64_t least, int64_t most)
{
	return ms < least ? least : ms > most ? most : ms;
}

static void
take_stats(struct endpoint *e, int64_t now_ms)
{
	const struct rpc_stats *stats = rpc_stats(e->rpc);
	struct rank *rank = &e->all->rank;

	rank->views[e->index].latency_ms = stats->latency_ms;
	if (stats->limited != e->limited)
		rank_failed(rank, e->index,
		    (double)(stats->limited - e->limited), now_ms);
	e->limited = stats->limited;
}

static void
arm(struct endpoints *all)
{
	int64_t ms = within(all->rank.slot_ms / 2, TICK_LEAST_MS, TICK_MOST_MS);
	const struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	evtimer_add(all->tick, &tv);
}

/* Whatever the sockets brought in this turn of the loop has been seen when
 * this runs: nobody looks late only because another was read first. */
static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct endpoints *all = arg;
	int64_t now_ms = endpoints_now_ms();

	(void)fd;
	(void)what;
	endpoints_enter(all);
	for (size_t i = 0; i < all->rank.n; i++) {
		take_stats(&all->each[i], now_ms);
		endpoint_poll(&all->each[i], now_ms);
	}
	choose(all, now_ms);
	arm(all);
	endpoints_leave(all);
}

void
endpoints_set_slot(struct endpoints *all, int64_t ms)
{
	int64_t dead_ms;

	if (ms <= 0)
		return;
	ms = within(ms, SLOT_LEAST_MS, SLOT_MOST_MS);
	if (ms == all->rank.slot_ms)
		return;
	all->rank.slot_ms = ms;
	dead_ms = within(RANK_STALE_SLOTS * ms, DEAD_LEAST_MS, DEAD_MOST_MS);
	for (size_t i = 0; i < all->rank.n; i++)
		rpc_set_head_timeout(all->each[i].rpc, (int)dead_ms);
	arm(all);
}

/* -- questions ------------------------------------------------------------ */

struct rpc *
endpoints_rpc(struct endpoints *all)
{
	return all->each[all->used].rpc;
}

bool
endpoints_are_up(const struct endpoints *all)
{
	size_t i = all->rank.current;

	return i != RANK_NOBODY && all->rank.views[i].is_up;
}

uint64_t
endpoints_best(const struct endpoints *all)
{
	const struct rank *r = &all->rank;
	uint64_t best = r->views[all->used].heights[RANK_BEST].number;
	uint64_t middle = rank_middle(r, RANK_BEST, endpoints_now_ms());

	if (middle > 0 && best > middle + RANK_MAX_AHEAD)
		return middle;
	return best;
}

const uint8_t *
endpoints_genesis(const struct endpoints *all)
{
	return all->genesis;
}

void
endpoints_read(struct endpoints *all, const struct head *head)
{
	if (head->number > all->read)
		all->read = head->number;
}

void
endpoints_failed(struct endpoints *all)
{
	rank_failed(&all->rank, all->used, 1, endpoints_now_ms());
}

size_t
endpoints_count(const struct endpoints *all)
{
	return all->rank.n;
}

void
endpoints_facts(const struct endpoints *all, size_t i, struct endpoint_facts *f)
{
	const struct rpc_stats *stats = rpc_stats(all->each[i].rpc);
	const struct rank *r = &all->rank;
	int64_t now_ms = endpoints_now_ms();

	*f = (struct endpoint_facts){
	    .url = rpc_url(all->each[i].rpc),
	    .is_up = r->views[i].is_up,
	    .is_in_use = r->current == i,
	    .is_out = !rank_is_trusted(r, i, now_ms),
	    .lag = r->views[i].is_up ? rank_lag(r, i, now_ms) : 0,
	    .latency_ms = stats->latency_ms,
	    .answered = stats->answered,
	    .limited = stats->limited,
	    .failed = stats->failed,
	};
}

/* -- making and freeing --------------------------------------------------- */

static size_t
count(const char *const *urls)
{
	size_t n = 0;

	while (urls[n] != NULL)
		n++;
	return n;
}

static int
open_all(struct endpoints *all, const char *const *urls, struct err *err)
{
	for (size_t i = 0; i < all->rank.n; i++) {
		struct endpoint *e = &all->each[i];

		e->all = all;
		e->index = i;
		if (endpoint_init(e, urls[i], err) != 0)
			return -1;
	}
	return 0;
}

struct endpoints *
endpoints_new(
    struct event_base *base, const struct endpoints_options *o, struct err *err)
{
	struct endpoints *all;
	size_t n = count(o->urls);

	if (n < 1 || n > RANK_MAX) {
		err_set(
		    err, "%zu endpoints; 1 to %d may be given", n, RANK_MAX);
		return NULL;
	}
	all = xcalloc(1, sizeof(*all));
	all->base = base;
	all->options = *o;
	all->options.urls = NULL;
	all->options.genesis = NULL;
	all->has_genesis = o->genesis != NULL;
	if (all->has_genesis)
		memcpy(all->genesis, o->genesis, sizeof(all->genesis));
	rank_init(&all->rank, n, endpoints_now_ms());
	all->tick = evtimer_new(base, on_tick, all);
	if (open_all(all, o->urls, err) != 0) {
		endpoints_free(all);
		return NULL;
	}
	arm(all);
	return all;
}

void
endpoints_free(struct endpoints *all)
{
	if (all == NULL)
		return;
	all->doomed = true;
	if (all->busy == 0)
		destroy(all);
}

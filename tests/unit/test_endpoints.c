/*
 * Several nodes of one chain and the choice among them: who is used, who is
 * caught, what is agreed on; and freeing it all at any moment.
 */
#include "subtensor/endpoints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>

#include "common/clock.h"
#include "common/hex.h"
#include "subtensor/endpoints_impl.h"
#include "subtensor/rpc.h"
#include "tests/lib/nodes.h"
#include "tests/lib/ws_server.h"

enum {
	TEST_MS = 40000,
	MOST = 5,
	KINDS = ENDPOINT_NEWS_ALONE + 1,
	SLOT = 1000
};

struct world {
	struct event_base *base;
	struct node nodes[MOST];
	size_t n;
	struct endpoints *all;
	int news[MOST][KINDS];
	char text[MOST][128]; /* of the last news */
	int heads, downs, agreed;
	struct head head; /* the last */
	uint64_t highest; /* of them all */
	enum endpoints_agreement agreement;
	int calls, free_at; /* callbacks; freed within that one, if above 0 */
};

/* -- what the endpoints tell ---------------------------------------------- */

static void
called(struct world *w)
{
	if (++w->calls == w->free_at) {
		endpoints_free(w->all);
		w->all = NULL;
	}
	assert_false(w->free_at > 0 && w->calls > w->free_at);
	event_base_loopbreak(w->base);
}

static void
on_news(enum endpoint_news news, const char *url, const char *text, void *arg)
{
	struct world *w = arg;

	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->nodes[i].url, url) != 0)
			continue;
		w->news[i][news]++;
		snprintf(w->text[i], sizeof(w->text[i]), "%s", text);
	}
	called(w);
}

static void
on_head(const struct head *head, void *arg)
{
	struct world *w = arg;

	w->heads++;
	w->head = *head;
	if (head->number > w->highest)
		w->highest = head->number;
	called(w);
}

static void
on_down(void *arg)
{
	struct world *w = arg;

	w->downs++;
	called(w);
}

static void
on_agreed(enum endpoints_agreement agreement, void *arg)
{
	struct world *w = arg;

	w->agreed++;
	w->agreement = agreement;
	called(w);
}

/* -- turning the loop ----------------------------------------------------- */

static bool
is_late(int64_t deadline_us)
{
	return clock_mono_us() >= deadline_us;
}

static void
turn(struct world *w)
{
	struct timeval tick = {0, 20000};

	event_base_loopexit(w->base, &tick);
	event_base_dispatch(w->base);
}

static void
until(struct world *w, const int *count, int wanted)
{
	int64_t deadline_us = clock_mono_us() + (int64_t)TEST_MS * 1000;

	while (*count < wanted) {
		assert_false(is_late(deadline_us));
		turn(w);
	}
}

/* What that one has told of last as final has been taken in. */
static void
until_told(struct world *w, size_t i, uint64_t number)
{
	int64_t deadline_us = clock_mono_us() + (int64_t)TEST_MS * 1000;
	const struct told_block *last;

	while ((last = told_last(&w->all->each[i].told)) == NULL ||
	       last->number != number) {
		assert_false(is_late(deadline_us));
		turn(w);
	}
}

/* -- worlds --------------------------------------------------------------- */

/* The branches of n nodes, as digits. */
static void
open_nodes(struct world *w, const char *branches)
{
	memset(w, 0, sizeof(*w));
	w->base = event_base_new();
	w->n = strlen(branches);
	for (size_t i = 0; i < w->n; i++)
		node_open(&w->nodes[i], w->base, branches[i] - '0');
}

static void
start(struct world *w)
{
	const char *urls[MOST + 1] = {NULL};
	const struct endpoints_options o = {
	    .urls = urls,
	    .on_head = on_head,
	    .on_down = on_down,
	    .on_news = on_news,
	    .arg = w,
	};

	for (size_t i = 0; i < w->n; i++)
		urls[i] = w->nodes[i].url;
	w->all = endpoints_new(w->base, &o, NULL);
	assert_non_null(w->all);
	endpoints_set_slot(w->all, SLOT);
}

/* All of them up, and block 100 told by each; nobody answers late. */
static void
open_world(struct world *w, const char *branches)
{
	open_nodes(w, branches);
	start(w);
	for (size_t i = 0; i < w->n; i++)
		until_told(w, i, NODES_FORK);
	until(w, &w->heads, 1);
}

static void
close_world(struct world *w)
{
	endpoints_free(w->all);
	for (size_t i = 0; i < w->n; i++)
		node_close(&w->nodes[i]);
	event_base_free(w->base);
}

static size_t
used(const struct world *w)
{
	return w->all->rank.current;
}

/* All but that one go on to a block. */
static void
go_on(struct world *w, size_t but, uint64_t number)
{
	for (size_t i = 0; i < w->n; i++)
		if (i != but)
			node_tell(&w->nodes[i], number + 2, number);
	for (size_t i = 0; i < w->n; i++)
		if (i != but)
			until_told(w, i, number);
}

static void
agree(struct world *w, int branch, uint64_t number)
{
	struct head head = nodes_head(branch, number);
	int before = w->agreed;

	endpoints_agree(w->all, &head, on_agreed, w);
	assert_int_equal(w->agreed, before);
	until(w, &w->agreed, before + 1);
}

/* Every voice of earlier questions has been heard, or has gone. */
static void
until_silent(struct world *w)
{
	int64_t deadline_us = clock_mono_us() + (int64_t)TEST_MS * 1000;

	while (!LIST_EMPTY(&w->all->askings)) {
		assert_false(is_late(deadline_us));
		turn(w);
	}
}

static int
lies(const struct world *w, size_t i)
{
	return w->news[i][ENDPOINT_NEWS_LIED];
}

/* -- who is used
 * --------------------------------------------------------------- */

static void
one_is_chosen_and_its_heads_are_told(void **state)
{
	struct world w;
	struct head expected = nodes_head(0, 102);
	size_t in_use;

	(void)state;
	open_world(&w, "000");
	assert_true(endpoints_are_up(w.all));
	assert_int_equal(w.head.number, NODES_FORK);
	assert_string_equal(w.head.hash, nodes_head(0, NODES_FORK).hash);
	in_use = used(&w);
	go_on(&w, MOST, 102);
	assert_int_equal(w.heads, 2);
	assert_string_equal(w.head.hash, expected.hash);
	assert_int_equal(endpoints_best(w.all), 104);
	assert_int_equal(used(&w), in_use);
	assert_string_equal(rpc_url(endpoints_rpc(w.all)), w.nodes[in_use].url);
	close_world(&w);
}

static void
a_frozen_one_is_left(void **state)
{
	struct world w;
	size_t frozen;

	(void)state;
	open_world(&w, "000");
	frozen = used(&w);
	for (uint64_t number = 101; number < 107; number++)
		go_on(&w, frozen, number);
	until(&w, &w.news[frozen][ENDPOINT_NEWS_LEFT], 1);
	until(&w, &w.downs, 1);
	assert_int_not_equal(used(&w), frozen);
	assert_int_equal(w.head.number, 106);
	close_world(&w);
}

static void
one_that_hangs_up_is_left_at_once(void **state)
{
	struct world w;
	size_t lost;

	(void)state;
	open_world(&w, "00");
	lost = used(&w);
	ws_server_hang_up(w.nodes[lost].server);
	until(&w, &w.downs, 1);
	assert_int_equal(w.news[lost][ENDPOINT_NEWS_DOWN], 1);
	assert_int_equal(used(&w), 1 - lost);
	until(&w, &w.news[lost][ENDPOINT_NEWS_UP], 2);
	assert_int_equal(used(&w), 1 - lost);
	assert_int_equal(lies(&w, lost), 0);
	close_world(&w);
}

/* Its finalized head is the same as before: no news, but it can be used. */
static void
one_that_comes_back_while_finality_rests_is_used(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "0");
	ws_server_hang_up(w.nodes[0].server);
	until(&w, &w.downs, 1);
	assert_false(endpoints_are_up(w.all));
	until(&w, &w.news[0][ENDPOINT_NEWS_CHOSEN], 2);
	assert_true(endpoints_are_up(w.all));
	assert_int_equal(lies(&w, 0), 0);
	close_world(&w);
}

/* The connection is up, and would stay so, and brings no heads. */
static void
one_that_gives_no_heads_is_connected_anew(void **state)
{
	struct world w;

	(void)state;
	open_nodes(&w, "0");
	w.nodes[0].has_no_subs = true;
	start(&w);
	until(&w, &w.news[0][ENDPOINT_NEWS_DOWN], 1);
	assert_string_equal(w.text[0], "why=\"the node gives no heads\"");
	assert_false(endpoints_are_up(w.all));
	w.nodes[0].has_no_subs = false;
	until(&w, &w.news[0][ENDPOINT_NEWS_CHOSEN], 1);
	close_world(&w);
}

static void
one_of_another_chain_is_not_used(void **state)
{
	static const uint8_t genesis[32] = {7};
	const char *urls[] = {NULL, NULL};
	struct world w;
	struct endpoints_options o = {.urls = urls,
	    .genesis = genesis,
	    .on_head = on_head,
	    .on_down = on_down,
	    .on_news = on_news,
	    .arg = &w};

	(void)state;
	open_nodes(&w, "0");
	urls[0] = w.nodes[0].url;
	w.all = endpoints_new(w.base, &o, NULL);
	until(&w, &w.news[0][ENDPOINT_NEWS_OTHER], 1);
	assert_false(endpoints_are_up(w.all));
	assert_int_equal(w.heads, 0);
	close_world(&w);
}

static void
a_node_without_sockets_is_polled(void **state)
{
	struct world w;

	(void)state;
	open_nodes(&w, "0");
	ws_server_set_handshake(
	    w.nodes[0].server, "HTTP/1.1 405 Method Not Allowed\r\n\r\n");
	start(&w);
	until(&w, &w.heads, 1);
	assert_true(w.all->rank.views[0].is_polled);
	w.nodes[0].best = 111;
	w.nodes[0].final = 110;
	until(&w, &w.heads, 2);
	assert_int_equal(w.head.number, 110);
	agree(&w, 0, 110);
	assert_int_equal(w.agreement, ENDPOINTS_AGREED);
	close_world(&w);
}

static void
what_no_chain_has_for_a_slot_is_bounded(void **state)
{
	static const int64_t slots[] = {
	    INT64_MAX, INT64_MAX / 5, 1, 0, -1, INT64_MIN, 12000};
	struct world w;

	(void)state;
	open_world(&w, "00");
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		endpoints_set_slot(w.all, slots[i]);
		assert_in_range(w.all->rank.slot_ms, 50, 600000);
		turn(&w);
	}
	assert_int_equal(w.all->rank.slot_ms, 12000);
	close_world(&w);
}

/* -- who is caught
 * ------------------------------------------------------------- */

static void
a_contradiction_is_caught(void **state)
{
	struct world w;
	size_t liar;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		open_world(&w, "000");
		go_on(&w, MOST, 105);
		liar = used(&w);
		/* The same number again, or one that hangs on another. */
		node_tell_block(&w.nodes[liar], 1, 105 + kind);
		until(&w, &w.news[liar][ENDPOINT_NEWS_LIED], 1);
		until(&w, &w.news[liar][ENDPOINT_NEWS_LEFT], 1);
		assert_int_not_equal(used(&w), liar);
		assert_int_equal(w.highest, 105);
		assert_string_equal(w.head.hash, nodes_head(0, 105).hash);
		for (size_t i = 0; i < w.n; i++)
			assert_int_equal(lies(&w, i), i == liar);
		close_world(&w);
	}
}

/* Whoever tells first: more than half are right, and no one else is caught. */
static void
a_minority_is_caught_in_any_order(void **state)
{
	static const struct {
		const char *branches;
		const char *order; /* in which they tell */
	} cases[] = {
	    {"001", "012"},
	    {"001", "201"},
	    {"001", "021"},
	    {"00011", "34012"},
	    {"00011", "30412"},
	    {"00011", "01234"},
	    {"00012", "34012"},
	    {"0001", "3012"},
	};
	struct world w;

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		open_world(&w, cases[c].branches);
		for (const char *p = cases[c].order; *p != '\0'; p++) {
			size_t i = (size_t)(*p - '0');

			node_tell(&w.nodes[i], 108, 105);
			until_told(&w, i, 105);
		}
		for (size_t i = 0; i < w.n; i++)
			assert_int_equal(lies(&w, i), w.nodes[i].branch != 0);
		close_world(&w);
	}
}

/* Half and half, or half of them away: nobody can tell who is right. */
static void
without_a_majority_nobody_is_caught(void **state)
{
	static const char *const cases[] = {"01", "0011", "0012", "012"};
	struct world w;

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		open_world(&w, cases[c]);
		go_on(&w, MOST, 105);
		agree(&w, w.nodes[used(&w)].branch, 105);
		assert_int_not_equal(w.agreement, ENDPOINTS_AGREED);
		until_silent(&w);
		for (size_t i = 0; i < w.n; i++)
			assert_int_equal(lies(&w, i), 0);
		close_world(&w);
	}
}

/* Two that come up early and lie are no majority of five. */
static void
who_comes_up_first_is_not_right_for_that(void **state)
{
	struct world w;

	(void)state;
	open_nodes(&w, "11000");
	for (size_t i = 0; i < w.n; i++) {
		w.nodes[i].best = 108;
		w.nodes[i].final = 105;
		if (i >= 2)
			w.nodes[i].hold = "";
	}
	start(&w);
	until_told(&w, 0, 105);
	until_told(&w, 1, 105);
	for (size_t i = 2; i < w.n; i++) {
		ws_server_hang_up(w.nodes[i].server);
		node_release(&w.nodes[i]);
	}
	for (size_t i = 2; i < w.n; i++)
		until_told(&w, i, 105);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i), i < 2);
	until(&w, &w.downs, 1);
	assert_true(used(&w) >= 2 && used(&w) < w.n);
	close_world(&w);
}

/* -- agreement
 * ----------------------------------------------------------------- */

static void
voices_are_counted(void **state)
{
	static const struct {
		const char *branches;
		size_t n_away;
		enum endpoints_agreement agreement;
		int alone;
	} cases[] = {
	    {"0", 0, ENDPOINTS_AGREED, 0},
	    {"00", 0, ENDPOINTS_AGREED, 0},
	    {"00", 1, ENDPOINTS_AGREED, 1},
	    {"000", 0, ENDPOINTS_AGREED, 0},
	    {"000", 1, ENDPOINTS_AGREED, 0},
	    {"000", 2, ENDPOINTS_AGREED, 1},
	    {"00000", 0, ENDPOINTS_AGREED, 0},
	};
	struct world w;

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		int alone = 0;

		open_world(&w, cases[c].branches);
		go_on(&w, MOST, 105);
		for (size_t i = 0; i < cases[c].n_away; i++)
			node_close(&w.nodes[w.n - 1 - i]);
		for (size_t i = 0; i < cases[c].n_away; i++)
			until(&w, &w.news[w.n - 1 - i][ENDPOINT_NEWS_DOWN], 1);
		agree(&w, 0, 105);
		assert_int_equal(w.agreement, cases[c].agreement);
		until_silent(&w);
		for (size_t i = 0; i < w.n; i++) {
			alone += w.news[i][ENDPOINT_NEWS_ALONE];
			assert_int_equal(lies(&w, i), 0);
		}
		assert_int_equal(alone, cases[c].alone);
		close_world(&w);
	}
}

/* A tie: the one in use is left for the other. */
static void
at_a_tie_the_other_is_used(void **state)
{
	struct world w;
	size_t before;

	(void)state;
	open_world(&w, "01");
	go_on(&w, MOST, 105);
	before = used(&w);
	agree(&w, w.nodes[before].branch, 105);
	assert_int_equal(w.agreement, ENDPOINTS_DISAGREED);
	assert_int_equal(w.news[1 - before][ENDPOINT_NEWS_DISAGREED], 1);
	until(&w, &w.news[1 - before][ENDPOINT_NEWS_CHOSEN], 1);
	assert_int_equal(used(&w), 1 - before);
	close_world(&w);
}

/* It names a hash that is of no header. */
static void
a_bare_hash_is_caught(void **state)
{
	struct world w;
	size_t liar;

	(void)state;
	open_world(&w, "000");
	go_on(&w, MOST, 105);
	liar = (used(&w) + 1) % w.n;
	w.nodes[liar].is_bare = true;
	agree(&w, 0, 105);
	assert_int_equal(w.agreement, ENDPOINTS_AGREED);
	until_silent(&w);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i), i == liar);
	close_world(&w);
}

/* A block further than the others have come is no reason to send. */
static void
a_head_that_nobody_has_is_not_agreed_on(void **state)
{
	struct world w;
	size_t before;

	(void)state;
	for (int n = 2; n <= 3; n++) {
		open_world(&w, n == 2 ? "00" : "000");
		before = used(&w);
		node_tell(&w.nodes[before], 106, 104);
		until_told(&w, before, 104);
		agree(&w, 0, 104);
		assert_int_equal(w.agreement, ENDPOINTS_UNSURE);
		until(&w, &w.news[before][ENDPOINT_NEWS_LEFT], 1);
		agree(&w, 0, NODES_FORK);
		assert_int_equal(w.agreement, ENDPOINTS_AGREED);
		until_silent(&w);
		for (size_t i = 0; i < w.n; i++)
			assert_int_equal(lies(&w, i), 0);
		close_world(&w);
	}
}

/* It is a few blocks behind, its best block is of a branch that will not
 * last, and it says so honestly. */
static void
a_node_that_is_behind_on_a_fork_is_not_caught(void **state)
{
	struct world w;
	size_t behind;

	(void)state;
	open_world(&w, "000");
	behind = (used(&w) + 1) % w.n;
	go_on(&w, behind, 103);
	w.nodes[behind].branch = 1;
	node_tell(&w.nodes[behind], 103, NODES_FORK);
	agree(&w, 0, 103);
	assert_int_equal(w.agreement, ENDPOINTS_AGREED);
	until_silent(&w);
	w.nodes[behind].branch = 0;
	node_tell(&w.nodes[behind], 105, 103);
	until_told(&w, behind, 103);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i), 0);
	close_world(&w);
}

/* The others agree on later blocks while it says what it has of an earlier. */
static void
a_slow_voice_is_not_measured_by_later_blocks(void **state)
{
	struct world w;
	size_t slow;

	(void)state;
	open_world(&w, "000");
	go_on(&w, MOST, 103);
	assert_int_equal(w.all->agreed.number, 103);
	slow = (used(&w) + 1) % w.n;
	w.nodes[slow].hold = "chain_getBlockHash";
	w.nodes[slow].hold_after = 1;
	agree(&w, 0, 103);
	assert_int_equal(w.agreement, ENDPOINTS_AGREED);
	while (w.nodes[slow].n_held == 0)
		turn(&w);
	go_on(&w, MOST, 106);
	assert_int_equal(w.all->agreed.number, 106);
	node_release(&w.nodes[slow]);
	until_silent(&w);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i), 0);
	close_world(&w);
}

/* Two of five that are up and mute, and two away: what the mute ones told
 * before is their voice in the end, and when they do speak nobody honest is
 * caught for the liar's sake. */
static void
a_liar_among_mutes_is_not_believed(void **state)
{
	struct world w;
	int64_t begun_us;

	(void)state;
	open_world(&w, "10000");
	endpoints_set_slot(w.all, 12000);
	node_close(&w.nodes[3]);
	node_close(&w.nodes[4]);
	until(&w, &w.news[3][ENDPOINT_NEWS_DOWN], 1);
	until(&w, &w.news[4][ENDPOINT_NEWS_DOWN], 1);
	for (size_t i = 0; i < 3; i++) {
		node_tell(&w.nodes[i], 106, 104);
		until_told(&w, i, 104);
	}
	w.nodes[1].hold = w.nodes[2].hold = "";
	begun_us = clock_mono_us();
	agree(&w, 1, 104);
	assert_in_range(clock_mono_us() - begun_us, 9000000, 20000000);
	assert_int_equal(w.agreement, ENDPOINTS_DISAGREED);
	node_release(&w.nodes[1]);
	node_release(&w.nodes[2]);
	until_silent(&w);
	assert_int_equal(w.agreed, 1);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i), 0);
	close_world(&w);
}

static void
ask_of_last(struct world *w)
{
	const struct told_block *last;
	struct head head = {.hash = "0x"};

	if (used(w) == RANK_NOBODY)
		return;
	last = told_last(&w->all->each[used(w)].told);
	head.number = last->number;
	hex_encode(last->hash, sizeof(last->hash), head.hash + 2);
	endpoints_agree(w->all, &head, on_agreed, w);
}

static void
stir(struct world *w, uint32_t x, uint64_t height)
{
	struct node *n = &w->nodes[x % w->n];
	uint64_t final = height - (x >> 8) % 4;

	switch ((x >> 16) % 8) {
	case 0:
		ws_server_hang_up(n->server);
		break;
	case 1:
		if (n->hold == NULL)
			n->hold = x >> 20 & 1 ? "getBlockHash" : "getHeader";
		break;
	case 2:
		node_release(n);
		break;
	case 3:
		ask_of_last(w);
		break;
	default:
		if (final > n->final)
			node_tell(n, height + 2, final);
	}
}

/* One of four lies; the others lag, burst, hang up and are slow to answer, in
 * whatever order, and none of them is ever caught. */
static void
the_honest_are_never_caught(void **state)
{
	struct world w;
	uint64_t height = NODES_FORK + 4;
	uint32_t x = 2463534242u;

	(void)state;
	open_world(&w, "0001");
	endpoints_set_slot(w.all, 12000);
	for (int step = 0; step < 600; step++) {
		x ^= x << 13, x ^= x >> 17, x ^= x << 5;
		if (height < 220 && x >> 24 < 64)
			height += x >> 24 < 6 ? 12 : 1;
		stir(&w, x, height);
		turn(&w);
	}
	for (size_t i = 0; i < w.n; i++)
		node_release(&w.nodes[i]);
	until_silent(&w);
	go_on(&w, MOST, 230);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(lies(&w, i) > 0, i == 3);
	assert_true(w.agreed > 10);
	close_world(&w);
}

/* -- freeing
 * -------------------------------------------------------------------- */

/* A bit of everything, as far as it goes. */
static void
live(struct world *w, int turns)
{
	struct head head = nodes_head(0, 103);
	uint64_t number = 103;

	for (int i = 0; i < turns && w->all != NULL; i++) {
		turn(w);
		if (w->all == NULL || w->heads == 0 || i % 4 != 0)
			continue;
		for (size_t k = 0; k < w->n; k++)
			node_tell(&w->nodes[k], number + 2, number);
		endpoints_agree(w->all, &head, on_agreed, w);
		if (i == 8)
			node_tell_block(&w->nodes[1], 2, number);
		if (i == 12)
			ws_server_hang_up(w->nodes[0].server);
		number++;
	}
}

static void
it_may_be_freed_within_any_callback(void **state)
{
	struct world w;

	(void)state;
	for (int k = 1; k <= 24; k++) {
		open_nodes(&w, "001");
		w.free_at = k;
		start(&w);
		live(&w, 40);
		assert_true(w.calls == k || w.all != NULL);
		for (int i = 0; i < 3; i++)
			turn(&w);
		close_world(&w);
	}
}

static void
it_may_be_freed_between_any_two_turns(void **state)
{
	struct world w;

	(void)state;
	for (int turns = 0; turns < 24; turns++) {
		open_nodes(&w, "001");
		w.nodes[2].hold = turns % 2 == 0 ? NULL : "getBlockHash";
		w.nodes[2].hold_after = 1;
		start(&w);
		live(&w, turns);
		endpoints_free(w.all);
		w.all = NULL;
		turn(&w);
		close_world(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_is_chosen_and_its_heads_are_told),
	    cmocka_unit_test(a_frozen_one_is_left),
	    cmocka_unit_test(one_that_hangs_up_is_left_at_once),
	    cmocka_unit_test(one_that_comes_back_while_finality_rests_is_used),
	    cmocka_unit_test(one_that_gives_no_heads_is_connected_anew),
	    cmocka_unit_test(one_of_another_chain_is_not_used),
	    cmocka_unit_test(a_node_without_sockets_is_polled),
	    cmocka_unit_test(what_no_chain_has_for_a_slot_is_bounded),
	    cmocka_unit_test(a_contradiction_is_caught),
	    cmocka_unit_test(a_minority_is_caught_in_any_order),
	    cmocka_unit_test(without_a_majority_nobody_is_caught),
	    cmocka_unit_test(who_comes_up_first_is_not_right_for_that),
	    cmocka_unit_test(voices_are_counted),
	    cmocka_unit_test(at_a_tie_the_other_is_used),
	    cmocka_unit_test(a_bare_hash_is_caught),
	    cmocka_unit_test(a_head_that_nobody_has_is_not_agreed_on),
	    cmocka_unit_test(a_node_that_is_behind_on_a_fork_is_not_caught),
	    cmocka_unit_test(a_slow_voice_is_not_measured_by_later_blocks),
	    cmocka_unit_test(a_liar_among_mutes_is_not_believed),
	    cmocka_unit_test(the_honest_are_never_caught),
	    cmocka_unit_test(it_may_be_freed_within_any_callback),
	    cmocka_unit_test(it_may_be_freed_between_any_two_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

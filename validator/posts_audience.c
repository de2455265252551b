/* Take a lot, ask about each, write them down, take the next. */
#include "validator/posts_audience.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "common/log.h"
#include "common/xalloc.h"
#include "scorer/engage_bots.h"
#include "validator/look.h"
#include "validator/posts_plan.h"
#include "validator/purses.h"
#include "validator/store_posts.h"
#include "validator/watch.h"

enum { LOT = 64 };

/* An account that is being asked about. */
struct audience {
	LIST_ENTRY(audience) link;
	struct posts_audience *of;
	struct watch_ask *ask;
	char *site, *account;
};

struct posts_audience {
	struct store *store;
	struct watch *watch;
	const struct posts_rule *rule;
	struct purses *purses;
	struct posts_now now;
	LIST_HEAD(audiences, audience) open;
	size_t lot, n;
	json_t *verdicts; /* of the lot */
	void (*on_done)(size_t, bool, void *);
	void *arg;
};

static void take(struct posts_audience *);

static void
finish(struct posts_audience *a, bool failed)
{
	purses_clear(a->purses);
	a->on_done(a->n, failed, a->arg);
}

/* -- arithmetic --------------------------------------------------------- */

static double
days_since(int64_t at_us, int64_t now_us)
{
	return at_us > 0 ? (now_us - at_us) / 86400e6 : NAN;
}

static double
known(int64_t count)
{
	return count >= 0 ? (double)count : NAN;
}

struct posts_bots
posts_bots_of(const struct watch_audience *audience, int64_t now_us)
{
	struct engage_follower *list = xcalloc(audience->n + 1, sizeof(*list));
	struct engage_bots_verdict parts[2];
	struct engage_bots bots;

	for (size_t i = 0; i < audience->n; i++) {
		const struct watch_follower *f = &audience->sample[i];

		list[i] = (struct engage_follower){
		    .username = f->username,
		    .bio = f->bio,
		    .location = f->location,
		    .followers = known(f->followers),
		    .following = known(f->following),
		    .posts = known(f->posts),
		    .created_days = days_since(f->created_us, now_us),
		    .posted_days = days_since(f->last_post_us, now_us),
		};
	}
	parts[0] =
	    engage_bots_statistical(ENGAGE_BOTS_PARTS, list, audience->n);
	parts[1] = engage_bots_temporal(ENGAGE_BOTS_PARTS, list, audience->n);
	free(list);
	bots = engage_bots_combine(parts, 2);
	return (struct posts_bots){
	    .probability = bots.p_bot,
	    .confidence = bots.confidence,
	    .risk = engage_bots_risk_name(bots.risk),
	};
}

/* -- a lot -------------------------------------------------------------- */

static void
audience_free(struct audience *k)
{
	LIST_REMOVE(k, link);
	if (k->ask != NULL)
		watch_cancel(k->ask);
	free(k->site);
	free(k->account);
	free(k);
}

static void
on_written(enum store_outcome outcome, bool moved, const char *why, void *arg)
{
	struct posts_audience *a = arg;

	(void)moved;
	if (outcome == STORE_FAILED) {
		log_warn("audience.not_stored", "why=\"%s\"", why);
		finish(a, true);
	} else if (a->lot == LOT) {
		take(a);
	} else {
		finish(a, false);
	}
}

static void
end_lot(struct posts_audience *a)
{
	struct store_looks rows = {
	    .verdicts = a->verdicts, .spent = json_array()};

	purses_print(a->purses, rows.spent);
	store_write_looks(a->store, &rows, &a->now, on_written, a);
	json_decref(rows.spent);
	json_decref(a->verdicts);
	a->verdicts = NULL;
}

static json_t *
print_verdict(const struct audience *k, const struct watch_answer *answer)
{
	const struct posts_audience *a = k->of;
	bool is_ok = answer->outcome == WATCH_OK;
	struct posts_bots bots = {NAN, NAN, NULL};

	if (is_ok)
		bots = posts_bots_of(&answer->audience, a->now.at_us);
	return json_pack("{s:s, s:s, s:s, s:I, s:b, s:b, s:o, s:o, s:s?, s:s?}",
	    "service", "audience", "site", k->site, "subject", k->account,
	    "due",
	    (json_int_t)(a->now.bucket + (is_ok ? a->rule->audience_every : 1)),
	    "answered", answer->outcome != WATCH_UNAVAILABLE, "is_gone",
	    answer->outcome == WATCH_GONE, "score", look_real(bots.probability),
	    "confidence", look_real(bots.confidence), "detail", bots.risk,
	    "why", is_ok ? NULL : answer->why);
}

static void
on_answer(const struct watch_answer *answer, void *arg)
{
	struct audience *k = arg;
	struct posts_audience *a = k->of;

	k->ask = NULL;
	a->n += answer->outcome == WATCH_OK;
	json_array_append_new(a->verdicts, print_verdict(k, answer));
	audience_free(k);
	if (LIST_EMPTY(&a->open))
		end_lot(a);
}

static void
begin(struct posts_audience *a, const struct store_account *row)
{
	struct audience *k = xcalloc(1, sizeof(*k));
	const struct watch_question q = {
	    .service = WATCH_AUDIENCE,
	    .platform = row->platform,
	    .account = row->account,
	    .budget = purses_open_one(
		a->purses, row->hotkey, WATCH_AUDIENCE, row->used),
	};

	k->of = a;
	k->site = xstrdup(row->site);
	k->account = xstrdup(row->account);
	LIST_INSERT_HEAD(&a->open, k, link);
	k->ask = watch_ask(a->watch, &q, on_answer, k);
}

static void
on_accounts(
    const struct store_account *rows, size_t n, const char *why, void *arg)
{
	struct posts_audience *a = arg;

	if (why != NULL)
		log_warn(
		    "engagement.not_read", "what=accounts why=\"%s\"", why);
	if (n == 0) {
		finish(a, why != NULL);
		return;
	}
	a->lot = n;
	a->verdicts = json_array();
	for (size_t i = 0; i < n; i++)
		begin(a, &rows[i]);
}

static void
take(struct posts_audience *a)
{
	store_take_accounts(a->store, &a->now, LOT, on_accounts, a);
}

/* -- the whole ---------------------------------------------------------- */

void
posts_audience_run(struct posts_audience *a, const struct posts_now *now,
    void (*on_done)(size_t n, bool failed, void *arg), void *arg)
{
	a->now = *now;
	a->n = 0;
	a->on_done = on_done;
	a->arg = arg;
	take(a);
}

struct posts_audience *
posts_audience_new(const struct posts_audience_setup *setup)
{
	const struct watch_budget most = {
	    .left = {[WATCH_AUDIENCE] = setup->budget}};
	struct posts_audience *a = xcalloc(1, sizeof(*a));

	LIST_INIT(&a->open);
	a->store = setup->store;
	a->watch = setup->watch;
	a->rule = setup->rule;
	a->purses = purses_new(&most);
	return a;
}

void
posts_audience_free(struct posts_audience *a)
{
	struct audience *k;

	if (a == NULL)
		return;
	while ((k = LIST_FIRST(&a->open)) != NULL)
		audience_free(k);
	json_decref(a->verdicts);
	purses_free(a->purses);
	free(a);
}

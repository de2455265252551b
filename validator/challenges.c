/*
 * One look at a time: state and past are read, births written, and what is
 * due taken, each when the one before has answered. A look that fails is made
 * again at the next turn of the clock, which turns unevenly, so that nothing
 * that is made shows its beat.
 *
 * Making takes seconds, and what is to be like the job before it must be there
 * at once. So where clients send much, some that are ready are held back, the
 * stock: whoever is due then is chosen among them. And whoever was due before
 * the look that it was planned at, as clients' jobs come faster than we look,
 * follows one of the next that come, which we are told of at once.
 */
#include "validator/challenges.h"

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "validator/challenge_corpus.h"
#include "validator/challenge_making.h"
#include "validator/challenge_speech.h"
#include "validator/store.h"
#include "validator/store_challenge.h"

enum {
	LOOK_MS = 2000, /* in the mean */
	MAX_MAKING = 64,
	MAX_STOCK = 20,
	LEAST_STOCK = 4, /* fewer are not worth waiting for */
	STOCK_S = 30,	 /* it is what is born in so long */
	RECENT_S = 60,
	MOST_GAP_S = 3, /* longer ones are planned ahead */
	AHEAD_S = 30,	/* they are taken so long before they are due */
	LEASE_S = 3600, /* for all to be made, children taking turns */
	HOUR_S = 3600,
	PAST_DAYS = 30,
	HOURS_DAYS = 7,
	HOURS_JOBS = 20000,
};

static const int64_t us_per_s = 1000000;

struct challenges {
	struct challenge_kit kit;
	struct challenge_rule rule;
	struct event *timer;
	bool is_looking, is_closed;
	int64_t seen_us, look_us; /* of the look under way */
	int64_t by_hour[CHALLENGE_HOURS];
	int64_t hours_due_us;
	struct challenge_past_job jobs[CHALLENGE_MAX_PAST];
	size_t n_jobs;
	struct making {
		struct challenge_making *it;
		bool is_released;
	} making[MAX_MAKING];
	int n_making;
	/* Of those not released as many are due at some time, others follow
	 * a job that is yet to come, and the rest are the stock. */
	int64_t dues_us[MAX_MAKING];
	int n_dues, n_following, n_stock, most_stock;
	int64_t told_us; /* when a job came last */
	bool is_choosing;
	struct event *due;
};

/* -- releasing ------------------------------------------------------------ */

static void release_due(struct challenges *);

static struct making *
slot_of(struct challenges *c, const struct challenge_making *m)
{
	int i = 0;

	while (c->making[i].it != m)
		i++;
	return &c->making[i];
}

/* The earliest, or the latest; its place. */
static int
find_due(const struct challenges *c, bool earliest)
{
	int found = 0;

	for (int i = 1; i < c->n_dues; i++) {
		if ((c->dues_us[i] < c->dues_us[found]) == earliest)
			found = i;
	}
	return found;
}

static void
remove_due(struct challenges *c, bool earliest)
{
	int i = find_due(c, earliest);

	c->dues_us[i] = c->dues_us[--c->n_dues];
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	release_due(arg);
}

/* Those that are ready, of that sort or of any other; how many. */
static int
find_ready(struct challenges *c, uint64_t sort, bool is_same,
    struct challenge_making *fits[MAX_MAKING])
{
	int n = 0;

	for (int i = 0; i < c->n_making; i++) {
		struct challenge_making *m = c->making[i].it;

		if (challenge_making_is_ready(m) &&
		    (challenge_making_sort(m) == sort) == is_same)
			fits[n++] = m;
	}
	return n;
}

static void
release_one(struct challenges *c, uint64_t sort, bool is_same)
{
	struct challenge_making *fits[MAX_MAKING], *chosen;
	int n = find_ready(c, sort, is_same, fits);

	if (n == 0)
		n = find_ready(c, sort, !is_same, fits);
	if (n == 0)
		return;
	chosen = fits[challenge_dice_below(&c->kit.dice, n)];
	remove_due(c, true);
	slot_of(c, chosen)->is_released = true;
	challenge_making_release(chosen);
}

static void
on_latest(const struct pg_answer *answer, void *arg)
{
	struct challenges *c = arg;
	const PGresult *res;
	int64_t after_us;
	uint64_t sort;

	c->is_choosing = false;
	if (answer->outcome != PG_DONE || c->is_closed || c->n_dues == 0)
		return; /* the next look tries again */
	res = answer->results[0];
	if (PQntuples(res) == 0)
		return;
	after_us = clock_wall_us() - pg_int(res, 0, "at_us");
	sort = challenge_sort(pg_text(res, 0, "kind"),
	    pg_text(res, 0, "language"), pg_text(res, 0, "input_type"));
	release_one(c, sort,
	    challenge_is_alike(c->jobs, c->n_jobs, after_us, &c->kit.dice));
	release_due(c);
}

static bool
any_ready(const struct challenges *c)
{
	for (int i = 0; i < c->n_making; i++) {
		if (challenge_making_is_ready(c->making[i].it))
			return true;
	}
	return false;
}

/* Release one if one is due and one is ready; else wait until it is due. */
static void
release_due(struct challenges *c)
{
	struct timeval wait = {0, 0};
	int64_t us;

	if (c->is_choosing || c->is_closed || c->n_dues == 0)
		return;
	us = c->dues_us[find_due(c, true)] - clock_wall_us();
	if (us > 0) {
		wait = (struct timeval){us / us_per_s, us % us_per_s};
		event_add(c->due, &wait);
	} else if (any_ready(c)) {
		c->is_choosing = true;
		store_challenge_latest(c->kit.store, on_latest, c);
	}
}

static void
add_due(struct challenges *c, int64_t due_us)
{
	c->dues_us[c->n_dues++] = due_us;
}

/* Of the jobs that come, some are followed, so that those are not always the
 * first of many. */
void
challenges_follow(struct challenges *c)
{
	double chance;
	int64_t gap_us;

	if (c == NULL || c->is_closed)
		return;
	c->told_us = clock_wall_us();
	chance = 2 * c->rule.share / (1 - c->rule.share);
	if (c->n_following == 0 || challenge_dice_unit(&c->kit.dice) > chance)
		return;
	gap_us = challenge_short_gap(
	    c->jobs, c->n_jobs, MOST_GAP_S * us_per_s, &c->kit.dice);
	c->n_following--;
	add_due(c, c->told_us + gap_us);
	release_due(c);
}

/* Nobody comes who could be followed, or nobody tells us. */
static void
stop_following(struct challenges *c)
{
	int64_t now_us = clock_wall_us();

	if (now_us - c->told_us < MOST_GAP_S * us_per_s)
		return;
	for (; c->n_following > 0; c->n_following--)
		add_due(c, now_us + (int64_t)challenge_dice_between(
					&c->kit.dice, 0, LOOK_MS * 1000.0));
}

/* The stock is as large as the clients' rate makes it: what it has too many
 * of is released before long. */
static void
trim_stock(struct challenges *c)
{
	while (c->n_stock > c->most_stock) {
		c->n_stock--;
		add_due(c,
		    clock_wall_us() + (int64_t)challenge_dice_between(
					  &c->kit.dice, 0, LOOK_MS * 1000.0));
	}
}

/* -- taking --------------------------------------------------------------- */

static void
on_ready(struct challenge_making *m, void *arg)
{
	(void)m;
	release_due(arg);
}

/* One that came to nothing was due, too, or of the stock. */
static void
on_over(struct challenge_making *m, void *arg)
{
	struct challenges *c = arg;
	struct making *slot = slot_of(c, m);

	if (!slot->is_released) {
		if (c->n_stock > 0)
			c->n_stock--;
		else if (c->n_following > 0)
			c->n_following--;
		else
			remove_due(c, false);
	}
	*slot = c->making[--c->n_making];
	challenge_making_free(m);
}

static void
take_one(struct challenges *c, const PGresult *res, int row)
{
	const struct challenge_making_calls calls = {on_ready, on_over, c};

	c->making[c->n_making++] = (struct making){
	    challenge_making_new(&c->kit, res, row, &calls), false};
	if (c->n_stock < c->most_stock)
		c->n_stock++;
	else if (pg_int(res, row, "due_us") <= c->look_us)
		c->n_following++;
	else
		add_due(c, pg_int(res, row, "due_us"));
}

static void
on_taken(const struct pg_answer *answer, void *arg)
{
	struct challenges *c = arg;

	c->is_looking = false;
	if (answer->outcome != PG_DONE) {
		log_warn(
		    "challenges.not_read", "what=take why=\"%s\"", answer->why);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		take_one(c, answer->results[0], i);
	trim_stock(c);
	stop_following(c);
	release_due(c);
}

static void
take(struct challenges *c)
{
	int64_t now_us = clock_wall_us();

	if (c->n_making == MAX_MAKING || c->is_closed) {
		c->is_looking = false;
		return;
	}
	store_challenge_take(c->kit.store, c->kit.owner, now_us,
	    now_us + AHEAD_S * us_per_s, now_us + LEASE_S * us_per_s,
	    MAX_MAKING - c->n_making, on_taken, c);
}

/* -- planning ------------------------------------------------------------- */

static void
on_born(const struct pg_answer *answer, void *arg)
{
	struct challenges *c = arg;

	if (answer->outcome != PG_DONE)
		log_warn("challenges.not_planned", "why=\"%s\"", answer->why);
	take(c);
}

static bool
is_usable(const struct challenges *c, const PGresult *res, int i)
{
	bool has_input = !pg_is_null(res, i, "input_type");
	bool has_language = !pg_is_null(res, i, "language");

	return challenge_can_be_like(&c->kit, pg_text(res, i, "kind"),
	    pg_text(res, i, "scoring"),
	    has_language ? pg_text(res, i, "language") : NULL,
	    has_input ? pg_text(res, i, "input_type") : NULL);
}

/* Jobs of the last so many seconds; if there are more than were read, at
 * their rate. */
static size_t
count_last(const struct challenges *c, int64_t s)
{
	int64_t span_us = s * us_per_s;
	size_t k = 0;

	while (k < c->n_jobs && c->look_us - c->jobs[k].at_us < span_us)
		k++;
	if (k == CHALLENGE_MAX_PAST && c->jobs[k - 1].at_us < c->look_us)
		return (size_t)((double)k * span_us /
				(c->look_us - c->jobs[k - 1].at_us));
	return k;
}

static void
read_past(struct challenges *c, const PGresult *res)
{
	c->n_jobs = 0;
	for (int i = 0; i < PQntuples(res); i++)
		c->jobs[c->n_jobs++] = (struct challenge_past_job){
		    .at_us = pg_int(res, i, "at_us"),
		    .is_usable = is_usable(c, res, i),
		    .sort = challenge_sort(pg_text(res, i, "kind"),
			pg_text(res, i, "language"),
			pg_text(res, i, "input_type"))};
}

static int
stock_for(const struct challenges *c)
{
	double born = count_last(c, RECENT_S) * c->rule.share /
		      (1 - c->rule.share) / RECENT_S * STOCK_S;

	if (born < LEAST_STOCK)
		return 0;
	return born < MAX_STOCK ? (int)born : MAX_STOCK;
}

static json_t *
births_of(struct challenges *c, const struct challenge_past *past,
    const PGresult *res)
{
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	size_t n = challenge_plan(
	    &c->rule, past, LOOK_MS * 1000LL, &c->kit.dice, births);
	json_t *rows = json_array();
	char id[UUID_TEXT];

	for (size_t i = 0; i < n; i++) {
		uuid_new(id);
		json_array_append_new(
		    rows, json_pack("{s:s, s:s, s:I}", "id", id, "template",
			      pg_text(res, (int)births[i].template, "id"),
			      "due_us", (json_int_t)births[i].due_us));
	}
	return rows;
}

static void
plan(struct challenges *c, const PGresult *state, const PGresult *res)
{
	bool is_first = pg_is_null(state, 0, "seen_us");
	struct challenge_past past = {.now_us = c->look_us, .jobs = c->jobs};
	json_t *rows;

	read_past(c, res);
	c->most_stock = stock_for(c);
	c->seen_us = is_first ? -1 : pg_int(state, 0, "seen_us");
	past.n = c->n_jobs;
	past.from_us = is_first ? c->look_us : c->seen_us;
	past.in_last_hour = count_last(c, HOUR_S);
	past.born_in_last_hour = pg_int(state, 0, "born");
	memcpy(past.by_hour, c->by_hour, sizeof(past.by_hour));
	rows = births_of(c, &past, res);
	store_challenge_bear(
	    c->kit.store, c->seen_us, c->look_us, rows, on_born, c);
	json_decref(rows);
}

static void
on_looked(const struct pg_answer *answer, void *arg)
{
	struct challenges *c = arg;

	if (answer->outcome != PG_DONE || c->is_closed) {
		if (answer->outcome != PG_DONE)
			log_warn("challenges.not_read", "what=look why=\"%s\"",
			    answer->why);
		c->is_looking = false;
		return;
	}
	plan(c, answer->results[0], answer->results[1]);
}

static void
on_hours(const struct pg_answer *answer, void *arg)
{
	struct challenges *c = arg;

	if (answer->outcome != PG_DONE) {
		log_warn("challenges.not_read", "what=hours why=\"%s\"",
		    answer->why);
		return;
	}
	memset(c->by_hour, 0, sizeof(c->by_hour));
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		int64_t hour = pg_int(answer->results[0], i, "hour");

		if (hour >= 0 && hour < CHALLENGE_HOURS)
			c->by_hour[hour] = pg_int(answer->results[0], i, "n");
	}
}

static void
look_at_hours(struct challenges *c)
{
	const int64_t day_us = 86400 * us_per_s;

	c->hours_due_us = c->look_us + HOUR_S * us_per_s;
	store_challenge_hours(c->kit.store, c->look_us - HOURS_DAYS * day_us,
	    HOURS_JOBS, on_hours, c);
	store_challenge_forget(c->kit.store, c->look_us - PAST_DAYS * day_us);
}

static void
look_again(struct challenges *c)
{
	int64_t us = (int64_t)challenge_dice_between(
	    &c->kit.dice, LOOK_MS * 500.0, LOOK_MS * 1500.0);
	struct timeval wait = {us / us_per_s, us % us_per_s};

	event_add(c->timer, &wait);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct challenges *c = arg;
	const int64_t day_us = 86400 * us_per_s;

	(void)fd;
	(void)what;
	look_again(c);
	if (c->is_looking || !pg_is_up(c->kit.store->pg))
		return;
	release_due(c);
	c->is_looking = true;
	c->look_us = clock_wall_us();
	if (c->look_us >= c->hours_due_us)
		look_at_hours(c);
	store_challenge_look(c->kit.store, c->look_us - HOUR_S * us_per_s,
	    c->look_us - PAST_DAYS * day_us, CHALLENGE_MAX_PAST, on_looked, c);
}

/* -- the whole ------------------------------------------------------------ */

static char *
probe_path(const char *configured)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *slash;

	if (configured[0] != '\0')
		return xstrdup(configured);
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	return xasprintf("%.*s/subnetd-probe",
	    slash != NULL ? (int)(slash - self) : 1,
	    slash != NULL ? self : ".");
}

static void
on_bad_line(size_t line, const char *why, void *arg)
{
	(void)arg;
	log_error("corpus.refused", "line=%zu why=\"%s\"", line, why);
}

static struct challenge_corpus *
read_corpus(const char *folder)
{
	struct challenge_corpus *corpus;
	struct err err;

	if (folder[0] == '\0')
		return NULL;
	corpus = challenge_corpus_read(folder, on_bad_line, NULL, &err);
	if (corpus == NULL)
		log_error("corpus.not_read", "why=\"%s\"", err.text);
	else
		log_info("corpus.read", "folder=%s items=%zu", folder,
		    challenge_corpus_size(corpus));
	return corpus;
}

static void
make_kit(struct challenge_kit *kit, const struct challenges_setup *setup)
{
	static const char help[] = "Challenges, by what became of them.";
	struct err err;

	kit->base = setup->base;
	kit->store = setup->store;
	kit->redis = setup->redis;
	kit->kinds = setup->kinds;
	kit->hears_english = challenge_speech_has("en");
	kit->hears_others = challenge_speech_has("fr");
	STAILQ_INIT(&kit->waiting);
	snprintf(kit->owner, sizeof(kit->owner), "%s", setup->instance);
	randombytes_buf(kit->dice.key, sizeof(kit->dice.key));
	kit->probe = probe_path(setup->probe);
	kit->corpus = read_corpus(setup->corpus);
	kit->blobs = blobs_new(setup->base, &setup->files, &err);
	if (kit->blobs == NULL)
		log_warn("challenges.no_files", "why=\"%s\"", err.text);
	log_info("challenges.on", "english=%s others=%s files=%s",
	    kit->hears_english ? "yes" : "no", kit->hears_others ? "yes" : "no",
	    kit->blobs != NULL ? "yes" : "no");
	kit->made = metrics_counter(setup->metrics, "subnetd_challenges_total",
	    "outcome=\"made\"", help);
	kit->dropped = metrics_counter(setup->metrics,
	    "subnetd_challenges_total", "outcome=\"dropped\"", help);
}

struct challenges *
challenges_new(const struct challenges_setup *setup)
{
	struct challenges *c;

	if (setup->rule.most_per_hour < 1 ||
	    (setup->rule.share <= 0 && setup->rule.least_per_hour <= 0)) {
		config_list_free(setup->kinds);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->rule = setup->rule;
	make_kit(&c->kit, setup);
	c->timer = evtimer_new(setup->base, on_timer, c);
	c->due = evtimer_new(setup->base, on_due, c);
	look_again(c);
	return c;
}

void
challenges_free(struct challenges *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < c->n_making; i++)
		challenge_making_free(c->making[i].it);
	event_free(c->timer);
	event_free(c->due);
	challenge_corpus_free(c->kit.corpus);
	blobs_free(c->kit.blobs);
	config_list_free(c->kit.kinds);
	free(c->kit.probe);
	free(c);
}

void
challenges_close(struct challenges *c)
{
	if (c == NULL)
		return;
	c->is_closed = true;
	event_del(c->timer);
	event_del(c->due);
}

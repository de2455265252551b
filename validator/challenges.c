/*
 * One look at a time: state and past are read, births written, and what is
 * due taken, each when the one before has answered. A look that fails is made
 * again at the next turn of the clock.
 */
#include "validator/challenges.h"

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

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
	LOOK_MS = 2000,
	MAX_MAKING = 32,
	AHEAD_S = 30,  /* they are taken so long before they are due */
	LEASE_S = 900, /* for all to be made, children taking turns */
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
	struct challenge_making *making[MAX_MAKING];
	int n_making;
};

/* -- taking --------------------------------------------------------------- */

static void
on_over(struct challenge_making *m, void *arg)
{
	struct challenges *c = arg;
	int i = 0;

	while (c->making[i] != m)
		i++;
	c->making[i] = c->making[--c->n_making];
	challenge_making_free(m);
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
		c->making[c->n_making++] = challenge_making_new(
		    &c->kit, answer->results[0], i, on_over, c);
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

/* The same for jobs that look alike but for their size. */
static uint64_t
sort_of(const PGresult *res, int i)
{
	static const char *const columns[] = {"kind", "language", "input_type"};
	uint64_t sort = 0;

	for (int k = 0; k < 3; k++) {
		const char *text = pg_text(res, i, columns[k]);

		sort = XXH64(text, strlen(text), sort);
	}
	return sort;
}

/* Jobs of the last hour; if there are more than were read, at their rate. */
static size_t
count_last_hour(const struct challenge_past_job *jobs, size_t n, int64_t now_us)
{
	int64_t span_us = HOUR_S * us_per_s;
	size_t k = 0;

	while (k < n && now_us - jobs[k].at_us < span_us)
		k++;
	if (k == CHALLENGE_MAX_PAST && jobs[k - 1].at_us < now_us)
		return (
		    size_t)((double)k * span_us / (now_us - jobs[k - 1].at_us));
	return k;
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
	struct challenge_past_job jobs[CHALLENGE_MAX_PAST];
	struct challenge_past past = {
	    .now_us = c->look_us, .jobs = jobs, .n = PQntuples(res)};
	bool is_first = pg_is_null(state, 0, "seen_us");
	json_t *rows;

	for (size_t i = 0; i < past.n; i++)
		jobs[i] =
		    (struct challenge_past_job){pg_int(res, (int)i, "at_us"),
			is_usable(c, res, (int)i), sort_of(res, (int)i)};
	c->seen_us = is_first ? -1 : pg_int(state, 0, "seen_us");
	past.from_us = is_first ? c->look_us : c->seen_us;
	past.in_last_hour = count_last_hour(jobs, past.n, c->look_us);
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
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct challenges *c = arg;
	const int64_t day_us = 86400 * us_per_s;

	(void)fd;
	(void)what;
	if (c->is_looking || c->is_closed || !pg_is_up(c->kit.store->pg))
		return;
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
	kit->blobs = blobs_new(setup->files, &err);
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
	struct timeval often = {LOOK_MS / 1000, LOOK_MS % 1000 * 1000};
	struct challenges *c;

	if (setup->rule.most_per_hour < 1 ||
	    (setup->rule.share <= 0 && setup->rule.least_per_hour <= 0)) {
		config_list_free(setup->kinds);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->rule = setup->rule;
	make_kit(&c->kit, setup);
	c->timer = event_new(setup->base, -1, EV_PERSIST, on_timer, c);
	event_add(c->timer, &often);
	return c;
}

void
challenges_free(struct challenges *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < c->n_making; i++)
		challenge_making_free(c->making[i]);
	event_free(c->timer);
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
}

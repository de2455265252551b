/*
 * Step by step: the template's file is looked at (if it is sound), the corpus
 * is asked for what is near, else something is made. What
 * fails drops the challenge, with a reason in its row: the next one comes by
 * itself.
 */
#include "validator/challenge_making.h"

#include <assert.h>
#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "validator/challenge.h"
#include "validator/challenge_child.h"
#include "validator/challenge_corpus.h"
#include "validator/challenge_sentence.h"
#include "validator/challenge_sound.h"
#include "validator/challenge_speech.h"
#include "validator/store_challenge.h"

enum { LOOK_MS = 30000, MAKE_MS = 180000, MAX_CHILDREN = 2, LATE_S = 600 };

static const double near_least = 0.93, near_most = 1.07;

struct challenge_making {
	struct challenge_kit *kit;
	struct challenge_making_calls calls;
	bool is_ready, is_released;
	char id[UUID_TEXT];
	int64_t due_us;
	/* The template; kind NULL: it is gone. */
	char *kind, *scoring, *input_type, *input_sha256, *input_of;
	int64_t input_bytes;
	int miners;
	json_t *params;
	json_t *like; /* its sound */
	/* What becomes of it. */
	const struct challenge_item *near[CHALLENGE_NEAR];
	size_t n_near;
	const struct challenge_item *item;
	json_t *expect;
	char sha256[65];
	int64_t bytes;
	struct challenge_look look;
	struct challenge_speech speech;
	struct challenge_child *child;
	void (*turn)(struct challenge_making *); /* when a child may start */
	bool waits;
	STAILQ_ENTRY(challenge_making) link;
	struct event *timer;
};

/* -- what can be ---------------------------------------------------------- */

/* Spoken sentences, to be written down. */
static bool
is_heard(const char *scoring, const char *input_type)
{
	return strcmp(scoring, "transcript") == 0 && input_type != NULL &&
	       challenge_speech_writes(input_type);
}

/* Written ones, to be spoken. */
static bool
is_said(const char *scoring, const char *input_type)
{
	return strcmp(scoring, "speech") == 0 && input_type == NULL;
}

static bool
can_be_made(const struct challenge_kit *kit, const char *scoring,
    const char *language, const char *input_type)
{
	if (language == NULL || !challenge_sentence_knows(language))
		return false;
	if (is_said(scoring, input_type))
		return true;
	return is_heard(scoring, input_type) && kit->blobs != NULL &&
	       (strcmp(language, "en") == 0 ? kit->hears_english
					    : kit->hears_others);
}

static bool
is_wanted(const struct challenge_kit *kit, const char *kind)
{
	char **wanted = kit->kinds;

	while (*wanted != NULL && strcmp(*wanted, kind) != 0)
		wanted++;
	return *wanted != NULL || kit->kinds[0] == NULL;
}

bool
challenge_can_be_like(const struct challenge_kit *kit, const char *kind,
    const char *scoring, const char *language, const char *input_type)
{
	if (!is_wanted(kit, kind))
		return false;
	if (can_be_made(kit, scoring, language, input_type))
		return true;
	return kit->corpus != NULL &&
	       (input_type == NULL || kit->blobs != NULL) &&
	       challenge_corpus_knows(kit->corpus, kind, language);
}

/* -- the end -------------------------------------------------------------- */

static const char *
language_of(const struct challenge_making *m)
{
	return json_string_value(json_object_get(m->params, "language"));
}

static const char *
text_of(const struct challenge_making *m)
{
	return json_string_value(json_object_get(m->params, "text"));
}

static void
on_over(evutil_socket_t fd, short what, void *arg)
{
	struct challenge_making *m = arg;

	(void)fd;
	(void)what;
	m->calls.on_over(m, m->calls.arg);
}

/* Not before whoever called us has returned. */
static void
over(struct challenge_making *m)
{
	struct timeval now = {0, 0};

	event_free(m->timer);
	m->timer = evtimer_new(m->kit->base, on_over, m);
	event_add(m->timer, &now);
}

/* A file that no row names. */
static void
forget_file(struct challenge_making *m)
{
	if (m->sha256[0] != '\0')
		blob_remove(m->kit->blobs, m->id, m->sha256);
	m->sha256[0] = '\0';
}

static void
drop(struct challenge_making *m, const char *why)
{
	log_info("challenge.dropped", "id=%s kind=%s why=\"%s\"", m->id,
	    m->kind != NULL ? m->kind : "none", why);
	metric_add(m->kit->dropped, 1);
	store_challenge_drop(
	    m->kit->store, m->id, m->kit->owner, clock_wall_us(), why);
	forget_file(m);
	over(m);
}

static void
on_made(const struct pg_answer *answer, void *arg)
{
	struct challenge_making *m = arg;
	bool is_made =
	    answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 1;

	if (is_made) {
		log_info("challenge.made", "id=%s kind=%s item=%s", m->id,
		    m->kind, m->item != NULL ? m->item->key : "none");
		metric_add(m->kit->made, 1);
		redis_send(m->kit->redis, redis_jobs, m->id, m->kind);
	} else if (answer->outcome == PG_DONE) {
		log_info("challenge.lost", "id=%s", m->id);
		forget_file(m);
	} else {
		/* If unknown, the row may be there, and its file with it. */
		log_warn("challenge.not_stored", "id=%s why=\"%s\"", m->id,
		    answer->why);
	}
	over(m);
}

void
challenge_making_release(struct challenge_making *m)
{
	char *params = json_dumps(m->params, JSON_COMPACT);
	char *expect =
	    m->expect != NULL ? json_dumps(m->expect, JSON_COMPACT) : NULL;
	const struct store_challenge row = {.id = m->id,
	    .owner = m->kit->owner,
	    .params = params,
	    .expect = expect,
	    .sha256 = m->sha256[0] != '\0' ? m->sha256 : NULL,
	    .type = m->sha256[0] != '\0' ? m->input_type : NULL,
	    .bytes = m->bytes,
	    .item = m->item != NULL ? m->item->key : NULL};

	assert(m->is_ready);
	m->is_ready = false;
	m->is_released = true;
	store_challenge_make(m->kit->store, &row, clock_wall_us(), on_made, m);
	free(params);
	free(expect);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct challenge_making *m = arg;

	(void)fd;
	(void)what;
	m->is_ready = true;
	m->calls.on_ready(m, m->calls.arg);
}

static void
ready(struct challenge_making *m)
{
	struct timeval now = {0, 0};

	event_free(m->timer);
	m->timer = evtimer_new(m->kit->base, on_ready, m);
	event_add(m->timer, &now);
}

bool
challenge_making_is_ready(const struct challenge_making *m)
{
	return m->is_ready;
}

uint64_t
challenge_making_sort(const struct challenge_making *m)
{
	return challenge_sort(m->kind, language_of(m), m->input_type);
}

/* -- children ------------------------------------------------------------- */

/* Two at once leave a machine its other work. */
static void
run_waiting(struct challenge_kit *kit)
{
	struct challenge_making *m;

	while (kit->n_children < MAX_CHILDREN &&
	       (m = STAILQ_FIRST(&kit->waiting)) != NULL) {
		STAILQ_REMOVE_HEAD(&kit->waiting, link);
		m->waits = false;
		m->turn(m);
	}
}

static void
wait_turn(struct challenge_making *m, void (*turn)(struct challenge_making *))
{
	m->turn = turn;
	m->waits = true;
	STAILQ_INSERT_TAIL(&m->kit->waiting, m, link);
	run_waiting(m->kit);
}

static void
start_child(struct challenge_making *m, challenge_child_work *work,
    const void *order, int deadline_ms, challenge_child_on_done *on_done)
{
	struct err err = {""};

	m->child = challenge_child_start(
	    m->kit->base, work, order, deadline_ms, on_done, m, &err);
	if (m->child == NULL)
		drop(m, err.text);
	else
		m->kit->n_children++;
}

static void
child_is_over(struct challenge_making *m)
{
	m->child = NULL;
	m->kit->n_children--;
	run_waiting(m->kit);
}

/* -- sound ---------------------------------------------------------------- */

/* Where all can read it. */
static void
on_sent(const char *why, void *arg)
{
	struct challenge_making *m = arg;

	if (why != NULL)
		drop(m, why);
	else
		ready(m);
}

static void
on_sound(const json_t *result, const char *why, void *arg)
{
	struct challenge_making *m = arg;
	const char *sha256 =
	    json_string_value(json_object_get(result, "sha256"));
	const json_t *expect = json_object_get(result, "expect");

	child_is_over(m);
	if (sha256 == NULL) {
		drop(m, why);
		return;
	}
	snprintf(m->sha256, sizeof(m->sha256), "%s", sha256);
	m->bytes = json_integer_value(json_object_get(result, "bytes"));
	if (expect != NULL)
		m->expect = json_deep_copy(expect);
	blob_send(m->kit->blobs, m->id, m->sha256, on_sent, m);
}

static void
make_sound(struct challenge_making *m)
{
	m->speech = (struct challenge_speech){.language = language_of(m),
	    .type = m->input_type,
	    .like = m->like,
	    .recording = m->item != NULL ? m->item->file : NULL,
	    .as_it_is = m->item != NULL && m->item->type != NULL,
	    .blobs = m->kit->blobs,
	    .id = m->id};
	for (size_t i = 0; i < sizeof(m->speech.dice.key); i++)
		m->speech.dice.key[i] =
		    challenge_dice_throw(&m->kit->dice) & 0xff;
	start_child(m, challenge_speech_make, &m->speech, MAKE_MS, on_sound);
}

/* -- what it asks --------------------------------------------------------- */

static void
make_text(struct challenge_making *m)
{
	size_t letters = challenge_sentence_letters(text_of(m));
	double wanted = letters * challenge_dice_between(
				      &m->kit->dice, near_least, near_most);
	char *text;

	challenge_sentence_text(
	    language_of(m), (size_t)(wanted + 0.5), &m->kit->dice, &text, NULL);
	challenge_sentence_imitate(text, text_of(m));
	json_object_set_new(m->params, "text", json_string(text));
	free(text);
	ready(m);
}

static void
make_one(struct challenge_making *m)
{
	double seconds = json_number_value(json_object_get(m->like, "seconds"));

	if (!can_be_made(m->kit, m->scoring, language_of(m), m->input_type))
		drop(m, "nothing in the corpus is like it");
	else if (m->input_type == NULL && text_of(m) == NULL)
		drop(m, "its template has no text");
	else if (m->input_type == NULL)
		make_text(m);
	else if (seconds > CHALLENGE_SOUND_MAX_S)
		drop(m, "it is too long to be made");
	else
		wait_turn(m, make_sound);
}

static void
use_item(struct challenge_making *m, const struct challenge_item *item)
{
	m->item = item;
	m->expect = json_deep_copy(item->expect);
	if (item->params != NULL)
		json_object_update(m->params, item->params);
	if (item->file != NULL)
		wait_turn(m, make_sound);
	else
		ready(m);
}

/* Which of those that are near is left for enough miners; by chance. */
static const struct challenge_item *
choose(struct challenge_making *m, const PGresult *res)
{
	const struct challenge_item *left[CHALLENGE_NEAR];
	size_t n = 0;

	for (int i = 0; i < PQntuples(res); i++) {
		for (size_t k = 0; k < m->n_near; k++) {
			if (pg_int(res, i, "left_over") >= m->miners &&
			    strcmp(m->near[k]->key, pg_text(res, i, "item")) ==
				0) {
				left[n++] = m->near[k];
				break;
			}
		}
	}
	return n > 0 ? left[challenge_dice_below(&m->kit->dice, n)] : NULL;
}

static void
on_uses(const struct pg_answer *answer, void *arg)
{
	struct challenge_making *m = arg;
	const struct challenge_item *item = NULL;

	if (answer->outcome == PG_DONE)
		item = choose(m, answer->results[0]);
	if (item != NULL)
		use_item(m, item);
	else
		make_one(m);
}

static void
find(struct challenge_making *m)
{
	const struct challenge_likeness l = {.kind = m->kind,
	    .language = language_of(m),
	    .input_type = m->input_type,
	    .input_bytes = m->input_bytes,
	    .seconds = json_number_value(json_object_get(m->like, "seconds")),
	    .letters =
		text_of(m) != NULL ? challenge_sentence_letters(text_of(m)) : 0,
	    .params = m->params};
	struct buf keys = {0};

	if (m->kit->corpus != NULL)
		m->n_near = challenge_corpus_near(m->kit->corpus, &l, m->near);
	if (m->n_near == 0) {
		make_one(m);
		return;
	}
	for (size_t i = 0; i < m->n_near; i++)
		buf_printf(&keys, "%c%s", i == 0 ? '{' : ',', m->near[i]->key);
	buf_add_str(&keys, "}");
	store_challenge_uses(m->kit->store, buf_str(&keys), on_uses, m);
	buf_free(&keys);
}

/* -- the template --------------------------------------------------------- */

static void
on_looked(const json_t *result, const char *why, void *arg)
{
	struct challenge_making *m = arg;

	child_is_over(m);
	if (result == NULL) {
		drop(m, why);
		return;
	}
	m->like = json_deep_copy(result);
	find(m);
}

/* The child reads what is here. */
static void
on_here(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct challenge_making *m = arg;

	(void)bytes;
	if (outcome != BLOB_DONE) {
		drop(m, outcome == BLOB_MISSING ? "its file is gone" : why);
		return;
	}
	close(fd);
	start_child(m, challenge_speech_look, &m->look, LOOK_MS, on_looked);
}

static void
look(struct challenge_making *m)
{
	m->look = (struct challenge_look){.blobs = m->kit->blobs,
	    .id = m->input_of,
	    .sha256 = m->input_sha256,
	    .probe = m->kit->probe};
	blob_open(m->kit->blobs, m->input_of, m->input_sha256, on_here, m);
}

static bool
is_too_late(const struct challenge_making *m)
{
	return clock_wall_us() - m->due_us > LATE_S * 1000000LL;
}

static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	struct challenge_making *m = arg;

	(void)fd;
	(void)what;
	if (m->kind == NULL || m->params == NULL)
		drop(m, "its template is gone");
	else if (is_too_late(m))
		drop(m, "its time is past");
	else if (!challenge_can_be_like(m->kit, m->kind, m->scoring,
		     language_of(m), m->input_type))
		drop(m, "there is nothing to make it with");
	else if (m->input_type != NULL &&
		 challenge_speech_writes(m->input_type))
		wait_turn(m, look);
	else
		find(m);
}

static char *
copy(const PGresult *res, int row, const char *column)
{
	return pg_is_null(res, row, column)
		   ? NULL
		   : xstrdup(pg_text(res, row, column));
}

static void
take_template(struct challenge_making *m, const PGresult *res, int row)
{
	char *params = copy(res, row, "params");

	m->kind = copy(res, row, "kind");
	m->scoring = copy(res, row, "scoring");
	m->input_type = copy(res, row, "input_type");
	m->input_sha256 = copy(res, row, "input_sha256");
	m->input_of = copy(res, row, "input_of");
	if (m->kind != NULL)
		m->miners = pg_int(res, row, "miners");
	if (m->input_type != NULL)
		m->input_bytes = pg_int(res, row, "input_bytes");
	if (params != NULL)
		m->params = json_loads(params, 0, NULL);
	free(params);
}

struct challenge_making *
challenge_making_new(struct challenge_kit *kit, const PGresult *res, int row,
    const struct challenge_making_calls *calls)
{
	struct challenge_making *m = xcalloc(1, sizeof(*m));
	struct timeval now = {0, 0};

	m->kit = kit;
	m->calls = *calls;
	snprintf(m->id, sizeof(m->id), "%s", pg_text(res, row, "id"));
	m->due_us = pg_int(res, row, "due_us");
	take_template(m, res, row);
	m->timer = evtimer_new(kit->base, on_start, m);
	event_add(m->timer, &now);
	return m;
}

void
challenge_making_free(struct challenge_making *m)
{
	if (m == NULL)
		return;
	if (m->waits)
		STAILQ_REMOVE(&m->kit->waiting, m, challenge_making, link);
	challenge_child_cancel(m->child);
	if (!m->is_released)
		forget_file(m);
	event_free(m->timer);
	json_decref(m->params);
	json_decref(m->like);
	json_decref(m->expect);
	free(m->kind);
	free(m->scoring);
	free(m->input_type);
	free(m->input_sha256);
	free(m->input_of);
	free(m);
}

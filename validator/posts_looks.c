/*
 * Posts are taken while fewer than enough are under way, asked about, and
 * written down a lot at a time. turn() says what is next.
 */
#include "validator/posts_looks.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/log.h"
#include "common/xalloc.h"
#include "validator/look.h"
#include "validator/purses.h"
#include "validator/store_posts.h"
#include "validator/watch.h"

enum { MOST = 256, LOT = 100, FLUSH_MS = 500 };

/* A post that is being asked about, or has been. */
struct looking {
	TAILQ_ENTRY(looking) link;
	struct posts_looks *of;
	struct look look;
	struct watch_ask *asks[WATCH_SERVICES]; /* NULL: none is out */
	size_t n_asks;
	struct watch_budget *budget;
};

TAILQ_HEAD(lookings, looking);

struct posts_looks {
	struct store *store;
	struct watch *watch;
	const struct posts_rule *rule;
	int64_t retry_us;
	struct purses *purses;
	struct posts_now now;
	struct lookings open, ended, written;
	size_t n_open, n_ended;
	bool is_taking, is_writing;
	bool is_over; /* there are no more to take */
	bool is_due;  /* what has ended is to be written now */
	bool is_running;
	size_t asked_for;
	struct event *flush;
	struct posts_looks_done done;
	void (*on_done)(const struct posts_looks_done *, void *);
	void *arg;
};

static void turn(struct posts_looks *);

static void
looking_free(struct looking *k)
{
	for (int s = 0; s < WATCH_SERVICES; s++)
		if (k->asks[s] != NULL)
			watch_cancel(k->asks[s]);
	look_clear(&k->look);
	free(k);
}

static void
free_all(struct lookings *list)
{
	struct looking *k;

	while ((k = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, k, link);
		looking_free(k);
	}
}

/* -- writing ------------------------------------------------------------ */

static void
on_written(enum store_outcome outcome, bool moved, const char *why, void *arg)
{
	struct posts_looks *l = arg;

	l->is_writing = false;
	l->done.moved |= moved;
	free_all(&l->written);
	if (outcome == STORE_FAILED) {
		log_warn("posts.not_stored", "why=\"%s\"", why);
		l->done.failed = true;
		l->is_over = true;
	}
	turn(l);
}

static void
count(struct posts_looks *l, const struct look *look)
{
	switch (look->outcome) {
	case WATCH_OK:
		l->done.ok++;
		break;
	case WATCH_GONE:
		l->done.gone++;
		break;
	case WATCH_UNAVAILABLE:
		l->done.unavailable++;
		break;
	}
}

static void
write_ended(struct posts_looks *l)
{
	struct store_looks rows = {.posts = json_array(),
	    .claims = json_array(),
	    .verdicts = json_array(),
	    .spent = json_array()};
	struct looking *k;

	TAILQ_FOREACH(k, &l->ended, link)
	{
		look_print(&k->look, l->rule, &l->now, rows.posts, rows.claims,
		    rows.verdicts);
		count(l, &k->look);
	}
	purses_print(l->purses, rows.spent);
	TAILQ_CONCAT(&l->written, &l->ended, link);
	l->n_ended = 0;
	l->is_due = false;
	l->is_writing = true;
	store_write_looks(l->store, &rows, &l->now, on_written, l);
	json_decref(rows.posts);
	json_decref(rows.claims);
	json_decref(rows.verdicts);
	json_decref(rows.spent);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct posts_looks *l = arg;

	(void)fd;
	(void)what;
	l->is_due = true;
	turn(l);
}

/* -- asking ------------------------------------------------------------- */

static void
end_look(struct looking *k)
{
	static const struct timeval soon = {0, FLUSH_MS * 1000};
	struct posts_looks *l = k->of;

	TAILQ_REMOVE(&l->open, k, link);
	l->n_open--;
	TAILQ_INSERT_TAIL(&l->ended, k, link);
	l->n_ended++;
	if (!event_pending(l->flush, EV_TIMEOUT, NULL))
		event_add(l->flush, &soon);
	turn(l);
}

static void
take_verdict(struct looking *k, enum watch_service service,
    const struct watch_answer *answer)
{
	k->asks[service] = NULL;
	k->n_asks--;
	look_take_verdict(&k->look, service, answer);
	if (k->n_asks == 0)
		end_look(k);
}

static void
on_detected(const struct watch_answer *answer, void *arg)
{
	take_verdict(arg, WATCH_DETECTOR, answer);
}

static void
on_moderated(const struct watch_answer *answer, void *arg)
{
	take_verdict(arg, WATCH_MODERATOR, answer);
}

/* The platform's own media; not the file that the miner shows us. */
static void
ask_verdict(struct looking *k, enum watch_service service,
    const struct watch_metrics *m,
    void (*on_answer)(const struct watch_answer *, void *))
{
	const struct watch_question q = {
	    .service = service,
	    .platform = claim_platform_name(k->look.platform),
	    .id = k->look.content,
	    .url = m->media_url,
	    .caption = m->caption,
	    .budget = k->budget,
	};
	struct watch_answer none;

	if (!watch_has(k->of->watch, service) ||
	    !look_wants(&k->look, service, &k->of->now))
		return;
	if (service == WATCH_DETECTOR && m->media_url == NULL) {
		watch_read_silence("the tracker names no media", &none);
		look_take_verdict(&k->look, service, &none);
		watch_answer_clear(&none);
		return;
	}
	k->asks[service] = watch_ask(k->of->watch, &q, on_answer, k);
	k->n_asks++;
}

static void
on_metrics(const struct watch_answer *answer, void *arg)
{
	struct looking *k = arg;
	struct posts_looks *l = k->of;

	k->asks[WATCH_TRACKER] = NULL;
	k->n_asks--;
	look_take_metrics(&k->look, l->rule, &l->now, answer);
	if (answer->outcome == WATCH_OK) {
		ask_verdict(k, WATCH_DETECTOR, &answer->metrics, on_detected);
		ask_verdict(k, WATCH_MODERATOR, &answer->metrics, on_moderated);
	}
	if (k->n_asks == 0)
		end_look(k);
}

static void
begin_look(struct posts_looks *l, const struct store_post *row)
{
	struct looking *k = xcalloc(1, sizeof(*k));
	struct watch_question q = {.service = WATCH_TRACKER};

	if (look_init(&k->look, row) != 0) {
		log_warn("post.unknown", "platform=%s id=%s", row->platform,
		    row->content);
		free(k);
		return;
	}
	k->of = l;
	k->budget = purses_open(l->purses, row->hotkey, row->used);
	TAILQ_INSERT_TAIL(&l->open, k, link);
	l->n_open++;
	q.platform = claim_platform_name(k->look.platform);
	q.id = k->look.content;
	q.wants_media = k->look.verdicts[WATCH_DETECTOR].due <= l->now.bucket;
	q.budget = k->budget;
	k->asks[WATCH_TRACKER] = watch_ask(l->watch, &q, on_metrics, k);
	k->n_asks = 1;
}

/* -- taking ------------------------------------------------------------- */

static void
on_posts(const struct store_post *rows, size_t n, const char *why, void *arg)
{
	struct posts_looks *l = arg;

	l->is_taking = false;
	if (why != NULL) {
		log_warn("engagement.not_read", "what=posts why=\"%s\"", why);
		l->done.failed = true;
	}
	if (n < l->asked_for)
		l->is_over = true;
	for (size_t i = 0; i < n; i++)
		begin_look(l, &rows[i]);
	turn(l);
}

static void
take(struct posts_looks *l)
{
	l->is_taking = true;
	l->asked_for = MOST - l->n_open - l->n_ended;
	store_take_posts(l->store, &l->now, l->now.at_us - l->retry_us,
	    l->asked_for, on_posts, l);
}

static void
turn(struct posts_looks *l)
{
	if (!l->is_running)
		return;
	if (!l->is_writing && l->n_ended > 0 &&
	    (l->n_ended >= LOT || l->n_open == 0 || l->is_due))
		write_ended(l);
	if (!l->is_taking && !l->is_over && l->n_open + l->n_ended <= MOST / 2)
		take(l);
	if (l->is_taking || l->is_writing || l->n_open + l->n_ended > 0 ||
	    !l->is_over)
		return;
	l->is_running = false;
	event_del(l->flush);
	purses_clear(l->purses);
	l->on_done(&l->done, l->arg);
}

void
posts_looks_run(struct posts_looks *l, const struct posts_now *now,
    void (*on_done)(const struct posts_looks_done *, void *arg), void *arg)
{
	l->now = *now;
	l->done = (struct posts_looks_done){0};
	l->on_done = on_done;
	l->arg = arg;
	l->is_running = true;
	l->is_over = false;
	l->is_due = false;
	take(l);
}

void
posts_looks_hurry(struct posts_looks *l)
{
	l->is_over = true;
}

/* -- the whole ---------------------------------------------------------- */

struct posts_looks *
posts_looks_new(const struct posts_looks_setup *setup)
{
	struct posts_looks *l = xcalloc(1, sizeof(*l));
	const struct watch_budget most = {
	    .left = {
		[WATCH_TRACKER] = setup->budget,
		[WATCH_DETECTOR] = setup->verdict_budget,
		[WATCH_MODERATOR] = setup->verdict_budget,
	    }};

	TAILQ_INIT(&l->open);
	TAILQ_INIT(&l->ended);
	TAILQ_INIT(&l->written);
	l->store = setup->store;
	l->watch = setup->watch;
	l->rule = setup->rule;
	l->retry_us = setup->retry_us;
	l->purses = purses_new(&most);
	l->flush = event_new(setup->base, -1, 0, on_flush, l);
	return l;
}

void
posts_looks_free(struct posts_looks *l)
{
	if (l == NULL)
		return;
	free_all(&l->open);
	free_all(&l->ended);
	free_all(&l->written);
	purses_free(l->purses);
	event_free(l->flush);
	free(l);
}

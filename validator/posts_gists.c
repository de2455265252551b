/* Note, take a lot, fetch each, write it down, take the next until none is
 * due. */
#include "validator/posts_gists.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "validator/claim.h"
#include "validator/gist.h"
#include "validator/posts_plan.h"
#include "validator/store_posts.h"

enum { LOT = 32, MAX_NEW = 512, GENESIS = 65 };

/* A gist that is being read, or whose answer is being written down. */
struct reading {
	LIST_ENTRY(reading) link;
	struct posts_gists *of;
	struct gist_fetch *fetch; /* NULL: it has ended */
	char *hotkey, *text;
	struct posts_gone gone;
};

struct posts_gists {
	struct store *store;
	struct gists *fetcher;
	const struct posts_rule *rule;
	bool development, takes_tags;
	int64_t new_claims, retry_us;
	uint32_t platforms;
	struct posts_now now;
	char genesis[GENESIS];
	size_t writing; /* notes */
	size_t lot;
	LIST_HEAD(readings, reading) readings;
	struct posts_gists_done done;
	void (*on_done)(const struct posts_gists_done *, void *);
	void *arg;
};

static void take(struct posts_gists *);

static void
finish(struct posts_gists *g)
{
	g->on_done(&g->done, g->arg);
}

static void
fail(struct posts_gists *g, const char *what, const char *why)
{
	log_warn("engagement.not_read", "what=%s why=\"%s\"", what, why);
	g->done.failed = true;
	finish(g);
}

/* -- reading ------------------------------------------------------------ */

static void
reading_free(struct reading *r)
{
	LIST_REMOVE(r, link);
	if (r->fetch != NULL)
		gist_cancel(r->fetch);
	free(r->hotkey);
	free(r->text);
	free(r);
}

static void
end_reading(struct reading *r)
{
	struct posts_gists *g = r->of;

	reading_free(r);
	if (!LIST_EMPTY(&g->readings))
		return;
	if (g->lot == LOT && !g->done.failed)
		take(g);
	else
		finish(g);
}

static void
say_not_stored(struct reading *r, const char *why)
{
	log_warn("gist.not_stored", "hotkey=%s why=\"%s\"", r->hotkey, why);
	r->of->done.failed = true;
}

static void
on_away(enum store_outcome outcome, const char *why, void *arg)
{
	struct reading *r = arg;

	if (outcome == STORE_FAILED)
		say_not_stored(r, why);
	end_reading(r);
}

static void
on_lines(enum store_outcome outcome, int64_t added, int64_t waiting,
    const char *why, void *arg)
{
	struct reading *r = arg;

	if (outcome == STORE_FAILED)
		say_not_stored(r, why);
	r->of->done.added += added;
	if (waiting > 0)
		log_info("gist.waits", "hotkey=%s posts=%lld", r->hotkey,
		    (long long)waiting);
	end_reading(r);
}

static json_t *
text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null()
					       : json_string(text);
}

static json_t *
print_claim(const struct claim *c)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}",
	    "line", c->line, "site", claim_platform_site(c->platform),
	    "content", c->content, "platform", claim_platform_name(c->platform),
	    "url", text_or_null(c->url), "account", text_or_null(c->account),
	    "nonce", text_or_null(c->nonce), "code", text_or_null(c->code),
	    "signature", text_or_null(c->signature));

	if (c->is_signed)
		json_object_set_new(o, "expires", json_integer(c->expires_s));
	return o;
}

/* Where it is "due" tells who asks next; nothing changes meanwhile. */
static void
write_lines(struct reading *r, const struct gist_answer *answer,
    const struct claims *claims)
{
	struct posts_gists *g = r->of;
	struct store_gist_lines lines = {
	    .hotkey = r->hotkey,
	    .text = r->text,
	    .etag = answer->etag[0] != '\0' ? answer->etag : NULL,
	    .sha256 = answer->sha256,
	    .due_bucket = g->now.bucket + g->rule->gist_every,
	    .faults = json_array(),
	    .claims = json_array(),
	    .new_claims = g->new_claims,
	    .day_bucket = g->now.bucket - POSTS_DAY,
	};

	for (size_t i = 0; i < claims->n; i++)
		json_array_append_new(
		    lines.claims, print_claim(&claims->list[i]));
	for (size_t i = 0; i < claims->n_faults; i++)
		json_array_append_new(lines.faults,
		    json_pack("{s:i, s:s}", "line", claims->faults[i].line,
			"why", claims->faults[i].why));
	store_write_lines(g->store, &lines, &g->now, on_lines, r);
	json_decref(lines.faults);
	json_decref(lines.claims);
}

static void
read_lines(struct reading *r, const struct gist_answer *answer)
{
	struct posts_gists *g = r->of;
	const struct claim_rules rules = {
	    .genesis = g->genesis,
	    .netuid = g->store->netuid,
	    .now_s = g->now.at_us / 1000000,
	    .takes_tags = g->takes_tags,
	    .development = g->development,
	    .platforms = g->platforms,
	};
	struct claims claims;

	claims_read(&rules, r->hotkey, answer->text, answer->len, &claims);
	log_info("gist.read", "hotkey=%s claims=%zu faults=%zu", r->hotkey,
	    claims.n, claims.n_faults);
	g->done.read++;
	write_lines(r, answer, &claims);
	claims_clear(&claims);
}

/* It is there as it was, or is not there. */
static void
write_away(struct reading *r, const struct gist_answer *answer)
{
	struct posts_gists *g = r->of;
	struct store_gist_away away = {
	    .hotkey = r->hotkey,
	    .text = r->text,
	    .state = "read",
	    .due_bucket = g->now.bucket + g->rule->gist_every,
	    .gone_bucket = STORE_NO_BUCKET,
	};

	if (answer->outcome == GIST_GONE || answer->outcome == GIST_REFUSED) {
		away.unlists =
		    posts_gone_again(g->rule, &r->gone, g->now.bucket);
		away.state = "gone";
		away.gones = r->gone.times;
		away.gone_bucket = r->gone.since;
		away.due_bucket = g->now.bucket + 1;
		away.why = answer->why;
	} else if (answer->outcome == GIST_UNAVAILABLE) {
		away.state = "unavailable";
		away.gones = r->gone.times;
		away.gone_bucket = r->gone.since;
		away.due_bucket = g->now.bucket; /* in this one, later */
		away.why = answer->why;
	}
	if (answer->outcome != GIST_SAME) {
		log_info("gist.away",
		    "hotkey=%s outcome=%s unlists=%s why=\"%s\"", r->hotkey,
		    gist_outcome_name(answer->outcome),
		    away.unlists ? "yes" : "no", answer->why);
		g->done.away++;
	}
	store_write_away(g->store, &away, g->now.at_us, on_away, r);
}

static void
on_gist(const struct gist_answer *answer, void *arg)
{
	struct reading *r = arg;

	r->fetch = NULL;
	if (answer->outcome == GIST_READ)
		read_lines(r, answer);
	else
		write_away(r, answer);
}

static void
read_one(struct posts_gists *g, const struct store_gist *row)
{
	struct reading *r = xcalloc(1, sizeof(*r));
	struct gist_answer wrong = {.outcome = GIST_GONE};
	struct gist_name name;
	struct err err;

	r->of = g;
	r->hotkey = xstrdup(row->hotkey);
	r->text = xstrdup(row->text);
	r->gone = (struct posts_gone){row->gones, row->gone_bucket};
	LIST_INSERT_HEAD(&g->readings, r, link);
	if (gist_name_parse(row->text, &name, &err) == 0) {
		r->fetch = gist_fetch(g->fetcher, &name, row->etag, on_gist, r);
		return;
	}
	/* It was noted by other rules than today's. */
	snprintf(wrong.why, sizeof(wrong.why), "%s", err.text);
	write_away(r, &wrong);
}

static void
on_taken(const struct store_gist *rows, size_t n, const char *why, void *arg)
{
	struct posts_gists *g = arg;

	if (why != NULL) {
		fail(g, "gists", why);
		return;
	}
	if (n == 0) {
		finish(g);
		return;
	}
	g->lot = n;
	for (size_t i = 0; i < n; i++)
		read_one(g, &rows[i]);
}

static void
take(struct posts_gists *g)
{
	store_take_gists(
	    g->store, &g->now, g->now.at_us - g->retry_us, LOT, on_taken, g);
}

/* -- noting ------------------------------------------------------------- */

static void
on_noted(enum store_outcome outcome, const char *why, void *arg)
{
	struct posts_gists *g = arg;

	if (outcome == STORE_FAILED) {
		log_warn("gist.not_noted", "why=\"%s\"", why);
		g->done.failed = true;
	}
	g->writing--;
	if (g->writing > 0)
		return;
	if (g->done.failed)
		finish(g);
	else
		take(g);
}

static void
note(struct posts_gists *g, const struct store_gist *row)
{
	struct gist_name name;
	struct err err;
	const char *wrong = NULL;

	if (row->text == NULL)
		wrong = "the commitment was withdrawn";
	else if (gist_name_parse(row->text, &name, &err) != 0)
		wrong = err.text;
	log_info("gist.noted", "hotkey=%s block=%lld wrong=\"%s\"", row->hotkey,
	    (long long)row->block, wrong != NULL ? wrong : "");
	g->done.noted++;
	store_note_gist(g->store, row, wrong, g->now.at_us, on_noted, g);
}

static void
on_new(const struct store_gist *rows, size_t n, const char *why, void *arg)
{
	struct posts_gists *g = arg;

	if (why != NULL) {
		fail(g, "commitments", why);
		return;
	}
	g->writing = n;
	for (size_t i = 0; i < n; i++)
		note(g, &rows[i]);
	if (n == 0)
		take(g);
}

void
posts_gists_run(struct posts_gists *g, const struct posts_now *now,
    const char *genesis,
    void (*on_done)(const struct posts_gists_done *, void *arg), void *arg)
{
	g->now = *now;
	snprintf(g->genesis, sizeof(g->genesis), "%s", genesis);
	g->done = (struct posts_gists_done){0};
	g->on_done = on_done;
	g->arg = arg;
	store_read_gists(g->store, MAX_NEW, on_new, g);
}

/* -- the whole ---------------------------------------------------------- */

struct posts_gists *
posts_gists_new(const struct posts_gists_setup *setup, struct err *err)
{
	const struct gists_setup fetching = {
	    .base = setup->base,
	    .metrics = setup->metrics,
	    .url =
		setup->url != NULL && setup->url[0] != '\0' ? setup->url : NULL,
	    .development = setup->development,
	};
	struct gists *fetcher = gists_new(&fetching, err);
	struct posts_gists *g;

	if (fetcher == NULL)
		return NULL;
	g = xcalloc(1, sizeof(*g));
	LIST_INIT(&g->readings);
	g->fetcher = fetcher;
	g->store = setup->store;
	g->rule = setup->rule;
	g->development = setup->development;
	g->takes_tags = setup->takes_tags;
	g->new_claims = setup->new_claims;
	g->retry_us = setup->retry_us;
	g->platforms = setup->platforms;
	return g;
}

void
posts_gists_free(struct posts_gists *g)
{
	struct reading *r;

	if (g == NULL)
		return;
	while ((r = LIST_FIRST(&g->readings)) != NULL)
		reading_free(r);
	gists_free(g->fetcher);
	free(g);
}

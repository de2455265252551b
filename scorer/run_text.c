/*
 * Lines of words with one space between them. What is read is of strangers:
 * every count and length is checked before it is used.
 */
#include "scorer/run_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/decimal.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text_posts.h"
#include "scorer/winrate.h"
#include "scorer/words.h"

enum { MAX_WORD = 64, MAX_EVENTS = 1 << 26 };

/* -- writing ------------------------------------------------------------ */

void
run_text_real(struct buf *out, double v)
{
	char text[DECIMAL_MAX];

	if (isfinite(v))
		buf_add(out, text, decimal_print(v, text));
	else
		buf_add_str(out, isnan(v) ? "-" : v < 0 ? "-inf" : "inf");
}

static void
write_int(struct buf *out, int64_t v, int64_t none)
{
	if (v == none)
		buf_add_str(out, " -");
	else
		buf_printf(out, " %" PRId64, v);
}

static void
write_real(struct buf *out, double v)
{
	buf_add_str(out, " ");
	run_text_real(out, v);
}

static void
write_submission(struct buf *out, const struct submission *s)
{
	char hash[SUBMISSION_HASH];

	buf_printf(out, " %s", submission_state_name(s->state));
	if (s->state == SUBMISSION_NONE) {
		buf_add_str(out, " - - - - -");
		return;
	}
	submission_print_hash(s->hash, hash);
	write_real(out, s->score);
	write_int(out, s->block, INT64_MIN);
	write_int(out, s->at_us, INT64_MIN);
	buf_printf(out, " %s %s", hash, s->repo[0] != '\0' ? s->repo : "-");
}

static void
write_miner(struct buf *out, const struct run_miner *m)
{
	buf_printf(out, "%s %s %d", m->hotkey,
	    m->coldkey[0] != '\0' ? m->coldkey : "-", m->uid);
	write_real(out, m->alpha);
	write_int(out, m->block, WINRATE_NO_BLOCK);
	write_int(out, m->since_us, INT64_MIN);
	buf_printf(out, " %d %d %d", m->serves, m->banned, m->failed_audits);
	write_real(out, m->previous);
	write_real(out, m->consensus);
	write_real(out, m->before);
	write_submission(out, &m->submission);
	buf_add_str(out, "\n");
}

static void
write_event(struct buf *out, const struct run_event *e)
{
	buf_printf(out, "%zu %d %d %" PRId64 " %d", e->miner, e->kind,
	    e->source, e->at_us, e->success);
	write_real(out, e->ms);
	write_real(out, e->accuracy);
	buf_printf(out, " %s\n", e->attempt[0] != '\0' ? e->attempt : "-");
}

static void
write_round(struct buf *out, const struct run_round *r)
{
	buf_printf(out,
	    "subnetd-run %d\nnetuid %d\nmecid %d\nepoch %" PRId64
	    "\nblock %" PRId64 "\nfrom_us %" PRId64 "\nat_us %" PRId64 "\n",
	    RUN_TEXT_VERSION, r->netuid, r->mecid, r->epoch, r->block,
	    r->from_us, r->at_us);
}

static void
write_kinds(struct buf *out, const struct run *run)
{
	int n = 0;

	while (run_kind_name(run, n) != NULL)
		n++;
	buf_printf(out, "kinds %d\n", n);
	for (int i = 0; i < n; i++)
		buf_printf(out, "%s\n", run_kind_name(run, i));
}

void
run_text_write(const struct run *run, struct buf *out)
{
	const char *policy = run_policy_text(run);
	const struct run_miner *miners;
	const struct run_event *events;
	size_t n, n_events;

	miners = run_miners(run, &n);
	events = run_events(run, &n_events);
	write_round(out, run_round(run));
	buf_printf(out, "policy %zu\n%s\n", strlen(policy), policy);
	write_kinds(out, run);
	buf_printf(out, "miners %zu\n", n);
	for (size_t i = 0; i < n; i++)
		write_miner(out, &miners[i]);
	buf_printf(out, "events %zu\n", n_events);
	for (size_t i = 0; i < n_events; i++)
		write_event(out, &events[i]);
	run_text_posts_write(run, out);
	buf_add_str(out, "end\n");
}

void
run_text_write_weights(const struct run *run, struct buf *out)
{
	const struct run_entry *entries;
	const struct run_miner *miners;
	size_t n, above = 0;

	miners = run_miners(run, &n);
	entries = run_entries(run, &n);
	for (size_t i = 0; i < n; i++)
		above += entries[i].weight > 0;
	buf_printf(out, "weights %zu\n", above);
	for (size_t i = 0; i < n; i++) {
		if (!(entries[i].weight > 0))
			continue;
		buf_printf(out, "%s %d", miners[i].hotkey, miners[i].uid);
		write_real(out, entries[i].weight);
		buf_add_str(out, "\n");
	}
	buf_add_str(out, "end\n");
}

/* -- reading a round ---------------------------------------------------- */

static void
take_round(struct words *r, struct run_round *round)
{
	if (words_named(r, "subnetd-run") != RUN_TEXT_VERSION)
		words_refuse(r, "this is no round of a version known here");
	round->netuid = words_named(r, "netuid");
	round->mecid = words_named(r, "mecid");
	round->epoch = words_named(r, "epoch");
	round->block = words_named(r, "block");
	round->from_us = words_named(r, "from_us");
	round->at_us = words_named(r, "at_us");
}

static struct run *
take_policy(struct words *r, const char *instead)
{
	struct run *run;
	char *text;
	long len;

	words_name(r, "policy", ' ');
	len = words_count(r, '\n', POLICY_MAX_TEXT);
	if (!r->failed && (r->end - r->at <= len || r->at[len] != '\n' ||
			      memchr(r->at, '\0', len) != NULL))
		words_refuse(r, "the policy is not whole");
	if (r->failed)
		return NULL;
	text = xmemdup(r->at, len + 1);
	text[len] = '\0';
	for (long i = 0; i <= len; i++)
		r->line += r->at[i] == '\n';
	r->at += len + 1;
	run = run_new(instead != NULL ? instead : text, r->err);
	free(text);
	r->failed = run == NULL;
	return run;
}

static void
take_kinds(struct words *r, struct run *run)
{
	char name[POLICY_MAX_NAME];
	long n;

	words_name(r, "kinds", ' ');
	n = words_count(r, '\n', RUN_MAX_KINDS);
	for (long i = 0; i < n && !r->failed; i++) {
		words_take(r, '\n', name, sizeof(name));
		if (!r->failed && run_kind(run, name) != i)
			words_refuse(r, "the kind is there twice");
	}
}

static void
take_known_submission(struct words *r, struct submission *s)
{
	char hash[MAX_WORD];

	s->score = words_real(r, ' ');
	s->block = words_int(r, ' ', INT64_MIN);
	s->at_us = words_int(r, ' ', INT64_MIN);
	words_take(r, ' ', hash, sizeof(hash));
	words_take(r, '\n', s->repo, sizeof(s->repo));
	if (r->failed)
		return;
	if (submission_read_hash(hash, &s->hash) != 0)
		words_refuse(r, "a hash is not of 16 hex digits");
	if (s->block < 0 || s->score < 0)
		words_refuse(
		    r, "a submission's block or score is none, or below 0");
	if (strchr(s->repo, ' ') != NULL)
		words_refuse(r, "there are too many words");
	if (strcmp(s->repo, "-") == 0)
		s->repo[0] = '\0';
}

static void
take_submission(struct words *r, struct submission *s)
{
	char word[MAX_WORD];

	words_take(r, ' ', word, sizeof(word));
	s->state = submission_state_of(word);
	if (r->failed || s->state < 0) {
		words_refuse(r, "there is no such state of a submission");
		s->state = SUBMISSION_NONE;
	} else if (s->state != SUBMISSION_NONE) {
		take_known_submission(r, s);
	} else {
		for (int i = 0; i < 4; i++)
			words_name(r, "-", ' ');
		words_name(r, "-", '\n');
	}
}

static void
take_miner(struct words *r, struct run *run)
{
	struct run_miner m = {.locked = NAN, .locked_own = NAN};

	words_take(r, ' ', m.hotkey, sizeof(m.hotkey));
	words_take(r, ' ', m.coldkey, sizeof(m.coldkey));
	if (strcmp(m.coldkey, "-") == 0)
		m.coldkey[0] = '\0';
	m.uid = words_count(r, ' ', 65535);
	m.alpha = words_real(r, ' ');
	m.block = words_int(r, ' ', WINRATE_NO_BLOCK);
	m.since_us = words_int(r, ' ', INT64_MIN);
	m.serves = words_count(r, ' ', 1);
	m.banned = words_count(r, ' ', 1);
	m.failed_audits = words_count(r, ' ', 1000000);
	m.previous = words_real(r, ' ');
	m.consensus = words_real(r, ' ');
	m.before = words_real(r, ' ');
	take_submission(r, &m.submission);
	if (!r->failed && m.block < 0)
		words_refuse(r, "a block is below 0");
	if (!r->failed &&
	    !(m.previous >= 0 && m.consensus >= 0 && m.before >= 0))
		words_refuse(r, "a weight is none, or below 0");
	if (!r->failed && run_add_miner(run, &m) != 0)
		words_refuse(r, "the hotkey is out of order");
}

static void
take_event(struct words *r, struct run *run)
{
	struct run_event e = {.miner = 0};

	e.miner = words_count(r, ' ', RUN_MAX_MINERS);
	e.kind = words_count(r, ' ', RUN_MAX_KINDS);
	e.source = words_count(r, ' ', POLICY_N_SOURCES);
	e.at_us = words_int(r, ' ', INT64_MIN);
	e.success = words_count(r, ' ', 1);
	e.ms = words_real(r, ' ');
	e.accuracy = words_real(r, ' ');
	words_take(r, '\n', e.attempt, sizeof(e.attempt));
	if (strcmp(e.attempt, "-") == 0)
		e.attempt[0] = '\0';
	if (!r->failed && e.at_us < 0)
		words_refuse(r, "a time is missing, or below 0");
	if (!r->failed && run_add_event(run, &e) != 0)
		words_refuse(r,
		    "the event is out of order, or of no such miner, "
		    "kind or source");
}

static void
take_rows(struct words *r, struct run *run, const char *name, long max,
    void (*take)(struct words *, struct run *))
{
	long n;

	words_name(r, name, ' ');
	n = words_count(r, '\n', max);
	for (long i = 0; i < n && !r->failed; i++)
		take(r, run);
}

struct run *
run_text_read(const char *text, size_t len, const char *policy, size_t *used,
    struct err *err)
{
	struct words r = {text, text + len, 1, false, err};
	struct run_round round;
	struct run *run;

	take_round(&r, &round);
	run = take_policy(&r, policy);
	if (run == NULL)
		return NULL;
	run_set_round(run, &round);
	take_kinds(&r, run);
	take_rows(&r, run, "miners", RUN_MAX_MINERS, take_miner);
	take_rows(&r, run, "events", MAX_EVENTS, take_event);
	run_text_posts_read(run, &r);
	words_name(&r, "end", '\n');
	if (r.failed) {
		run_free(run);
		return NULL;
	}
	*used = r.at - text;
	return run;
}

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
#include "scorer/winrate.h"

enum { MAX_WORD = 64, MAX_EVENTS = 1 << 26, MOST_DIGITS = 18 };

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

/* -- reading words ------------------------------------------------------ */

struct reader {
	const char *at, *end;
	size_t line;
	bool failed;
	struct err *err;
};

static void
refuse(struct reader *r, const char *what)
{
	if (!r->failed)
		err_set(r->err, "line %zu: %s", r->line, what);
	r->failed = true;
}

/* What is before the next `stop`: its begin; *len is 0 after a failure. It may
 * go over a line's end, which is for the caller to see. */
static const char *
next_word(struct reader *r, char stop, size_t *len)
{
	const char *from = r->at, *at;

	*len = 0;
	if (r->failed)
		return from;
	at = memchr(from, stop, r->end - from);
	if (at == NULL || at == from) {
		refuse(r, "a word is missing");
		return from;
	}
	*len = at - from;
	r->at = at + 1;
	r->line += stop == '\n';
	return from;
}

static void
take_word(struct reader *r, char stop, char *out, size_t size)
{
	size_t len;
	const char *from = next_word(r, stop, &len);

	if (len >= size || memchr(from, '\n', len) != NULL ||
	    memchr(from, '\0', len) != NULL) {
		r->line -= stop == '\n';
		refuse(r,
		    len >= size ? "a word is too long" : "a word is missing");
		len = 0;
	}
	memcpy(out, from, len);
	out[len] = '\0';
}

/* Digits, or "-" for none. */
static int64_t
take_int(struct reader *r, char stop, int64_t none)
{
	bool negative = r->at < r->end && *r->at == '-';
	const char *from = r->at + negative, *at = from;
	const char *limit =
	    r->end - from > MOST_DIGITS ? from + MOST_DIGITS : r->end;
	int64_t v = 0;

	if (r->failed)
		return none;
	while (at < limit && (unsigned)(*at - '0') < 10)
		v = v * 10 + (*at++ - '0');
	if (at == r->end || *at != stop || (at == from && !negative)) {
		refuse(r, "a whole number is missing, or too large");
		return none;
	}
	r->at = at + 1;
	r->line += stop == '\n';
	if (negative)
		return at == from ? none : -v;
	return v;
}

static long
take_count(struct reader *r, char stop, long max)
{
	int64_t v = take_int(r, stop, -1);

	if (!r->failed && (v < 0 || v > max))
		refuse(r, "a number is out of range");
	return r->failed ? 0 : v;
}

/* A number, or "-" for none. */
static double
take_real(struct reader *r, char stop)
{
	size_t len;
	const char *word = next_word(r, stop, &len);
	double v;

	if (r->failed || (len == 1 && word[0] == '-'))
		return NAN;
	v = decimal_parse(word, len);
	if (isnan(v))
		refuse(r, "a number is none");
	return v;
}

static void
take_name(struct reader *r, const char *name, char stop)
{
	char word[MAX_WORD];

	take_word(r, stop, word, sizeof(word));
	if (!r->failed && strcmp(word, name) != 0) {
		err_set(r->err, "line %zu: \"%s\" instead of \"%s\"",
		    r->line - (stop == '\n'), word, name);
		r->failed = true;
	}
}

static int64_t
take_named(struct reader *r, const char *name)
{
	take_name(r, name, ' ');
	return take_int(r, '\n', -1);
}

/* -- reading a round ---------------------------------------------------- */

static void
take_round(struct reader *r, struct run_round *round)
{
	if (take_named(r, "subnetd-run") != RUN_TEXT_VERSION)
		refuse(r, "this is no round of a version known here");
	round->netuid = take_named(r, "netuid");
	round->mecid = take_named(r, "mecid");
	round->epoch = take_named(r, "epoch");
	round->block = take_named(r, "block");
	round->from_us = take_named(r, "from_us");
	round->at_us = take_named(r, "at_us");
}

static struct run *
take_policy(struct reader *r, const char *instead)
{
	struct run *run;
	char *text;
	long len;

	take_name(r, "policy", ' ');
	len = take_count(r, '\n', POLICY_MAX_TEXT);
	if (!r->failed && (r->end - r->at <= len || r->at[len] != '\n' ||
			      memchr(r->at, '\0', len) != NULL))
		refuse(r, "the policy is not whole");
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
take_kinds(struct reader *r, struct run *run)
{
	char name[POLICY_MAX_NAME];
	long n;

	take_name(r, "kinds", ' ');
	n = take_count(r, '\n', RUN_MAX_KINDS);
	for (long i = 0; i < n && !r->failed; i++) {
		take_word(r, '\n', name, sizeof(name));
		if (!r->failed && run_kind(run, name) != i)
			refuse(r, "the kind is there twice");
	}
}

static void
take_known_submission(struct reader *r, struct submission *s)
{
	char hash[MAX_WORD];

	s->score = take_real(r, ' ');
	s->block = take_int(r, ' ', INT64_MIN);
	s->at_us = take_int(r, ' ', INT64_MIN);
	take_word(r, ' ', hash, sizeof(hash));
	take_word(r, '\n', s->repo, sizeof(s->repo));
	if (r->failed)
		return;
	if (submission_read_hash(hash, &s->hash) != 0)
		refuse(r, "a hash is not of 16 hex digits");
	if (s->block < 0 || s->score < 0)
		refuse(r, "a submission's block or score is none, or below 0");
	if (strchr(s->repo, ' ') != NULL)
		refuse(r, "there are too many words");
	if (strcmp(s->repo, "-") == 0)
		s->repo[0] = '\0';
}

static void
take_submission(struct reader *r, struct submission *s)
{
	char word[MAX_WORD];

	take_word(r, ' ', word, sizeof(word));
	s->state = submission_state_of(word);
	if (r->failed || s->state < 0) {
		refuse(r, "there is no such state of a submission");
		s->state = SUBMISSION_NONE;
	} else if (s->state != SUBMISSION_NONE) {
		take_known_submission(r, s);
	} else {
		for (int i = 0; i < 4; i++)
			take_name(r, "-", ' ');
		take_name(r, "-", '\n');
	}
}

static void
take_miner(struct reader *r, struct run *run)
{
	struct run_miner m = {.uid = 0};

	take_word(r, ' ', m.hotkey, sizeof(m.hotkey));
	take_word(r, ' ', m.coldkey, sizeof(m.coldkey));
	if (strcmp(m.coldkey, "-") == 0)
		m.coldkey[0] = '\0';
	m.uid = take_count(r, ' ', 65535);
	m.alpha = take_real(r, ' ');
	m.block = take_int(r, ' ', WINRATE_NO_BLOCK);
	m.since_us = take_int(r, ' ', INT64_MIN);
	m.serves = take_count(r, ' ', 1);
	m.banned = take_count(r, ' ', 1);
	m.failed_audits = take_count(r, ' ', 1000000);
	m.previous = take_real(r, ' ');
	m.consensus = take_real(r, ' ');
	m.before = take_real(r, ' ');
	take_submission(r, &m.submission);
	if (!r->failed && m.block < 0)
		refuse(r, "a block is below 0");
	if (!r->failed &&
	    !(m.previous >= 0 && m.consensus >= 0 && m.before >= 0))
		refuse(r, "a weight is none, or below 0");
	if (!r->failed && run_add_miner(run, &m) != 0)
		refuse(r, "the hotkey is out of order");
}

static void
take_event(struct reader *r, struct run *run)
{
	struct run_event e = {.miner = 0};

	e.miner = take_count(r, ' ', RUN_MAX_MINERS);
	e.kind = take_count(r, ' ', RUN_MAX_KINDS);
	e.source = take_count(r, ' ', POLICY_N_SOURCES);
	e.at_us = take_int(r, ' ', INT64_MIN);
	e.success = take_count(r, ' ', 1);
	e.ms = take_real(r, ' ');
	e.accuracy = take_real(r, ' ');
	take_word(r, '\n', e.attempt, sizeof(e.attempt));
	if (strcmp(e.attempt, "-") == 0)
		e.attempt[0] = '\0';
	if (!r->failed && e.at_us < 0)
		refuse(r, "a time is missing, or below 0");
	if (!r->failed && run_add_event(run, &e) != 0)
		refuse(r, "the event is out of order, or of no such miner, "
			  "kind or source");
}

static void
take_rows(struct reader *r, struct run *run, const char *name, long max,
    void (*take)(struct reader *, struct run *))
{
	long n;

	take_name(r, name, ' ');
	n = take_count(r, '\n', max);
	for (long i = 0; i < n && !r->failed; i++)
		take(r, run);
}

struct run *
run_text_read(const char *text, size_t len, const char *policy, size_t *used,
    struct err *err)
{
	struct reader r = {text, text + len, 1, false, err};
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
	take_name(&r, "end", '\n');
	if (r.failed) {
		run_free(run);
		return NULL;
	}
	*used = r.at - text;
	return run;
}

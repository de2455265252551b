/* Cells to structs, structs to JSON. */
#include "validator/run_rows.h"

#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/pg.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "scorer/winrate.h"

/* -- in ----------------------------------------------------------------- */

static int64_t
int_or(const PGresult *res, int row, const char *column, int64_t none)
{
	return pg_is_null(res, row, column) ? none : pg_int(res, row, column);
}

/* What was written of a submission that there is. */
static int
read_submission(const PGresult *res, int row, struct submission *s)
{
	const char *state = pg_text(res, row, "submission_state");
	const char *repo = pg_text(res, row, "submission_repo");

	if (strlen(repo) >= sizeof(s->repo))
		return -1;
	snprintf(s->repo, sizeof(s->repo), "%s", repo);
	s->state = submission_state_of(state);
	s->score = pg_real(res, row, "submission_score");
	s->block = pg_int(res, row, "submission_block");
	s->at_us = int_or(res, row, "submission_at_us", INT64_MIN);
	/* Of a text that breaks a rule there is none. */
	if (!pg_is_null(res, row, "submission_hash") &&
	    submission_read_hash(
		pg_text(res, row, "submission_hash"), &s->hash) != 0)
		return -1;
	return s->state < 0 ? -1 : 0;
}

static int
read_miner(const PGresult *res, int row, struct run_miner *m)
{
	const char *hotkey = pg_text(res, row, "hotkey");
	const char *coldkey = pg_text(res, row, "coldkey");

	*m = (struct run_miner){
	    .uid = pg_int(res, row, "uid"),
	    .alpha = pg_real(res, row, "alpha"),
	    .block = int_or(res, row, "address_block", WINRATE_NO_BLOCK),
	    .since_us = int_or(res, row, "since_us", INT64_MIN),
	    .serves = pg_bool(res, row, "serves"),
	    .banned = pg_bool(res, row, "banned"),
	    .failed_audits = pg_int(res, row, "failed_audits"),
	    .previous = pg_real(res, row, "previous"),
	    .consensus = pg_real(res, row, "consensus"),
	    .before = pg_real(res, row, "before"),
	    .locked = pg_real(res, row, "locked"),
	    .locked_own = pg_real(res, row, "locked_own"),
	    .paid = pg_real(res, row, "paid"),
	};
	if (strlen(hotkey) >= sizeof(m->hotkey) ||
	    strlen(coldkey) >= sizeof(m->coldkey))
		return -1;
	snprintf(m->hotkey, sizeof(m->hotkey), "%s", hotkey);
	snprintf(m->coldkey, sizeof(m->coldkey), "%s", coldkey);
	if (pg_is_null(res, row, "submission_state"))
		return 0;
	return read_submission(res, row, &m->submission);
}

const char *
run_rows_miners(struct run *run, const PGresult *res)
{
	struct run_miner miner;

	for (int i = 0; i < PQntuples(res); i++) {
		if (read_miner(res, i, &miner) != 0 ||
		    run_add_miner(run, &miner) != 0)
			return "the neurons are out of order";
	}
	return PQntuples(res) == 0 ? "no neuron is known" : NULL;
}

static int
read_event(struct run *run, const PGresult *res, int row, struct run_event *e)
{
	*e = (struct run_event){
	    .kind = run_kind(run, pg_text(res, row, "kind")),
	    .source = policy_source_of(pg_text(res, row, "source")),
	    .success = pg_bool(res, row, "success"),
	    .at_us = pg_int(res, row, "ended_us"),
	    .ms = pg_real(res, row, "miner_ms"),
	    .accuracy = pg_real(res, row, "accuracy"),
	};
	snprintf(e->attempt, sizeof(e->attempt), "%s",
	    pg_text(res, row, "attempt_id"));
	return e->kind < 0 || e->source < 0 ? -1 : 0;
}

const char *
run_rows_events(struct run *run, const PGresult *res)
{
	struct run_event event;

	for (int i = 0; i < PQntuples(res); i++) {
		long miner = run_find(run, pg_text(res, i, "hotkey"));

		if (miner < 0)
			continue;
		if (read_event(run, res, i, &event) != 0)
			return "there are too many kinds";
		event.miner = miner;
		if (run_add_event(run, &event) != 0)
			return "the judgements are out of order";
	}
	return NULL;
}

static int
read_post(const PGresult *res, int row, struct growth_post *p)
{
	const char *hotkey = pg_text(res, row, "hotkey");
	const char *content = pg_text(res, row, "content");
	const char *barred = pg_text(res, row, "barred");

	*p = (struct growth_post){
	    .listed = pg_bool(res, row, "listed"),
	    .gone = pg_bool(res, row, "gone"),
	    .owned = pg_bool(res, row, "owned"),
	    .ai = pg_real(res, row, "ai"),
	    .illicit = pg_real(res, row, "illicit"),
	    .bots = pg_real(res, row, "bots"),
	    .bots_confidence = pg_real(res, row, "bots_confidence"),
	    .followers = pg_real(res, row, "followers"),
	    .burst = pg_real(res, row, "burst"),
	    .published_us = int_or(res, row, "published_us", INT64_MIN),
	    .claimed_us = int_or(res, row, "claimed_us", INT64_MIN),
	    .observed = pg_int(res, row, "observed"),
	    .waiting = pg_real(res, row, "waiting"),
	    .gained = pg_real(res, row, "gained"),
	    .spike = pg_real(res, row, "spike"),
	    .crowd = pg_real(res, row, "crowd"),
	    .thin = pg_real(res, row, "thin"),
	    .value = pg_real(res, row, "value"),
	    .debt = pg_real(res, row, "debt"),
	};
	if (strlen(hotkey) >= sizeof(p->hotkey) ||
	    strlen(content) >= sizeof(p->content) ||
	    strlen(barred) >= sizeof(p->barred))
		return -1;
	snprintf(p->hotkey, sizeof(p->hotkey), "%s", hotkey);
	snprintf(p->content, sizeof(p->content), "%s", content);
	snprintf(p->barred, sizeof(p->barred), "%s", barred);
	return 0;
}

const char *
run_rows_posts(struct run *run, const PGresult *res)
{
	struct growth_post post;

	for (int i = 0; i < PQntuples(res); i++) {
		if (read_post(res, i, &post) != 0 ||
		    run_add_post(run, &post) != 0)
			return "the posts are out of order";
	}
	return NULL;
}

/* -- out ---------------------------------------------------------------- */

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *
int_or_null(int64_t v, int64_t none)
{
	return v == none ? json_null() : json_integer(v);
}

static char *
print(json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);

	json_decref(rows);
	return text;
}

static void
print_submission(json_t *row, const struct submission *s)
{
	char hash[SUBMISSION_HASH];

	if (s->state == SUBMISSION_NONE)
		return;
	submission_print_hash(s->hash, hash);
	json_object_update_new(
	    row, json_pack("{s:s s:o s:I s:o s:s s:s}", "submission_state",
		     submission_state_name(s->state), "submission_score",
		     real_or_null(s->score), "submission_block",
		     (json_int_t)s->block, "submission_at_us",
		     int_or_null(s->at_us, INT64_MIN), "submission_hash", hash,
		     "submission_repo", s->repo));
}

static json_t *
print_miner(const struct run_miner *m)
{
	json_t *row =
	    json_pack("{s:s s:s s:i s:o s:o s:o s:b s:b s:i s:o s:o s:o}",
		"hotkey", m->hotkey, "coldkey", m->coldkey, "uid", m->uid,
		"alpha", json_real(m->alpha), "block",
		int_or_null(m->block, WINRATE_NO_BLOCK), "since_us",
		int_or_null(m->since_us, INT64_MIN), "serves", m->serves,
		"banned", m->banned, "failed_audits", m->failed_audits,
		"previous", json_real(m->previous), "consensus",
		json_real(m->consensus), "before", json_real(m->before));

	json_object_update_new(
	    row, json_pack("{s:o s:o s:o}", "locked", real_or_null(m->locked),
		     "locked_own", real_or_null(m->locked_own), "paid",
		     real_or_null(m->paid)));
	print_submission(row, &m->submission);
	return row;
}

char *
run_rows_print_miners(const struct run *run)
{
	json_t *rows = json_array();
	const struct run_miner *m;
	size_t n;

	m = run_miners(run, &n);
	for (; n > 0; n--, m++)
		json_array_append_new(rows, print_miner(m));
	return print(rows);
}

static json_t *
print_entry(const struct run_miner *m, const struct run_entry *e)
{
	return json_pack(
	    "{s:s s:i s:I s:I s:o s:o s:o s:f s:f s:I s:o s:f s:s?}", "hotkey",
	    m->hotkey, "uid", m->uid, "jobs", (json_int_t)e->jobs, "successes",
	    (json_int_t)e->successes, "latency_p50_ms",
	    real_or_null(e->latency_p50_ms), "speed", real_or_null(e->speed),
	    "accuracy", real_or_null(e->accuracy), "stake_share",
	    e->stake_share, "score", e->score, "wins", (json_int_t)e->wins,
	    "win_rate", real_or_null(e->win_rate), "weight", e->weight, "out",
	    e->out);
}

char *
run_rows_print_entries(const struct run *run)
{
	json_t *rows = json_array();
	const struct run_miner *miners;
	const struct run_entry *e;
	size_t n;

	miners = run_miners(run, &n);
	e = run_entries(run, &n);
	for (size_t i = 0; i < n; i++) {
		if (miners[i].serves || e[i].n > 0 || e[i].weight > 0 ||
		    e[i].n_posts > 0 ||
		    miners[i].submission.state != SUBMISSION_NONE)
			json_array_append_new(
			    rows, print_entry(&miners[i], &e[i]));
	}
	return print(rows);
}

static json_t *
print_post(const struct run_post *r)
{
	const struct growth_post *p = &r->post;
	json_t *row = json_pack(
	    "{s:s s:s s:s? s:b s:b s:b s:o s:o s:o s:o s:o}", "hotkey",
	    p->hotkey, "content", p->content, "barred",
	    p->barred[0] != '\0' ? p->barred : NULL, "listed", p->listed,
	    "gone", p->gone, "owned", p->owned, "ai", real_or_null(p->ai),
	    "illicit", real_or_null(p->illicit), "bots", real_or_null(p->bots),
	    "bots_confidence", real_or_null(p->bots_confidence), "followers",
	    real_or_null(p->followers));

	json_object_update_new(row,
	    json_pack("{s:f s:o s:o s:I s:f s:f s:f s:f s:f s:f s:f s:s? s:f}",
		"burst", p->burst, "published_us",
		int_or_null(p->published_us, INT64_MIN), "claimed_us",
		int_or_null(p->claimed_us, INT64_MIN), "observed",
		(json_int_t)p->observed, "waiting", p->waiting, "gained",
		p->gained, "spike", p->spike, "crowd", p->crowd, "thin",
		p->thin, "value", p->value, "debt", p->debt, "why", r->why,
		"gave", r->gave));
	return row;
}

char *
run_rows_print_posts(const struct run *run)
{
	json_t *rows = json_array();
	const struct run_post *p;
	size_t n;

	p = run_posts(run, &n);
	for (; n > 0; n--, p++)
		json_array_append_new(rows, print_post(p));
	return print(rows);
}

/* -- hashes ------------------------------------------------------------- */

static void
hash(const void *bytes, size_t len, char out[RUN_ROWS_HASH])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, bytes, len);
	sodium_bin2hex(out, RUN_ROWS_HASH, digest, sizeof(digest));
}

void
run_rows_hash(const struct run *run, char out[RUN_ROWS_HASH])
{
	struct buf text = {0};

	run_text_write(run, &text);
	hash(text.data, text.len, out);
	buf_free(&text);
}

void
run_rows_policy_hash(const struct run *run, char out[RUN_ROWS_HASH])
{
	const char *text = run_policy_text(run);

	hash(text, strlen(text), out);
}

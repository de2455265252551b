/* Rows of gists, claims and posts, there and back. */
#include "validator/store_posts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "validator/posts_plan.h"
#include "validator/posts_settle.h"
#include "validator/store_impl.h"

/* A cell that is a number or, null, what stands for it. */
static int64_t
int_or(const PGresult *res, int row, const char *column, int64_t none)
{
	return pg_is_null(res, row, column) ? none : pg_int(res, row, column);
}

static void
add_bucket(struct pg_params *p, int64_t bucket)
{
	if (bucket == STORE_NO_BUCKET)
		pg_add_text(p, NULL);
	else
		pg_add_int(p, bucket);
}

static void
on_done(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	bool done = answer->outcome == PG_DONE;

	q->on_written(done ? STORE_DONE : STORE_FAILED, answer->why, q->arg);
	store_answered(q);
}

/* -- where the chain is ------------------------------------------------- */

static void
on_chain(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	const PGresult *res;

	if (answer->outcome != PG_DONE) {
		q->on_chain(-1, NULL, answer->why, q->arg);
	} else if (PQntuples(answer->results[0]) == 0) {
		q->on_chain(-1, NULL, NULL, q->arg);
	} else {
		res = answer->results[0];
		q->on_chain(pg_int(res, 0, "block"),
		    store_cell(res, 0, "genesis"), NULL, q->arg);
	}
	store_answered(q);
}

void
store_read_chain(struct store *store, store_on_chain *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_chain = on_answer;
	pg_add_int(&p, store->netuid);
	pg_query(store->pg, sql_post_view, p.n, p.values, on_chain, q);
}

void
store_make_partitions(struct store *store, int64_t first, int64_t last,
    int64_t before, store_on_written *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_answer;
	pg_add_int(&p, first);
	pg_add_int(&p, last);
	pg_add_int(&p, before);
	pg_query(store->pg, sql_post_partitions, p.n, p.values, on_done, q);
}

/* -- gists -------------------------------------------------------------- */

static void
answer_gists(struct question *q, const struct pg_answer *answer,
    void (*read)(const PGresult *, int row, struct store_gist *))
{
	struct store_gist *rows;
	size_t n;

	if (answer->outcome != PG_DONE) {
		q->on_gists(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	n = PQntuples(answer->results[0]);
	rows = xcalloc(n + 1, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		read(answer->results[0], i, &rows[i]);
	q->on_gists(rows, n, NULL, q->arg);
	free(rows);
	store_answered(q);
}

static void
read_new(const PGresult *res, int row, struct store_gist *g)
{
	g->hotkey = pg_text(res, row, "hotkey");
	g->text = store_cell(res, row, "text");
	g->block = int_or(res, row, "block", 0);
}

static void
on_new(const struct pg_answer *answer, void *arg)
{
	answer_gists(arg, answer, read_new);
}

void
store_read_gists(
    struct store *store, size_t most, store_on_gists *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_gists = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, (int64_t)most);
	pg_query(store->pg, sql_gist_new, p.n, p.values, on_new, q);
}

void
store_note_gist(struct store *store, const struct store_gist *g,
    const char *wrong, int64_t now_us, store_on_written *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, g->hotkey);
	pg_add_text(&p, g->text != NULL ? g->text : "");
	pg_add_int(&p, g->block);
	pg_add_us(&p, now_us);
	pg_add_text(&p, wrong);
	pg_query(store->pg, sql_gist_note, p.n, p.values, on_done, q);
}

static void
read_taken(const PGresult *res, int row, struct store_gist *g)
{
	g->hotkey = pg_text(res, row, "hotkey");
	g->text = pg_text(res, row, "text");
	g->etag = store_cell(res, row, "etag");
	g->gones = (int)pg_int(res, row, "gones");
	g->gone_bucket = int_or(res, row, "gone_bucket", STORE_NO_BUCKET);
}

static void
on_taken(const struct pg_answer *answer, void *arg)
{
	answer_gists(arg, answer, read_taken);
}

void
store_take_gists(struct store *store, const struct posts_now *now,
    int64_t asked_before_us, size_t most, store_on_gists *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_gists = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, now->bucket);
	pg_add_us(&p, now->at_us);
	pg_add_us(&p, asked_before_us);
	pg_add_int(&p, (int64_t)most);
	pg_query(store->pg, sql_gist_take, p.n, p.values, on_taken, q);
}

static void
on_lines(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	const PGresult *res;

	if (answer->outcome != PG_DONE) {
		q->on_lines(STORE_FAILED, 0, 0, answer->why, q->arg);
	} else if (PQntuples(answer->results[1]) == 0) {
		q->on_lines(STORE_TAKEN, 0, 0, NULL, q->arg);
	} else {
		res = answer->results[1];
		q->on_lines(STORE_DONE, pg_int(res, 0, "added"),
		    pg_int(res, 0, "waiting"), NULL, q->arg);
	}
	store_answered(q);
}

static void
add_lines(struct pg_op *op, int netuid, const struct store_gist_lines *lines,
    const struct posts_now *now, const char *claims)
{
	char *faults = json_dumps(lines->faults, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_text(&p, lines->hotkey);
	pg_add_text(&p, lines->text);
	pg_add_us(&p, now->at_us);
	pg_add_int(&p, now->bucket);
	pg_add_int(&p, now->block);
	pg_add_int(&p, lines->due_bucket);
	pg_add_text(&p, lines->etag);
	pg_add_text(&p, lines->sha256);
	pg_add_text(&p, faults);
	pg_add_text(&p, claims);
	pg_add_int(&p, lines->new_claims);
	pg_add_int(&p, lines->day_bucket);
	pg_op_add(op, sql_gist_read, p.n, p.values);
	free(faults);
}

/* The posts first, so that the second statement sees also those that another
 * gist has named meanwhile. */
void
store_write_lines(struct store *store, const struct store_gist_lines *lines,
    const struct posts_now *now, store_on_lines *on_answer, void *arg)
{
	char *claims = json_dumps(lines->claims, JSON_COMPACT);
	struct pg_op *op = pg_op_new(lines->hotkey);
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_lines = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now->at_us);
	pg_add_text(&p, claims);
	pg_op_add(op, sql_gist_posts, p.n, p.values);
	add_lines(op, store->netuid, lines, now, claims);
	pg_op_run(store->pg, op, on_lines, q);
	free(claims);
}

void
store_write_away(struct store *store, const struct store_gist_away *away,
    int64_t now_us, store_on_written *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, away->hotkey);
	pg_add_text(&p, away->text);
	pg_add_us(&p, now_us);
	pg_add_text(&p, away->state);
	pg_add_int(&p, away->due_bucket);
	pg_add_int(&p, away->gones);
	add_bucket(&p, away->gone_bucket);
	pg_add_text(&p, away->why);
	pg_add_bool(&p, away->unlists);
	pg_query(store->pg, sql_gist_away, p.n, p.values, store_on_changed, q);
}

/* -- posts -------------------------------------------------------------- */

/* What a row's claims point into. */
struct row_claims {
	char *text;
	struct store_post_claim *list;
};

static const char *
word_or_null(char **rest)
{
	const char *word = strsep(rest, " ");

	return word == NULL || strcmp(word, "-") == 0 ? NULL : word;
}

/* No word of a claim has a space or a comma. */
static void
read_post_claims(
    const PGresult *res, int row, struct row_claims *c, struct store_post *post)
{
	char *rest, *one;
	size_t n = 1;

	c->text = rest = xstrdup(pg_text(res, row, "claims"));
	for (const char *at = rest; *at != '\0'; at++)
		n += *at == ',';
	c->list = xcalloc(n, sizeof(*c->list));
	post->claims = c->list;
	while (post->n_claims < n && (one = strsep(&rest, ",")) != NULL) {
		struct store_post_claim *claim = &c->list[post->n_claims];
		const char *id = word_or_null(&one), *proven;

		claim->id = id != NULL ? strtoll(id, NULL, 10) : 0;
		claim->hotkey = word_or_null(&one);
		claim->account = word_or_null(&one);
		claim->code = word_or_null(&one);
		proven = word_or_null(&one);
		claim->was_proven = proven != NULL && proven[0] == 't';
		if (claim->hotkey != NULL)
			post->n_claims++;
	}
}

static void
read_post(const PGresult *res, int row, struct store_post *p)
{
	*p = (struct store_post){
	    .id = pg_int(res, row, "id"),
	    .platform = pg_text(res, row, "platform"),
	    .content = pg_text(res, row, "content_id"),
	    .measured = (int)pg_int(res, row, "measured"),
	    .gones = (int)pg_int(res, row, "gones"),
	    .gone_bucket = int_or(res, row, "gone_bucket", STORE_NO_BUCKET),
	    .owner = store_cell(res, row, "owner"),
	    .hotkey = pg_text(res, row, "hotkey"),
	    .used = {pg_int(res, row, "used_tracker"),
		pg_int(res, row, "used_detector"),
		pg_int(res, row, "used_moderator")},
	    .detector_due = int_or(res, row, "detector_due", STORE_NO_BUCKET),
	    .moderator_due = int_or(res, row, "moderator_due", STORE_NO_BUCKET),
	    .ai = pg_real(res, row, "ai_score"),
	    .bot = pg_real(res, row, "bot_probability"),
	    .bot_confidence = pg_real(res, row, "bot_confidence"),
	    .illicit = pg_is_null(res, row, "is_illicit")
			   ? -1
			   : pg_bool(res, row, "is_illicit"),
	};
}

static void
on_posts(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct store_post *rows;
	struct row_claims *claims;
	size_t n;

	if (answer->outcome != PG_DONE) {
		q->on_posts(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	n = PQntuples(answer->results[0]);
	rows = xcalloc(n + 1, sizeof(*rows));
	claims = xcalloc(n + 1, sizeof(*claims));
	for (size_t i = 0; i < n; i++) {
		read_post(answer->results[0], i, &rows[i]);
		read_post_claims(answer->results[0], i, &claims[i], &rows[i]);
	}
	q->on_posts(rows, n, NULL, q->arg);
	for (size_t i = 0; i < n; i++) {
		free(claims[i].text);
		free(claims[i].list);
	}
	free(claims);
	free(rows);
	store_answered(q);
}

void
store_take_posts(struct store *store, const struct posts_now *now,
    int64_t asked_before_us, size_t most, store_on_posts *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_posts = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, now->bucket);
	pg_add_us(&p, now->at_us);
	pg_add_us(&p, asked_before_us);
	pg_add_int(&p, (int64_t)most);
	pg_query(store->pg, sql_post_take, p.n, p.values, on_posts, q);
}

static void
add_looks(struct pg_op *op, int netuid, const struct store_looks *looks,
    const struct posts_now *now)
{
	char *posts = json_dumps(looks->posts, JSON_COMPACT);
	char *claims = json_dumps(looks->claims, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_int(&p, now->bucket);
	pg_add_int(&p, now->block);
	pg_add_us(&p, now->at_us);
	pg_add_text(&p, posts);
	pg_add_text(&p, claims);
	pg_op_add(op, sql_post_look, p.n, p.values);
	free(posts);
	free(claims);
}

static void
add_verdicts(struct pg_op *op, int netuid, const struct store_looks *looks,
    const struct posts_now *now)
{
	char *verdicts = json_dumps(looks->verdicts, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_us(&p, now->at_us);
	pg_add_text(&p, verdicts);
	pg_op_add(op, sql_post_verdicts, p.n, p.values);
	free(verdicts);
}

static void
add_spent(struct pg_op *op, int netuid, const struct store_looks *looks,
    const struct posts_now *now)
{
	char *spent = json_dumps(looks->spent, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_int(&p, now->bucket);
	pg_add_text(&p, spent);
	pg_op_add(op, sql_post_spend, p.n, p.values);
	free(spent);
}

/* Verdicts are of pictures, too. */
static void
on_looks(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	bool moved = false;

	if (answer->outcome != PG_DONE) {
		q->on_looks(STORE_FAILED, false, answer->why, q->arg);
		store_answered(q);
		return;
	}
	for (size_t i = 0; i < answer->n_results; i++) {
		const PGresult *res = answer->results[i];

		moved |= PQntuples(res) > 0 && pg_bool(res, 0, "moved");
	}
	q->on_looks(STORE_DONE, moved, NULL, q->arg);
	store_answered(q);
}

void
store_write_looks(struct store *store, const struct store_looks *looks,
    const struct posts_now *now, store_on_looks *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new("looks");
	struct question *q = store_ask(store, arg);

	q->on_looks = on_answer;
	if (json_array_size(looks->posts) > 0)
		add_looks(op, store->netuid, looks, now);
	if (json_array_size(looks->verdicts) > 0)
		add_verdicts(op, store->netuid, looks, now);
	add_spent(op, store->netuid, looks, now);
	pg_op_run(store->pg, op, on_looks, q);
}

/* -- accounts ----------------------------------------------------------- */

static void
on_accounts(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct store_account *rows;
	const PGresult *res;
	size_t n;

	if (answer->outcome != PG_DONE) {
		q->on_accounts(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	res = answer->results[0];
	n = PQntuples(res);
	rows = xcalloc(n + 1, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct store_account){
		    .site = pg_text(res, i, "site"),
		    .account = pg_text(res, i, "account"),
		    .platform = pg_text(res, i, "platform"),
		    .hotkey = pg_text(res, i, "hotkey"),
		    .used = pg_int(res, i, "used"),
		};
	q->on_accounts(rows, n, NULL, q->arg);
	free(rows);
	store_answered(q);
}

void
store_take_accounts(struct store *store, const struct posts_now *now,
    size_t most, store_on_accounts *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_accounts = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, now->bucket);
	pg_add_int(&p, (int64_t)most);
	pg_query(store->pg, sql_post_accounts, p.n, p.values, on_accounts, q);
}

/* -- who has what ------------------------------------------------------- */

static enum posts_proof
read_proof(const PGresult *res, int row)
{
	if (pg_is_null(res, row, "is_proven"))
		return POSTS_UNSEEN;
	return pg_bool(res, row, "is_proven") ? POSTS_PROVEN : POSTS_NOT;
}

/* -1 if the row is of a platform or state we do not know. */
static int
read_claim(const PGresult *res, int row, struct posts_claim *c)
{
	int platform = claim_platform_find(pg_text(res, row, "platform"));
	int was = posts_state_of(pg_text(res, row, "state"));

	if (platform < 0 || was < 0)
		return -1;
	*c = (struct posts_claim){
	    .id = pg_int(res, row, "id"),
	    .hotkey = pg_text(res, row, "hotkey"),
	    .block = pg_int(res, row, "block"),
	    .line = (int)pg_int(res, row, "line"),
	    .platform = platform,
	    .content = pg_text(res, row, "content_id"),
	    .account = store_cell(res, row, "account"),
	    .is_listed = pg_bool(res, row, "is_listed"),
	    .is_neuron = pg_bool(res, row, "is_neuron"),
	    .is_expired = pg_bool(res, row, "is_expired"),
	    .is_gone = pg_bool(res, row, "is_gone"),
	    .proof = read_proof(res, row),
	    .unproven_why = store_cell(res, row, "unproven_why"),
	    .has_hash = !pg_is_null(res, row, "phash"),
	    .hash = (uint64_t)int_or(res, row, "phash", 0),
	    .was = was,
	    .was_why = store_cell(res, row, "why"),
	    .was_by = store_cell(res, row, "by_hotkey"),
	};
	return 0;
}

static void
on_claims(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct posts_claim *rows;
	size_t n = 0;

	if (answer->outcome != PG_DONE) {
		q->on_claims(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	rows =
	    xcalloc(PQntuples(answer->results[0]) + (size_t)1, sizeof(*rows));
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		if (read_claim(answer->results[0], i, &rows[n]) == 0)
			n++;
	q->on_claims(rows, n, NULL, q->arg);
	free(rows);
	store_answered(q);
}

void
store_read_claims(
    struct store *store, int64_t now_us, store_on_claims *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_claims = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now_us);
	pg_query(store->pg, sql_post_claims, p.n, p.values, on_claims, q);
}

static void
add_settled(struct pg_op *op, const json_t *list, const struct posts_now *n)
{
	char *text = json_dumps(list, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, n->bucket);
	pg_add_us(&p, n->at_us);
	pg_add_text(&p, text);
	pg_op_add(op, sql_post_settle, p.n, p.values);
	free(text);
}

/* A post has one holder at a time: who loses it goes first. */
void
store_write_settled(struct store *store, struct json_t *lost,
    struct json_t *others, const struct posts_now *now,
    store_on_written *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new("settle");
	struct question *q = store_ask(store, arg);

	q->on_written = on_answer;
	add_settled(op, lost, now);
	add_settled(op, others, now);
	pg_op_run(store->pg, op, on_done, q);
}

/* -- for a round -------------------------------------------------------- */

static double
illicit_of(const PGresult *res, int row)
{
	if (pg_is_null(res, row, "is_illicit"))
		return NAN;
	return pg_bool(res, row, "is_illicit") ? 1 : 0;
}

static void
read_growth(const PGresult *res, int row, struct store_growth *g)
{
	*g = (struct store_growth){
	    .hotkey = pg_text(res, row, "hotkey"),
	    .content = pg_text(res, row, "content"),
	    .state = pg_text(res, row, "state"),
	    .claimed_bucket = pg_int(res, row, "claimed_bucket"),
	    .claimed_us = int_or(res, row, "claimed_us", INT64_MIN),
	    .published_us = int_or(res, row, "published_us", INT64_MIN),
	    .bucket = int_or(res, row, "bucket", STORE_NO_BUCKET),
	    .is_listed = pg_bool(res, row, "is_listed"),
	    .is_gone = !pg_is_null(res, row, "is_gone") &&
		       pg_bool(res, row, "is_gone"),
	    .is_owned = pg_bool(res, row, "is_owned"),
	    .views = pg_real(res, row, "views"),
	    .likes = pg_real(res, row, "likes"),
	    .comments = pg_real(res, row, "comments"),
	    .followers = pg_real(res, row, "followers"),
	    .ai = pg_real(res, row, "ai_score"),
	    .illicit = illicit_of(res, row),
	    .bot = pg_real(res, row, "bot_probability"),
	    .bot_confidence = pg_real(res, row, "bot_confidence"),
	};
}

static void
on_growth(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct store_growth *rows;
	size_t n;

	if (answer->outcome != PG_DONE) {
		q->on_growth(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	n = PQntuples(answer->results[0]);
	rows = xcalloc(n + 1, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		read_growth(answer->results[0], i, &rows[i]);
	q->on_growth(rows, n, NULL, q->arg);
	free(rows);
	store_answered(q);
}

void
store_read_growth(struct store *store, const struct store_growth_page *page,
    store_on_growth *on_answer, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_growth = on_answer;
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, page->hotkey);
	pg_add_text(&p, page->content);
	pg_add_int(&p, (int64_t)page->claims);
	pg_add_int(&p, page->first);
	pg_add_int(&p, page->last);
	pg_add_text(&p, page->seen);
	pg_query(store->pg, sql_growth_page, p.n, p.values, on_growth, q);
}

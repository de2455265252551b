/* A draw drawn again. */
#include "orchestrator/replay.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "orchestrator/draw.h"
#include "orchestrator/pool.h"
#include "orchestrator/route_text.h"
#include "orchestrator/router.h"
#include "orchestrator/table.h"

struct replay {
	struct table table;
	struct route_policy policy;
	struct router *router;
	struct replay_share *shares;
	bool *is_drawn; /* in the receipt at hand */
	const char **hotkeys;
};

/* -- a table, by its id --------------------------------------------------- */

static int
check_id(const char *id, const char *text, struct err *err)
{
	uint8_t hash[32];
	char hex[33];

	crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
	hex_encode(hash, 16, hex);
	if (strcmp(hex, id) == 0)
		return 0;
	return err_set(err, "the table kept as %s hashes to %s", id, hex);
}

struct replay *
replay_new(const char *id, const char *text, struct err *err)
{
	struct replay *r = xcalloc(1, sizeof(*r));

	if (check_id(id, text, err) != 0 ||
	    route_text_parse(text, &r->table, &r->policy, err) != 0) {
		replay_free(r);
		return NULL;
	}
	r->router = router_new(&r->table, &r->policy, 0);
	r->shares = xcalloc(r->table.n, sizeof(*r->shares));
	r->is_drawn = xcalloc(r->table.n, sizeof(*r->is_drawn));
	r->hotkeys = xcalloc(r->table.n, sizeof(*r->hotkeys));
	for (size_t i = 0; i < r->table.n; i++) {
		r->hotkeys[i] = r->table.miners[i].hotkey;
		r->shares[i].hotkey = r->hotkeys[i];
		r->shares[i].uid = r->table.miners[i].uid;
	}
	return r;
}

void
replay_free(struct replay *r)
{
	if (r == NULL)
		return;
	router_free(r->router);
	table_clear(&r->table);
	free(r->shares);
	free(r->is_drawn);
	free(r->hotkeys);
	free(r);
}

size_t
replay_size(const struct replay *r)
{
	return r->table.n;
}

struct replay_share
replay_share(const struct replay *r, size_t i)
{
	return r->shares[i];
}

double
replay_stake_cap(const struct replay *r)
{
	return r->policy.stake_cap;
}

/* -- one miner ------------------------------------------------------------- */

static size_t
count_rivals(const struct replay *r, const struct miner *m, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < r->table.n; i++)
		n += &r->table.miners[i] != m &&
		     pool_place(&r->table.miners[i], key) == POOL_IN;
	return n;
}

int
replay_stand(struct replay *r, const char *hotkey, const char *key,
    struct replay_standing *out)
{
	const struct miner *m = table_find(&r->table, hotkey);
	const struct route_terms *t;
	size_t i;

	if (m == NULL)
		return -1;
	i = (size_t)(m - r->table.miners);
	t = router_terms(r->router, i);
	*out = (struct replay_standing){
	    .alpha = m->alpha,
	    .score = m->score,
	    .failures = m->failures,
	    .stake_term = t->stake,
	    .score_term = t->score,
	    .failures_term = t->failures,
	    .weight = t->weight,
	    .out = pool_place_name(pool_place(m, key)),
	    .rivals = count_rivals(r, m, key),
	};
	if (out->out == NULL)
		out->share = draw_share(router_draw(r->router, key), i);
	return 0;
}

/* -- one receipt ---------------------------------------------------------- */

struct receipt {
	const char *key, *hotkey;
	uint64_t seed;
	const json_t *passed;
	size_t own; /* the first step that is no earlier place's */
	const char *sticky;
};

/* The k-th who was passed: its uid and why; -1 if the row is no such pair. */
static const char *
passed_at(const json_t *passed, size_t k, int *uid)
{
	const char *why = NULL;

	*uid = -1;
	if (json_unpack(json_array_get(passed, k), "[is!]", uid, &why) != 0)
		return "?";
	return why;
}

/* Steps up to the winner before this place were counted with that one. */
static size_t
first_of_its_own(const json_t *passed)
{
	size_t first = 0;
	int uid;

	for (size_t k = 0; k < json_array_size(passed); k++) {
		if (strcmp(passed_at(passed, k, &uid), "drawn") == 0)
			first = k + 1;
	}
	return first;
}

static int
take_receipt(struct receipt *out, const json_t *json, const char *sticky,
    struct err *err)
{
	const char *seed;
	int is_sticky = 0;

	if (json_unpack((json_t *)json, "{s:s, s:s, s:s, s:o, s?b}", "key",
		&out->key, "seed", &seed, "hotkey", &out->hotkey, "passed",
		&out->passed, "sticky", &is_sticky) != 0 ||
	    !json_is_array(out->passed))
		return err_set(err, "the receipt is not one of this form");
	if (is_sticky && sticky == NULL)
		return err_set(err, "the receipt goes by a key the job lacks");
	out->sticky = is_sticky ? sticky : NULL;
	out->seed = strtoull(seed, NULL, 16);
	out->own = first_of_its_own(out->passed);
	return 0;
}

static void
begin(struct replay *r, struct draw *draw, const struct receipt *in)
{
	memset(r->is_drawn, 0, r->table.n * sizeof(*r->is_drawn));
	if (in->sticky != NULL)
		draw_begin_key(draw, r->hotkeys, in->sticky);
	else
		draw_begin(draw, in->seed);
}

/* After each draw: what everybody who was still in had to expect of it. */
static void
count(struct replay *r, const struct draw *draw, size_t winner)
{
	for (size_t i = 0; i < r->table.n; i++) {
		double chance = r->is_drawn[i] ? 0 : draw_chance(draw, i);

		r->shares[i].expected += chance;
		r->shares[i].variance += chance * (1 - chance);
	}
	r->shares[winner].drawn++;
}

/* The k-th step: 0 if it is the one of the receipt. */
static int
take_step(struct replay *r, struct draw *draw, const struct receipt *in,
    size_t k, struct replay_step *step, struct err *err)
{
	bool is_last = k == json_array_size(in->passed);
	long i = draw_next(draw);
	int uid;

	if (i < 0)
		return err_set(err, "nobody is left to be drawn");
	step->hotkey = r->hotkeys[i];
	step->uid = r->table.miners[i].uid;
	step->chance = draw_chance(draw, (size_t)i);
	step->what = is_last ? "won" : passed_at(in->passed, k, &uid);
	if (is_last && strcmp(step->hotkey, in->hotkey) != 0)
		return err_set(err, "the draw comes to %s; the receipt says %s",
		    step->hotkey, in->hotkey);
	if (!is_last && uid != step->uid)
		return err_set(err,
		    "the draw comes to uid %d; the receipt passes uid %d",
		    step->uid, uid);
	if (in->sticky == NULL && k >= in->own)
		count(r, draw, (size_t)i);
	if (in->sticky == NULL && is_last)
		r->shares[i].won++;
	r->is_drawn[i] = true;
	return 0;
}

int
replay_receipt(struct replay *r, const json_t *json, const char *sticky,
    void (*on_step)(const struct replay_step *, void *), void *arg,
    struct err *err)
{
	struct receipt in;
	struct draw *draw;

	if (take_receipt(&in, json, sticky, err) != 0)
		return -1;
	draw = router_draw(r->router, in.key);
	begin(r, draw, &in);
	for (size_t k = 0; k <= json_array_size(in.passed); k++) {
		struct replay_step step;

		if (take_step(r, draw, &in, k, &step, err) != 0)
			return -1;
		if (on_step != NULL)
			on_step(&step, arg);
	}
	return 0;
}

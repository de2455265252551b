/* Commit and reveal; a commit is (hash, epoch, block, 0). */
#include "tests/fake/devchain/commits.h"

#include <string.h>

#include "subtensor/hash.h"
#include "tests/fake/devchain/calls.h"
#include "tests/fake/devchain/epoch.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/weights.h"
#include "tests/fake/devchain/work.h"

enum { MAX_COMMITS = 10, COMMIT_BYTES = 32 + 3 * 8 };

struct commit {
	uint8_t hash[32];
	uint64_t epoch, block;
};

/* A hotkey's commits that can still be revealed, oldest first. */
struct queue {
	struct commit commits[MAX_COMMITS];
	size_t n;
	bool had_any;
	uint64_t epoch, period;
};

static struct item
queue_item(const struct call_args *c)
{
	return item_net_account("WeightCommits", c->index, c->signer);
}

static struct queue
read_queue(const struct view *v, const struct call_args *c)
{
	struct epoch_clock clock = epoch_clock_of(v, c->netuid);
	struct queue q = {.epoch = epoch_at(&clock, c->block)};
	struct bytes b;
	struct scale_reader r;
	size_t n;

	q.period = view_uint(v, item_net("RevealPeriodEpochs", c->netuid));
	if (!view_get(v, queue_item(c), &b))
		return q;
	scale_read_init(&r, b.data, b.len);
	n = scale_count(&r, COMMIT_BYTES);
	q.had_any = n > 0;
	for (size_t i = 0; i < n && q.n < MAX_COMMITS; i++) {
		struct commit *one = &q.commits[q.n];

		memcpy(one->hash, scale_bytes(&r, 32), 32);
		one->epoch = scale_u64(&r);
		one->block = scale_u64(&r);
		scale_u64(&r);
		if (q.epoch <= one->epoch + q.period)
			q.n++;
	}
	return q;
}

/* Write the queue from its first'th commit on. */
static void
write_queue(const struct view *v, const struct call_args *c,
    const struct queue *q, size_t first)
{
	struct buf b = {0};

	if (first == q->n) {
		view_delete(v, queue_item(c));
		return;
	}
	scale_put_compact(&b, q->n - first);
	for (size_t i = first; i < q->n; i++) {
		buf_add(&b, q->commits[i].hash, 32);
		scale_put_u64(&b, q->commits[i].epoch);
		scale_put_u64(&b, q->commits[i].block);
		scale_put_u64(&b, 0);
	}
	view_put(v, queue_item(c), b.data, b.len);
	buf_free(&b);
}

int
commits_validate_plain(const struct view *v, struct call_args *c)
{
	long uid;

	if (!subnet_has_min_stake(v, c->netuid, c->signer))
		return CUSTOM_STAKE_TOO_LOW;
	uid = subnet_uid(v, c->netuid, c->signer);
	if (uid < 0)
		return CUSTOM_NO_UID;
	if (!subnet_rate_ok(v, c->netuid, c->index, uid, c->block))
		return CUSTOM_RATE_LIMIT;
	return CALL_OK;
}

/* What both kinds of commit check first. */
static int
check_place(const struct view *v, const struct call_args *c)
{
	if (!subnet_has_mechanism(v, c->netuid, c->mecid))
		return ERROR_NO_MECHANISM;
	if (!view_uint(v, item_net("CommitRevealWeightsEnabled", c->netuid)))
		return ERROR_COMMIT_REVEAL_DISABLED;
	return CALL_OK;
}

static int
check_committer(const struct view *v, const struct call_args *c, uint16_t *uid)
{
	long found = subnet_uid(v, c->netuid, c->signer);

	if (found < 0)
		return ERROR_NOT_IN_SUBNET;
	if (!subnet_rate_ok(v, c->netuid, c->index, found, c->block))
		return ERROR_COMMITTING_TOO_FAST;
	*uid = found;
	return CALL_OK;
}

static void
announce(struct work *w, uint8_t event, const struct call_args *c,
    const uint8_t hash[32])
{
	struct buf fields = {0};

	buf_add(&fields, c->signer, 32);
	scale_put_u16(&fields, c->index);
	buf_add(&fields, hash, 32);
	work_event(w, PALLET_SUBTENSOR, event, &fields);
	buf_free(&fields);
}

int
commits_plain(struct work *w, struct call_args *c)
{
	const struct view *v = &w->view;
	const uint8_t *hash = scale_bytes(&c->r, 32);
	struct queue q;
	uint16_t uid = 0;
	int error;

	if ((error = check_place(v, c)) != CALL_OK ||
	    (error = check_committer(v, c, &uid)) != CALL_OK)
		return error;
	q = read_queue(v, c);
	if (q.n == MAX_COMMITS)
		return ERROR_TOO_MANY_COMMITS;
	memcpy(q.commits[q.n].hash, hash, 32);
	q.commits[q.n].epoch = q.epoch;
	q.commits[q.n].block = c->block;
	q.n++;
	write_queue(v, c, &q, 0);
	announce(w, EVENT_WEIGHTS_COMMITTED, c, hash);
	view_put_nth(v, item_net("LastUpdate", c->index), uid, c->block);
	return CALL_OK;
}

/* blake2b-256 of the account, the index and the reveal's arguments: what a
 * commit must have said. The arguments are the rest of the call. */
static void
reveal_hash(const struct call_args *c, uint8_t hash[32])
{
	struct buf b = {0};

	buf_add(&b, c->signer, 32);
	scale_put_u16(&b, c->index);
	buf_add(&b, c->r.data + c->r.pos, scale_left(&c->r));
	hash_blake2_256(b.data, b.len, hash);
	buf_free(&b);
}

/* The commit of a hash in the queue, or -1. */
static long
find_commit(const struct queue *q, const uint8_t hash[32])
{
	for (size_t i = 0; i < q->n; i++)
		if (memcmp(q->commits[i].hash, hash, 32) == 0)
			return i;
	return -1;
}

int
commits_validate_reveal(const struct view *v, struct call_args *c)
{
	struct queue q = read_queue(v, c);
	uint8_t hash[32];
	long found;

	if (!subnet_has_min_stake(v, c->netuid, c->signer))
		return CUSTOM_STAKE_TOO_LOW;
	reveal_hash(c, hash);
	found = find_commit(&q, hash);
	if (found < 0)
		return CUSTOM_NO_COMMIT;
	if (q.epoch != q.commits[found].epoch + q.period)
		return CUSTOM_BAD_REVEAL_TIME;
	return CALL_OK;
}

int
commits_reveal(struct work *w, struct call_args *c)
{
	struct queue q = read_queue(&w->view, c);
	struct weights weights = {0};
	uint8_t hash[32];
	size_t n_salt;
	long found;
	int error;

	if (!view_uint(
		&w->view, item_net("CommitRevealWeightsEnabled", c->netuid)))
		return ERROR_COMMIT_REVEAL_DISABLED;
	reveal_hash(c, hash);
	found = find_commit(&q, hash);
	if (found < 0)
		return q.had_any ? ERROR_REVEAL_MISMATCH : ERROR_NO_COMMIT;
	if (q.epoch < q.commits[found].epoch + q.period)
		return ERROR_REVEAL_TOO_EARLY;
	weights.uids = weights_read_u16s(&c->r, &weights.n_uids);
	weights.values = weights_read_u16s(&c->r, &weights.n_values);
	n_salt = scale_count(&c->r, 2);
	scale_bytes(&c->r, 2 * n_salt);
	weights.version_key = scale_u64(&c->r);
	error = weights_apply(w, c, &weights);
	weights_clear(&weights);
	if (error != CALL_OK)
		return error;
	write_queue(&w->view, c, &q, found + 1);
	announce(w, EVENT_WEIGHTS_REVEALED, c, hash);
	return CALL_OK;
}

struct sealed {
	const uint8_t *bytes;
	size_t len;
	uint64_t round;
};

static struct sealed
read_sealed(struct call_args *c)
{
	struct sealed s;

	s.len = scale_count(&c->r, 1);
	s.bytes = scale_bytes(&c->r, s.len);
	s.round = scale_u64(&c->r);
	return s;
}

int
commits_validate_timelocked(const struct view *v, struct call_args *c)
{
	struct sealed s = read_sealed(c);

	if (!subnet_has_min_stake(v, c->netuid, c->signer))
		return CUSTOM_STAKE_TOO_LOW;
	if (s.round < view_uint(v, item("Drand", "LastStoredRound")))
		return CUSTOM_BAD_ROUND;
	return CALL_OK;
}

struct item
commits_sealed_item(const struct view *v, uint16_t index, uint64_t epoch)
{
	struct buf le = {0};
	struct item i;

	scale_put_u64(&le, epoch);
	i = item_with(
	    item_net(v->crv3 ? "CRV3WeightCommits" : "TimelockedWeightCommits",
		index),
	    le.data, le.len);
	buf_free(&le);
	return i;
}

/* How many of an epoch's commits there are, whose bytes follow the count, and
 * how many of them are this hotkey's. */
static size_t
count_sealed(const struct view *v, const struct bytes *b, const uint8_t *hotkey,
    size_t *own, size_t *skip)
{
	struct scale_reader r;
	size_t n;

	*own = 0;
	scale_read_init(&r, b->data, b->len);
	n = scale_count(&r, 1);
	*skip = r.pos;
	for (size_t i = 0; i < n; i++) {
		*own += memcmp(scale_bytes(&r, 32), hotkey, 32) == 0;
		if (!v->crv3)
			scale_u64(&r);
		scale_bytes(&r, scale_count(&r, 1));
		scale_u64(&r);
	}
	return n;
}

static void
put_sealed(const struct view *v, const struct call_args *c, struct item i,
    const struct bytes *old, size_t n, size_t skip, const struct sealed *s)
{
	struct buf b = {0};

	scale_put_compact(&b, n + 1);
	buf_add(&b, old->data + skip, old->len - skip);
	buf_add(&b, c->signer, 32);
	if (!v->crv3)
		scale_put_u64(&b, c->block);
	scale_put_bytes(&b, s->bytes, s->len);
	scale_put_u64(&b, s->round);
	view_put(v, i, b.data, b.len);
	buf_free(&b);
}

static void
announce_sealed(
    struct work *w, const struct call_args *c, const struct sealed *s)
{
	struct buf fields = {0};
	uint8_t hash[32];

	hash_blake2_256(s->bytes, s->len, hash);
	buf_add(&fields, c->signer, 32);
	scale_put_u16(&fields, c->index);
	buf_add(&fields, hash, sizeof(hash));
	scale_put_u64(&fields, s->round);
	work_event(w, PALLET_SUBTENSOR, EVENT_TIMELOCKED_COMMITTED, &fields);
	buf_free(&fields);
}

static int
keep_sealed(struct work *w, const struct call_args *c, const struct sealed *s)
{
	const struct view *v = &w->view;
	struct epoch_clock clock = epoch_clock_of(v, c->netuid);
	struct item i =
	    commits_sealed_item(v, c->index, epoch_at(&clock, c->block));
	struct bytes old;
	size_t n, own, skip;
	uint16_t uid = 0;
	int error;

	if ((error = check_committer(v, c, &uid)) != CALL_OK)
		return error;
	view_get(v, i, &old);
	n = count_sealed(v, &old, c->signer, &own, &skip);
	if (own >= MAX_COMMITS)
		return ERROR_TOO_MANY_COMMITS;
	put_sealed(v, c, i, &old, n, skip, s);
	announce_sealed(w, c, s);
	view_put_nth(v, item_net("LastUpdate", c->index), uid, c->block);
	return CALL_OK;
}

int
commits_timelocked(struct work *w, struct call_args *c)
{
	const struct view *v = &w->view;
	struct sealed s = read_sealed(c);
	uint16_t version = scale_u16(&c->r);
	int error = check_place(v, c);

	if (error != CALL_OK)
		return error;
	if (version != view_uint(v, item_plain("CommitRevealWeightsVersion")))
		return ERROR_COMMIT_VERSION;
	return keep_sealed(w, c, &s);
}

int
commits_crv3(struct work *w, struct call_args *c)
{
	struct sealed s = read_sealed(c);
	int error = check_place(&w->view, c);

	return error != CALL_OK ? error : keep_sealed(w, c, &s);
}

/* Those of one mechanism; the key ends in the epoch. */
static void
expire_index(const struct view *v, uint16_t index, uint64_t oldest)
{
	struct buf prefix = {0};
	struct bytes key;
	const struct bytes *after = NULL;

	item_key(v->md, commits_sealed_item(v, index, 0), &prefix);
	prefix.len -= 16; /* the epoch, hashed and plain */
	while (state_next_key(
	    v->state, v->at, prefix.data, prefix.len, after, &key)) {
		struct scale_reader r;

		after = &key;
		scale_read_init(&r, key.data + key.len - 8, 8);
		if (scale_u64(&r) < oldest)
			state_delete(v->state, v->at, key.data, key.len);
	}
	buf_free(&prefix);
}

void
commits_expire(const struct view *v, uint16_t netuid, uint64_t epoch)
{
	uint64_t period = view_uint(v, item_net("RevealPeriodEpochs", netuid));
	uint64_t mechanisms =
	    view_uint(v, item_net("MechanismCountCurrent", netuid));

	if (epoch <= period)
		return;
	for (uint64_t m = 0; m < mechanisms; m++)
		expire_index(v, m * MECHANISM_STRIDE + netuid, epoch - period);
}

/* The order of the checks is finney's; a client sees the first that fails. */
#include "tests/fake/devchain/weights.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/work.h"

uint16_t *
weights_read_u16s(struct scale_reader *r, size_t *n)
{
	uint16_t *v;

	*n = scale_count(r, 2);
	v = xcalloc(*n + 1, sizeof(*v));
	for (size_t i = 0; i < *n; i++)
		v[i] = scale_u16(r);
	return v;
}

void
weights_clear(struct weights *w)
{
	free(w->uids);
	free(w->values);
	*w = (struct weights){0};
}

/*
 * In the runtime this is fixed point with 32 fractional bits, rounded at the
 * end: for a large maximum the ratio is made first, for a small one the
 * product, so that neither overflows.
 */
void
weights_upscale(uint16_t *values, size_t n)
{
	enum { HALF_RANGE = 32768 };
	uint64_t max = 0, half = UINT64_C(1) << 31;

	for (size_t i = 0; i < n; i++)
		if (values[i] > max)
			max = values[i];
	if (max == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		uint64_t top = UINT64_C(65535), w = values[i], fixed;

		if (max > HALF_RANGE)
			fixed = w * ((top << 32) / max);
		else
			fixed = ((unsigned __int128)(w * top) << 32) / max;
		values[i] = (fixed + half) >> 32;
	}
}

static bool
has_duplicates(const uint16_t *uids, size_t n)
{
	uint8_t seen[8192] = {0};

	for (size_t i = 0; i < n; i++) {
		uint8_t bit = 1 << (uids[i] & 7);

		if (seen[uids[i] >> 3] & bit)
			return true;
		seen[uids[i] >> 3] |= bit;
	}
	return false;
}

static bool
is_self_weight(const struct weights *w, uint16_t uid)
{
	return w->n_uids == 1 && w->uids[0] == uid;
}

/* Checks 2 to 7: who and where. */
static int
check_origin(const struct view *v, const struct call_args *c,
    const struct weights *w, uint16_t *uid)
{
	long found;

	if (c->netuid == 0)
		return ERROR_ROOT_WEIGHTS;
	if (w->n_uids != w->n_values)
		return ERROR_NOT_EQUAL_SIZE;
	if (!subnet_has_mechanism(v, c->netuid, c->mecid))
		return ERROR_NO_MECHANISM;
	if (w->n_uids > subnet_n(v, c->netuid))
		return ERROR_TOO_MANY_UIDS;
	found = subnet_uid(v, c->netuid, c->signer);
	if (found < 0)
		return ERROR_NOT_IN_SUBNET;
	*uid = found;
	if (!subnet_has_min_stake(v, c->netuid, c->signer))
		return ERROR_STAKE_TOO_LOW;
	return CALL_OK;
}

/* Checks 8 to 10: when, and by which right. */
static int
check_right(const struct view *v, const struct call_args *c,
    const struct weights *w, uint16_t uid, bool commit_reveal)
{
	uint64_t key = view_uint(v, item_net("WeightsVersionKey", c->netuid));

	if (key != 0 && w->version_key < key)
		return ERROR_VERSION_KEY;
	if (!commit_reveal &&
	    !subnet_rate_ok(v, c->netuid, c->index, uid, c->block))
		return ERROR_SETTING_TOO_FAST;
	if (!is_self_weight(w, uid) &&
	    !subnet_is_owner(v, c->netuid, c->signer) &&
	    view_nth(v, item_net("ValidatorPermit", c->netuid), uid) == 0)
		return ERROR_NO_PERMIT;
	return CALL_OK;
}

/* Checks 11 to 13: the vector. */
static int
check_vector(const struct view *v, const struct call_args *c,
    const struct weights *w, uint16_t uid)
{
	uint64_t n = subnet_n(v, c->netuid), least;

	if (has_duplicates(w->uids, w->n_uids))
		return ERROR_DUPLICATE_UIDS;
	for (size_t i = 0; i < w->n_uids; i++)
		if (w->uids[i] >= n)
			return ERROR_INVALID_UID;
	least = view_uint(v, item_net("MinAllowedWeights", c->netuid));
	if (least > n)
		least = n;
	if (w->n_uids < least && !is_self_weight(w, uid))
		return ERROR_TOO_FEW;
	return CALL_OK;
}

static void
store(struct work *work, const struct call_args *c, const struct weights *w,
    uint16_t uid)
{
	struct buf b = {0};

	scale_put_compact(&b, w->n_uids);
	for (size_t i = 0; i < w->n_uids; i++) {
		scale_put_u16(&b, w->uids[i]);
		scale_put_u16(&b, w->values[i]);
	}
	view_put(
	    &work->view, item_net_uid("Weights", c->index, uid), b.data, b.len);
	buf_reset(&b);
	scale_put_u16(&b, c->index);
	scale_put_u16(&b, uid);
	work_event(work, PALLET_SUBTENSOR, EVENT_WEIGHTS_SET, &b);
	buf_free(&b);
}

int
weights_apply(struct work *work, const struct call_args *c, struct weights *w)
{
	const struct view *v = &work->view;
	bool commit_reveal =
	    view_uint(v, item_net("CommitRevealWeightsEnabled", c->netuid));
	uint16_t uid = 0;
	int error;

	if ((error = check_origin(v, c, w, &uid)) != CALL_OK ||
	    (error = check_right(v, c, w, uid, commit_reveal)) != CALL_OK ||
	    (error = check_vector(v, c, w, uid)) != CALL_OK)
		return error;
	weights_upscale(w->values, w->n_values);
	store(work, c, w, uid);
	if (!commit_reveal)
		view_put_nth(
		    v, item_net("LastUpdate", c->index), uid, c->block);
	return CALL_OK;
}

int
weights_validate(const struct view *v, struct call_args *c)
{
	long uid;

	if (!subnet_has_min_stake(v, c->netuid, c->signer))
		return CUSTOM_STAKE_TOO_LOW;
	if (view_uint(v, item_net("CommitRevealWeightsEnabled", c->netuid)))
		return CALL_OK;
	uid = subnet_uid(v, c->netuid, c->signer);
	if (uid < 0)
		return CUSTOM_NO_UID;
	if (!subnet_rate_ok(v, c->netuid, c->index, uid, c->block))
		return CUSTOM_RATE_LIMIT;
	return CALL_OK;
}

int
weights_set(struct work *work, struct call_args *c)
{
	struct weights w = {0};
	int error = ERROR_COMMIT_REVEAL_ENABLED;

	w.uids = weights_read_u16s(&c->r, &w.n_uids);
	w.values = weights_read_u16s(&c->r, &w.n_values);
	w.version_key = scale_u64(&c->r);
	if (!view_uint(
		&work->view, item_net("CommitRevealWeightsEnabled", c->netuid)))
		error = weights_apply(work, c, &w);
	weights_clear(&w);
	return error;
}

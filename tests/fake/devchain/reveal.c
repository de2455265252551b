/* Opening what was committed, each in its turn. */
#include "tests/fake/devchain/reveal.h"

#include <string.h>

#include "subtensor/scale.h"
#include "tests/fake/devchain/beacon.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/calls.h"
#include "tests/fake/devchain/commits.h"
#include "tests/fake/devchain/weights.h"
#include "tests/fake/devchain/work.h"

struct waiting {
	const uint8_t *who;
	uint64_t block; /* 0 in the older form */
	const uint8_t *bytes;
	size_t len;
	uint64_t round;
};

static struct waiting
read_waiting(const struct view *v, struct scale_reader *r)
{
	struct waiting c;

	c.who = scale_bytes(r, 32);
	c.block = v->crv3 ? 0 : scale_u64(r);
	c.len = scale_count(r, 1);
	c.bytes = scale_bytes(r, c.len);
	c.round = scale_u64(r);
	return c;
}

static void
keep(const struct view *v, struct buf *kept, const struct waiting *c)
{
	buf_add(kept, c->who, 32);
	if (!v->crv3)
		scale_put_u64(kept, c->block);
	scale_put_bytes(kept, c->bytes, c->len);
	scale_put_u64(kept, c->round);
}

/* The rest of a payload, which ends with it. */
static bool
read_weights(struct scale_reader *r, struct weights *w)
{
	w->uids = weights_read_u16s(r, &w->n_uids);
	w->values = weights_read_u16s(r, &w->n_values);
	w->version_key = scale_u64(r);
	return scale_done(r);
}

/* WeightsTlockPayload of that hotkey, or the older form that names none. */
static bool
read_payload(
    const struct buf *text, const uint8_t hotkey[32], struct weights *w)
{
	struct scale_reader r;
	size_t len;
	const uint8_t *who;

	scale_read_init(&r, text->data, text->len);
	len = scale_count(&r, 1);
	who = scale_bytes(&r, len);
	if (!r.failed && len == 32 && memcmp(who, hotkey, 32) == 0 &&
	    read_weights(&r, w))
		return true;
	weights_clear(w);
	scale_read_init(&r, text->data, text->len);
	return read_weights(&r, w);
}

static void
announce(struct work *w, uint16_t index, const uint8_t who[32])
{
	struct buf fields = {0};

	scale_put_u16(&fields, index);
	buf_add(&fields, who, 32);
	work_event(w, PALLET_SUBTENSOR, EVENT_TIMELOCKED_REVEALED, &fields);
	buf_free(&fields);
}

static void
open_one(struct work *w, uint16_t netuid, uint16_t index,
    const struct waiting *c, const uint8_t signature[TIMELOCK_SIGNATURE])
{
	struct call_args args = {.signer = c->who,
	    .block = w->number,
	    .netuid = netuid,
	    .mecid = (uint8_t)(index / MECHANISM_STRIDE),
	    .index = index};
	struct weights weights = {0};
	struct buf text = {0};

	if (timelock_decrypt(signature, c->bytes, c->len, &text, NULL) == 0 &&
	    read_payload(&text, c->who, &weights) &&
	    weights_apply(w, &args, &weights) == CALL_OK)
		announce(w, index, c->who);
	weights_clear(&weights);
	buf_free(&text);
}

static void
open_all(struct work *w, uint16_t netuid, uint16_t index, uint64_t epoch)
{
	struct item where = commits_sealed_item(&w->view, index, epoch);
	uint8_t signature[TIMELOCK_SIGNATURE];
	struct buf old = {0}, kept = {0}, all = {0};
	struct scale_reader r;
	struct bytes value;
	size_t n, n_kept = 0;

	if (!view_get(&w->view, where, &value))
		return;
	buf_add(&old, value.data, value.len); /* it is written to below */
	scale_read_init(&r, old.data, old.len);
	n = scale_count(&r, 1);
	for (size_t i = 0; i < n; i++) {
		struct waiting c = read_waiting(&w->view, &r);

		if (beacon_pulse(&w->view, c.round, signature)) {
			open_one(w, netuid, index, &c, signature);
			continue;
		}
		keep(&w->view, &kept, &c);
		n_kept++;
	}
	scale_put_compact(&all, n_kept);
	buf_add(&all, kept.data, kept.len);
	if (n_kept == 0)
		view_delete(&w->view, where);
	else
		view_put(&w->view, where, all.data, all.len);
	buf_free(&old);
	buf_free(&kept);
	buf_free(&all);
}

void
reveal_step(struct work *w, uint16_t netuid, uint64_t epoch)
{
	const struct view *v = &w->view;
	uint64_t period = view_uint(v, item_net("RevealPeriodEpochs", netuid));
	uint64_t mechanisms =
	    view_uint(v, item_net("MechanismCountCurrent", netuid));

	if (epoch < period)
		return;
	for (uint64_t m = 0; m < mechanisms; m++)
		open_all(w, netuid, (uint16_t)(m * MECHANISM_STRIDE + netuid),
		    epoch - period);
}

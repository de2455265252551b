/* The tables of subnet_fields.h, filled from storage. */
#include "tests/fake/devchain/metagraph.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/storage.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/subnet_fields.h"

enum { AXON_BYTES = 34, PROMETHEUS_BYTES = 31, PRUNING_MAX = 65535 };

struct subject {
	const struct view *v;
	uint16_t netuid, index; /* index: of the mechanism's storage */
	uint16_t n;
};

/* The item's bytes, or as many zeroes. */
static void
put_or_zero(const struct view *v, struct item i, size_t len, struct buf *out)
{
	struct bytes b;

	if (view_get(v, i, &b) && b.len == len) {
		buf_add(out, b.data, len);
		return;
	}
	while (len-- > 0)
		buf_add_byte(out, 0);
}

/* "Vec<Compact<u8>>". */
static void
put_compact_text(struct buf *out, const uint8_t *text, size_t len)
{
	scale_put_compact(out, len);
	for (size_t i = 0; i < len; i++)
		scale_put_compact(out, text[i]);
}

static void
put_symbol(const struct subject *s, struct buf *out)
{
	struct bytes b;
	struct scale_reader r;
	size_t n;

	view_get(s->v, item_net("TokenSymbol", s->netuid), &b);
	scale_read_init(&r, b.data, b.len);
	n = scale_count(&r, 1);
	put_compact_text(out, scale_bytes(&r, n), n);
}

/* An entry's pair of u16: the first or the second. */
static uint16_t
pair_part(const struct subject *s, const char *entry, int part)
{
	struct bytes b;
	struct scale_reader r;
	uint16_t low;

	view_get(s->v, item_net(entry, s->netuid), &b);
	scale_read_init(&r, b.data, b.len);
	low = scale_u16(&r);
	return part == 0 ? low : scale_u16(&r);
}

static bool
is_by_mechanism(const char *entry)
{
	return strcmp(entry, "LastUpdate") == 0 ||
	       strcmp(entry, "Incentive") == 0;
}

static void
put_vector(
    const struct subject *s, const char *entry, bool bools, struct buf *out)
{
	uint16_t key = is_by_mechanism(entry) ? s->index : s->netuid;

	scale_put_compact(out, s->n);
	for (uint16_t uid = 0; uid < s->n; uid++) {
		uint64_t x = view_nth(s->v, item_net(entry, key), uid);

		if (bools)
			scale_put_u8(out, x);
		else
			scale_put_compact(out, x);
	}
}

static void
put_commitments(const struct subject *s, struct buf *out)
{
	const uint8_t le[] = {s->netuid & 0xff, s->netuid >> 8};
	struct item of =
	    item_with(item("Commitments", "CommitmentOf"), le, sizeof(le));
	struct buf list = {0};
	uint8_t hotkey[32];
	size_t n = 0;

	for (uint16_t uid = 0; uid < s->n; uid++) {
		struct bytes b;

		subnet_hotkey(s->v, s->netuid, uid, hotkey);
		if (!view_get(s->v, item_with(of, hotkey, 32), &b))
			continue;
		buf_add(&list, hotkey, 32);
		put_compact_text(&list, b.data, b.len);
		n++;
	}
	scale_put_compact(out, n);
	buf_add(out, list.data, list.len);
	buf_free(&list);
}

static void
put_validators(const struct subject *s, struct buf *out)
{
	struct item permits = item_net("ValidatorPermit", s->netuid);
	struct buf list = {0};
	size_t n = 0;

	for (uint16_t uid = 0; uid < s->n; uid++) {
		if (view_nth(s->v, permits, uid) == 0)
			continue;
		scale_put_compact(&list, uid);
		n++;
	}
	scale_put_compact(out, n);
	buf_add(out, list.data, list.len);
	buf_free(&list);
}

/* What a field with one item per uid holds for this one. */
static void
put_of_uid(const struct subject *s, enum field_source source, uint16_t uid,
    struct buf *out)
{
	const struct view *v = s->v;
	uint8_t hotkey[32], coldkey[32];

	subnet_hotkey(v, s->netuid, uid, hotkey);
	if (source == FIELD_HOTKEYS) {
		buf_add(out, hotkey, 32);
	} else if (source == FIELD_COLDKEYS) {
		view_account(v, item_account("Owner", hotkey), coldkey);
		buf_add(out, coldkey, 32);
	} else if (source == FIELD_AXONS) {
		put_or_zero(v, item_net_account("Axons", s->netuid, hotkey),
		    AXON_BYTES, out);
	} else if (source == FIELD_IDENTITIES) {
		scale_put_u8(out, 0);
	} else if (source == FIELD_PRUNING) {
		scale_put_compact(out, PRUNING_MAX);
	} else if (source == FIELD_REGISTERED) {
		scale_put_compact(out,
		    view_uint(v,
			item_net_uid("BlockAtRegistration", s->netuid, uid)));
	} else if (source == FIELD_ALPHA_STAKE) {
		scale_put_compact(out, subnet_alpha(v, s->netuid, hotkey));
	} else if (source == FIELD_TAO_STAKE) {
		scale_put_compact(out, subnet_tao(v, hotkey));
	} else if (source == FIELD_TOTAL_STAKE) {
		scale_put_compact(
		    out, subnet_stake_weight(v, s->netuid, hotkey));
	} else {
		scale_put_compact(out, 0);
	}
}

/* Fields of a kind of their own. */
static void
put_special(
    const struct subject *s, const struct subnet_field *f, struct buf *out)
{
	static const uint8_t name[] = "development";

	if (f->source == FIELD_NETUID)
		scale_put_compact(out, s->index);
	else if (f->source == FIELD_NAME)
		put_compact_text(out, name, sizeof(name) - 1);
	else if (f->source == FIELD_SYMBOL)
		put_symbol(s, out);
	else if (f->source == FIELD_BLOCK)
		scale_put_compact(out, s->v->at->number);
	else if (f->source == FIELD_ALPHA_LOW)
		scale_put_compact(out, pair_part(s, f->entry, 0));
	else if (f->source == FIELD_ALPHA_HIGH)
		scale_put_compact(out, pair_part(s, f->entry, 1));
	else if (f->source == FIELD_VALIDATORS)
		put_validators(s, out);
	else if (f->source == FIELD_COMMITMENTS)
		put_commitments(s, out);
	else
		scale_put_u8(out, 0); /* zero, None, an empty Vec */
}

static void
put_field(
    const struct subject *s, const struct subnet_field *f, struct buf *out)
{
	struct item i = item_net(f->entry, s->netuid);

	switch (f->source) {
	case FIELD_UINT:
		scale_put_compact(out, view_uint(s->v, i));
		break;
	case FIELD_BOOL:
		scale_put_u8(out, view_uint(s->v, i));
		break;
	case FIELD_ACCOUNT:
		put_or_zero(s->v, i, 32, out);
		break;
	case FIELD_BYTES16:
		put_or_zero(s->v, i, 16, out);
		break;
	case FIELD_UINTS:
		put_vector(s, f->entry, false, out);
		break;
	case FIELD_BOOLS:
		put_vector(s, f->entry, true, out);
		break;
	case FIELD_ZEROES:
	case FIELD_HOTKEYS:
	case FIELD_COLDKEYS:
	case FIELD_IDENTITIES:
	case FIELD_AXONS:
	case FIELD_PRUNING:
	case FIELD_REGISTERED:
	case FIELD_ALPHA_STAKE:
	case FIELD_TAO_STAKE:
	case FIELD_TOTAL_STAKE:
		scale_put_compact(out, s->n);
		for (uint16_t uid = 0; uid < s->n; uid++)
			put_of_uid(s, f->source, uid, out);
		break;
	case FIELD_ZERO:
	case FIELD_EMPTY:
	case FIELD_NETUID:
	case FIELD_NAME:
	case FIELD_SYMBOL:
	case FIELD_BLOCK:
	case FIELD_ALPHA_LOW:
	case FIELD_ALPHA_HIGH:
	case FIELD_VALIDATORS:
	case FIELD_COMMITMENTS:
		put_special(s, f, out);
		break;
	}
}

static struct subject
subject(const struct view *v, uint16_t netuid, uint8_t mecid)
{
	return (struct subject){
	    .v = v,
	    .netuid = netuid,
	    .index = mecid * MECHANISM_STRIDE + netuid,
	    .n = subnet_n(v, netuid),
	};
}

void
metagraph_put(
    const struct view *v, uint16_t netuid, uint8_t mecid, struct buf *out)
{
	struct subject s = subject(v, netuid, mecid);

	for (size_t i = 0; i < METAGRAPH_FIELDS; i++)
		put_field(&s, &metagraph_fields[i], out);
}

void
metagraph_put_selective(const struct view *v, uint16_t netuid, uint8_t mecid,
    const uint16_t *fields, size_t n, struct buf *out)
{
	struct subject s = subject(v, netuid, mecid);

	put_field(&s, &metagraph_fields[0], out);
	for (size_t i = 1; i < metagraph_n_fields; i++) {
		bool asked = false;

		for (size_t k = 0; k < n && !asked; k++)
			asked = fields[k] == i;
		scale_put_u8(out, asked);
		if (asked)
			put_field(&s, &metagraph_fields[i], out);
	}
}

void
metagraph_put_hyperparams(
    const struct view *v, uint16_t netuid, struct buf *out)
{
	struct subject s = subject(v, netuid, 0);

	for (size_t i = 0; i < hyperparam_n_fields; i++)
		put_field(&s, &hyperparam_fields[i], out);
}

void
metagraph_put_hyperparams_v3(
    const struct view *v, uint16_t netuid, struct buf *out)
{
	struct subject s = subject(v, netuid, 0);

	scale_put_compact(out, hyperparam_n_fields);
	for (size_t i = 0; i < hyperparam_n_fields; i++) {
		const struct subnet_field *f = &hyperparam_fields[i];
		enum { IS_BOOL = 0, IS_U16 = 1, IS_U64 = 3 };
		uint8_t kind = f->source == FIELD_BOOL		? IS_BOOL
			       : strstr(f->type, "u16") != NULL ? IS_U16
								: IS_U64;

		scale_put_str(out, f->name);
		scale_put_u8(out, kind);
		put_field(&s, f, out);
	}
}

/* Weights or bonds of a uid, both numbers compact. */
static void
put_pairs(const struct view *v, struct item i, struct buf *out)
{
	struct bytes b;
	struct scale_reader r;
	size_t n;

	view_get(v, i, &b);
	scale_read_init(&r, b.data, b.len);
	n = scale_count(&r, 4);
	scale_put_compact(out, n);
	for (size_t k = 0; k < 2 * n; k++)
		scale_put_compact(out, scale_u16(&r));
}

/* A number a vector of the subnet holds for the uid. */
static void
put_nth(const struct view *v, const char *entry, uint16_t netuid, uint16_t uid,
    struct buf *out)
{
	scale_put_compact(out, view_nth(v, item_net(entry, netuid), uid));
}

void
metagraph_put_neuron(const struct view *v, uint16_t netuid, uint16_t uid,
    bool lite, struct buf *out)
{
	uint8_t hotkey[32], coldkey[32];

	subnet_hotkey(v, netuid, uid, hotkey);
	view_account(v, item_account("Owner", hotkey), coldkey);
	buf_add(out, hotkey, 32);
	buf_add(out, coldkey, 32);
	scale_put_compact(out, uid);
	scale_put_compact(out, netuid);
	scale_put_u8(out, view_nth(v, item_net("Active", netuid), uid));
	put_or_zero(
	    v, item_net_account("Axons", netuid, hotkey), AXON_BYTES, out);
	put_or_zero(v, item_net_account("Prometheus", netuid, hotkey),
	    PROMETHEUS_BYTES, out);
	scale_put_compact(out, 1); /* one who stakes: the coldkey */
	buf_add(out, coldkey, 32);
	scale_put_compact(out, subnet_alpha(v, netuid, hotkey));
	scale_put_compact(out, 0); /* rank */
	put_nth(v, "Emission", netuid, uid, out);
	put_nth(v, "Incentive", netuid, uid, out);
	put_nth(v, "Consensus", netuid, uid, out);
	scale_put_compact(out, 0); /* trust */
	put_nth(v, "ValidatorTrust", netuid, uid, out);
	put_nth(v, "Dividends", netuid, uid, out);
	put_nth(v, "LastUpdate", netuid, uid, out);
	scale_put_u8(
	    out, view_nth(v, item_net("ValidatorPermit", netuid), uid));
	if (!lite) {
		put_pairs(v, item_net_uid("Weights", netuid, uid), out);
		put_pairs(v, item_net_uid("Bonds", netuid, uid), out);
	}
	scale_put_compact(out, PRUNING_MAX);
}

/* serve_axon, set_commitment, and their storage. */
#include "tests/fake/devchain/serving.h"

#include <string.h>

#include "tests/fake/devchain/calls.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/work.h"

enum { LOOPBACK_V4 = 0x7f000001, AXON_REST = 4 + 16 + 2 + 4 };
enum { RAW_MAX = 128, DATA_BIG_RAW = 136, MAX_FIELDS = 3 };
enum { ERROR_TOO_MANY_FIELDS = 0, ERROR_NOT_ALLOWED = 1 };

struct axon {
	const uint8_t *all; /* version and what follows, as it is stored */
	uint64_t ip_low, ip_high;
	uint16_t port;
	uint8_t ip_type;
};

static struct axon
read_axon(struct call_args *c)
{
	struct axon a;

	a.all = c->r.data + c->r.pos;
	scale_u32(&c->r); /* version */
	a.ip_low = scale_u64(&c->r);
	a.ip_high = scale_u64(&c->r);
	a.port = scale_u16(&c->r);
	a.ip_type = scale_u8(&c->r);
	return a;
}

static bool
is_valid_ip(const struct axon *a)
{
	if (a->ip_low == 0 && a->ip_high == 0)
		return false;
	if (a->ip_type == 4)
		return a->ip_high == 0 && a->ip_low < UINT32_MAX &&
		       a->ip_low != LOOPBACK_V4;
	return a->ip_high != 0 || a->ip_low != 1;
}

static bool
is_too_soon(const struct view *v, const struct call_args *c)
{
	struct item i = item_net_account("Axons", c->netuid, c->signer);
	uint64_t limit = view_uint(v, item_net("ServingRateLimit", c->netuid));

	/* The block is the first eight bytes of what is stored. */
	return view_has(v, i) && c->block - view_uint(v, i) < limit;
}

int
serving_validate_axon(const struct view *v, struct call_args *c)
{
	struct axon a = read_axon(c);

	if (subnet_uid(v, c->netuid, c->signer) < 0)
		return CUSTOM_NOT_IN_NETWORK;
	if ((a.ip_type != 4 && a.ip_type != 6) || !is_valid_ip(&a))
		return CUSTOM_BAD_IP;
	if (a.port == 0)
		return CUSTOM_BAD_PORT;
	if (is_too_soon(v, c))
		return CUSTOM_SERVING_RATE;
	return CALL_OK;
}

int
serving_axon(struct work *w, struct call_args *c)
{
	struct axon a = read_axon(c);
	struct buf b = {0};

	if (subnet_uid(&w->view, c->netuid, c->signer) < 0)
		return ERROR_NOT_IN_NETWORK;
	if (a.ip_type != 4 && a.ip_type != 6)
		return ERROR_INVALID_IP_TYPE;
	if (!is_valid_ip(&a))
		return ERROR_INVALID_IP_ADDRESS;
	if (a.port == 0)
		return ERROR_INVALID_PORT;
	if (is_too_soon(&w->view, c))
		return ERROR_SERVING_TOO_FAST;
	scale_put_u64(&b, c->block);
	buf_add(&b, a.all, AXON_REST);
	view_put(&w->view, item_net_account("Axons", c->netuid, c->signer),
	    b.data, b.len);
	buf_reset(&b);
	scale_put_u16(&b, c->netuid);
	buf_add(&b, c->signer, 32);
	work_event(w, PALLET_SUBTENSOR, EVENT_AXON_SERVED, &b);
	buf_free(&b);
	return CALL_OK;
}

static struct item
commitment_item(const char *entry, uint16_t netuid, const uint8_t account[32])
{
	const uint8_t le[] = {netuid & 0xff, netuid >> 8};

	return item_with(
	    item_with(item("Commitments", entry), le, sizeof(le)), account, 32);
}

/* fields is Vec<Data>, encoded. */
static void
put_registration(const struct view *v, uint16_t netuid,
    const uint8_t account[32], uint32_t block, const uint8_t *fields,
    size_t len)
{
	struct buf b = {0};

	scale_put_u64(&b, 0); /* deposit */
	scale_put_u32(&b, block);
	buf_add(&b, fields, len);
	view_put(
	    v, commitment_item("CommitmentOf", netuid, account), b.data, b.len);
	view_put_uint(
	    v, commitment_item("LastCommitment", netuid, account), block);
	buf_free(&b);
}

int
serving_commitment(struct work *w, struct call_args *c)
{
	const uint8_t *info = c->r.data + c->r.pos;
	size_t len = scale_left(&c->r);
	struct buf event = {0};

	if (subnet_uid(&w->view, c->netuid, c->signer) < 0)
		return ERROR_NOT_ALLOWED;
	if (scale_count(&c->r, 0) > MAX_FIELDS)
		return ERROR_TOO_MANY_FIELDS;
	put_registration(&w->view, c->netuid, c->signer, c->block, info, len);
	scale_put_u16(&event, c->netuid);
	buf_add(&event, c->signer, 32);
	work_event(w, PALLET_COMMITMENTS, EVENT_COMMITMENT, &event);
	buf_free(&event);
	return CALL_OK;
}

void
serving_put_commitment(const struct view *v, uint16_t netuid,
    const uint8_t account[32], uint32_t block, const char *text)
{
	size_t len = strlen(text);
	struct buf fields = {0};

	scale_put_compact(&fields, 1);
	if (len <= RAW_MAX) {
		scale_put_u8(&fields, len + 1);
		buf_add(&fields, text, len);
	} else {
		scale_put_u8(&fields, DATA_BIG_RAW);
		scale_put_bytes(&fields, text, len);
	}
	put_registration(v, netuid, account, block, fields.data, fields.len);
	buf_free(&fields);
}

void
serving_drop_commitment(
    const struct view *v, uint16_t netuid, const uint8_t account[32])
{
	view_delete(v, commitment_item("CommitmentOf", netuid, account));
	view_delete(v, commitment_item("LastCommitment", netuid, account));
}

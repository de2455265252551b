/* Registering, replacing and changing neurons. */
#include "tests/fake/devchain/neuron.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/locks.h"
#include "tests/fake/devchain/serving.h"
#include "tests/fake/devchain/subnet.h"
#include "tests/fake/devchain/work.h"

enum { NOT_GIVEN = -1, AXON_VERSION = 10002000 };

struct change {
	uint16_t netuid;
	long uid; /* or NOT_GIVEN */
	bool has_hotkey, has_coldkey, has_axon;
	uint8_t hotkey[32], coldkey[32];
	json_int_t alpha, tao, last_update, locked; /* or NOT_GIVEN */
	int permit, active, lock_decays;	    /* or NOT_GIVEN */
	const json_t *commitment;		    /* NULL if not given */
	uint8_t ip[16];				    /* little-endian */
	uint8_t ip_type;
	uint16_t port;
};

static int
read_number(const json_t *j, const char *name, json_int_t max, json_int_t *out,
    struct err *err)
{
	const json_t *v = json_object_get(j, name);

	*out = NOT_GIVEN;
	if (v == NULL)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > max)
		return err_set(err, "%s: not a number of its range", name);
	*out = json_integer_value(v);
	return 0;
}

static int
read_flag(const json_t *j, const char *name, int *out, struct err *err)
{
	const json_t *v = json_object_get(j, name);

	*out = v == NULL ? NOT_GIVEN : json_is_true(v);
	if (v != NULL && !json_is_boolean(v))
		return err_set(err, "%s: neither true nor false", name);
	return 0;
}

static int
read_account(const json_t *j, const char *name, bool *given, uint8_t id[32],
    struct err *err)
{
	const json_t *v = json_object_get(j, name);

	*given = v != NULL;
	if (v == NULL)
		return 0;
	if (!json_is_string(v))
		return err_set(err, "%s: not a text", name);
	if (account_parse(json_string_value(v), id, err) != 0)
		return err_wrap(err, "%s", name);
	return 0;
}

static void
reverse(uint8_t *out, const void *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = ((const uint8_t *)in)[len - 1 - i];
}

/* "203.0.113.7:8091" or "[2001:db8::1]:8091". */
static int
read_axon(const json_t *j, struct change *c, struct err *err)
{
	const json_t *v = json_object_get(j, "axon");
	char host[64];
	const char *text, *colon;
	struct in6_addr six;
	struct in_addr four;

	c->has_axon = v != NULL;
	if (v == NULL)
		return 0;
	text = json_string_value(v);
	colon = text != NULL ? strrchr(text, ':') : NULL;
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		return err_set(err, "axon: not an address and a port");
	memcpy(host, text, colon - text);
	host[colon - text] = '\0';
	c->port = atoi(colon + 1);
	if (inet_pton(AF_INET, host, &four) == 1) {
		c->ip_type = 4;
		reverse(c->ip, &four, sizeof(four));
		return 0;
	}
	if (host[0] == '[')
		host[strlen(host) - 1] = '\0';
	if (host[0] != '[' || inet_pton(AF_INET6, host + 1, &six) != 1)
		return err_set(err, "axon: \"%s\" is no address", text);
	c->ip_type = 6;
	reverse(c->ip, &six, sizeof(six));
	return 0;
}

static int
read_commitment(const json_t *j, struct change *c, struct err *err)
{
	c->commitment = json_object_get(j, "commitment");
	if (c->commitment == NULL || json_is_null(c->commitment))
		return 0;
	if (!json_is_string(c->commitment) ||
	    json_string_length(c->commitment) > COMMITMENT_MAX_TEXT)
		return err_set(err,
		    "commitment: not a text of at most %d bytes",
		    COMMITMENT_MAX_TEXT);
	return 0;
}

static int
read_change(const json_t *j, struct change *c, struct err *err)
{
	json_int_t netuid, uid;

	*c = (struct change){0};
	if (!json_is_object(j))
		return err_set(err, "a neuron is an object");
	if (read_number(j, "netuid", UINT16_MAX, &netuid, err) != 0 ||
	    read_number(j, "uid", UINT16_MAX, &uid, err) != 0 ||
	    read_number(j, "alpha_stake", INT64_MAX, &c->alpha, err) != 0 ||
	    read_number(j, "tao_stake", INT64_MAX, &c->tao, err) != 0 ||
	    read_number(j, "last_update", UINT32_MAX, &c->last_update, err) !=
		0 ||
	    read_number(j, "locked", INT64_MAX, &c->locked, err) != 0 ||
	    read_flag(j, "lock_decays", &c->lock_decays, err) != 0 ||
	    read_flag(j, "validator_permit", &c->permit, err) != 0 ||
	    read_flag(j, "active", &c->active, err) != 0 ||
	    read_account(j, "hotkey", &c->has_hotkey, c->hotkey, err) != 0 ||
	    read_account(j, "coldkey", &c->has_coldkey, c->coldkey, err) != 0 ||
	    read_commitment(j, c, err) != 0 || read_axon(j, c, err) != 0)
		return -1;
	if (netuid == NOT_GIVEN)
		return err_set(err, "netuid is missing");
	if (uid == NOT_GIVEN && !c->has_hotkey)
		return err_set(err, "neither uid nor hotkey is given");
	c->netuid = netuid;
	c->uid = uid;
	return 0;
}

int
neuron_check(const json_t *j, struct err *err)
{
	struct change c;

	return read_change(j, &c, err);
}

/* Which uid it is about; the next free one for a new hotkey. */
static int
find_uid(const struct view *v, struct change *c, struct err *err)
{
	long n = subnet_n(v, c->netuid), known = -1;

	if (!subnet_exists(v, c->netuid))
		return err_set(err, "there is no subnet %u", c->netuid);
	if (c->has_hotkey)
		known = subnet_uid(v, c->netuid, c->hotkey);
	if (c->uid == NOT_GIVEN)
		c->uid = known >= 0 ? known : n;
	if (known >= 0 && known != c->uid)
		return err_set(err, "the hotkey is at uid %ld already", known);
	if (c->uid > n || (c->uid == n && !c->has_hotkey))
		return err_set(err, "there is no uid %ld", c->uid);
	if (c->uid >= (long)view_uint(v, item_net("MaxAllowedUids", c->netuid)))
		return err_set(err, "the subnet is full");
	return 0;
}

/* What is kept per uid starts anew, as when finney replaces a neuron. */
static void
clear_uid(const struct view *v, uint16_t netuid, uint16_t uid)
{
	static const char *const vectors[] = {"Active", "ValidatorPermit",
	    "Consensus", "Dividends", "ValidatorTrust", "Emission", "Incentive",
	    "LastUpdate"};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		view_put_nth(v, item_net(vectors[i], netuid), uid, 0);
	view_delete(v, item_net_uid("Weights", netuid, uid));
	view_delete(v, item_net_uid("Bonds", netuid, uid));
}

static void
leave(const struct view *v, const struct change *c)
{
	uint8_t old[32];

	subnet_hotkey(v, c->netuid, c->uid, old);
	view_delete(v, item_net_account("Uids", c->netuid, old));
	view_delete(v, item_net_account("Axons", c->netuid, old));
	view_delete(v, item_net_account("Prometheus", c->netuid, old));
	view_delete(v, item_account_net("IsNetworkMember", old, c->netuid));
}

/* Give the uid to the hotkey. */
static void
join(struct work *w, const struct change *c)
{
	const struct view *v = &w->view;
	struct buf b = {0};
	uint8_t coldkey[32];

	clear_uid(v, c->netuid, c->uid);
	view_put_uint(
	    v, item_net_account("Uids", c->netuid, c->hotkey), c->uid);
	view_put(v, item_net_uid("Keys", c->netuid, c->uid), c->hotkey, 32);
	view_put_uint(v, item_net_uid("BlockAtRegistration", c->netuid, c->uid),
	    w->number);
	view_put_uint(
	    v, item_account_net("IsNetworkMember", c->hotkey, c->netuid), 1);
	view_put_nth(v, item_net("Active", c->netuid), c->uid, 1);
	if (!c->has_coldkey && !view_has(v, item_account("Owner", c->hotkey))) {
		buf_add_str(&b, "coldkey");
		buf_add(&b, c->hotkey, 32);
		hash_blake2_256(b.data, b.len, coldkey);
		view_put(v, item_account("Owner", c->hotkey), coldkey, 32);
		buf_reset(&b);
	}
	scale_put_u16(&b, c->netuid);
	scale_put_u16(&b, c->uid);
	buf_add(&b, c->hotkey, 32);
	work_event(w, PALLET_SUBTENSOR, EVENT_NEURON_REGISTERED, &b);
	buf_free(&b);
}

static void
place(struct work *w, struct change *c)
{
	const struct view *v = &w->view;
	uint8_t now[32];

	if (c->uid == subnet_n(v, c->netuid)) {
		view_put_uint(
		    v, item_net("SubnetworkN", c->netuid), c->uid + 1);
		join(w, c);
		return;
	}
	subnet_hotkey(v, c->netuid, c->uid, now);
	if (!c->has_hotkey) {
		memcpy(c->hotkey, now, 32);
	} else if (memcmp(now, c->hotkey, 32) != 0) {
		leave(v, c);
		join(w, c);
	}
}

static void
put_axon(const struct view *v, const struct change *c, uint32_t block)
{
	struct buf b = {0};

	scale_put_u64(&b, block);
	scale_put_u32(&b, AXON_VERSION);
	buf_add(&b, c->ip, sizeof(c->ip));
	scale_put_u16(&b, c->port);
	scale_put_u8(&b, c->ip_type);
	scale_put_u8(&b, 4); /* protocol */
	scale_put_u16(&b, 0);
	view_put(
	    v, item_net_account("Axons", c->netuid, c->hotkey), b.data, b.len);
	buf_free(&b);
}

static void
put_rest(const struct view *v, const struct change *c, uint32_t block)
{
	if (c->has_coldkey)
		view_put(v, item_account("Owner", c->hotkey), c->coldkey, 32);
	if (c->alpha != NOT_GIVEN)
		view_put_uint(v,
		    item_account_net("TotalHotkeyAlpha", c->hotkey, c->netuid),
		    c->alpha);
	if (c->tao != NOT_GIVEN)
		view_put_uint(v,
		    item_account_net("TotalHotkeyAlpha", c->hotkey, 0), c->tao);
	if (c->locked != NOT_GIVEN)
		locks_put(v, c->netuid, c->hotkey, c->locked,
		    c->lock_decays == true, block);
	if (c->permit != NOT_GIVEN)
		view_put_nth(v, item_net("ValidatorPermit", c->netuid), c->uid,
		    c->permit);
	if (c->active != NOT_GIVEN)
		view_put_nth(
		    v, item_net("Active", c->netuid), c->uid, c->active);
	if (c->last_update != NOT_GIVEN)
		view_put_nth(v, item_net("LastUpdate", c->netuid), c->uid,
		    c->last_update);
	if (c->has_axon)
		put_axon(v, c, block);
	if (c->commitment != NULL && json_is_null(c->commitment))
		serving_drop_commitment(v, c->netuid, c->hotkey);
	else if (c->commitment != NULL)
		serving_put_commitment(v, c->netuid, c->hotkey, block,
		    json_string_value(c->commitment));
}

int
neuron_apply(struct work *w, const json_t *j, struct err *err)
{
	struct change c;

	if (read_change(j, &c, err) != 0 || find_uid(&w->view, &c, err) != 0)
		return -1;
	place(w, &c);
	put_rest(&w->view, &c, w->number);
	return 0;
}

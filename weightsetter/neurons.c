/* Neurons from decoded answers. */
#include "weightsetter/neurons.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/scale.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

static const uint16_t graph_fields[] = {
    30, 52, 53, 55, 56, 57, 59, 60, 61, 62, 63, 64, 66, 67, 68, 69};

enum { N_GRAPH_FIELDS = sizeof(graph_fields) / sizeof(graph_fields[0]) };

void
neurons_put_args(struct buf *args, uint16_t netuid)
{
	scale_put_u16(args, netuid);
	scale_put_compact(args, N_GRAPH_FIELDS);
	for (size_t i = 0; i < N_GRAPH_FIELDS; i++)
		scale_put_u16(args, graph_fields[i]);
}

/* Room for n neurons, which must be as many as the subnet has. */
static int
make_room(struct snapshot *s, size_t n, struct err *err)
{
	if (n > SNAPSHOT_MAX_NEURONS)
		return err_set(err, "%zu neurons are too many", n);
	if (n != s->hyper.n)
		return err_set(err, "%zu neurons where the subnet has %llu", n,
		    (unsigned long long)s->hyper.n);
	free(s->neurons);
	s->neurons = xcalloc(n > 0 ? n : 1, sizeof(*s->neurons));
	s->n_neurons = n;
	return 0;
}

static int
take_account(const json_t *value, char out[SS58_MAX_TEXT])
{
	uint8_t key[32];

	if (value_text(value, out, SS58_MAX_TEXT) != 0)
		return -1;
	return ss58_decode_account(out, key);
}

/* -- axons --------------------------------------------------------------- */

/* A u128, which comes as a number or a decimal text, big-endian. */
static int
take_u128(const json_t *value, uint8_t out[16])
{
	const char *text = json_string_value(value);
	unsigned __int128 n = 0;
	uint64_t small;

	if (value_u64(value, &small) == 0) {
		n = small;
	} else {
		if (text == NULL || strlen(text) > 39)
			return -1;
		for (; *text >= '0' && *text <= '9'; text++)
			n = n * 10 + (unsigned)(*text - '0');
		if (*text != '\0')
			return -1;
	}
	for (int i = 15; i >= 0; i--, n >>= 8)
		out[i] = (uint8_t)n;
	return 0;
}

/* 0, or -1 if a number of that type is no address, or that of nobody. */
static int
take_ip(const json_t *axon, char out[SNAPSHOT_IP])
{
	static const uint8_t zeros[16];
	uint8_t ip[16];
	uint64_t type;

	if (take_u128(json_object_get(axon, "ip"), ip) != 0 ||
	    value_u64(json_object_get(axon, "ip_type"), &type) != 0 ||
	    memcmp(ip, zeros, sizeof(zeros)) == 0)
		return -1;
	if (type == 6) {
		inet_ntop(AF_INET6, ip, out, SNAPSHOT_IP);
		return 0;
	}
	if (type != 4 || memcmp(ip, zeros, 12) != 0)
		return -1;
	inet_ntop(AF_INET, ip + 12, out, SNAPSHOT_IP);
	return 0;
}

void
neurons_take_axon(const json_t *value, struct axon *axon)
{
	uint64_t port, protocol = 0, version = 0, block = 0;

	memset(axon, 0, sizeof(*axon));
	if (value_uint(json_object_get(value, "port"), UINT16_MAX, &port) !=
		0 ||
	    port == 0 || take_ip(value, axon->ip) != 0)
		return;
	value_uint(json_object_get(value, "protocol"), UINT8_MAX, &protocol);
	value_uint(json_object_get(value, "version"), UINT32_MAX, &version);
	value_uint(json_object_get(value, "block"), INT64_MAX, &block);
	axon->port = (uint16_t)port;
	axon->protocol = (uint8_t)protocol;
	axon->version = (uint32_t)version;
	axon->block = block;
}

/* -- what may be missing ------------------------------------------------- */

static int64_t
number_or_none(const json_t *value, uint64_t max)
{
	uint64_t n;

	return value_uint(value, max, &n) == 0 ? (int64_t)n : -1;
}

static int32_t
part(const json_t *value)
{
	return (int32_t)number_or_none(value, UINT16_MAX);
}

/* -- get_selective_metagraph: an array per field ------------------------- */

struct columns {
	const json_t *hotkeys, *coldkeys, *permits, *last_update, *alpha, *tao,
	    *total;
	/* NULL if they are missing */
	const json_t *axons, *active, *trust, *consensus, *incentive,
	    *dividends, *emission, *registered;
};

static int
take_columns(const json_t *graph, size_t n, struct columns *c)
{
	const struct {
		const char *name;
		const json_t **column;
		bool may_miss;
	} names[] = {
	    {"hotkeys", &c->hotkeys, false},
	    {"coldkeys", &c->coldkeys, false},
	    {"validator_permit", &c->permits, false},
	    {"last_update", &c->last_update, false},
	    {"alpha_stake", &c->alpha, false},
	    {"tao_stake", &c->tao, false},
	    {"total_stake", &c->total, false},
	    {"axons", &c->axons, true},
	    {"active", &c->active, true},
	    {"trust", &c->trust, true},
	    {"consensus", &c->consensus, true},
	    {"incentives", &c->incentive, true},
	    {"dividends", &c->dividends, true},
	    {"emission", &c->emission, true},
	    {"block_at_registration", &c->registered, true},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const json_t *column = json_object_get(graph, names[i].name);
		bool is_good =
		    json_is_array(column) && json_array_size(column) == n;

		if (!is_good && !names[i].may_miss)
			return -1;
		*names[i].column = is_good ? column : NULL;
	}
	return 0;
}

static void
take_more(const struct columns *c, size_t i, struct neuron *n)
{
	neurons_take_axon(json_array_get(c->axons, i), &n->axon);
	n->active = json_is_true(json_array_get(c->active, i));
	n->trust = part(json_array_get(c->trust, i));
	n->consensus = part(json_array_get(c->consensus, i));
	n->incentive = part(json_array_get(c->incentive, i));
	n->dividends = part(json_array_get(c->dividends, i));
	n->emission = number_or_none(json_array_get(c->emission, i), INT64_MAX);
	n->registered_block =
	    number_or_none(json_array_get(c->registered, i), INT64_MAX);
}

static int
take_row(const struct columns *c, size_t i, struct neuron *n)
{
	n->uid = (uint16_t)i;
	n->permit = json_is_true(json_array_get(c->permits, i));
	take_more(c, i, n);
	if (take_account(json_array_get(c->hotkeys, i), n->hotkey) != 0 ||
	    take_account(json_array_get(c->coldkeys, i), n->coldkey) != 0 ||
	    value_u64(json_array_get(c->alpha, i), &n->alpha_stake) != 0 ||
	    value_u64(json_array_get(c->tao, i), &n->tao_stake) != 0 ||
	    value_u64(json_array_get(c->total, i), &n->total_stake) != 0)
		return -1;
	return value_uint(
	    json_array_get(c->last_update, i), INT64_MAX, &n->last_update);
}

int
neurons_take_metagraph(struct snapshot *s, const json_t *graph, struct err *err)
{
	size_t n = json_array_size(json_object_get(graph, "hotkeys"));
	struct columns c;

	if (!json_is_object(graph))
		return err_set(err, "there is no such subnet");
	if (make_room(s, n, err) != 0)
		return -1;
	if (take_columns(graph, n, &c) != 0)
		return err_set(err, "the metagraph lacks a column");
	for (size_t i = 0; i < n; i++) {
		if (take_row(&c, i, &s->neurons[i]) != 0)
			return err_set(err, "neuron %zu is malformed", i);
	}
	return 0;
}

/* -- get_neurons_lite: an object per neuron ------------------------------ */

/* Stakes are a list of (coldkey, amount). */
static int
take_stakes(const json_t *stakes, uint64_t *sum)
{
	const json_t *pair;
	uint64_t amount;
	size_t i;

	*sum = 0;
	if (!json_is_array(stakes))
		return -1;
	json_array_foreach(stakes, i, pair)
	{
		if (value_u64(json_array_get(pair, 1), &amount) != 0 ||
		    __builtin_add_overflow(*sum, amount, sum))
			return -1;
	}
	return 0;
}

static void
take_more_lite(const json_t *item, struct neuron *n)
{
	neurons_take_axon(json_object_get(item, "axon_info"), &n->axon);
	n->active = json_is_true(json_object_get(item, "active"));
	n->trust = part(json_object_get(item, "trust"));
	n->consensus = part(json_object_get(item, "consensus"));
	n->incentive = part(json_object_get(item, "incentive"));
	n->dividends = part(json_object_get(item, "dividends"));
	n->emission =
	    number_or_none(json_object_get(item, "emission"), INT64_MAX);
	n->registered_block = -1;
}

static int
take_lite(const json_t *item, size_t i, struct neuron *n)
{
	uint64_t uid;

	if (value_u64(json_object_get(item, "uid"), &uid) != 0 || uid != i)
		return -1;
	n->uid = (uint16_t)uid;
	n->permit = json_is_true(json_object_get(item, "validator_permit"));
	take_more_lite(item, n);
	if (take_account(json_object_get(item, "hotkey"), n->hotkey) != 0 ||
	    take_account(json_object_get(item, "coldkey"), n->coldkey) != 0 ||
	    take_stakes(json_object_get(item, "stake"), &n->alpha_stake) != 0)
		return -1;
	n->total_stake = n->alpha_stake;
	return value_uint(
	    json_object_get(item, "last_update"), INT64_MAX, &n->last_update);
}

int
neurons_take_lite(struct snapshot *s, const json_t *list, struct err *err)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return err_set(err, "the neurons are no list");
	if (make_room(s, n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (take_lite(json_array_get(list, i), i, &s->neurons[i]) != 0)
			return err_set(err, "neuron %zu is malformed", i);
	}
	return 0;
}

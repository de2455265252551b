/* subnetctl era and epoch: blocks at which something begins or ends. */
#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/epochs.h"
#include "subtensor/era.h"

enum { MAX_PERIOD = 65536, MAX_NETUID = 65535 };

/* Numbers that JSON holds as they are. */
static const uint64_t max_block = (uint64_t)1 << 53;

enum ctl_exit
chain_era_encode(struct chain_args *args, json_t **out, struct err *err)
{
	const char *period_word = chain_need_flag(args, "period", err);
	const char *current_word = chain_need_flag(args, "current", err);
	uint64_t period, current;
	struct buf bytes = {0};
	struct era era;

	if (period_word == NULL || current_word == NULL ||
	    chain_number(
		"--period", period_word, 0, MAX_PERIOD, &period, err) != 0 ||
	    chain_number(
		"--current", current_word, 0, max_block, &current, err) != 0)
		return CTL_USAGE;
	era = era_at(period, current);
	era_encode(era, &bytes);
	*out = json_pack("{s:o, s:I, s:n}", "hex",
	    chain_hex_json(bytes.data, bytes.len), "birth",
	    (json_int_t)era_birth(era, current), "death");
	if (era.period > 0)
		json_object_set_new(
		    *out, "death", json_integer(era_death(era, current)));
	buf_free(&bytes);
	return CTL_OK;
}

/* A number that must be there. */
static int
need(const json_t *state, const char *name, uint64_t max, uint64_t *out,
    struct err *err)
{
	int rc = chain_member(state, name, max, out, err);

	if (rc == 1)
		return err_set(err, "\"%s\" is missing", name);
	return rc;
}

/*
 * The state of a subnet: counted epochs, or with "netuid" in place of
 * "index", those of runtimes before spec 423.
 */
static int
read_state(
    const json_t *state, struct epochs *e, uint64_t *period, struct err *err)
{
	uint64_t netuid = 0;

	*e = (struct epochs){
	    .is_counted = json_object_get(state, "index") != NULL ||
			  json_object_get(state, "netuid") == NULL};
	if (need(state, "tempo", UINT64_MAX, &e->tempo, err) != 0 ||
	    need(state, "current", max_block, &e->current, err) != 0 ||
	    need(state, "period", UINT64_MAX, period, err) != 0)
		return -1;
	if (!e->is_counted) {
		if (need(state, "netuid", MAX_NETUID, &netuid, err) != 0)
			return -1;
		e->netuid = netuid;
		return 0;
	}
	if (need(state, "last", UINT64_MAX, &e->last, err) != 0 ||
	    need(state, "pending", UINT64_MAX, &e->pending, err) != 0 ||
	    need(state, "index", UINT64_MAX, &e->index, err) != 0 ||
	    need(state, "since", UINT64_MAX, &e->since, err) != 0)
		return -1;
	return 0;
}

enum ctl_exit
chain_epoch_reveal_block(struct chain_args *args, json_t **out, struct err *err)
{
	json_t *state = chain_stdin_object(args, CHAIN_MAX_TEXT, err);
	uint64_t period, block;
	struct epochs e;

	if (state != NULL && read_state(state, &e, &period, err) == 0 &&
	    epochs_reveal_block(&e, period, &block, err) == 0)
		*out = json_pack("{s:I}", "reveal_block", (json_int_t)block);
	json_decref(state);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

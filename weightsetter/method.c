/* The call that weights are set by. */
#include "weightsetter/method.h"

#include <string.h>

#include "common/hex.h"
#include "subtensor/metadata.h"
#include "subtensor/networks.h"

enum { VERSION = 4, QUICKNET_GENESIS_S = 1692803367, QUICKNET_PERIOD_S = 3 };

static const char subtensor[] = "SubtensorModule";
static const char *const wishes[] = {"auto", "timelock", "plain"};

int
method_commits_of(const char *name)
{
	for (int i = METHOD_AUTO; i <= METHOD_PLAIN; i++) {
		if (strcmp(wishes[i], name) == 0)
			return i;
	}
	return -1;
}

/* The form with a mechanism, or else, for mechanism 0, the one without. */
static const char *
call_of(const struct metadata *md, uint8_t mecid, const char *with,
    const char *without)
{
	if (metadata_call(md, subtensor, with, NULL) != NULL)
		return with;
	if (mecid == 0 && metadata_call(md, subtensor, without, NULL) != NULL)
		return without;
	return NULL;
}

bool
method_is_public(const uint8_t genesis[32])
{
	static const char *const names[] = {"finney", "test"};
	uint8_t theirs[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct network *n = network_find(names[i]);

		if (n != NULL && n->genesis != NULL &&
		    hex_decode_exact(n->genesis, theirs, sizeof(theirs)) == 0 &&
		    memcmp(theirs, genesis, sizeof(theirs)) == 0)
			return true;
	}
	return false;
}

static const char *
fault_of_beacon(const struct beacon *b, bool must_be_quicknet)
{
	if (!b->exists || b->times.period_s == 0)
		return "no_beacon";
	if (must_be_quicknet &&
	    (memcmp(b->public, timelock_quicknet, TIMELOCK_PUBLIC) != 0 ||
		b->times.genesis_s != QUICKNET_GENESIS_S ||
		b->times.period_s != QUICKNET_PERIOD_S))
		return "beacon_differs";
	return NULL;
}

/* Timelocked commits name the version; the form before had no such argument,
 * and its runtimes no version or an older one. */
static struct method
timelock(const struct metadata *md, const struct snapshot *s, uint8_t mecid,
    bool must_be_quicknet)
{
	struct method m = {.action = LEDGER_TIMELOCK};

	m.call = call_of(md, mecid, "commit_timelocked_mechanism_weights",
	    "commit_timelocked_weights");
	if (m.call != NULL && s->hyper.commit_reveal_version != VERSION)
		m.alarm = "commit_reveal_version";
	if (m.call == NULL) {
		m.call = call_of(md, mecid, "commit_crv3_mechanism_weights",
		    "commit_crv3_weights");
		if (s->hyper.commit_reveal_version > VERSION)
			m.alarm = "commit_reveal_version";
	}
	if (m.call == NULL)
		m.alarm = "no_call";
	if (m.alarm == NULL)
		m.alarm = fault_of_beacon(&s->beacon, must_be_quicknet);
	return m;
}

struct method
method_choose(const struct metadata *md, const struct snapshot *s,
    uint8_t mecid, enum method_commits wish, bool must_be_quicknet)
{
	struct method m = {.action = LEDGER_SET};

	if (!s->hyper.commit_reveal)
		m.call =
		    call_of(md, mecid, "set_mechanism_weights", "set_weights");
	else if (wish != METHOD_PLAIN)
		return timelock(md, s, mecid, must_be_quicknet);
	else
		m = (struct method){.action = LEDGER_HASH,
		    .call = call_of(md, mecid, "commit_mechanism_weights",
			"commit_weights")};
	if (m.call == NULL)
		m.alarm = "no_call";
	return m;
}

const char *
method_reveal(const struct metadata *md, uint8_t mecid)
{
	return call_of(md, mecid, "reveal_mechanism_weights", "reveal_weights");
}

/* The chain's own checks, made before it makes them. */
#include "weightsetter/preflight.h"

#include <stdbool.h>
#include <string.h>

#include "weightsetter/reveal.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/uid_weights.h"

/* What the next block may bring. */
static const char too_little_stake[] = "NotEnoughStakeToSetWeights";
static const char no_permit[] = "NeuronNoValidatorPermit";
static const char too_many[] = "TooManyUnrevealedCommits";
/* What the owner, or the operator, must do something about. */
static const char no_mechanism[] = "MechanismDoesNotExist";
static const char not_registered[] = "HotKeyNotRegisteredInSubNet";
static const char old_version[] = "IncorrectWeightVersionKey";

struct checked {
	const struct snapshot *s;
	const struct preflight_of *of;
	const struct uid_weights *w;
	const struct neuron *own; /* NULL: not registered */
};

static bool
is_owner(const struct checked *c)
{
	return c->s->hotkey[0] != '\0' &&
	       strcmp(c->s->hotkey, c->s->hyper.owner_hotkey) == 0;
}

static bool
is_self_weight(const struct checked *c)
{
	return c->w->n == 1 && c->w->uids[0] == c->own->uid;
}

/* Ascending uids without a double; NULL if they are good. */
static const char *
check_uids(const struct checked *c)
{
	const char *beyond = NULL;

	for (size_t i = 0; i < c->w->n; i++) {
		if (i > 0 && c->w->uids[i] <= c->w->uids[i - 1])
			return "DuplicateUids";
		if (c->w->uids[i] >= c->s->hyper.n)
			beyond = "UidVecContainInvalidOne";
	}
	return beyond;
}

static const char *
check_standing(const struct checked *c)
{
	const struct hyper *h = &c->s->hyper;

	if (c->s->netuid == 0)
		return "CanNotSetRootNetworkWeights";
	if (!h->exists || c->of->mecid >= h->mechanisms)
		return no_mechanism;
	if (c->w->n > h->n)
		return "UidsLengthExceedUidsInSubNet";
	if (c->own == NULL)
		return not_registered;
	if (!is_owner(c) && c->own->total_stake < h->stake_threshold)
		return too_little_stake;
	if (h->weights_version != 0 && c->of->version_key < h->weights_version)
		return old_version;
	return NULL;
}

static const char *
check_weights(const struct checked *c)
{
	const struct hyper *h = &c->s->hyper;
	uint64_t least =
	    h->min_allowed_weights < h->n ? h->min_allowed_weights : h->n;
	const char *bad;

	if (!is_self_weight(c) && !is_owner(c) && !c->own->permit)
		return no_permit;
	bad = check_uids(c);
	if (bad != NULL)
		return bad;
	if (c->w->n < least && !is_self_weight(c))
		return "WeightVecLengthIsLow";
	return NULL;
}

uint64_t
preflight_next_block(const struct snapshot *s, uint8_t mecid)
{
	uint64_t last = s->own[mecid].last_update, at;

	if (last == 0 ||
	    __builtin_add_overflow(last, s->hyper.weights_rate_limit, &at))
		return 0;
	return at;
}

/* The head at which the next block may carry weights; 0: any. */
static uint64_t
earliest_head(const struct checked *c)
{
	uint64_t at = preflight_next_block(c->s, c->of->mecid);

	if (c->of->action == LEDGER_REVEAL)
		return 0;
	return at > 0 ? at - 1 : 0;
}

/* Plain commits stay until they are revealed or run out; of timelocked ones
 * those of the next block's epoch count. */
static bool
is_full(const struct checked *c)
{
	const struct own *own = &c->s->own[c->of->mecid];
	uint64_t epoch = epochs_next_index(&c->s->hyper.epochs);
	bool is_timelocked = c->of->action == LEDGER_TIMELOCK;
	size_t n = 0;

	if (!ledger_is_commit(c->of->action))
		return false;
	for (size_t i = 0; i < own->n_commits; i++) {
		const struct commit *of = &own->commits[i];

		if (of->is_timelocked == is_timelocked &&
		    (!is_timelocked || of->epoch == epoch))
			n++;
	}
	return n >= REVEAL_MAX_COMMITS;
}

static struct preflight
refuse(const struct snapshot *s, const char *reason)
{
	static const char *const passing[] = {
	    too_little_stake, no_permit, too_many};
	static const char *const lasting[] = {
	    no_mechanism, not_registered, old_version};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (reason == passing[i])
			return (struct preflight){
			    PREFLIGHT_WAIT, reason, s->block + 1};
	}
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		if (reason == lasting[i])
			return (struct preflight){
			    PREFLIGHT_ALARM, reason, s->block + 1};
	}
	return (struct preflight){PREFLIGHT_REFUSE, reason, 0};
}

struct preflight
preflight_check(const struct snapshot *s, const struct preflight_of *of,
    const struct uid_weights *w)
{
	struct checked c = {s, of, w, snapshot_find(s, s->hotkey)};
	uint64_t earliest = earliest_head(&c);
	const char *bad = check_standing(&c);

	if (bad != NULL)
		return refuse(s, bad);
	if (s->block < earliest)
		return (struct preflight){PREFLIGHT_WAIT,
		    ledger_is_commit(of->action) ? "CommittingWeightsTooFast"
						 : "SettingWeightsTooFast",
		    earliest};
	if (is_full(&c))
		return refuse(s, too_many);
	bad = check_weights(&c);
	if (bad != NULL)
		return refuse(s, bad);
	return (struct preflight){PREFLIGHT_GO, NULL, 0};
}

const char *
preflight_alarm(const struct snapshot *s, const struct preflight_of *of)
{
	struct uid_weights none = {0};
	struct preflight pre = preflight_check(s, of, &none);

	return pre.verdict == PREFLIGHT_ALARM ? pre.reason : NULL;
}

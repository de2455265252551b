/* The chain's own checks, made before it makes them. */
#include "weightsetter/preflight.h"

#include <stdbool.h>
#include <string.h>

#include "weightsetter/plan.h"
#include "weightsetter/snapshot.h"

/* What the next block may bring. */
static const char too_little_stake[] = "NotEnoughStakeToSetWeights";
static const char no_permit[] = "NeuronNoValidatorPermit";

struct checked {
	const struct snapshot *s;
	const struct uid_weights *w;
	const struct neuron *own; /* NULL: not registered */
	uint64_t version_key;
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

	if (h->commit_reveal)
		return "commit_reveal_not_supported";
	if (c->s->netuid == 0)
		return "CanNotSetRootNetworkWeights";
	if (!h->exists || c->s->mecid >= h->mechanisms)
		return "MechanismDoesNotExist";
	if (c->w->n > h->n)
		return "UidsLengthExceedUidsInSubNet";
	if (c->own == NULL)
		return "HotKeyNotRegisteredInSubNet";
	if (!is_owner(c) && c->own->total_stake < h->stake_threshold)
		return too_little_stake;
	if (h->weights_version != 0 && c->version_key < h->weights_version)
		return "IncorrectWeightVersionKey";
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

/* The head at which the next block may carry weights; 0: any. */
static uint64_t
earliest_head(const struct snapshot *s)
{
	uint64_t at;

	if (s->last_update == 0 || __builtin_add_overflow(s->last_update,
				       s->hyper.weights_rate_limit, &at))
		return 0;
	return at > 0 ? at - 1 : 0;
}

static struct preflight
refuse(const struct snapshot *s, const char *reason)
{
	if (reason == too_little_stake || reason == no_permit)
		return (struct preflight){PREFLIGHT_WAIT, reason, s->block + 1};
	return (struct preflight){PREFLIGHT_REFUSE, reason, 0};
}

struct preflight
preflight_check(
    const struct snapshot *s, const struct uid_weights *w, uint64_t version_key)
{
	struct checked c = {s, w, snapshot_find(s, s->hotkey), version_key};
	uint64_t earliest = earliest_head(s);
	const char *bad = check_standing(&c);

	if (bad != NULL)
		return refuse(s, bad);
	if (s->block < earliest)
		return (struct preflight){
		    PREFLIGHT_WAIT, "SettingWeightsTooFast", earliest};
	bad = check_weights(&c);
	if (bad != NULL)
		return refuse(s, bad);
	return (struct preflight){PREFLIGHT_GO, NULL, 0};
}

/* What is sent for want of something new. */
#include "weightsetter/again.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "weightsetter/retry.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store.h"

static const char *const names[] = {"none", "burn", "last"};

struct again {
	struct again_rules rules;
	struct store *store;
	void (*on_vector)(void *arg);
	void *arg;
	struct store_again want; /* of the question under way */
	bool is_asking, is_fallback, has_said_no_owner;
	bool is_lost;	   /* a commit was not revealed */
	bool is_due;	   /* of the question: nothing new came in time */
	uint64_t asked_at; /* block */
	char owner[SS58_MAX_TEXT];
	uint16_t owner_uid;
};

int
again_fallback_of(const char *name)
{
	for (int i = AGAIN_NONE; i <= AGAIN_LAST; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

bool
again_is_due(const struct again_rules *rules, uint64_t block, uint64_t tempo,
    uint64_t fresh)
{
	return rules->after_tempos > 0 && tempo > 0 && block > fresh &&
	       (double)(block - fresh) >= rules->after_tempos * (double)tempo;
}

struct again *
again_new(const struct again_rules *rules, struct store *store, uint16_t netuid,
    uint8_t mecid, void (*on_vector)(void *arg), void *arg)
{
	struct again *a = xcalloc(1, sizeof(*a));

	a->rules = *rules;
	a->store = store;
	a->want.netuid = netuid;
	a->want.mecid = mecid;
	a->on_vector = on_vector;
	a->arg = arg;
	return a;
}

void
again_free(struct again *a)
{
	free(a);
}

static void ask_fallback(struct again *);

static void
on_made(enum store_outcome outcome, void *arg)
{
	struct again *a = arg;

	if (outcome != STORE_FAILED)
		a->is_lost = false;
	if (outcome == STORE_NOTHING && !a->is_fallback && a->is_due) {
		ask_fallback(a);
		return;
	}
	a->is_asking = false;
	if (outcome != STORE_DONE)
		return;
	a->has_said_no_owner = false;
	log_warn("weights.again",
	    "vector=%s netuid=%u mecid=%u block=%llu what=%s", a->want.id,
	    a->want.netuid, a->want.mecid, (unsigned long long)a->want.block,
	    a->is_fallback ? names[a->rules.fallback]
	    : a->is_due	   ? "last"
			   : "not_revealed");
	a->on_vector(a->arg);
}

static void
ask_last(struct again *a, int64_t made_after_us)
{
	uuid_new(a->want.id);
	a->want.made_after_us = made_after_us;
	store_again(a->store, &a->want, on_made, a);
}

/* Once, until something could be sent. */
static void
say_no_owner(struct again *a)
{
	if (!a->has_said_no_owner)
		log_warn("weights.no_fallback",
		    "netuid=%u mecid=%u why=\"the owner's hotkey has no uid\"",
		    a->want.netuid, a->want.mecid);
	a->has_said_no_owner = true;
}

static void
ask_fallback(struct again *a)
{
	a->is_fallback = true;
	switch (a->rules.fallback) {
	case AGAIN_NONE:
		a->is_asking = false;
		break;
	case AGAIN_LAST:
		ask_last(a, 1);
		break;
	case AGAIN_BURN:
		if (a->owner[0] == '\0') {
			say_no_owner(a);
			a->is_asking = false;
			break;
		}
		uuid_new(a->want.id);
		store_fallback(
		    a->store, &a->want, a->owner, a->owner_uid, on_made, a);
		break;
	}
}

static void
find_owner(struct again *a, const struct snapshot *s)
{
	const struct neuron *owner = snapshot_find(s, s->hyper.owner_hotkey);

	a->owner[0] = '\0';
	if (owner == NULL)
		return;
	memcpy(a->owner, owner->hotkey, sizeof(a->owner));
	a->owner_uid = owner->uid;
}

void
again_lost(struct again *a)
{
	a->is_lost = true;
}

void
again_consider(struct again *a, const struct snapshot *s, uint64_t fresh)
{
	uint64_t tempo = s->hyper.tempo;
	int64_t now_us = clock_wall_us();
	bool is_due = again_is_due(&a->rules, s->block, tempo, fresh);

	if (a->is_asking || (!is_due && !a->is_lost) ||
	    s->block < a->asked_at + retry_longest(tempo))
		return;
	a->is_due = is_due;
	a->is_asking = true;
	a->is_fallback = false;
	a->asked_at = s->block;
	a->want.block = s->block;
	a->want.now_us = now_us;
	a->want.last_block = s->block > tempo ? s->block - tempo : 0;
	memcpy(a->want.hotkey, s->hotkey, sizeof(a->want.hotkey));
	find_owner(a, s);
	ask_last(a, now_us - a->rules.max_age_us);
}

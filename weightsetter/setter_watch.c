/* What people are told of a setter. */
#include "common/log.h"
#include "weightsetter/committed.h"
#include "weightsetter/ledger.h"
#include "weightsetter/reveal.h"
#include "weightsetter/runtime.h"
#include "weightsetter/setter_impl.h"
#include "weightsetter/standing.h"

void
setter_say_waiting(
    struct setter *w, const char *id, const char *reason, uint64_t until_block)
{
	const struct neuron *own = snapshot_find(w->s, w->s->hotkey);

	w->waits_for = reason;
	w->until_block = until_block;
	if (!vectors_wait(w->vectors, reason))
		return;
	log_info("weights.waiting",
	    "vector=%s netuid=%u mecid=%u reason=%s block=%llu "
	    "until_block=%llu stake=%llu threshold=%llu permit=%d",
	    id, w->parts.netuid, w->parts.mecid, reason,
	    (unsigned long long)w->s->block, (unsigned long long)until_block,
	    (unsigned long long)(own == NULL ? 0 : own->total_stake),
	    (unsigned long long)w->s->hyper.stake_threshold,
	    own != NULL && own->permit);
}

/* Nothing is sent before a person has acted: said when it begins and ends. */
void
setter_watch_alarm(struct setter *w)
{
	struct preflight_of of = setter_preflight_of(w);
	const char *alarm = preflight_alarm(w->s, &of);

	if (alarm == NULL)
		alarm = w->method.alarm;
	if (alarm == NULL)
		alarm = reveal_alarm(w->s, w->method.action);
	if (alarm == NULL && w->unbuildable == w->runtime->spec_version)
		alarm = "cannot_build";
	if (alarm != NULL &&
	    (w->alarm == NULL || !setter_is_same(alarm, w->alarm)))
		log_error("weights.alarm",
		    "netuid=%u mecid=%u reason=%s block=%llu spec=%u "
		    "commit_reveal_version=%llu version_key=%llu "
		    "required=%llu",
		    w->parts.netuid, w->parts.mecid, alarm,
		    (unsigned long long)w->s->block, w->runtime->spec_version,
		    (unsigned long long)w->s->hyper.commit_reveal_version,
		    (unsigned long long)w->parts.rules.version_key,
		    (unsigned long long)w->s->hyper.weights_version);
	if (alarm == NULL && w->alarm != NULL)
		log_info("weights.alarm_over",
		    "netuid=%u mecid=%u reason=%s block=%llu", w->parts.netuid,
		    w->parts.mecid, w->alarm, (unsigned long long)w->s->block);
	w->alarm = alarm;
}

static void
say_foreign(struct setter *w, const char *what)
{
	standing_foreign(w->standing);
	log_error("weights.foreign_update",
	    "netuid=%u mecid=%u what=%s last_update=%llu block=%llu "
	    "why=\"another program sets weights with this hotkey\"",
	    w->parts.netuid, w->parts.mecid, what,
	    (unsigned long long)w->s->own[w->parts.mecid].last_update,
	    (unsigned long long)w->s->block);
}

void
setter_watch_foreign(struct setter *w)
{
	const struct own *own = &w->s->own[w->parts.mecid];
	const struct ledger_row *row = setter_own_row(w);
	bool is_expected;

	if (snapshot_find(w->s, w->s->hotkey) == NULL) {
		foreign_clear(&w->foreign);
		return;
	}
	if (foreign_update(&w->foreign, own->last_update,
		row != NULL && row->action != LEDGER_REVEAL))
		say_foreign(w, "LastUpdate");
	is_expected =
	    uid_weights_equal(&own->on_chain, &w->proven) ||
	    committed_holds(w->committed, &own->on_chain) ||
	    (row != NULL && uid_weights_equal(&own->on_chain, &row->sent));
	if (foreign_weights(&w->foreign, &own->on_chain, is_expected))
		say_foreign(w, "Weights");
}

void
setter_show(struct setter *w)
{
	const struct vector *v = vectors_waiting(w->vectors);
	struct standing_facts facts = {
	    .mecid = w->parts.mecid,
	    .call = w->method.call,
	    .committed = committed_count(w->committed),
	    .vector_id = v == NULL ? NULL : v->id,
	    .vector_us = v == NULL ? 0 : v->created_us,
	    .waits_for = v == NULL ? NULL : w->waits_for,
	    .until_block = w->until_block,
	    .alarm = w->alarm,
	};

	standing_show(w->standing, w->s, &facts);
}

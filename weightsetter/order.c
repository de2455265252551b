/* Rows of what is to be sent. */
#include "weightsetter/order.h"

#include <stdio.h>
#include <string.h>

#include "common/uuid.h"
#include "common/xalloc.h"
#include "subtensor/era.h"
#include "weightsetter/method.h"
#include "weightsetter/snapshot.h"

enum { SHORTEST_ERA = 8, LONGEST_ERA = 2048, LEAST_LIFE = 4 };

struct ledger_row *
order_weights(const struct snapshot *s, uint8_t mecid,
    const struct method *method, const struct uid_weights *w,
    const char *vector_id, uint64_t version_key)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));

	uuid_new(row->id);
	row->action = method->action;
	row->netuid = s->netuid;
	row->mecid = mecid;
	row->state = LEDGER_INTENDED;
	row->version_key = version_key;
	memcpy(row->hotkey, s->hotkey, sizeof(row->hotkey));
	snprintf(row->vector_id, sizeof(row->vector_id), "%s", vector_id);
	snprintf(row->call, sizeof(row->call), "%s", method->call);
	uid_weights_copy(&row->sent, w);
	return row;
}

struct ledger_row *
order_reveal(const struct ledger_row *commit, const char *call)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));

	uuid_new(row->id);
	row->action = LEDGER_REVEAL;
	row->netuid = commit->netuid;
	row->mecid = commit->mecid;
	row->state = LEDGER_INTENDED;
	row->version_key = commit->version_key;
	row->commit_epoch = commit->commit_epoch;
	row->n_salt = commit->n_salt;
	memcpy(row->salt, commit->salt, sizeof(row->salt));
	memcpy(row->hotkey, commit->hotkey, sizeof(row->hotkey));
	memcpy(row->vector_id, commit->vector_id, sizeof(row->vector_id));
	memcpy(row->commit_hash, commit->commit_hash, sizeof(row->commit_hash));
	memcpy(row->reveals, commit->id, sizeof(row->reveals));
	snprintf(row->call, sizeof(row->call), "%s", call);
	uid_weights_copy(&row->sent, &commit->sent);
	return row;
}

uint64_t
order_reveal_era(uint64_t period, uint64_t room)
{
	uint64_t era = SHORTEST_ERA;

	while (era * 2 <= room / 2 && era * 2 <= period)
		era *= 2;
	return era < period ? era : period;
}

uint64_t
order_era(uint64_t period, uint64_t finalized, uint64_t best)
{
	while (period < LONGEST_ERA && era_death(era_at(period, finalized),
					   finalized) <= best + LEAST_LIFE)
		period *= 2;
	return period;
}

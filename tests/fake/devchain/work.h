/*
 * A block in the making: what its calls and hooks read, write and announce.
 */
#ifndef DEVCHAIN_WORK_H
#define DEVCHAIN_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "tests/fake/devchain/storage.h"

enum event_phase { PHASE_EXTRINSIC, PHASE_FINALIZATION, PHASE_INITIALIZATION };

struct work {
	struct view view;
	uint32_t number;
	int64_t now_ms;
	bool beacon_held; /* no new round this block */
	enum event_phase phase;
	uint32_t extrinsic; /* in PHASE_EXTRINSIC */
	struct buf events;  /* records, without their count */
	uint32_t n_events;
};

/* Indices in the metadata's tables. */
enum {
	PALLET_SYSTEM = 0,
	PALLET_SUBTENSOR = 7,
	PALLET_COMMITMENTS = 18,
	EVENT_EXTRINSIC_SUCCESS = 0,
	EVENT_EXTRINSIC_FAILED = 1,
	EVENT_CODE_UPDATED = 2,
	EVENT_REMARKED = 5,
	EVENT_WEIGHTS_SET = 5,
	EVENT_NEURON_REGISTERED = 6,
	EVENT_AXON_SERVED = 28,
	EVENT_WEIGHTS_COMMITTED = 85,
	EVENT_WEIGHTS_REVEALED = 86,
	EVENT_TIMELOCKED_COMMITTED = 107,
	EVENT_TIMELOCKED_REVEALED = 108,
	EVENT_EPOCH_DEFERRED = 132,
	EVENT_COMMITMENT = 0,
};

/* Add an event of the current phase; fields is its SCALE, NULL if none. */
void work_event(
    struct work *, uint8_t pallet, uint8_t event, const struct buf *fields);
/* Vec<EventRecord> of all of them. */
void work_events(const struct work *, struct buf *);

#endif

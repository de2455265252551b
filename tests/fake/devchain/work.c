/* Event records, as System.Events holds them. */
#include "tests/fake/devchain/work.h"

#include <stddef.h>

#include "subtensor/scale.h"

void
work_event(
    struct work *w, uint8_t pallet, uint8_t event, const struct buf *fields)
{
	scale_put_u8(&w->events, w->phase);
	if (w->phase == PHASE_EXTRINSIC)
		scale_put_u32(&w->events, w->extrinsic);
	scale_put_u8(&w->events, pallet);
	scale_put_u8(&w->events, event);
	if (fields != NULL)
		buf_add(&w->events, fields->data, fields->len);
	scale_put_compact(&w->events, 0); /* topics */
	w->n_events++;
}

void
work_events(const struct work *w, struct buf *out)
{
	scale_put_compact(out, w->n_events);
	buf_add(out, w->events.data, w->events.len);
}

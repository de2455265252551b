/* Eras, one byte for the immortal and two for the mortal. */
#include "subtensor/era.h"

#include "common/buf.h"
#include "subtensor/scale.h"

enum { MIN_PERIOD = 4, MAX_PERIOD = 65536 };

/* Long periods have too many phases for 12 bits: they come in steps. */
static uint64_t
step(uint64_t period)
{
	return period >> 12 > 1 ? period >> 12 : 1;
}

struct era
era_at(uint64_t period, uint64_t current)
{
	struct era era = {0};

	if (period == 0)
		return era;
	era.period = MIN_PERIOD;
	while (era.period < period && era.period < MAX_PERIOD)
		era.period *= 2;
	era.phase = current % era.period;
	era.phase -= era.phase % step(era.period);
	return era;
}

void
era_encode(struct era era, struct buf *out)
{
	uint16_t log2 = 0;

	if (era.period == 0) {
		scale_put_u8(out, 0);
		return;
	}
	while (log2 < 16 && (uint64_t)1 << log2 < era.period)
		log2++;
	scale_put_u16(out, (log2 - 1) | era.phase / step(era.period) << 4);
}

int
era_decode(const uint8_t *p, size_t len, struct era *era)
{
	uint16_t v;

	*era = (struct era){0};
	if (len >= 1 && p[0] == 0)
		return 1;
	if (len < 2)
		return -1;
	v = p[0] | p[1] << 8;
	era->period = (uint64_t)2 << (v & 15);
	era->phase = (v >> 4) * step(era->period);
	if (era->period < MIN_PERIOD || era->phase >= era->period)
		return -1;
	return 2;
}

uint64_t
era_birth(struct era era, uint64_t current)
{
	uint64_t at = current > era.phase ? current : era.phase;

	if (era.period == 0)
		return 0;
	return (at - era.phase) / era.period * era.period + era.phase;
}

uint64_t
era_death(struct era era, uint64_t current)
{
	if (era.period == 0)
		return UINT64_MAX;
	return era_birth(era, current) + era.period;
}

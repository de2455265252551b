/*
 * SCALE, Substrate's codec: little-endian integers, compact lengths, nothing
 * self-describing.
 *
 * A reader is a window on borrowed bytes; the first error sticks and every
 * later read gives zero, so a caller may read a whole struct and look once.
 * Non-canonical compacts are refused, as parity-scale-codec refuses them.
 */
#ifndef SUBTENSOR_SCALE_H
#define SUBTENSOR_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* More items than this without a byte each are not believed. */
enum { SCALE_MAX_EMPTY = 65536, SCALE_WIDE = 32 };

struct scale_reader {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool failed;
};

void scale_read_init(struct scale_reader *, const void *, size_t len);
size_t scale_left(const struct scale_reader *);
bool scale_done(const struct scale_reader *); /* all read, nothing failed */
void scale_fail(struct scale_reader *);

uint8_t scale_u8(struct scale_reader *);
uint16_t scale_u16(struct scale_reader *);
uint32_t scale_u32(struct scale_reader *);
uint64_t scale_u64(struct scale_reader *);
bool scale_bool(struct scale_reader *);
uint64_t scale_compact(struct scale_reader *); /* up to 64 bits */
/* One of up to max <= SCALE_WIDE bytes; little-endian, the rest zeroed. */
void scale_compact_wide(
    struct scale_reader *, size_t max, uint8_t out[SCALE_WIDE]);
const uint8_t *scale_bytes(struct scale_reader *, size_t len); /* borrowed */
/* A compact length that fits: each item takes at least min_size bytes. */
size_t scale_count(struct scale_reader *, size_t min_size);

void scale_put_u8(struct buf *, uint8_t);
void scale_put_u16(struct buf *, uint16_t);
void scale_put_u32(struct buf *, uint32_t);
void scale_put_u64(struct buf *, uint64_t);
void scale_put_compact(struct buf *, uint64_t);
void scale_put_compact_wide(struct buf *, const uint8_t le[SCALE_WIDE]);
/* Compact length, then the bytes: Vec<u8> and String. */
void scale_put_bytes(struct buf *, const void *, size_t len);
void scale_put_str(struct buf *, const char *);

#endif

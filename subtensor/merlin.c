/*
 * Merlin transcripts: STROBE-128's duplex on keccak-f[1600], of which only
 * the operations Merlin uses are here. No branch or index depends on data.
 */
#include "subtensor/merlin.h"

#include <endian.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { RATE = 166, LANES = 25, STATE = 8 * LANES, ROUNDS = 24 };

/* More than a permutation leaves on the stack of its lanes. */
enum { STACK_USED = 1024 };

/* STROBE's operation flags, as Merlin combines them. */
enum {
	FLAG_I = 1,
	FLAG_A = 2,
	FLAG_C = 4,
	FLAG_M = 16,
	OP_AD = FLAG_A,
	OP_META_AD = FLAG_M | FLAG_A,
	OP_PRF = FLAG_I | FLAG_A | FLAG_C,
	OP_KEY = FLAG_A | FLAG_C,
};

static const uint64_t round_constants[ROUNDS] = {0x0000000000000001,
    0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081,
    0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b,
    0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a,
    0x800000008000000a, 0x8000000080008081, 0x8000000000008080,
    0x0000000080000001, 0x8000000080008008};

/* rho and pi walk the lanes in one cycle: where each goes, how far turned. */
static const uint8_t pi_lane[LANES - 1] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21,
    24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
static const uint8_t rho_turn[LANES - 1] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55,
    2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};

static uint64_t
turn_left(uint64_t v, unsigned bits)
{
	return v << bits | v >> (64 - bits);
}

/* One round on the whole state. With its loops unrolled the compiler knows
 * every index, and holds the lanes in registers as far as there are any. */
static inline __attribute__((always_inline)) void
keccak_round(uint64_t a[LANES], uint64_t constant)
{
	uint64_t sums[5], moved;

#pragma GCC unroll 5
	for (int x = 0; x < 5; x++)
		sums[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 25
	for (int i = 0; i < LANES; i++)
		a[i] ^= sums[(i + 4) % 5] ^ turn_left(sums[(i + 1) % 5], 1);
	moved = a[1];
#pragma GCC unroll 24
	for (int i = 0; i < LANES - 1; i++) {
		uint64_t next = a[pi_lane[i]];

		a[pi_lane[i]] = turn_left(moved, rho_turn[i]);
		moved = next;
	}
#pragma GCC unroll 5
	for (int y = 0; y < LANES; y += 5) {
		uint64_t first = a[y], second = a[y + 1];

		a[y] ^= ~a[y + 1] & a[y + 2];
		a[y + 1] ^= ~a[y + 2] & a[y + 3];
		a[y + 2] ^= ~a[y + 3] & a[y + 4];
		a[y + 3] ^= ~a[y + 4] & first;
		a[y + 4] ^= ~first & second;
	}
	a[0] ^= constant;
}

static void
keccak_f1600(uint8_t state[STATE])
{
	uint64_t a[LANES];

	memcpy(a, state, STATE);
#pragma GCC unroll 25
	for (int i = 0; i < LANES; i++)
		a[i] = le64toh(a[i]);
	for (int i = 0; i < ROUNDS; i++)
		keccak_round(a, round_constants[i]);
#pragma GCC unroll 25
	for (int i = 0; i < LANES; i++)
		a[i] = htole64(a[i]);
	memcpy(state, a, STATE);
}

static void
run_f(struct merlin *t)
{
	t->state[t->pos] ^= t->pos_begin;
	t->state[t->pos + 1] ^= 0x04;
	t->state[RATE + 1] ^= 0x80;
	keccak_f1600(t->state);
	t->pos = 0;
	t->pos_begin = 0;
}

static void
step(struct merlin *t)
{
	if (++t->pos == RATE)
		run_f(t);
}

static void
absorb(struct merlin *t, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		t->state[t->pos] ^= p[i];
		step(t);
	}
}

static void
overwrite(struct merlin *t, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		t->state[t->pos] = p[i];
		step(t);
	}
}

static void
squeeze(struct merlin *t, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out[i] = t->state[t->pos];
		t->state[t->pos] = 0;
		step(t);
	}
}

static void
begin_op(struct merlin *t, uint8_t flags)
{
	uint8_t head[2] = {t->pos_begin, flags};

	t->pos_begin = t->pos + 1;
	absorb(t, head, sizeof(head));
	if ((flags & FLAG_C) != 0 && t->pos != 0)
		run_f(t);
}

static void
meta_ad(struct merlin *t, const char *text)
{
	begin_op(t, OP_META_AD);
	absorb(t, (const uint8_t *)text, strlen(text));
}

/* More of the operation that is open: a length as Merlin writes it. */
static void
absorb_len(struct merlin *t, size_t len)
{
	uint8_t le[4] = {len, len >> 8, len >> 16, len >> 24};

	absorb(t, le, sizeof(le));
}

void
merlin_init(struct merlin *t, const char *label)
{
	static const uint8_t head[] = {1, RATE + 2, 1, 0, 1, 96, 'S', 'T', 'R',
	    'O', 'B', 'E', 'v', '1', '.', '0', '.', '2'};

	memset(t, 0, sizeof(*t));
	memcpy(t->state, head, sizeof(head));
	keccak_f1600(t->state);
	meta_ad(t, "Merlin v1.0");
	merlin_append(t, "dom-sep", label, strlen(label));
}

void
merlin_append(struct merlin *t, const char *label, const void *msg, size_t len)
{
	meta_ad(t, label);
	absorb_len(t, len);
	begin_op(t, OP_AD);
	absorb(t, msg, len);
}

void
merlin_challenge(struct merlin *t, const char *label, uint8_t *out, size_t len)
{
	meta_ad(t, label);
	absorb_len(t, len);
	begin_op(t, OP_PRF);
	squeeze(t, out, len);
}

void
merlin_witness(const struct merlin *transcript, const char *label,
    const uint8_t *secret, size_t secret_len, const uint8_t random[32],
    uint8_t *out, size_t len)
{
	struct merlin t = *transcript;

	meta_ad(&t, label);
	absorb_len(&t, secret_len);
	begin_op(&t, OP_KEY);
	overwrite(&t, secret, secret_len);
	meta_ad(&t, "rng");
	begin_op(&t, OP_KEY);
	overwrite(&t, random, 32);
	begin_op(&t, OP_META_AD);
	absorb_len(&t, len);
	begin_op(&t, OP_PRF);
	squeeze(&t, out, len);
	merlin_wipe(&t);
}

void
merlin_wipe(struct merlin *t)
{
	sodium_memzero(t, sizeof(*t));
	sodium_stackzero(STACK_USED);
}

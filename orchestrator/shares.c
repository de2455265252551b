/* How instances share a miner's slots. */
#include "orchestrator/shares.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/hex.h"

void
shares_init(struct shares *s, const char *my_id, int64_t lease_us)
{
	*s = (struct shares){.lease_us = lease_us};
	snprintf(s->me.id, sizeof(s->me.id), "%s", my_id);
}

void
shares_beat(struct shares *s, int64_t now_us)
{
	if (now_us < s->until_us)
		return;
	s->me.joined_us = now_us;
	s->me.roster[0] = '\0';
	s->is_in = false;
}

void
shares_lost(struct shares *s)
{
	s->until_us = 0;
	s->is_in = false;
}

/* The others hold out a whole lease. */
void
shares_beaten(struct shares *s, int64_t at_us)
{
	s->until_us = at_us + s->lease_us / 4 * 3;
}

/* Of who is on it and since when, in the order of the ids. */
static void
roster_hash(const struct peer *peers, size_t n, char out[ROSTER_HASH])
{
	crypto_generichash_state state;
	uint8_t hash[(ROSTER_HASH - 1) / 2];
	char line[UUID_TEXT + 24];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	for (size_t i = 0; i < n; i++) {
		int len = snprintf(line, sizeof(line), "%s %lld\n", peers[i].id,
		    (long long)peers[i].joined_us);

		crypto_generichash_update(&state, (uint8_t *)line, len);
	}
	crypto_generichash_final(&state, hash, sizeof(hash));
	hex_encode(hash, sizeof(hash), out);
}

/* Whether we are on it as we are, and all others reckon with just it. */
static bool
is_agreed(const struct shares *s, const struct peer *peers, size_t n)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		bool is_me = strcmp(peers[i].id, s->me.id) == 0;

		if (is_me && peers[i].joined_us == s->me.joined_us)
			found = true;
		else if (is_me || strcmp(peers[i].roster, s->me.roster) != 0)
			return false;
	}
	return found;
}

bool
shares_read(struct shares *s, const struct peer *peers, size_t n)
{
	char before[ROSTER_HASH];
	bool was_in = s->is_in;

	memcpy(before, s->me.roster, sizeof(before));
	roster_hash(peers, n, s->me.roster);
	s->n = 0;
	s->mine = ROSTER_MAX;
	for (size_t i = 0; i < n && n <= ROSTER_MAX; i++) {
		if (strcmp(peers[i].id, s->me.id) == 0)
			s->mine = i;
		s->peers[s->n++] = shares_hash(peers[i].id, "");
	}
	if (s->mine == ROSTER_MAX)
		s->is_in = false;
	else if (!s->is_in)
		s->is_in = is_agreed(s, peers, n);
	return s->is_in != was_in || strcmp(before, s->me.roster) != 0;
}

void
shares_leave(struct shares *s)
{
	s->has_left = true;
}

/* FNV-1a: for spreading, not for secrets. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
	} while (*text++ != '\0');
	return hash;
}

uint64_t
shares_hash(const char *a, const char *b)
{
	return hash_text(hash_text(0xcbf29ce484222325u, a), b);
}

/* Which number an instance draws for a lane (splitmix64's last steps). */
static uint64_t
lot(uint64_t peer, uint64_t lane)
{
	uint64_t z = (peer ^ lane) + 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* How many are dealt to before us. */
static size_t
rank_of(const struct shares *s, uint64_t lane)
{
	uint64_t mine = lot(s->peers[s->mine], lane);
	size_t rank = 0;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t other = lot(s->peers[i], lane);

		if (other < mine || (other == mine && i < s->mine))
			rank++;
	}
	return rank;
}

bool
shares_are_held(const struct shares *s, int64_t now_us)
{
	return s == NULL || (s->is_in && !s->has_left && now_us < s->until_us);
}

int
shares_of(const struct shares *s, int slots, uint64_t lane, int64_t now_us)
{
	int each, left;

	if (s == NULL)
		return slots;
	if (!shares_are_held(s, now_us))
		return 0;
	each = slots / (int)s->n;
	left = slots % (int)s->n;
	return each + ((int)rank_of(s, lane) < left);
}

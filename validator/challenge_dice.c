/* ChaCha20 under the key, the throw's number as its nonce. */
#include "validator/challenge_dice.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

uint64_t
challenge_dice_throw(struct challenge_dice *dice)
{
	uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
	uint64_t v;

	static_assert(sizeof(nonce) == sizeof(dice->n), "a nonce is a number");
	static_assert(CHALLENGE_DICE_KEY == crypto_stream_chacha20_KEYBYTES,
	    "the cipher's key");
	memcpy(nonce, &dice->n, sizeof(nonce));
	dice->n++;
	crypto_stream_chacha20((uint8_t *)&v, sizeof(v), nonce, dice->key);
	return v;
}

double
challenge_dice_unit(struct challenge_dice *dice)
{
	return (challenge_dice_throw(dice) >> 11) * 0x1p-53;
}

size_t
challenge_dice_below(struct challenge_dice *dice, size_t n)
{
	assert(n > 0);
	return (size_t)(challenge_dice_unit(dice) * n);
}

double
challenge_dice_between(struct challenge_dice *dice, double low, double high)
{
	return low + (high - low) * challenge_dice_unit(dice);
}

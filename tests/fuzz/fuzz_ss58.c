/*
 * SS58: any text as an address, and any key to an address and back.
 *
 * The first byte says which; a key follows its prefix of two bytes.
 */
#include "subtensor/ss58.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/input.h"

static void
read_address(const struct input *in)
{
	char *text = input_text(in), again[SS58_MAX_TEXT];
	uint8_t key[32], account[32];
	uint16_t prefix;

	if (ss58_decode(text, &prefix, key) == 0) {
		input_must(ss58_encode(prefix, key, again) == 0 &&
			       strcmp(again, text) == 0,
		    "an address is written as it was read");
		input_must((ss58_decode_account(text, account) == 0) ==
			       (prefix == SS58_BITTENSOR),
		    "an account is of Bittensor's prefix");
	} else {
		input_must(ss58_decode_account(text, account) != 0,
		    "what is no address is no account");
	}
	free(text);
}

static void
write_address(struct input *in)
{
	uint16_t prefix = input_u16(in), found;
	uint8_t key[32], again[32];
	char text[SS58_MAX_TEXT];

	input_bytes(in, key, sizeof(key));
	if (ss58_encode(prefix, key, text) != 0) {
		input_must(prefix > 16383 || prefix == 46 || prefix == 47,
		    "only reserved prefixes are refused");
		return;
	}
	input_must(ss58_decode(text, &found, again) == 0 && found == prefix &&
		       memcmp(key, again, 32) == 0,
	    "an address is read as it was written");
	text[input_byte(in) % strlen(text)] ^= 1 + input_byte(in) % 127;
	input_must(ss58_decode(text, &found, again) != 0 ||
		       memcmp(key, again, 32) != 0 || found != prefix,
	    "another text is another address");
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	if (input_byte(&in) % 2 == 0)
		read_address(&in);
	else
		write_address(&in);
	return 0;
}

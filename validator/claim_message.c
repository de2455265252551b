/* The bytes that are signed, and those that the code is of. */
#include "validator/claim_message.h"

#include <sodium.h>
#include <string.h>

#include "common/buf.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"

enum { GROUP = 5, CODE_BYTES = 16, LETTER_BITS = 5 };

/* Crockford's: none looks like another. */
static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* What both are of. Every value is of few letters, none a line's end. */
static void
add_head(const struct claim_message *m, struct buf *out)
{
	buf_printf(out, "genesis %s\nnetuid %d\nhotkey %s\n", m->genesis,
	    m->netuid, m->hotkey);
}

void
claim_message_text(const struct claim_message *m, struct buf *out)
{
	add_head(m, out);
	buf_printf(out,
	    "platform %s\naccount %s\ncontent %s\nnonce %s\nexpires %lld\n",
	    claim_platform_name(m->platform), m->account, m->content, m->nonce,
	    (long long)m->expires_s);
}

bool
claim_message_is_signed(
    const struct claim_message *m, const uint8_t signature[CLAIM_SIGNATURE])
{
	struct buf text = {0};
	uint8_t key[32];
	bool is_signed;

	buf_add_str(&text, "subnetd/" CLAIM_DOMAIN "\n");
	claim_message_text(m, &text);
	is_signed = ss58_decode_account(m->hotkey, key) == 0 &&
		    sr25519_verify(key, text.data, text.len, signature);
	buf_free(&text);
	return is_signed;
}

/* The first bits of a hash, the highest first. */
static unsigned
letter_at(const uint8_t *hash, unsigned which)
{
	unsigned bit = which * LETTER_BITS;
	unsigned two = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];

	return two >> (16 - LETTER_BITS - bit % 8) & 31;
}

void
claim_message_code(const struct claim_message *m, char out[CLAIM_CODE])
{
	uint8_t hash[CODE_BYTES];
	struct buf text = {0};
	char *to = out;

	buf_add_str(&text, "subnetd/engagement-code\n");
	add_head(m, &text);
	buf_printf(&text, "site %s\naccount %s\nnonce %s\n",
	    claim_platform_site(m->platform), m->account, m->nonce);
	crypto_generichash(hash, sizeof(hash), text.data, text.len, NULL, 0);
	buf_free(&text);
	for (unsigned i = 0; i < CLAIM_CODE_LETTERS; i++) {
		if (i > 0 && i % GROUP == 0)
			*to++ = '-';
		*to++ = letters[letter_at(hash, i)];
	}
	*to = '\0';
}

bool
claim_nonce_is_good(const char *nonce)
{
	return strlen(nonce) == CLAIM_NONCE - 1 &&
	       strspn(nonce, "0123456789abcdef") == CLAIM_NONCE - 1;
}

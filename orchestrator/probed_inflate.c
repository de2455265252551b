/* Unpacking by zlib, into one buffer again and again. */
#include "orchestrator/probed_inflate.h"

#include <ctype.h>
#include <string.h>
#include <zlib.h>

#include "orchestrator/probed.h"

enum { PIECE = 65536 };

static uint8_t packed_piece[PIECE], piece[PIECE];

/* -- unpacking ----------------------------------------------------------- */

struct unpacking {
	uint64_t most, is;
	bool is_enough;
	probed_on_bytes *on_bytes;
	void *arg;
};

static void
take(struct unpacking *u, const uint8_t *bytes, size_t len)
{
	u->is += len;
	if (len > 0 && !u->on_bytes(bytes, len, u->arg))
		u->is_enough = true;
}

static size_t
read_packed(int64_t *at, uint64_t *left)
{
	size_t n = probed_read(
	    *at, packed_piece, *left < PIECE ? (size_t)*left : PIECE);

	*at += n;
	*left -= n;
	return n;
}

static enum probed_unpacked
unpack_stored(struct unpacking *u, int64_t at, uint64_t left)
{
	while (left > 0 && u->is <= u->most && !u->is_enough) {
		size_t n = read_packed(&at, &left);

		if (n == 0)
			return PROBED_UNPACKED_BAD;
		take(u, packed_piece, n);
	}
	return u->is > u->most ? PROBED_UNPACKED_MORE : PROBED_UNPACKED;
}

static enum probed_unpacked
unpack_stream(struct unpacking *u, z_stream *z, int64_t at, uint64_t left)
{
	int status = Z_OK;

	while (status == Z_OK && u->is <= u->most && !u->is_enough) {
		if (z->avail_in == 0) {
			z->next_in = packed_piece;
			z->avail_in = read_packed(&at, &left);
			if (z->avail_in == 0)
				return PROBED_UNPACKED_BAD;
		}
		z->next_out = piece;
		z->avail_out = PIECE;
		status = inflate(z, Z_NO_FLUSH);
		take(u, piece, PIECE - z->avail_out);
	}
	if (u->is > u->most)
		return PROBED_UNPACKED_MORE;
	return status == Z_STREAM_END || u->is_enough ? PROBED_UNPACKED
						      : PROBED_UNPACKED_BAD;
}

enum probed_unpacked
probed_unpack(enum probed_packing packing, int64_t at, uint64_t packed,
    uint64_t most, uint64_t *is, probed_on_bytes *on_bytes, void *arg)
{
	struct unpacking u = {.most = most, .on_bytes = on_bytes, .arg = arg};
	enum probed_unpacked end = PROBED_UNPACKED_BAD;
	z_stream z = {0};
	int bits = packing == PROBED_ZLIB ? MAX_WBITS : -MAX_WBITS;

	if (packing == PROBED_STORED) {
		end = unpack_stored(&u, at, packed);
	} else if (inflateInit2(&z, bits) == Z_OK) {
		end = unpack_stream(&u, &z, at, packed);
		inflateEnd(&z);
	}
	*is = u.is;
	return end;
}

/* -- finding ------------------------------------------------------------- */

void
probed_finder_init(struct probed_finder *f, const char *word)
{
	size_t k = 0;

	memset(f, 0, sizeof(*f));
	f->word = word;
	f->len = strlen(word);
	for (size_t i = 1; i < f->len; i++) {
		while (k > 0 && word[i] != word[k])
			k = f->back[k - 1];
		if (word[i] == word[k])
			k++;
		f->back[i] = k;
	}
}

static void
find_byte(struct probed_finder *f, uint8_t c)
{
	if (f->have == f->len) {
		f->is_found |= !isalpha(c);
		f->have = f->back[f->len - 1];
	}
	while (f->have > 0 && f->word[f->have] != (char)c)
		f->have = f->back[f->have - 1];
	if (f->word[f->have] == (char)c)
		f->have++;
	if (f->have == f->len && !f->is_whole)
		f->is_found = true;
}

void
probed_find(struct probed_finder *f, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len && !f->is_found; i++) {
		if (bytes[i] != 0 && !(f->passes_blanks && isspace(bytes[i])))
			find_byte(f, bytes[i]);
	}
}

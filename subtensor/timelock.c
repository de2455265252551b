/*
 * Identity-based encryption to a beacon's round, and AES-256-GCM inside it.
 *
 * The secret exponent r multiplies the hashed round, in G1, rather than the
 * beacon's key, in G2, where it costs more: the pairing is the same.
 */
#include "subtensor/timelock.h"

#include <blst.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/scale.h"

enum {
	HASH = crypto_hash_sha256_BYTES,
	NONCE = 12,
	TAG = 16,
	FP = 48,
	GT = 12 * FP,
	/* What stands around text and tag inside the AES part. */
	BODY_EXTRA = 8 + 8 + NONCE,
};

static const char suite[] = "AES_GCM_";
enum { SUITE = sizeof(suite) - 1 };

static const char domain[] = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

const uint8_t timelock_quicknet[TIMELOCK_PUBLIC] = {0x83, 0xcf, 0x0f, 0x28,
    0x96, 0xad, 0xee, 0x7e, 0xb8, 0xb5, 0xf0, 0x1f, 0xca, 0xd3, 0x91, 0x22,
    0x12, 0xc4, 0x37, 0xe0, 0x07, 0x3e, 0x91, 0x1f, 0xb9, 0x00, 0x22, 0xd3,
    0xe7, 0x60, 0x18, 0x3c, 0x8c, 0x4b, 0x45, 0x0b, 0x6a, 0x0a, 0x6c, 0x3a,
    0xc6, 0xa5, 0x77, 0x6a, 0x2d, 0x10, 0x64, 0x51, 0x0d, 0x1f, 0xec, 0x75,
    0x8c, 0x92, 0x1c, 0xc2, 0x2b, 0x0e, 0x17, 0xe6, 0x3a, 0xaf, 0x4b, 0xcb,
    0x5e, 0xd6, 0x63, 0x04, 0xde, 0x9c, 0xf8, 0x09, 0xbd, 0x27, 0x4c, 0xa7,
    0x3b, 0xab, 0x4a, 0xf5, 0xa6, 0xe9, 0xc7, 0x6a, 0x4b, 0xc0, 0x9e, 0x76,
    0xea, 0xe8, 0x99, 0x1e, 0xf5, 0xec, 0xe4, 0x5a};

/* What goes before the AES part: U = r * G2, and two masked secrets. */
struct header {
	uint8_t u[TIMELOCK_PUBLIC];
	uint8_t v[32];
	uint8_t w[32];
};

/* A ciphertext taken apart; what it points to is the reader's. */
struct sealed {
	struct header header;
	const uint8_t *ct; /* and its tag behind it */
	size_t len;	   /* without the tag */
	const uint8_t *nonce;
};

static void
xor32(uint8_t out[32], const uint8_t a[32], const uint8_t b[32])
{
	for (int i = 0; i < 32; i++)
		out[i] = a[i] ^ b[i];
}

static void
round_id(uint64_t round, uint8_t id[HASH])
{
	uint8_t be[8];

	for (int i = 0; i < 8; i++)
		be[i] = round >> (8 * (7 - i));
	crypto_hash_sha256(id, be, sizeof(be));
}

/* A round's place in G1, which its signature is a multiple of. */
static void
round_point(uint64_t round, blst_p1 *point)
{
	uint8_t id[HASH];

	round_id(round, id);
	blst_hash_to_g1(point, id, sizeof(id), (const byte *)domain,
	    sizeof(domain) - 1, NULL, 0);
}

/* The exponent that a ciphertext's two secrets come to, modulo the group's
 * order; false if that is zero. */
static bool
exponent(const uint8_t sigma[32], const uint8_t esk[32], blst_scalar *r)
{
	uint8_t both[64], hash[HASH];
	bool nonzero;

	memcpy(both, sigma, 32);
	memcpy(both + 32, esk, 32);
	crypto_hash_sha256(hash, both, sizeof(both));
	nonzero = blst_scalar_from_be_bytes(r, hash, sizeof(hash));
	sodium_memzero(both, sizeof(both));
	sodium_memzero(hash, sizeof(hash));
	return nonzero;
}

/* e(p, q) in arkworks' order: little-endian, lowest coefficient first. */
static void
pair(const blst_p1_affine *p, const blst_p2_affine *q, uint8_t out[GT])
{
	blst_fp12 gt;

	blst_miller_loop(&gt, q, p);
	blst_final_exp(&gt, &gt);
	for (int i = 0; i < 12; i++)
		blst_lendian_from_fp(
		    out + FP * i, &gt.fp6[i / 6].fp2[i / 2 % 3].fp[i % 2]);
	sodium_memzero(&gt, sizeof(gt));
}

static void
pair_hash(const blst_p1_affine *p, const blst_p2_affine *q, uint8_t hash[HASH])
{
	uint8_t bytes[GT];

	pair(p, q, bytes);
	crypto_hash_sha256(hash, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
}

/* Points from outside: on the curve, in the group, and not its zero. */
static bool
read_g1(const uint8_t bytes[TIMELOCK_SIGNATURE], blst_p1_affine *point)
{
	return blst_p1_uncompress(point, bytes) == BLST_SUCCESS &&
	       !blst_p1_affine_is_inf(point) && blst_p1_affine_in_g1(point);
}

static bool
read_g2(const uint8_t bytes[TIMELOCK_PUBLIC], blst_p2_affine *point)
{
	return blst_p2_uncompress(point, bytes) == BLST_SUCCESS &&
	       !blst_p2_affine_is_inf(point) && blst_p2_affine_in_g2(point);
}

/* r * G2, compressed. */
static void
commit_to(const blst_scalar *r, uint8_t u[TIMELOCK_PUBLIC])
{
	blst_p2 point;

	blst_sk_to_pk_in_g2(&point, r);
	blst_p2_compress(u, &point);
}

void
timelock_secrets_new(struct timelock_secrets *s)
{
	randombytes_buf(s, sizeof(*s));
}

/* False if the secrets come to no exponent, as one pair in 2^255 does. */
static bool
make_header(const blst_p2_affine *beacon, uint64_t round,
    const struct timelock_secrets *s, struct header *header)
{
	uint8_t hash[HASH];
	blst_scalar r;
	blst_p1 point;
	blst_p1_affine affine;

	if (!exponent(s->sigma, s->esk, &r))
		return false;
	commit_to(&r, header->u);
	round_point(round, &point);
	blst_sign_pk_in_g2(&point, &point, &r);
	blst_p1_to_affine(&affine, &point);
	pair_hash(&affine, beacon, hash);
	xor32(header->v, s->sigma, hash);
	crypto_hash_sha256(hash, s->sigma, sizeof(s->sigma));
	xor32(header->w, s->esk, hash);
	sodium_memzero(&r, sizeof(r));
	sodium_memzero(&point, sizeof(point));
	sodium_memzero(&affine, sizeof(affine));
	sodium_memzero(hash, sizeof(hash));
	return true;
}

/* out: len bytes and the tag. */
static bool
aes_seal(
    const struct timelock_secrets *s, const void *text, int len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, rest = 0;
	bool ok;

	ok =
	    ctx != NULL &&
	    EVP_EncryptInit_ex(
		ctx, EVP_aes_256_gcm(), NULL, s->esk, s->nonce) == 1 &&
	    (len == 0 || EVP_EncryptUpdate(ctx, out, &n, text, len) == 1) &&
	    EVP_EncryptFinal_ex(ctx, out + n, &rest) == 1 && n + rest == len &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out + len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* ct: len bytes and the tag. */
static bool
aes_open(const uint8_t key[32], const uint8_t nonce[NONCE], const uint8_t *ct,
    int len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t tag[TAG];
	int n = 0, rest = 0;
	bool ok;

	memcpy(tag, ct + len, TAG);
	ok =
	    ctx != NULL &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
	    (len == 0 || EVP_DecryptUpdate(ctx, out, &n, ct, len) == 1) &&
	    EVP_DecryptFinal_ex(ctx, out + n, &rest) == 1 && n + rest == len;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* Fixed arrays travel as vectors: their length, u64, in front. */
static void
put_counted(struct buf *out, const void *bytes, size_t len)
{
	scale_put_u64(out, len);
	buf_add(out, bytes, len);
}

int
timelock_encrypt(const uint8_t public[TIMELOCK_PUBLIC], uint64_t round,
    const struct timelock_secrets *s, const void *text, size_t len,
    struct buf *out, struct err *err)
{
	blst_p2_affine beacon;
	struct header header;
	size_t start = out->len;

	if (len > TIMELOCK_MAX - TIMELOCK_OVERHEAD)
		return err_set(err, "%zu bytes are too many to encrypt", len);
	if (!read_g2(public, &beacon))
		return err_set(err, "the beacon's key is none");
	if (!make_header(&beacon, round, s, &header))
		return err_set(err, "the secrets come to no exponent");
	buf_add(out, header.u, sizeof(header.u));
	put_counted(out, header.v, sizeof(header.v));
	put_counted(out, header.w, sizeof(header.w));
	scale_put_u64(out, len + TAG + BODY_EXTRA);
	scale_put_u64(out, len + TAG);
	if (!aes_seal(s, text, len, buf_reserve(out, len + TAG))) {
		out->len = start;
		return err_set(err, "AES-256-GCM is not to be had");
	}
	out->len += len + TAG;
	put_counted(out, s->nonce, sizeof(s->nonce));
	put_counted(out, suite, SUITE);
	return 0;
}

static const uint8_t *
counted(struct scale_reader *r, size_t len)
{
	if (scale_u64(r) != len)
		scale_fail(r);
	return scale_bytes(r, len);
}

static int
take_apart(const void *bytes, size_t len, struct sealed *s, struct err *err)
{
	const uint8_t *u, *v, *w, *name;
	struct scale_reader r;

	if (len < TIMELOCK_OVERHEAD || len > TIMELOCK_MAX)
		return err_set(err, "%zu bytes are no ciphertext", len);
	s->len = len - TIMELOCK_OVERHEAD;
	scale_read_init(&r, bytes, len);
	u = scale_bytes(&r, sizeof(s->header.u));
	v = counted(&r, sizeof(s->header.v));
	w = counted(&r, sizeof(s->header.w));
	if (scale_u64(&r) != s->len + TAG + BODY_EXTRA)
		scale_fail(&r);
	s->ct = counted(&r, s->len + TAG);
	s->nonce = counted(&r, NONCE);
	name = counted(&r, SUITE);
	if (!scale_done(&r) || memcmp(name, suite, SUITE) != 0)
		return err_set(err, "it is no timelocked ciphertext");
	memcpy(s->header.u, u, sizeof(s->header.u));
	memcpy(s->header.v, v, sizeof(s->header.v));
	memcpy(s->header.w, w, sizeof(s->header.w));
	return 0;
}

/* The AES key, from the hash of the pairing; false if U was not made of it. */
static bool
recover_key(
    const struct header *header, const uint8_t mask[HASH], uint8_t esk[32])
{
	uint8_t sigma[32], hash[HASH], u[TIMELOCK_PUBLIC];
	blst_scalar r;
	bool ok;

	xor32(sigma, header->v, mask);
	crypto_hash_sha256(hash, sigma, sizeof(sigma));
	xor32(esk, header->w, hash);
	ok = exponent(sigma, esk, &r);
	if (ok) {
		commit_to(&r, u);
		ok = memcmp(u, header->u, sizeof(u)) == 0;
	}
	sodium_memzero(sigma, sizeof(sigma));
	sodium_memzero(hash, sizeof(hash));
	sodium_memzero(&r, sizeof(r));
	return ok;
}

static int
open_sealed(const struct sealed *s, const uint8_t mask[HASH], struct buf *out,
    struct err *err)
{
	uint8_t esk[32], *text;
	int res = 0;

	if (!recover_key(&s->header, mask, esk)) {
		res = err_set(err, "the signature does not open it");
	} else {
		text = buf_reserve(out, s->len);
		if (aes_open(esk, s->nonce, s->ct, s->len, text)) {
			out->len += s->len;
		} else {
			sodium_memzero(text, s->len);
			res = err_set(err, "the text was tampered with");
		}
	}
	sodium_memzero(esk, sizeof(esk));
	return res;
}

int
timelock_decrypt(const uint8_t signature[TIMELOCK_SIGNATURE], const void *bytes,
    size_t len, struct buf *out, struct err *err)
{
	blst_p1_affine point;
	blst_p2_affine u;
	struct sealed s;
	uint8_t mask[HASH];
	int res;

	if (take_apart(bytes, len, &s, err) != 0)
		return -1;
	if (!read_g1(signature, &point))
		return err_set(err, "it is no signature of a round");
	if (!read_g2(s.header.u, &u))
		return err_set(err, "it is no timelocked ciphertext");
	pair_hash(&point, &u, mask);
	res = open_sealed(&s, mask, out, err);
	sodium_memzero(mask, sizeof(mask));
	return res;
}

bool
timelock_verify(const uint8_t public[TIMELOCK_PUBLIC], uint64_t round,
    const uint8_t signature[TIMELOCK_SIGNATURE])
{
	blst_p2_affine beacon;
	blst_p1_affine point;
	uint8_t id[HASH];

	if (!read_g2(public, &beacon) || !read_g1(signature, &point))
		return false;
	round_id(round, id);
	return blst_core_verify_pk_in_g2(&beacon, &point, true, id, sizeof(id),
		   (const byte *)domain, sizeof(domain) - 1, NULL,
		   0) == BLST_SUCCESS;
}

void
timelock_public_of(const uint8_t secret[32], uint8_t public[TIMELOCK_PUBLIC])
{
	blst_scalar key;

	blst_scalar_from_be_bytes(&key, secret, 32);
	commit_to(&key, public);
	sodium_memzero(&key, sizeof(key));
}

void
timelock_sign(const uint8_t secret[32], uint64_t round,
    uint8_t signature[TIMELOCK_SIGNATURE])
{
	blst_scalar key;
	blst_p1 point;

	blst_scalar_from_be_bytes(&key, secret, 32);
	round_point(round, &point);
	blst_sign_pk_in_g2(&point, &point, &key);
	blst_p1_compress(signature, &point);
	sodium_memzero(&key, sizeof(key));
}

static void
put_u16s(struct buf *out, const uint16_t *values, size_t n)
{
	scale_put_compact(out, n);
	for (size_t i = 0; i < n; i++)
		scale_put_u16(out, values[i]);
}

void
timelock_weights(const uint8_t *hotkey, const uint16_t *uids,
    const uint16_t *values, size_t n, uint64_t version_key, struct buf *out)
{
	if (hotkey != NULL)
		scale_put_bytes(out, hotkey, 32);
	put_u16s(out, uids, n);
	put_u16s(out, values, n);
	scale_put_u64(out, version_key);
}

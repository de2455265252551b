/*
 * What is slow made cheap, so that a fuzzer gets past it a thousand times a
 * second: linked with --wrap, these stand for libsodium's and OpenSSL's.
 *
 * Key stretching gives what depends on every argument but the cost. Locked
 * memory comes from malloc(), where a sanitizer watches each byte of it.
 */
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

int __wrap_PKCS5_PBKDF2_HMAC(const char *password, int password_len,
    const unsigned char *salt, int salt_len, int rounds, const EVP_MD *md,
    int key_len, unsigned char *out);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len,
    const char *password, unsigned long long password_len,
    const unsigned char *salt, unsigned long long ops, size_t memory, int alg);
void *__wrap_sodium_malloc(size_t size);
void __wrap_sodium_free(void *);

static void
stretch(const void *password, size_t password_len, const void *salt,
    size_t salt_len, unsigned char *out, size_t len)
{
	crypto_generichash_state state;
	unsigned char seed[randombytes_SEEDBYTES];

	crypto_generichash_init(&state, NULL, 0, sizeof(seed));
	crypto_generichash_update(&state, salt, salt_len);
	crypto_generichash_update(&state, password, password_len);
	crypto_generichash_final(&state, seed, sizeof(seed));
	randombytes_buf_deterministic(out, len, seed);
}

int
__wrap_PKCS5_PBKDF2_HMAC(const char *password, int password_len,
    const unsigned char *salt, int salt_len, int rounds, const EVP_MD *md,
    int key_len, unsigned char *out)
{
	if (rounds < 1 || md == NULL)
		return 0;
	stretch(password, password_len, salt, salt_len, out, key_len);
	return 1;
}

int
__wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len,
    const char *password, unsigned long long password_len,
    const unsigned char *salt, unsigned long long ops, size_t memory, int alg)
{
	if (ops < 1 || memory < crypto_pwhash_MEMLIMIT_MIN || alg < 1)
		return -1;
	stretch(password, password_len, salt, crypto_pwhash_SALTBYTES, out,
	    out_len);
	return 0;
}

void *
__wrap_sodium_malloc(size_t size)
{
	return malloc(size > 0 ? size : 1);
}

void
__wrap_sodium_free(void *p)
{
	free(p);
}

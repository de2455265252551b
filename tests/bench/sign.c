/*
 * What a signature costs: sr25519 against libsodium's ed25519 of the same
 * bytes. Lengths are those of what signerd signs: a payload's hash, an
 * Epistula message, the longest payload that is signed as it is.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "subtensor/sr25519.h"
#include "tests/lib/bench.h"

static const double limit = 2;

struct job {
	struct sr25519_keypair ours;
	uint8_t public[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	uint8_t message[256], sig[64];
	size_t len;
};

static void
sign_ours(void *arg)
{
	struct job *job = arg;

	sr25519_sign(&job->ours, job->message, job->len, job->sig);
}

static void
sign_floor(void *arg)
{
	struct job *job = arg;

	crypto_sign_ed25519_detached(
	    job->sig, NULL, job->message, job->len, job->secret);
}

int
main(void)
{
	static const size_t lengths[] = {32, 164, 256};
	struct job job = {.len = 0};
	bool is_good = true;

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	randombytes_buf(job.message, sizeof(job.message));
	sr25519_from_seed(job.message, &job.ours);
	crypto_sign_ed25519_seed_keypair(job.public, job.secret, job.message);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char name[32];
		struct bench b = {name, sign_ours, sign_floor, &job, limit};

		job.len = lengths[i];
		snprintf(name, sizeof(name), "sign %zu bytes", job.len);
		is_good &= bench_run(&b);
	}
	return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A job's seed. */
#include "common/job_seed.h"

#include <sodium.h>
#include <string.h>

uint32_t
job_seed(const char *job_id)
{
	uint8_t hash[16];

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)job_id,
	    strlen(job_id), NULL, 0);
	return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 |
	       (uint32_t)hash[2] << 8 | hash[3];
}

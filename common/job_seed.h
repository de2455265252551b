/*
 * The seed that miners of a job draw from where its parameters name none: the
 * same for all of them, and for whoever does their work again. Pure.
 */
#ifndef COMMON_JOB_SEED_H
#define COMMON_JOB_SEED_H

#include <stdint.h>

/* The first 32 bits, the highest first, of the BLAKE2b-128 of the id's text. */
uint32_t job_seed(const char *job_id);

#endif

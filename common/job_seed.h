/*
 * The seed that miners of a job draw from where its parameters name none: the
 * same for all of them, and for whoever does their work again. Pure.
 */
#ifndef COMMON_JOB_SEED_H
#define COMMON_JOB_SEED_H

#include <jansson.h>
#include <stdint.h>

/* The first 32 bits, the highest first, of the BLAKE2b-128 of the id's text. */
uint32_t job_seed(const char *job_id);

/*
 * The seed that a client says by Dippy's own rules: a number from 0 on, its
 * fraction cut off; true is 1, false is 0; a text of digits is its number.
 * For all else, NULL included, less than 0: none.
 */
int64_t job_seed_said(const json_t *);

/* What Dippy's miners are sent for it: that, or the job's own, where Dippy
 * draws one by chance. */
int64_t job_seed_sent(const json_t *said, const char *job_id);

#endif

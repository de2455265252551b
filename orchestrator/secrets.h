/*
 * What a miner must know to fetch an attempt's input and to bring its result,
 * and what opens the URL of a job's result:
 * derived from one key file that all instances share, so that no row holds a
 * secret and a restart forgets none. Keyed BLAKE2b over a purpose and the
 * attempt's id. Pure; compared in constant time.
 */
#ifndef ORCHESTRATOR_SECRETS_H
#define ORCHESTRATOR_SECRETS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

enum { SECRET_TEXT = 65 };

struct secrets {
	uint8_t key[32];
};

/* text: at least 32 characters of whatever a generator gave. */
int secrets_init(struct secrets *, const char *text, struct err *);

void secrets_callback(
    const struct secrets *, const char *attempt_id, char out[SECRET_TEXT]);
bool secrets_check_callback(
    const struct secrets *, const char *attempt_id, const char *given);

/* URLs that show one thing to whoever has them, until a time. */
enum secrets_url {
	SECRETS_INPUT,	/* an attempt's input, by the attempt's id */
	SECRETS_FILE,	/* a file that a job or an attempt has, by its id */
	SECRETS_RESULT, /* a job's result, by the job's id */
};

/* The signature of one that is good until expires_s (Unix time). */
void secrets_url(const struct secrets *, enum secrets_url, const char *id,
    int64_t expires_s, char out[SECRET_TEXT]);
bool secrets_check_url(const struct secrets *, enum secrets_url, const char *id,
    int64_t expires_s, const char *given, int64_t now_s);

/* What a job is traced by that came without: no secret itself, but nobody
 * can tell from it which job it is. */
void secrets_trace(
    const struct secrets *, const char *job_id, char out[SECRET_TEXT]);

#endif

/* A job's seed. */
#include "common/job_seed.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
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

/* Digits with a sign and blanks around them; -1: it is no such number, or
 * none that fits. */
static int64_t
of_text(const char *text)
{
	static const char blanks[] = " \t\r\n\v\f";
	const char *digits = text + strspn(text, blanks);
	char *end;
	long long n;

	digits += *digits == '+';
	if (*digits < '0' || *digits > '9')
		return -1;
	errno = 0;
	n = strtoll(digits, &end, 10);
	return errno == 0 && end[strspn(end, blanks)] == '\0' ? n : -1;
}

int64_t
job_seed_said(const json_t *said)
{
	double real;

	switch (said != NULL ? json_typeof(said) : JSON_NULL) {
	case JSON_TRUE:
		return 1;
	case JSON_FALSE:
		return 0;
	case JSON_INTEGER:
		return json_integer_value(said);
	case JSON_REAL:
		real = json_real_value(said);
		return real > -1 && real < 0x1p63 ? (int64_t)real : -1;
	case JSON_STRING:
		return of_text(json_string_value(said));
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return -1;
}

int64_t
job_seed_sent(const json_t *said, const char *job_id)
{
	int64_t seed = job_seed_said(said);

	return seed >= 0 ? seed : job_seed(job_id);
}

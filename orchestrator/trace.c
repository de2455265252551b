/* The header traceparent. */
#include "orchestrator/trace.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/secrets.h"

/* "00-<32 digits of the trace>-<16 of the parent>-01" */
enum {
	TRACE_AT = 3,
	TRACE_LEN = 32,
	PARENT_AT = 36,
	PARENT_LEN = 16,
	FLAGS_AT = 53,
	LEN = 55,
};

static bool
is_hex(const char *text, size_t n)
{
	return strspn(text, "0123456789abcdef") >= n;
}

static bool
is_zero(const char *text, size_t n)
{
	return strspn(text, "0") >= n;
}

/* Later versions may have more behind another dash; ff is none. */
static bool
is_form(const char *t)
{
	size_t len = strlen(t);

	if (len < LEN || t[2] != '-' || t[35] != '-' || t[52] != '-')
		return false;
	if (!is_hex(t, 2) || strncmp(t, "ff", 2) == 0)
		return false;
	return len == LEN || (strncmp(t, "00", 2) != 0 && t[LEN] == '-');
}

void
trace_take(const char *given, char out[TRACE_TEXT])
{
	out[0] = '\0';
	if (given == NULL || !is_form(given) ||
	    !is_hex(given + TRACE_AT, TRACE_LEN) ||
	    !is_hex(given + PARENT_AT, PARENT_LEN) ||
	    !is_hex(given + FLAGS_AT, 2) ||
	    is_zero(given + TRACE_AT, TRACE_LEN) ||
	    is_zero(given + PARENT_AT, PARENT_LEN))
		return;
	/* Which version and flags somebody uses is no miner's affair. */
	snprintf(out, TRACE_TEXT, "00-%.*s-%.*s-01", TRACE_LEN,
	    given + TRACE_AT, PARENT_LEN, given + PARENT_AT);
}

void
trace_make(const struct secrets *s, const char *job_id, char out[TRACE_TEXT])
{
	char derived[SECRET_TEXT];

	secrets_trace(s, job_id, derived);
	snprintf(out, TRACE_TEXT, "00-%.*s-%.*s-01", TRACE_LEN, derived,
	    PARENT_LEN, derived + TRACE_LEN);
}

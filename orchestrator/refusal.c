/* Why a request is not done. */
#include "orchestrator/refusal.h"

#include <stdarg.h>
#include <stdio.h>

void
refusal_set(
    struct refusal *r, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	r->status = status;
	r->code = code;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
}

/* Retry-After, in either form. */
#include "common/retry_after.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 9 };

static int64_t
bounded(int64_t ms)
{
	if (ms < 0)
		return 0;
	return ms < RETRY_AFTER_MOST_MS ? ms : RETRY_AFTER_MOST_MS;
}

int64_t
retry_after_ms(const char *value, int64_t now_wall_ms)
{
	size_t digits = strspn(value, "0123456789");
	time_t at;

	if (digits > 0 && value[digits] == '\0')
		return digits > MOST_DIGITS
			   ? RETRY_AFTER_MOST_MS
			   : bounded(strtoll(value, NULL, 10) * 1000);
	at = curl_getdate(value, NULL);
	return at < 0 ? -1 : bounded((int64_t)at * 1000 - now_wall_ms);
}
